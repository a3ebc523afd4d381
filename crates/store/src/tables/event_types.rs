//! Event types that a workspace registered.

use domain::{Micros, event::types};
use serde::Serialize;

use super::{all, changed, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

/// A registered event type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventType {
    /// The type, `issue-created`.
    pub event_type: String,
    /// What it tells of, for people.
    pub description: String,
    /// Grows with every change.
    pub version: i64,
    /// When it was registered.
    pub created_at: Micros,
}

fn read(row: &Row) -> Result<EventType> {
    Ok(EventType {
        event_type: row.text(0)?,
        description: row.text(1)?,
        version: row.int(2)?,
        created_at: row.int(3)?,
    })
}

/// Holds the registry of a workspace until the end of the transaction: taken by whoever changes it, and by whoever saves a
/// webhook that refers to it.
pub fn lock(tx: &mut dyn Tx, workspace_id: &str) -> Result<()> {
    tx.lock(&format!("event-types/{workspace_id}"))
}

/// All of a workspace, by name.
pub fn list(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<EventType>> {
    all(
        tx,
        "SELECT type, description, version, created_at FROM event_types WHERE workspace_id = $1 ORDER BY type",
        &params![workspace_id],
        read,
    )
}

/// One of them.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, event_type: &str) -> Result<Option<EventType>> {
    first(
        tx,
        "SELECT type, description, version, created_at FROM event_types WHERE workspace_id = $1 AND type = $2",
        &params![workspace_id, event_type],
        read,
    )
}

/// Registers one. Returns whether it was new.
pub fn insert(tx: &mut dyn Tx, workspace_id: &str, new: &EventType) -> Result<bool> {
    changed(
        tx,
        "INSERT INTO event_types (workspace_id, type, description, version, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, type) DO NOTHING",
        &params![workspace_id, &new.event_type, &new.description, new.version, new.created_at],
    )
}

/// Registers those that every workspace starts with.
pub(super) fn insert_initial(tx: &mut dyn Tx, workspace_id: &str, now: Micros) -> Result<()> {
    let rows: Vec<_> = types::initial()
        .map(|(event_type, description)| params![workspace_id, event_type, description, now].to_vec())
        .collect();
    tx.execute_many(
        "INSERT INTO event_types (workspace_id, type, description, created_at) VALUES ($1, $2, $3, $4)",
        &rows,
    )?;
    Ok(())
}

/// Changes a description. Returns whether there is such a type.
pub fn describe(tx: &mut dyn Tx, workspace_id: &str, event_type: &str, description: &str) -> Result<bool> {
    changed(
        tx,
        "UPDATE event_types SET description = $3, version = version + 1 WHERE workspace_id = $1 AND type = $2",
        &params![workspace_id, event_type, description],
    )
}

/// Removes one. Returns whether there was such a type.
pub fn delete(tx: &mut dyn Tx, workspace_id: &str, event_type: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM event_types WHERE workspace_id = $1 AND type = $2",
        &params![workspace_id, event_type],
    )
}

/// Names of the webhooks that are subscribed to exactly this type, on or off.
pub fn used_by(tx: &mut dyn Tx, workspace_id: &str, event_type: &str) -> Result<Vec<String>> {
    all(
        tx,
        "SELECT name FROM webhooks WHERE deleted_at IS NULL AND id IN (
         SELECT webhook_id FROM webhook_subscriptions WHERE workspace_id = $1 AND pattern = $2) ORDER BY name, id",
        &params![workspace_id, event_type],
        |row| row.text(0),
    )
}
