//! Errors on the wire: `application/problem+json` (RFC 9457).
//!
//! What a caller can mend is told in full. What only we can mend is logged under an id, and
//! the caller gets that id and nothing else.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use domain::Problem;

use crate::actions::ActionError;

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// After how many seconds a busy store is worth another try.
const BUSY_SECONDS: u64 = 2;

/// What a handler of the API fails with.
#[derive(Debug, Clone)]
pub struct Failure(ActionError);

impl<E: Into<ActionError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        let (problem, retry_after) = describe(self.0);
        let mut response = respond(&problem);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What the caller may know of an error, and when to try again (seconds). Logs what they may not.
pub fn describe(error: ActionError) -> (Problem, Option<u64>) {
    match error {
        ActionError::Problem(problem) => (problem, None),
        ActionError::Later { problem, seconds } => (problem, Some(seconds)),
        ActionError::Store(error) if error.is_transient() => {
            tracing::warn!(%error, "the store could not take or answer a request");
            (unavailable(), Some(BUSY_SECONDS))
        }
        ActionError::Store(store::Error::Conflict { .. } | store::Error::Reference(_)) => (
            Problem::conflict("something else changed at the same moment").hint("read it again and repeat your change"),
            None,
        ),
        ActionError::Store(store::Error::Cursor(cursor)) => (
            Problem::invalid("before", format!("`{cursor}` is no `next` of a list")).hint("leave it out for the first page"),
            None,
        ),
        ActionError::Store(error) => (internal(&error.to_string()), None),
        ActionError::Internal(error) => (internal(&error), None),
    }
}

/// 503.
pub fn unavailable() -> Problem {
    Problem::new(
        503,
        "unavailable",
        "Not available now",
        "the store cannot take it now; nothing was changed",
    )
    .hint("try again in a moment")
}

fn internal(error: &str) -> Problem {
    let id = uuid::Uuid::new_v4().simple().to_string();
    tracing::error!(error_id = id, error, "a request failed for a reason of ours");
    Problem::new(500, "internal", "Something went wrong here", format!("error `{id}`"))
        .hint("try again; if it stays, look for this id in the server's log")
}

/// The response of a problem.
pub fn respond(problem: &Problem) -> Response<Body> {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// 404 for a path that does not exist.
pub async fn no_such_path() -> Response<Body> {
    respond(&Problem::not_found("path").hint("see `/api/docs` for what there is"))
}

/// 405; the router adds `Allow`.
pub async fn wrong_method() -> Response<Body> {
    respond(
        &Problem::new(
            405,
            "method-not-allowed",
            "Method not allowed",
            "the path does not take this method",
        )
        .hint("see the `Allow` header"),
    )
}

/// Gives the router's own refusals (a path that is no UTF-8 …) the form of every other.
pub async fn complete(response: Response<Body>) -> Response<Body> {
    let headers = response.headers();
    let is_problem = headers.get(header::CONTENT_TYPE).is_some_and(|value| value == PROBLEM_JSON);
    if !response.status().is_client_error() || is_problem {
        return response;
    }
    let mut problem = Problem::malformed("the request's path or headers could not be read").hint("see `/api/docs`");
    problem.status = response.status().as_u16();
    respond(&problem)
}
