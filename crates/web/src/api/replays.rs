//! `/webhooks/{id}/recover`, `/webhooks/{id}/replay` and `/replays`.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    input::{Input, Params},
    output::Answer,
};
use crate::{
    actions::{
        Items, PageQuery,
        replays::{self, Control, RecoverInput, ReplayInput, ReplayView, Replayed},
    },
    app::App,
    guard::auth::Auth,
};

fn answer(replayed: Replayed) -> Response {
    let status = if replayed.job.is_some() {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    (status, Json(replayed)).into_response()
}

/// Send again what failed
///
/// Deliveries that failed for good, or were dropped while the webhook was off, and whose event has not arrived since: each
/// event once, in the original order, with the `webhook-id` it had and `Watchbell-Replay: <job id>`. With `dry_run` they
/// are only counted. A webhook has one job at a time.
#[utoipa::path(post, path = "/webhooks/{id}/recover", tag = "replays", params(("id" = String, Path)), request_body = RecoverInput,
    responses((status = 200, body = Replayed, description = "Counted"), (status = 202, body = Replayed, description = "Started"),
        (status = 409, description = "The webhook is disabled or has another job")))]
pub async fn recover(State(app): State<App>, auth: Auth, Path(id): Path<String>, Input(input): Input<RecoverInput>) -> Answer<Response> {
    Ok(answer(replays::recover(&app, &auth, &id, input).await?))
}

/// Send a range of events
///
/// Those that arrived in this time and that the webhook's events, subject and filter select now; its trigger is not asked.
/// With `dry_run` they are only counted.
#[utoipa::path(post, path = "/webhooks/{id}/replay", tag = "replays", params(("id" = String, Path)), request_body = ReplayInput,
    responses((status = 200, body = Replayed, description = "Counted"), (status = 202, body = Replayed, description = "Started"),
        (status = 409, description = "The webhook is disabled or has another job")))]
pub async fn replay(State(app): State<App>, auth: Auth, Path(id): Path<String>, Input(input): Input<ReplayInput>) -> Answer<Response> {
    Ok(answer(replays::replay(&app, &auth, &id, input).await?))
}

/// Replay jobs of a webhook
#[utoipa::path(get, path = "/webhooks/{id}/replays", tag = "replays", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Items<ReplayView>)))]
pub async fn of_webhook(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Items<ReplayView>>> {
    Ok(Json(replays::list(&app, &auth, &id, query).await?))
}

/// One replay job
#[utoipa::path(get, path = "/replays/{id}", tag = "replays", params(("id" = String, Path)),
    responses((status = 200, body = ReplayView)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<ReplayView>> {
    Ok(Json(replays::get(&app, &auth, &id).await?))
}

/// Pause a replay job
#[utoipa::path(post, path = "/replays/{id}/pause", tag = "replays", params(("id" = String, Path)),
    responses((status = 200, body = ReplayView), (status = 409, description = "It does not run")))]
pub async fn pause(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<ReplayView>> {
    Ok(Json(replays::control(&app, &auth, &id, Control::Pause).await?))
}

/// Resume a replay job
#[utoipa::path(post, path = "/replays/{id}/resume", tag = "replays", params(("id" = String, Path)),
    responses((status = 200, body = ReplayView), (status = 409, description = "It is not paused, or its webhook is disabled")))]
pub async fn resume(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<ReplayView>> {
    Ok(Json(replays::control(&app, &auth, &id, Control::Resume).await?))
}

/// Cancel a replay job
#[utoipa::path(post, path = "/replays/{id}/cancel", tag = "replays", params(("id" = String, Path)),
    responses((status = 200, body = ReplayView), (status = 409, description = "It has come to its end")))]
pub async fn cancel(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<ReplayView>> {
    Ok(Json(replays::control(&app, &auth, &id, Control::Cancel).await?))
}
