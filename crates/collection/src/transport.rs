//! The one door to the network.
//!
//! The runner never opens a connection: it hands a [`WireRequest`] to a [`Transport`]
//! and gets a [`WireResponse`] or a [`TransportError`] back. The server gives it the
//! guarded client of `egress`; the command line gives it the same client with an open
//! policy; tests give it a table. One call is one HTTP exchange: redirects, cookies and
//! authentication replays are decided by the runner, not below.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::tls::TlsRules;

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
    /// Versions and cipher suites of TLS.
    pub tls: TlsRules,
    /// Accept what Node's lenient parser accepts (`insecureHTTPParser`); else what its
    /// strict one does.
    pub lenient_parser: bool,
    /// Stop reading the response body after so many bytes (decompressed).
    pub max_response_bytes: usize,
    /// The certificate to show to the server.
    pub client_certificate: Option<ClientIdentity>,
    /// The proxy to go through; `None` leaves that to the transport.
    pub proxy: Option<Proxy>,
    /// Exchanges with the same number may share a connection, others not: what is signed
    /// in for one connection (NTLM) must not be mixed up with another run's.
    pub connection_group: Option<u64>,
}

impl WireRequest {
    /// A request without headers and body, certificates checked.
    pub fn plain(method: &str, url: &str) -> Self {
        Self {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: None,
            timeout: None,
            verify_tls: true,
            tls: TlsRules::default(),
            lenient_parser: false,
            max_response_bytes: usize::MAX,
            client_certificate: None,
            proxy: None,
            connection_group: None,
        }
    }
}

/// A certificate and its private key. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientIdentity(Arc<(IdentityForm, Option<String>)>);

/// The form of certificate and key.
#[derive(PartialEq, Eq, Hash)]
pub enum IdentityForm {
    /// Two PEM texts; the chain's leaf comes first, the key may be encrypted.
    Pem { certificate: Vec<u8>, key: Vec<u8> },
    /// One PKCS#12 file (`.pfx`, `.p12`).
    Pfx(Vec<u8>),
}

impl ClientIdentity {
    /// Keeps the texts; whether they are usable is seen by the transport.
    pub fn new(certificate: Vec<u8>, key: Vec<u8>, passphrase: Option<String>) -> Self {
        Self(Arc::new((IdentityForm::Pem { certificate, key }, passphrase)))
    }

    /// Keeps a PKCS#12 file.
    pub fn from_pfx(file: Vec<u8>, passphrase: Option<String>) -> Self {
        Self(Arc::new((IdentityForm::Pfx(file), passphrase)))
    }

    /// Certificate and key as they were given.
    pub fn form(&self) -> &IdentityForm {
        &self.0.0
    }

    /// What key or file is encrypted with.
    pub fn passphrase(&self) -> Option<&str> {
        self.0.1.as_deref()
    }
}

impl std::fmt::Debug for ClientIdentity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientIdentity(hidden)")
    }
}

/// An HTTP or SOCKS proxy.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Proxy {
    /// `http://[user:password@]host:port` or `socks5://…`.
    pub url: String,
    /// Ask an HTTP proxy for a tunnel also for `http` URLs.
    pub tunnel: bool,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        let shown = self.url.rsplit_once('@').map_or(self.url.as_str(), |(_, host)| host);
        write!(formatter, "Proxy({shown})")
    }
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
