//! Tell: the operational events and notices that a webhook's attempts of one batch give rise to, in the batch's transaction.
//! While all goes well there are none, and nothing is done.

use domain::{
    Micros,
    clock::rfc3339,
    delivery::DeliveryKind,
    event::{DELIVERY_FAILED, WEBHOOK_RECOVERED},
    operational,
};
use serde_json::json;
use store::{Result, Tx, tables::webhooks::Webhook};

use super::{Item, Totals};
use crate::{
    notify::{Desk, News},
    publish::{self, NewEvent},
};

/// What there is to tell of one webhook.
#[derive(Default)]
pub(super) struct Tidings<'i> {
    failed: Vec<(&'i Item, String)>,
    recovered: Option<Recovered<'i>>,
}

struct Recovered<'i> {
    item: &'i Item,
    failing_since: Micros,
    failed_attempts: u64,
}

impl<'i> Tidings<'i> {
    /// A delivery failed for good, with the reason.
    pub fn failure(&mut self, item: &'i Item, reason: &str) {
        if item.delivery.kind != DeliveryKind::Test {
            self.failed.push((item, reason.to_owned()));
        }
    }

    /// A delivery arrived. `before`: the totals without it.
    pub fn success(&mut self, webhook: &Webhook, item: &'i Item, before: &Totals) {
        let recovered = webhook.enabled
            && self.recovered.is_none()
            && operational::has_recovered(before.failing_since, webhook.probe_at.is_some(), item.ended_at);
        if recovered && let Some(failing_since) = before.failing_since {
            self.recovered = Some(Recovered {
                item,
                failing_since,
                failed_attempts: webhook.failed_attempts + before.failures(),
            });
        }
    }

    /// Publishes it and leaves the notices. `disabled`: the webhook is about to be switched off, which has a notice of its own.
    pub fn tell(&self, tx: &mut dyn Tx, desk: &Desk, webhook: &Webhook, disabled: bool, now: Micros) -> Result<()> {
        if self.failed.is_empty() && self.recovered.is_none() {
            return Ok(());
        }
        let recovered = self.recovered.iter().filter(|recovered| may_tell(recovered.item));
        let failed = self.failed.iter().filter(|(item, _)| may_tell(item));
        let events: Vec<NewEvent> = recovered
            .map(|recovered| recovered.event(webhook, now))
            .chain(failed.map(|(item, reason)| failed_event(webhook, item, reason)))
            .collect();
        if !events.is_empty() {
            publish::internal(tx, &events, now)?;
        }
        if let Some(recovered) = &self.recovered {
            let news = news(webhook, "webhook_recovered", "is back");
            let text = |_| {
                format!(
                    "The webhook \"{}\" is back: its receiver answered after failing since {} ({} failed attempts).",
                    webhook.name,
                    rfc3339(recovered.failing_since),
                    recovered.failed_attempts
                )
            };
            desk.gather(tx, &news, 1, text, now)?;
        }
        match self.failed.last() {
            Some((last, _)) if !disabled => {
                let news = news(webhook, "delivery_failed", "loses deliveries");
                desk.gather(tx, &news, self.failed.len() as u64, |count| failed_text(webhook, last, count), now)
            }
            _ => Ok(()),
        }
    }
}

fn may_tell(item: &Item) -> bool {
    operational::may_tell(item.delivery.kind, &item.delivery.event_type)
}

fn news<'w>(webhook: &'w Webhook, kind: &'w str, what: &str) -> News<'w> {
    News {
        workspace_id: &webhook.workspace_id,
        kind,
        title: format!("The webhook \"{}\" {what}", webhook.name),
        link: format!("/webhooks/{}", webhook.id),
    }
}

fn failed_text(webhook: &Webhook, last: &Item, count: u64) -> String {
    let verdict = &last.verdict;
    let why = verdict.message.as_deref().unwrap_or(&verdict.code);
    let name = &webhook.name;
    match count {
        1 => format!("A delivery to the webhook \"{name}\" failed for good: {why}."),
        _ => format!("{count} deliveries to the webhook \"{name}\" failed for good within an hour; the last one: {why}."),
    }
}

impl Recovered<'_> {
    fn event(&self, webhook: &Webhook, now: Micros) -> NewEvent {
        let data = json!({
            "webhook_id": webhook.id,
            "webhook_name": webhook.name,
            "profile": webhook.profile,
            "failing_since": rfc3339(self.failing_since),
            "failed_attempts": self.failed_attempts,
        });
        NewEvent::internal(&webhook.workspace_id, WEBHOOK_RECOVERED, &webhook.id, now, data.to_string())
    }
}

fn failed_event(webhook: &Webhook, item: &Item, reason: &str) -> NewEvent {
    let (delivery, verdict) = (&item.delivery, &item.verdict);
    let data = json!({
        "webhook_id": webhook.id,
        "webhook_name": webhook.name,
        "delivery_id": delivery.id,
        "kind": delivery.kind,
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "attempts": delivery.attempts + 1,
        "verdict": verdict.code,
        "message": verdict.message,
        "status_code": item.status_code,
        "reason": reason,
    });
    NewEvent::internal(&webhook.workspace_id, DELIVERY_FAILED, &webhook.id, item.ended_at, data.to_string())
}
