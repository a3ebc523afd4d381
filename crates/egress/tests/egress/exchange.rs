//! What goes over the wire and what comes back, byte for byte, and every way in which a receiver can fail.

use std::time::Duration;

use bytes::Bytes;
use egress::{FailureCode, Policy, PolicyRules, Request, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::support::*;

/// Sends a request to a receiver that repeats it as the response's body.
async fn echoed(change: impl FnOnce(&mut Request), path: &str) -> String {
    let (address, _) = receiver(|mut stream, _| async move {
        let seen = read_request(&mut stream).await;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", seen.len());
        let _ = stream.write_all((head + &seen).as_bytes()).await;
    })
    .await;
    let mut request = Request::new("GET", url(address, path));
    change(&mut request);
    let body = response(client().exchange(&request, &loopback_policy()).await).body;
    String::from_utf8(body.to_vec()).unwrap().replace(&address.to_string(), "HOST")
}

fn pairs(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn the_request_reaches_the_wire_as_given() {
    let seen = echoed(|_| {}, "/a?b=1").await;
    assert_eq!(seen, "GET /a?b=1 HTTP/1.1\r\nHost: HOST\r\n\r\n");
    let seen = echoed(
        |request| {
            request.method = "POST".to_owned();
            request.headers = pairs(&[
                ("X-b", "1"),
                ("x-A", "ü"),
                ("hOST", "other.example"),
                ("X-b", "2"),
                ("content-LENGTH", "99"),
            ]);
            request.body = Some(Bytes::from_static(b"hello"));
            request.raw_target = true;
        },
        "/x/../{y}[z]|\\^`?q={a}|`\\^\"<>#frag",
    )
    .await;
    assert_eq!(
        seen,
        "POST /x/../{y}[z]|\\^`?q={a}|`\\^\"<> HTTP/1.1\r\nX-b: 1\r\nx-A: ü\r\nhOST: other.example\r\nX-b: 2\r\ncontent-LENGTH: 5\r\n\r\nhello"
    );
}

#[tokio::test]
async fn lengths_and_encodings_are_declared_truly() {
    let seen = echoed(|request| request.method = "POST".to_owned(), "/").await;
    assert_eq!(seen, "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n");
    let seen = echoed(|request| request.decompress = true, "/").await;
    assert_eq!(seen, "GET / HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n");
    let (address, _) = receiver(|mut stream, _| async move {
        let mut seen = Vec::new();
        while !seen.ends_with(b"0\r\n\r\n") {
            seen.push(stream.read_u8().await.unwrap());
        }
        let tail = String::from_utf8_lossy(&seen).into_owned();
        let tail = tail.split_once("\r\n\r\n").unwrap().1;
        let _ = stream.write_all(format!("HTTP/1.0 200 OK\r\n\r\n{tail}").as_bytes()).await;
    })
    .await;
    let mut request = Request::new("PUT", url(address, "/"));
    request.headers = pairs(&[("Transfer-Encoding", "chunked"), ("Content-Length", "1")]);
    request.body = Some(Bytes::from_static(b"hello"));
    let answer = response(client().exchange(&request, &loopback_policy()).await);
    assert_eq!(answer.body, "5\r\nhello\r\n0\r\n\r\n");
    assert_eq!(answer.version, Version::Http10);
}

#[tokio::test]
async fn what_http_cannot_carry_is_refused_before_any_connection() {
    for (method, headers) in [
        ("GE T", vec![]),
        ("", vec![]),
        ("GET", pairs(&[("X\r\nY", "1")])),
        ("GET", pairs(&[("", "1")])),
        ("GET", pairs(&[("X", "1\r\nHost: evil")])),
        ("GET", pairs(&[("X", "\0")])),
    ] {
        let mut request = Request::new(method, "http://127.0.0.1:9/");
        request.headers = headers;
        let exchange = client().exchange(&request, &loopback_policy()).await;
        assert_eq!(code(&exchange), FailureCode::BadRequest, "{request:?}");
        assert_eq!(exchange.remote, None);
    }
}

#[tokio::test]
async fn a_response_is_kept_as_it_came() {
    let address =
        answering(b"HTTP/1.1 299 Quite  Fine\r\nX-One: a\r\nx-oNE:   b \r\nLatin: caf\xe9\r\nContent-Length: 2\r\n\r\nokEXTRA".to_vec())
            .await;
    let exchange = get(address).await;
    assert_eq!(exchange.remote, Some(address));
    assert!(exchange.bytes_sent > 20 && exchange.bytes_received > 60 && !exchange.reused);
    let phases = exchange.phases;
    assert!(exchange.total_us >= phases.connect_us + phases.first_byte_us + phases.body_us);
    let answer = response(exchange);
    assert_eq!((answer.status, answer.reason.as_str()), (299, "Quite  Fine"));
    let names: Vec<_> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X-One", "x-oNE", "Latin", "Content-Length"]);
    assert_eq!(answer.headers[1].1, "b");
    assert_eq!(answer.headers[2].1, &b"caf\xe9"[..]);
    assert_eq!(answer.header("LATIN").unwrap(), "caf\u{fffd}");
    assert_eq!(answer.body, "ok");
}

#[tokio::test]
async fn redirects_are_answers() {
    for status in [301, 302, 303, 307, 308] {
        let address = answering(format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        ))
        .await;
        let answer = response(get(address).await);
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("location").unwrap(), "http://127.0.0.1:1/");
    }
}

