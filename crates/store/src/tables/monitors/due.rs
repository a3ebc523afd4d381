//! The schedule stage's side of monitors: who is due, what was missed, and the count of runs.

use domain::{
    Micros,
    run::RunStatus,
    schedule::{Missed, MissedReason},
};
use serde::Serialize;

use super::{Monitor, read, select};
use crate::{
    error::Result,
    params,
    sql::Tx,
    tables::{
        all,
        settings::{kept_since, workspaces_with},
    },
};

/// Slots that passed without a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MissedRow {
    /// The first of them.
    pub first_due_at: Micros,
    /// The last of them.
    pub last_due_at: Micros,
    /// How many.
    pub slots: u64,
    /// Why.
    pub reason: MissedReason,
}

/// Active monitors that are due, the longest due first.
pub fn due(tx: &mut dyn Tx, now: Micros, limit: usize) -> Result<Vec<Monitor>> {
    all(tx, DUE, &params![now, limit], read)
}

/// The ids of the same: for when one of them cannot be read.
pub fn due_ids(tx: &mut dyn Tx, now: Micros, limit: usize) -> Result<Vec<String>> {
    let sql = "SELECT id FROM monitors WHERE active = 1 AND next_due_at <= $1 ORDER BY next_due_at LIMIT $2";
    all(tx, sql, &params![now, limit], |row| row.text(0))
}

pub(in crate::tables) const DUE: &str = concat!(select!(), " WHERE active = 1 AND next_due_at <= $1 ORDER BY next_due_at LIMIT $2");

/// When the next active monitor is due.
pub fn next_due(tx: &mut dyn Tx) -> Result<Option<Micros>> {
    tx.query_one("time", "SELECT MIN(next_due_at) FROM monitors WHERE active = 1", &[])?
        .opt_int(0)
}

/// Active monitors that are due after `after`.
pub fn due_after(tx: &mut dyn Tx, after: Micros) -> Result<Vec<Monitor>> {
    all(
        tx,
        concat!(select!(), " WHERE active = 1 AND next_due_at > $1"),
        &params![after],
        read,
    )
}

/// Stores when the monitor is due next.
pub fn set_due(tx: &mut dyn Tx, id: &str, next_due_at: Option<Micros>) -> Result<()> {
    tx.execute("UPDATE monitors SET next_due_at = $2 WHERE id = $1", &params![id, next_due_at])?;
    Ok(())
}

/// The number of the monitor's next run: 1, 2, 3 … in its series.
pub fn next_sequence(tx: &mut dyn Tx, id: &str) -> Result<i64> {
    tx.query_one(
        "monitor",
        "UPDATE monitors SET sequence = sequence + 1 WHERE id = $1 RETURNING sequence",
        &params![id],
    )?
    .int(0)
}

/// Records how the monitor's newest run ended, unless a later one of its series has ended already: by their numbers, since the
/// clock may have been set.
pub fn finished(tx: &mut dyn Tx, id: &str, run_id: &str, status: RunStatus, at: Micros) -> Result<()> {
    tx.execute(
        "UPDATE monitors SET last_run_id = $2, last_status = $3, last_finished_at = $4
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM runs l, runs r WHERE l.id = monitors.last_run_id AND r.id = $2
         AND l.series = r.series AND l.sequence > r.sequence)",
        &params![id, run_id, status.as_str(), at],
    )?;
    Ok(())
}

/// Whether one of the monitor's runs is queued or running.
pub fn has_unfinished_run(tx: &mut dyn Tx, id: &str) -> Result<bool> {
    Ok(tx.query_opt(UNFINISHED, &params![id])?.is_some())
}

pub(in crate::tables) const UNFINISHED: &str = "SELECT id FROM runs WHERE state <> 'finished' AND monitor_id = $1 LIMIT 1";

/// Records missed slots; those that begin alike are one record that grows.
pub fn record_missed(tx: &mut dyn Tx, id: &str, missed: &Missed) -> Result<()> {
    tx.execute(
        "INSERT INTO missed_slots (monitor_id, first_due_at, last_due_at, slots, reason) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (monitor_id, first_due_at) DO UPDATE SET last_due_at = excluded.last_due_at,
         slots = excluded.slots, reason = excluded.reason",
        &params![id, missed.first_due_at, missed.last_due_at, missed.slots, missed.reason.as_str()],
    )?;
    Ok(())
}

/// Deletes at most `limit` records of missed slots that are kept no longer at `now`. Returns how many.
///
/// `keep` is how long (microseconds) where the workspace has set no days of its own.
pub fn prune_missed(tx: &mut dyn Tx, now: Micros, keep: Micros, limit: usize) -> Result<u64> {
    tx.execute(PRUNE_MISSED, &params![now, keep, limit])
}

pub(in crate::tables) const PRUNE_MISSED: &str = concat!(
    "DELETE FROM missed_slots WHERE (monitor_id, first_due_at) IN (SELECT s.monitor_id, s.first_due_at FROM ",
    workspaces_with!("runDays"),
    " CROSS JOIN monitors m CROSS JOIN missed_slots s
    WHERE m.workspace_id = o.id AND s.monitor_id = m.id AND s.first_due_at < ",
    kept_since!(),
    " LIMIT $3)"
);

/// The newest `limit` records of missed slots.
pub fn missed(tx: &mut dyn Tx, id: &str, limit: usize) -> Result<Vec<MissedRow>> {
    all(
        tx,
        "SELECT first_due_at, last_due_at, slots, reason FROM missed_slots WHERE monitor_id = $1
         ORDER BY first_due_at DESC LIMIT $2",
        &params![id, limit],
        |row| {
            Ok(MissedRow {
                first_due_at: row.int(0)?,
                last_due_at: row.int(1)?,
                slots: row.number(2)?,
                reason: row.word(3, MissedReason::parse)?,
            })
        },
    )
}
