//! Receivers on loopback that do exactly what a test tells them, and policies that allow loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use egress::{Client, ClientConfig, Exchange, FailureCode, Policy, PolicyRules, Request, Response};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Loopback and `http` are allowed; everything else is as strict as ever.
pub fn loopback() -> PolicyRules {
    PolicyRules {
        allow_http: true,
        allow: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        ..PolicyRules::default()
    }
}

pub fn loopback_policy() -> Policy {
    loopback().into()
}

pub fn client() -> Client {
    Client::new(ClientConfig::default()).unwrap()
}

/// A receiver that hands every connection to `behave`; the counter says how many there were.
pub async fn receiver<F, Fut>(behave: F) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Fn(TcpStream, usize) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let number = seen.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(behave(stream, number));
        }
    });
    (address, count)
}

/// A receiver that answers every connection's first request with these bytes and closes.
pub async fn answering(bytes: impl Into<Vec<u8>>) -> SocketAddr {
    let bytes = Arc::new(bytes.into());
    let (address, _) = receiver(move |mut stream, _| {
        let bytes = Arc::clone(&bytes);
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    address
}

/// Reads one request: its head, and a body of the length that the head says. Empty at the end of the stream.
pub async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |value| value.trim().parse::<usize>().unwrap());
            if bytes.len() >= end + 4 + length {
                return String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        let mut chunk = [0_u8; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return String::new(),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

pub fn url(address: SocketAddr, path: &str) -> String {
    format!("http://{address}{path}")
}

pub async fn get(address: SocketAddr) -> Exchange {
    client().exchange(&Request::new("GET", url(address, "/")), &loopback_policy()).await
}

#[track_caller]
pub fn response(exchange: Exchange) -> Response {
    exchange.outcome.unwrap()
}

#[track_caller]
pub fn code(exchange: &Exchange) -> FailureCode {
    match &exchange.outcome {
        Ok(response) => panic!("a response came: {response:?}"),
        Err(failure) => failure.code,
    }
}

/// Reads what is sent up to a byte count or the end.
pub async fn drain(stream: &mut TcpStream) -> usize {
    let mut all = 0;
    let mut chunk = [0_u8; 8192];
    while let Ok(count) = stream.read(&mut chunk).await {
        if count == 0 {
            break;
        }
        all += count;
    }
    all
}
