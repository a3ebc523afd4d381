//! Bins: URLs that answer what they are told to and remember what they got.

use domain::{
    Problem,
    account::Need,
    activity::{Action, Model},
    limits,
};
use serde::{Deserialize, Serialize};
use store::{
    Signal,
    tables::{
        bins::{self as table, Bin, BinRequest},
        page::Cut,
    },
};
use utoipa::ToSchema;

use super::{Caller, Items, Result, check_version, found, payload::Payload, webhooks::Header};
use crate::{app::App, time::Time};

/// A bin's answer, in bytes.
const BODY_BYTES: usize = 65_536;

/// A request bin.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BinView {
    pub id: String,
    pub name: String,
    /// Where to send to; any method, any path below it.
    pub url: String,
    pub status: u16,
    pub headers: Vec<Header>,
    pub body: String,
    pub created_at: Time,
    /// Of what it answers, for `ETag`.
    #[serde(skip)]
    pub version: i64,
}

/// A new bin.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BinInput {
    pub name: String,
    /// Status of the answer, 200 to 599 (200).
    #[serde(default = "ok")]
    pub status: u16,
    /// Headers of the answer (`content-type: text/plain`).
    #[serde(default)]
    pub headers: Vec<Header>,
    /// Body of the answer (`OK`).
    #[serde(default)]
    pub body: Option<String>,
}

const fn ok() -> u16 {
    200
}

/// A change of a bin; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BinPatch {
    pub name: Option<String>,
    pub status: Option<u16>,
    pub headers: Option<Vec<Header>>,
    pub body: Option<String>,
}

/// A request that came to a bin: bytes shown = bytes sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BinRequestView {
    pub id: String,
    pub at: Time,
    pub method: String,
    /// The path below the bin's URL.
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Payload,
    pub remote: String,
}

impl From<BinRequest> for BinRequestView {
    fn from(row: BinRequest) -> Self {
        let bytes = [row.body.len()];
        Self::from(Cut { row, bytes })
    }
}

impl From<Cut<BinRequest>> for BinRequestView {
    fn from(cut: Cut<BinRequest>) -> Self {
        let (request, [bytes]) = (cut.row, cut.bytes);
        Self {
            id: request.id,
            at: Time(request.at),
            method: request.method,
            path: request.path,
            query: request.query,
            headers: request.headers,
            body: Payload::cut(&request.body, bytes),
            remote: request.remote,
        }
    }
}

fn view(app: &App, bin: Bin) -> BinView {
    BinView {
        version: version(&bin),
        url: app.url(&format!("/b/{}", bin.id)),
        id: bin.id,
        name: bin.name,
        status: bin.status,
        headers: bin.headers.into_iter().map(|(name, value)| Header { name, value }).collect(),
        body: bin.body,
        created_at: Time(bin.created_at),
    }
}

/// A bin keeps no count of its changes: its version is what it answers, as a number.
fn version(bin: &Bin) -> i64 {
    let headers: Vec<String> = bin.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = format!("{}\0{}\0{}\0{}", bin.name, bin.status, headers.join("\n"), bin.body);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref()[..7].iter().fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// Every bin of the workspace.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<BinView>> {
    caller.need(Need::View)?;
    let id = caller.workspace.id.clone();
    let rows = app.read(move |tx| Ok(table::list(tx, &id)?)).await?;
    Ok(Items::all(rows.into_iter().map(|bin| view(app, bin)).collect()))
}

/// One bin.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<BinView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    let bin = app.read(move |tx| found("bin", table::get(tx, &workspace, &id)?)).await?;
    Ok(view(app, bin))
}

/// Creates a bin.
///
/// # Errors
/// 422 naming the field.
pub async fn create(app: &App, caller: &Caller, input: BinInput) -> Result<BinView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let mut headers: Vec<_> = input.headers.into_iter().map(|header| (header.name, header.value)).collect();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".to_owned(), "text/plain".to_owned()));
    }
    let bin = Bin {
        // Whoever knows the id may write to the bin: it is random, not a time.
        id: uuid::Uuid::new_v4().simple().to_string(),
        workspace_id: caller.workspace.id.clone(),
        name: input.name.trim().to_owned(),
        status: input.status,
        headers,
        body: input.body.unwrap_or_else(|| "OK".to_owned()),
        created_at: now,
    };
    check(&bin)?;
    let caller = caller.shared();
    let stored = bin.clone();
    app.write(move |tx| {
        table::insert(tx, &stored)?;
        tx.signal(Signal::changed(&stored.workspace_id, "bin"));
        caller.did(tx, Action::Create, Model::Bin, (&stored.id, &stored.name), now)
    })
    .await?;
    Ok(view(app, bin))
}

