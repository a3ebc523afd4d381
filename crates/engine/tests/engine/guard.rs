//! The way out from the running server: through a proxy, from a fixed address, and by exceptions that hold in one
//! workspace only.

use std::{net::SocketAddr, sync::Arc};

use domain::{delivery::DeliveryState, settings::exceptions::Exceptions};
use egress::ProxyConfig;
use engine::{EngineConfig, publish::NewEvent};
use store::{
    tables::{
        attempts::{self, Attempt},
        deliveries::{self, Delivery},
        settings, webhooks, workspaces,
    },
    testing,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::{
    raw::{Raw, behave},
    support::{Answer, House, NoScripts, Receiver, START, USER, WORKSPACE, config, webhook},
};

/// The only attempt of the only delivery of an event.
async fn attempted(house: &House, event_id: String) -> (Delivery, Attempt) {
    house
        .until("an attempt", move |tx| {
            let Some(delivery) = deliveries::of_event(tx, &event_id)?.pop() else {
                return Ok(None);
            };
            let attempt = attempts::of_delivery(tx, &delivery.id)?.pop();
            Ok(attempt.map(|attempt| (delivery, attempt)))
        })
        .await
}

/// A proxy of either kind that wants `joe` and `s:t`, and tells where it was asked to go.
struct Proxy {
    addr: SocketAddr,
    asked: mpsc::UnboundedReceiver<String>,
}

impl Proxy {
    async fn new(socks: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (tell, asked) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let tell = tell.clone();
                tokio::spawn(async move {
                    let _ = if socks {
                        socks5(stream, tell).await
                    } else {
                        connect(stream, tell).await
                    };
                });
            }
        });
        Self { addr, asked }
    }

    async fn next(&mut self) -> String {
        self.asked.recv().await.unwrap()
    }
}

async fn connect(mut stream: TcpStream, tell: mpsc::UnboundedSender<String>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    if !head.contains("Proxy-Authorization: Basic am9lOnM6dA==") {
        return stream.write_all(b"HTTP/1.1 407 Who are you\r\n\r\n").await;
    }
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let _ = tell.send(target.clone());
    let mut onward = TcpStream::connect(target).await?;
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    copy_bidirectional(&mut stream, &mut onward).await.map(drop)
}

async fn socks5(mut stream: TcpStream, tell: mpsc::UnboundedSender<String>) -> std::io::Result<()> {
    let mut greeting = [0; 3];
    stream.read_exact(&mut greeting).await?;
    if greeting != [5, 1, 2] {
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, 2]).await?;
    let mut login = [0; 9];
    stream.read_exact(&mut login).await?;
    if &login != b"\x01\x03joe\x03s:t" {
        return stream.write_all(&[1, 1]).await;
    }
    stream.write_all(&[1, 0]).await?;
    let mut ask = [0; 10];
    stream.read_exact(&mut ask).await?;
    assert_eq!(ask[..4], [5, 1, 0, 1], "an address, never a name");
    let target = SocketAddr::from(([ask[4], ask[5], ask[6], ask[7]], u16::from_be_bytes([ask[8], ask[9]])));
    let _ = tell.send(target.to_string());
    let mut onward = TcpStream::connect(target).await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut stream, &mut onward).await.map(drop)
}

fn through(proxy: &str) -> EngineConfig {
    let mut config = config();
    config.egress.proxy = Some(ProxyConfig::parse(proxy).unwrap());
    config
}

#[tokio::test]
async fn webhooks_go_through_the_proxy_and_the_guard_stands_before_it() {
    for kind in testing::kinds() {
        for (scheme, socks) in [("http", false), ("socks5", true)] {
            let mut proxy = Proxy::new(socks).await;
            let mut receiver = Receiver::new(&[Answer::Status(204)]).await;
            let proxied = through(&format!("{scheme}://joe:s%3At@{}", proxy.addr));
            let house = House::new(kind, proxied, Arc::new(NoScripts)).await;
            // We look the name up; the proxy hears of the address that was checked.
            let by_name = format!("http://localhost:{}/hook", receiver.addr.port());
            for (id, url) in [
                ("w", by_name.as_str()),
                ("private", "http://10.0.0.1/"),
                ("metadata", "http://169.254.169.254/"),
            ] {
                let hook = webhooks::Webhook {
                    events: vec![id.to_owned()],
                    ..webhook(id, url)
                };
                house.webhook(hook).await;
            }
            let running = house.engine.start();
            for refused in ["private", "metadata"] {
                let event_id = house.publish(refused, "{}").await;
                let (delivery, attempt) = attempted(&house, event_id).await;
                assert_eq!((delivery.state, attempt.verdict.as_str()), (DeliveryState::Failed, "guard_refused"));
            }
            let event_id = house.publish("w", "{}").await;
            assert_eq!(receiver.next().await.header("webhook-id"), Some(event_id.as_str()));
            let (_, attempt) = attempted(&house, event_id).await;
            assert_eq!((attempt.verdict.as_str(), attempt.remote), ("ok", Some(receiver.addr.to_string())));
            assert_eq!(proxy.next().await, receiver.addr.to_string());
            assert!(proxy.asked.is_empty(), "nothing was asked for what the guard refused");
            running.shutdown(std::time::Duration::from_secs(10)).await;
            house.close().await;
        }
    }
}

