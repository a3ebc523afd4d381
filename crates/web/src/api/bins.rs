//! `/bins`: what a bin answers, and what it got.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    input::Input,
    output::{Answer, Tagged, created, if_match},
};
use crate::{
    actions::{
        Items,
        bins::{self, BinInput, BinPatch, BinRequestView, BinView},
    },
    app::App,
    guard::auth::Auth,
};

/// All bins
#[utoipa::path(get, path = "/bins", tag = "bins", responses((status = 200, body = Items<BinView>)))]
pub async fn list(State(app): State<App>, auth: Auth) -> Answer<Json<Items<BinView>>> {
    Ok(Json(bins::list(&app, &auth).await?))
}

/// Create a bin
#[utoipa::path(post, path = "/bins", tag = "bins", request_body = BinInput, responses((status = 201, body = BinView)))]
pub async fn create(State(app): State<App>, auth: Auth, Input(input): Input<BinInput>) -> Answer<Response> {
    let view = bins::create(&app, &auth, input).await?;
    Ok(created("bins", &view.id.clone(), view))
}

/// One bin
#[utoipa::path(get, path = "/bins/{id}", tag = "bins", params(("id" = String, Path)), responses((status = 200, body = BinView)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<BinView>> {
    Ok(Tagged(bins::get(&app, &auth, &id).await?))
}

/// Change what a bin answers
#[utoipa::path(patch, path = "/bins/{id}", tag = "bins", params(("id" = String, Path),
    ("if-match" = Option<String>, Header, description = "ETag of the version to change")), request_body = BinPatch,
    responses((status = 200, body = BinView)))]
pub async fn update(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    headers: HeaderMap,
    Input(patch): Input<BinPatch>,
) -> Answer<Tagged<BinView>> {
    Ok(Tagged(bins::update(&app, &auth, &id, patch, if_match(&headers)).await?))
}

/// Delete a bin with what it got
#[utoipa::path(delete, path = "/bins/{id}", tag = "bins", params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    bins::delete(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest 100 requests that a bin got
///
/// Bodies are cut at 4096 bytes.
#[utoipa::path(get, path = "/bins/{id}/requests", tag = "bins", params(("id" = String, Path)),
    responses((status = 200, body = Items<BinRequestView>)))]
pub async fn requests(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<Items<BinRequestView>>> {
    Ok(Json(bins::requests(&app, &auth, &id).await?))
}

/// One request that a bin got, in full
#[utoipa::path(get, path = "/bins/{id}/requests/{request_id}", tag = "bins", params(("id" = String, Path), ("request_id" = String, Path)),
    responses((status = 200, body = BinRequestView)))]
pub async fn request(State(app): State<App>, auth: Auth, Path((id, request_id)): Path<(String, String)>) -> Answer<Json<BinRequestView>> {
    Ok(Json(bins::request(&app, &auth, &id, &request_id).await?))
}
