//! `/me`, `/workspaces`, `/members`, `/tokens`, and what a workspace shows: overview, activity, notices.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    input::{Input, Params},
    output::{Answer, created},
};
use crate::{
    actions::{
        Items, PageQuery,
        accounts::{self, MeView},
        activity::{self, ActivityView},
        notices::{self, NoticeView},
        overview::{self, Overview},
        tokens::{self, CreatedToken, TokenInput, TokenView},
        workspaces::{self, MemberView, WorkspaceView},
    },
    app::App,
    guard::auth::Auth,
};

/// Which version of a document.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// The newest if absent.
    pub version: Option<i64>,
}

/// Who the caller is
#[utoipa::path(get, path = "/me", tag = "accounts", responses((status = 200, body = MeView)))]
pub async fn me(auth: Auth) -> Json<MeView> {
    Json(accounts::me(&auth))
}

/// Workspaces that the caller can act in
#[utoipa::path(get, path = "/workspaces", tag = "accounts", responses((status = 200, body = Items<WorkspaceView>)))]
pub async fn workspaces(State(app): State<App>, auth: Auth) -> Answer<Json<Items<WorkspaceView>>> {
    Ok(Json(workspaces::list(&app, &auth).await?))
}

/// One workspace
#[utoipa::path(get, path = "/workspaces/{id}", tag = "accounts", params(("id" = String, Path)),
    responses((status = 200, body = WorkspaceView)))]
pub async fn workspace(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<WorkspaceView>> {
    Ok(Json(workspaces::get(&app, &auth, &id).await?))
}

/// Members of the workspace
#[utoipa::path(get, path = "/members", tag = "accounts", responses((status = 200, body = Items<MemberView>)))]
pub async fn members(State(app): State<App>, auth: Auth) -> Answer<Json<Items<MemberView>>> {
    Ok(Json(workspaces::members(&app, &auth).await?))
}

/// Tokens of the workspace
#[utoipa::path(get, path = "/tokens", tag = "accounts", responses((status = 200, body = Items<TokenView>)))]
pub async fn tokens(State(app): State<App>, auth: Auth) -> Answer<Json<Items<TokenView>>> {
    Ok(Json(tokens::list(&app, &auth).await?))
}

/// Make a token
///
/// It is shown in this answer and never again.
#[utoipa::path(post, path = "/tokens", tag = "accounts", request_body = TokenInput, responses((status = 201, body = CreatedToken)))]
pub async fn create_token(State(app): State<App>, auth: Auth, Input(input): Input<TokenInput>) -> Answer<Response> {
    let made = tokens::create(&app, &auth, input).await?;
    Ok(created("tokens", &made.view.id.clone(), made))
}

/// Delete a token
#[utoipa::path(delete, path = "/tokens/{id}", tag = "accounts", params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete_token(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    tokens::delete(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is up, what fails, and how it went lately
#[utoipa::path(get, path = "/overview", tag = "workspace", responses((status = 200, body = Overview)))]
pub async fn overview(State(app): State<App>, auth: Auth) -> Answer<Json<Overview>> {
    Ok(Json(overview::overview(&app, &auth).await?))
}

/// Who changed what
#[utoipa::path(get, path = "/activity", tag = "workspace", params(PageQuery), responses((status = 200, body = Items<ActivityView>)))]
pub async fn activity(State(app): State<App>, auth: Auth, Params(query): Params<PageQuery>) -> Answer<Json<Items<ActivityView>>> {
    Ok(Json(activity::list(&app, &auth, query).await?))
}

/// What admins must know
#[utoipa::path(get, path = "/notices", tag = "workspace", responses((status = 200, body = Items<NoticeView>)))]
pub async fn notices(State(app): State<App>, auth: Auth) -> Answer<Json<Items<NoticeView>>> {
    Ok(Json(notices::list(&app, &auth).await?))
}

/// Mark a notice as read
#[utoipa::path(post, path = "/notices/{id}/read", tag = "workspace", params(("id" = String, Path)), responses((status = 204)))]
pub async fn read_notice(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    notices::mark_read(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
