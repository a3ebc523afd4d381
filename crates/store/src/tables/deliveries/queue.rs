//! The pending deliveries: which are due, and what became of them.

use domain::{
    Micros,
    delivery::DeliveryState,
    event::Event,
};

use super::{Delivery, read};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
    tables::{all, events},
};

/// What became of a delivery after an attempt: finished, or pending again with another due time.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// Id of the delivery.
    pub id: String,
    /// Where it stands now.
    pub state: DeliveryState,
    /// Why it failed, or which rule let it pass.
    pub reason: Option<String>,
    /// Attempts so far.
    pub attempts: i64,
    /// When the next attempt is due, while it is pending.
    pub due_at: Micros,
    /// When it was delivered or failed.
    pub finished_at: Option<Micros>,
}

/// Deliveries of a webhook that are due at `now`, the longest due first, with their events. With `after`, those behind this
/// due time and id: what the lane has in hand already is not read again.
pub fn due_of_webhook(
    tx: &mut dyn Tx,
    webhook_id: &str,
    now: Micros,
    limit: usize,
    after: Option<(Micros, &str)>,
) -> Result<Vec<(Delivery, Event)>> {
    let (due_at, id) = after.unwrap_or((Micros::MIN, ""));
    let read = |row: &Row| Ok((read(row)?, events::read_from(row, 12)?));
    all(tx, DUE_OF_WEBHOOK, &params![webhook_id, now, due_at, id, limit], read)
}

// The cross join tells SQLite to begin with the deliveries.
pub(in crate::tables) const DUE_OF_WEBHOOK: &str = "SELECT d.id, d.workspace_id, d.webhook_id, d.event_id, d.event_type, d.kind,
    d.state, d.reason, d.attempts, d.due_at, d.created_at, d.finished_at,
    e.id, e.workspace_id, e.type, e.subject, e.at, e.data, e.import, e.hops
    FROM deliveries d CROSS JOIN events e
    WHERE e.id = d.event_id AND d.state = 'pending' AND d.webhook_id = $1 AND d.due_at <= $2 AND (d.due_at, d.id) > ($3, $4)
    ORDER BY d.due_at, d.id LIMIT $5";

/// All webhooks with pending deliveries, and the due time of the first of each.
pub fn pending_webhooks(tx: &mut dyn Tx) -> Result<Vec<(String, Micros)>> {
    all(tx, PENDING_WEBHOOKS, &[], |row| Ok((row.text(0)?, row.int(1)?)))
}

// Hops from one webhook to the next, so that a million pending deliveries to a few of them cost no more than a few.
macro_rules! lanes {
    () => {
        "WITH RECURSIVE lanes (webhook_id) AS (
         SELECT MIN(webhook_id) FROM deliveries WHERE state = 'pending'
         UNION ALL
         SELECT (SELECT MIN(n.webhook_id) FROM deliveries n WHERE n.state = 'pending' AND n.webhook_id > l.webhook_id)
         FROM lanes l WHERE l.webhook_id IS NOT NULL),
         firsts (webhook_id, due_at) AS (
         SELECT l.webhook_id,
         (SELECT MIN(d.due_at) FROM deliveries d WHERE d.state = 'pending' AND d.webhook_id = l.webhook_id)
         FROM lanes l WHERE l.webhook_id IS NOT NULL) "
    };
}

pub(in crate::tables) const PENDING_WEBHOOKS: &str = concat!(lanes!(), "SELECT webhook_id, due_at FROM firsts ORDER BY due_at, webhook_id");
pub(in crate::tables) const OLDEST_PENDING: &str = concat!(lanes!(), "SELECT MIN(due_at) FROM firsts");

/// The earliest due time of all pending deliveries: how far the queue is behind. (One that waits for a later attempt is not
/// behind, however old its event is.)
pub fn oldest_pending(tx: &mut dyn Tx) -> Result<Option<Micros>> {
    tx.query_one("delivery", OLDEST_PENDING, &[])?.opt_int(0)
}

/// The due time of a webhook's first pending delivery.
pub fn next_due_of_webhook(tx: &mut dyn Tx, webhook_id: &str) -> Result<Option<Micros>> {
    tx.query_one(
        "delivery",
        "SELECT MIN(due_at) FROM deliveries WHERE state = 'pending' AND webhook_id = $1",
        &params![webhook_id],
    )?
    .opt_int(0)
}

/// How many deliveries wait for a webhook.
pub fn pending_count(tx: &mut dyn Tx, webhook_id: &str) -> Result<i64> {
    tx.query_one(
        "delivery",
        "SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND webhook_id = $1",
        &params![webhook_id],
    )?
    .int(0)
}

/// Writes what became of deliveries. One that is not pending any more (dropped meanwhile, say) stays as it is. Returns how
/// many were pending.
pub fn settle_many(tx: &mut dyn Tx, settled: &[Settled]) -> Result<u64> {
    if settled.is_empty() {
        return Ok(0);
    }
    let row = |to: &Settled| {
        params![&to.id, to.state.as_str(), to.reason.as_deref(), to.attempts, to.due_at, to.finished_at].to_vec()
    };
    let rows: Vec<_> = settled.iter().map(row).collect();
    tx.execute_many(
        "UPDATE deliveries SET state = $2, reason = $3, attempts = $4, due_at = $5, finished_at = $6
         WHERE id = $1 AND state = 'pending'",
        &rows,
    )
}

/// Drops all that waits for a webhook, for that reason. Returns how many deliveries that were.
pub fn drop_pending(tx: &mut dyn Tx, webhook_id: &str, reason: &str, now: Micros) -> Result<u64> {
    tx.execute(
        "UPDATE deliveries SET state = 'dropped', reason = $2, finished_at = $3 WHERE state = 'pending' AND webhook_id = $1",
        &params![webhook_id, reason, now],
    )
}
