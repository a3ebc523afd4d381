//! Receivers that misbehave over HTTP/2: they leave, refuse, stall, flood, and break its rules.

use std::sync::Arc;

use store::tables::attempts::Attempt;

use crate::{
    case::{Case, case, truncated},
    certificates::{Authority, leaf, server},
    frames::{
        CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PUSH_PROMISE, RST_STREAM, SETTINGS, Talk, WINDOW_UPDATE, body,
        frame, header, headers, setting,
    },
    misbehaviours::gzip,
    raw::Line,
};

const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;

/// All of them.
pub fn over_http2(authority: &Authority) -> Vec<Case> {
    let mut config = (*server(&leaf("localhost", Some(authority), |_| {}), None)).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let config = Arc::new(config);
    [leaving(), stalling(), flooding(), large(), unruly(), odd()]
        .into_iter()
        .flatten()
        .map(|case| case.tls(Arc::clone(&config)))
        .collect()
}

/// Takes a request, says this, and hangs up.
fn answers(name: &'static str, code: &'static str, bytes: Vec<u8>) -> Case {
    case(name, code, move |line| {
        let bytes = bytes.clone();
        async move {
            let mut talk = Talk::asked(line).await;
            talk.say(bytes).await;
            talk.hang_up().await;
        }
    })
}

/// Takes a request, says this, and waits until it is given up.
fn stays(name: &'static str, code: &'static str, bytes: Vec<u8>) -> Case {
    case(name, code, move |line| {
        let bytes = bytes.clone();
        async move {
            let mut talk = Talk::asked(line).await;
            talk.say(bytes).await;
            talk.wait().await;
        }
    })
}

/// Takes a request, begins with `head`, and goes on with `piece` whatever it is told.
fn floods(name: &'static str, code: &'static str, head: Vec<u8>, piece: Vec<u8>) -> Case {
    case(name, code, move |line| {
        let (head, piece) = (head.clone(), piece.clone());
        async move {
            let mut talk = Talk::asked(line).await;
            talk.say(head).await;
            talk.flood(piece).await;
        }
    })
}

fn ok() -> Vec<u8> {
    headers(0, "200", &[])
}

fn goes_away(last: u32, reason: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, [last.to_be_bytes(), reason.to_be_bytes()].concat())
}

fn resets(reason: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, 1, reason.to_be_bytes())
}

fn leaving() -> Vec<Case> {
    vec![
        case("h2-goes-away-at-once", "closed", |line: Line| async move {
            let mut talk = Talk::begin(line, &[]).await;
            talk.say(goes_away(0, NO_ERROR)).await;
            talk.hang_up().await;
        }),
        case("h2-hangs-up-after-the-preface", "closed", |line| async move {
            Talk::silent(line).await.hang_up().await;
        }),
        answers("h2-goes-away-in-the-request", "closed", goes_away(0, INTERNAL_ERROR)),
        answers(
            "h2-goes-away-in-the-body",
            "closed",
            [ok(), body(b"o"), goes_away(1, INTERNAL_ERROR)].concat(),
        ),
        answers(
            "h2-goes-away-and-answers",
            "ok",
            [goes_away(1, NO_ERROR), ok(), frame(DATA, END_STREAM, 1, "ok")].concat(),
        ),
        answers("h2-hangs-up-in-the-body", "closed", [ok(), body(b"o")].concat()),
        answers("h2-resets-the-stream", "reset", resets(INTERNAL_ERROR)),
        answers("h2-refuses-the-stream", "reset", resets(REFUSED_STREAM)),
        answers(
            "h2-resets-in-the-body",
            "reset",
            [ok(), body(b"o"), resets(INTERNAL_ERROR)].concat(),
        ),
    ]
}

