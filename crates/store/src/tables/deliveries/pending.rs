//! The deliver stage's side of deliveries: what is due, and what became of it. The pending ones are an index of their own,
//! so that none of this grows with the log.

use domain::{
    Micros,
    delivery::{DeliveryKind, DeliveryState},
    event::Event,
};

use super::{Delivery, columns, read};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
    tables::{all, events, first},
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

/// Pending deliveries of a webhook that are due, replays left out, with their events, the longest due first; only those that
/// come after `after` (due time and id of one that was read before), so that a lane does not read again what it has in flight.
pub fn due_of_webhook(
    tx: &mut dyn Tx,
    webhook_id: &str,
    now: Micros,
    limit: usize,
    after: Option<(Micros, &str)>,
) -> Result<Vec<(Delivery, Event)>> {
    due(tx, (webhook_id, LIVE), now, limit, after)
}

/// The same for deliveries of replay jobs, which stand in a queue of their own: however many of them are tried again, what is
/// live is read as fast.
pub fn due_replays_of_webhook(
    tx: &mut dyn Tx,
    webhook_id: &str,
    now: Micros,
    limit: usize,
    after: Option<(Micros, &str)>,
) -> Result<Vec<(Delivery, Event)>> {
    due(tx, (webhook_id, REPLAYS), now, limit, after)
}

/// A lane's two queues, as the column has them.
pub(super) const LIVE: i64 = 0;
pub(super) const REPLAYS: i64 = 1;

/// Which of its lane's queues a delivery stands in.
pub(super) fn queue(kind: DeliveryKind) -> i64 {
    match kind {
        DeliveryKind::Replay => REPLAYS,
        DeliveryKind::Event | DeliveryKind::Test | DeliveryKind::Resend => LIVE,
    }
}

fn due(
    tx: &mut dyn Tx,
    (webhook_id, queue): (&str, i64),
    now: Micros,
    limit: usize,
    after: Option<(Micros, &str)>,
) -> Result<Vec<(Delivery, Event)>> {
    let (after_due, after_id) = after.unwrap_or((Micros::MIN, ""));
    let params = params![webhook_id, queue, now, after_due, after_id, limit];
    all(tx, DUE_OF_WEBHOOK, &params, with_event)
}

/// A delivery and its event, which [`pending_with_events`] reads along.
pub(super) fn with_event(row: &Row) -> Result<(Delivery, Event)> {
    Ok((read(row)?, events::read(row, 13)?))
}

// The cross join tells SQLite to begin with the deliveries.
macro_rules! pending_with_events {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", e.id, e.workspace_id, e.type, e.subject, e.at, e.data, e.import, e.hops
     FROM deliveries d CROSS JOIN events e
     WHERE e.id = d.event_id AND d.webhook_id = $1 AND d.state = 'pending' ",
            $rest
        )
    };
}
pub(super) use pending_with_events;

pub(in crate::tables) const DUE_OF_WEBHOOK: &str = pending_with_events!(
    "AND d.queue = $2 AND d.due_at <= $3
     AND (d.due_at, d.id) > ($4, $5) ORDER BY d.due_at, d.id LIMIT $6"
);

macro_rules! of_both_queues {
    ($which:literal) => {
        concat!(
            "SELECT MIN(q.due_at) FROM (
     SELECT MIN(d.due_at) AS due_at FROM deliveries d WHERE d.webhook_id = $1 AND d.queue = 0 AND d.state = 'pending'",
            $which,
            " UNION ALL
     SELECT MIN(d.due_at) AS due_at FROM deliveries d WHERE d.webhook_id = $1 AND d.queue = 1 AND d.state = 'pending'",
            $which,
            ") q"
        )
    };
}

/// The first due time after `now` of the webhook's pending deliveries.
pub fn next_due_after(tx: &mut dyn Tx, webhook_id: &str, now: Micros) -> Result<Option<Micros>> {
    tx.query_one("time", NEXT_DUE_AFTER, &params![webhook_id, now])?.opt_int(0)
}

pub(in crate::tables) const NEXT_DUE_AFTER: &str = of_both_queues!(" AND d.due_at > $2");
pub(in crate::tables) const NEXT_DUE: &str = of_both_queues!("");

// Hops from one webhook to the next, so that a million pending deliveries to a few of them cost no more than a few.
macro_rules! lanes {
    ($which:literal) => {
        concat!(
            "WITH RECURSIVE lanes (webhook_id) AS (
         SELECT MIN(webhook_id) FROM deliveries WHERE state = 'pending'
         UNION ALL
         SELECT (SELECT MIN(n.webhook_id) FROM deliveries n WHERE n.state = 'pending' AND n.webhook_id > l.webhook_id)
         FROM lanes l WHERE l.webhook_id IS NOT NULL),
         firsts (webhook_id, due_at) AS (
         SELECT l.webhook_id,
         (SELECT MIN(d.due_at) FROM deliveries d WHERE d.state = 'pending' AND d.webhook_id = l.webhook_id AND d.queue = q.queue",
            $which,
            ")
         FROM lanes l CROSS JOIN (SELECT 0 AS queue UNION ALL SELECT 1) q WHERE l.webhook_id IS NOT NULL) "
        )
    };
}

