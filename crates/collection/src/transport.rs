//! The one door to the network.
//!
//! The runner never opens a connection: it hands a [`WireRequest`] to a [`Transport`]
//! and gets a [`WireResponse`] or a [`TransportError`] back. The server gives it the
//! guarded client of `egress`; the command line gives it the same client with an open
//! policy; tests give it a table. One call is one HTTP exchange: redirects, cookies and
//! authentication replays are decided by the runner, not below.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// One HTTP request exactly as it is to be put on the wire.
#[derive(Debug, Clone)]
pub struct WireRequest {
    /// Method as written (custom methods allowed).
    pub method: String,
    /// Absolute URL, already encoded by the runner (Postman's rules, not RFC 3986's).
    pub url: String,
    /// Header lines in order and in their case; `Host`, `Content-Length` included.
    pub headers: Vec<(String, String)>,
    /// Body bytes; `None` sends no body.
    pub body: Option<Bytes>,
    /// Budget for the whole exchange.
    pub timeout: Option<Duration>,
    /// Check the server's certificate (`strictSSL`).
    pub verify_tls: bool,
    /// Stop reading the response body after so many bytes (decompressed).
    pub max_response_bytes: usize,
}

/// Time spent in each phase of an exchange, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Phases {
    pub resolve_us: u64,
    pub connect_us: u64,
    pub tls_us: u64,
    pub first_byte_us: u64,
    pub body_us: u64,
}

/// One HTTP response, its body decompressed.
#[derive(Debug, Clone)]
pub struct WireResponse {
    pub status: u16,
    /// Reason phrase as sent, or the standard one.
    pub reason: String,
    /// `1.1` or `2.0`.
    pub http_version: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    /// The body was longer than `max_response_bytes`.
    pub truncated: bool,
    pub remote_address: Option<String>,
    pub phases: Phases,
    /// Whole exchange in microseconds.
    pub total_us: u64,
}

/// Why an exchange gave no response. `code` is Node's where one exists
/// (`ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT`, `ECONNRESET`, `DEPTH_ZERO_SELF_SIGNED_CERT` …),
/// or `EGUARD` when the guard refused the address.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    pub code: String,
    pub message: String,
}

#[async_trait]
pub trait Transport: Send + Sync {
    /// Performs one exchange.
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError>;
}
