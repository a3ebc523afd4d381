//! A visit: a person with a session, in a workspace, and the form that they posted.

use super::{
    error::PageError,
    frame::{self, Frame},
    ui::{Form, encoded},
};
use crate::{
    actions::{
        Caller,
        accounts::{self, Session},
    },
    api::input,
    app::App,
};
use axum::{
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Redirect},
};

/// Who looks at a page, and the frame around it.
pub struct Visit {
    pub caller: Caller,
    pub session: Session,
    pub frame: Frame,
}

impl Visit {
    /// The frame of one page.
    pub fn frame(&self, title: impl Into<String>, section: &'static str) -> Frame {
        self.frame.clone().titled(title, section)
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let session = <Session as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await;
        let session = session.map_err(|failure| PageError::Other(Box::new(failure.into_response())))?;
        let Some(session) = session else {
            return Err(stranger(app, parts).await?);
        };
        let cookies = cookies(&parts.headers);
        let caller = accounts::caller(app, &session, None).await?;
        let toast = parts.uri.query().and_then(frame::toast);
        let frame = Frame::of(app, &caller, &session, frame::theme(&cookies), toast).await?;
        Ok(Self { caller, session, frame })
    }
}

/// Where somebody without a session is sent: to set up, or to log in and back here.
async fn stranger(app: &App, parts: &Parts) -> Result<PageError, PageError> {
    let to = if accounts::needs_setup(app).await? {
        "/setup".to_owned()
    } else if parts.method == http::Method::GET {
        format!("/login?next={}", encoded(parts.uri.path_and_query().map_or("/", |p| p.as_str())))
    } else {
        "/login".to_owned()
    };
    Ok(PageError::Other(Box::new(Redirect::to(&to).into_response())))
}

/// A form of this session, its CSRF token checked.
pub struct Posted {
    pub visit: Visit,
    pub form: Form,
}

impl FromRequest<App> for Posted {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visit = <Visit as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let form = read_form(Request::from_parts(parts, body)).await?;
        visit.session.check_csrf(form.value("csrf"))?;
        Ok(Self { visit, form })
    }
}

/// A form without a session: logging in, setting up.
pub async fn read_form(request: Request) -> Result<Form, PageError> {
    let bytes = input::read(request.into_body(), FORM_BYTES).await?;
    let pairs = url::form_urlencoded::parse(&bytes).map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")));
    Ok(Form::new(pairs.collect()))
}

/// Largest form, in bytes: a document is pasted into another one.
const FORM_BYTES: usize = 2 * 1_048_576;

/// All cookies of a request in one line.
pub fn cookies(headers: &HeaderMap) -> String {
    let values: Vec<&str> = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    values.join("; ")
}
