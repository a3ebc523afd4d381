//! `/b/<id>`: request bins. Any method, any path below, any body up to 1 MiB; the answer is as configured.
//!
//! What a bin answers is a user's: it is served in a sandbox, so that it is not of this origin in a browser.

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
    routing::any,
};
use domain::{Problem, id};
use store::{
    Signal,
    tables::bins::{self, Bin, BinRequest},
};

use crate::{
    actions::{ActionError, Result, bins::is_refused, found},
    api::input,
    app::App,
    guard::{headers::SANDBOX, rate::Taken, remote::Remote},
    inbound::pairs,
    problem::Failure,
};

/// A body that a bin takes, in bytes.
const BODY_BYTES: usize = 1_048_576;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/b/{id}", any(whole))
        .route("/b/{id}/", any(whole))
        .route("/b/{id}/{*path}", any(below))
}

/// Send something to a bin
///
/// Any method, any path below, any body up to 1 MiB; the answer is what the bin was told to answer.
#[utoipa::path(post, path = "/b/{id}", tag = "bins", operation_id = "send", params(("id" = String, Path)),
    request_body(content = String, content_type = "*/*"), security(()),
    responses((status = "2XX", description = "What the bin was told to answer"), (status = 404, description = "There is no such bin"),
              (status = 429, description = "The bin takes no more for as long as `Retry-After` says")))]
pub async fn whole(State(app): State<App>, id: Named<String>, remote: Remote, request: Request) -> axum::response::Response {
    answer(&app, id.map(|Path(id)| id), remote, request).await
}

async fn below(State(app): State<App>, id: Named<(String, String)>, remote: Remote, request: Request) -> axum::response::Response {
    answer(&app, id.map(|Path((id, _))| id), remote, request).await
}

/// What the path names, if it can be decoded.
type Named<T> = Result<Path<T>, PathRejection>;

async fn answer(app: &App, id: Result<String, PathRejection>, remote: Remote, request: Request) -> axum::response::Response {
    let Ok(id) = id else {
        return Failure::from(Problem::not_found("bin")).into_response();
    };
    match take(app, id, remote, request).await {
        Ok((bin, taken)) => {
            let mut response = respond(&bin);
            app.memory.bins.tell(response.headers_mut(), taken);
            response
        }
        Err(error) => Failure::from(error).into_response(),
    }
}

async fn take(app: &App, id: String, remote: Remote, request: Request) -> Result<(Bin, Taken)> {
    let wanted = id.clone();
    let bin = app.read(move |tx| found("bin", bins::by_id(tx, &wanted)?)).await?;
    let taken = app.memory.bins.take(&bin.id, app.now()).map_err(|seconds| ActionError::Later {
        problem: Problem::new(
            429,
            "too-many-requests",
            "Too many requests",
            format!("this bin takes no more for {seconds} s"),
        ),
        seconds,
    })?;
    let (parts, body) = request.into_parts();
    let body = input::read(body, BODY_BYTES).await?;
    let now = app.now();
    // As it was sent: the router's own reading would have decoded it.
    let path = parts.uri.path().get(3 + id.len()..).unwrap_or_default().to_owned();
    let recorded = BinRequest {
        id: id::new(id::BIN_REQUEST, now),
        bin_id: bin.id.clone(),
        at: now,
        method: parts.method.to_string(),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: pairs(&parts.headers),
        body: body.to_vec(),
        remote: remote.text(),
    };
    app.write(move |tx| {
        // It may have been deleted since it was looked up.
        let bin = found("bin", bins::by_id(tx, &recorded.bin_id)?)?;
        bins::add_request(tx, &recorded)?;
        tx.signal(Signal::changed(&bin.workspace_id, "bin"));
        Ok((bin, taken))
    })
    .await
}

fn respond(bin: &Bin) -> axum::response::Response {
    let status = StatusCode::from_u16(bin.status).unwrap_or(StatusCode::OK);
    let empty = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    let mut response = Response::new(if empty { Body::empty() } else { Body::from(bin.body.clone()) });
    *response.status_mut() = status;
    for (name, value) in &bin.headers {
        // Refused at save; what was stored otherwise does not get out either.
        if is_refused(name) {
            continue;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response.into_response()
}
