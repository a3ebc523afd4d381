//! Events: immutable facts of a workspace, stored once, and the patterns that webhooks
//! subscribe with.

use serde::{Deserialize, Serialize};

use crate::{Problem, clock::Micros, limits};

pub mod types;

/// A run of a monitor came to its end; data is [`crate::run::RunReport`].
pub const RUN_FINISHED: &str = "monitor.run.finished";
/// Somebody changed something; data is [`crate::activity::Activity`].
pub const ACTIVITY: &str = "activity";
/// A collection's activity as its own feed sees it.
pub const INCIDENT_OPENED: &str = "incident.opened";
pub const INCIDENT_ACKNOWLEDGED: &str = "incident.acknowledged";
pub const INCIDENT_RESOLVED: &str = "incident.resolved";
pub const INCIDENT_REOPENED: &str = "incident.reopened";
pub const WEBHOOK_DISABLED: &str = "webhook.disabled";
pub const WEBHOOK_ENABLED: &str = "webhook.enabled";
/// The first success after a webhook was failing; see [`crate::operational`].
pub const WEBHOOK_RECOVERED: &str = "webhook.recovered";
/// A delivery failed for good; its subject is the webhook.
pub const DELIVERY_FAILED: &str = "delivery.failed";
/// What the Test button sends.
pub const TEST: &str = "test-event";

/// One stored event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub workspace_id: String,
    #[serde(rename = "type")]
    pub event_type: String,
    /// Id of what it is about (a monitor, a collection), or empty.
    pub subject: String,
    pub at: Micros,
    /// A JSON object, as stored.
    pub data: String,
    /// Part of an import: no webhook is called.
    pub import: bool,
    /// How many Watchbells it passed through.
    pub hops: i64,
}

/// `issue-created`, `monitor.run.finished`: lower-case words of letters, digits, `-` and `_`, joined by dots.
pub fn check_type(field: &str, event_type: &str) -> Result<(), Problem> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    if event_type.len() <= limits::EVENT_TYPE_BYTES && event_type.split('.').all(word) {
        return Ok(());
    }
    Err(Problem::invalid(field, format!("`{event_type}` is no event type"))
        .hint("lower-case words of letters, digits, `-` and `_`, joined by dots, at most 128 characters"))
}

/// Whether a type is one that Watchbell itself tells of. Such an event is believed (a run's result moves trigger rules and
/// incidents), so nobody else may publish it.
pub fn is_reserved(event_type: &str) -> bool {
    let own = ["monitor", "incident", "webhook", "delivery"];
    event_type == ACTIVITY || event_type == TEST || event_type.split_once('.').is_some_and(|(word, _)| own.contains(&word))
}

/// A pattern is a type, `prefix.*`, or `*`.
pub fn check_pattern(field: &str, pattern: &str) -> Result<(), Problem> {
    if pattern == "*" {
        return Ok(());
    }
    check_type(field, pattern.strip_suffix(".*").unwrap_or(pattern)).map_err(|p| Problem {
        hint: Some("an event type, `prefix.*` or `*`".to_owned()),
        ..p
    })
}

/// Every pattern that matches a type: what the subscription index is asked for.
pub fn patterns_of(event_type: &str) -> Vec<String> {
    let mut patterns = vec![event_type.to_owned(), "*".to_owned()];
    let dots = event_type.match_indices('.').map(|(at, _)| at);
    patterns.extend(dots.map(|at| format!("{}.*", &event_type[..at])));
    patterns
}

/// Fields of an event's data that tell of an outcome, the first that is there counts.
const OUTCOME_FIELDS: [&str; 2] = ["jobStatus", "status"];
const GOOD: [&str; 6] = ["success", "succeeded", "complete", "completed", "passed", "ok"];
const BAD: [&str; 5] = ["failure", "failed", "error", "aborted", "canceled"];

/// Whether the event tells of an outcome, and a good one: what trigger rules look at. A monitor's run does with its status;
/// an event from outside with `jobStatus` or else `status` in its data, in any case of letters; nothing else does.
pub fn outcome(event_type: &str, data: &serde_json::Value) -> Option<bool> {
    let text = |name: &str| data.get(name).and_then(serde_json::Value::as_str);
    if event_type == RUN_FINISHED {
        return text("status").map(|status| status == "success");
    }
    if is_reserved(event_type) {
        return None;
    }
    let told = OUTCOME_FIELDS.into_iter().find_map(text)?;
    let is_one_of = |words: &[&str]| words.iter().any(|word| told.eq_ignore_ascii_case(word));
    if is_one_of(&GOOD) {
        Some(true)
    } else {
        is_one_of(&BAD).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_watchbell_tells_itself_is_reserved_and_nothing_else() {
        for own in [
            RUN_FINISHED,
            ACTIVITY,
            INCIDENT_OPENED,
            INCIDENT_REOPENED,
            WEBHOOK_DISABLED,
            DELIVERY_FAILED,
            TEST,
            "monitor.x",
        ] {
            assert!(is_reserved(own), "{own}");
        }
        for free in ["issue-created", "monitoring.done", "order.webhook.sent", "activity-log", "monitor"] {
            assert!(!is_reserved(free), "{free}");
        }
    }

    #[test]
    fn a_job_tells_of_its_outcome_and_what_says_nothing_else_of_none() {
        let of = |data: serde_json::Value| outcome("job.finished", &data);
        for word in ["success", "Succeeded", "COMPLETE", "completed", "passed", "ok"] {
            assert_eq!(of(serde_json::json!({ "status": word })), Some(true), "{word}");
        }
        for word in ["failure", "Failed", "error", "aborted", "canceled"] {
            assert_eq!(of(serde_json::json!({ "jobStatus": word })), Some(false), "{word}");
        }
        assert_eq!(of(serde_json::json!({"jobStatus": "failed", "status": "ok"})), Some(false));
        for other in [
            serde_json::json!({"status": "open"}),
            serde_json::json!({"status": 1}),
            serde_json::json!({}),
        ] {
            assert_eq!(of(other.clone()), None, "{other}");
        }
        assert_eq!(outcome(INCIDENT_OPENED, &serde_json::json!({"status": "failed"})), None);
        assert_eq!(outcome(RUN_FINISHED, &serde_json::json!({"status": "completed"})), Some(false));
    }
}
