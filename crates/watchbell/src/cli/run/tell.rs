//! `--webhook URL`: the result goes to a receiver as a Standard Webhooks request, signed when
//! a secret is given, tried three times.

use std::time::Duration;

use anyhow::{Result, bail};
use bytes::Bytes;
use collection::report::RunResult;
use domain::{Clock as _, clock::rfc3339, delivery::Verdict, id, profile, webhook::SignatureStyle};
use serde_json::json;

use crate::clock::SystemClock;

/// Pauses before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// The type of the message.
const TYPE: &str = "run.finished";

/// Sends the result; an error says why no attempt succeeded.
pub async fn tell(
    client: &egress::Client,
    policy: &egress::Policy,
    url: &str,
    secret: Option<&str>,
    name: &str,
    result: &RunResult,
) -> Result<()> {
    let now = SystemClock.now();
    let message = id::new(id::EVENT, now);
    let body = Bytes::from(body(name, result, now).to_string());
    let mut last = String::new();
    for pause in PAUSES.into_iter().map(Some).chain([None]) {
        let keys = profile::keys(SignatureStyle::Standard, secret, None, now)?;
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let style = Some(SignatureStyle::Standard);
        headers.extend(profile::headers(style, &message, &keys, SystemClock.now(), &body)?);
        let request = egress::Request {
            headers,
            body: Some(body.clone()),
            ..egress::Request::new("POST", url)
        };
        let verdict = match client.exchange(&request, policy).await.outcome {
            Ok(response) => Verdict::of_status(response.status, None),
            Err(failure) => Verdict::of_failure(failure.code.as_str(), &failure.message, failure.transient),
        };
        if verdict.success {
            return Ok(());
        }
        last = verdict.message.unwrap_or(verdict.code);
        match pause.filter(|_| verdict.retry) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => break,
        }
    }
    bail!("the result did not reach `{url}`: {last}")
}

fn body(name: &str, result: &RunResult, now: i64) -> serde_json::Value {
    let failures: Vec<_> = result
        .failures
        .iter()
        .take(20)
        .map(|failure| json!({"request": failure.item_name, "test": failure.test, "message": failure.message}))
        .collect();
    json!({
        "type": TYPE,
        "timestamp": rfc3339(now),
        "data": {
            "collection_name": name,
            "status": result.status,
            "started_at": rfc3339(result.started_at),
            "finished_at": rfc3339(result.finished_at),
            "metrics": engine::run::metrics(&result.totals),
            "failures": failures,
            "error": result.ended_by,
        },
    })
}