pub(in crate::tables) const PENDING_WEBHOOKS: &str = concat!(
    lanes!(""),
    "SELECT webhook_id, MIN(due_at) AS first FROM firsts WHERE due_at IS NOT NULL GROUP BY webhook_id ORDER BY first, webhook_id"
);
// A test is dated back so that it stands first: it is not late.
pub(in crate::tables) const OLDEST_PENDING: &str = concat!(lanes!(" AND d.kind <> 'test'"), "SELECT MIN(due_at) FROM firsts");

/// Webhooks with pending deliveries, and when the first is due: what a starting server takes up.
pub fn pending_webhooks(tx: &mut dyn Tx) -> Result<Vec<(String, Micros)>> {
    all(tx, PENDING_WEBHOOKS, &[], |row| Ok((row.text(0)?, row.int(1)?)))
}

/// When the webhook's next pending delivery is due.
pub fn next_due_of_webhook(tx: &mut dyn Tx, webhook_id: &str) -> Result<Option<Micros>> {
    tx.query_one("time", NEXT_DUE, &params![webhook_id])?.opt_int(0)
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

/// The earliest due time of all pending deliveries but tests: how far the queue is behind. (One that waits for its next attempt is not
/// behind, however old its event is.)
pub fn oldest_pending(tx: &mut dyn Tx) -> Result<Option<Micros>> {
    tx.query_one("time", OLDEST_PENDING, &[])?.opt_int(0)
}

/// How many deliveries wait, tests left out, counted no further than `most`.
pub fn count_pending(tx: &mut dyn Tx, most: usize) -> Result<u64> {
    let count = first(tx, COUNT_PENDING, &params![most], |row| row.number(0))?;
    Ok(count.unwrap_or(0))
}

pub(in crate::tables) const COUNT_PENDING: &str = "SELECT COUNT(*) FROM (
    SELECT 1 FROM deliveries WHERE state = 'pending' AND kind <> 'test' LIMIT $1) w";

/// Records what became of deliveries, each by the number of its attempts: what that attempt settled before stays as it is, as
/// does what is not pending any more. Only a success also replaces `dropped`: the receiver got what was in flight when the
/// webhook was switched off. Returns how many changed.
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
         WHERE id = $1 AND attempts < $4 AND (state = 'pending' OR (state = 'dropped' AND $2 = 'delivered'))",
        &rows,
    )
}

/// Drops these deliveries, as far as they are pending. Returns how many.
pub fn drop_these(tx: &mut dyn Tx, ids: &[String], reason: &str, now: Micros) -> Result<u64> {
    let rows: Vec<_> = ids.iter().map(|id| params![id, reason, now].to_vec()).collect();
    tx.execute_many(
        "UPDATE deliveries SET state = 'dropped', reason = $2, finished_at = $3 WHERE id = $1 AND state = 'pending'",
        &rows,
    )
}

/// Drops what waits for a webhook and was made until `until`, tests left out, the longest due first and at most `limit`.
/// Returns how many.
pub fn drop_pending(tx: &mut dyn Tx, webhook_id: &str, until: Micros, reason: &str, now: Micros, limit: usize) -> Result<u64> {
    let mut dropped = 0;
    for sql in [DROP_DUE, DROP_TRIED, DROP_COALESCING] {
        for queue in [LIVE, REPLAYS] {
            let left = limit.saturating_sub(usize::try_from(dropped).unwrap_or(limit));
            if left > 0 {
                dropped += tx.execute(sql, &params![webhook_id, queue, until, reason, now, left])?;
            }
        }
    }
    Ok(dropped)
}

macro_rules! drop_pending {
    ($which:literal) => {
        concat!(
            "UPDATE deliveries SET state = 'dropped', reason = $4, finished_at = $5
    WHERE state = 'pending' AND id IN (SELECT id FROM deliveries WHERE webhook_id = $1 AND queue = $2 AND state = 'pending'
    AND kind <> 'test' AND ",
            $which,
            " LIMIT $6)"
        )
    };
}

// Nothing but a test is due before it was made. What was made until then and is due later was tried before or waits for a newer one.
pub(in crate::tables) const DROP_DUE: &str = drop_pending!("due_at <= $3 ORDER BY due_at, id");
pub(in crate::tables) const DROP_TRIED: &str = drop_pending!("attempts > 0 AND created_at <= $3 ORDER BY created_at, id");
pub(in crate::tables) const DROP_COALESCING: &str =
    drop_pending!("attempts = 0 AND coalesce_key IS NOT NULL AND +created_at <= $3 ORDER BY coalesce_key");
