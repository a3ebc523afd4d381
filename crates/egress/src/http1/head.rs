//! The head of a response: finding its end without reading it again at every drip, and parsing it strictly.

use bytes::Bytes;

use super::bad_response;
use super::encode::has_token;
use crate::error::{Failure, FailureCode};
use crate::exchange::Parsing;

/// A parsed head.
pub(super) struct Head {
    pub status: u16,
    pub reason: String,
    pub minor: u8,
    pub headers: Vec<(String, Bytes)>,
    pub keep_alive: bool,
}

impl Head {
    pub fn new(status: u16, reason: String, minor: u8, headers: Vec<(String, Bytes)>) -> Self {
        let mut head = Self {
            status,
            reason,
            minor,
            headers,
            keep_alive: false,
        };
        let (mut close, mut keep) = (false, false);
        for value in head.values("connection") {
            close |= has_token(value, "close");
            keep |= has_token(value, "keep-alive");
        }
        head.keep_alive = !close && (minor > 0 || keep) && status != 101;
        head
    }

    /// The values of a field, those that are text.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(given, _)| given.eq_ignore_ascii_case(name))
            .filter_map(|(_, value)| std::str::from_utf8(value).ok())
    }

    pub fn value<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.values(name).next()
    }
}

/// How many line breaks stand before the head, where those are passed over.
pub(super) fn blank_start(input: &[u8]) -> usize {
    input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// The length of the head if it is complete. `scanned` remembers how far earlier calls have looked.
pub(super) fn find_end(input: &[u8], scanned: &mut usize) -> Result<Option<usize>, Failure> {
    let known = input.len().min(5);
    if input[..known] != b"HTTP/"[..known] {
        return Err(bad_response("it does not begin with `HTTP/`", "HPE_INVALID_CONSTANT"));
    }
    let mut at = *scanned;
    while let Some(offset) = input[at..].iter().position(|&byte| byte == b'\n') {
        let line_end = at + offset;
        match input[line_end + 1..] {
            [b'\n', ..] => return Ok(Some(line_end + 2)),
            [b'\r', b'\n', ..] => return Ok(Some(line_end + 3)),
            // What follows the line break is not here yet: look at it again next time.
            [] | [b'\r'] => {
                *scanned = line_end;
                return Ok(None);
            }
            _ => at = line_end + 1,
        }
    }
    *scanned = input.len();
    Ok(None)
}

pub(super) fn too_large() -> Failure {
    Failure::new(
        FailureCode::HeaderTooLarge,
        "the response's headers are larger or more than allowed; check the receiver",
    )
}

/// Parses a complete head.
pub(super) fn parse(block: &Bytes, max_headers: usize, parsing: Parsing) -> Result<Head, Failure> {
    if parsing != Parsing::Tolerant {
        return super::node::parse(block, max_headers, parsing == Parsing::Lenient);
    }
    if max_headers <= 128 {
        parse_into(block, &mut [httparse::EMPTY_HEADER; 128][..max_headers])
    } else {
        parse_into(block, &mut vec![httparse::EMPTY_HEADER; max_headers])
    }
}

fn parse_into<'b>(block: &'b Bytes, fields: &mut [httparse::Header<'b>]) -> Result<Head, Failure> {
    let mut parsed = httparse::Response::new(fields);
    match parsed.parse(block) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(bad_response("its headers break off", "HPE_INVALID_HEADER_TOKEN")),
        Err(error) => return Err(parse_failure(error)),
    }
    let (Some(status), Some(minor)) = (parsed.code, parsed.version) else {
        return Err(bad_response("its status line is incomplete", "HPE_INVALID_STATUS"));
    };
    if status < 100 {
        return Err(bad_response("its status is below 100", "HPE_INVALID_STATUS"));
    }
    let headers: Vec<(String, Bytes)> = parsed
        .headers
        .iter()
        .map(|field| (field.name.to_owned(), block.slice_ref(field.value)))
        .collect();
    Ok(Head::new(status, parsed.reason.unwrap_or_default().to_owned(), minor, headers))
}

fn parse_failure(error: httparse::Error) -> Failure {
    match error {
        httparse::Error::TooManyHeaders => too_large(),
        httparse::Error::Version => bad_response("its version is unknown", "HPE_INVALID_VERSION"),
        httparse::Error::Status => bad_response("its status line is wrong", "HPE_INVALID_STATUS"),
        httparse::Error::NewLine => bad_response("a line does not end as it must", "HPE_LF_EXPECTED"),
        _ => bad_response("a header is wrong", "HPE_INVALID_HEADER_TOKEN"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However the bytes are cut into reads, the same end is found, and never before the head is complete.
        #[test]
        fn the_end_does_not_depend_on_the_cuts(
            text in "HTTP/1\\.1 200 OK\r?\n([a-z]{1,3}: ?[ -~]{0,4}\r?\n){0,3}\r?\n[ -~\r\n]{0,6}",
        ) {
            let bytes = text.as_bytes();
            let whole = find_end(bytes, &mut 0).unwrap().unwrap();
            let mut scanned = 0;
            for length in 0..whole {
                prop_assert_eq!(find_end(&bytes[..length], &mut scanned).unwrap(), None);
            }
            prop_assert_eq!(find_end(&bytes[..whole], &mut scanned).unwrap(), Some(whole));
            prop_assert_eq!(parse(&Bytes::copy_from_slice(&bytes[..whole]), 100, Parsing::Tolerant).unwrap().status, 200);
        }

        /// Whatever a receiver sends, it is judged and nothing panics.
        #[test]
        fn any_bytes_are_judged(mut tail in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut bytes = b"HTTP/1.1 200 ".to_vec();
            bytes.append(&mut tail);
            bytes.extend_from_slice(b"\r\n\r\n");
            let end = find_end(&bytes, &mut 0).unwrap().unwrap();
            let block = Bytes::from(bytes).slice(..end);
            for parsing in [Parsing::Tolerant, Parsing::Strict, Parsing::Lenient] {
                if let Ok(head) = parse(&block, 100, parsing) {
                    prop_assert_eq!(head.status, 200);
                }
            }
        }
    }
}
