//! `/in/<token>`: where senders report. The token comes in the path, as `?token=`, as a bearer or
//! as `x-itoc360-token`; every wrong one gets the same 404.
//!
//! The answer is given after the commit of receipt, effect and events. What a repeat cannot cure
//! is a 4xx; what it can cure is 429 or 503 with `Retry-After`.

use std::time::Duration;

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::{Bytes, BytesMut};
use domain::{Problem, incident::ReceiptAction, limits, secret};
use engine::receive::{Answer, Inbound};
use futures::StreamExt as _;
use serde::Serialize;
use store::tables::sources::{self, Source};
use utoipa::ToSchema;

use crate::{
    actions::{ActionError, Result},
    api::input,
    app::App,
    guard::remote::Remote,
    problem::{self, Failure},
};

/// Time to send the whole body.
const READ_DEADLINE: Duration = Duration::from_secs(10);

/// What is kept of a body that is too large.
const FIRST_BYTES: usize = 65_536;

/// The answer to a sender.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    receipt_id: String,
    #[schema(value_type = crate::schema::ReceiptAction)]
    action: ReceiptAction,
    incident_id: Option<String>,
}

/// A problem with the receipt that keeps what was sent.
#[derive(Debug, Serialize)]
struct Refused {
    #[serde(flatten)]
    problem: Problem,
    receipt_id: String,
}

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/in", post(without_path))
        .route("/in/{token}", post(with_path))
        .method_not_allowed_fallback(problem::wrong_method)
}

/// Report to a source
///
/// The token alone says which source. It may also come to `/in` as `?token=`, as a bearer, or as `x-itoc360-token`; every wrong
/// one gets the same 404. The answer is given after the receipt and its effect are stored; a body that is not understood is
/// kept, and the problem names its `receipt_id`.
#[utoipa::path(post, path = "/in/{token}", tag = "inbound", operation_id = "report", params(("token" = String, Path)),
    request_body = Object, security(()),
    responses((status = 200, body = Taken), (status = 404, description = "No source has this token"),
              (status = 408, description = "The body did not arrive in time"),
              (status = 429, description = "The source takes no more for as long as `Retry-After` says"),
              (status = 503, description = "Not stored; try again after `Retry-After`")))]
pub async fn with_path(State(app): State<App>, remote: Remote, request: Request) -> Response {
    // Taken as it stands: a token that cannot be decoded is a wrong one like any other.
    let token = request.uri().path().strip_prefix("/in/").map(str::to_owned);
    answer(&app, token, remote, request).await
}

async fn without_path(State(app): State<App>, remote: Remote, request: Request) -> Response {
    let token = token_of(request.uri().query().unwrap_or_default(), request.headers());
    answer(&app, token, remote, request).await
}

/// The token beside the path.
fn token_of(query: &str, headers: &HeaderMap) -> Option<String> {
    let in_query = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned());
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = || {
        text("authorization")?
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned())
    };
    in_query.or_else(bearer).or_else(|| text("x-itoc360-token").map(str::to_owned))
}

async fn answer(app: &App, token: Option<String>, remote: Remote, request: Request) -> Response {
    match take(app, token, remote, request).await {
        Ok(Answer {
            problem: Some(problem),
            receipt_id,
            ..
        }) => {
            let mut response = problem::respond(&problem);
            if let Ok(body) = serde_json::to_vec(&Refused { problem, receipt_id }) {
                *response.body_mut() = Body::from(body);
            }
            response
        }
        Ok(Answer {
            receipt_id,
            action,
            incident_id,
            ..
        }) => (
            StatusCode::OK,
            Json(Taken {
                receipt_id,
                action,
                incident_id,
            }),
        )
            .into_response(),
        Err(error) => Failure::from(error).into_response(),
    }
}

async fn take(app: &App, token: Option<String>, remote: Remote, request: Request) -> Result<Answer> {
    let source = source_of(app, token).await?;
    app.memory
        .inbound
        .take(&source.id, app.now())
        .map_err(|seconds| ActionError::Later {
            problem: Problem::new(
                429,
                "too-many-requests",
                "Too many requests",
                format!("this source takes no more for {seconds} s"),
            ),
            seconds,
        })?;
    let (parts, body) = request.into_parts();
    let (body, refused) = match read(body).await? {
        Read::Whole(body) => (body, None),
        Read::TooLarge(first) => (first, Some(input::too_large(limits::RECEIPT_BYTES))),
    };
    let text = |name: header::HeaderName| {
        parts
            .headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let inbound = Inbound {
        method: parts.method.to_string(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        content_type: text(header::CONTENT_TYPE),
        encoding: text(header::CONTENT_ENCODING),
        headers: pairs(&parts.headers),
        body,
        remote: remote.text(),
    };
    match refused {
        Some(problem) => Ok(app.engine.refuse(source, inbound, problem).await?),
        None => Ok(app.engine.receive(source, inbound).await?),
    }
}

/// One answer for no token, a wrong one and one of a disabled source.
async fn source_of(app: &App, token: Option<String>) -> Result<Source> {
    let hash = secret::token_hash(token.as_deref().unwrap_or_default());
    let now = app.now();
    let source = app.read(move |tx| Ok(sources::by_token_hash(tx, &hash, now)?)).await?;
    let source = source.filter(|source| source.enabled);
    source.ok_or_else(|| Problem::not_found("source").hint("check the token in the URL").into())
}

/// A body that was read.
enum Read {
    Whole(Bytes),
    /// What it begins with.
    TooLarge(Bytes),
}

async fn gather(body: Body) -> Result<Read, Problem> {
    let mut chunks = body.into_data_stream();
    let mut bytes = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::malformed("the body ended before it was complete"))?;
        bytes.extend_from_slice(&chunk);
        if bytes.len() > limits::RECEIPT_BYTES {
            bytes.truncate(FIRST_BYTES);
            return Ok(Read::TooLarge(bytes.freeze()));
        }
    }
    Ok(Read::Whole(bytes.freeze()))
}

async fn read(body: Body) -> Result<Read, Problem> {
    match tokio::time::timeout(READ_DEADLINE, gather(body)).await {
        Ok(read) => read,
        Err(_) => Err(Problem::new(
            408,
            "too-slow",
            "Too slow",
            format!("the body did not arrive within {} s", READ_DEADLINE.as_secs()),
        )),
    }
}

/// Headers as they came; what is no UTF-8 is shown with replacement characters.
pub(crate) fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}
