//! The receiver: reads a POST, notes which event arrived when, answers 200. A request to
//! `/hang` is read and never answered.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::Notify};

#[derive(Default)]
struct Seen {
    count: AtomicUsize,
    arrivals: Mutex<HashMap<u64, Instant>>,
    changed: Notify,
}

pub struct Receiver {
    address: SocketAddr,
    seen: Arc<Seen>,
}

impl Receiver {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = shared.clone();
                let _ = stream.set_nodelay(true);
                let service = service_fn(move |request| answer(request, seen.clone()));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(Self { address, seen })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Forgets what arrived.
    pub fn reset(&self) {
        self.seen.count.store(0, Ordering::SeqCst);
        self.seen.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Waits until so many requests arrived.
    pub async fn wait_for(&self, count: usize) {
        loop {
            let changed = self.seen.changed.notified();
            if self.seen.count.load(Ordering::SeqCst) >= count {
                return;
            }
            changed.await;
        }
    }

    pub fn count(&self) -> usize {
        self.seen.count.load(Ordering::SeqCst)
    }

    /// When each numbered event arrived first.
    pub fn arrivals(&self) -> HashMap<u64, Instant> {
        self.seen.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[allow(clippy::disallowed_methods, reason = "bounded by `Limited`")]
async fn answer(request: Request<Incoming>, seen: Arc<Seen>) -> Result<Response<Full<Bytes>>, Infallible> {
    let hang = request.uri().path() == "/hang";
    let body = Limited::new(request.into_body(), 4 << 20)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    if hang {
        std::future::pending::<()>().await;
    }
    if let Some(number) = number(&body) {
        seen.arrivals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(number)
            .or_insert_with(Instant::now);
    }
    seen.count.fetch_add(1, Ordering::SeqCst);
    seen.changed.notify_waiters();
    Ok(Response::new(Full::new(Bytes::new())))
}

/// The value of `"number":` in the body: found by bytes, since parsing JSON would be measured too.
fn number(body: &[u8]) -> Option<u64> {
    const KEY: &[u8] = b"\"number\":";
    let at = body.windows(KEY.len()).position(|w| w == KEY)? + KEY.len();
    let digits = body[at..].iter().take_while(|b| b.is_ascii_digit());
    Some(digits.fold(0, |n, b| n * 10 + u64::from(b - b'0')))
}
