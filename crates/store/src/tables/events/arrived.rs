//! A workspace's events in the order in which they arrived: what a replay goes through.

use domain::Micros;

use crate::{error::Result, params, sql::Tx, tables::all};

/// An event without its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Id.
    pub id: String,
    /// Its type.
    pub event_type: String,
    /// What it is about, or empty.
    pub subject: String,
    /// When it arrived.
    pub created_at: Micros,
    /// Part of an import.
    pub import: bool,
    /// How many Watchbells it passed through.
    pub hops: i64,
}

/// At most `limit` events that arrived after `after` (time and id), up to `until`.
pub fn arrived(tx: &mut dyn Tx, workspace_id: &str, after: (Micros, &str), until: Micros, limit: usize) -> Result<Vec<Arrived>> {
    all(tx, ARRIVED, &params![workspace_id, after.0, after.1, until, limit], |row| {
        Ok(Arrived {
            id: row.text(0)?,
            event_type: row.text(1)?,
            subject: row.text(2)?,
            created_at: row.int(3)?,
            import: row.bool(4)?,
            hops: row.int(5)?,
        })
    })
}

pub(in crate::tables) const ARRIVED: &str = "SELECT id, type, subject, created_at, import, hops FROM events
    WHERE workspace_id = $1 AND (created_at, id) > ($2, $3) AND created_at <= $4 ORDER BY created_at, id LIMIT $5";
