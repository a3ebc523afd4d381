//! The runner's way to the network: the same guarded client as for webhooks, with the runner's own policy.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use collection::transport::{ClientIdentity, IdentityForm, Phases, Proxy, Transport, TransportError, WireRequest, WireResponse};
use egress::{Client, ClientCertificate, Exchange, FailureCode, Lookup, Parsing, Policy, ProxyConfig, Request, TlsLimits, Version};

/// Without a limit of its own, a request ends with the run's.
const NO_LIMIT: Duration = Duration::from_secs(3_600);

/// As many header fields as Node.js reads.
const MAX_HEADERS: usize = 2_000;

/// A door to the network for the requests of a collection.
pub struct GuardedTransport {
    client: Client,
    policy: Policy,
    /// Certificates read so far.
    certificates: Mutex<HashMap<ClientIdentity, ClientCertificate>>,
    /// The policy with each proxy that a request named.
    proxied: Mutex<HashMap<Proxy, Policy>>,
}

impl GuardedTransport {
    /// A door through `client`, guarded by `policy`.
    pub fn new(client: Client, policy: Policy) -> Self {
        Self {
            client,
            policy,
            certificates: Mutex::default(),
            proxied: Mutex::default(),
        }
    }

    fn certificate(&self, identity: &ClientIdentity) -> Result<ClientCertificate, TransportError> {
        let mut read = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(certificate) = read.get(identity) {
            return Ok(certificate.clone());
        }
        let passphrase = identity.passphrase();
        let certificate = match identity.form() {
            IdentityForm::Pem { certificate, key } => ClientCertificate::from_encrypted_pem(certificate, key, passphrase),
            IdentityForm::Pfx(file) => ClientCertificate::from_pfx(file, passphrase),
        }
        .map_err(|error| refused("ECERT", error.to_string()))?;
        read.insert(identity.clone(), certificate.clone());
        Ok(certificate)
    }

    /// The policy for a request that goes through a proxy of its own. Behind such a proxy nothing is guarded, so only
    /// an open policy, a person at a terminal, may have one.
    fn through(&self, proxy: &Proxy) -> Result<Policy, TransportError> {
        if !self.policy.open {
            let why =
                "the request names a proxy of its own, which only `watchbell run` goes through; here the instance's `egress.proxy` counts";
            return Err(refused("EPROXY", why.to_owned()));
        }
        let mut known = self.proxied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = known.get(proxy) {
            return Ok(policy.clone());
        }
        let config = ProxyConfig::parse(&proxy.url).map_err(|error| refused("EPROXY", error.to_string()))?;
        let mut rules = (*self.policy).clone();
        rules.proxy = Some(config.with_lookup(Lookup::Proxys { tunnel: proxy.tunnel }));
        let policy = Policy::from(rules);
        known.insert(proxy.clone(), policy.clone());
        Ok(policy)
    }
}

fn refused(code: &str, message: String) -> TransportError {
    TransportError {
        code: code.to_owned(),
        message,
    }
}

#[async_trait]
impl Transport for GuardedTransport {
    async fn exchange(&self, wire: WireRequest) -> Result<WireResponse, TransportError> {
        let policy = match &wire.proxy {
            Some(proxy) => self.through(proxy)?,
            None => self.policy.clone(),
        };
        let client_certificate = wire
            .client_certificate
            .as_ref()
            .map(|identity| self.certificate(identity))
            .transpose()?;
        let request = Request {
            headers: wire.headers,
            body: wire.body,
            deadline: wire.timeout.unwrap_or(NO_LIMIT),
            max_body: wire.max_response_bytes,
            verify_tls: wire.verify_tls,
            client_certificate,
            parsing: if wire.lenient_parser { Parsing::Lenient } else { Parsing::Strict },
            tls_limits: TlsLimits {
                tls12: wire.tls.tls12,
                tls13: wire.tls.tls13,
                suites: wire.tls.suites,
            },
            max_headers: MAX_HEADERS,
            latin1_headers: true,
            connection_group: wire.connection_group,
            resend: false,
            add_host: false,
            // Exactly what the collection says, and what the reference runner accepts.
            http2: false,
            decompress: true,
            raw_target: true,
            ..Request::new(wire.method, wire.url)
        };
        answer(self.client.exchange(&request, &policy).await)
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
    let text = |(name, value): (String, bytes::Bytes)| (name, decode(&value));
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

/// Text in UTF-8, or else in Latin-1, which every text is.
fn decode(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use egress::{ClientConfig, PolicyRules};

    use super::*;

    fn door(rules: PolicyRules) -> GuardedTransport {
        GuardedTransport::new(Client::new(ClientConfig::default()).unwrap(), Policy::from(rules))
    }

    #[tokio::test]
    async fn a_guarded_run_goes_through_no_proxy_of_its_own() {
        let mut wire = WireRequest::plain("GET", "http://127.0.0.1:9/");
        wire.proxy = Some(Proxy {
            url: "http://127.0.0.1:9".into(),
            tunnel: false,
        });
        let refused = door(PolicyRules::default()).exchange(wire).await.unwrap_err();
        assert_eq!(refused.code, "EPROXY");
        assert!(refused.message.contains("`egress.proxy`"), "{refused}");
    }

    #[test]
    fn every_cipher_suite_that_the_runner_names_can_be_offered() {
        let mut named = collection::tls::SUITES.map(|(_, number)| number).to_vec();
        let mut offered = egress::tls::suites();
        named.sort_unstable();
        offered.sort_unstable();
        assert_eq!(named, offered);
    }

    #[tokio::test]
    async fn a_certificate_that_cannot_be_read_is_said() {
        let mut wire = WireRequest::plain("GET", "https://127.0.0.1:9/");
        wire.client_certificate = Some(ClientIdentity::new(b"no".to_vec(), b"no".to_vec(), None));
        let refused = door(PolicyRules::default()).exchange(wire).await.unwrap_err();
        assert_eq!(refused.code, "ECERT");
        assert!(refused.message.contains("client certificate"), "{refused}");
    }
}
