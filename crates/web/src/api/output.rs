//! Answers of the API beside plain JSON: created, and versioned for `If-Match`.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    actions::{
        bins::BinView,
        collections::{CollectionView, Imported},
        environments::EnvironmentView,
        monitors::MonitorView,
        sources::SourceView,
        webhooks::WebhookView,
    },
    problem::Failure,
};

/// What a handler answers.
pub type Answer<T> = Result<T, Failure>;

/// What has a version that `If-Match` can name.
pub trait Versioned {
    /// The number in its `ETag`.
    fn version(&self) -> i64;
}

impl Versioned for WebhookView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for MonitorView {
    fn version(&self) -> i64 {
        self.updated_at.micros()
    }
}

impl Versioned for CollectionView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for EnvironmentView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for SourceView {
    fn version(&self) -> i64 {
        self.updated_at.micros()
    }
}

impl Versioned for BinView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// 201 for a document that is new; 200 when it became a version of one that was here, or changed nothing.
pub fn imported<T: Serialize + Versioned>(collection: &str, id: &str, imported: Imported<T>) -> Response {
    if imported.new {
        return created(collection, id, imported.view);
    }
    Tagged(imported.view).into_response()
}

/// 200 with an `ETag`.
pub struct Tagged<T>(pub T);

impl<T: Serialize + Versioned> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let tag = format!("\"{}\"", self.0.version());
        let mut response = Json(self.0).into_response();
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// 201 with the thing's location.
pub fn created<T: Serialize>(collection: &str, id: &str, body: T) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/{collection}/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// The version that the client has seen, if it says so.
pub fn if_match(headers: &HeaderMap) -> Option<String> {
    headers
        .get(header::IF_MATCH)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
