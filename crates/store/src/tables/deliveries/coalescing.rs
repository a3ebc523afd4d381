//! Coalescing: of several events of one type and subject that wait for a webhook, only the newest is sent.

use domain::Micros;

use crate::{error::Result, params, sql::Tx, tables::first};

// As the partial index has it, so that it is one step however many wait for the webhook.
pub(in crate::tables) const REPLACE: &str = "UPDATE deliveries SET state = 'dropped', reason = $3, finished_at = $4
    WHERE webhook_id = $1 AND coalesce_key = $2 AND state = 'pending' AND attempts = 0 AND coalesce_key IS NOT NULL RETURNING due_at";

/// What is the same for events that replace each other.
fn key(event_type: &str, subject: &str) -> String {
    format!("{event_type} {subject}")
}

/// Drops the webhook's delivery that waits for a newer event of this type and subject and was never attempted. Returns when
/// it was due: the newer one takes its place. The caller holds the webhook's lock ([`super::super::webhooks::lock`]), so that
/// two newer ones do not both believe that they are the first.
pub fn replace(tx: &mut dyn Tx, webhook_id: &str, event_type: &str, subject: &str, reason: &str, now: Micros) -> Result<Option<Micros>> {
    let params = params![webhook_id, key(event_type, subject), reason, now];
    first(tx, REPLACE, &params, |row| row.int(0))
}

/// Lets deliveries, each with its event's type and subject, be replaced by newer ones.
pub fn await_newer(tx: &mut dyn Tx, deliveries: &[(&str, &str, &str)]) -> Result<()> {
    let rows: Vec<_> = deliveries
        .iter()
        .map(|(id, event_type, subject)| params![*id, key(event_type, subject)].to_vec())
        .collect();
    tx.execute_many("UPDATE deliveries SET coalesce_key = $2 WHERE id = $1", &rows)?;
    Ok(())
}
