//! `/monitors` and `/runs`.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    input::{Input, Params},
    output::{Answer, Tagged, created, if_match},
};
use crate::{
    actions::{
        Items, PageQuery,
        monitors::{self, MissedView, MonitorInput, MonitorPatch, MonitorView},
        runs::{self, RunDetail, RunQuery, RunView},
    },
    app::App,
    guard::auth::Auth,
};

/// All monitors
#[utoipa::path(get, path = "/monitors", tag = "monitors", responses((status = 200, body = Items<MonitorView>)))]
pub async fn list(State(app): State<App>, auth: Auth) -> Answer<Json<Items<MonitorView>>> {
    Ok(Json(monitors::list(&app, &auth).await?))
}

/// Create a monitor
#[utoipa::path(post, path = "/monitors", tag = "monitors", request_body = MonitorInput, responses((status = 201, body = MonitorView)))]
pub async fn create(State(app): State<App>, auth: Auth, Input(input): Input<MonitorInput>) -> Answer<Response> {
    let view = monitors::create(&app, &auth, input).await?;
    Ok(created("monitors", &view.id.clone(), view))
}

/// One monitor
#[utoipa::path(get, path = "/monitors/{id}", tag = "monitors", params(("id" = String, Path)),
    responses((status = 200, body = MonitorView, headers(("etag" = String)))))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<MonitorView>> {
    Ok(Tagged(monitors::get(&app, &auth, &id).await?))
}

/// Change a monitor
#[utoipa::path(patch, path = "/monitors/{id}", tag = "monitors",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "ETag of the version to change")),
    request_body = MonitorPatch, responses((status = 200, body = MonitorView)))]
pub async fn update(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    headers: HeaderMap,
    Input(patch): Input<MonitorPatch>,
) -> Answer<Tagged<MonitorView>> {
    Ok(Tagged(monitors::update(&app, &auth, &id, patch, if_match(&headers)).await?))
}

/// Delete a monitor with its runs
#[utoipa::path(delete, path = "/monitors/{id}", tag = "monitors", params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    monitors::delete(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stop a monitor's schedule
#[utoipa::path(post, path = "/monitors/{id}/pause", tag = "monitors", params(("id" = String, Path)),
    responses((status = 200, body = MonitorView)))]
pub async fn pause(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<MonitorView>> {
    Ok(Tagged(monitors::pause(&app, &auth, &id).await?))
}

/// Start a monitor's schedule again
#[utoipa::path(post, path = "/monitors/{id}/resume", tag = "monitors", params(("id" = String, Path)),
    responses((status = 200, body = MonitorView)))]
pub async fn resume(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<MonitorView>> {
    Ok(Tagged(monitors::resume(&app, &auth, &id).await?))
}

/// Run a monitor now
#[utoipa::path(post, path = "/monitors/{id}/run", tag = "monitors", params(("id" = String, Path)),
    responses((status = 202, body = RunView), (status = 409, description = "One of its runs is not finished")))]
pub async fn run(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Response> {
    let view = monitors::run_now(&app, &auth, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(view)).into_response())
}

/// Due times at which a monitor was not run
#[utoipa::path(get, path = "/monitors/{id}/missed", tag = "monitors", params(("id" = String, Path)),
    responses((status = 200, body = Items<MissedView>)))]
pub async fn missed(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<Items<MissedView>>> {
    Ok(Json(monitors::missed(&app, &auth, &id).await?))
}

/// Runs of a monitor
#[utoipa::path(get, path = "/monitors/{id}/runs", tag = "runs", params(("id" = String, Path), RunQuery),
    responses((status = 200, body = Items<RunView>)))]
pub async fn runs(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Params(query): Params<RunQuery>,
) -> Answer<Json<Items<RunView>>> {
    Ok(Json(runs::list(&app, &auth, &id, query).await?))
}

/// Runs of all monitors
#[utoipa::path(get, path = "/runs", tag = "runs", params(PageQuery), responses((status = 200, body = Items<RunView>)))]
pub async fn all_runs(State(app): State<App>, auth: Auth, Params(query): Params<PageQuery>) -> Answer<Json<Items<RunView>>> {
    Ok(Json(runs::list_all(&app, &auth, query).await?))
}

/// One run with its requests
#[utoipa::path(get, path = "/runs/{id}", tag = "runs", params(("id" = String, Path)), responses((status = 200, body = RunDetail)))]
pub async fn get_run(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<RunDetail>> {
    Ok(Json(runs::get(&app, &auth, &id).await?))
}
