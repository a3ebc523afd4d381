//! HTTP/2 (RFC 9113) by `hyper`: one connection carries many exchanges, so it is shared rather than checked out.

mod failure;
mod frames;
mod meter;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use crate::body::{ACCEPT_ENCODING, Collector, Flow};
use crate::connect::Stream;
use crate::error::{Failure, FailureCode};
use crate::exchange::{Request, Response, Version};
use crate::trace::{Stage, Trace};
use crate::url::Target;
use failure::{failure, header_too_large};
use meter::{Meter, Metered};

/// The largest header block that the connection accepts at all; a request asks for less. The library tells a larger one from a
/// broken one only when it is far too large, so this is well above what requests ask for.
const MAX_HEADER_LIST: u32 = 512 * 1024;

/// How often a connection in use is asked whether it lives, and how long the answer may take: a shared connection whose
/// peer is gone would otherwise fail every call until the system gives it up.
const PING: Duration = Duration::from_secs(5);

/// How many resets of ours are remembered, each for a second: what comes for such an exchange is passed over in silence.
/// What comes later is told to stop, which the library would count over the connection's life; the meter bounds it instead.
const RESETS_REMEMBERED: usize = 1024;

/// What a peer may send before we have looked at it: a receiver that floods fills no more memory than that, one that is
/// far away can send no faster than that per round trip. Those who want little of a body are far more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Window {
    Small,
    Large,
}

impl Window {
    /// The one for calls that want so many bytes of a body.
    pub const fn of(max_body: usize) -> Self {
        if max_body <= Self::Small.stream() as usize {
            Self::Small
        } else {
            Self::Large
        }
    }

    /// Bytes of one body.
    const fn stream(self) -> u32 {
        match self {
            Self::Small => 256 * 1024,
            Self::Large => 2 * 1024 * 1024,
        }
    }

    /// Bytes of all bodies of a connection.
    const fn connection(self) -> u32 {
        match self {
            Self::Small => 1024 * 1024,
            Self::Large => 4 * 1024 * 1024,
        }
    }
}

/// A handle to a shared connection.
#[derive(Clone)]
pub(crate) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    pub remote: SocketAddr,
    users: Arc<()>,
    meter: Meter,
}

/// These belong to one HTTP/1.1 connection and are forbidden in HTTP/2 (RFC 9113, 8.2.2); `host` becomes `:authority`.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
    "te",
    "host",
    "content-length",
];

impl Http2 {
    pub async fn handshake(stream: Stream, remote: SocketAddr, window: Window) -> Result<Self, Failure> {
        let meter = Meter::new(window.connection());
        let stream = Metered::new(stream, meter.clone());
        let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .max_header_list_size(MAX_HEADER_LIST)
            .initial_stream_window_size(window.stream())
            .initial_connection_window_size(window.connection())
            .max_concurrent_reset_streams(RESETS_REMEMBERED)
            .max_local_error_reset_streams(None)
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failure(&error, &meter, Stage::Headers))?;
        // It ends when the last handle is dropped and the last exchange is over.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "an HTTP/2 connection ended");
            }
        });
        Ok(Self {
            sender,
            remote,
            users: Arc::new(()),
            meter,
        })
    }

    /// Whether it may get another call.
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed() && !self.meter.is_spent()
    }

    /// Whether only the pool holds it.
    pub fn is_idle(&self) -> bool {
        Arc::strong_count(&self.users) == 1
    }

    pub async fn exchange(&mut self, request: &Request, target: &Target, trace: &mut Trace) -> Result<Response, Failure> {
        let outgoing = build(request, target)?;
        trace.sent = sent_size(request, target);
        let begun = self.meter.begin();
        let judged = |error: &hyper::Error, returned: bool| {
            let mut failure = failure(error, &self.meter, Stage::Headers);
            failure.unprocessed |= returned || self.meter.sent_nothing_since(begun);
            failure
        };
        self.sender.ready().await.map_err(|error| judged(&error, true))?;
        let response = self.sender.try_send_request(outgoing).await.map_err(|mut refused| {
            let returned = refused.take_message().is_some();
            judged(&refused.into_error(), returned)
        })?;
        self.meter.progress();
        let (parts, mut body) = response.into_parts();
        let size: usize = parts
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        trace.got(size);
        trace.status = Some(parts.status.as_u16());
        trace.stage = Stage::Body;
        if size > request.max_header_bytes || parts.headers.len() > request.max_headers {
            return Err(header_too_large());
        }
        let headers: Vec<_> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), Bytes::copy_from_slice(value.as_bytes())))
            .collect();
        let encoding = parts
            .headers
            .get(http::header::CONTENT_ENCODING)
            .and_then(|value| value.to_str().ok());
        let mut collector = Collector::new(encoding.filter(|_| request.decompress), request.max_body);
        let truncated = self.read_body(&mut body, &mut collector, trace).await?;
        Ok(Response {
            status: parts.status.as_u16(),
            reason: String::new(),
            version: Version::Http2,
            headers,
            body: collector.finish(),
            truncated,
        })
    }

    async fn read_body(&self, body: &mut Incoming, collector: &mut Collector, trace: &mut Trace) -> Result<bool, Failure> {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| failure(&error, &self.meter, Stage::Body))?;
            if let Some(data) = frame.data_ref().filter(|data| !data.is_empty()) {
                self.meter.progress();
                trace.got(data.len());
                if collector.push(data)? == Flow::Full {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn build(request: &Request, target: &Target) -> Result<http::Request<Full<Bytes>>, Failure> {
    let bad = |what: &str| Failure::new(FailureCode::BadRequest, format!("the request cannot be sent over HTTP/2: {what}"));
    let authority = request.header("host").unwrap_or(&target.authority);
    let uri = Uri::builder()
        .scheme("https")
        .authority(authority)
        .path_and_query(lenient_target(&target.request_target))
        .build()
        .map_err(|_| bad("its host or target holds characters that are not allowed"))?;
    let body = request.body.clone().unwrap_or_default();
    let mut outgoing = http::Request::builder()
        .method(request.method.as_str())
        .uri(uri)
        .version(http::Version::HTTP_2)
        .body(Full::new(body))
        .map_err(|_| bad("its method is not allowed"))?;
    let headers = outgoing.headers_mut();
    for (name, value) in &request.headers {
        if HOP_BY_HOP.iter().any(|hop| name.eq_ignore_ascii_case(hop)) {
            continue;
        }
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad("a header's name is not allowed"))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad("a header's value is not allowed"))?;
        headers.append(name, value);
    }
    if request.decompress && !headers.contains_key(http::header::ACCEPT_ENCODING) {
        headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPT_ENCODING));
    }
    Ok(outgoing)
}

/// The target with the bytes that `http::Uri` refuses percent-encoded.
fn lenient_target(target: &str) -> String {
    if target.parse::<http::uri::PathAndQuery>().is_ok() {
        return target.to_owned();
    }
    let mut lenient = String::with_capacity(target.len() + 8);
    for byte in target.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%[]".contains(&byte) {
            lenient.push(char::from(byte));
        } else {
            lenient.push_str(&format!("%{byte:02X}"));
        }
    }
    lenient
}

fn sent_size(request: &Request, target: &Target) -> u64 {
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    let line = request.method.len() + target.request_target.len() + target.authority.len();
    (headers + line + request.body.as_ref().map_or(0, Bytes::len)) as u64
}
