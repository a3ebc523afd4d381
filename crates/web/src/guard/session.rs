//! Sessions of people: the cookie, and the token that proves that a form is ours.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
};
use domain::Problem;
use subtle::ConstantTimeEq as _;

use crate::{
    actions::accounts::{self, SESSION_LASTS, Session},
    app::App,
    problem::Failure,
};

/// Name of the session cookie.
pub const COOKIE: &str = "watchbell_session";
/// Header that carries the CSRF token of scripts; forms have a hidden field `csrf`.
pub const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

impl Session {
    /// Whether `given` is this session's CSRF token.
    ///
    /// # Errors
    /// 403.
    pub fn check_csrf(&self, given: &str) -> Result<(), Problem> {
        if bool::from(self.csrf.as_bytes().ct_eq(given.as_bytes())) {
            return Ok(());
        }
        Err(
            Problem::new(403, "csrf", "The form is out of date", "the form does not belong to this session")
                .hint("reload the page and try again"),
        )
    }
}

/// A request of a person who is logged in, or 401. Scripts that change something need the CSRF
/// header; handlers of forms call [`Session::check_csrf`] with the field.
impl FromRequestParts<App> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let session = <Self as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        session.ok_or_else(|| Problem::unauthenticated("nobody is logged in").hint("log in").into())
    }
}

impl OptionalFromRequestParts<App> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Failure> {
        match cookie(&parts.headers) {
            Some(token) => Ok(accounts::session(app, token).await?),
            None => Ok(None),
        }
    }
}

/// The session's token of a request.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE && !value.is_empty()).then_some(value)
        })
}

/// Value of `Set-Cookie` that opens a session in the browser.
pub fn set_cookie(app: &App, token: &str) -> HeaderValue {
    attributes(app, token, SESSION_LASTS / domain::clock::SECOND)
}

/// Value of `Set-Cookie` that ends it.
pub fn clear_cookie(app: &App) -> HeaderValue {
    attributes(app, "", 0)
}

fn attributes(app: &App, token: &str, max_age: i64) -> HeaderValue {
    let secure = if app.config.secure_cookies { "; Secure" } else { "" };
    let text = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Whether a request may change something.
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}