fn stalling() -> Vec<Case> {
    vec![
        stays("h2-never-answers", "timeout_headers", Vec::new()),
        case("h2-never-speaks", "timeout_headers", |line| async move {
            Talk::silent(line).await.wait_in_silence().await;
        })
        .alone(),
        // Long before the time limit.
        case("h2-answers-no-ping", "closed", |line| async move {
            Talk::silent(line).await.wait_in_silence().await;
        }),
        case("h2-has-no-window", "timeout_headers", |line| async move {
            let mut talk = Talk::begin(line, &setting(4, 0)).await;
            talk.request(END_HEADERS).await;
            talk.wait().await;
        }),
        case("h2-allows-no-streams", "timeout_headers", |line| async move {
            Talk::begin(line, &setting(3, 0)).await.wait().await;
        })
        .kept(),
        case("h2-stops-in-its-headers", "timeout_headers", |line| async move {
            let mut talk = Talk::asked(line).await;
            talk.say(frame(HEADERS, 0, 1, header(":status", "200"))).await;
            talk.wait_in_silence().await;
        })
        .alone(),
        stays("h2-stops-in-its-body", "timeout_body", [ok(), body(b"o")].concat()),
        case("h2-drips-its-body", "timeout_body", |line| async move {
            let mut talk = Talk::asked(line).await;
            talk.say(ok()).await;
            talk.drip(body(b".")).await;
        })
        .alone(),
        case("h2-drips-interim-answers", "timeout_headers", |line| async move {
            Talk::asked(line).await.drip(headers(0, "102", &[])).await;
        })
        .alone(),
    ]
}

fn flooding() -> Vec<Case> {
    let settings = frame(SETTINGS, 0, 0, setting(4, 65_535));
    vec![
        floods("h2-floods-settings", "bad_response", Vec::new(), settings),
        floods("h2-floods-pings", "bad_response", Vec::new(), frame(PING, 0, 0, [7; 8])),
        floods("h2-floods-unknown-frames", "bad_response", Vec::new(), frame(99, 0, 0, [7; 64])),
        floods("h2-floods-interim-answers", "bad_response", Vec::new(), headers(0, "102", &[])),
        floods("h2-floods-empty-data", "closed", ok(), frame(DATA, 0, 1, [])),
        // It does not care how much it may send.
        floods("h2-floods-its-body", "ok", ok(), body(&[b'x'; 16_384])).which(truncated),
        stays("h2-has-more-than-is-kept", "ok", [ok(), body(&[b'x'; 200_000])].concat()).which(truncated),
        floods(
            "h2-floods-continuations",
            "header_too_large",
            frame(HEADERS, 0, 1, header(":status", "200")),
            frame(CONTINUATION, 0, 1, header("x", "y")),
        ),
        floods(
            "h2-floods-empty-continuations",
            "header_too_large",
            frame(HEADERS, 0, 1, header(":status", "200")),
            frame(CONTINUATION, 0, 1, []),
        ),
    ]
}

fn large() -> Vec<Case> {
    let many = |count| {
        (0..count)
            .flat_map(|number| header(&format!("x-{number}"), "y"))
            .collect::<Vec<u8>>()
    };
    let one = header("x", &"y".repeat(1_000_000));
    vec![
        answers("h2-has-a-megabyte-of-headers", "header_too_large", headers(END_STREAM, "200", &one)),
        answers(
            "h2-has-ten-thousand-headers",
            "header_too_large",
            headers(END_STREAM, "200", &many(10_000)),
        ),
        answers(
            "h2-has-two-hundred-headers",
            "header_too_large",
            headers(END_STREAM, "200", &many(200)),
        ),
        answers(
            "h2-has-a-hundred-kilobytes-of-headers",
            "header_too_large",
            headers(END_STREAM, "200", &header("x", &"y".repeat(100_000))),
        ),
    ]
}

