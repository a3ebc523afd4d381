//! Runs of a monitor for the sample data, the newest with its requests.

use domain::{
    Micros,
    clock::{MINUTE, SECOND},
    id,
    run::{FailureLine, Metrics, RunKind, RunState, RunStatus, RunType},
};
use serde_json::json;
use store::tables::{monitors as monitor_table, runs};
use web::{App, actions::monitors::MonitorView};

use super::write;

/// Runs every half hour up to now; those of `bad` failed. Answers the newest's id.
pub async fn history(app: &App, monitor: &MonitorView, count: i64, bad: &[i64], hostile: &str) -> String {
    let (now, monitor, bad, hostile) = (app.now(), monitor.clone(), bad.to_vec(), hostile.to_owned());
    write(app, move |tx| {
        let stored = monitor_table::by_id(tx, &monitor.id)?.expect("the monitor");
        let mut newest = String::new();
        for at in 0..count {
            let time = now - (count - at) * 30 * MINUTE + 11 * MINUTE;
            let status = match bad.iter().position(|n| *n == at) {
                Some(3) => RunStatus::Abort,
                Some(2) => RunStatus::Error,
                Some(_) => RunStatus::Failure,
                None => RunStatus::Success,
            };
            let run = run(&stored, at + 1, time, status, &hostile);
            runs::insert(tx, &run)?;
            monitor_table::finished(tx, &monitor.id, &run.id, status, time)?;
            newest = run.id;
        }
        runs::insert_executions(tx, &executions(&newest, &hostile))?;
        Ok(newest)
    })
    .await
}

fn run(monitor: &monitor_table::Monitor, sequence: i64, time: Micros, status: RunStatus, hostile: &str) -> runs::Run {
    let failed = status != RunStatus::Success;
    let latency = 380 + (sequence * 7_919 % 420) + if failed { 900 } else { 0 };
    runs::Run {
        id: id::new(id::RUN, time),
        workspace_id: monitor.workspace_id.clone(),
        kind: RunKind::Monitor,
        monitor_id: Some(monitor.id.clone()),
        run_type: if sequence % 9 == 0 { RunType::Manual } else { RunType::Scheduled },
        series: monitor.series.clone(),
        sequence,
        state: RunState::Finished,
        status: Some(status),
        tries: 0,
        starts: 1,
        queued_at: time,
        due_at: time,
        started_at: Some(time),
        finished_at: Some(time + 2 * SECOND),
        started_by: None,
        metrics: Some(Metrics {
            errors: u64::from(status == RunStatus::Error),
            failed_tests: u64::from(failed),
            passed_tests: 11,
            request_count: 5,
            total_latency: u64::try_from(latency).unwrap_or(0),
            warnings: 0,
            skipped_tests: 0,
            response_bytes: 9_120,
        }),
        failures: if failed { vec![failure(hostile)] } else { Vec::new() },
        error: None,
        input: None,
        collection_version: Some(1),
        environment_version: None,
    }
}

fn failure(hostile: &str) -> FailureLine {
    FailureLine {
        request: format!("Create an order{hostile}"),
        test: format!("status is 201{hostile}"),
        message: format!("expected response to have status code 201 but got 503{hostile}"),
    }
}

fn executions(run_id: &str, hostile: &str) -> Vec<runs::ExecutionRow> {
    let requests = [
        ("Status", "GET", "/status", 200),
        ("List orders", "GET", "/orders", 200),
        ("Create an order", "POST", "/orders", 503),
        ("Stock level", "GET", "/stock", 200),
    ];
    let row = |(position, (name, method, path, status)): (usize, (&str, &str, &str, i64))| {
        let failed = status != 200;
        let url = format!("https://api.shop.example{path}");
        let error = json!({"name": "AssertionError", "message": failure(hostile).message});
        let detail = json!({
            "iteration": 0, "position": position, "item_id": "", "item_name": name, "path": ["Orders API", "Orders", name], "started_at": 0,
            "request": {"method": method, "url": url, "headers": [["accept", "*/*"], ["x-name", hostile]], "body": failed.then(|| format!("{{\"sku\":\"A-1{hostile}\",\"count\":2}}"))},
            "response": {"status": status, "reason": if failed { "Service Unavailable" } else { "OK" }, "http_version": "HTTP/1.1", "headers": [["content-type", "application/json"]],
                "body": format!("{{\"ok\":{},\"note\":\"{hostile}\"}}", !failed), "size": 1_824, "time_ms": 121, "redirects": 0,
                "phases": {"resolve_us": 900, "connect_us": 11_000, "tls_us": 23_000, "first_byte_us": 80_000, "body_us": 6_100}},
            "error": null, "sub_requests": [],
            "assertions": [
                {"name": format!("status is {}{hostile}", if failed { 201 } else { 200 }), "index": 0, "status": if failed { "failed" } else { "passed" }, "error": failed.then_some(error)},
                {"name": "answers within a second", "index": 1, "status": "passed", "error": null}
            ],
            "console": [{"level": "log", "text": format!("trace id 7f3a{hostile}")}, {"level": "warn", "text": "deprecated field `qty`"}],
            "script_errors": [], "warnings": [], "skipped": false, "scripts": [0, 1]
        });
        runs::ExecutionRow {
            run_id: run_id.to_owned(),
            try_number: 1,
            position: i64::try_from(position).unwrap_or(0),
            name: format!("{name}{hostile}"),
            method: method.to_owned(),
            url: format!("{url}{hostile}"),
            status_code: Some(status),
            response_time_us: Some(121_400),
            response_size: Some(1_824),
            failed,
            detail: detail.to_string(),
        }
    };
    requests.into_iter().enumerate().map(row).collect()
}
