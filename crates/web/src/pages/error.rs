//! What a person sees when a page cannot be shown: what happened and what to try, never the
//! inside of an error.

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::Problem;

use super::{
    assets,
    frame::{self, Gate},
    ui, visit,
};
use crate::{actions::ActionError, problem::describe};

/// Why there is no page.
pub enum PageError {
    Action(ActionError),
    /// Another answer, such as a redirect to the log-in page.
    Other(Box<Response>),
}

impl PageError {
    /// This program is wrong; the text goes to the log only.
    pub fn internal(text: String) -> Self {
        Self::Action(ActionError::Internal(text))
    }

    /// The problem of a form that a person can mend; everything else stays an error.
    pub fn mendable(error: ActionError) -> Result<Problem, Self> {
        match error {
            ActionError::Problem(problem) if problem.status != 404 && problem.status < 500 => Ok(problem),
            ActionError::Later { problem, .. } => Ok(problem),
            other => Err(Self::Action(other)),
        }
    }
}

impl<E: Into<ActionError>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self::Action(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::Other(response) => *response,
            Self::Action(error) => {
                let (problem, retry_after) = describe(error);
                let mut response = page(&problem, None);
                if let Some(seconds) = retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                }
                response
            }
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    gate: Gate,
    icon: &'a str,
    text: &'a str,
    hint: Option<&'a str>,
    status: u16,
}

fn page(problem: &Problem, theme: Option<&'static str>) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = ErrorPage {
        gate: Gate {
            title: problem.title.clone(),
            theme,
        },
        icon: if problem.status == 404 { "question" } else { "alert" },
        text: &problem.detail,
        hint: problem.hint.as_deref(),
        status: problem.status,
    };
    // A page that cannot be rendered is told as plain text: there is nothing else to fall back to.
    let html = page.render().unwrap_or_else(|_| ui::escape(&problem.title));
    (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

/// Gives refusals that were made before a page's own code ran (an address or a query that cannot be read, a form that is too
/// large, a wrong method) the form of every other page.
pub async fn complete(response: Response) -> Response {
    let status = response.status();
    let is_page = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
    if !status.is_client_error() || response.headers().get(header::CONTENT_TYPE).is_some_and(is_page) {
        return response;
    }
    let (title, detail) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ("Too large", "What was sent is larger than is allowed."),
        StatusCode::METHOD_NOT_ALLOWED => ("Not possible", "This address does not take what was sent to it."),
        _ => ("Not understood", "The address or the form could not be read."),
    };
    let problem = Problem::new(status.as_u16(), "not-understood", title, detail);
    let mut told = page(&problem, None);
    if let Some(allow) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allow.clone());
    }
    told
}

/// 404 for people: the router's fallback.
pub async fn not_found(headers: HeaderMap) -> Response {
    let problem = Problem::new(
        404,
        "not-found",
        "Nothing here",
        "There is no such page, or it is not yours to see.",
    );
    page(&problem, frame::theme(&visit::cookies(&headers)))
}
