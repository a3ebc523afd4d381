//! Bodies and queries from outside: read to a limit, parsed strictly, refused with the field named.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{HeaderMap, header, request::Parts},
};
use bytes::Bytes;
use domain::Problem;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::{app::App, problem::Failure};

mod explain;

pub(crate) use explain::parse_json;

/// Time to send a whole body, whatever it is for: a large document over a slow line must get through. What is received has
/// less.
pub(crate) const BODY_DEADLINE: Duration = Duration::from_secs(60);

/// Largest body of an ordinary request, in bytes.
const ORDINARY: usize = 2 * 1_048_576;

/// A JSON body.
pub struct Input<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Input<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        need_json(request.headers())?;
        let bytes = read(request.into_body(), ORDINARY).await?;
        Ok(Self(parse_json(&bytes)?))
    }
}

/// A JSON body that may be left out.
pub struct OptionalInput<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest<App> for OptionalInput<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        let typed = need_json(request.headers());
        let bytes = read(request.into_body(), ORDINARY).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        typed?;
        Ok(Self(parse_json(&bytes)?))
    }
}

/// A document as it is, up to `MOST` bytes.
pub struct Document<const MOST: usize>(pub Bytes);

impl<const MOST: usize> FromRequest<App> for Document<MOST> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        Ok(Self(read(request.into_body(), MOST).await?))
    }
}

/// The query.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(explain::query(&rejection.body_text()).into()),
        }
    }
}

/// 415 unless the body says that it is JSON, or says nothing.
pub(crate) fn need_json(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    if is_json(text) {
        return Ok(());
    }
    Err(wrong_type(text))
}

pub(crate) fn wrong_type(text: &str) -> Problem {
    Problem::new(
        415,
        "wrong-type",
        "Unsupported media type",
        format!("the body's type `{text}` is not JSON"),
    )
    .at("content-type")
    .hint("send `content-type: application/json`")
}

/// `application/json`, or any type with the suffix `+json` (RFC 6839).
pub(crate) fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Reads a whole body of at most `most` bytes.
pub(crate) async fn read(body: Body, most: usize) -> Result<Bytes, Problem> {
    let Ok(bytes) = timeout(BODY_DEADLINE, axum::body::to_bytes(body, most)).await else {
        return Err(too_slow());
    };
    bytes.map_err(|error| {
        if has_cause::<http_body_util::LengthLimitError>(&error) {
            too_large(most)
        } else if has_cause::<tower_http::timeout::TimeoutError>(&error) {
            too_slow()
        } else {
            Problem::malformed("the body ended before it was complete")
        }
    })
}

fn too_slow() -> Problem {
    Problem::new(408, "too-slow", "Too slow", "the body did not arrive in time")
}

pub(crate) fn too_large(most: usize) -> Problem {
    Problem::new(413, "too-large", "Too large", format!("the body is larger than {most} bytes"))
}

fn has_cause<E: std::error::Error + 'static>(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}
