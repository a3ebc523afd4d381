//! Through a proxy: only when configured, to the checked address, and without charging its failures to the receiver.

use std::net::SocketAddr;

use egress::proxy::ProxyKind;
use egress::{FailureCode, Lookup, Policy, PolicyRules, ProxyConfig, Request, SetupError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use crate::support::*;

fn through(proxy: &str) -> Policy {
    PolicyRules {
        proxy: Some(ProxyConfig::parse(proxy).unwrap()),
        ..loopback()
    }
    .into()
}

async fn connect_proxy(expected_login: &'static str) -> SocketAddr {
    receiver(move |mut stream, _| async move {
        let head = read_request(&mut stream).await;
        if !head.contains(expected_login) {
            let _ = stream.write_all(b"HTTP/1.1 407 Login\r\n\r\n").await;
            return;
        }
        let target = head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap().to_owned();
        let mut onward = TcpStream::connect(target).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 Connected\r\nX: y\r\n\r\n").await.unwrap();
        let _ = copy_bidirectional(&mut stream, &mut onward).await;
    })
    .await
    .0
}

async fn socks_proxy(status: u8) -> SocketAddr {
    receiver(move |mut stream, _| async move {
        let mut head = [0_u8; 3];
        stream.read_exact(&mut head).await.unwrap();
        assert_eq!(head, [5, 1, 2]);
        stream.write_all(&[5, 2]).await.unwrap();
        let mut login = [0_u8; 9];
        stream.read_exact(&mut login).await.unwrap();
        assert_eq!(&login, b"\x01\x03joe\x03s:t");
        stream.write_all(&[1, 0]).await.unwrap();
        let mut ask = [0_u8; 10];
        stream.read_exact(&mut ask).await.unwrap();
        assert_eq!(ask[..4], [5, 1, 0, 1]);
        stream.write_all(&[5, status, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let target = SocketAddr::from(([ask[4], ask[5], ask[6], ask[7]], u16::from_be_bytes([ask[8], ask[9]])));
        if let Ok(mut onward) = TcpStream::connect(target).await {
            let _ = copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await
    .0
}

#[tokio::test]
async fn both_kinds_of_proxy_carry_an_exchange() {
    let receiver = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
    let http = connect_proxy("Proxy-Authorization: Basic am9lOnM6dA==").await;
    let socks = socks_proxy(0).await;
    for proxy in [format!("http://joe:s%3At@{http}"), format!("socks5://joe:s%3At@{socks}")] {
        let exchange = client().exchange(&Request::new("GET", url(receiver, "/")), &through(&proxy)).await;
        assert_eq!(exchange.remote, Some(receiver));
        assert_eq!(response(exchange).body, "hi");
    }
}

#[tokio::test]
async fn the_guard_holds_behind_a_proxy() {
    let proxy = connect_proxy("").await;
    for url in ["http://10.0.0.1/", "http://169.254.169.254/"] {
        let exchange = client()
            .exchange(&Request::new("GET", url), &through(&format!("http://{proxy}")))
            .await;
        assert_eq!(code(&exchange), FailureCode::GuardRefused);
    }
}

#[tokio::test]
async fn a_proxys_failure_is_not_the_receivers() {
    let receiver = answering("").await;
    let wants_login = connect_proxy("Proxy-Authorization: Basic").await;
    let rubbish = answering("\r\n\r\n").await;
    let dead = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    for proxy in [
        format!("http://{wants_login}"),
        format!("http://{rubbish}"),
        format!("socks5://{dead}"),
    ] {
        let exchange = client().exchange(&Request::new("GET", url(receiver, "/")), &through(&proxy)).await;
        assert_eq!(code(&exchange), FailureCode::ProxyFailed, "{proxy}");
        assert!(!exchange.outcome.unwrap_err().blames_receiver());
    }
    let refused_behind = socks_proxy(5).await;
    let policy = through(&format!("socks5://joe:s%3At@{refused_behind}"));
    let exchange = client().exchange(&Request::new("GET", url(receiver, "/")), &policy).await;
    assert_eq!(code(&exchange), FailureCode::ConnectRefused);
}

#[test]
fn proxies_are_read_strictly_and_never_shown_with_their_password() {
    let proxy = ProxyConfig::parse("socks5://joe:pw@[::1]").unwrap();
    assert_eq!((proxy.kind, proxy.host.as_str(), proxy.port), (ProxyKind::Socks5, "::1", 1080));
    assert!(!format!("{proxy:?}").contains("pw"));
    assert_eq!(ProxyConfig::parse("http://proxy.example:80/").unwrap().port, 80);
    assert_eq!(ProxyConfig::parse("http://proxy.example").unwrap().port, 3128);
    for wrong in ["proxy:3128", "ftp://joe:pw@proxy", "http://", "socks5://a b"] {
        let error = ProxyConfig::parse(wrong).unwrap_err();
        assert!(matches!(error, SetupError::Proxy { .. }));
        assert!(!error.to_string().contains("pw"));
    }
}

/// An open policy whose proxy looks up names itself.
fn trusting_proxy(address: SocketAddr, tunnel: bool) -> Policy {
    let proxy = ProxyConfig::parse(&format!("http://joe:s@{address}")).unwrap();
    PolicyRules {
        open: true,
        allow_http: true,
        proxy: Some(proxy.with_lookup(Lookup::Proxys { tunnel })),
        ..PolicyRules::default()
    }
    .into()
}

#[tokio::test]
async fn under_an_open_policy_a_proxy_gets_the_request_or_the_name() {
    let (address, _) = receiver(|mut stream, _| async move {
        let head = read_request(&mut stream).await;
        let first = head.lines().next().unwrap_or_default();
        let login = head.contains("Proxy-Authorization: Basic am9lOnM=");
        let body = format!("{first} {login}");
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    // No resolver knows this name: only the proxy does.
    let request = Request::new("GET", "http://nowhere.invalid/p?q=1");
    let forwarded = client().exchange(&request, &trusting_proxy(address, false)).await;
    assert_eq!(response(forwarded).body, "GET http://nowhere.invalid/p?q=1 HTTP/1.1 true");
    // The tunnel's answer is not that of the receiver, which is never reached here.
    let tunnelled = client().exchange(&request, &trusting_proxy(address, true)).await;
    assert!(tunnelled.outcome.is_err());
}

#[tokio::test]
async fn a_guarded_policy_never_leaves_names_to_the_proxy() {
    let (address, connections) = receiver(|_, _| async {}).await;
    let proxy = ProxyConfig::parse(&format!("http://{address}")).unwrap();
    let rules = PolicyRules {
        allow_http: true,
        proxy: Some(proxy.with_lookup(Lookup::Proxys { tunnel: false })),
        ..PolicyRules::default()
    };
    let exchange = client().exchange(&Request::new("GET", "http://127.0.0.1/"), &rules.into()).await;
    assert_eq!(code(&exchange), FailureCode::GuardRefused);
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 0);
}