#[tokio::test]
async fn a_proxy_that_fails_is_not_the_receivers_fault() {
    for kind in testing::kinds() {
        let (http, socks) = (Proxy::new(false).await, Proxy::new(true).await);
        let nobody = Raw::new(behave(|line| async move { line.reset() })).await;
        for proxy in [
            format!("http://joe:wrong@{}", http.addr),
            format!("http://{}", http.addr),
            format!("socks5://joe:bad@{}", socks.addr),
            format!("socks5://{}", socks.addr),
            format!("http://{}", nobody.addr),
        ] {
            let receiver = Receiver::new(&[Answer::Status(204)]).await;
            let house = House::new(kind, through(&proxy), Arc::new(NoScripts)).await;
            house.webhook(webhook("w", &receiver.url())).await;
            let running = house.engine.start();
            let event_id = house.publish("a", "{}").await;
            let (delivery, attempt) = attempted(&house, event_id).await;
            assert_eq!(
                (delivery.state, attempt.verdict.as_str()),
                (DeliveryState::Pending, "proxy_failed"),
                "{proxy}"
            );
            let message = attempt.message.unwrap();
            assert!(message.contains("egress.proxy") && !message.contains("joe"), "{message}");
            let hook = house.webhook_now("w").await;
            assert_eq!((hook.failed_attempts, hook.failing_since), (0, None), "{proxy}");
            assert_eq!(receiver.waiting(), 0);
            running.shutdown(std::time::Duration::from_secs(10)).await;
            house.close().await;
        }
    }
}

#[tokio::test]
async fn calls_leave_from_the_configured_address() {
    for kind in testing::kinds() {
        let receiver = Raw::new(behave(|mut line| async move {
            line.request().await;
            let peer = line.peer.ip().to_string();
            line.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{peer}", peer.len()))
                .await;
        }))
        .await;
        let mut bound = config();
        bound.egress.bind = "127.0.0.2".parse().ok();
        let house = House::new(kind, bound, Arc::new(NoScripts)).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        let (_, attempt) = attempted(&house, event_id).await;
        assert_eq!(attempt.response_body.as_deref(), Some(&b"127.0.0.2"[..]));
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    }
}

#[tokio::test]
async fn an_exception_holds_in_its_workspace_only() {
    const OTHER: &str = "wsp_2";
    for kind in testing::kinds() {
        let mut receiver = Receiver::new(&[Answer::Status(204)]).await;
        let mut strict = config();
        strict.egress.allow.clear();
        let house = House::new(kind, strict, Arc::new(NoScripts)).await;
        let url = receiver.url();
        house
            .write(move |tx| {
                let other = workspaces::Workspace {
                    id: OTHER.to_owned(),
                    name: "Elsewhere".to_owned(),
                    owner_id: USER.to_owned(),
                    settings: serde_json::json!({}),
                    created_at: START,
                };
                workspaces::insert(tx, &other)?;
                let theirs = webhooks::Webhook {
                    workspace_id: OTHER.to_owned(),
                    ..webhook("theirs", &url)
                };
                webhooks::insert(tx, &theirs)?;
                webhooks::insert(tx, &webhook("ours", &url))
            })
            .await;
        let running = house.engine.start();
        let publish = async |workspace: &str| {
            let event = NewEvent::internal(workspace, "a", "", START, "{}".to_owned());
            let event_id = house.engine.publish(event).await.unwrap().event_id;
            attempted(&house, event_id).await.1.verdict
        };
        let except = |networks: &'static str| {
            house.write(move |tx| {
                let allow = networks.split(' ').filter_map(|network| network.parse().ok()).collect();
                settings::set_exceptions(tx, WORKSPACE, &Exceptions { allow, version: 2 })
            })
        };
        assert_eq!([publish(WORKSPACE).await, publish(OTHER).await], ["guard_refused", "guard_refused"]);
        assert_eq!(receiver.waiting(), 0);
        except("127.0.0.0/8").await;
        assert_eq!([publish(WORKSPACE).await, publish(OTHER).await], ["ok", "guard_refused"]);
        receiver.next().await;
        // Taken back, it holds no more, although a connection is still there.
        except("").await;
        assert_eq!([publish(WORKSPACE).await, publish(OTHER).await], ["guard_refused", "guard_refused"]);
        assert_eq!(receiver.waiting(), 0);
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    }
}
