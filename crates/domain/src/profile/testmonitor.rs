//! `testmonitor`: `{"event": "issue-created", "issue": {…}}`, as TestMonitor's project webhooks send it.

use super::Body;
use crate::{Problem, event::Event};

/// Endings of a type that say what was done to its subject.
const DONE: [&str; 3] = ["-created", "-updated", "-deleted"];

/// The key that holds the subject: `test-result-updated` has `test_result`. A type without one of the three endings, and one
/// whose key would be `event`, has `data`.
pub fn key(event_type: &str) -> String {
    let subject = DONE.iter().find_map(|ending| event_type.strip_suffix(ending));
    let key = subject.unwrap_or_default().replace(['-', '.'], "_");
    if key.is_empty() || key == "event" { "data".to_owned() } else { key }
}

pub(super) fn render(event: &Event) -> Result<Body, Problem> {
    // Types and keys are of letters, digits, `-`, `_` and dots: nothing in them needs escaping.
    let (event_type, key, data) = (&event.event_type, key(&event.event_type), super::raw(event)?);
    Ok(Body::json(format!(r#"{{"event":"{event_type}","{key}":{data}}}"#).into_bytes()))
}
