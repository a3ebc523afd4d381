//! The replay jobs' side of deliveries: what a job has queued, and the log that a recovery reads.

use domain::{
    Micros,
    delivery::{DeliveryKind, DeliveryState},
};

use crate::{
    error::Result,
    params,
    sql::Tx,
    tables::{all, first},
};

/// A line of a webhook's log, as far as a recovery needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Id of the delivery.
    pub id: String,
    /// What it was about.
    pub event_id: String,
    /// Its type.
    pub event_type: String,
    /// Why there was a delivery.
    pub kind: DeliveryKind,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Micros,
}

/// A webhook's log in the order in which it was written: at most `limit` lines after `after` (time and id), up to `until`.
pub fn log_of_webhook(tx: &mut dyn Tx, webhook_id: &str, after: (Micros, &str), until: Micros, limit: usize) -> Result<Vec<Logged>> {
    all(tx, LOG, &params![webhook_id, after.0, after.1, until, limit], |row| {
        Ok(Logged {
            id: row.text(0)?,
            event_id: row.text(1)?,
            event_type: row.text(2)?,
            kind: row.word(3, DeliveryKind::parse)?,
            state: row.word(4, DeliveryState::parse)?,
            reason: row.opt_text(5)?,
            created_at: row.int(6)?,
        })
    })
}

pub(in crate::tables) const LOG: &str = "SELECT id, event_id, event_type, kind, state, reason, created_at FROM deliveries
    WHERE webhook_id = $1 AND (created_at, id) > ($2, $3) AND created_at <= $4 ORDER BY created_at, id LIMIT $5";

/// Whether the event has reached the webhook, or is on its way to it. Tests do not count.
pub fn is_outstanding_or_sent(tx: &mut dyn Tx, webhook_id: &str, event_id: &str) -> Result<bool> {
    first(tx, SENT, &params![event_id, webhook_id], |_| Ok(())).map(|found| found.is_some())
}

pub(in crate::tables) const SENT: &str = "SELECT id FROM deliveries WHERE event_id = $1 AND webhook_id = $2
    AND kind <> 'test' AND state IN ('pending', 'delivered') LIMIT 1";

/// Whether an earlier delivery of the same event, made at `since` or later, failed or was dropped while the webhook was off.
pub fn was_lost_between(tx: &mut dyn Tx, webhook_id: &str, of: &Logged, since: Micros) -> Result<bool> {
    first(
        tx,
        "SELECT id FROM deliveries WHERE event_id = $1 AND webhook_id = $2 AND kind <> 'test' AND created_at >= $3
         AND (created_at, id) < ($4, $5) AND (state = 'failed' OR (state = 'dropped' AND reason LIKE 'disabled%')) LIMIT 1",
        &params![&of.event_id, webhook_id, since, of.created_at, &of.id],
        |_| Ok(()),
    )
    .map(|found| found.is_some())
}

/// Deliveries of a job that wait for their first attempt.
pub fn outstanding_of_replay(tx: &mut dyn Tx, replay_id: &str) -> Result<usize> {
    tx.query_one("count", OUTSTANDING, &params![replay_id])?.number(0)
}

pub(in crate::tables) const OUTSTANDING: &str =
    "SELECT COUNT(*) FROM deliveries WHERE replay_id = $1 AND state = 'pending' AND attempts = 0";

/// Drops what a job has queued and is not settled. Returns how many.
pub fn drop_of_replay(tx: &mut dyn Tx, replay_id: &str, reason: &str, now: Micros) -> Result<u64> {
    tx.execute(
        "UPDATE deliveries SET state = 'dropped', reason = $2, finished_at = $3 WHERE replay_id = $1 AND state = 'pending'",
        &params![replay_id, reason, now],
    )
}

/// Queues once more what a job had queued when its webhook was switched off. Returns how many.
pub fn requeue_of_replay(tx: &mut dyn Tx, replay_id: &str, now: Micros) -> Result<u64> {
    tx.execute(
        "UPDATE deliveries SET state = 'pending', reason = 'replay', due_at = $2, finished_at = NULL
         WHERE replay_id = $1 AND state = 'dropped' AND reason LIKE 'disabled%'",
        &params![replay_id, now],
    )
}
