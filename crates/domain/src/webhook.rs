//! Webhooks: a subscription's options, and what may be said in one.

use serde::{Deserialize, Serialize};

use crate::{
    Problem, limits,
    profile::{FlowTaskDefaults, Profile},
};

crate::run::text_enum!(/// How the bytes that are sent are signed: as Standard Webhooks 1.0.0 say; with the hex HMAC-SHA256 of
/// the body in `Signature`, as TestMonitor does; with that over time and body in `X-Watchbell-Signature: t=…,v1=…`; with
/// `X-Hub-Signature-256: sha256=…`, as GitHub does.
SignatureStyle { Standard = "standard", Testmonitor = "testmonitor", Timestamped = "timestamped", Github = "github" });

crate::run::text_enum!(/// The methods that a webhook may use (RFC 9110, RFC 5789).
Method { Post = "POST", Put = "PUT", Patch = "PATCH", Delete = "DELETE", Get = "GET" });

/// How a webhook sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookOptions {
    /// One budget for name look-up, connect, TLS, request and response, ms; `None`: what [`Self::limit_ms`] says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Check the receiver's certificate.
    pub verify_tls: bool,
    /// Requests in flight at once.
    pub in_flight: usize,
    /// Requests that begin in a second, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<u32>,
    /// One at a time, the next only after a success or the final failure of the one before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// Wait so long, ms, for newer events of the same type and subject, and send only the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coalesce_ms: Option<u64>,
    /// The signature, if not the profile's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureStyle>,
    /// `POST` unless the profile lets one choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Of the body, for profiles with a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The body's template, for profiles that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Ids or names of the outputs that a flow's task hears of; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<String>,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            timeout_ms: None,
            verify_tls: true,
            in_flight: limits::LANE_IN_FLIGHT,
            per_second: None,
            ordered: false,
            coalesce_ms: None,
            signature: None,
            method: None,
            content_type: None,
            body: None,
            outputs: Vec::new(),
        }
    }
}

impl WebhookOptions {
    /// The time limit that holds, ms: its own, else the profile's; of flow tasks the workspace's, as it now is.
    pub fn limit_ms(&self, profile: Profile, flow_task: &FlowTaskDefaults) -> u64 {
        self.timeout_ms.unwrap_or(match profile {
            Profile::Testmonitor => 3_000,
            Profile::FlowTask => flow_task.timeout_ms,
            _ => 15_000,
        })
    }

    /// The method that is used.
    pub fn method(&self) -> Method {
        self.method.unwrap_or(Method::Post)
    }

    /// Checks the numbers. Templates are the profile's to check.
    pub fn check(&self) -> Result<(), Problem> {
        if self.timeout_ms.is_some_and(|limit| !(100..=120_000).contains(&limit)) {
            return Err(Problem::invalid("options.timeout_ms", "`timeout_ms` is 100 to 120000").hint("`null` for the profile's own"));
        }
        if !(1..=64).contains(&self.in_flight) {
            return Err(Problem::invalid("options.in_flight", "`in_flight` is 1 to 64"));
        }
        if self.per_second.is_some_and(|rate| !(1..=10_000).contains(&rate)) {
            return Err(Problem::invalid("options.per_second", "`per_second` is 1 to 10000").hint("leave it out for no limit"));
        }
        if self.coalesce_ms.is_some_and(|wait| !(10..=3_600_000).contains(&wait)) {
            return Err(Problem::invalid("options.coalesce_ms", "`coalesce_ms` is 10 to 3600000").hint("leave it out to send every event"));
        }
        let fits = |output: &String| (1..=200).contains(&output.len()) && output.trim() == output;
        if self.outputs.len() > 100 || !self.outputs.iter().all(fits) {
            let what = "`outputs` are at most 100 ids or names, each of 1 to 200 bytes without blanks at its ends";
            return Err(Problem::invalid("options.outputs", what).hint("leave it empty for all outputs"));
        }
        Ok(())
    }

    /// Requests in flight at once, strict order considered.
    pub const fn at_once(&self) -> usize {
        if self.ordered { 1 } else { self.in_flight }
    }
}

/// Headers that a user may not set: hop-by-hop (RFC 9110 §7.6.1), framing, and those that sign.
const RESERVED: &[&str] = &[
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "signature",
    "signature-old",
    "x-watchbell-signature",
    "x-hub-signature",
    "x-hub-signature-256",
    "x-hub-signature-256-old",
    "watchbell-hops",
    "watchbell-replay",
];

/// Checks one of the user's headers (RFC 9110 field syntax).
pub fn check_header(name: &str, value: &str) -> Result<(), Problem> {
    let field = format!("headers.{name}");
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(Problem::invalid("headers", format!("`{name}` is no header name")).hint("letters, digits and `-`"));
    }
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Problem::invalid(field, format!("`{name}` is set by Watchbell itself")).hint("leave it out"));
    }
    if value.len() > 8_192 {
        return Err(Problem::invalid(field, "the value is longer than 8192 bytes"));
    }
    if value.bytes().any(|b| (b < 0x20 && b != b'\t') || b == 0x7f) {
        return Err(Problem::invalid(field, "the value holds a line break or another control character"));
    }
    Ok(())
}

/// Checks all of the user's headers.
pub fn check_headers(headers: &[(String, String)]) -> Result<(), Problem> {
    if headers.len() > 50 {
        return Err(Problem::invalid("headers", "at most 50 headers"));
    }
    headers.iter().try_for_each(|(name, value)| check_header(name, value))
}
