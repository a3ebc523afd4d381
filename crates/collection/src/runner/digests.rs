//! What servers said to each digest authentication of the collection, kept for the run.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::auth::digest::Kept;
use crate::auth::handshake::Handshake;
use crate::format::Auth;

/// One authentication of the collection: a folder's, for all that inherit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner(usize);

impl Owner {
    /// The collection does not move while a run goes on, so the address tells them apart.
    pub fn of(auth: &Auth) -> Self {
        Self(std::ptr::from_ref(auth).addr())
    }
}

/// Challenges by the authentication that they were answered with.
#[derive(Default)]
pub struct Digests(Mutex<HashMap<Owner, Kept>>);

impl Digests {
    /// What is known so far.
    pub fn of(&self, owner: Option<Owner>) -> Kept {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        owner.and_then(|owner| kept.get(&owner).cloned()).unwrap_or_default()
    }

    /// Keeps what a handshake learned.
    pub fn keep(&self, owner: Option<Owner>, handshake: Handshake) {
        if let Some((owner, learned)) = owner.zip(handshake.into_kept()) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(owner, learned);
        }
    }
}
