//! Why a webhook heard of an event, or did not: the answer to the question that everybody asks first.

use domain::{
    account::Need,
    delivery::DeliveryState,
    event::Event,
    why::{Made, Present, Rule, explain},
};
use serde::Serialize;
use store::tables::{
    deliveries::{self, Delivery},
    events,
    webhooks::{self, Webhook},
};
use utoipa::ToSchema;

use super::{Caller, Items, Result, found};
use crate::{app::App, schema};

/// Why an event was sent or not, webhook by webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Why {
    pub webhook_id: String,
    pub webhook_name: String,
    /// Whether there is a delivery that was not dropped.
    pub sent: bool,
    /// The rule that decided.
    #[schema(value_type = schema::WhyRule)]
    pub rule: Rule,
    /// What it says in this case. Where no delivery was made, the filter is asked again now, and the text says so.
    pub because: String,
    /// The delivery that was made when the event came, or else the first that was made later.
    pub delivery_id: Option<String>,
}

/// Why each webhook of the workspace heard of an event, or did not.
///
/// # Errors
/// 404.
pub async fn why(app: &App, caller: &Caller, event_id: &str) -> Result<Items<Why>> {
    caller.need(Need::View)?;
    let (workspace, event_id) = (caller.workspace.id.clone(), event_id.to_owned());
    let (event, arrived_at, made, webhooks) = app
        .read(move |tx| {
            let event = found("event", events::get(tx, &workspace, &event_id)?)?;
            let arrived_at = events::arrived_at(tx, &event.id)?.unwrap_or(event.at);
            let made = deliveries::of_event(tx, &event.id)?;
            Ok((event, arrived_at, made, webhooks::list(tx, &workspace)?))
        })
        .await?;
    let silent = |webhook: &&Webhook| !webhook.filter.is_empty() && !made.iter().any(|delivery| delivery.webhook_id == webhook.id);
    let asked: Vec<&Webhook> = webhooks.iter().filter(silent).collect();
    let filters = asked.iter().map(|webhook| webhook.filter.clone()).collect();
    let verdicts = engine::filters::ask_now(&app.engine, event.clone(), filters).await?;
    let explained = webhooks.iter().map(|webhook| {
        let asked = asked.iter().position(|asked| asked.id == webhook.id);
        let of_webhook: Vec<&Delivery> = made.iter().filter(|delivery| delivery.webhook_id == webhook.id).collect();
        let present = Present {
            event_arrived_at: arrived_at,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
            events: &webhook.events,
            subject: &webhook.subject,
            outputs: &webhook.options.outputs,
            filter: asked.and_then(|at| verdicts.get(at)),
        };
        one(&event, webhook, present, &of_webhook)
    });
    Ok(Items::all(explained.collect()))
}

fn one(event: &Event, webhook: &Webhook, present: Present<'_>, deliveries: &[&Delivery]) -> Why {
    let made: Vec<Made<'_>> = deliveries
        .iter()
        .map(|delivery| Made {
            kind: delivery.kind,
            state: delivery.state,
            reason: delivery.reason.as_deref(),
            at_once: delivery.finished_at == Some(delivery.created_at),
        })
        .collect();
    let because = explain(event, present, &made);
    Why {
        webhook_id: webhook.id.clone(),
        webhook_name: webhook.name.clone(),
        sent: deliveries.iter().any(|delivery| delivery.state != DeliveryState::Dropped),
        rule: because.rule,
        because: because.text,
        delivery_id: deliveries.first().map(|delivery| delivery.id.clone()),
    }
}
