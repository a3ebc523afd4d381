//! `flow-task`: webhook tasks of a flow. The user's method, headers and body, whose `$jobId`-like variables are the fields
//! of the event's data; a field that the event does not have is empty (`null` as a JSON value).

use serde_json::Value;

use super::{Body, JSON, check};
use crate::{
    Problem,
    event::Event,
    retry::{RetryPolicy, UsedUp},
    template::{Kind, dollar},
    webhook::WebhookOptions,
};

/// The variables of a body.
pub const VARIABLES: [&str; 12] = [
    "jobId",
    "jobStatus",
    "jobType",
    "flowId",
    "flowName",
    "outputId",
    "outputName",
    "startedAt",
    "finishedAt",
    "duration",
    "rowCount",
    "error",
];

/// What a workspace says for its flow tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowTaskDefaults {
    /// Retries after the first failure.
    pub max_retries: usize,
    /// Pause before each, ms.
    pub retry_delay_ms: u64,
    /// One budget for the whole exchange, ms.
    pub timeout_ms: u64,
}

impl Default for FlowTaskDefaults {
    fn default() -> Self {
        Self {
            max_retries: 1,
            retry_delay_ms: 1_000,
            timeout_ms: 30_000,
        }
    }
}

impl FlowTaskDefaults {
    /// So many retries with the same pause; the task stays on whatever happens.
    pub fn retry_policy(&self) -> RetryPolicy {
        RetryPolicy {
            delays_ms: vec![self.retry_delay_ms; self.max_retries],
            jitter_percent: 0,
            used_up: UsedUp::Keep,
            disable_after_ms: None,
        }
    }
}

/// All variables, as JSON.
pub fn default_body() -> String {
    let lines: Vec<String> = VARIABLES.iter().map(|name| format!("  \"{name}\": ${name}")).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// Whether an event tells of one of these outputs, by its `outputId` (a number or a text) or its `outputName`. With none
/// named, every event does.
pub fn tells_of(outputs: &[String], event: &Event) -> bool {
    if outputs.is_empty() {
        return true;
    }
    let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    let is_named = |field: &str| match data.get(field) {
        Some(Value::String(text)) => outputs.contains(text),
        Some(Value::Number(number)) => outputs.contains(&number.to_string()),
        _ => false,
    };
    is_named("outputId") || is_named("outputName")
}

pub(super) fn render(event: &Event, options: &WebhookOptions) -> Result<Body, Problem> {
    let data = super::data(event)?;
    let content_type = options.content_type.as_deref().unwrap_or(JSON);
    let template = options.body.clone().unwrap_or_else(default_body);
    let value = |name: &str| VARIABLES.contains(&name).then(|| data.get(name).cloned().unwrap_or(Value::Null));
    let text = dollar::render(&template, Kind::of(content_type), value).map_err(|fault| fault.problem(check::BODY, &template))?;
    Ok(Body {
        content_type: content_type.to_owned(),
        ..Body::json(text.into_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &str) -> Event {
        Event {
            id: "evt_1".to_owned(),
            workspace_id: "wsp_1".to_owned(),
            event_type: "job.finished".to_owned(),
            subject: "12".to_owned(),
            at: 0,
            data: data.to_owned(),
            import: false,
            hops: 0,
        }
    }

    #[test]
    fn a_task_hears_of_the_outputs_that_it_names_by_id_or_name() {
        let named = ["3".to_owned(), "Orders \"daily\"".to_owned()];
        let heard = |data| tells_of(&named, &event(data));
        assert!(heard(r#"{"outputId": 3}"#) && heard(r#"{"outputId": "3", "outputName": "x"}"#));
        assert!(heard(r#"{"outputId": 9, "outputName": "Orders \"daily\""}"#));
        for other in [
            r#"{"outputId": 33}"#,
            r#"{"outputName": "orders"}"#,
            r#"{"flowId": 3}"#,
            r#"{"outputId": [3]}"#,
            "[]",
            "?",
        ] {
            assert!(!heard(other) && tells_of(&[], &event(other)), "{other}");
        }
    }
}
