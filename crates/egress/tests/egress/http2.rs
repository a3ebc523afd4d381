//! Connections of HTTP/2 that live long: what is sent again on them and what never, and what does not wear them out.

use std::time::Duration;

use egress::FailureCode;

use crate::peer::*;
use crate::support::*;

const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Its name, what the second call of a connection is told of its stream, whether the connection ends then, and the code.
type Case = (&'static str, fn(u32) -> Vec<u8>, bool, Option<FailureCode>);

/// Without a code, the request comes again on another connection and goes well.
#[tokio::test]
async fn only_what_was_surely_not_processed_is_sent_again() {
    use FailureCode::{Closed, Reset};
    let nothing: fn(u32) -> Vec<u8> = |_| Vec::new();
    let cases: [Case; 10] = [
        ("reset, internal error", |stream| resets(stream, INTERNAL_ERROR), false, Some(Reset)),
        ("reset, cancel", |stream| resets(stream, CANCEL), false, Some(Reset)),
        ("reset, no error", |stream| resets(stream, NO_ERROR), false, Some(Reset)),
        ("reset, refused", |stream| resets(stream, REFUSED_STREAM), false, None),
        ("goes away before it", |stream| goes_away(stream - 2, NO_ERROR), false, None),
        ("goes away with it", |stream| goes_away(stream, NO_ERROR), true, Some(Closed)),
        ("goes away soon", |_| goes_away(0x7fff_ffff, NO_ERROR), true, Some(Closed)),
        (
            "goes away broken",
            |stream| goes_away(stream - 2, INTERNAL_ERROR),
            false,
            Some(Closed),
        ),
        (
            "goes away for our haste",
            |stream| goes_away(stream - 2, ENHANCE_YOUR_CALM),
            false,
            Some(Closed),
        ),
        ("hangs up", nothing, true, Some(Closed)),
    ];
    for (name, says, ends, expected) in cases {
        let mut peer = Peer::warm(&[]).await;
        let call = peer.call();
        let asked = peer.asked().await;
        assert_eq!(asked.line, 0, "{name}");
        let bytes = says(asked.stream);
        if !bytes.is_empty() {
            peer.say(0, bytes);
        }
        if ends {
            peer.hang_up(0);
        }
        let exchange = peer.serve(call).await;
        let again = usize::from(expected.is_none());
        assert_eq!(exchange.outcome.err().map(|failure| failure.code), expected, "{name}");
        assert_eq!(exchange.reused, expected.is_some(), "{name}");
        assert_eq!((peer.requests(), peer.connections()), (2 + again, 1 + again), "{name}");
    }
}

/// Ten seconds of work may have been done.
#[tokio::test]
async fn a_request_is_not_sent_again_after_an_unanswered_ping() {
    let mut peer = Peer::warm(&[]).await;
    peer.be_silent();
    let call = peer.call();
    peer.asked().await;
    let exchange = peer.serve(call).await;
    assert_eq!(code(&exchange), FailureCode::Closed);
    assert!(exchange.reused);
    assert_eq!((peer.requests(), peer.connections()), (2, 1));
}

/// The receiver takes one request at a time, and ends the connection while one is held and another waits for its turn.
#[tokio::test]
async fn a_request_that_never_went_out_is_sent_on_another_connection() {
    for leaves in [true, false] {
        let mut peer = Peer::warm(&[0, 3, 0, 0, 0, 1]).await;
        let held = peer.call();
        let asked = peer.asked().await;
        let waiting = peer.call();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(peer.requests(), 2);
        if leaves {
            peer.say(0, goes_away(asked.stream, NO_ERROR));
        } else {
            peer.hang_up(0);
        }
        let exchange = peer.serve(waiting).await;
        assert!(!exchange.reused);
        assert_eq!(response(exchange).status, 200);
        if leaves {
            peer.say(0, ok(asked.stream, END_STREAM));
        }
        assert_eq!(held.await.unwrap().outcome.is_ok(), leaves);
        assert_eq!((peer.requests(), peer.connections()), (3, 2));
    }
}

#[tokio::test]
async fn late_answers_to_calls_given_up_do_not_end_a_connection() {
    const GIVEN_UP: usize = 2400;
    let mut peer = Peer::warm(&[]).await;
    let calls: Vec<_> = (0..GIVEN_UP).map(|_| peer.call()).collect();
    let mut streams = Vec::new();
    for _ in 0..GIVEN_UP {
        streams.push(peer.asked().await.stream);
    }
    for call in &calls {
        call.abort();
    }
    for _ in 0..GIVEN_UP {
        peer.next(RST_STREAM).await;
    }
    for stream in streams {
        peer.say(0, ok(stream, END_STREAM));
    }
    let call = peer.call();
    let exchange = peer.serve(call).await;
    assert!(exchange.reused);
    assert_eq!(response(exchange).status, 200);
    assert_eq!((peer.requests(), peer.connections()), (GIVEN_UP + 2, 1));
}

/// It flushes before there is anything.
#[tokio::test]
async fn an_empty_part_of_every_answer_costs_no_call() {
    let mut peer = Peer::new(&[]).await;
    for _ in 0..250 {
        let call = peer.call();
        let asked = peer.asked().await;
        let empty = frame(DATA, 0, asked.stream, &[]);
        let end = frame(DATA, END_STREAM, asked.stream, b"ok");
        peer.say(asked.line, [ok(asked.stream, 0), empty, end].concat());
        assert_eq!(response(peer.serve(call).await).body, "ok");
    }
    assert_eq!(peer.requests(), 250);
    assert!(peer.connections() > 1);
}

/// An answer in very many empty parts ends the connection. The other had the misfortune to be there.
#[tokio::test]
async fn neighbours_of_an_answer_that_ends_the_connection_are_closed() {
    let mut peer = Peer::warm(&[]).await;
    let (first, second) = (peer.call(), peer.call());
    peer.asked().await;
    let asked = peer.asked().await;
    let empty = frame(DATA, 0, asked.stream, &[]).repeat(150);
    peer.say(0, [ok(asked.stream, 0), empty].concat());
    for call in [first, second] {
        let exchange = peer.serve(call).await;
        assert_eq!(code(&exchange), FailureCode::Closed);
        assert!(exchange.outcome.unwrap_err().transient);
    }
    assert_eq!((peer.requests(), peer.connections()), (3, 1));
}

/// What a far receiver may send per round trip.
#[tokio::test]
async fn a_call_that_wants_a_large_body_opens_a_large_window() {
    const INITIAL_WINDOW_SIZE: [u8; 2] = [0, 4];
    for (max_body, window) in [(64 * 1024, 256 * 1024), (50 * 1024 * 1024, 2 * 1024 * 1024)] {
        let mut peer = Peer::new(&[]).await;
        let mut request = peer.request();
        request.max_body = max_body;
        request.deadline = Duration::from_secs(60);
        let client = peer.client.clone();
        let call = tokio::spawn(async move { client.exchange(&request, &crate::tls::policy()).await });
        let settings = peer.next(SETTINGS).await.payload;
        let found = settings.chunks(6).find(|setting| setting[..2] == INITIAL_WINDOW_SIZE).unwrap();
        assert_eq!(u32::from_be_bytes([found[2], found[3], found[4], found[5]]), window);
        assert!(peer.serve(call).await.outcome.is_ok());
    }
    // A connection with a small one is not used for a call that wants much.
    let mut peer = Peer::warm(&[]).await;
    let mut request = peer.request();
    request.max_body = 50 * 1024 * 1024;
    let client = peer.client.clone();
    let call = tokio::spawn(async move { client.exchange(&request, &crate::tls::policy()).await });
    assert!(!peer.serve(call).await.reused);
    assert_eq!(peer.connections(), 2);
}
