//! The deliver stage's side of deliveries: what is due, and what became of it. The pending ones are an index of their own,
//! so that none of this grows with the log.

use domain::{Micros, delivery::DeliveryState, event::Event};

use super::{Delivery, columns, read};
use crate::{
    error::Result,
    params,
    sql::Tx,
    tables::{all, events},
};

/// What became of a pending delivery: it is settled, or still pending and due later.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// Id of the delivery.
    pub id: String,
    /// Where it stands now.
    pub state: DeliveryState,
    /// Why; `None` keeps what was said before.
    pub reason: Option<String>,
    /// Attempts made by now.
    pub attempts: u64,
    /// When the next one is due, if it is still pending.
    pub due_at: Micros,
    /// When it was settled, if it is.
    pub finished_at: Option<Micros>,
}

/// Pending deliveries of a webhook that are due, with their events, the longest due first; only those that come after
/// `after` (due time and id of one that was read before), so that a lane does not read again what it has in flight.
pub fn due_of_webhook(
    tx: &mut dyn Tx,
    webhook_id: &str,
    now: Micros,
    limit: usize,
    after: Option<(Micros, &str)>,
) -> Result<Vec<(Delivery, Event)>> {
    let (after_due, after_id) = after.unwrap_or((Micros::MIN, ""));
    all(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            ", e.id, e.workspace_id, e.type, e.subject, e.at, e.data, e.import, e.hops
             FROM deliveries d JOIN events e ON e.id = d.event_id
             WHERE d.webhook_id = $1 AND d.state = 'pending' AND d.due_at <= $2 AND (d.due_at, d.id) > ($3, $4)
             ORDER BY d.due_at, d.id LIMIT $5"
        ),
        &params![webhook_id, now, after_due, after_id, limit],
        |row| Ok((read(row)?, events::read(row, 12)?)),
    )
}

/// Webhooks with pending deliveries, and when the first is due: what a starting server takes up.
pub fn pending_webhooks(tx: &mut dyn Tx) -> Result<Vec<(String, Micros)>> {
    all(
        tx,
        "SELECT webhook_id, MIN(due_at) FROM deliveries WHERE state = 'pending' GROUP BY webhook_id",
        &[],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )
}

/// When the webhook's next pending delivery is due.
pub fn next_due_of_webhook(tx: &mut dyn Tx, webhook_id: &str) -> Result<Option<Micros>> {
    tx.query_one(
        "time",
        "SELECT MIN(due_at) FROM deliveries WHERE webhook_id = $1 AND state = 'pending'",
        &params![webhook_id],
    )?
    .opt_int(0)
}

/// How many of the webhook's deliveries are pending.
pub fn pending_count(tx: &mut dyn Tx, webhook_id: &str) -> Result<u64> {
    tx.query_one(
        "count",
        "SELECT COUNT(*) FROM deliveries WHERE webhook_id = $1 AND state = 'pending'",
        &params![webhook_id],
    )?
    .number(0)
}

/// When the oldest pending delivery of all was made.
pub fn oldest_pending(tx: &mut dyn Tx) -> Result<Option<Micros>> {
    tx.query_one("time", "SELECT MIN(created_at) FROM deliveries WHERE state = 'pending'", &[])?.opt_int(0)
}

/// Records what became of deliveries; those that are not pending any more stay as they are. Returns how many changed.
pub fn settle_many(tx: &mut dyn Tx, settled: &[Settled]) -> Result<u64> {
    let rows: Vec<_> = settled
        .iter()
        .map(|settled| {
            params![
                &settled.id,
                settled.state.as_str(),
                settled.reason.as_deref(),
                settled.attempts,
                settled.due_at,
                settled.finished_at
            ]
            .to_vec()
        })
        .collect();
    tx.execute_many(
        "UPDATE deliveries SET state = $2, reason = COALESCE($3, reason), attempts = $4, due_at = $5, finished_at = $6
         WHERE id = $1 AND state = 'pending'",
        &rows,
    )
}

/// Drops everything that waits for a webhook. Returns how many.
pub fn drop_pending(tx: &mut dyn Tx, webhook_id: &str, reason: &str, now: Micros) -> Result<u64> {
    tx.execute(
        "UPDATE deliveries SET state = 'dropped', reason = $2, finished_at = $3
         WHERE webhook_id = $1 AND state = 'pending'",
        &params![webhook_id, reason, now],
    )
}
