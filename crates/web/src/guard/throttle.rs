//! The brake on guessing passwords: per account and address, and per address alone.
//!
//! The first attempts are free; after them each costs twice the wait of the one before. An
//! attempt counts when it begins, so that many at once gain nothing. A success wipes the
//! account's count. Kept in memory: a restart forgives.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use domain::{
    Micros, Problem,
    clock::{MINUTE, SECOND},
};

use crate::actions::ActionError;

/// Attempts without a wait for one account from one address.
const FREE: u32 = 5;
/// Attempts without a wait from one address.
const FREE_OF_ADDRESS: u32 = 50;
/// Longest wait.
const LONGEST: Micros = 15 * MINUTE;
/// After so long without an attempt a count is forgotten.
const FORGOTTEN: Micros = 60 * MINUTE;
/// Counts kept at most.
const KEPT: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String, Option<IpAddr>),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    attempts: u32,
    last_at: Micros,
    blocked_until: Micros,
}

/// The counts of this process.
#[derive(Debug, Default)]
pub struct LoginThrottle {
    counts: Mutex<HashMap<Key, Count>>,
}

impl LoginThrottle {
    /// Counts an attempt.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn begin(&self, email: &str, remote: Option<IpAddr>, now: Micros) -> Result<(), ActionError> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= KEPT {
            counts.retain(|_, count| now - count.last_at < FORGOTTEN);
        }
        let keys = [
            Some((account(email, remote), FREE)),
            remote.map(|ip| (Key::Address(ip), FREE_OF_ADDRESS)),
        ];
        let keys: Vec<(Key, u32)> = keys.into_iter().flatten().collect();
        let wait = keys
            .iter()
            .filter_map(|(key, _)| counts.get(key))
            .map(|count| count.blocked_until - now)
            .max()
            .unwrap_or(0);
        if wait > 0 {
            return Err(too_many(wait));
        }
        for (key, free) in keys {
            let count = counts.entry(key).or_insert(Count {
                attempts: 0,
                last_at: now,
                blocked_until: 0,
            });
            if now - count.last_at >= FORGOTTEN {
                count.attempts = 0;
            }
            count.attempts += 1;
            count.last_at = now;
            count.blocked_until = now + wait_after(count.attempts, free);
        }
        Ok(())
    }

    /// The attempt was right.
    pub fn succeeded(&self, email: &str, remote: Option<IpAddr>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(&account(email, remote));
    }
}

/// What is typed may be long; the key is not.
fn account(email: &str, remote: Option<IpAddr>) -> Key {
    Key::Account(email.chars().take(254).collect(), remote)
}

/// Nothing while attempts are free, then 1, 2, 4 … seconds.
fn wait_after(attempts: u32, free: u32) -> Micros {
    match attempts.checked_sub(free) {
        None => 0,
        Some(over) => (SECOND << over.min(20)).min(LONGEST),
    }
}

fn too_many(wait: Micros) -> ActionError {
    let seconds = u64::try_from((wait + SECOND - 1) / SECOND).unwrap_or(1).max(1);
    let problem = Problem::new(
        429,
        "too-many-attempts",
        "Too many attempts",
        format!("too many attempts; the next is possible in {seconds} s"),
    );
    ActionError::Later { problem, seconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    #[test]
    fn five_are_free_then_the_waits_double_and_a_success_forgives() {
        let throttle = LoginThrottle::default();
        for _ in 0..5 {
            throttle.begin("a@b", IP, 0).unwrap();
        }
        assert!(throttle.begin("a@b", IP, SECOND - 1).is_err());
        throttle.begin("a@b", IP, SECOND).unwrap();
        assert!(throttle.begin("a@b", IP, 2 * SECOND).is_err());
        throttle.begin("a@b", IP, 3 * SECOND).unwrap();
        throttle.succeeded("a@b", IP);
        throttle.begin("a@b", IP, 3 * SECOND).unwrap();
    }

    #[test]
    fn another_account_or_address_is_not_held_up_but_a_sweep_over_accounts_is() {
        let throttle = LoginThrottle::default();
        for _ in 0..5 {
            throttle.begin("a@b", IP, 0).unwrap();
        }
        throttle.begin("a@b", Some("10.0.0.1".parse().unwrap()), 0).unwrap();
        let refused = (0..60).filter(|n| throttle.begin(&format!("{n}@b"), IP, 0).is_err()).count();
        assert_eq!(refused, 15);
    }
}
