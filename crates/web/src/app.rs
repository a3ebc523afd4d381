//! What every handler has at hand: the store, the clock, the engine, and what is remembered between requests.

use std::{ops::Deref, sync::Arc};

use domain::{Clock, Micros};
use engine::Engine;
use store::{Store, Tx};

use crate::{
    actions::ActionError,
    guard::{host, rate::RateLimits, throttle::LoginThrottle, token_cache::TokenCache},
};

/// Settings of the web part.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// How people reach this instance, without a trailing slash: `http://127.0.0.1:8484`.
    pub public_url: String,
    /// Mark cookies `Secure`.
    pub secure_cookies: bool,
    /// Version of the program.
    pub version: String,
    /// Serve `/metrics` to others than loopback.
    pub open_metrics: bool,
}

/// State of the router. Clones share it, at the price of one.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub engine: Engine,
    pub config: Arc<WebConfig>,
    pub(crate) memory: Arc<Memory>,
    own_host: Option<String>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What one process remembers; losing it costs nothing but a look-up.
pub(crate) struct Memory {
    pub(crate) tokens: TokenCache,
    pub(crate) logins: LoginThrottle,
    /// By source: 100 a second.
    pub(crate) inbound: RateLimits,
    /// By bin.
    pub(crate) bins: RateLimits,
    /// By person: webhooks tried before they are saved.
    pub(crate) tries: RateLimits,
    /// By address.
    pub(crate) wrong_tokens: RateLimits,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            tokens: TokenCache::default(),
            logins: LoginThrottle::default(),
            inbound: RateLimits::new(6_000, 1_000),
            bins: RateLimits::new(600, 600),
            tries: RateLimits::new(30, 10),
            wrong_tokens: RateLimits::new(60, 60),
        }
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(store: Store, clock: Arc<dyn Clock>, engine: Engine, config: WebConfig) -> Self {
        Self(Arc::new(Parts {
            store,
            clock,
            engine,
            own_host: host::own(&config.public_url),
            config: Arc::new(config),
            memory: Arc::default(),
        }))
    }

    /// The host by which people know this instance.
    pub(crate) fn own_host(&self) -> Option<&str> {
        self.own_host.as_deref()
    }

    /// Microseconds since the Unix epoch.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// A transaction of an action.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        closure: impl FnOnce(&mut dyn Tx) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, ActionError> {
        self.store.write(closure).await
    }

    /// A snapshot for an action.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        closure: impl FnOnce(&mut dyn Tx) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, ActionError> {
        self.store.read(closure).await
    }

    /// An absolute URL of this instance for `path` (with its leading slash).
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config.public_url.trim_end_matches('/'))
    }
}
