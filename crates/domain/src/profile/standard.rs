//! `standard`: Standard Webhooks 1.0.0 payloads, `{"type", "timestamp", "data"}`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::Body;
use crate::{Problem, clock, event::Event};

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    timestamp: String,
    data: &'a RawValue,
}

pub(super) fn render(event: &Event) -> Result<Body, Problem> {
    let payload = Payload {
        event_type: &event.event_type,
        timestamp: clock::rfc3339(event.at),
        data: super::raw(event)?,
    };
    let bytes = serde_json::to_vec(&payload).map_err(|e| Problem::malformed(e.to_string()))?;
    Ok(Body::json(bytes))
}