#[tokio::test]
async fn bodies_end_where_the_standard_says() {
    for (raw, body) in [
        ("HTTP/1.1 200 OK\r\n\r\nuntil close", "until close"),
        ("HTTP/1.0 200 OK\r\n\r\nold", "old"),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", ""),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", "abc"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n3;x=\"y\"\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n",
            "abcde",
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
            "x",
        ),
        ("HTTP/1.1 200 OK\nContent-Length: 2\n\nnl", "nl"),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ""),
    ] {
        let address = answering(raw).await;
        let answer = response(get(address).await);
        assert_eq!(answer.body, body, "{raw:?}");
        assert!(!answer.truncated);
    }
    let head_only = answering("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n").await;
    let exchange = client()
        .exchange(&Request::new("HEAD", url(head_only, "/")), &loopback_policy())
        .await;
    assert_eq!(response(exchange).body, "");
}

#[tokio::test]
async fn answers_that_are_not_http_are_named() {
    for (raw, expected, node) in [
        ("", FailureCode::Closed, "ECONNRESET"),
        ("HTTP/1.1 200 OK\r\nX: 1", FailureCode::Closed, "ECONNRESET"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", FailureCode::Closed, "ECONNRESET"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            FailureCode::Closed,
            "ECONNRESET",
        ),
        ("SSH-2.0-OpenSSH_9.6\r\n", FailureCode::BadResponse, "HPE_INVALID_CONSTANT"),
        ("HTTP/2.0 200 OK\r\n\r\n", FailureCode::BadResponse, "HPE_INVALID_VERSION"),
        ("HTTP/1.1 abc OK\r\n\r\n", FailureCode::BadResponse, "HPE_INVALID_STATUS"),
        (
            "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
            FailureCode::BadResponse,
            "HPE_INVALID_HEADER_TOKEN",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc",
            FailureCode::BadResponse,
            "HPE_INVALID_CONTENT_LENGTH",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            FailureCode::BadResponse,
            "HPE_INVALID_CONTENT_LENGTH",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            FailureCode::BadResponse,
            "HPE_INVALID_CHUNK_SIZE",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n",
            FailureCode::BadResponse,
            "HPE_INVALID_CHUNK_SIZE",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
            FailureCode::BadResponse,
            "HPE_STRICT",
        ),
    ] {
        let address = answering(raw).await;
        let exchange = get(address).await;
        assert_eq!(code(&exchange), expected, "{raw:?}");
        let failure = exchange.outcome.unwrap_err();
        assert_eq!(failure.node_code(), node, "{raw:?}");
        assert!(failure.transient && failure.blames_receiver());
    }
}

