//! What a run did: handed out piece by piece, counted at the end.
//!
//! An [`Execution`] is one item of one iteration. It goes to the [`RunObserver`] and is
//! then forgotten, so that a run of a million iterations needs no more memory than one of
//! ten; only totals and the first [`MAX_FAILURES`] failures stay. [`CollectAll`] keeps
//! everything for callers that want it.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cookies::Jar;
use crate::request::Sent;
use crate::script::{Assertion, ConsoleLine, Listen, ScriptError};
use crate::transport::Phases;

/// Failures kept in a [`RunResult`]; further ones are only counted.
pub const MAX_FAILURES: usize = 1000;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every test passed and every request got a response.
    Success,
    /// A test failed.
    Failure,
    /// A request got no response or a script could not complete.
    Error,
    /// Ended from outside or by the run's time limit.
    Abort,
}

/// A response as a report shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Received {
    pub status: u16,
    pub reason: String,
    pub http_version: String,
    pub headers: Vec<(String, String)>,
    /// Body up to the report's limit: text, or base64 when `base64` is set.
    pub body: String,
    #[serde(default)]
    pub base64: bool,
    /// The body in the report or the response itself was cut.
    #[serde(default)]
    pub truncated: bool,
    /// Whole body after decompression, in bytes.
    pub size: u64,
    /// From the first request to the end of the body, redirects included, milliseconds.
    pub time_ms: u64,
    pub phases: Phases,
    /// Redirects that were followed.
    pub redirects: u64,
    #[serde(default)]
    pub remote_address: Option<String>,
}

/// Why a request has no response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestError {
    /// Node's code where one exists, `EGUARD`, or one of ours: `EURL` (no usable URL),
    /// `EREDIRECTS` (too many), `EABORT` (the run ended).
    pub code: String,
    pub message: String,
}

/// A script that threw or hit a limit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScriptFailure {
    pub listen: Listen,
    pub error: ScriptError,
}

/// A request beside the item's own: one of a script's `pm.sendRequest`, or one for the
/// OAuth 2.0 token of the item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SubRequest {
    /// The kind of the script that made it; `None` for a token.
    #[serde(default)]
    pub listen: Option<Listen>,
    /// Exchanges before it that the authentication needed.
    #[serde(default)]
    pub replays: Vec<Replay>,
    pub request: Option<Sent>,
    pub response: Option<Received>,
    pub error: Option<RequestError>,
}

/// A request that the authentication sent before the item's own, and its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Replay {
    pub request: Sent,
    pub response: Received,
}

/// One item of one iteration.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Execution {
    pub iteration: u64,
    /// Position of the item in the run's order, from 0.
    pub position: u64,
    pub item_id: String,
    pub item_name: String,
    /// Names from the collection to the item.
    pub path: Vec<String>,
    /// Microseconds since the epoch.
    pub started_at: i64,
    /// The request as sent; `None` when it was skipped or could not be made.
    pub request: Option<Sent>,
    pub response: Option<Received>,
    pub error: Option<RequestError>,
    /// Exchanges before the one in `request`: each was refused (`401`) and repeated with
    /// what its answer asked for (digest, NTLM). In order.
    #[serde(default)]
    pub replays: Vec<Replay>,
    pub sub_requests: Vec<SubRequest>,
    pub assertions: Vec<Assertion>,
    pub console: Vec<ConsoleLine>,
    pub script_errors: Vec<ScriptFailure>,
    pub warnings: Vec<String>,
    /// A script said `pm.execution.skipRequest()`.
    pub skipped: bool,
    #[serde(default)]
    pub visualizer: Option<Value>,
    /// Scripts that ran: `(prerequest, test)`.
    pub scripts: (u64, u64),
}

