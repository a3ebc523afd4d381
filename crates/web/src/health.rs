//! `/healthz`, `/readyz` and `/metrics`: for those who run the instance.

mod figures;

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
use figures::Waiting;

/// Counting goes no further: a scrape is not to read a queue of millions.
const PENDING_COUNTED: usize = 100_000;

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
    let backlog_ms = app.engine.backlog_ms().await?;
    let (deliveries, mails) = app.engine.waiting(PENDING_COUNTED).await?;
    let waiting = Waiting {
        backlog_ms,
        deliveries,
        mails,
    };
    Ok(figures::text(&app.engine.metrics(), waiting, &app.config.version))
}