#[tokio::test]
async fn nobody_listening_and_resets_are_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let exchange = get(address).await;
    assert_eq!(code(&exchange), FailureCode::ConnectRefused);
    assert_eq!(exchange.outcome.unwrap_err().node_code(), "ECONNREFUSED");
    let (address, connections) = receiver(|mut stream, _| async move {
        read_request(&mut stream).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let exchange = get(address).await;
    assert_eq!(code(&exchange), FailureCode::Reset);
    assert_eq!(
        connections.load(std::sync::atomic::Ordering::SeqCst),
        1,
        "a fresh connection is not tried twice"
    );
}

#[tokio::test]
async fn a_large_body_and_an_early_answer_pass_each_other() {
    let size = 8 * 1024 * 1024;
    let (address, _) = receiver(move |mut stream, _| async move {
        // The whole answer comes before the body has been read.
        let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno").await;
        drain(&mut stream).await;
    })
    .await;
    let mut request = Request::new("POST", url(address, "/"));
    request.body = Some(Bytes::from(vec![b'x'; size]));
    assert_eq!(response(client().exchange(&request, &loopback_policy()).await).status, 413);

    let (sender, mut received) = mpsc::unbounded_channel();
    let (address, _) = receiver(move |mut stream, _| {
        let sender = sender.clone();
        async move {
            let seen = read_request(&mut stream).await;
            sender.send(seen.len()).unwrap();
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        }
    })
    .await;
    request.url = url(address, "/");
    let exchange = client().exchange(&request, &loopback_policy()).await;
    assert_eq!(exchange.bytes_sent, received.recv().await.unwrap() as u64);
    assert_eq!(response(exchange).status, 200);
}

#[tokio::test]
async fn calls_leave_from_the_configured_address() {
    let (address, _) = receiver(|mut stream, _| async move {
        let peer = stream.peer_addr().unwrap().ip().to_string();
        read_request(&mut stream).await;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{peer}", peer.len());
        let _ = stream.write_all(head.as_bytes()).await;
    })
    .await;
    let client = client();
    let request = Request::new("GET", url(address, "/"));
    let policy: Policy = PolicyRules {
        bind: Some("127.0.0.2".parse().unwrap()),
        ..loopback()
    }
    .into();
    assert_eq!(response(client.exchange(&request, &policy).await).body, "127.0.0.2");
    assert_eq!(response(client.exchange(&request, &loopback_policy()).await).body, "127.0.0.1");
    let other_family: Policy = PolicyRules {
        bind: Some("::1".parse().unwrap()),
        ..loopback()
    }
    .into();
    assert_eq!(code(&client.exchange(&request, &other_family).await), FailureCode::BindFailed);
    let not_ours: Policy = PolicyRules {
        bind: Some("8.8.8.8".parse().unwrap()),
        ..loopback()
    }
    .into();
    assert_eq!(code(&client.exchange(&request, &not_ours).await), FailureCode::BindFailed);
}

#[tokio::test]
async fn localhost_goes_to_a_loopback_address_that_is_allowed() {
    let address = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let request = Request::new("GET", format!("http://LocalHost.:{}/", address.port()));
    let exchange = client().exchange(&request, &loopback_policy()).await;
    assert_eq!(exchange.remote, Some(address));
    assert_eq!(response(exchange).status, 200);
}

#[tokio::test]
async fn every_failure_has_a_code_of_its_own() {
    let mut codes: Vec<_> = FailureCode::ALL.iter().map(|code| code.as_str()).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
    assert!(
        codes
            .iter()
            .all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    );
}

#[tokio::test]
async fn a_deadline_tells_where_it_struck() {
    let (silent, _) = receiver(|stream, _| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let (half, _) = receiver(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").await;
        std::future::pending::<()>().await;
    })
    .await;
    for (scheme, address, expected, node) in [
        ("http", silent, FailureCode::TimeoutHeaders, "ESOCKETTIMEDOUT"),
        ("https", silent, FailureCode::TlsTimeout, "ETIMEDOUT"),
        ("http", half, FailureCode::TimeoutBody, "ESOCKETTIMEDOUT"),
    ] {
        let mut request = Request::new("GET", format!("{scheme}://{address}/"));
        request.deadline = Duration::from_millis(100);
        let exchange = client().exchange(&request, &loopback_policy()).await;
        assert_eq!(code(&exchange), expected);
        assert_eq!(exchange.remote, Some(address));
        let failure = exchange.outcome.unwrap_err();
        assert_eq!(failure.node_code(), node);
        assert_eq!(
            failure.message.contains("200"),
            expected == FailureCode::TimeoutBody,
            "{}",
            failure.message
        );
    }
}
