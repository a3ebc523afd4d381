//! Coming in and going out: the first admin, log-in, log-out, and the theme.

use askama::Template;
use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    PageError, PageResult, Posted, assets, done,
    frame::{self, Gate},
    render_as,
    ui::Form,
    visit::{cookies, read_form},
};
use crate::{
    actions::accounts::{self, LoggedIn, LoginInput, SetupInput},
    app::App,
    guard::{remote::Remote, session},
};

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    gate: Gate,
    form: Form,
    version: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    gate: Gate,
    form: Form,
    version: String,
}

/// Where to go after logging in.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

fn gate(title: &str, headers: &HeaderMap) -> Gate {
    Gate {
        title: title.to_owned(),
        theme: frame::theme(&cookies(headers)),
    }
}

fn setup_page(app: &App, headers: &HeaderMap, status: StatusCode, form: Form) -> PageResult {
    render_as(
        status,
        &SetupPage {
            gate: gate("Welcome", headers),
            form,
            version: app.config.version.clone(),
        },
    )
}

fn login_page(app: &App, headers: &HeaderMap, status: StatusCode, form: Form) -> PageResult {
    render_as(
        status,
        &LoginPage {
            gate: gate("Log in", headers),
            form,
            version: app.config.version.clone(),
        },
    )
}

/// `GET /setup`.
pub async fn setup_form(State(app): State<App>, headers: HeaderMap) -> PageResult {
    if !accounts::needs_setup(&app).await? {
        return Ok(Redirect::to("/login").into_response());
    }
    setup_page(&app, &headers, StatusCode::OK, Form::default())
}

/// `POST /setup`.
pub async fn setup(State(app): State<App>, headers: HeaderMap, request: Request) -> PageResult {
    check_same_origin(&app, &headers)?;
    let form = read_form(request).await?;
    let input = SetupInput {
        email: form.value("email").to_owned(),
        name: form.value("name").to_owned(),
        password: form.value("password").to_owned(),
        workspace: Some(form.value("workspace").to_owned()),
    };
    match accounts::setup_first_admin(&app, input).await {
        Ok(logged_in) => Ok(enter(&app, &logged_in, done("/", "welcome")?)),
        Err(error) => {
            let problem = PageError::mendable(error)?;
            setup_page(&app, &headers, status_of(&problem), form.refused(problem))
        }
    }
}

/// `GET /login`.
pub async fn login_form(
    State(app): State<App>,
    headers: HeaderMap,
    session: Option<accounts::Session>,
    Query(next): Query<Next>,
) -> PageResult {
    if accounts::needs_setup(&app).await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    if session.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    login_page(&app, &headers, StatusCode::OK, Form::with(&[("next", &next.next)]))
}

/// `POST /login`.
pub async fn login(State(app): State<App>, remote: Remote, headers: HeaderMap, request: Request) -> PageResult {
    check_same_origin(&app, &headers)?;
    let form = read_form(request).await?;
    let input = LoginInput {
        email: form.value("email").to_owned(),
        password: form.value("password").to_owned(),
    };
    match accounts::login(&app, input, remote.0).await {
        Ok(logged_in) => Ok(enter(&app, &logged_in, Redirect::to(local(form.value("next"))).into_response())),
        Err(error) => {
            let problem = PageError::mendable(error)?;
            login_page(&app, &headers, status_of(&problem), form.refused(problem))
        }
    }
}

/// `POST /logout`.
pub async fn logout(State(app): State<App>, posted: Posted) -> PageResult {
    accounts::logout(&app, &posted.visit.session).await?;
    let mut response = Redirect::to("/login").into_response();
    response.headers_mut().append(header::SET_COOKIE, session::clear_cookie(&app));
    Ok(response)
}

/// `POST /theme`: for browsers without scripts.
pub async fn theme(headers: HeaderMap, posted: Posted) -> PageResult {
    let other = if posted.visit.frame.theme == Some("dark") {
        "theme=light"
    } else {
        "theme=dark"
    };
    let back = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| url::Url::parse(value).ok());
    let path = back.map_or_else(|| "/".to_owned(), |url| url.path().to_owned());
    let mut response = Redirect::to(local(&path)).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&format!("{other}; Path=/; Max-Age=31536000; SameSite=Lax")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn enter(app: &App, logged_in: &LoggedIn, mut response: Response) -> Response {
    response
        .headers_mut()
        .append(header::SET_COOKIE, session::set_cookie(app, &logged_in.token));
    response
}

fn status_of(problem: &domain::Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}

/// Before there is a session there is no CSRF token: browsers tell where a form stands instead. Older ones say `Origin`
/// only, newer ones `Sec-Fetch-Site` too (on https and on this machine).
fn check_same_origin(app: &App, headers: &HeaderMap) -> Result<(), domain::Problem> {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    let from_here = text(header::ORIGIN).is_none_or(|origin| {
        let is_host = |host: &str| !host.is_empty() && origin.split_once("://").is_some_and(|(_, named)| named == host);
        is_host(text(header::HOST).unwrap_or_default()) || is_public(&app.config.public_url, origin)
    });
    if matches!(site, Some("same-origin" | "none") | None) && from_here {
        return Ok(());
    }
    Err(domain::Problem::forbidden("the form came from another site").hint("open the page itself and fill it in there"))
}

fn is_public(public_url: &str, origin: &str) -> bool {
    url::Url::parse(public_url).is_ok_and(|ours| ours.origin().is_tuple() && ours.origin().ascii_serialization() == origin)
}

/// A path of ours: never another host.
fn local(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control);
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_only_sent_to_paths_of_ours() {
        assert_eq!(local("/runs/1?a=b"), "/runs/1?a=b");
        for hostile in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb"] {
            assert_eq!(local(hostile), "/", "{hostile:?}");
        }
    }
}
