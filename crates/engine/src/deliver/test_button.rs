//! The Test button, and sending one delivery again: deliveries that a person asked for.

use domain::{
    Micros,
    clock::DAY,
    delivery::{DeliveryKind, DeliveryState},
    event, id,
};
use serde_json::json;
use store::{
    Result, Signal, Tx,
    tables::{
        deliveries::{self, Delivery},
        events,
        webhooks::Webhook,
    },
};

use crate::publish::NewEvent;

/// How far a test is put before everything else that waits for the webhook: a person looks on, and a backlog must not hide
/// the answer.
const AHEAD: Micros = DAY;

/// Queues a test: the event `test-event`, to this webhook alone, signed like any other, also while the webhook is off. It is
/// sent once and counts for nothing.
pub fn test(tx: &mut dyn Tx, webhook: &Webhook, user: &str, now: Micros) -> Result<Delivery> {
    let data = json!({
        "message": "This is a test. If you can read this, the webhook works.",
        "webhook_id": webhook.id,
        "webhook_name": webhook.name,
        "requested_by": user,
    });
    let event = NewEvent::internal(&webhook.workspace_id, event::TEST, &webhook.id, now, data.to_string()).stored(now);
    events::insert(tx, &event, None, now)?;
    let delivery = Delivery {
        id: id::new(id::DELIVERY, now),
        workspace_id: webhook.workspace_id.clone(),
        webhook_id: webhook.id.clone(),
        event_id: event.id,
        event_type: event.event_type,
        kind: DeliveryKind::Test,
        state: DeliveryState::Pending,
        reason: Some(format!("test by {user}")),
        attempts: 0,
        due_at: now.saturating_sub(AHEAD),
        created_at: now,
        finished_at: None,
        replay_id: None,
    };
    queue(tx, delivery)
}

/// Queues the same event to the same webhook once more, with the same `webhook-id`, so that the receiver can tell a repeat.
///
/// # Errors
/// [`store::Error::NotFound`] when the event was deleted at the end of its retention.
pub fn resend(tx: &mut dyn Tx, delivery: &Delivery, now: Micros) -> Result<Delivery> {
    let again = Delivery {
        id: id::new(id::DELIVERY, now),
        kind: DeliveryKind::Resend,
        state: DeliveryState::Pending,
        reason: Some(format!("sent again after `{}`", delivery.id)),
        attempts: 0,
        due_at: now,
        created_at: now,
        finished_at: None,
        replay_id: None,
        ..delivery.clone()
    };
    events::hold(tx)?;
    if events::get(tx, &again.workspace_id, &again.event_id)?.is_none() {
        return Err(store::Error::NotFound("event"));
    }
    queue(tx, again)
}

fn queue(tx: &mut dyn Tx, delivery: Delivery) -> Result<Delivery> {
    deliveries::insert_many(tx, std::slice::from_ref(&delivery))?;
    tx.signal(Signal::Deliveries(vec![delivery.webhook_id.clone()]));
    tx.signal(Signal::changed(&*delivery.workspace_id, "delivery"));
    Ok(delivery)
}
