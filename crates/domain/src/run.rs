//! A run: one execution of a monitor, test or job, and what its outcome means.

use serde::{Deserialize, Serialize};

use crate::{Problem, clock::Micros};

macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word in the API, the page and the store.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
            /// The reverse of [`Self::as_str`].
            pub fn parse(text: &str) -> Option<Self> { match text { $($text => Some(Self::$variant),)+ _ => None } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}
pub(crate) use text_enum;

text_enum!(/// What was executed.
RunKind { Monitor = "monitor", Test = "test", Job = "job" });
text_enum!(/// What started it.
RunType { Scheduled = "scheduled", Manual = "manual", Webhook = "webhook" });
text_enum!(/// Where it stands.
RunState { Queued = "queued", Running = "running", Finished = "finished" });
text_enum!(/// How it ended: every test passed; a test failed; something could not complete;
/// it was over its limit or was stopped.
RunStatus { Success = "success", Failure = "failure", Error = "error", Abort = "abort" });

impl RunStatus {
    /// Only a success is good news.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Success)
    }
}

/// The six integers of Postman's monitor result, and ours beside them.
///
/// `errors`: requests that got no response, and scripts that threw. `warnings`: what the run
/// flagged and did not fail on (unresolved variables, deprecated API, skipped tests).
/// `total_latency`: sum of response times in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metrics {
    pub errors: u64,
    pub failed_tests: u64,
    pub passed_tests: u64,
    pub request_count: u64,
    pub total_latency: u64,
    pub warnings: u64,
    pub skipped_tests: u64,
    pub response_bytes: u64,
}

/// One line of "what failed", kept with the run and put into incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureLine {
    pub request: String,
    /// Name of the test; empty when the request or a script could not complete.
    pub test: String,
    pub message: String,
}

/// Options of a monitor, as Postman names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RunOptions {
    pub follow_redirects: bool,
    #[serde(rename = "strictSSL")]
    pub strict_ssl: bool,
    /// Pause between requests, ms.
    pub request_delay: u64,
    /// Limit for one request, ms; 0 is none but the run's own.
    pub request_timeout: u64,
    /// Limit for the whole run, ms; over it the run is an `abort`.
    pub run_timeout: u64,
    /// Further tries after a failed one, 0 to 2; only the last one notifies.
    pub retries: u8,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            follow_redirects: true,
            strict_ssl: true,
            request_delay: 0,
            request_timeout: 0,
            run_timeout: 300_000,
            retries: 0,
        }
    }
}

impl RunOptions {
    pub fn check(&self) -> Result<(), Problem> {
        if self.retries > 2 {
            return Err(Problem::invalid("options.retries", "`retries` is 0, 1 or 2"));
        }
        if self.request_delay > 900_000 {
            return Err(Problem::invalid("options.requestDelay", "`requestDelay` is at most 900000 ms"));
        }
        if self.request_timeout > 3_600_000 {
            return Err(Problem::invalid("options.requestTimeout", "`requestTimeout` is at most 3600000 ms")
                .hint("0 is no limit but the run's own"));
        }
        if self.run_timeout == 0 || self.run_timeout > 3_600_000 {
            return Err(Problem::invalid("options.runTimeout", "`runTimeout` is 1 to 3600000 ms"));
        }
        Ok(())
    }
}

/// The status of a run by its counts.
pub const fn status_of(metrics: &Metrics, aborted: bool) -> RunStatus {
    if aborted {
        RunStatus::Abort
    } else if metrics.errors > 0 {
        RunStatus::Error
    } else if metrics.failed_tests > 0 {
        RunStatus::Failure
    } else {
        RunStatus::Success
    }
}

/// Whether a finished try is followed by another, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterTry {
    Finish,
    TryAgain,
}

/// Failures and errors are tried again while tries are left; an abort is final (it has used its time).
pub const fn after_try(options: &RunOptions, finished_tries: u64, status: RunStatus) -> AfterTry {
    match status {
        RunStatus::Failure | RunStatus::Error if finished_tries <= options.retries as u64 => AfterTry::TryAgain,
        _ => AfterTry::Finish,
    }
}

/// What to do with a run that a stopped node left behind: begun once, it is queued again
/// (a run is at least once); begun twice, it is ended as an abort rather than looping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterCrash {
    QueueAgain,
    Abort,
}

pub const fn after_crash(starts: u64) -> AfterCrash {
    if starts < 2 { AfterCrash::QueueAgain } else { AfterCrash::Abort }
}

/// A finished run as the `monitor.run.finished` event's data carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    pub run_id: String,
    pub kind: RunKind,
    pub run_type: RunType,
    pub status: RunStatus,
    pub series: String,
    pub sequence: u64,
    #[serde(with = "crate::clock::as_rfc3339")]
    pub started_at: Micros,
    #[serde(with = "crate::clock::as_rfc3339")]
    pub finished_at: Micros,
    pub collection_name: String,
    pub collection_uid: String,
    pub environment_name: String,
    pub environment_uid: String,
    pub monitor_name: String,
    pub monitor_uid: String,
    pub user_id: String,
    pub user_name: String,
    pub metrics: Metrics,
    pub failures: Vec<FailureLine>,
    pub error: Option<String>,
}
