//! The timeline of an incident.

use domain::Micros;
use serde::Serialize;

use crate::{error::Result, params, sql::Tx, tables::all};

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Id.
    pub id: String,
    /// The incident.
    pub incident_id: String,
    /// When.
    pub at: Micros,
    /// What happened, as a stable word (`opened`, `failure`, `acknowledged`, …).
    pub kind: String,
    /// Who did it; empty for the system.
    pub user_name: String,
    /// The receipt that did it.
    pub receipt_id: Option<String>,
    /// For people.
    pub text: String,
}

/// Adds an entry.
pub fn add_entry(tx: &mut dyn Tx, entry: &Entry) -> Result<()> {
    tx.execute(
        "INSERT INTO incident_entries (id, incident_id, at, kind, user_name, receipt_id, text)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &params![
            &entry.id,
            &entry.incident_id,
            entry.at,
            &entry.kind,
            &entry.user_name,
            entry.receipt_id.as_deref(),
            &entry.text
        ],
    )?;
    Ok(())
}

/// How many entries there are.
pub fn entry_count(tx: &mut dyn Tx, incident_id: &str) -> Result<usize> {
    tx.query_one(
        "count",
        "SELECT COUNT(*) FROM incident_entries WHERE incident_id = $1",
        &params![incident_id],
    )?
    .number(0)
}

/// The whole timeline, oldest first.
pub fn entries(tx: &mut dyn Tx, incident_id: &str) -> Result<Vec<Entry>> {
    all(
        tx,
        "SELECT id, incident_id, at, kind, user_name, receipt_id, text FROM incident_entries WHERE incident_id = $1
         ORDER BY at, id",
        &params![incident_id],
        |row| {
            Ok(Entry {
                id: row.text(0)?,
                incident_id: row.text(1)?,
                at: row.int(2)?,
                kind: row.text(3)?,
                user_name: row.text(4)?,
                receipt_id: row.opt_text(5)?,
                text: row.text(6)?,
            })
        },
    )
}
