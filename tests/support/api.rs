//! An API for monitors to watch: healthy until it is broken, and again when it is mended.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

pub struct Api {
    pub address: SocketAddr,
    broken: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
}

impl Api {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (broken, requests) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let state = (broken.clone(), requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (broken, requests) = state.clone();
                let service = service_fn(move |_: Request<Incoming>| {
                    requests.fetch_add(1, Ordering::SeqCst);
                    let broken = broken.load(Ordering::SeqCst);
                    async move { Ok::<_, Infallible>(answer(broken)) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, broken, requests }
    }

    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// A collection with one request and two tests against this API.
    pub fn collection(&self, name: &str) -> serde_json::Value {
        serde_json::json!({
            "info": {"name": name, "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
            "item": [{
                "name": "orders",
                "request": {"method": "GET", "header": [], "url": format!("http://{}/orders", self.address)},
                "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": [
                    "pm.test('status is 200', () => pm.response.to.have.status(200));",
                    "pm.test('has orders', () => pm.expect(pm.response.json().orders).to.be.an('array'));",
                ]}}],
            }],
        })
    }
}

fn answer(broken: bool) -> Response<Full<Bytes>> {
    let (status, body) = if broken {
        (500, r#"{"error":"out of bells"}"#)
    } else {
        (200, r#"{"orders":[1,2,3]}"#)
    };
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .unwrap()
}
