//! `/healthz`, `/readyz` and `/metrics`: for those who run the instance.

use std::fmt::Write as _;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::Problem;
use store::tables::accounts;

use crate::{
    app::App,
    guard::remote::Remote,
    problem::{self, Failure},
};

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// The process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// The store answers too.
async fn ready(State(app): State<App>) -> Response {
    match app.read(|tx| Ok(accounts::users_count(tx)?)).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the store does not answer\n").into_response()
        }
    }
}

/// Counters in Prometheus' text format 0.0.4.
async fn metrics(State(app): State<App>, remote: Remote, headers: HeaderMap) -> Response {
    // A proxy on this machine speaks for others.
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| headers.contains_key(*name));
    if !app.config.open_metrics && (forwarded || !remote.is_loopback()) {
        return problem::respond(
            &Problem::forbidden("metrics are for this machine only").hint("set `server.metrics_public` to serve them to others"),
        );
    }
    match text(&app).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(failure) => failure.into_response(),
    }
}

async fn text(app: &App) -> Result<String, Failure> {
    let metrics = app.engine.metrics();
    let backlog_ms = app.engine.backlog_ms().await?;
    let mut out = String::with_capacity(2_048);
    let mut one = |name: &str, kind: &str, help: &str, value: String| {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    };
    one(
        "watchbell_events_accepted_total",
        "counter",
        "Events accepted.",
        metrics.accepted.to_string(),
    );
    one(
        "watchbell_deliveries_total",
        "counter",
        "Deliveries that accepted events made.",
        metrics.deliveries.to_string(),
    );
    one(
        "watchbell_receipts_total",
        "counter",
        "Inbound requests stored.",
        metrics.received.to_string(),
    );
    one("watchbell_runs_total", "counter", "Runs finished.", metrics.runs.to_string());
    one(
        "watchbell_deliveries_in_flight",
        "gauge",
        "Exchanges under way.",
        metrics.in_flight.to_string(),
    );
    one(
        "watchbell_lanes",
        "gauge",
        "Webhooks with work in memory.",
        metrics.lanes.to_string(),
    );
    one(
        "watchbell_lanes_open",
        "gauge",
        "Webhooks that are only probed.",
        metrics.open_lanes.to_string(),
    );
    one(
        "watchbell_delivery_backlog_seconds",
        "gauge",
        "How late the oldest due delivery is.",
        seconds(backlog_ms),
    );
    let _ = writeln!(
        out,
        "# HELP watchbell_attempts_total Attempts by verdict.\n# TYPE watchbell_attempts_total counter"
    );
    for (verdict, count) in &metrics.attempts {
        let _ = writeln!(out, "watchbell_attempts_total{{verdict=\"{verdict}\"}} {count}");
    }
    let _ = writeln!(
        out,
        "# HELP watchbell_info The program.\n# TYPE watchbell_info gauge\nwatchbell_info{{version=\"{}\"}} 1",
        app.config.version
    );
    Ok(out)
}

fn seconds(ms: i64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}
