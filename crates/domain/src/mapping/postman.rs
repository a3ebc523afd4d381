//! `postman`: the monitor result document. `failedTests > 0` or `errors > 0` is a failure;
//! both exactly 0 is good news; anything else is neither.

use serde_json::Value;

use super::{count, json::kind, summary, title, wrong};
use crate::{
    Problem,
    observation::{Cause, Observation},
};

pub(super) fn map(document: &Value) -> Result<Observation, Problem> {
    let object = document
        .as_object()
        .ok_or_else(|| wrong("$", &format!("is {}, not an object", kind(document))))?;
    let key = match object.get("monitor_uid") {
        Some(Value::String(uid)) => uid.clone(),
        None => return Err(wrong("$.monitor_uid", "is missing")),
        Some(other) => return Err(wrong("$.monitor_uid", &format!("is {}, not a string", kind(other)))),
    };
    let metrics = object.get("metrics").ok_or_else(|| wrong("$.metrics", "is missing"))?;
    let metrics = metrics
        .as_object()
        .ok_or_else(|| wrong("$.metrics", &format!("is {}, not an object", kind(metrics))))?;
    let failed = count("$.metrics.failedTests", metrics.get("failedTests"))?;
    let errors = count("$.metrics.errors", metrics.get("errors"))?;
    let requests = count("$.metrics.requestCount", metrics.get("requestCount")).ok();
    Ok(Observation {
        key,
        title: title(object.get("monitor_name")),
        failing: failed > 0 || errors > 0,
        cause: Cause {
            summary: summary(failed, errors, requests),
            failures: Vec::new(),
            run_id: None,
        },
        order: None,
    })
}