/// One thing that made the run not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Where, in the reference's words: `request`, `prerequest-script`, `test-script`,
    /// `assertion:0 in test-script`.
    pub at: String,
    /// Error name: `AssertionError`, `ReferenceError`, `Error` …
    pub name: String,
    pub message: String,
    pub item_id: String,
    /// `None` for a request of a script.
    pub item_name: Option<String>,
    pub iteration: u64,
    /// Position of the item in the run's order, from 0.
    #[serde(default)]
    pub position: u64,
    /// Name and number of the failed test; `None` when it was no test that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<(u64, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
}

/// `total` and, of those, `failed`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub total: u64,
    pub failed: u64,
}

impl Count {
    pub(crate) fn add(&mut self, failed: bool) {
        self.total += 1;
        self.failed += u64::from(failed);
    }
}

/// Sums over a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests sent, those of scripts included.
    pub request_count: u64,
    pub passed_tests: u64,
    pub failed_tests: u64,
    pub skipped_tests: u64,
    /// Requests that got no response, and scripts that threw.
    pub errors: u64,
    /// Unresolved variables, unreadable files, unsupported or deprecated features and
    /// skipped tests: things flagged that are no failure.
    pub warnings: u64,
    /// Sum of the response times of the items, milliseconds.
    pub total_latency: u64,
    /// Bytes of response bodies.
    pub bytes: u64,
    pub iterations: Count,
    pub items: Count,
    pub requests: Count,
    pub assertions: Count,
    pub prerequest_scripts: Count,
    pub test_scripts: Count,
}

/// The end of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunResult {
    pub status: Status,
    pub totals: Totals,
    /// The first failures, at most [`MAX_FAILURES`].
    pub failures: Vec<Failure>,
    /// Why the run could not start, or was ended; `None` when it ran through.
    pub ended_by: Option<String>,
    /// Microseconds since the epoch.
    pub started_at: i64,
    pub finished_at: i64,
    /// Final values of the scopes, in order, for exports.
    pub environment: Vec<(String, Value)>,
    pub globals: Vec<(String, Value)>,
    pub collection_variables: Vec<(String, Value)>,
    /// What concerns the run as a whole, such as a folder that does not exist.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The cookie jar at the end, for an export (`Jar::to_json`).
    #[serde(skip)]
    pub cookies: Jar,
}

impl RunResult {
    /// Whether a command line ends with status 0: nothing at all failed.
    pub fn is_success(&self) -> bool {
        self.status == Status::Success
    }
}

/// Watches a run while it goes. All methods do nothing unless overridden; they are called
/// from the run's task and must return soon.
pub trait RunObserver: Send + Sync {
    /// The run begins, with so many iterations of so many items.
    fn run_started(&self, _iterations: u64, _items: u64) {}
    fn iteration_started(&self, _iteration: u64) {}
    /// An item begins.
    fn item_started(&self, _iteration: u64, _position: u64, _name: &str, _path: &[String]) {}
    /// A request was answered or failed; for progress before the tests have run.
    fn request_done(&self, _execution: &Execution) {}
    fn assertion(&self, _execution: &Execution, _assertion: &Assertion) {}
    fn console(&self, _execution: &Execution, _line: &ConsoleLine) {}
    /// Something failed; called for each failure, also beyond those that a result keeps.
    fn failure(&self, _failure: &Failure) {}
    /// An item is complete. The execution is not kept: take what you need.
    fn item_finished(&self, _execution: Execution) {}
    fn iteration_finished(&self, _iteration: u64) {}
    fn run_finished(&self, _result: &RunResult) {}
}

/// Watches nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl RunObserver for Silent {}

/// Keeps every execution, for short runs and tests.
#[derive(Debug, Default)]
pub struct CollectAll {
    executions: Mutex<Vec<Execution>>,
}

impl CollectAll {
    /// Takes what was collected so far.
    pub fn take(&self) -> Vec<Execution> {
        std::mem::take(&mut *self.executions.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl RunObserver for CollectAll {
    fn item_finished(&self, execution: Execution) {
        self.executions
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(execution);
    }
}
