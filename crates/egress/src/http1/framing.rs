//! Where a response's body ends (RFC 9112, section 6.3), and reading it up to there or up to the cap.

use bytes::Buf;

use super::encode::Outgoing;
use super::head::Head;
use super::{Http1, bad_response, chunked, closed_early};
use crate::body::{Collector, Flow};
use crate::error::Failure;
use crate::exchange::{Parsing, Request};
use crate::trace::Trace;

/// How the end of the body is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Framing {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

impl Framing {
    pub fn of(method: &str, head: &Head, parsing: Parsing) -> Result<Self, Failure> {
        if method == "HEAD" || head.status < 200 || matches!(head.status, 204 | 304) {
            return Ok(Self::None);
        }
        if parsing != Parsing::Tolerant {
            check_lengths(head, parsing)?;
        }
        if let Some(codings) = head.values("transfer-encoding").last() {
            let last = codings.rsplit(',').next().unwrap_or_default();
            return Ok(if last.trim().eq_ignore_ascii_case("chunked") {
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

/// What Node.js refuses of the fields that tell the body's end: a length twice or in a list, and, when strict, beside
/// a transfer coding.
fn check_lengths(head: &Head, parsing: Parsing) -> Result<(), Failure> {
    let (mut length, mut coding) = (false, false);
    for (name, value) in &head.headers {
        if name.eq_ignore_ascii_case("content-length") {
            if length {
                return Err(bad_response("it has two Content-Length", "HPE_UNEXPECTED_CONTENT_LENGTH"));
            }
            if (coding && parsing == Parsing::Strict) || value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
                let why = if coding {
                    "it has a Content-Length beside a Transfer-Encoding"
                } else {
                    "its Content-Length is wrong"
                };
                return Err(bad_response(why, "HPE_INVALID_CONTENT_LENGTH"));
            }
            length = true;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            if length && parsing == Parsing::Strict {
                let why = "it has a Transfer-Encoding beside a Content-Length";
                return Err(bad_response(why, "HPE_INVALID_TRANSFER_ENCODING"));
            }
            coding = true;
        }
    }
    Ok(())
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
        Framing::Chunked => chunked::read(conn, out, collector, request, trace).await,
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

pub(super) async fn read_length(
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
