//! Receivers that misbehave in every way we could think of, side by side: each attempt is recorded by its stable code,
//! little is read of each, and a healthy webhook beside them gets all of its deliveries while some of them still hang.

use std::{collections::HashMap, io::Write as _, sync::Arc};

use domain::webhook::WebhookOptions;
use flate2::{Compression, write::{DeflateEncoder, GzEncoder}};
use rustls::ServerConfig;
use serde_json::Value;
use store::{
    tables::{
        attempts::{self, Attempt},
        deliveries, webhooks,
    },
    testing,
};

use crate::{
    certificates::{Authority, authority, leaf, server, trusting},
    raw::{Behaviour, Line, Raw, behave},
    support::{Answer, House, NoScripts, Receiver, config, webhook},
};

/// What may be read of any of them: what is kept of a body, a head's limit, and a buffer or two.
const READ_AT_MOST: u64 = 256 * 1024;
/// What a receiver may get rid of: that, and the kernel's buffers on both sides.
const WRITTEN_AT_MOST: u64 = 32 * 1024 * 1024;

/// What may be said of the attempt beside its code.
type Check = fn(&Attempt);

enum Speech {
    Plain,
    /// The URL says `https`, the receiver says what it wants.
    FalseTls,
    Tls(Arc<ServerConfig>),
}

struct Case {
    name: &'static str,
    code: &'static str,
    /// It would hold us for ever.
    hangs: bool,
    speech: Speech,
    act: Behaviour,
    check: Check,
}

fn case<F: Future<Output = ()> + Send + 'static>(
    name: &'static str,
    code: &'static str,
    act: impl Fn(Line) -> F + Send + Sync + 'static,
) -> Case {
    Case {
        name,
        code,
        hangs: code.starts_with("timeout_") || code == "tls_timeout",
        speech: Speech::Plain,
        act: behave(act),
        check: |_| {},
    }
}

impl Case {
    fn which(self, check: Check) -> Self {
        Self { check, ..self }
    }

    fn false_tls(self) -> Self {
        Self { speech: Speech::FalseTls, ..self }
    }

    fn tls(self, config: Arc<ServerConfig>) -> Self {
        Self { speech: Speech::Tls(config), ..self }
    }

    async fn receiver(&self) -> (Raw, String) {
        let receiver = match &self.speech {
            Speech::Plain | Speech::FalseTls => Raw::new(Arc::clone(&self.act)).await,
            Speech::Tls(config) => Raw::over_tls(Arc::clone(&self.act), Arc::clone(config)).await,
        };
        let url = match self.speech {
            Speech::FalseTls => receiver.https(),
            _ => receiver.url(),
        };
        (receiver, url)
    }
}

