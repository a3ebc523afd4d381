//! `pagerduty`: the Events API v2. A bad event triggers, a good one resolves, an acknowledged incident acknowledges, all
//! under a key that is the same for one monitor or incident. The routing key is the webhook's secret; logs do not show it.

use serde_json::{Value, json};

use super::{
    Body, MASK, Setting,
    headline::{self, Severity, cut},
};
use crate::{
    Problem, clock,
    event::{self, Event},
};

const SUMMARY: usize = 1_024;
const DEDUP_KEY: usize = 255;

pub(super) fn render(event: &Event, setting: Setting<'_>) -> Result<Body, Problem> {
    let key = setting
        .secret
        .ok_or_else(|| Problem::invalid("secret", "PagerDuty needs the integration's routing key as the webhook's secret"))?;
    let message = |key: &str| message(event, setting, key);
    Ok(Body {
        shown: Some(message(MASK)?.to_string().into_bytes()),
        ..Body::of(&message(key)?)
    })
}

fn message(event: &Event, setting: Setting<'_>, routing_key: &str) -> Result<Value, Problem> {
    let headline = headline::of(event, setting.public_url)?;
    let data = super::data(event)?;
    let severity = match headline.severity {
        Severity::Bad => "error",
        Severity::Good | Severity::Neutral => "info",
    };
    let details: serde_json::Map<String, Value> = headline
        .fields
        .iter()
        .map(|(name, value)| (name.clone(), cut(value, 1_000).into()))
        .collect();
    let mut details = Value::Object(details);
    details["event_id"] = event.id.clone().into();
    details["event_type"] = event.event_type.clone().into();
    if !headline.lines.is_empty() {
        details["text"] = cut(&headline.lines.join("\n"), 10_000).into();
    }
    let mut message = json!({
        "routing_key": routing_key,
        "event_action": action(event, headline.severity),
        "dedup_key": cut(&dedup_key(event, &data), DEDUP_KEY),
        "client": "Watchbell",
        "client_url": setting.public_url,
        "payload": {
            "summary": cut(&headline.title, SUMMARY),
            "source": source(setting.public_url),
            "severity": severity,
            "timestamp": clock::rfc3339(event.at),
            "class": event.event_type,
            "custom_details": details,
        },
    });
    if let Some(link) = headline.link {
        message["links"] = json!([{"href": link, "text": "Open in Watchbell"}]);
    }
    Ok(message)
}

fn action(event: &Event, severity: Severity) -> &'static str {
    match severity {
        _ if event.event_type == event::INCIDENT_ACKNOWLEDGED => "acknowledge",
        Severity::Good => "resolve",
        Severity::Bad | Severity::Neutral => "trigger",
    }
}

/// The same for everything that one monitor, incident or webhook tells.
fn dedup_key(event: &Event, data: &Value) -> String {
    let id = |value: &Value| value.as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    let (what, id) = match event.event_type.as_str() {
        event::RUN_FINISHED => ("monitor", id(&data["monitor_uid"])),
        kind if kind.starts_with("incident.") => ("incident", id(&data["incident"]["id"])),
        "delivery.failed" => ("delivery", id(&data["webhook_id"])),
        kind if kind.starts_with("webhook.") || kind == event::TEST => ("webhook", id(&data["webhook_id"])),
        kind => (kind, None),
    };
    let id = id.unwrap_or_else(|| {
        if event.subject.is_empty() {
            event.id.clone()
        } else {
            event.subject.clone()
        }
    });
    format!("watchbell/{what}/{id}")
}

/// The host that people know this instance by.
fn source(public_url: &str) -> String {
    let host = public_url
        .split("://")
        .nth(1)
        .unwrap_or(public_url)
        .split('/')
        .next()
        .unwrap_or_default();
    if host.is_empty() { "watchbell".to_owned() } else { host.to_owned() }
}
