//! One keep-alive HTTP/1.1 connection that posts bytes and wants a 2xx.

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http::request::Builder;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

pub struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
    host: String,
    authorization: Option<String>,
}

impl Client {
    pub async fn connect(host: &str, token: Option<&str>) -> Result<Self> {
        let stream = TcpStream::connect(host).await.with_context(|| format!("connect to {host}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: host.to_owned(),
            authorization: token.map(|t| format!("Bearer {t}")),
        })
    }

    /// Posts a JSON body; an answer other than 2xx is an error with the answer in it.
    pub async fn post(&mut self, path: &str, body: Bytes, headers: &[(&str, &str)]) -> Result<Bytes> {
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request, path, body, headers).await
    }

    /// Gets; an answer other than 2xx is an error with the answer in it.
    pub async fn get(&mut self, path: &str) -> Result<Bytes> {
        self.send(Request::get(path), path, Bytes::new(), &[]).await
    }

    async fn send(&mut self, request: Builder, path: &str, body: Bytes, headers: &[(&str, &str)]) -> Result<Bytes> {
        let mut request = request.header("host", &self.host);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::new(body))?).await?;
        let status = response.status();
        let answer = bounded(response.into_body()).await?;
        if !status.is_success() {
            bail!("{path}: {status} {}", String::from_utf8_lossy(&answer));
        }
        Ok(answer)
    }
}

#[allow(clippy::disallowed_methods, reason = "bounded by `Limited`")]
async fn bounded(body: hyper::body::Incoming) -> Result<Bytes> {
    let body = Limited::new(body, 4 << 20).collect().await.map_err(|e| anyhow::anyhow!(e))?;
    Ok(body.to_bytes())
}
