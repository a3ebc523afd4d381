//! Monitors: what runs by itself, when it is due next, and how it last went.

mod due;

#[cfg(test)]
pub(super) use due::{DUE, PRUNE_MISSED, UNFINISHED};
pub use due::{
    MissedRow, due, due_after, due_ids, finished, has_unfinished_run, missed, next_due, next_sequence, prune_missed, record_missed, set_due,
};

use domain::{
    Micros,
    run::{RunOptions, RunStatus},
    schedule::Schedule,
};
use serde::Serialize;

use super::{all, changed, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
};

macro_rules! select {
    () => {
        "SELECT id, workspace_id, uid, name, collection_id, environment_id, owner_id, schedule, options, tags, active,
         next_due_at, series, sequence, last_run_id, last_status, last_finished_at, created_at, updated_at FROM monitors"
    };
}
use select;

/// A monitor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Monitor {
    /// UUID.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// Postman's uid: `<owner's user id>-<id>`.
    pub uid: String,
    /// Name for people.
    pub name: String,
    /// What it runs.
    pub collection_id: String,
    /// With which environment.
    pub environment_id: Option<String>,
    /// The user who made it.
    pub owner_id: String,
    /// When it runs.
    pub schedule: Schedule,
    /// How it runs.
    pub options: RunOptions,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// Not paused.
    pub active: bool,
    /// Its stored due time.
    pub next_due_at: Option<Micros>,
    /// Name of the count that `sequence` is in; a new one whenever the count restarts.
    pub series: String,
    /// Number of its newest run; 0 before the first.
    pub sequence: i64,
    /// Its newest finished run.
    pub last_run_id: Option<String>,
    /// How that ended.
    pub last_status: Option<RunStatus>,
    /// When that ended.
    pub last_finished_at: Option<Micros>,
    /// When it was made.
    pub created_at: Micros,
    /// When a person last changed it.
    pub updated_at: Micros,
}

fn read(row: &Row) -> Result<Monitor> {
    Ok(Monitor {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        uid: row.text(2)?,
        name: row.text(3)?,
        collection_id: row.text(4)?,
        environment_id: row.opt_text(5)?,
        owner_id: row.text(6)?,
        schedule: row.json(7)?,
        options: row.json(8)?,
        tags: row.json(9)?,
        active: row.bool(10)?,
        next_due_at: row.opt_int(11)?,
        series: row.text(12)?,
        sequence: row.int(13)?,
        last_run_id: row.opt_text(14)?,
        last_status: row.opt_word(15, RunStatus::parse)?,
        last_finished_at: row.opt_int(16)?,
        created_at: row.int(17)?,
        updated_at: row.int(18)?,
    })
}

/// Adds a monitor.
pub fn insert(tx: &mut dyn Tx, monitor: &Monitor) -> Result<()> {
    tx.execute(
        "INSERT INTO monitors (id, workspace_id, uid, name, collection_id, environment_id, owner_id, schedule, options,
         tags, active, next_due_at, series, sequence, last_run_id, last_status, last_finished_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        &params![
            &monitor.id,
            &monitor.workspace_id,
            &monitor.uid,
            &monitor.name,
            &monitor.collection_id,
            monitor.environment_id.as_deref(),
            &monitor.owner_id,
            Value::json(&monitor.schedule)?,
            Value::json(&monitor.options)?,
            Value::json(&monitor.tags)?,
            monitor.active,
            monitor.next_due_at,
            &monitor.series,
            monitor.sequence,
            monitor.last_run_id.as_deref(),
            monitor.last_status.map(RunStatus::as_str),
            monitor.last_finished_at,
            monitor.created_at,
            monitor.updated_at
        ],
    )?;
    Ok(())
}

/// Stores what a person may change: name, collection, environment, schedule, options, tags, active, and the due time
/// that follows. Returns whether there is such a monitor.
pub fn update(tx: &mut dyn Tx, monitor: &Monitor) -> Result<bool> {
    changed(
        tx,
        "UPDATE monitors SET name = $3, collection_id = $4, environment_id = $5, schedule = $6, options = $7, tags = $8,
         active = $9, next_due_at = $10, updated_at = $11 WHERE workspace_id = $1 AND id = $2",
        &params![
            &monitor.workspace_id,
            &monitor.id,
            &monitor.name,
            &monitor.collection_id,
            monitor.environment_id.as_deref(),
            Value::json(&monitor.schedule)?,
            Value::json(&monitor.options)?,
            Value::json(&monitor.tags)?,
            monitor.active,
            monitor.next_due_at,
            monitor.updated_at
        ],
    )
}

/// A monitor by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Monitor>> {
    first(
        tx,
        concat!(select!(), " WHERE workspace_id = $1 AND id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// A monitor by id, for the stages, which come from a row that refers to it.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<Monitor>> {
    first(tx, concat!(select!(), " WHERE id = $1"), &params![id], read)
}

/// All monitors of a workspace, by name.
pub fn list(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<Monitor>> {
    all(
        tx,
        concat!(select!(), " WHERE workspace_id = $1 ORDER BY name, id"),
        &params![workspace_id],
        read,
    )
}

/// Deletes a monitor with its runs. Returns whether there was one.
pub fn delete(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM monitors WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id],
    )
}
