//! `watchbell`: our own `monitor.run.finished` in a Standard Webhooks payload, with status,
//! sequence and times. Status and metrics must agree that a run was good.

use serde_json::Value;

use super::{count, json::kind, summary, text, title, wrong};
use crate::{
    Problem, clock, event,
    observation::{Cause, Observation, Order},
    run::RunStatus,
};

pub(super) fn map(document: &Value) -> Result<Option<Observation>, Problem> {
    let object = document
        .as_object()
        .ok_or_else(|| wrong("$", &format!("is {}, not an object", kind(document))))?;
    let event_type = object
        .get("type")
        .and_then(Value::as_str)
        .ok_or_else(|| wrong("$.type", "is missing or not a string"))?;
    if event_type != event::RUN_FINISHED {
        return Ok(None);
    }
    let data = object
        .get("data")
        .and_then(Value::as_object)
        .ok_or_else(|| wrong("$.data", "is missing or not an object"))?;
    let member = |name: &str| {
        data.get(name)
            .and_then(Value::as_str)
            .filter(|s| !s.is_empty())
            .ok_or_else(|| wrong(&format!("$.data.{name}"), "is missing or not a string"))
    };
    let status = member("status")?;
    let status = RunStatus::parse(status).ok_or_else(|| wrong("$.data.status", &format!("`{status}` is no run status")))?;
    let metrics = data
        .get("metrics")
        .and_then(Value::as_object)
        .ok_or_else(|| wrong("$.data.metrics", "is missing or not an object"))?;
    let failed = count("$.data.metrics.failedTests", metrics.get("failedTests"))?;
    let errors = count("$.data.metrics.errors", metrics.get("errors"))?;
    let requests = count("$.data.metrics.requestCount", metrics.get("requestCount")).ok();
    let failing = !status.is_good() || failed > 0 || errors > 0;
    let mut text_summary = summary(failed, errors, requests);
    if status == RunStatus::Abort {
        text_summary = format!("aborted: {}", text(data.get("error")).unwrap_or(text_summary));
    }
    let failures = data
        .get("failures")
        .cloned()
        .and_then(|f| serde_json::from_value(f).ok())
        .unwrap_or_default();
    Ok(Some(Observation {
        key: member("monitor_uid")?.to_owned(),
        title: title(data.get("monitor_name")),
        failing,
        cause: Cause {
            summary: text_summary,
            failures,
            run_id: text(data.get("run_id")),
        },
        order: Some(Order {
            series: member("series")?.to_owned(),
            sequence: sequence(data.get("sequence"))?,
            at: data.get("finished_at").and_then(Value::as_str).and_then(clock::parse_rfc3339),
        }),
    }))
}

/// Numbers up to here are exact in every JSON reader (RFC 8259 §6); beyond, two results may share one.
const LARGEST_SEQUENCE: u64 = (1 << 53) - 1;

fn sequence(value: Option<&Value>) -> Result<u64, Problem> {
    let path = "$.data.sequence";
    let sequence = count(path, value)?;
    if sequence > LARGEST_SEQUENCE {
        return Err(wrong(path, &format!("is larger than {LARGEST_SEQUENCE}")));
    }
    Ok(sequence)
}
