//! Webhooks: a subscription's options, and what may be said in one.

use serde::{Deserialize, Serialize};

use crate::{Problem, limits};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookOptions {
    /// One budget for name look-up, connect, TLS, request and response, ms.
    pub timeout_ms: u64,
    /// Check the receiver's certificate.
    pub verify_tls: bool,
    /// Requests in flight at once.
    pub in_flight: usize,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            timeout_ms: 15_000,
            verify_tls: true,
            in_flight: limits::LANE_IN_FLIGHT,
        }
    }
}

impl WebhookOptions {
    pub fn check(&self) -> Result<(), Problem> {
        if !(100..=120_000).contains(&self.timeout_ms) {
            return Err(Problem::invalid("options.timeout_ms", "`timeout_ms` is 100 to 120000"));
        }
        if !(1..=64).contains(&self.in_flight) {
            return Err(Problem::invalid("options.in_flight", "`in_flight` is 1 to 64"));
        }
        Ok(())
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
    "x-watchbell-signature",
    "x-hub-signature",
    "x-hub-signature-256",
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
