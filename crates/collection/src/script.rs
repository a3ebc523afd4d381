//! Scripts: what goes in, what comes out, and who runs them.
//!
//! The runner knows only this file: it fills a [`ScriptInput`], awaits
//! [`ScriptSession::run`], and applies the [`ScriptOutcome`]. Behind it stands a child
//! process with QuickJS (`child`, `pool`, `engine`): built-ins such as `new Array(1e9)+''`
//! do not poll an interrupt handler, so only a process that can be killed bounds a script.
//! `pm.sendRequest` and cookie-jar calls come back through [`ScriptCalls`].

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub mod child;
pub mod engine;
pub mod pool;
mod protocol;
mod record;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Listen {
    Prerequest,
    Test,
}

/// One variable scope as the script sees it: ordered, typed by its JSON value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Name of the environment or globals document, `""` when there is none.
    pub name: String,
    /// `(key, value)`; disabled variables are left out.
    pub values: Vec<(String, Value)>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scopes {
    pub globals: Scope,
    pub collection: Scope,
    pub environment: Scope,
    /// Iteration data, read-only.
    pub data: Scope,
    /// `pm.variables.set`.
    pub local: Scope,
}

/// `pm.info`, and what `pm.execution.location` needs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Info {
    pub iteration: u64,
    pub iteration_count: u64,
    pub request_name: String,
    pub request_id: String,
    /// Collection, folders, item: names from the outside in.
    pub path: Vec<String>,
    /// Name of the item, folder or collection that the script belongs to.
    #[serde(default)]
    pub owner: String,
}

/// What the script sees as `pm.response`. Cheap to clone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScriptResponse {
    pub code: u16,
    pub reason: String,
    pub headers: Vec<(String, String)>,
    /// In JSON, base64.
    #[serde(rename = "body_base64", serialize_with = "base64", deserialize_with = "from_base64")]
    pub body: Bytes,
    /// The body was longer than what is read.
    #[serde(default)]
    pub truncated: bool,
    pub response_time_ms: f64,
    pub response_size: u64,
}

fn base64<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map(Bytes::from).map_err(serde::de::Error::custom)
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScriptCookie {
    pub name: String,
    pub value: String,
    pub domain: String,
    pub path: String,
    #[serde(default)]
    pub expires: Option<String>,
    #[serde(default)]
    pub http_only: bool,
    #[serde(default)]
    pub secure: bool,
    /// Sent to its own host only, not to those below it.
    #[serde(default)]
    pub host_only: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScriptInput {
    pub listen: Listen,
    pub code: String,
    pub info: Info,
    pub scopes: Scopes,
    /// The request as a Postman v2.1 request object (`url`, `method`, `header`, `body`,
    /// `auth`). For test scripts: as sent, variables substituted.
    pub request: Value,
    /// Test scripts only; `None` when no response came.
    pub response: Option<ScriptResponse>,
    /// Cookies that apply to the request's URL (`pm.cookies`).
    pub cookies: Vec<ScriptCookie>,
    /// An asynchronous `pm.test` passes at once, as in the reference, instead of being awaited.
    #[serde(default)]
    pub newman_async: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssertionStatus {
    Passed,
    Failed,
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptError {
    /// `AssertionError`, `ReferenceError`, `TimeoutError`, `MemoryError` …
    pub name: String,
    pub message: String,
    #[serde(default)]
    pub stack: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Assertion {
    pub name: String,
    pub index: u64,
    pub status: AssertionStatus,
    pub error: Option<ScriptError>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsoleLine {
    /// `log`, `info`, `warn`, `error`, `debug`.
    pub level: String,
    /// Rendered arguments, joined by a blank.
    pub text: String,
}

/// `setNextRequest`: not called, `null`, or a name or id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextRequest {
    #[default]
    Unset,
    Stop,
    To(String),
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ScriptOutcome {
    pub assertions: Vec<Assertion>,
    pub console: Vec<ConsoleLine>,
    /// The script threw (or was ended at a limit: the message names it).
    pub error: Option<ScriptError>,
    /// `None`: unchanged.
    pub scopes: Option<Scopes>,
    /// Pre-request scripts: the changed request, `None` when unchanged.
    pub request: Option<Value>,
    #[serde(default)]
    pub next_request: NextRequest,
    #[serde(default)]
    pub skip_request: bool,
    #[serde(default)]
    pub visualizer: Option<Value>,
    /// Things flagged but not failed (deprecated API …).
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// What a running script may ask its parent for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// `pm.sendRequest`: a Postman v2.1 request object (or `{"url": …}`); answers a
    /// [`ScriptResponse`] as JSON. A system error's code (`ECONNREFUSED`) is read from the
    /// [`ScriptError`]'s name or message and becomes `err.code`.
    SendRequest { request: Value },
    /// `pm.cookies.jar()`: `op` is `set`, `get`, `getAll`, `unset`, `clear`.
    ///
    /// `args` and answer: `set` has a cookie `{name, value, domain?, path?, expires?,
    /// httpOnly?, secure?}` or `{header}` with a `Set-Cookie` text; `get` has `{name}` and
    /// answers the value or `null`; `getAll` answers a list of [`ScriptCookie`]; `unset` has
    /// `{name}`; `clear` has `{}`.
    CookieJar { op: String, url: String, args: Value },
}

#[async_trait]
pub trait ScriptCalls: Send + Sync {
    /// Answers one call; `Err` becomes the error argument of the script's callback.
    async fn call(&self, call: Call) -> Result<Value, ScriptError>;
}

/// One run's context: scripts of one run share implicit globals, as newman's do; two runs
/// share nothing.
#[async_trait]
pub trait ScriptSession: Send {
    /// Runs one script to its end, its timers and its requests included.
    /// Never fails: a killed or broken child is an outcome with `error` set, and the next
    /// call starts with a fresh child.
    async fn run(&mut self, input: ScriptInput, limit: Duration, calls: &dyn ScriptCalls) -> ScriptOutcome;
}

/// Gives out sessions.
#[async_trait]
pub trait ScriptHost: Send + Sync {
    async fn session(&self) -> Box<dyn ScriptSession>;
}
