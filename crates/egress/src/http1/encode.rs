//! The bytes of a request, and how far they have got.

use std::io;

use bytes::{Buf, Bytes};

use crate::body::ACCEPT_ENCODING;
use crate::exchange::Request;
use crate::url::Target;

/// Up to this size the body goes out in one write with the head.
const JOIN_BYTES: usize = 16 * 1024;

/// A request on its way out.
pub(super) struct Outgoing {
    head: Bytes,
    body: Bytes,
    pub sent: u64,
    pub flushed: bool,
    /// Whether the request asks for the connection to be closed.
    pub close: bool,
    broken: bool,
    /// The peer reset the connection while this was written. What was on its way may still be read.
    pub reset: bool,
}

impl Outgoing {
    pub fn new(request: &Request, target: &Target) -> Self {
        let body = request.body.clone().unwrap_or_default();
        let chunked = request
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        let close = request.header("connection").is_some_and(|value| has_token(value, "close"));
        let mut head = write_head(request, target, body.len(), chunked);
        let join = chunked || body.len() <= JOIN_BYTES;
        if chunked {
            write_chunked(&mut head, &body);
        } else if join {
            head.extend_from_slice(&body);
        }
        let body = if join { Bytes::new() } else { body };
        Self {
            head: head.into(),
            body,
            sent: 0,
            flushed: false,
            close,
            broken: false,
            reset: false,
        }
    }

    /// What is to be written next.
    pub fn pending(&self) -> Option<&[u8]> {
        if self.broken {
            None
        } else if !self.head.is_empty() {
            Some(&self.head)
        } else if !self.body.is_empty() {
            Some(&self.body)
        } else {
            None
        }
    }

    pub fn advance(&mut self, count: usize) {
        self.sent += count as u64;
        if self.head.is_empty() {
            self.body.advance(count)
        } else {
            self.head.advance(count)
        }
    }

    /// The peer takes no more.
    pub fn break_off(&mut self, error: Option<&io::Error>) {
        self.reset = error.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionReset);
        self.broken = true;
        self.flushed = true;
    }

    /// Whether all of it went out.
    pub fn is_done(&self) -> bool {
        !self.broken && self.flushed && self.head.is_empty() && self.body.is_empty()
    }
}

/// Whether a comma-separated list holds this token.
pub(super) fn has_token(list: &str, token: &str) -> bool {
    list.split(',').any(|item| item.trim().eq_ignore_ascii_case(token))
}

fn write_head(request: &Request, target: &Target, length: usize, chunked: bool) -> Vec<u8> {
    let names: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    let room = request.method.len() + target.request_target.len() + target.authority.len() + names + 128;
    let mut head = Vec::with_capacity(room + length.min(JOIN_BYTES));
    for part in [request.method.as_str(), " ", &target.request_target, " HTTP/1.1\r\n"] {
        head.extend_from_slice(part.as_bytes());
    }
    if request.add_host && request.header("host").is_none() {
        write_field(&mut head, "Host", &target.authority);
    }
    // The true length, whatever the caller says: a wrong one would let a body pass for the next request.
    let mut true_length = (!chunked && needs_length(request)).then(|| length.to_string());
    for (name, value) in &request.headers {
        if name.eq_ignore_ascii_case("content-length") {
            if let Some(true_length) = true_length.take() {
                write_field(&mut head, name, &true_length);
            }
        } else if request.is_latin1(name) {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend(value.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')));
            head.extend_from_slice(b"\r\n");
        } else {
            write_field(&mut head, name, value);
        }
    }
    if let Some(true_length) = true_length {
        write_field(&mut head, "Content-Length", &true_length);
    }
    if request.decompress && request.header("accept-encoding").is_none() {
        write_field(&mut head, "Accept-Encoding", ACCEPT_ENCODING);
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// A body, or a method that usually has one (RFC 9110, 8.6).
fn needs_length(request: &Request) -> bool {
    request.body.is_some() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") || request.header("content-length").is_some()
}

fn write_field(head: &mut Vec<u8>, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        head.extend_from_slice(part.as_bytes());
    }
}

fn write_chunked(out: &mut Vec<u8>, body: &[u8]) {
    if !body.is_empty() {
        out.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
}
