//! Why a webhook heard of an event, or did not: the answer to the question that everybody asks first.

use domain::{account::Need, delivery::DeliveryState};
use serde::Serialize;
use store::tables::{deliveries, events, webhooks};
use utoipa::ToSchema;

use super::{Caller, Items, Result, found};
use crate::app::App;

/// Why an event was sent or not, webhook by webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Why {
    pub webhook_id: String,
    pub webhook_name: String,
    /// Whether there is a delivery that was not dropped.
    pub sent: bool,
    pub because: String,
    pub delivery_id: Option<String>,
}

/// Why each webhook of the workspace heard of an event, or did not.
///
/// # Errors
/// 404.
pub async fn why(app: &App, caller: &Caller, event_id: &str) -> Result<Items<Why>> {
    caller.need(Need::View)?;
    let (workspace, event_id) = (caller.workspace.id.clone(), event_id.to_owned());
    app.read(move |tx| {
        let event = found("event", events::get(tx, &workspace, &event_id)?)?;
        let sent = deliveries::of_event(tx, &event.id)?;
        let patterns = domain::event::patterns_of(&event.event_type);
        let explain = |webhook: webhooks::Webhook| match sent.iter().find(|delivery| delivery.webhook_id == webhook.id) {
            Some(delivery) => Why {
                sent: delivery.state != DeliveryState::Dropped,
                because: delivery.reason.clone().unwrap_or_else(|| format!("it is {}", delivery.state)),
                delivery_id: Some(delivery.id.clone()),
                webhook_id: webhook.id,
                webhook_name: webhook.name,
            },
            None => Why {
                sent: false,
                because: unmatched(&webhook, &event, &patterns),
                delivery_id: None,
                webhook_id: webhook.id,
                webhook_name: webhook.name,
            },
        };
        Ok(Items::all(webhooks::list(tx, &workspace)?.into_iter().map(explain).collect()))
    })
    .await
}

fn unmatched(webhook: &webhooks::Webhook, event: &domain::event::Event, patterns: &[String]) -> String {
    if webhook.created_at > event.at {
        return "the webhook was made after the event".to_owned();
    }
    if !webhook.events.iter().any(|pattern| patterns.contains(pattern)) {
        return format!("it is not subscribed to `{}`", event.event_type);
    }
    if !webhook.subject.is_empty() && webhook.subject != event.subject {
        return "it hears of another monitor".to_owned();
    }
    if event.import {
        return "the event is part of an import".to_owned();
    }
    "it was not subscribed when the event came".to_owned()
}
