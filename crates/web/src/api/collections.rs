//! `/collections`.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::limits::COLLECTION_BYTES;

use super::{
    input::{Document, Params},
    misc::VersionQuery,
    output::{Answer, Tagged, if_match, imported},
};
use crate::{
    actions::{
        Items,
        collections::{self, CollectionView, VersionView},
    },
    app::App,
    guard::auth::Auth,
};

/// All collections
#[utoipa::path(get, path = "/collections", tag = "collections", responses((status = 200, body = Items<CollectionView>)))]
pub async fn list(State(app): State<App>, auth: Auth) -> Answer<Json<Items<CollectionView>>> {
    Ok(Json(collections::list(&app, &auth).await?))
}

/// Import a collection
///
/// A Postman document, v2.0 or v2.1, as exported or in the envelope `{"collection": …}`. One with
/// the id of a collection that is here becomes its next version.
#[utoipa::path(post, path = "/collections", tag = "collections", request_body = Object,
    responses((status = 201, body = CollectionView),
              (status = 200, description = "A new version of one that was here, or no change", body = CollectionView)))]
pub async fn import(State(app): State<App>, auth: Auth, Document(body): Document<COLLECTION_BYTES>) -> Answer<Response> {
    let view = collections::import(&app, &auth, body).await?;
    Ok(imported("collections", &view.id.clone(), view))
}

/// One collection
#[utoipa::path(get, path = "/collections/{id}", tag = "collections", params(("id" = String, Path)),
    responses((status = 200, body = CollectionView)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<CollectionView>> {
    Ok(Tagged(collections::get(&app, &auth, &id).await?))
}

/// Store a new version of a collection
#[utoipa::path(put, path = "/collections/{id}", tag = "collections", params(("id" = String, Path),
    ("if-match" = Option<String>, Header, description = "ETag of the version to change")), request_body = Object,
    responses((status = 200, body = CollectionView)))]
pub async fn update(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    headers: HeaderMap,
    Document(body): Document<COLLECTION_BYTES>,
) -> Answer<Tagged<CollectionView>> {
    Ok(Tagged(collections::update(&app, &auth, &id, body, if_match(&headers)).await?))
}

/// Delete a collection with its versions
#[utoipa::path(delete, path = "/collections/{id}", tag = "collections", params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    collections::delete(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The document of a collection, as it was imported
#[utoipa::path(get, path = "/collections/{id}/document", tag = "collections", params(("id" = String, Path), VersionQuery),
    responses((status = 200, body = Object)))]
pub async fn document(State(app): State<App>, auth: Auth, Path(id): Path<String>, Params(query): Params<VersionQuery>) -> Answer<Response> {
    let (_, document) = collections::document(&app, &auth, &id, query.version).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

/// Every version of a collection
#[utoipa::path(get, path = "/collections/{id}/versions", tag = "collections", params(("id" = String, Path)),
    responses((status = 200, body = Items<VersionView>)))]
pub async fn versions(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<Items<VersionView>>> {
    Ok(Json(collections::versions(&app, &auth, &id).await?))
}
