//! The ways in which receivers misbehave, each with the code that its attempt is recorded by.

use std::io::Write as _;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder},
};
use store::tables::attempts::Attempt;

use crate::case::{Case, answers, case, floods, truncated};

/// Those that take their time.
pub fn slow() -> Vec<Case> {
    vec![
        case("never-answers", "timeout_headers", |mut line| async move {
            line.wait_for_the_end().await
        }),
        case("answers-when-it-is-too-late", "timeout_headers", |mut line| async move {
            line.wait_for_the_end().await;
            line.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        }),
        case("drips-its-body", "timeout_body", |mut line| async move {
            line.request().await;
            line.say("HTTP/1.1 200 OK\r\n\r\n").await;
            line.drip(b'.').await;
        }),
        case("drips-chunks", "timeout_body", |mut line| async move {
            line.request().await;
            line.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            line.drip(b'0').await;
        }),
        case("drips-its-headers", "timeout_headers", |mut line| async move {
            line.request().await;
            line.say("HTTP/1.1 200 OK\r\nX-Slow: ").await;
            line.drip(b'y').await;
        }),
        case("promises-more-than-it-sends", "timeout_body", |mut line| async move {
            line.request().await;
            line.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok").await;
            line.wait_for_the_end().await;
        }),
        case("accepts-and-shakes-no-hand", "tls_timeout", |mut line| async move {
            line.wait_for_the_end().await
        })
        .false_tls(),
    ]
}

/// Those that break off, or break the rules.
pub fn breaking() -> Vec<Case> {
    vec![
        case("half-closes", "closed", |mut line| async move {
            line.half_close().await;
            line.wait_for_the_end().await;
        }),
        case("half-closes-in-its-body", "closed", |mut line| async move {
            line.request().await;
            line.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok").await;
            line.half_close().await;
            line.wait_for_the_end().await;
        }),
        case("resets-in-the-request", "reset", |mut line| async move {
            line.hear().await;
            line.reset();
        }),
        case("resets-in-the-body", "reset", |mut line| async move {
            line.request().await;
            line.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok").await;
            line.reset();
        }),
        answers("is-no-http", "bad_response", "SSH-2.0-OpenSSH_9.6\r\n"),
        answers(
            "names-two-lengths",
            "bad_response",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
        ),
        answers(
            "has-a-control-character-in-a-header",
            "bad_response",
            b"HTTP/1.1 200 OK\r\nX-Odd: a\x01b\r\n\r\n",
        ),
        answers("has-a-nul-in-a-header", "bad_response", b"HTTP/1.1 200 OK\r\nX-Odd: a\0b\r\n\r\n"),
        answers(
            "has-a-blank-in-a-header-name",
            "bad_response",
            "HTTP/1.1 200 OK\r\nX Odd: a\r\n\r\n",
        ),
        answers(
            "changes-the-protocol",
            "http_status",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        )
        .which(|attempt| assert_eq!(attempt.status_code, Some(101))),
        answers(
            "has-latin-1-in-a-header",
            "ok",
            b"HTTP/1.1 200 OK\r\nX-Odd: caf\xe9\r\nContent-Length: 0\r\n\r\n",
        )
        .which(|attempt| {
            let shown = attempt.response_headers.as_ref().unwrap();
            assert!(shown.contains(&("X-Odd".to_owned(), "caf\u{fffd}".to_owned())), "{shown:?}");
        }),
        answers(
            "has-interim-answers",
            "ok",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        )
        .which(|attempt| assert_eq!(attempt.status_code, Some(204))),
    ]
}

/// Those that send too much.
pub fn large() -> Vec<Case> {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut headers = "HTTP/1.1 200 OK\r\n".to_owned();
    for number in 0..10_000 {
        headers.push_str(&format!("X-{number}: y\r\n"));
    }
    let one_header = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(1_000_000));
    vec![
        floods(
            "has-ten-gigabytes",
            "ok",
            "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n",
            "x",
        )
        .which(truncated),
        floods("has-no-end", "ok", "HTTP/1.1 200 OK\r\n\r\n", "x").which(truncated),
        floods("has-chunks-without-end", "ok", CHUNKED, "5\r\nhello\r\n").which(truncated),
        floods("has-a-chunk-size-without-end", "bad_response", CHUNKED, "1"),
        floods(
            "has-trailers-without-end",
            "bad_response",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            "X: y\r\n",
        ),
        floods(
            "has-headers-without-end",
            "header_too_large",
            "HTTP/1.1 200 OK\r\n",
            "X-More: y\r\n",
        ),
        floods(
            "has-interim-answers-without-end",
            "bad_response",
            "",
            "HTTP/1.1 102 Processing\r\n\r\n",
        ),
        answers("has-a-megabyte-of-headers", "header_too_large", one_header),
        answers("has-ten-thousand-headers", "header_too_large", headers + "\r\n"),
        answers("has-a-gzip-bomb", "ok", encoded("gzip", gzip(&[0; 64 * 1024 * 1024]))).which(counted_as_it_came),
        answers("has-a-deflate-bomb", "ok", encoded("deflate", deflate(&[0; 64 * 1024 * 1024]))).which(counted_as_it_came),
        // No encoder is at hand, and none is needed: what is not decoded may be anything.
        answers("has-a-brotli-bomb", "ok", encoded("br", vec![0x5b; 60_000])).which(counted_as_it_came),
        answers("has-any-bytes", "ok", [b"HTTP/1.1 200 OK\r\n\r\n", &ODD[..]].concat())
            .which(|attempt| assert_eq!(attempt.response_body.as_deref(), Some(&ODD[..]))),
    ]
}

/// NUL, no UTF-8, half a character.
const ODD: [u8; 9] = [0, b'a', 0, 0xff, 0xfe, 0xc3, b'"', b'\\', 0xe2];

pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: Vec<u8>) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// No encoding is offered, so none is undone.
fn counted_as_it_came(attempt: &Attempt) {
    let offered = attempt
        .request_headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"));
    let declared = attempt.response_headers.iter().flatten();
    let declared = declared
        .clone()
        .find(|(name, _)| name == "Content-Length")
        .unwrap()
        .1
        .parse::<usize>()
        .unwrap();
    assert!(!offered);
    assert_eq!(attempt.response_body.as_ref().unwrap().len(), declared.min(64 * 1024));
}
