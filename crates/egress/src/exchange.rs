//! One exchange as its caller sees it: what is asked, what came back, and how long each phase took.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use crate::error::{Failure, FailureCode};
use crate::tls::{ClientCertificate, TlsLimits};

/// How exactly a response over HTTP/1.1 must keep to the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parsing {
    /// Line feeds may stand alone; else as RFC 9112 has it. For receivers of webhooks.
    #[default]
    Tolerant,
    /// As Node.js.
    Strict,
    /// As Node.js with `insecureHTTPParser`.
    Lenient,
}

/// What to send and how much to accept.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method, case kept.
    pub method: String,
    /// The URL; see [`crate::check_url`]. What follows `#` is not sent.
    pub url: String,
    /// Names and values in the order in which they are sent; over HTTP/1.1 the case of the names is kept, values are
    /// sent as UTF-8. `Host` is added if absent (see `add_host`), `Content-Length` is always set to the body's true length, unless
    /// `Transfer-Encoding: chunked` is given.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Bytes>,
    /// One budget for everything: resolve, connect, TLS, request, headers, body.
    pub deadline: Duration,
    /// How many bytes of the (decoded) body are kept; the rest is not read and the response is marked truncated.
    pub max_body: usize,
    /// The largest header block accepted, in bytes.
    pub max_header_bytes: usize,
    /// The largest number of header fields accepted.
    pub max_headers: usize,
    /// Header values go out in ISO-8859-1, as Node.js writes them, cookies excepted; a character
    /// beyond it is refused. Off, they are UTF-8.
    pub latin1_headers: bool,
    /// Whether the receiver's certificate must be valid.
    pub verify_tls: bool,
    /// The certificate that we show.
    pub client_certificate: Option<ClientCertificate>,
    /// Whether HTTP/2 is offered on TLS. HTTP/2 lower-cases header names and may percent-encode a raw target.
    pub http2: bool,
    /// Whether gzip, deflate and brotli are offered and decoded. Off, no `Accept-Encoding` is sent.
    pub decompress: bool,
    /// Whether path and query go out exactly as the URL has them, instead of normalised.
    pub raw_target: bool,
    /// How exactly the response must keep to HTTP/1.1.
    pub parsing: Parsing,
    /// Versions and cipher suites of TLS.
    pub tls_limits: TlsLimits,
    /// Calls of one group share connections, no others do: for what is signed in per connection (NTLM).
    pub connection_group: Option<u64>,
    /// Whether the request is sent once more, on a new connection, when a kept one was closed before any byte of the
    /// answer; over HTTP/2 only where the receiver surely did nothing with it. Right where a repetition does no harm (webhooks have an id); off, that is a failure.
    pub resend: bool,
    /// Whether a `Host` is added over HTTP/1.1 when the headers have none.
    pub add_host: bool,
}

impl Request {
    /// A request with the limits of a delivery: 30 s, 64 KiB of body, 64 KiB and 100 fields of headers, TLS checked.
    #[must_use]
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: None,
            deadline: Duration::from_secs(30),
            max_body: 64 * 1024,
            max_header_bytes: 64 * 1024,
            max_headers: 100,
            latin1_headers: false,
            verify_tls: true,
            client_certificate: None,
            http2: true,
            decompress: false,
            raw_target: false,
            parsing: Parsing::default(),
            tls_limits: TlsLimits::default(),
            connection_group: None,
            resend: true,
            add_host: true,
        }
    }

    /// The first header of this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Refuses what HTTP cannot carry, before anything is opened.
    pub(crate) fn validate(&self) -> Result<(), Failure> {
        let bad = |what: String| Err(Failure::new(FailureCode::BadRequest, what));
        if !is_token(&self.method) {
            return bad("the request's method is no HTTP method; use letters such as `POST`".to_owned())
                .map_err(|failure| failure.with_node_code("ERR_INVALID_HTTP_TOKEN"));
        }
        for (name, value) in &self.headers {
            if !is_token(name) {
                return bad(format!("the header name {name:?} holds characters that HTTP does not allow"))
                    .map_err(|failure| failure.with_node_code("ERR_INVALID_HTTP_TOKEN"));
            }
            if value.bytes().any(|byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f) {
                return bad(format!("the value of the header `{name}` holds line breaks or control characters"))
                    .map_err(|failure| failure.with_node_code("ERR_INVALID_CHAR"));
            }
            if self.is_latin1(name) && value.chars().any(|c| c > '\u{ff}') {
                return bad(format!("the value of the header `{name}` holds characters beyond ISO-8859-1"))
                    .map_err(|failure| failure.with_node_code("ERR_INVALID_CHAR"));
            }
        }
        Ok(())
    }
}

impl Request {
    /// Whether this header's value is written in ISO-8859-1. Cookies were UTF-8 when they came.
    pub(crate) fn is_latin1(&self, name: &str) -> bool {
        self.latin1_headers && !name.eq_ignore_ascii_case("cookie")
    }
}

/// RFC 9110, 5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// The protocol version of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2
    Http2,
}

impl Version {
    /// As in `HTTP/1.1`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

/// A response, whatever its status. A redirect is one too: it is never followed.
#[derive(Clone, Debug)]
pub struct Response {
    /// 100–999.
    pub status: u16,
    /// The reason phrase as it came; empty over HTTP/2.
    pub reason: String,
    /// The protocol spoken.
    pub version: Version,
    /// Names (case kept over HTTP/1.1) and raw values, in order.
    pub headers: Vec<(String, Bytes)>,
    /// The body as far as it was kept.
    pub body: Bytes,
    /// Whether the body was longer than that.
    pub truncated: bool,
}

impl Response {
    /// The first header of this name, in any case; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<std::borrow::Cow<'_, str>> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| String::from_utf8_lossy(value))
    }
}

/// How long each phase took, in microseconds. Phases that a reused connection skips are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Name to addresses.
    pub resolve_us: u64,
    /// TCP connection, with the proxy's part.
    pub connect_us: u64,
    /// TLS handshake.
    pub tls_us: u64,
    /// From the first byte sent to the first byte received.
    pub first_byte_us: u64,
    /// From there to the last byte.
    pub body_us: u64,
}

/// What an exchange brought.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The response, or why there is none.
    pub outcome: Result<Response, Failure>,
    /// Time by phase.
    pub phases: Phases,
    /// Time altogether, in microseconds.
    pub total_us: u64,
    /// The address connected to (behind a proxy: the one that the proxy was asked for).
    pub remote: Option<SocketAddr>,
    /// Whether a kept-alive connection was used.
    pub reused: bool,
    /// Bytes of head and body sent, before TLS. Over HTTP/2 header compression is not counted.
    pub bytes_sent: u64,
    /// Bytes of head and body received, before decompression.
    pub bytes_received: u64,
}
