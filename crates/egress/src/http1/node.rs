//! The head of a response as Node.js reads it, strictly or with its `insecureHTTPParser`: what the reference runner
//! refuses is refused here with the same code, and what it lets pass, passes.

use bytes::Bytes;

use super::bad_response;
use super::head::{Head, too_large};
use crate::error::Failure;

/// The fields whose names the lenient parser knows, and may be followed by blanks.
const KNOWN: [&str; 5] = ["connection", "content-length", "proxy-connection", "transfer-encoding", "upgrade"];

/// Parses a complete head, its empty line included.
pub(super) fn parse(block: &Bytes, max_headers: usize, lenient: bool) -> Result<Head, Failure> {
    let mut lines = Lines { block, at: 0, lenient };
    let (status, reason, minor) = status_line(lines.next(true)?, lenient)?;
    let mut headers: Vec<(String, Bytes)> = Vec::new();
    loop {
        let line = lines.next(false)?;
        if line.is_empty() {
            break;
        }
        let folded = matches!(line[0], b' ' | b'\t');
        if folded && (!lenient || !headers.is_empty()) {
            unfold(&mut headers, &line, lenient)?;
            continue;
        }
        // Before the first field the lenient parser passes over blanks.
        let line = line.slice_ref(line.trim_ascii_start());
        if headers.len() == max_headers {
            return Err(too_large());
        }
        headers.push(field(&line, lenient)?);
    }
    Ok(Head::new(status, reason, minor, headers))
}

/// A trailer section's line: nothing of it is kept.
pub(super) fn check_trailer(line: &Bytes, lenient: bool) -> Result<(), Failure> {
    if lenient && matches!(line.first(), Some(b' ' | b'\t')) {
        return Ok(());
    }
    field(line, lenient).map(drop)
}

/// The lines of a head without their breaks.
struct Lines<'b> {
    block: &'b Bytes,
    at: usize,
    lenient: bool,
}

impl Lines<'_> {
    fn next(&mut self, first: bool) -> Result<Bytes, Failure> {
        let rest = &self.block[self.at..];
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let line = &rest[..end];
        let bare = line.strip_suffix(b"\r");
        if bare.is_none() && !self.lenient {
            return Err(if line.is_empty() && !first {
                wrong_field()
            } else {
                bad_response("a line ends without a carriage return", "HPE_CR_EXPECTED")
            });
        }
        let line = self.block.slice_ref(bare.unwrap_or(line));
        if line.contains(&b'\r') {
            let code = match (first, self.lenient) {
                (false, _) => "HPE_LF_EXPECTED",
                (true, false) => "HPE_STRICT",
                (true, true) => "HPE_INVALID_HEADER_TOKEN",
            };
            return Err(bad_response("a carriage return stands within a line", code));
        }
        self.at += end + 1;
        Ok(line)
    }
}

/// `HTTP/1.1 200 OK`: status, reason, and the minor version that tells whether connections are kept.
fn status_line(line: Bytes, lenient: bool) -> Result<(u16, String, u8), Failure> {
    let wrong_version = || bad_response("its version is unknown", "HPE_INVALID_VERSION");
    let wrong_status = || bad_response("its status line is wrong", "HPE_INVALID_STATUS");
    let rest = line
        .strip_prefix(b"HTTP/")
        .ok_or_else(|| bad_response("it does not begin with `HTTP/`", "HPE_INVALID_CONSTANT"))?;
    let [major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9', b' ', rest @ ..] = rest else {
        return Err(wrong_version());
    };
    if !lenient && !matches!((major, minor), (b'0', b'9') | (b'1', b'0' | b'1') | (b'2', b'0')) {
        return Err(wrong_version());
    }
    let [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] = rest else {
        return Err(wrong_status());
    };
    let digit = |byte: &u8| u16::from(byte - b'0');
    let status = digit(a) * 100 + digit(b) * 10 + digit(c);
    let reason = match rest {
        [] => &[][..],
        [b' ', reason @ ..] => reason,
        _ => return Err(wrong_status()),
    };
    let keeps = u8::from(*major >= b'1' && *minor >= b'1');
    Ok((status, String::from_utf8_lossy(reason).into_owned(), keeps))
}

fn wrong_field() -> Failure {
    bad_response("a header is wrong", "HPE_INVALID_HEADER_TOKEN")
}

fn field(line: &Bytes, lenient: bool) -> Result<(String, Bytes), Failure> {
    let colon = line.iter().position(|&byte| byte == b':').ok_or_else(wrong_field)?;
    let given = std::str::from_utf8(&line[..colon]).map_err(|_| wrong_field())?;
    let mut name = given;
    if lenient && KNOWN.iter().any(|known| given.trim_end_matches(' ').eq_ignore_ascii_case(known)) {
        name = given.trim_end_matches(' ');
    }
    if !crate::exchange::is_token(name) {
        return Err(wrong_field());
    }
    let value = line[colon + 1..].trim_ascii();
    if !lenient && value.iter().any(|&byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
        return Err(wrong_field());
    }
    Ok((name.to_owned(), line.slice_ref(value)))
}

/// A line that begins with a blank goes on with the value before it (RFC 9112, 5.2).
fn unfold(headers: &mut [(String, Bytes)], line: &Bytes, lenient: bool) -> Result<(), Failure> {
    match headers.last_mut() {
        Some((_, value)) if lenient => {
            *value = [value, &line[..]].concat().trim_ascii().to_vec().into();
            Ok(())
        }
        Some(_) => Err(wrong_field()),
        None => Err(bad_response("its headers begin with a blank", "HPE_UNEXPECTED_SPACE")),
    }
}
