//! `/webhooks/{id}/deliveries`, `/webhooks/{id}/attempts` and `/deliveries`.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::clock::DAY;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{input::Params, output::Answer};
use crate::{
    actions::{
        Items, PageQuery,
        attempts::{self, AttemptDetail, AttemptStats, DeliveryQuery, DeliveryView},
    },
    app::App,
    guard::auth::Auth,
    time::Time,
};

/// A delivery with its attempts.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryDetail {
    #[serde(flatten)]
    delivery: DeliveryView,
    /// Oldest first; `attempts` counts them.
    log: Vec<AttemptDetail>,
}

/// Since when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SinceQuery {
    /// RFC 3339; 24 hours ago if absent.
    pub since: Option<Time>,
}

/// Success and latency of a webhook
#[utoipa::path(get, path = "/webhooks/{id}/stats", tag = "deliveries", params(("id" = String, Path), SinceQuery),
    responses((status = 200, body = AttemptStats)))]
pub async fn stats(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Params(query): Params<SinceQuery>,
) -> Answer<Json<AttemptStats>> {
    let since = query.since.unwrap_or_else(|| Time(app.now() - DAY));
    Ok(Json(attempts::stats(&app, &auth, &id, since).await?))
}

/// Deliveries of a webhook
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "deliveries", params(("id" = String, Path), DeliveryQuery),
    responses((status = 200, body = Items<DeliveryView>)))]
pub async fn of_webhook(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Params(query): Params<DeliveryQuery>,
) -> Answer<Json<Items<DeliveryView>>> {
    Ok(Json(attempts::deliveries(&app, &auth, &id, query).await?))
}

/// The log of a webhook: every request with its response
///
/// Bodies are cut at 4096 bytes.
#[utoipa::path(get, path = "/webhooks/{id}/attempts", tag = "deliveries", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Items<AttemptDetail>)))]
pub async fn attempts(
    State(app): State<App>,
    auth: Auth,
    Path(id): Path<String>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Items<AttemptDetail>>> {
    Ok(Json(attempts::attempts(&app, &auth, &id, query).await?))
}

/// One request of a delivery with its response, in full
#[utoipa::path(get, path = "/deliveries/{id}/attempts/{attempt_id}", tag = "deliveries",
    params(("id" = String, Path), ("attempt_id" = String, Path)), responses((status = 200, body = AttemptDetail)))]
pub async fn attempt(State(app): State<App>, auth: Auth, Path((id, attempt_id)): Path<(String, String)>) -> Answer<Json<AttemptDetail>> {
    Ok(Json(attempts::attempt(&app, &auth, &id, &attempt_id).await?))
}

/// One delivery with its attempts
#[utoipa::path(get, path = "/deliveries/{id}", tag = "deliveries", params(("id" = String, Path)),
    responses((status = 200, body = DeliveryDetail)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<DeliveryDetail>> {
    let (delivery, log) = attempts::of_delivery(&app, &auth, &id).await?;
    Ok(Json(DeliveryDetail { delivery, log }))
}

/// Send a delivery's event again
#[utoipa::path(post, path = "/deliveries/{id}/resend", tag = "deliveries", params(("id" = String, Path)),
    responses((status = 202, body = DeliveryView), (status = 409, description = "It is pending, or the webhook is disabled")))]
pub async fn resend(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Response> {
    let delivery = attempts::resend(&app, &auth, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)).into_response())
}

/// A delivery as a `curl` command
///
/// Exactly what the next attempt would send, signed now: method, URL, headers, the webhook's own ones included, and body. It
/// holds secrets, so it needs the right to edit, and is recorded in the activity log.
#[utoipa::path(get, path = "/deliveries/{id}/curl", tag = "deliveries", params(("id" = String, Path)),
    responses((status = 200, content_type = "text/plain", body = String),
        (status = 409, description = "There is nothing that could be sent")))]
pub async fn curl(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Response> {
    let command = attempts::curl(&app, &auth, &id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, command).into_response())
}
