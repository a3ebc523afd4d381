//! `/incidents`.

use axum::{
    Json,
    extract::{Path, State},
};

use super::{
    input::{Input, OptionalInput, Params},
    output::Answer,
};
use crate::{
    actions::{
        Items,
        incidents::{self, IncidentDetail, IncidentQuery, IncidentView, NoteInput},
    },
    app::App,
    guard::auth::Auth,
};

/// Incidents
#[utoipa::path(get, path = "/incidents", tag = "incidents", params(IncidentQuery), responses((status = 200, body = Items<IncidentView>)))]
pub async fn list(State(app): State<App>, auth: Auth, Params(query): Params<IncidentQuery>) -> Answer<Json<Items<IncidentView>>> {
    Ok(Json(incidents::list(&app, &auth, query).await?))
}

/// One incident with its timeline
#[utoipa::path(get, path = "/incidents/{id}", tag = "incidents", params(("id" = String, Path)),
    responses((status = 200, body = IncidentDetail)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<IncidentDetail>> {
    Ok(Json(incidents::get(&app, &auth, &id).await?))
}

/// Acknowledge an incident
#[utoipa::path(post, path = "/incidents/{id}/acknowledge", tag = "incidents", params(("id" = String, Path)),
    request_body = Option<NoteInput>, responses((status = 200, body = IncidentView)))]
pub async fn acknowledge(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    OptionalInput(input): OptionalInput<NoteInput>,
) -> Answer<Json<IncidentView>> {
    Ok(Json(incidents::acknowledge(&app, &auth, &id, input).await?))
}

/// Resolve an incident by hand
#[utoipa::path(post, path = "/incidents/{id}/resolve", tag = "incidents", params(("id" = String, Path)),
    request_body = Option<NoteInput>, responses((status = 200, body = IncidentView)))]
pub async fn resolve(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    OptionalInput(input): OptionalInput<NoteInput>,
) -> Answer<Json<IncidentView>> {
    Ok(Json(incidents::resolve(&app, &auth, &id, input).await?))
}

/// Reopen a resolved incident
#[utoipa::path(post, path = "/incidents/{id}/reopen", tag = "incidents", params(("id" = String, Path)),
    request_body = Option<NoteInput>, responses((status = 200, body = IncidentView)))]
pub async fn reopen(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    OptionalInput(input): OptionalInput<NoteInput>,
) -> Answer<Json<IncidentView>> {
    Ok(Json(incidents::reopen(&app, &auth, &id, input).await?))
}

/// Add a note to an incident
#[utoipa::path(post, path = "/incidents/{id}/note", tag = "incidents", params(("id" = String, Path)), request_body = NoteInput,
    responses((status = 200, body = IncidentView)))]
pub async fn note(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Input(input): Input<NoteInput>,
) -> Answer<Json<IncidentView>> {
    Ok(Json(incidents::note(&app, &auth, &id, input).await?))
}
