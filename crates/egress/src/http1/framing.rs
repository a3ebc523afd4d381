//! Where a response's body ends (RFC 9112, section 6.3), and reading it up to there or up to the cap.

use bytes::Buf;

use super::encode::{Outgoing, has_token};
use super::head::Head;
use super::{Http1, bad_response, closed_early};
use crate::body::{Collector, Flow};
use crate::error::Failure;
use crate::exchange::Request;
use crate::trace::Trace;

/// A chunk's size line, with its extensions, may not be longer than this.
const MAX_CHUNK_LINE: usize = 1024;

/// How the end of the body is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Framing {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

impl Framing {
    pub fn of(method: &str, head: &Head) -> Result<Self, Failure> {
        if method == "HEAD" || head.status < 200 || matches!(head.status, 204 | 304) {
            return Ok(Self::None);
        }
        let mut codings = head.values("transfer-encoding").peekable();
        if codings.peek().is_some() {
            return Ok(if codings.last().is_some_and(|last| has_token(last, "chunked")) {
                Self::Chunked
            } else {
                Self::UntilClose
            });
        }
        let mut length = None;
        for item in head.values("content-length").flat_map(|value| value.split(',')) {
            let item = item.trim();
            // `parse` would take a leading plus sign.
            let number = item
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| item.parse::<u64>().ok())
                .flatten();
            match (number, length) {
                (Some(number), None) => length = Some(number),
                (Some(number), Some(earlier)) if number == earlier => {}
                _ => return Err(bad_response("its Content-Length is wrong", "HPE_INVALID_CONTENT_LENGTH")),
            }
        }
        Ok(length.map_or(Self::UntilClose, Self::Length))
    }
}

/// Reads the body. `true` if there was more than the collector wants.
pub(super) async fn read(
    conn: &mut Http1,
    out: &mut Outgoing,
    framing: &Framing,
    collector: &mut Collector,
    request: &Request,
    trace: &mut Trace,
) -> Result<bool, Failure> {
    match *framing {
        Framing::None => Ok(false),
        Framing::Length(length) => read_length(conn, out, length, collector, trace)
            .await
            .map(|flow| flow == Flow::Full),
        Framing::Chunked => read_chunked(conn, out, collector, request, trace).await,
        Framing::UntilClose => loop {
            let flow = collector.push(&conn.input)?;
            conn.input.clear();
            if flow != Flow::More {
                return Ok(flow == Flow::Full);
            }
            if conn.fill(out, trace).await? == 0 {
                return Ok(false);
            }
        },
    }
}

async fn read_length(
    conn: &mut Http1,
    out: &mut Outgoing,
    length: u64,
    collector: &mut Collector,
    trace: &mut Trace,
) -> Result<Flow, Failure> {
    let mut left = length;
    while left > 0 {
        if conn.input.is_empty() && conn.fill(out, trace).await? == 0 {
            return Err(closed_early(trace));
        }
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(conn.input.len());
        let flow = collector.push(&conn.input[..count])?;
        conn.input.advance(count);
        left -= count as u64;
        if flow == Flow::Full {
            return Ok(flow);
        }
    }
    Ok(Flow::More)
}

async fn read_chunked(
    conn: &mut Http1,
    out: &mut Outgoing,
    collector: &mut Collector,
    request: &Request,
    trace: &mut Trace,
) -> Result<bool, Failure> {
    loop {
        let line = read_line(conn, out, MAX_CHUNK_LINE, trace).await?;
        let size = chunk_size(&line)?;
        if size == 0 {
            break;
        }
        if read_length(conn, out, size, collector, trace).await? == Flow::Full {
            return Ok(true);
        }
        if !read_line(conn, out, 2, trace).await?.is_empty() {
            return Err(bad_response("a chunk is longer than its size", "HPE_STRICT"));
        }
    }
    // Trailers are read to find the end, and dropped.
    let mut room = request.max_header_bytes;
    loop {
        let line = read_line(conn, out, room, trace).await?;
        if line.is_empty() {
            return Ok(false);
        }
        room = room.saturating_sub(line.len() + 2);
    }
}

/// A line without its line break. `most` is the longest accepted.
async fn read_line(conn: &mut Http1, out: &mut Outgoing, most: usize, trace: &mut Trace) -> Result<Vec<u8>, Failure> {
    let mut scanned = 0;
    loop {
        if let Some(offset) = conn.input[scanned..].iter().position(|&byte| byte == b'\n') {
            let line = conn.input.split_to(scanned + offset + 1);
            let bare = &line[..line.len() - 1];
            let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
            return if bare.len() > most {
                Err(line_too_long())
            } else {
                Ok(bare.to_vec())
            };
        }
        scanned = conn.input.len();
        if scanned > most + 1 {
            return Err(line_too_long());
        }
        if conn.fill(out, trace).await? == 0 {
            return Err(closed_early(trace));
        }
    }
}

fn line_too_long() -> Failure {
    bad_response("the lines of its chunked body are too long or too many", "HPE_INVALID_CHUNK_SIZE")
}

fn chunk_size(line: &[u8]) -> Result<u64, Failure> {
    let wrong = || bad_response("a chunk's size is wrong", "HPE_INVALID_CHUNK_SIZE");
    let digits = line.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(wrong());
    }
    let text = std::str::from_utf8(digits).map_err(|_| wrong())?;
    u64::from_str_radix(text, 16).map_err(|_| wrong())
}