/// Changes what a bin answers.
///
/// # Errors
/// 404; 412 when `expected` (If-Match) is not its version; 422 naming the field.
pub async fn update(app: &App, caller: &Caller, id: &str, patch: BinPatch, expected: Option<String>) -> Result<BinView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    let bin = app
        .write(move |tx| {
            let mut bin = found("bin", table::get(tx, &caller.workspace.id, &id)?)?;
            check_version(expected.as_deref(), version(&bin))?;
            bin.name = patch.name.map_or(bin.name, |name| name.trim().to_owned());
            bin.status = patch.status.unwrap_or(bin.status);
            bin.body = patch.body.unwrap_or(bin.body);
            if let Some(headers) = patch.headers {
                bin.headers = headers.into_iter().map(|header| (header.name, header.value)).collect();
            }
            check(&bin)?;
            table::update(tx, &bin)?;
            tx.signal(Signal::changed(&bin.workspace_id, "bin"));
            caller.did(tx, Action::Update, Model::Bin, (&bin.id, &bin.name), now)?;
            Ok(bin)
        })
        .await?;
    Ok(view(app, bin))
}

/// Deletes a bin with what it got.
///
/// # Errors
/// 404.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let bin = found("bin", table::get(tx, &caller.workspace.id, &id)?)?;
        table::delete(tx, &caller.workspace.id, &bin.id)?;
        tx.signal(Signal::changed(&bin.workspace_id, "bin"));
        caller.did(tx, Action::Delete, Model::Bin, (&bin.id, &bin.name), now)
    })
    .await
}

/// What a bin got, newest first: 100 at most, their bodies cut.
///
/// # Errors
/// 404.
pub async fn requests(app: &App, caller: &Caller, id: &str) -> Result<Items<BinRequestView>> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        let bin = found("bin", table::get(tx, &workspace, &id)?)?;
        Ok(Items::all(
            table::requests(tx, &bin.id)?.into_iter().map(BinRequestView::from).collect(),
        ))
    })
    .await
}

/// One request that a bin got, in full.
///
/// # Errors
/// 404.
pub async fn request(app: &App, caller: &Caller, id: &str, request_id: &str) -> Result<BinRequestView> {
    caller.need(Need::View)?;
    let (workspace, id, request_id) = (caller.workspace.id.clone(), id.to_owned(), request_id.to_owned());
    app.read(move |tx| {
        let bin = found("bin", table::get(tx, &workspace, &id)?)?;
        found("request", table::request(tx, &bin.id, &request_id)?.map(BinRequestView::from))
    })
    .await
}

fn check(bin: &Bin) -> Result<(), Problem> {
    limits::check_name("name", &bin.name)?;
    if !(200..=599).contains(&bin.status) {
        return Err(Problem::invalid("status", format!("`{}` is not 200 to 599", bin.status)));
    }
    if bin.body.len() > BODY_BYTES {
        return Err(Problem::invalid("body", format!("`body` is longer than {BODY_BYTES} bytes")));
    }
    check_answer(&bin.headers)
}

/// Headers of an answer that would reach beyond it: state that the browser keeps for this whole origin, and what the server
/// itself says of the connection and of its security. `location` may stay: it sends a browser away, and nothing with it.
const REFUSED: &[&str] = &[
    "alt-svc",
    "clear-site-data",
    "connection",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-security-policy-report-only",
    "date",
    "keep-alive",
    "nel",
    "origin-agent-cluster",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-connection",
    "public-key-pins",
    "refresh",
    "report-to",
    "reporting-endpoints",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "speculation-rules",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
];

/// Whether a bin may not answer with this header.
pub(crate) fn is_refused(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    REFUSED.contains(&name.as_str())
}

fn check_answer(headers: &[(String, String)]) -> Result<(), Problem> {
    if let Some((name, _)) = headers.iter().find(|(name, _)| is_refused(name)) {
        let problem = Problem::invalid(format!("headers.{name}"), format!("a bin does not answer with `{name}`"));
        return Err(problem.hint("it would reach beyond this bin: every page of this instance has the same origin; leave it out"));
    }
    domain::webhook::check_headers(headers)
}
