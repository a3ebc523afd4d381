//! Receivers that send too much, too slowly, or far more than it seems.

use std::io::Write;
use std::time::Duration;

use egress::{FailureCode, Request};
use tokio::io::AsyncWriteExt;

use crate::support::*;

async fn get_with(address: std::net::SocketAddr, change: impl FnOnce(&mut Request)) -> egress::Exchange {
    let mut request = Request::new("GET", url(address, "/"));
    change(&mut request);
    client().exchange(&request, &loopback_policy()).await
}

#[tokio::test]
async fn a_body_is_kept_up_to_the_cap_and_the_rest_is_not_read() {
    for (raw, truncated) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", true),
        ("HTTP/1.1 200 OK\r\n\r\nabcd", false),
        ("HTTP/1.1 200 OK\r\n\r\nabcde", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n", false),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            true,
        ),
    ] {
        let address = answering(raw).await;
        let answer = response(get_with(address, |request| request.max_body = 4).await);
        assert_eq!((&answer.body[..], answer.truncated), (&b"abcd"[..], truncated), "{raw:?}");
    }
}

#[tokio::test]
async fn an_endless_chunked_body_ends_at_the_cap() {
    let (address, _) = receiver(|mut stream, _| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        while stream.write_all(b"5\r\nhello\r\n").await.is_ok() {}
    })
    .await;
    let answer = response(get_with(address, |_| {}).await);
    assert!(answer.truncated);
    assert_eq!(answer.body.len(), 64 * 1024);
}

#[tokio::test]
async fn headers_are_capped_in_bytes_number_and_lines() {
    let many = (0..101).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    let address = answering(format!("HTTP/1.1 200 OK\r\n{many}\r\n")).await;
    assert_eq!(code(&get(address).await), FailureCode::HeaderTooLarge);
    let answer = get_with(address, |request| request.max_headers = 200).await;
    assert_eq!(response(answer).headers.len(), 101);

    let address = answering(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(5000))).await;
    let exchange = get_with(address, |request| request.max_header_bytes = 4096).await;
    assert_eq!(exchange.outcome.unwrap_err().node_code(), "HPE_HEADER_OVERFLOW");
    assert_eq!(response(get(address).await).status, 200);

    for (start, repeated, expected) in [
        ("HTTP/1.1 200 OK\r\n", "X: yyyyyyyyyyyyyyyyyyyy\r\n", FailureCode::HeaderTooLarge),
        ("", "HTTP/1.1 102 Processing\r\n\r\n", FailureCode::BadResponse),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1",
            FailureCode::BadResponse,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            "X: y\r\n",
            FailureCode::BadResponse,
        ),
    ] {
        let (address, _) = receiver(move |mut stream, _| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(start.as_bytes()).await;
            while stream.write_all(repeated.as_bytes()).await.is_ok() {}
        })
        .await;
        assert_eq!(code(&get(address).await), expected, "{start:?} {repeated:?}");
    }
}

#[tokio::test]
async fn a_drip_ends_at_the_deadline() {
    for start in ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n\r\n"] {
        let (address, _) = receiver(move |mut stream, _| async move {
            let _ = stream.write_all(start.as_bytes()).await;
            let mut tick = tokio::time::interval(Duration::from_millis(5));
            while stream.write_all(b".").await.is_ok() {
                tick.tick().await;
            }
        })
        .await;
        let exchange = get_with(address, |request| request.deadline = Duration::from_millis(150)).await;
        let expected = if start.ends_with("X: ") {
            FailureCode::TimeoutHeaders
        } else {
            FailureCode::TimeoutBody
        };
        assert_eq!(code(&exchange), expected);
    }
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    let mut raw = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    raw.extend_from_slice(body);
    raw
}

#[tokio::test]
async fn encodings_are_decoded_only_when_asked_for() {
    let text = b"hello hello hello hello".repeat(20);
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&text).unwrap();
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    deflate.write_all(&text).unwrap();
    for (encoding, body) in [
        ("gzip", gzip(&text)),
        ("X-GZIP", gzip(&text)),
        ("deflate", zlib.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("identity", text.clone()),
        ("unheard-of", text.clone()),
    ] {
        let address = answering(encoded(encoding, &body)).await;
        let decoded = response(get_with(address, |request| request.decompress = true).await);
        assert_eq!(decoded.body, text, "{encoding}");
        assert_eq!(decoded.header("content-encoding").unwrap(), encoding);
        assert_eq!(response(get(address).await).body, body, "{encoding} as it comes");
    }
    // `hello\n` by the reference encoder.
    let brotli = [0x8b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', b'\n', 0x03];
    let address = answering(encoded("br", &brotli)).await;
    assert_eq!(
        response(get_with(address, |request| request.decompress = true).await).body,
        "hello\n"
    );
    for encoding in ["gzip", "deflate", "br"] {
        let address = answering(encoded(encoding, b"\xff\xff\xff\xffthis is not compressed at all")).await;
        let exchange = get_with(address, |request| request.decompress = true).await;
        assert_eq!(code(&exchange), FailureCode::BadEncoding, "{encoding}");
    }
}

#[tokio::test]
async fn a_compression_bomb_stops_at_the_cap() {
    let bomb = gzip(&vec![0_u8; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let address = answering(encoded("gzip", &bomb)).await;
    let answer = response(get_with(address, |request| request.decompress = true).await);
    assert!(answer.truncated);
    assert_eq!(answer.body.len(), 64 * 1024);
}
