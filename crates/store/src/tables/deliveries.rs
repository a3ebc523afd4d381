//! Deliveries: events on their way to webhooks.

mod coalescing;
mod ordered;
mod pending;
mod replayed;

pub use coalescing::{await_newer, replace};
pub use ordered::{next_in_order, tests};
pub use pending::{
    Settled, count_pending, drop_pending, drop_these, due_of_webhook, due_replays_of_webhook, next_due_after, next_due_of_webhook,
    oldest_pending, pending_count, pending_webhooks, settle_many,
};
pub use replayed::{
    Logged, drop_of_replay, is_outstanding_or_sent, log_of_webhook, outstanding_of_replay, requeue_of_replay, was_lost_between,
};

#[cfg(test)]
pub(super) use coalescing::REPLACE;
#[cfg(test)]
pub(super) use ordered::{TESTS, TRIED, UNTRIED};
#[cfg(test)]
pub(super) use pending::{
    DROP_COALESCING, DROP_DUE, DROP_TRIED, DUE_OF_WEBHOOK, NEXT_DUE, NEXT_DUE_AFTER, OLDEST_PENDING, PENDING_WEBHOOKS,
};
#[cfg(test)]
pub(super) use replayed::{LOG, OUTSTANDING, SENT};

use domain::{
    Micros,
    delivery::{DeliveryKind, DeliveryState},
};
use serde::Serialize;

use super::{
    all, first,
    page::{self, Listed, Page},
};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

macro_rules! columns {
    () => {
        "d.id, d.workspace_id, d.webhook_id, d.event_id, d.event_type, d.kind, d.state, d.reason, d.attempts, d.due_at,
         d.created_at, d.finished_at, d.replay_id"
    };
}
use columns;

/// One event on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// Id.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// To whom.
    pub webhook_id: String,
    /// What.
    pub event_id: String,
    /// Its type, for lists.
    pub event_type: String,
    /// Why there is a delivery.
    pub kind: DeliveryKind,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it was dropped or failed, or which rule let it pass.
    pub reason: Option<String>,
    /// Attempts made.
    pub attempts: u64,
    /// When the next attempt is due.
    pub due_at: Micros,
    /// When it was made.
    pub created_at: Micros,
    /// When it was settled.
    pub finished_at: Option<Micros>,
    /// The replay job that made it.
    pub replay_id: Option<String>,
}

fn read(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        webhook_id: row.text(2)?,
        event_id: row.text(3)?,
        event_type: row.text(4)?,
        kind: row.word(5, DeliveryKind::parse)?,
        state: row.word(6, DeliveryState::parse)?,
        reason: row.opt_text(7)?,
        attempts: row.number(8)?,
        due_at: row.int(9)?,
        created_at: row.int(10)?,
        finished_at: row.opt_int(11)?,
        replay_id: row.opt_text(12)?,
    })
}

/// Adds deliveries, in one round trip.
pub fn insert_many(tx: &mut dyn Tx, deliveries: &[Delivery]) -> Result<()> {
    let rows: Vec<_> = deliveries
        .iter()
        .map(|delivery| {
            params![
                &delivery.id,
                &delivery.workspace_id,
                &delivery.webhook_id,
                &delivery.event_id,
                &delivery.event_type,
                delivery.kind.as_str(),
                delivery.state.as_str(),
                delivery.reason.as_deref(),
                delivery.attempts,
                delivery.due_at,
                delivery.created_at,
                delivery.finished_at,
                delivery.replay_id.as_deref(),
                pending::queue(delivery.kind)
            ]
            .to_vec()
        })
        .collect();
    tx.execute_many(
        "INSERT INTO deliveries (id, workspace_id, webhook_id, event_id, event_type, kind, state, reason, attempts,
         due_at, created_at, finished_at, replay_id, queue) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &rows,
    )?;
    Ok(())
}

/// A delivery by id, unless its webhook is being deleted.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Delivery>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM deliveries d WHERE d.workspace_id = $1 AND d.id = $2
             AND EXISTS (SELECT 1 FROM webhooks w WHERE w.id = d.webhook_id AND w.deleted_at IS NULL)"
        ),
        &params![workspace_id, id],
        read,
    )
}

/// A webhook's deliveries, or those in one state, newest first.
pub fn list_of_webhook(tx: &mut dyn Tx, webhook_id: &str, state: Option<DeliveryState>, page: &Page) -> Result<Listed<Delivery>> {
    let params = params![webhook_id, state.map(DeliveryState::as_str)].to_vec();
    page::list(tx, page, LIST_OF_WEBHOOK, params, read, |delivery| {
        (delivery.created_at, &delivery.id)
    })
}

pub(super) const LIST_OF_WEBHOOK: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM deliveries d WHERE d.webhook_id = $1 AND (CAST($2 AS TEXT) IS NULL OR d.state = $2)
     AND (d.created_at, d.id) < ($3, $4) ORDER BY d.created_at DESC, d.id DESC LIMIT $5"
);

/// All deliveries of an event, in the order in which they were made.
pub fn of_event(tx: &mut dyn Tx, event_id: &str) -> Result<Vec<Delivery>> {
    all(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM deliveries d WHERE d.event_id = $1 ORDER BY d.created_at, d.id"
        ),
        &params![event_id],
        read,
    )
}

/// Deletes at most `limit` deliveries to a webhook, settled or not: before it is deleted itself. Returns how many.
pub fn delete_some(tx: &mut dyn Tx, webhook_id: &str, limit: usize) -> Result<u64> {
    tx.execute(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE webhook_id = $1 LIMIT $2)",
        &params![webhook_id, limit],
    )
}
