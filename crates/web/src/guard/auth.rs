//! Who calls the API: the holder of a token, or of a session.
//!
//! `Authorization: Bearer wbt_…` or `x-api-key`; a token belongs to one workspace. A session
//! acts in the workspace that `x-watchbell-workspace` names, else in its user's first one, and
//! needs its CSRF token for whatever changes something.

use std::{
    net::{IpAddr, SocketAddr},
    ops::Deref,
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use domain::{Micros, Problem, clock::MINUTE, secret};
use store::tables::{accounts as table, workspaces};

use super::{
    session::{CSRF_HEADER, cookie, is_unsafe},
    token_cache::Known,
};
use crate::{
    actions::{ActionError, Caller, Result, accounts, tokens::PREFIX},
    app::App,
    problem::Failure,
};

/// Header by which a session chooses its workspace.
pub const WORKSPACE_HEADER: &str = "x-watchbell-workspace";

/// The caller of an API request, or 401.
#[derive(Debug, Clone)]
pub struct Auth(pub Arc<Caller>);

impl Deref for Auth {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequestParts<App> for Auth {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        if let Some(token) = token(&parts.headers)? {
            let remote = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
            return Ok(Self(of_token(app, token, remote).await?));
        }
        let Some(cookie) = cookie(&parts.headers) else {
            return Err(Problem::unauthenticated("there is no token")
                .hint("send `Authorization: Bearer wbt_…`; tokens are made in the workspace's settings")
                .into());
        };
        let session = accounts::session(app, cookie)
            .await?
            .ok_or_else(|| Problem::unauthenticated("the session has ended").hint("log in again"))?;
        if is_unsafe(&parts.method) {
            session.check_csrf(text(&parts.headers, CSRF_HEADER.as_str()).unwrap_or_default())?;
        }
        let caller = accounts::caller(app, &session, text(&parts.headers, WORKSPACE_HEADER)).await?;
        Ok(Self(Arc::new(caller)))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    if let Some(key) = text(headers, "x-api-key") {
        return Ok(Some(key));
    }
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let bearer = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match bearer {
        Some((_, token)) => Ok(Some(token.trim())),
        None => Err(Problem::unauthenticated("`Authorization` is not of the form `Bearer wbt_…`")),
    }
}

async fn of_token(app: &App, token: &str, remote: Option<IpAddr>) -> Result<Arc<Caller>> {
    match good(app, token).await {
        // Right tokens are taken nevertheless: behind a proxy, others have the same address.
        Err(ActionError::Problem(problem)) if problem.status == 401 => Err(wrong(app, problem, remote)),
        result => result,
    }
}

/// The answer to a wrong token: after too many from one address, to wait.
fn wrong(app: &App, problem: Problem, remote: Option<IpAddr>) -> ActionError {
    let taken = remote.map(|ip| app.memory.wrong_tokens.take(&ip.to_canonical().to_string(), app.now()));
    let Some(Err(seconds)) = taken else {
        return problem.into();
    };
    let problem = Problem::new(
        429,
        "too-many-requests",
        "Too many requests",
        format!("too many wrong tokens came from this address; the next is answered in {seconds} s"),
    );
    ActionError::Later { problem, seconds }
}

async fn good(app: &App, token: &str) -> Result<Arc<Caller>> {
    if !token.starts_with(PREFIX) {
        return Err(unknown().into());
    }
    let hash = secret::token_hash(token);
    let now = app.now();
    let known = match app.memory.tokens.get(&hash) {
        Some(known) => known,
        None => look_up(app, hash, now).await?,
    };
    if known.lasts(now) {
        Ok(known.caller)
    } else {
        Err(unknown().into())
    }
}

fn unknown() -> Problem {
    Problem::unauthenticated("the token is unknown, deleted or expired").hint("make a new one in the workspace's settings")
}

async fn look_up(app: &App, hash: String, now: Micros) -> Result<Known> {
    let wanted = hash.clone();
    let found = app
        .read(move |tx| {
            let Some((token, user, role)) = table::token_by_hash(tx, &wanted)? else {
                return Ok(None);
            };
            Ok(workspaces::get(tx, &token.workspace_id)?.map(|workspace| (token, user, role, workspace)))
        })
        .await?;
    let Some((token, user, role, workspace)) = found.filter(|(_, user, _, _)| user.disabled_at.is_none()) else {
        return Err(unknown().into());
    };
    if token.last_used_at.is_none_or(|at| now - at >= MINUTE) {
        touch(app, token.id.clone(), now);
    }
    let caller = Arc::new(Caller {
        user,
        workspace,
        role,
        scopes: Some(token.scopes),
    });
    let known = Known {
        token_id: token.id.into(),
        caller,
        expires_at: token.expires_at,
    };
    app.memory.tokens.put(hash, known.clone());
    Ok(known)
}

/// Notes the use beside the request: it must neither slow nor fail it.
fn touch(app: &App, token_id: String, now: Micros) {
    let app = app.clone();
    tokio::spawn(async move {
        let noted = app.write(move |tx| Ok(table::touch_token(tx, &token_id, now)?)).await;
        if let Err(error) = noted {
            tracing::debug!(%error, "could not note the use of a token");
        }
    });
}