fn unruly() -> Vec<Case> {
    let bad = |name, bytes| answers(name, "bad_response", bytes);
    vec![
        bad("h2-answers-on-no-stream", frame(HEADERS, END_HEADERS, 0, header(":status", "200"))),
        bad("h2-answers-nobody", frame(HEADERS, END_HEADERS, 99, header(":status", "200"))),
        bad("h2-begins-with-its-body", body(b"ok")),
        bad("h2-has-a-frame-too-large", frame(DATA, 0, 1, vec![0; 1_000_000])),
        bad("h2-has-a-frame-too-short", frame(PING, 0, 0, [7; 3])),
        bad("h2-cannot-compress", frame(HEADERS, END_HEADERS | END_STREAM, 1, [0xff; 40])),
        bad("h2-has-no-status", frame(HEADERS, END_HEADERS | END_STREAM, 1, header("x", "y"))),
        bad("h2-has-capitals-in-a-header", headers(END_STREAM, "200", &header("X-Odd", "y"))),
        bad("h2-has-a-nul-in-a-header", headers(END_STREAM, "200", &header("x-odd", "a\0b"))),
        bad(
            "h2-sends-less-than-it-says",
            [headers(0, "200", &header("content-length", "99")), frame(DATA, END_STREAM, 1, "ok")].concat(),
        ),
        bad(
            "h2-sends-more-than-it-says",
            [headers(0, "200", &header("content-length", "1")), frame(DATA, END_STREAM, 1, "ok")].concat(),
        ),
        bad(
            "h2-pushes",
            frame(PUSH_PROMISE, END_HEADERS, 1, [&[0, 0, 0, 2][..], &header(":path", "/")].concat()),
        ),
        bad(
            "h2-opens-its-window-too-far",
            frame(WINDOW_UPDATE, 0, 0, 0x7fff_ffff_u32.to_be_bytes()).repeat(2),
        ),
        case("h2-speaks-http-1", "bad_response", |line: Line| async move {
            let mut talk = Talk::asked_in_silence(line).await;
            talk.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
            talk.hang_up().await;
        }),
    ]
}

/// Those that are odd, and within their rights.
fn odd() -> Vec<Case> {
    let bomb = [
        headers(0, "200", &header("content-encoding", "gzip")),
        body(&gzip(&[0; 64 * 1024 * 1024])),
    ]
    .concat();
    vec![
        answers(
            "h2-has-interim-answers",
            "ok",
            [
                headers(0, "100", &[]),
                headers(0, "103", &header("link", "</a>")),
                headers(END_STREAM, "204", &[]),
            ]
            .concat(),
        )
        .which(|attempt| assert_eq!((attempt.status_code, attempt.http_version.as_deref()), (Some(204), Some("HTTP/2")))),
        answers(
            "h2-sends-frames-that-nobody-knows",
            "ok",
            [frame(99, 7, 1, "what"), headers(END_STREAM, "204", &[])].concat(),
        ),
        answers(
            "h2-has-trailers",
            "ok",
            [ok(), body(b"ok"), frame(HEADERS, END_HEADERS | END_STREAM, 1, header("x-end", "y"))].concat(),
        ),
        answers("h2-has-a-gzip-bomb", "ok", [bomb, frame(DATA, END_STREAM, 1, [])].concat()).which(kept_as_it_came),
        case("h2-answers-before-it-is-asked-all", "ok", |line| async move {
            let mut talk = Talk::begin(line, &setting(4, 0)).await;
            talk.request(END_HEADERS).await;
            talk.say([headers(END_STREAM, "204", &[]), resets(NO_ERROR)].concat()).await;
            talk.hang_up().await;
        }),
        case("h2-allows-one-stream", "ok", |line| async move {
            let mut talk = Talk::begin(line, &setting(3, 1)).await;
            talk.request(END_STREAM).await;
            talk.say(headers(END_STREAM, "204", &[])).await;
            talk.hang_up().await;
        }),
    ]
}

/// No encoding is offered, so none is undone.
fn kept_as_it_came(attempt: &Attempt) {
    let body = attempt.response_body.as_ref().unwrap();
    assert!(body.starts_with(&[0x1f, 0x8b]) && body.len() <= 64 * 1024);
    assert!(
        !attempt
            .request_headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"))
    );
}
