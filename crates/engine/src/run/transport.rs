//! The runner's way to the network: the same guarded client as for webhooks, with the runner's own policy.

use std::time::Duration;

use async_trait::async_trait;
use collection::transport::{Phases, Transport, TransportError, WireRequest, WireResponse};
use egress::{Client, Exchange, FailureCode, Policy, Request, Version};

/// Without a limit of its own, a request ends with the run's.
const NO_LIMIT: Duration = Duration::from_secs(3_600);

/// A door to the network for the requests of a collection.
pub struct GuardedTransport {
    client: Client,
    policy: Policy,
}

impl GuardedTransport {
    /// A door through `client`, guarded by `policy`.
    pub const fn new(client: Client, policy: Policy) -> Self {
        Self { client, policy }
    }
}

#[async_trait]
impl Transport for GuardedTransport {
    async fn exchange(&self, wire: WireRequest) -> Result<WireResponse, TransportError> {
        let request = Request {
            headers: wire.headers,
            body: wire.body,
            deadline: wire.timeout.unwrap_or(NO_LIMIT),
            max_body: wire.max_response_bytes,
            verify_tls: wire.verify_tls,
            // Exactly what the collection says, and what the reference runner accepts.
            http2: false,
            decompress: true,
            raw_target: true,
            ..Request::new(wire.method, wire.url)
        };
        answer(self.client.exchange(&request, &self.policy).await)
    }
}

fn answer(exchange: Exchange) -> Result<WireResponse, TransportError> {
    let response = exchange.outcome.map_err(|failure| {
        let refused = failure.code == FailureCode::GuardRefused;
        let code = if refused {
            "EGUARD".to_owned()
        } else {
            failure.node_code().to_owned()
        };
        TransportError {
            code,
            message: failure.message,
        }
    })?;
    let text = |(name, value): (String, bytes::Bytes)| (name, String::from_utf8_lossy(&value).into_owned());
    Ok(WireResponse {
        status: response.status,
        reason: response.reason,
        http_version: match response.version {
            Version::Http10 => "1.0",
            Version::Http11 => "1.1",
            Version::Http2 => "2.0",
        }
        .to_owned(),
        headers: response.headers.into_iter().map(text).collect(),
        body: response.body,
        truncated: response.truncated,
        remote_address: exchange.remote.map(|remote| remote.to_string()),
        phases: Phases {
            resolve_us: exchange.phases.resolve_us,
            connect_us: exchange.phases.connect_us,
            tls_us: exchange.phases.tls_us,
            first_byte_us: exchange.phases.first_byte_us,
            body_us: exchange.phases.body_us,
        },
        total_us: exchange.total_us,
    })
}
