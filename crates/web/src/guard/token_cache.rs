//! API tokens, looked up once and remembered for a moment: publishing must not read the
//! database to know who publishes. A deleted token is forgotten at once, here; a change of
//! role, or a deletion on another node, shows within `LASTS`.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::Micros;

use crate::actions::Caller;

/// How long a look-up is believed.
const LASTS: Duration = Duration::from_secs(10);
/// Tokens kept at most.
const KEPT: usize = 10_000;

/// A token that was looked up.
#[derive(Debug, Clone)]
pub struct Known {
    pub token_id: Arc<str>,
    pub caller: Arc<Caller>,
    pub expires_at: Option<Micros>,
}

impl Known {
    /// Whether the token still works at `now`.
    pub fn lasts(&self, now: Micros) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }
}

/// The tokens that this process knows, by hash.
#[derive(Debug, Default)]
pub struct TokenCache {
    tokens: RwLock<HashMap<String, (Known, Instant)>>,
}

impl TokenCache {
    /// Who holds the token, if it was looked up lately.
    pub fn get(&self, hash: &str) -> Option<Known> {
        let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
        tokens
            .get(hash)
            .filter(|(_, since)| since.elapsed() < LASTS)
            .map(|(known, _)| known.clone())
    }

    /// Remembers a look-up.
    pub fn put(&self, hash: String, known: Known) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= KEPT {
            tokens.retain(|_, (_, since)| since.elapsed() < LASTS);
        }
        if tokens.len() < KEPT {
            tokens.insert(hash, (known, Instant::now()));
        }
    }

    /// Forgets a token by its id.
    pub fn forget(&self, token_id: &str) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, (known, _)| &*known.token_id != token_id);
    }
}
