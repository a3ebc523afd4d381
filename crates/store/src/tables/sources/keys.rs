//! What is known of each key (monitor) of a source: its name, the newest result that was applied, and its last incident.

use domain::incident::KeyState;

use crate::{error::Result, params, sql::Tx, tables::first};

/// What is known of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownKey {
    /// For the decision.
    pub state: KeyState,
    /// Its newest incident, open or not.
    pub last_incident_id: Option<String>,
}

/// What is known of a key, if anything ever came. Decisions on the key are made one after the other until the end of the
/// transaction.
pub fn key_state(tx: &mut dyn Tx, source_id: &str, key: &str) -> Result<Option<KnownKey>> {
    tx.lock(&format!("source_keys/{source_id}/{key}"))?;
    first(
        tx,
        "SELECT title, series, sequence, last_at, last_incident_id FROM source_keys WHERE source_id = $1 AND key = $2",
        &params![source_id, key],
        |row| {
            Ok(KnownKey {
                state: KeyState {
                    title: row.text(0)?,
                    series: row.opt_text(1)?,
                    sequence: row.opt_number(2)?,
                    last_at: row.int(3)?,
                },
                last_incident_id: row.opt_text(4)?,
            })
        },
    )
}

/// Stores what is known of a key.
pub fn set_key_state(tx: &mut dyn Tx, source_id: &str, key: &str, known: &KnownKey) -> Result<()> {
    tx.execute(
        "INSERT INTO source_keys (source_id, key, title, series, sequence, last_at, last_incident_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (source_id, key) DO UPDATE SET title = excluded.title, series = excluded.series,
         sequence = excluded.sequence, last_at = excluded.last_at, last_incident_id = excluded.last_incident_id",
        &params![
            source_id,
            key,
            &known.state.title,
            known.state.series.as_deref(),
            known.state.sequence,
            known.state.last_at,
            known.last_incident_id.as_deref()
        ],
    )?;
    Ok(())
}
