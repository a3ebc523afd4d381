//! Shapes of the domain's types for the OpenAPI document.
//!
//! The domain crate knows nothing of OpenAPI. Words are taken from its own lists, so they
//! cannot drift; structs are described here and a test holds each against the real one.

use domain::{account, delivery, incident, profile, replay, run, schedule, settings, source, webhook, why};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Type, schema::Schema},
};

macro_rules! words {
    ($($name:ident = $domain:path),+ $(,)?) => { $(
        /// The words of the domain's type of this name.
        #[derive(Debug)]
        pub enum $name {}
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                type Words = $domain;
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Words::ALL.iter().map(|word| word.as_str()))).into()
            }
        }
        impl ToSchema for $name {}
    )+ };
}

words! {
    Role = account::Role,
    Scope = account::Scope,
    RunKind = run::RunKind,
    RunType = run::RunType,
    RunState = run::RunState,
    RunStatus = run::RunStatus,
    Profile = profile::Profile,
    Provider = source::Provider,
    SignatureStyle = webhook::SignatureStyle,
    Method = webhook::Method,
    DeliveryState = delivery::DeliveryState,
    DeliveryKind = delivery::DeliveryKind,
    ReplayKind = replay::ReplayKind,
    ReplayState = replay::ReplayState,
    WhyRule = why::Rule,
    IncidentState = incident::IncidentState,
    ReceiptAction = incident::ReceiptAction,
    MissedReason = schedule::MissedReason,
    UnregisteredEvents = settings::UnregisteredEvents,
}

/// When a monitor is due.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Schedule {
    /// Five fields and an IANA time zone.
    Cron {
        #[schema(example = "*/5 * * * *")]
        expression: String,
        #[schema(example = "Europe/Berlin")]
        zone: String,
    },
    /// Every so many seconds.
    Interval { seconds: u32 },
}

/// Options of a monitor, as Postman names them.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RunOptions {
    #[schema(required = false, default = true)]
    pub follow_redirects: bool,
    #[schema(required = false, default = true, rename = "strictSSL")]
    pub strict_ssl: bool,
    /// Pause between requests, ms.
    #[schema(required = false)]
    pub request_delay: u64,
    /// Limit for one request, ms; 0 is none but the run's own.
    #[schema(required = false)]
    pub request_timeout: u64,
    /// Limit for the whole run, ms.
    #[schema(required = false, default = 300_000)]
    pub run_timeout: u64,
    /// Further tries after a failed one, 0 to 2.
    #[schema(required = false)]
    pub retries: u8,
}

/// Counts of a run.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Metrics {
    pub errors: u64,
    pub failed_tests: u64,
    pub passed_tests: u64,
    pub request_count: u64,
    /// Sum of response times, ms.
    pub total_latency: u64,
    pub warnings: u64,
    pub skipped_tests: u64,
    pub response_bytes: u64,
}

/// One line of "what failed".
#[derive(Debug, ToSchema)]
pub struct FailureLine {
    pub request: String,
    /// Name of the test; empty when the request or a script could not complete.
    pub test: String,
    pub message: String,
}

/// Why an incident is failing.
#[derive(Debug, ToSchema)]
pub struct Cause {
    pub summary: String,
    #[schema(value_type = Vec<FailureLine>)]
    pub failures: Vec<FailureLine>,
    pub run_id: Option<String>,
}

/// Which of a subject's results a webhook hears of.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TriggerRule {
    EveryRun,
    ThreeFailuresThenSuccess {
        #[schema(required = false, default = 3)]
        first: u64,
    },
    AfterFailures {
        failures: u64,
    },
    OnChange,
    Failures,
    Successes,
}

/// Options of a webhook.
#[derive(Debug, ToSchema)]
pub struct WebhookOptions {
    /// One budget for look-up, connect, TLS, request and response, ms: what holds, be it its own or the profile's.
    #[schema(required = false, default = 15_000)]
    pub timeout_ms: u64,
    #[schema(required = false, default = true)]
    pub verify_tls: bool,
    /// Requests in flight at once.
    #[schema(required = false, default = 8)]
    pub in_flight: usize,
    /// Requests that begin in a second, at most.
    #[schema(required = false)]
    pub per_second: Option<u32>,
    /// One at a time, the next only after a success or the final failure of the one before.
    #[schema(required = false)]
    pub ordered: bool,
    /// Wait so long, ms, for newer events of the same type and subject, and send only the newest.
    #[schema(required = false)]
    pub coalesce_ms: Option<u64>,
    /// Absent: the profile's own.
    #[schema(required = false, value_type = Option<SignatureStyle>)]
    pub signature: Option<SignatureStyle>,
    /// Absent: `POST`.
    #[schema(required = false, value_type = Option<Method>)]
    pub method: Option<Method>,
    /// Of the body, for profiles with a template.
    #[schema(required = false)]
    pub content_type: Option<String>,
    /// The body's template, for profiles that have one.
    #[schema(required = false)]
    pub body: Option<String>,
    /// Ids or names of the outputs that a flow's task hears of; absent: all.
    #[schema(required = false)]
    pub outputs: Vec<String>,
}

/// What happens to the webhook when the delays are used up.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum UsedUp {
    Keep,
    Disable,
}

/// How a failed delivery is tried again.
#[derive(Debug, ToSchema)]
pub struct RetryPolicy {
    /// Pause before each further attempt, ms.
    pub delays_ms: Vec<u64>,
    #[schema(required = false)]
    pub jitter_percent: u8,
    #[schema(value_type = UsedUp)]
    pub used_up: UsedUp,
    /// Disable when there was no success for so long, ms.
    pub disable_after_ms: Option<u64>,
}

/// A problem document (RFC 9457).
#[derive(Debug, ToSchema)]
pub struct Problem {
    #[schema(rename = "type", example = "/problems/invalid-field")]
    pub kind: String,
    #[schema(example = 422)]
    pub status: u16,
    pub title: String,
    pub detail: String,
    /// The field (dotted path) that is to be changed.
    pub field: Option<String>,
    /// What to try.
    pub hint: Option<String>,
}
