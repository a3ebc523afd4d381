//! The client: judges a request, finds or makes a connection, and speaks on it, all within one deadline.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::connect::{self, Stream};
use crate::error::{Failure, FailureCode, SetupError};
use crate::exchange::{Exchange, Request, Response};
use crate::http1::Http1;
use crate::http2::Http2;
use crate::policy::Policy;
use crate::pool::{Connection, Key, Pool};
use crate::proxy;
use crate::resolve::{self, Resolver, SystemResolver};
use crate::tls::{Roots, Tls};
use crate::trace::{Stage, Trace};
use crate::url::{Scheme, Target, check_raw_url, check_url};

/// How a client is set up.
#[derive(Clone)]
pub struct ClientConfig {
    /// Which authorities are trusted.
    pub roots: Roots,
    /// Where addresses come from.
    pub resolver: Arc<dyn Resolver>,
    /// How many idle connections are kept per receiver.
    pub idle_per_host: usize,
    /// How long an idle connection is kept.
    pub idle_timeout: Duration,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            roots: Roots::Native,
            resolver: Arc::new(SystemResolver::default()),
            idle_per_host: 64,
            idle_timeout: Duration::from_secs(30),
        }
    }
}

/// No exchange lasts longer than this, whatever its deadline says.
const MAX_DEADLINE: Duration = Duration::from_secs(24 * 60 * 60);

/// The guarded client. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Client")
            .field("idle", &self.idle_connections())
            .finish_non_exhaustive()
    }
}

struct Inner {
    tls: Tls,
    resolver: Arc<dyn Resolver>,
    pool: Arc<Pool>,
}

impl Client {
    /// Sets up a client.
    ///
    /// # Errors
    /// When the given roots cannot be read.
    pub fn new(config: ClientConfig) -> Result<Self, SetupError> {
        Ok(Self(Arc::new(Inner {
            tls: Tls::new(&config.roots)?,
            resolver: config.resolver,
            pool: Arc::new(Pool::new(config.idle_per_host, config.idle_timeout)),
        })))
    }

    /// How many idle HTTP/1.1 connections are kept at the moment.
    #[must_use]
    pub fn idle_connections(&self) -> usize {
        self.0.pool.idle()
    }

    /// The verdict over a URL with its name resolved, without any connection: what a save or a test shows beforehand.
    ///
    /// # Errors
    /// The guard's refusal, or why the name does not resolve now.
    pub async fn check(&self, url: &str, policy: &Policy, deadline: Duration) -> Result<Vec<SocketAddr>, Failure> {
        let target = check_url(policy, url)?;
        let work = resolve::endpoints(self.0.resolver.as_ref(), &target, policy);
        match tokio::time::timeout(deadline, work).await {
            Ok(result) => result,
            Err(_) => Err(Trace::new(Instant::now()).timeout(deadline)),
        }
    }

    /// Sends one request and reads one response, whatever its status; nothing is followed. Dropping the future ends
    /// the exchange and closes its connection.
    pub async fn exchange(&self, request: &Request, policy: &Policy) -> Exchange {
        let start = Instant::now();
        let deadline = request.deadline.min(MAX_DEADLINE);
        let mut trace = Trace::new(start);
        let work = self.run(request, policy, &mut trace);
        let outcome = match tokio::time::timeout_at((start + deadline).into(), work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(trace.timeout(deadline)),
        };
        trace.finish(outcome)
    }

    async fn run(&self, request: &Request, policy: &Policy, trace: &mut Trace) -> Result<Response, Failure> {
        let mut target = if request.raw_target {
            check_raw_url(policy, &request.url)
        } else {
            check_url(policy, &request.url)
        }?;
        request.validate()?;
        let key = Key::new(request, &target, policy);
        let dressed = proxy::named(policy, &target).and_then(|named| named.dress(request, &mut target));
        let request = dressed.as_ref().unwrap_or(request);
        if let Some(connection) = self.0.pool.checkout(&key, policy) {
            trace.begin_request(connection.remote(), true);
            let is_http2 = matches!(connection, Connection::Http2(_));
            match self.speak(connection, request, &target, key.clone(), trace).await {
                // The receiver had closed it while it was idle: that is nobody's failure.
                Err(failure) if request.resend && trace.got_nothing() && was_stale(&failure, is_http2) => {}
                outcome => return outcome,
            }
        }
        trace.enter(Stage::Resolve);
        let connection = Box::pin(self.open(&target, &key, policy, trace)).await?;
        trace.begin_request(connection.remote(), false);
        self.speak(connection, request, &target, key, trace).await
    }

    async fn speak(
        &self,
        connection: Connection,
        request: &Request,
        target: &Target,
        key: Key,
        trace: &mut Trace,
    ) -> Result<Response, Failure> {
        match connection {
            Connection::Http1(mut http1) => {
                let (response, keep) = http1.exchange(request, target, trace).await?;
                if keep {
                    self.0.pool.keep_http1(key, http1);
                }
                Ok(response)
            }
            Connection::Http2(mut http2) => Box::pin(http2.exchange(request, target, trace)).await,
        }
    }

    /// A connection to the receiver or as far as the proxy that stands for it.
    async fn reach(&self, target: &Target, policy: &Policy, trace: &mut Trace) -> Result<(TcpStream, SocketAddr), Failure> {
        let resolver = self.0.resolver.as_ref();
        if let Some(named) = proxy::named(policy, target) {
            trace.enter(Stage::Proxy);
            return named.connect(resolver, target, policy).await;
        }
        let endpoints = resolve::endpoints(resolver, target, policy).await?;
        if let Some(proxy) = &policy.proxy {
            trace.enter(Stage::Proxy);
            return proxy::connect(proxy, resolver, &endpoints, policy).await;
        }
        trace.enter(Stage::Connect);
        trace.remote = endpoints.first().copied();
        connect::connect(&endpoints, policy).await
    }

    /// Resolves, connects (perhaps through the proxy) and does the TLS handshake.
    async fn open(&self, target: &Target, key: &Key, policy: &Policy, trace: &mut Trace) -> Result<Connection, Failure> {
        let (tcp, remote) = Box::pin(self.reach(target, policy, trace)).await?;
        trace.remote = Some(remote);
        if target.scheme == Scheme::Http {
            return Ok(Connection::Http1(Http1::new(Stream::Plain(tcp), remote)));
        }
        trace.enter(Stage::Tls);
        let stream = self.0.tls.handshake(tcp, &target.server_name(), &key.tls).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let stream = Stream::Tls(Box::new(stream));
        if !is_http2 {
            return Ok(Connection::Http1(Http1::new(stream, remote)));
        }
        let http2 = Http2::handshake(stream, remote, key.window).await?;
        self.0.pool.share_http2(key.clone(), http2.clone());
        Ok(Connection::Http2(http2))
    }
}

/// Whether a kept connection failed because it was over already. HTTP/1.1 cannot tell that from a request that was taken.
const fn was_stale(failure: &Failure, is_http2: bool) -> bool {
    if is_http2 {
        failure.unprocessed
    } else {
        matches!(failure.code, FailureCode::Closed | FailureCode::Reset)
    }
}
