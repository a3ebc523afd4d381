//! `/sources` and `/receipts`.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    input::{Input, OptionalInput, Params},
    output::{Answer, Tagged, created, if_match},
};
use crate::{
    actions::{
        Items, PageQuery,
        receipts::ReceiptDetail,
        sources::{self, ConnectInput, CreatedSource, RotateTokenInput, SourceInput, SourcePatch, SourceView},
        webhooks::WebhookView,
    },
    app::App,
    guard::auth::Auth,
};

/// All sources
#[utoipa::path(get, path = "/sources", tag = "sources", responses((status = 200, body = Items<SourceView>)))]
pub async fn list(State(app): State<App>, auth: Auth) -> Answer<Json<Items<SourceView>>> {
    Ok(Json(sources::list(&app, &auth).await?))
}

/// Create a source
///
/// Its URL with the token is shown in this answer and never again.
#[utoipa::path(post, path = "/sources", tag = "sources", request_body = SourceInput, responses((status = 201, body = CreatedSource)))]
pub async fn create(State(app): State<App>, auth: Auth, Input(input): Input<SourceInput>) -> Answer<Response> {
    let view = sources::create(&app, &auth, input).await?;
    Ok(created("sources", &view.source.id.clone(), view))
}

/// One source
#[utoipa::path(get, path = "/sources/{id}", tag = "sources", params(("id" = String, Path)), responses((status = 200, body = SourceView)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<SourceView>> {
    Ok(Tagged(sources::get(&app, &auth, &id).await?))
}

/// Rename, enable or disable a source
#[utoipa::path(patch, path = "/sources/{id}", tag = "sources", params(("id" = String, Path),
    ("if-match" = Option<String>, Header, description = "ETag of the version to change")), request_body = SourcePatch,
    responses((status = 200, body = SourceView)))]
pub async fn update(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    headers: HeaderMap,
    Input(patch): Input<SourcePatch>,
) -> Answer<Tagged<SourceView>> {
    Ok(Tagged(sources::update(&app, &auth, &id, patch, if_match(&headers)).await?))
}

/// Delete a source with its receipts and incidents
#[utoipa::path(delete, path = "/sources/{id}", tag = "sources", params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    sources::delete(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a new token for a source
///
/// The one before it is taken too until the overlap ends.
#[utoipa::path(post, path = "/sources/{id}/rotate-token", tag = "sources", params(("id" = String, Path)),
    request_body = Option<RotateTokenInput>, responses((status = 200, body = CreatedSource)))]
pub async fn rotate_token(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    OptionalInput(input): OptionalInput<RotateTokenInput>,
) -> Answer<Json<CreatedSource>> {
    Ok(Json(sources::rotate(&app, &auth, &id, input).await?))
}

/// Let a monitor of this instance report to a source
#[utoipa::path(post, path = "/sources/{id}/connect", tag = "sources", params(("id" = String, Path)), request_body = ConnectInput,
    responses((status = 201, body = WebhookView)))]
pub async fn connect(State(app): State<App>, auth: Auth, Path(id): Path<String>, Input(input): Input<ConnectInput>) -> Answer<Response> {
    let view = sources::connect(&app, &auth, &id, input).await?;
    Ok(created("webhooks", &view.id.clone(), view))
}

/// Receipts of a source
///
/// Bodies are cut at 4096 bytes.
#[utoipa::path(get, path = "/sources/{id}/receipts", tag = "sources", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Items<ReceiptDetail>)))]
pub async fn receipts(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Items<ReceiptDetail>>> {
    Ok(Json(sources::receipts(&app, &auth, &id, query).await?))
}

/// One receipt
#[utoipa::path(get, path = "/receipts/{id}", tag = "sources", params(("id" = String, Path)), responses((status = 200, body = ReceiptDetail)))]
pub async fn receipt(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<ReceiptDetail>> {
    Ok(Json(sources::receipt(&app, &auth, &id).await?))
}
