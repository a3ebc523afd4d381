//! `/settings/webhooks`, `/event-types`, `/admin/workspaces/{id}/egress`.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    input::Input,
    output::{Answer, Tagged, Versioned, created, if_match},
};
use crate::{
    actions::{
        Items,
        egress::{self, EgressInput, EgressView},
        event_types::{self, EventTypeChange, EventTypeInput, EventTypeView},
        settings::{self, WebhookSettingsPatch, WebhookSettingsView},
    },
    app::App,
    guard::auth::Auth,
};

impl Versioned for WebhookSettingsView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for EgressView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for EventTypeView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// The workspace's settings for its webhooks
#[utoipa::path(get, path = "/settings/webhooks", tag = "settings",
    responses((status = 200, body = WebhookSettingsView, headers(("etag" = String)))))]
pub async fn webhooks(State(app): State<App>, auth: Auth) -> Answer<Tagged<WebhookSettingsView>> {
    Ok(Tagged(settings::get(&app, &auth).await?))
}

/// Change the workspace's settings for its webhooks
///
/// They hold at once for what is saved, tested and sent.
#[utoipa::path(patch, path = "/settings/webhooks", tag = "settings",
    params(("if-match" = Option<String>, Header, description = "ETag of the version to change")),
    request_body = WebhookSettingsPatch,
    responses((status = 200, body = WebhookSettingsView), (status = 412, description = "It was changed meanwhile")))]
pub async fn change_webhooks(
    State(app): State<App>,
    auth: Auth,
    headers: HeaderMap,
    Input(patch): Input<WebhookSettingsPatch>,
) -> Answer<Tagged<WebhookSettingsView>> {
    Ok(Tagged(settings::update(&app, &auth, patch, if_match(&headers)).await?))
}

/// Registered event types
#[utoipa::path(get, path = "/event-types", tag = "event types", responses((status = 200, body = Items<EventTypeView>)))]
pub async fn event_types(State(app): State<App>, auth: Auth) -> Answer<Json<Items<EventTypeView>>> {
    Ok(Json(event_types::list(&app, &auth).await?))
}

/// Register an event type
#[utoipa::path(post, path = "/event-types", tag = "event types", request_body = EventTypeInput,
    responses((status = 201, body = EventTypeView), (status = 409, description = "It is registered already")))]
pub async fn register_event_type(State(app): State<App>, auth: Auth, Input(input): Input<EventTypeInput>) -> Answer<Response> {
    let view = event_types::create(&app, &auth, input).await?;
    Ok(created("event-types", &view.event_type.clone(), view))
}

/// A registered event type
#[utoipa::path(get, path = "/event-types/{type}", tag = "event types", params(("type" = String, Path)),
    responses((status = 200, body = EventTypeView, headers(("etag" = String)))))]
pub async fn event_type(State(app): State<App>, auth: Auth, Path(event_type): Path<String>) -> Answer<Tagged<EventTypeView>> {
    Ok(Tagged(event_types::get(&app, &auth, &event_type).await?))
}

/// Describe an event type
#[utoipa::path(put, path = "/event-types/{type}", tag = "event types",
    params(("type" = String, Path), ("if-match" = Option<String>, Header, description = "ETag of the version to change")),
    request_body = EventTypeChange,
    responses((status = 200, body = EventTypeView), (status = 412, description = "It was changed meanwhile")))]
pub async fn describe_event_type(
    State(app): State<App>,
    auth: Auth,
    Path(event_type): Path<String>,
    headers: HeaderMap,
    Input(input): Input<EventTypeChange>,
) -> Answer<Tagged<EventTypeView>> {
    Ok(Tagged(
        event_types::update(&app, &auth, &event_type, input, if_match(&headers)).await?,
    ))
}

/// Remove an event type
#[utoipa::path(delete, path = "/event-types/{type}", tag = "event types", params(("type" = String, Path)),
    responses((status = 204), (status = 409, description = "Webhooks are subscribed to it")))]
pub async fn remove_event_type(State(app): State<App>, auth: Auth, Path(event_type): Path<String>) -> Answer<StatusCode> {
    event_types::delete(&app, &auth, &event_type).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a workspace's webhooks may reach beside the internet
///
/// For admins of the instance.
#[utoipa::path(get, path = "/admin/workspaces/{id}/egress", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = EgressView, headers(("etag" = String)))))]
pub async fn egress(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<EgressView>> {
    Ok(Tagged(egress::get(&app, &auth, &id).await?))
}

/// Make exceptions from the guard for a workspace
///
/// For admins of the instance. The workspace's activity log says who made them.
#[utoipa::path(put, path = "/admin/workspaces/{id}/egress", tag = "admin",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "ETag of the version to change")),
    request_body = EgressInput,
    responses((status = 200, body = EgressView), (status = 412, description = "It was changed meanwhile")))]
pub async fn set_egress(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    headers: HeaderMap,
    Input(input): Input<EgressInput>,
) -> Answer<Tagged<EgressView>> {
    Ok(Tagged(egress::set(&app, &auth, &id, input, if_match(&headers)).await?))
}
