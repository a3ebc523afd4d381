//! Connections that are used again, and those that must not be.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use egress::{Client, ClientConfig, FailureCode, Policy, PolicyRules, Request};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

use crate::support::*;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A receiver that answers every request on a connection with these bytes.
async fn patient(answer: &'static [u8]) -> (std::net::SocketAddr, Arc<std::sync::atomic::AtomicUsize>) {
    receiver(move |mut stream, _| async move {
        while !read_request(&mut stream).await.is_empty() {
            if stream.write_all(answer).await.is_err() {
                break;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_connection_serves_many_calls() {
    let (address, connections) = patient(OK).await;
    let client = client();
    let request = Request::new("POST", url(address, "/"));
    for turn in 0..20 {
        let exchange = client.exchange(&request, &loopback_policy()).await;
        assert_eq!(exchange.reused, turn > 0);
        assert_eq!(exchange.remote, Some(address));
        assert_eq!(exchange.phases.connect_us > 0, turn == 0);
        assert_eq!(exchange.phases.tls_us, 0);
        assert_eq!(response(exchange).body, "ok");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    assert_eq!(client.idle_connections(), 1);
}

#[tokio::test]
async fn a_policy_that_changed_is_asked_again() {
    let (address, connections) = patient(OK).await;
    let client = client();
    let request = Request::new("GET", url(address, "/"));
    assert!(client.exchange(&request, &loopback_policy()).await.outcome.is_ok());
    let strict: Policy = PolicyRules {
        allow_http: true,
        ..PolicyRules::default()
    }
    .into();
    assert_eq!(code(&client.exchange(&request, &strict).await), FailureCode::GuardRefused);
    let by_name = Request::new("GET", format!("http://localhost:{}/", address.port()));
    assert!(client.exchange(&by_name, &loopback_policy()).await.outcome.is_ok());
    assert_eq!(code(&client.exchange(&by_name, &strict).await), FailureCode::GuardRefused);
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

/// The name resolves to an address that was good when the connection was made.
#[tokio::test]
async fn a_kept_connection_to_an_address_now_forbidden_is_closed() {
    struct Fixed;
    impl egress::Resolver for Fixed {
        fn resolve<'a>(&'a self, _: &'a str) -> futures::future::BoxFuture<'a, Result<Vec<std::net::IpAddr>, egress::ResolveError>> {
            Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) })
        }
    }
    let (address, _) = patient(OK).await;
    let client = Client::new(ClientConfig {
        resolver: Arc::new(Fixed),
        ..ClientConfig::default()
    })
    .unwrap();
    let request = Request::new("GET", format!("http://kept.example:{}/", address.port()));
    assert!(client.exchange(&request, &loopback_policy()).await.outcome.is_ok());
    assert_eq!(client.idle_connections(), 1);
    let strict: Policy = PolicyRules {
        forbid: vec!["127.0.0.1/32".parse().unwrap()],
        ..loopback()
    }
    .into();
    let failure = client.exchange(&request, &strict).await.outcome.unwrap_err();
    assert_eq!(failure.refusal.unwrap().rule.as_str(), "address_forbidden");
    assert_eq!(client.idle_connections(), 0);
}

#[tokio::test]
async fn a_stale_connection_is_replaced_once() {
    let closed = Arc::new(Notify::new());
    let signal = Arc::clone(&closed);
    let (address, connections) = receiver(move |mut stream, _| {
        let signal = Arc::clone(&signal);
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(OK).await;
            drop(stream);
            signal.notify_one();
        }
    })
    .await;
    let client = client();
    let request = Request::new("GET", url(address, "/"));
    for _ in 0..3 {
        let exchange = client.exchange(&request, &loopback_policy()).await;
        assert!(!exchange.reused);
        assert_eq!(response(exchange).status, 200);
        closed.notified().await;
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

/// The receiver reads the second request and closes without a byte: it may have missed the idle connection's end.
#[tokio::test]
async fn a_reused_connection_that_ends_without_a_byte_is_tried_again_once() {
    let (address, connections) = receiver(|mut stream, number| async move {
        read_request(&mut stream).await;
        if number > 0 {
            return;
        }
        let _ = stream.write_all(OK).await;
        read_request(&mut stream).await;
    })
    .await;
    let client = client();
    let request = Request::new("GET", url(address, "/"));
    assert!(client.exchange(&request, &loopback_policy()).await.outcome.is_ok());
    let second = client.exchange(&request, &loopback_policy()).await;
    assert_eq!(code(&second), FailureCode::Closed);
    assert!(!second.reused);
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_reused_connection_that_breaks_off_its_answer_is_not_tried_again() {
    let (address, connections) = receiver(|mut stream, _| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(OK).await;
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 2").await;
    })
    .await;
    let client = client();
    let request = Request::new("POST", url(address, "/"));
    assert!(client.exchange(&request, &loopback_policy()).await.outcome.is_ok());
    let second = client.exchange(&request, &loopback_policy()).await;
    assert_eq!(code(&second), FailureCode::Closed);
    assert!(second.reused);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn answers_that_end_a_connection_are_not_kept() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nconnection: Foo, CLOSE\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ] {
        let (address, _) = patient(answer).await;
        let client = client();
        assert!(
            client
                .exchange(&Request::new("GET", url(address, "/")), &loopback_policy())
                .await
                .outcome
                .is_ok()
        );
        assert_eq!(client.idle_connections(), 0, "{:?}", String::from_utf8_lossy(answer));
    }
    let (address, _) = patient(OK).await;
    let client = client();
    let mut request = Request::new("GET", url(address, "/"));
    request.headers.push(("Connection".to_owned(), "close".to_owned()));
    assert!(client.exchange(&request, &loopback_policy()).await.outcome.is_ok());
    request.headers.clear();
    request.max_body = 1;
    assert!(client.exchange(&request, &loopback_policy()).await.outcome.unwrap().truncated);
    assert_eq!(client.idle_connections(), 0);
    let (address, _) = patient(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").await;
    assert!(
        client
            .exchange(&Request::new("GET", url(address, "/")), &loopback_policy())
            .await
            .outcome
            .is_ok()
    );
    assert_eq!(client.idle_connections(), 1);
}

#[tokio::test]
async fn idle_connections_are_few_and_do_not_stay() {
    let (address, _) = receiver(|mut stream, _| async move {
        while !read_request(&mut stream).await.is_empty() {
            let _ = stream.write_all(OK).await;
        }
    })
    .await;
    let client = Client::new(ClientConfig {
        idle_per_host: 2,
        idle_timeout: Duration::from_millis(200),
        ..ClientConfig::default()
    })
    .unwrap();
    let request = Request::new("GET", url(address, "/"));
    let policy = loopback_policy();
    futures::future::join_all((0..5).map(|_| client.exchange(&request, &policy))).await;
    assert!(client.idle_connections() <= 2);
    while client.idle_connections() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn groups_of_calls_do_not_share_connections() {
    let (address, connections) = patient(OK).await;
    let client = client();
    for (group, opened) in [(None, 1), (Some(1), 2), (Some(2), 3), (Some(1), 3), (None, 3)] {
        let mut request = Request::new("GET", url(address, "/"));
        request.connection_group = group;
        assert!(client.exchange(&request, &loopback_policy()).await.outcome.is_ok());
        assert_eq!(connections.load(Ordering::SeqCst), opened, "{group:?}");
    }
}
