//! Sample events, for the check of templates, the preview, and a test before anything is saved.

use serde_json::{Value, json};

use super::Profile;
use crate::event::{self, Event};

/// The time in samples: 2030-01-01T12:00:00Z.
const AT: i64 = 1_893_499_200_000_000;

/// The event that a webhook of this profile with these subscriptions is most likely to get.
pub fn event(profile: Profile, events: &[String]) -> Event {
    let subscribed = events.iter().find(|pattern| !pattern.ends_with('*'));
    let event_type = match (subscribed, profile) {
        (Some(event_type), _) => event_type.as_str(),
        (None, Profile::Testmonitor) => "issue-created",
        (None, Profile::FlowTask) => "job.finished",
        (None, _) => event::RUN_FINISHED,
    };
    of_type(event_type)
}

/// A sample of this type.
pub fn of_type(event_type: &str) -> Event {
    Event {
        id: "evt_sample".to_owned(),
        workspace_id: "wsp_sample".to_owned(),
        event_type: event_type.to_owned(),
        subject: "sample".to_owned(),
        at: AT,
        data: data(event_type).to_string(),
        import: false,
        hops: 0,
    }
}

/// Data of this type: Watchbell's own as they are, a job's for types of jobs, else those of an issue.
pub fn data(event_type: &str) -> Value {
    match event_type {
        event::RUN_FINISHED => run(),
        event::ACTIVITY => json!({
            "action": "update", "collection_name": "Orders API", "collection_uid": "12345678-0fa1", "message": "Ada updated request \"List orders\"",
            "model": "request", "model_name": "List orders", "model_uid": "12345678-77aa", "user_id": "12345678", "user_name": "Ada",
        }),
        event::TEST => json!({
            "message": "This is a test. If you can read this, the webhook works.", "webhook_id": "whk_sample", "webhook_name": "Sample", "requested_by": "Ada",
        }),
        kind if kind.starts_with("incident.") => incident(kind),
        kind if kind.starts_with("webhook.") || kind.starts_with("delivery.") => json!({
            "webhook_id": "whk_sample", "webhook_name": "Orders \"hook\"", "profile": "standard", "reason": "4 attempts failed, the last with `http_status`",
        }),
        kind if kind.starts_with("job") => json!({
            "jobId": 4711, "jobStatus": "Complete", "jobType": "scheduled", "flowId": 12, "flowName": "Orders \"daily\"", "outputId": 3,
            "outputName": "orders.csv", "startedAt": "2030-01-01T11:58:00.000000Z", "finishedAt": "2030-01-01T12:00:00.000000Z",
            "duration": 120_000, "rowCount": 25_000, "error": null,
        }),
        _ => {
            json!({"id": 7, "title": "The \"bell\" is silent", "status": "open", "assignee": "Ada", "url": "https://example.com/issues/7"})
        }
    }
}

fn run() -> Value {
    json!({
        "run_id": "run_sample", "kind": "monitor", "run_type": "scheduled", "status": "failure", "series": "s1", "sequence": 12,
        "started_at": "2030-01-01T11:59:58.000000Z", "finished_at": "2030-01-01T12:00:00.000000Z",
        "collection_name": "Orders API", "collection_uid": "12345678-0fa1", "environment_name": "prod", "environment_uid": "12345678-9c2b",
        "monitor_name": "Orders \"hourly\"", "monitor_uid": "12345678-1e6f", "user_id": "12345678", "user_name": "Ada",
        "metrics": {"errors": 0, "failedTests": 1, "passedTests": 11, "requestCount": 6, "totalLatency": 842, "warnings": 0, "skippedTests": 0, "responseBytes": 12_000},
        "failures": [{"request": "List orders", "test": "Status is 200", "message": "expected response to have status code 200 but got 503"}],
        "error": null,
    })
}

fn incident(kind: &str) -> Value {
    let state = match kind {
        event::INCIDENT_RESOLVED => "resolved",
        event::INCIDENT_ACKNOWLEDGED => "acknowledged",
        _ => "open",
    };
    json!({
        "incident": {
            "id": "inc_sample", "number": 12, "source_id": "src_sample", "key": "12345678-1e6f", "title": "Orders \"hourly\"", "state": state,
            "failures": 3, "opened_at": "2030-01-01T11:00:00.000000Z", "last_failure_at": "2030-01-01T12:00:00.000000Z",
            "acknowledged_at": null, "acknowledged_by": null, "resolved_at": null, "resolved_by": null, "previous_id": null,
        },
        "cause": {"summary": "1 test failed", "failures": [], "run_id": "run_sample"},
        "resolved_by_run": state == "resolved",
        "by": null,
    })
}