/// Answers with these bytes and hangs up.
fn answers(name: &'static str, code: &'static str, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Case {
    let bytes = Arc::new(bytes);
    case(name, code, move |mut line| {
        let bytes = Arc::clone(&bytes);
        async move {
            line.request().await;
            line.say(bytes.as_ref().as_ref()).await;
            line.half_close().await;
        }
    })
}

/// Begins with `head` and goes on with `piece` for ever.
fn floods(name: &'static str, code: &'static str, head: &'static str, piece: &'static str) -> Case {
    case(name, code, move |mut line| async move {
        line.request().await;
        line.say(head).await;
        line.flood(piece).await;
    })
}

fn truncated(attempt: &Attempt) {
    assert!(attempt.success && attempt.response_truncated, "{attempt:?}");
    assert_eq!(attempt.response_body.as_ref().unwrap().len(), 64 * 1024);
}

fn slow() -> Vec<Case> {
    vec![
        case("never-answers", "timeout_headers", |mut line| async move { line.wait_for_the_end().await }),
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
        case("accepts-and-shakes-no-hand", "tls_timeout", |mut line| async move { line.wait_for_the_end().await }).false_tls(),
    ]
}

fn breaking() -> Vec<Case> {
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
        answers("names-two-lengths", "bad_response", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok"),
        answers("has-a-control-character-in-a-header", "bad_response", b"HTTP/1.1 200 OK\r\nX-Odd: a\x01b\r\n\r\n"),
        answers("has-a-nul-in-a-header", "bad_response", b"HTTP/1.1 200 OK\r\nX-Odd: a\0b\r\n\r\n"),
        answers("has-a-blank-in-a-header-name", "bad_response", "HTTP/1.1 200 OK\r\nX Odd: a\r\n\r\n"),
        answers("changes-the-protocol", "http_status", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
            .which(|attempt| assert_eq!(attempt.status_code, Some(101))),
        answers("has-latin-1-in-a-header", "ok", b"HTTP/1.1 200 OK\r\nX-Odd: caf\xe9\r\nContent-Length: 0\r\n\r\n").which(|attempt| {
            let shown = attempt.response_headers.as_ref().unwrap();
            assert!(shown.contains(&("X-Odd".to_owned(), "caf\u{fffd}".to_owned())), "{shown:?}");
        }),
        answers("has-interim-answers", "ok", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
            .which(|attempt| assert_eq!(attempt.status_code, Some(204))),
    ]
}

fn large() -> Vec<Case> {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut headers = "HTTP/1.1 200 OK\r\n".to_owned();
    for number in 0..10_000 {
        headers.push_str(&format!("X-{number}: y\r\n"));
    }
    let one_header = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(1_000_000));
    vec![
        floods("has-ten-gigabytes", "ok", "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", "x").which(truncated),
        floods("has-no-end", "ok", "HTTP/1.1 200 OK\r\n\r\n", "x").which(truncated),
        floods("has-chunks-without-end", "ok", CHUNKED, "5\r\nhello\r\n").which(truncated),
        floods("has-a-chunk-size-without-end", "bad_response", CHUNKED, "1"),
        floods("has-trailers-without-end", "bad_response", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n"),
        floods("has-headers-without-end", "header_too_large", "HTTP/1.1 200 OK\r\n", "X-More: y\r\n"),
        floods("has-interim-answers-without-end", "bad_response", "", "HTTP/1.1 102 Processing\r\n\r\n"),
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

fn gzip(data: &[u8]) -> Vec<u8> {
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
    let offered = attempt.request_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"));
    let declared = attempt.response_headers.iter().flatten();
    let declared = declared.clone().find(|(name, _)| name == "Content-Length").unwrap().1.parse::<usize>().unwrap();
    assert!(!offered);
    assert_eq!(attempt.response_body.as_ref().unwrap().len(), declared.min(64 * 1024));
}

fn badly_certified(authority: &Authority) -> Vec<Case> {
    let ok = |name, code| answers(name, code, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let expired = leaf("localhost", Some(authority), |params| {
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    });
    let early = leaf("localhost", Some(authority), |params| {
        params.not_before = rcgen::date_time_ymd(3000, 1, 1);
        params.not_after = rcgen::date_time_ymd(3001, 1, 1);
    });
    let good = server(&leaf("localhost", Some(authority), |_| {}), None);
    // A ServerHello of TLS 1.0: version, random, no session, a suite of that time, no compression.
    let mut hello = vec![22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    vec![
        ok("has-expired", "tls_expired").tls(server(&expired, None)),
        ok("is-not-valid-yet", "tls_not_yet_valid").tls(server(&early, None)),
        ok("signed-itself", "tls_self_signed").tls(server(&leaf("localhost", None, |_| {}), None)),
        ok("names-another-host", "tls_name").tls(server(&leaf("other.example", Some(authority), |_| {}), None)),
        ok("has-an-unknown-authority", "tls_untrusted").tls(server(&leaf("localhost", Some(&self::authority()), |_| {}), None)),
        floods("is-endless-over-tls", "ok", "HTTP/1.1 200 OK\r\n\r\n", "x").tls(Arc::clone(&good)).which(truncated),
        answers("breaks-off-over-tls", "closed", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok").tls(good),
        case("speaks-only-tls-1.0", "tls_handshake", move |mut line| {
            let hello = hello.clone();
            async move {
                line.hear().await;
                line.say(hello).await;
                line.wait_for_the_end().await;
            }
        })
        .false_tls(),
        case("refuses-our-versions", "tls_handshake", |mut line| async move {
            line.hear().await;
            // A fatal alert: protocol_version.
            line.say([21, 3, 1, 0, 2, 2, 70]).await;
            line.half_close().await;
            line.wait_for_the_end().await;
        })
        .false_tls(),
        case("speaks-no-tls", "tls_handshake", |mut line| async move {
            line.hear().await;
            line.say("HTTP/1.1 400 Bad Request\r\n\r\n").await;
            line.wait_for_the_end().await;
        })
        .false_tls(),
    ]
}

/// The webhook of a case, and its twin with all the time in the world.
async fn hook(house: &House, id: &str, url: &str, timeout_ms: u64) {
    let options = WebhookOptions {
        timeout_ms,
        ..WebhookOptions::default()
    };
    let hook = webhooks::Webhook {
        options,
        events: vec!["bad".to_owned()],
        ..webhook(id, url)
    };
    house.webhook(hook).await;
}

/// The only attempt of each webhook so far.
async fn logged(house: &House, event_id: &str, count: usize) -> HashMap<String, Attempt> {
    let event_id = event_id.to_owned();
    house
        .until("an attempt of every receiver", move |tx| {
            let mut found = HashMap::new();
            for delivery in deliveries::of_event(tx, &event_id)? {
                for attempt in attempts::of_delivery(tx, &delivery.id)? {
                    let before = found.insert(attempt.webhook_id.clone(), attempt);
                    assert!(before.is_none(), "one attempt each: the clock stands still");
                }
            }
            Ok(Some(found).filter(|found| found.len() == count))
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_recorded_by_its_code_and_holds_nobody_else() {
    let authority = authority();
    let cases: Vec<Case> = [slow(), breaking(), large(), badly_certified(&authority)].into_iter().flatten().collect();
    for kind in testing::kinds() {
        let house = House::with_client(kind, config(), Arc::new(NoScripts), trusting(&authority)).await;
        let mut receivers = Vec::new();
        let mut held = Vec::new();
        for case in &cases {
            let (receiver, url) = case.receiver().await;
            hook(&house, case.name, &url, if case.hangs { 2_000 } else { 60_000 }).await;
            receivers.push(receiver);
            if case.hangs {
                let (receiver, url) = case.receiver().await;
                hook(&house, &format!("{}-held", case.name), &url, 120_000).await;
                held.push(receiver);
            }
        }
        let mut healthy = Receiver::new(&[Answer::Status(200)]).await;
        house.webhook(webhook("healthy", &healthy.url())).await;
        let running = house.engine.start();
        let event_id = house.publish("bad", r#"{"n":1}"#).await;
        for number in 0..50 {
            house.publish("good", &format!(r#"{{"n":{number}}}"#)).await;
        }
        for _ in 0..51 {
            healthy.next().await;
        }
        let attempts = logged(&house, &event_id, cases.len() + 1).await;
        for (case, receiver) in cases.iter().zip(&mut receivers) {
            let attempt = &attempts[case.name];
            assert_eq!(attempt.verdict, case.code, "{}: {:?}", case.name, attempt.message);
            assert_eq!(attempt.success, case.code == "ok", "{}", case.name);
            assert_eq!(attempt.message.is_none(), attempt.success, "{}: {:?}", case.name, attempt.message);
            (case.check)(attempt);
            let phases: Value = serde_json::from_str(&attempt.phases).unwrap();
            let read = phases["bytes_received"].as_u64().unwrap();
            assert!(read <= READ_AT_MOST, "{}: {read} bytes were read", case.name);
            receiver.over(case.name).await;
            assert!(receiver.written() <= WRITTEN_AT_MOST, "{}: {} bytes were written", case.name, receiver.written());
            assert_eq!(receiver.came(), 1, "{}", case.name);
        }
        // These have their connection still: everything above came to pass beside them.
        assert!(!held.is_empty() && held.iter().all(|receiver| receiver.came() == 1));
        assert!(attempts.keys().all(|id| !id.ends_with("-held")), "{:?}", attempts.keys());
        running.shutdown(std::time::Duration::ZERO).await;
        house.close().await;
    }
}

#[test]
fn the_guide_lists_every_code() {
    let guide = include_str!("../../../../docs/webhooks.md");
    let ours = ["ok", "http_status", "not_sent", "not_rendered", "webhooks_off"];
    let transports = egress::FailureCode::ALL.iter().map(|code| code.as_str());
    for code in transports.chain(ours) {
        assert!(guide.contains(&format!("| `{code}` |")), "docs/webhooks.md does not explain `{code}`");
    }
}
