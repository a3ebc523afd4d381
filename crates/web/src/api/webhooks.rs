//! `/webhooks`.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    input::{Input, OptionalInput},
    output::{Answer, Tagged, created, if_match},
};
use crate::{
    actions::{
        Items,
        attempts::DeliveryView,
        webhooks::{
            self, CreatedWebhook, FilterAnswer, FilterTrial, PreviewView, RotateInput, RotatedSecret, TrialInput, TriedView, WebhookInput,
            WebhookPatch, WebhookView,
        },
    },
    app::App,
    guard::auth::Auth,
};

/// All webhooks
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", responses((status = 200, body = Items<WebhookView>)))]
pub async fn list(State(app): State<App>, auth: Auth) -> Answer<Json<Items<WebhookView>>> {
    Ok(Json(webhooks::list(&app, &auth).await?))
}

/// Create a webhook
///
/// The URL is judged as it will be when something is sent. A secret that is made here is shown
/// in this answer and never again.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = WebhookInput,
    responses((status = 201, body = CreatedWebhook)))]
pub async fn create(State(app): State<App>, auth: Auth, Input(input): Input<WebhookInput>) -> Answer<Response> {
    let view = webhooks::create(&app, &auth, input).await?;
    Ok(created("webhooks", &view.webhook.id.clone(), view))
}

/// What a webhook would send
///
/// Nothing is saved and nothing is sent. A sample event of the type is used, with your `data` if you give any, or an event
/// of the workspace by its id.
#[utoipa::path(post, path = "/webhooks/preview", tag = "webhooks", request_body = TrialInput,
    responses((status = 200, body = PreviewView)))]
pub async fn preview(State(app): State<App>, auth: Auth, Input(input): Input<TrialInput>) -> Answer<Json<PreviewView>> {
    Ok(Json(webhooks::preview(&app, &auth, input).await?))
}

/// Send a webhook once before it is saved
///
/// The request goes through the guard like any other and leaves no delivery and no log.
#[utoipa::path(post, path = "/webhooks/try", tag = "webhooks", request_body = TrialInput,
    responses((status = 200, body = TriedView), (status = 429, description = "Too many tries in a row")))]
pub async fn try_once(State(app): State<App>, auth: Auth, Input(input): Input<TrialInput>) -> Answer<Json<TriedView>> {
    Ok(Json(webhooks::try_once(&app, &auth, input).await?))
}

/// One webhook
#[utoipa::path(get, path = "/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookView, headers(("etag" = String)))))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<WebhookView>> {
    Ok(Tagged(webhooks::get(&app, &auth, &id).await?))
}

/// Change a webhook
#[utoipa::path(patch, path = "/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "ETag of the version to change")),
    request_body = WebhookPatch,
    responses((status = 200, body = WebhookView), (status = 412, description = "It was changed meanwhile")))]
pub async fn update(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    headers: HeaderMap,
    Input(patch): Input<WebhookPatch>,
) -> Answer<Tagged<WebhookView>> {
    Ok(Tagged(webhooks::update(&app, &auth, &id, patch, if_match(&headers)).await?))
}

/// Delete a webhook with its queue and log
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<StatusCode> {
    webhooks::delete(&app, &auth, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a filter on an event
///
/// On a stored one (`event_id`) or one that is made up (`type` and `data`). Nothing is stored or sent.
#[utoipa::path(post, path = "/webhooks/check-filter", tag = "webhooks", request_body = FilterTrial,
    responses((status = 200, body = FilterAnswer)))]
pub async fn check_filter(State(app): State<App>, auth: Auth, Input(trial): Input<FilterTrial>) -> Answer<Json<FilterAnswer>> {
    Ok(Json(webhooks::check_filter(&app, &auth, trial).await?))
}

/// Enable a webhook
#[utoipa::path(post, path = "/webhooks/{id}/enable", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookView)))]
pub async fn enable(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<WebhookView>> {
    Ok(Tagged(webhooks::enable(&app, &auth, &id).await?))
}

/// Disable a webhook; what is queued is dropped
#[utoipa::path(post, path = "/webhooks/{id}/disable", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookView)))]
pub async fn disable(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Tagged<WebhookView>> {
    Ok(Tagged(webhooks::disable(&app, &auth, &id).await?))
}

/// Send a test event
#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 202, body = DeliveryView)))]
pub async fn test(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Response> {
    let delivery = webhooks::test(&app, &auth, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)).into_response())
}

/// Take a new signing secret into use
///
/// Until the overlap ends, requests carry a signature of either.
#[utoipa::path(post, path = "/webhooks/{id}/rotate-secret", tag = "webhooks", params(("id" = String, Path)),
    request_body = Option<RotateInput>, responses((status = 200, body = RotatedSecret)))]
pub async fn rotate_secret(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    OptionalInput(input): OptionalInput<RotateInput>,
) -> Answer<Json<RotatedSecret>> {
    Ok(Json(webhooks::rotate_secret(&app, &auth, &id, input).await?))
}
