//! `/environments`.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::limits::COLLECTION_BYTES;
use serde_json::Value;

use super::{
    input::{Document, Params},
    misc::VersionQuery,
    output::{Answer, Tagged, if_match, imported},
};
use crate::{
    actions::{
        Items,
        collections::VersionView,
        environments::{self, EnvironmentView},
    },
    app::App,
    guard::auth::Auth,
};

/// All environments
#[utoipa::path(get, path = "/environments", tag = "environments", responses((status = 200, body = Items<EnvironmentView>)))]
pub async fn list(State(app): State<App>, auth: Auth) -> Answer<Json<Items<EnvironmentView>>> {
    Ok(Json(environments::list(&app, &auth).await?))
}

/// Import an environment
///
/// A Postman document, as exported or in the envelope `{"environment": …}`.
#[utoipa::path(post, path = "/environments", tag = "environments", request_body = Object,
    responses((status = 201, body = EnvironmentView),
              (status = 200, description = "A new version of one that was here, or no change", body = EnvironmentView)))]
pub async fn import(State(app): State<App>, auth: Auth, Document(body): Document<COLLECTION_BYTES>) -> Answer<Response> {
    let view = environments::import(&app, &auth, body).await?;
    Ok(imported("environments", &view.id.clone(), view))
}

/// One environment
#[utoipa::path(get, path = "/environments/{id}", tag = "environments", params(("id" = String, Path)),
    responses((status = 200, body = EnvironmentView)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<EnvironmentView>> {
    Ok(Tagged(environments::get(&app, &auth, &id).await?))
}

/// Store a new version of an environment
///
/// A masked secret value keeps the value that is there.
#[utoipa::path(put, path = "/environments/{id}", tag = "environments", params(("id" = String, Path),
    ("if-match" = Option<String>, Header, description = "ETag of the version to change")), request_body = Object,
    responses((status = 200, body = EnvironmentView)))]
pub async fn update(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    headers: HeaderMap,
    Document(body): Document<COLLECTION_BYTES>,
) -> Answer<Tagged<EnvironmentView>> {
    Ok(Tagged(environments::update(&app, &auth, &id, body, if_match(&headers)).await?))
}

/// Delete an environment with its versions
#[utoipa::path(delete, path = "/environments/{id}", tag = "environments", params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    environments::delete(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The document of an environment, its secret values masked
#[utoipa::path(get, path = "/environments/{id}/document", tag = "environments", params(("id" = String, Path), VersionQuery),
    responses((status = 200, body = Object)))]
pub async fn document(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Params(query): Params<VersionQuery>,
) -> Answer<Json<Value>> {
    Ok(Json(environments::document(&app, &auth, &id, query.version).await?.1))
}

/// Every version of an environment
#[utoipa::path(get, path = "/environments/{id}/versions", tag = "environments", params(("id" = String, Path)),
    responses((status = 200, body = Items<VersionView>)))]
pub async fn versions(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<Items<VersionView>>> {
    Ok(Json(environments::versions(&app, &auth, &id).await?))
}
