//! A body in chunks (RFC 9112, section 7.1), read as tolerantly or strictly as the caller wants. Node.js has its own
//! ideas of both; its codes are kept.

use bytes::{Buf, Bytes};

use super::encode::Outgoing;
use super::framing::read_length;
use super::{Http1, bad_response, closed_early, node};
use crate::body::{Collector, Flow};
use crate::error::Failure;
use crate::exchange::{Parsing, Request};
use crate::trace::Trace;

/// A chunk's size line, with its extensions, may not be longer than this.
const MAX_CHUNK_LINE: usize = 1024;

/// Reads the chunks. `true` if there was more than the collector wants.
pub(super) async fn read(
    conn: &mut Http1,
    out: &mut Outgoing,
    collector: &mut Collector,
    request: &Request,
    trace: &mut Trace,
) -> Result<bool, Failure> {
    let parsing = request.parsing;
    loop {
        let line = read_line(conn, out, MAX_CHUNK_LINE, trace).await?;
        let size = chunk_size(line.text(parsing, "HPE_CR_EXPECTED")?, parsing)?;
        if size == 0 {
            break;
        }
        if read_length(conn, out, size, collector, trace).await? == Flow::Full {
            return Ok(true);
        }
        end_chunk(conn, out, parsing, trace).await?;
    }
    // Trailers are read to find the end, and dropped.
    let mut room = request.max_header_bytes;
    loop {
        let line = read_line(conn, out, room, trace).await?;
        let text = line.text(parsing, "HPE_INVALID_HEADER_TOKEN")?;
        if text.is_empty() {
            return Ok(false);
        }
        if parsing != Parsing::Tolerant {
            node::check_trailer(&Bytes::copy_from_slice(text), parsing == Parsing::Lenient)?;
        }
        room = room.saturating_sub(text.len() + 2);
    }
}

/// The line break after a chunk's data, which Node's lenient parser does not insist on.
async fn end_chunk(conn: &mut Http1, out: &mut Outgoing, parsing: Parsing, trace: &mut Trace) -> Result<(), Failure> {
    while conn.input.is_empty() || (conn.input[..] == b"\r"[..]) {
        if conn.fill(out, trace).await? == 0 {
            return Err(closed_early(trace));
        }
    }
    let length = match (&conn.input[..], parsing) {
        ([b'\r', b'\n', ..], _) => 2,
        ([b'\n', ..], Parsing::Strict) => return Err(bare_feed("HPE_CR_EXPECTED")),
        ([b'\n', ..], _) => 1,
        (_, Parsing::Lenient) => 0,
        _ => return Err(bad_response("a chunk is longer than its size", "HPE_STRICT")),
    };
    conn.input.advance(length);
    Ok(())
}

/// A line without its line feed.
struct Line(Vec<u8>);

impl Line {
    /// The line without its carriage return, which must be there when strict; `code` is for when it is not.
    fn text(&self, parsing: Parsing, code: &'static str) -> Result<&[u8], Failure> {
        match self.0.strip_suffix(b"\r") {
            Some(bare) => Ok(bare),
            None if parsing == Parsing::Strict => Err(bare_feed(code)),
            None => Ok(&self.0),
        }
    }
}

fn bare_feed(code: &'static str) -> Failure {
    bad_response("a line ends without a carriage return", code)
}

/// The next line. `most` is the longest accepted.
async fn read_line(conn: &mut Http1, out: &mut Outgoing, most: usize, trace: &mut Trace) -> Result<Line, Failure> {
    let mut scanned = 0;
    loop {
        if let Some(offset) = conn.input[scanned..].iter().position(|&byte| byte == b'\n') {
            let line = conn.input.split_to(scanned + offset + 1);
            let line = Line(line[..line.len() - 1].to_vec());
            return if line.text(Parsing::Tolerant, "")?.len() > most {
                Err(line_too_long())
            } else {
                Ok(line)
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

fn chunk_size(line: &[u8], parsing: Parsing) -> Result<u64, Failure> {
    let wrong = || bad_response("a chunk's size is wrong", "HPE_INVALID_CHUNK_SIZE");
    let (mut digits, extensions) = match line.iter().position(|&byte| byte == b';') {
        Some(at) => (&line[..at], &line[at + 1..]),
        None => (line, &[][..]),
    };
    match parsing {
        Parsing::Tolerant => digits = digits.trim_ascii(),
        Parsing::Lenient => digits = digits.trim_ascii_end(),
        Parsing::Strict => {}
    }
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(wrong());
    }
    if parsing != Parsing::Tolerant && !are_extensions(extensions) {
        return Err(bad_response("a chunk's extension is wrong", "HPE_STRICT"));
    }
    let text = std::str::from_utf8(digits).map_err(|_| wrong())?;
    u64::from_str_radix(text, 16).map_err(|_| wrong())
}

/// `name`, `name=value` and `name="quoted"`, separated by `;` (RFC 9112, 7.1.1, without its blanks).
fn are_extensions(mut rest: &[u8]) -> bool {
    let token = |text: &[u8]| text.iter().take_while(|&&byte| is_token_byte(byte)).count();
    loop {
        rest = &rest[token(rest)..];
        if let [b'=', value @ ..] = rest {
            rest = match value {
                [b'"', quoted @ ..] => match after_quoted(quoted) {
                    Some(after) => after,
                    None => return false,
                },
                _ => &value[token(value)..],
            };
        }
        match rest {
            [] => return true,
            [b';', next @ ..] => rest = next,
            _ => return false,
        }
    }
}

fn after_quoted(text: &[u8]) -> Option<&[u8]> {
    let mut escaped = false;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'"' if !escaped => return Some(&text[at + 1..]),
            b'\\' if !escaped => escaped = true,
            b'\t' | b' '..=b'~' | 0x80.. => escaped = false,
            _ => return None,
        }
    }
    None
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_extensions_are_judged_as_node_does() {
        let size = |line: &[u8], parsing| chunk_size(line, parsing).map_err(|failure| failure.node_code());
        for good in [&b"2"[..], b"2;a", b"2;a=b;c=\"d \\\" e\"", b"2;"] {
            assert_eq!(size(good, Parsing::Strict), Ok(2), "{good:?}");
        }
        for bad in [&b"2;a b"[..], b"2;(", b"2;a=\x01", b"2;a=\"b"] {
            assert_eq!(size(bad, Parsing::Lenient), Err("HPE_STRICT"), "{bad:?}");
            assert_eq!(size(bad, Parsing::Tolerant), Ok(2));
        }
        assert_eq!(size(b"2 ;a", Parsing::Lenient), Ok(2));
        for bad in [&b"2 "[..], b" 2", b"", b"0x2", b"12345678901234567"] {
            assert_eq!(size(bad, Parsing::Strict), Err("HPE_INVALID_CHUNK_SIZE"), "{bad:?}");
        }
    }
}
