//! Kept-alive connections. A connection is kept under everything that decided how it was made; before it is used
//! again, the policy of the new call judges its address once more.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::exchange::Request;
use crate::http1::Http1;
use crate::http2::{Http2, Window};
use crate::policy::Policy;
use crate::proxy::ProxyConfig;
use crate::tls::TlsOptions;
use crate::url::{Host, Scheme, Target};

/// Idle connections kept over all receivers, so that many receivers do not use up the file descriptors.
const MAX_IDLE_TOTAL: usize = 4096;

/// What two calls must have in common to share a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    scheme: Scheme,
    host: Host,
    port: u16,
    pub tls: TlsOptions,
    bind: Option<IpAddr>,
    proxy: Option<ProxyConfig>,
    group: Option<u64>,
    pub window: Window,
}

impl Key {
    pub fn new(request: &Request, target: &Target, policy: &Policy) -> Self {
        Self {
            scheme: target.scheme,
            host: target.host.clone(),
            port: target.port,
            tls: TlsOptions {
                verify: request.verify_tls,
                http2: request.http2,
                certificate: request.client_certificate.clone(),
                limits: request.tls_limits.clone(),
            },
            bind: policy.bind,
            proxy: policy.proxy.clone(),
            group: request.connection_group,
            // Only HTTP/2 has one; other connections are shared by all.
            window: if target.scheme == Scheme::Https && request.http2 {
                Window::of(request.max_body)
            } else {
                Window::Small
            },
        }
    }
}

/// A connection of either protocol.
pub(crate) enum Connection {
    Http1(Http1),
    Http2(Http2),
}

impl Connection {
    pub const fn remote(&self) -> SocketAddr {
        match self {
            Self::Http1(connection) => connection.remote,
            Self::Http2(connection) => connection.remote,
        }
    }
}

#[derive(Default)]
struct Slot {
    /// The most recently used last.
    http1: Vec<(Http1, Instant)>,
    http2: Option<(Http2, Instant)>,
}

#[derive(Default)]
struct State {
    slots: HashMap<Key, Slot>,
    idle: usize,
    sweeping: bool,
}

/// The connections that wait for their next use.
pub(crate) struct Pool {
    state: Mutex<State>,
    per_key: usize,
    timeout: Duration,
}

impl Pool {
    pub fn new(per_key: usize, timeout: Duration) -> Self {
        Self {
            state: Mutex::default(),
            per_key,
            timeout,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A usable connection, if one waits. Those that the policy no longer allows are closed.
    pub fn checkout(&self, key: &Key, policy: &Policy) -> Option<Connection> {
        let now = Instant::now();
        loop {
            let mut connection = self.pop(key, now)?;
            if policy.check_address(connection.remote()).is_err() {
                if matches!(connection, Connection::Http2(_)) {
                    self.forget_http2(key);
                }
                continue;
            }
            let usable = match &mut connection {
                Connection::Http1(http1) => http1.is_fresh(),
                Connection::Http2(_) => true,
            };
            if usable {
                return Some(connection);
            }
        }
    }

    fn pop(&self, key: &Key, now: Instant) -> Option<Connection> {
        let mut state = self.lock();
        let state = &mut *state;
        let slot = state.slots.get_mut(key)?;
        if let Some((http2, used)) = &mut slot.http2 {
            if http2.is_open() {
                *used = now;
                return Some(Connection::Http2(http2.clone()));
            }
            slot.http2 = None;
        }
        while let Some((http1, since)) = slot.http1.pop() {
            state.idle -= 1;
            if now.duration_since(since) < self.timeout {
                return Some(Connection::Http1(http1));
            }
        }
        None
    }

    fn forget_http2(&self, key: &Key) {
        if let Some(slot) = self.lock().slots.get_mut(key) {
            slot.http2 = None;
        }
    }

    /// Keeps an HTTP/1.1 connection for the next call, unless enough wait already.
    pub fn keep_http1(self: &Arc<Self>, key: Key, connection: Http1) {
        let now = Instant::now();
        let mut state = self.lock();
        if state.idle >= MAX_IDLE_TOTAL {
            return;
        }
        let slot = state.slots.entry(key).or_default();
        if slot.http1.len() >= self.per_key {
            return;
        }
        slot.http1.push((connection, now));
        state.idle += 1;
        self.start_sweeping(&mut state);
    }

    /// Shares a fresh HTTP/2 connection with later calls.
    pub fn share_http2(self: &Arc<Self>, key: Key, connection: Http2) {
        let now = Instant::now();
        let mut state = self.lock();
        state.slots.entry(key).or_default().http2 = Some((connection, now));
        self.start_sweeping(&mut state);
    }

    /// One task for all connections closes those that waited too long. It ends when none is left.
    fn start_sweeping(self: &Arc<Self>, state: &mut State) {
        if std::mem::replace(&mut state.sweeping, true) {
            return;
        }
        let pool = Arc::downgrade(self);
        let pause = (self.timeout / 2).max(Duration::from_millis(10));
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                let Some(pool) = pool.upgrade() else { return };
                if !pool.sweep(Instant::now()) {
                    return;
                }
            }
        });
    }

    /// Whether something is left to sweep.
    fn sweep(&self, now: Instant) -> bool {
        let mut closing = Vec::new();
        let mut state = self.lock();
        state.slots.retain(|_, slot| {
            let old = slot.http1.partition_point(|(_, since)| now.duration_since(*since) >= self.timeout);
            closing.extend(slot.http1.drain(..old).map(|(connection, _)| connection));
            let drop_http2 = slot
                .http2
                .as_ref()
                .is_some_and(|(http2, used)| !http2.is_open() || (http2.is_idle() && now.duration_since(*used) >= self.timeout));
            if drop_http2 {
                slot.http2 = None;
            }
            !slot.http1.is_empty() || slot.http2.is_some()
        });
        state.idle -= closing.len();
        state.sweeping = !state.slots.is_empty();
        let more = state.sweeping;
        // Sockets are closed without the lock.
        drop(state);
        drop(closing);
        more
    }

    /// How many HTTP/1.1 connections wait, for metrics and tests.
    pub fn idle(&self) -> usize {
        self.lock().idle
    }
}
