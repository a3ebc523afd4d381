//! One run: its requests, failed first, with tests, console, and what went over the wire.

use askama::Template;
use axum::extract::{Path, State};
use collection::{
    report::{Execution, Received},
    request::Sent,
    script::AssertionStatus,
};
use domain::run::RunType;

use super::{Frame, PageResult, Visit, assets, render, ui};
use crate::{
    actions::{
        monitors,
        runs::{self, ExecutionView, RunView},
    },
    app::App,
};

struct TestLine {
    name: String,
    failed: bool,
    skipped: bool,
    why: String,
}

/// A request or response as it went over the wire.
struct Message {
    line: String,
    headers: Vec<(String, String)>,
    body: ui::Html,
}

struct ExecutionLine {
    try_number: i64,
    position: i64,
    name: String,
    path: String,
    method: String,
    url: String,
    failed: bool,
    status_code: Option<i64>,
    reason: String,
    time_us: Option<i64>,
    size: Option<i64>,
    error: Option<String>,
    script_errors: Vec<String>,
    tests: Vec<TestLine>,
    warnings: Vec<String>,
    console: Vec<(String, String)>,
    request: Option<Message>,
    response: Option<Message>,
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage {
    frame: Frame,
    run: RunView,
    kind: &'static str,
    monitor: Option<(String, String)>,
    stats: Vec<(&'static str, String, &'static str)>,
    tries: i64,
    executions: Vec<ExecutionLine>,
}

/// `GET /runs/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> PageResult {
    let detail = runs::get(&app, &visit.caller, &id).await?;
    let monitor = match &detail.run.monitor_id {
        Some(id) => Some(monitors::get(&app, &visit.caller, id).await?),
        None => None,
    };
    let name = monitor.as_ref().map_or("Run", |m| &m.name);
    let frame = visit.frame(format!("Run #{} of {name}", detail.run.sequence), "/monitors");
    let mut executions: Vec<ExecutionLine> = detail.executions.into_iter().map(line).collect();
    executions.sort_by_key(|e| (!e.failed, e.try_number, e.position));
    render(&RunPage {
        frame,
        kind: match detail.run.run_type {
            RunType::Scheduled => "Scheduled run",
            RunType::Manual => "Started by hand",
            RunType::Webhook => "Started by a webhook",
        },
        stats: stats(&detail.run),
        monitor: monitor.map(|m| (m.id, m.name)),
        tries: executions.iter().map(|e| e.try_number).max().unwrap_or(0),
        executions,
        run: detail.run,
    })
}

fn stats(run: &RunView) -> Vec<(&'static str, String, &'static str)> {
    let Some(metrics) = &run.metrics else {
        return vec![("Result", "not known yet".to_owned(), "muted")];
    };
    let bad = |count: u64| if count > 0 { "bad" } else { "" };
    let lasted = run
        .started_at
        .zip(run.finished_at)
        .map(|(from, to)| ui::us(&(to.micros() - from.micros())));
    vec![
        ("Failed tests", metrics.failed_tests.to_string(), bad(metrics.failed_tests)),
        ("Passed tests", metrics.passed_tests.to_string(), ""),
        ("Errors", metrics.errors.to_string(), bad(metrics.errors)),
        ("Requests", metrics.request_count.to_string(), ""),
        ("Total latency", ui::ms(&metrics.total_latency), ""),
        ("Took", lasted.unwrap_or_else(|| "–".to_owned()), ""),
        (
            "Warnings",
            metrics.warnings.to_string(),
            if metrics.warnings > 0 { "warn" } else { "" },
        ),
    ]
}

fn line(view: ExecutionView) -> ExecutionLine {
    // What an older version has stored may lack a part; the columns beside it still tell the outcome.
    let detail: Execution = serde_json::from_value(view.detail).unwrap_or_default();
    ExecutionLine {
        try_number: view.try_number,
        position: view.position,
        path: detail.path.iter().rev().skip(1).rev().cloned().collect::<Vec<_>>().join(" / "),
        name: view.name,
        method: view.method,
        url: view.url,
        failed: view.failed,
        status_code: view.status_code,
        reason: detail.response.as_ref().map(|r| r.reason.clone()).unwrap_or_default(),
        time_us: view.response_time_us,
        size: view.response_size,
        error: detail.error.map(|error| format!("{} ({})", error.message, error.code)),
        script_errors: detail
            .script_errors
            .into_iter()
            .map(|f| format!("{}: {}", f.error.name, f.error.message))
            .collect(),
        tests: detail
            .assertions
            .into_iter()
            .map(|assertion| TestLine {
                failed: assertion.status == AssertionStatus::Failed,
                skipped: assertion.status == AssertionStatus::Skipped,
                why: assertion.error.map(|error| error.message).unwrap_or_default(),
                name: assertion.name,
            })
            .collect(),
        warnings: detail.warnings,
        console: detail
            .console
            .into_iter()
            .map(|line| (level(&line.level).to_owned(), line.text))
            .collect(),
        request: detail.request.map(request),
        response: detail.response.map(response),
    }
}

/// The level as a class of the style sheet: scripts name it, so only known words pass.
fn level(word: &str) -> &'static str {
    ["info", "warn", "error", "debug"]
        .into_iter()
        .find(|known| *known == word)
        .unwrap_or("log")
}

fn request(sent: Sent) -> Message {
    Message {
        line: format!("{} {}", sent.method, sent.url),
        headers: sent.headers,
        body: ui::body(sent.body.unwrap_or_default().as_bytes()),
    }
}

fn response(received: Received) -> Message {
    let note = if received.base64 { " (base64)" } else { "" };
    let cut = if received.truncated { ", cut" } else { "" };
    Message {
        line: format!("{} {} {}{note}{cut}", received.http_version, received.status, received.reason),
        headers: received.headers,
        body: ui::body(received.body.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_cannot_choose_a_class() {
        assert_eq!([level("error"), level("x\" onload=\"")], ["error", "log"]);
    }
}
