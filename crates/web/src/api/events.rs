//! `/events`: publishing, the hot path, and looking back.

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Problem, limits};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    input::{self, Document, Params, need_json, parse_json},
    output::Answer,
};
use crate::{
    actions::{
        Items,
        attempts::{self, Why},
        events::{self, BatchAnswer, EventInput, EventQuery, EventView, PublishedView},
    },
    app::App,
    guard::auth::Auth,
};

/// An event's data and what stands around it, in bytes.
const ONE: usize = limits::EVENT_BYTES + 16_384;
/// A batch, in bytes.
const BATCH: usize = 16 * 1_048_576;
/// Events in a batch.
const BATCH_EVENTS: usize = 10_000;

/// What became of a batch, item by item.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchView {
    accepted: usize,
    refused: usize,
    /// In the order of the batch.
    items: Vec<BatchAnswer>,
}

/// Publish an event
///
/// 202 means: the event and all its deliveries are stored. With an `Idempotency-Key` (or an
/// `id` of its own) a repeat is harmless; the same key with another body is a conflict.
#[utoipa::path(post, path = "/events", tag = "events",
    params(("idempotency-key" = Option<String>, Header, description = "1 to 256 visible ASCII characters")),
    request_body = EventInput,
    responses((status = 202, body = PublishedView), (status = 409, description = "The key was used with another body"),
              (status = 503, description = "Not stored; try again after `Retry-After`")))]
pub async fn publish(State(app): State<App>, auth: Auth, request: Request) -> Answer<Response> {
    // The headers are looked at where they are: this is the path that must be cheap.
    let (parts, body) = request.into_parts();
    need_json(&parts.headers)?;
    let body = input::read(body, ONE).await?;
    let key = publish_key(&parts.headers)?;
    let input: EventInput = parse_json(&body)?;
    let published = events::publish(&app, &auth, input, key, hops(&parts.headers)).await?;
    let repeat = published.repeat;
    let mut response = (StatusCode::ACCEPTED, Json(published)).into_response();
    if repeat {
        response
            .headers_mut()
            .insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Publish many events
///
/// A JSON array, or one event a line (NDJSON). One transaction; an answer for each.
#[utoipa::path(post, path = "/events/batch", tag = "events",
    request_body(content((Vec<EventInput> = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 202, body = BatchView)))]
pub async fn publish_batch(State(app): State<App>, auth: Auth, headers: HeaderMap, Document(body): Document<BATCH>) -> Answer<Response> {
    let items = if is_ndjson(&headers) {
        lines(&body)
    } else {
        need_json(&headers)?;
        array(&body)?
    };
    if items.len() > BATCH_EVENTS {
        return Err(Problem::new(413, "too-large", "Too large", format!("a batch has at most {BATCH_EVENTS} events")).into());
    }
    let items = events::publish_batch(&app, &auth, items, hops(&headers)).await?;
    let accepted = items.iter().filter(|item| matches!(item, BatchAnswer::Accepted(_))).count();
    let view = BatchView {
        accepted,
        refused: items.len() - accepted,
        items,
    };
    Ok((StatusCode::ACCEPTED, Json(view)).into_response())
}

/// Events of the workspace
#[utoipa::path(get, path = "/events", tag = "events", params(EventQuery), responses((status = 200, body = Items<EventView>)))]
pub async fn list(State(app): State<App>, auth: Auth, Params(query): Params<EventQuery>) -> Answer<Json<Items<EventView>>> {
    Ok(Json(events::list(&app, &auth, query).await?))
}

/// One event
#[utoipa::path(get, path = "/events/{id}", tag = "events", params(("id" = String, Path)), responses((status = 200, body = EventView)))]
pub async fn get(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<EventView>> {
    Ok(Json(events::get(&app, &auth, &id).await?))
}

/// Why each webhook heard of an event, or did not
#[utoipa::path(get, path = "/events/{id}/why", tag = "events", params(("id" = String, Path)),
    responses((status = 200, body = Items<Why>)))]
pub async fn why(State(app): State<App>, auth: Auth, Path(id): Path<String>) -> Answer<Json<Items<Why>>> {
    Ok(Json(attempts::why(&app, &auth, &id).await?))
}

fn publish_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    events::check_id(key).map_err(|_| Problem::invalid("idempotency-key", "`Idempotency-Key` is 1 to 256 visible ASCII characters"))?;
    Ok(Some(key))
}

/// How many Watchbells a forwarded event has passed through.
fn hops(headers: &HeaderMap) -> i64 {
    headers
        .get("watchbell-hops")
        .and_then(|value| value.to_str().ok()?.parse::<u16>().ok())
        .map_or(0, i64::from)
}

fn is_ndjson(headers: &HeaderMap) -> bool {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
    ]
    .iter()
    .any(|known| essence.eq_ignore_ascii_case(known))
}

type Parsed = Vec<Result<EventInput, Problem>>;

fn array(body: &[u8]) -> Result<Parsed, Problem> {
    let raw: Vec<Box<RawValue>> = parse_json(body)?;
    Ok(raw.into_iter().map(|item| parse_json(item.get().as_bytes())).collect())
}

fn lines(body: &[u8]) -> Parsed {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.map(parse_json).collect()
}
