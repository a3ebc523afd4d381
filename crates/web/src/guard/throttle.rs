//! The brake on guessing passwords: per account and address, and per address alone.
//!
//! The first attempts are free; after them each costs twice the wait of the one before. An
//! attempt counts when it begins, so that many at once gain nothing. A success wipes the
//! account's count and takes its own attempt back from the address. Kept in memory, within
//! bounds: a restart forgives.

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
        let remote = remote.map(network);
        make_room(&mut counts, now);
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
        let remote = remote.map(network);
        counts.remove(&account(email, remote));
        if let Some(count) = remote.and_then(|ip| counts.get_mut(&Key::Address(ip))) {
            count.attempts = count.attempts.saturating_sub(1);
            count.blocked_until = count.last_at + wait_after(count.attempts, FREE_OF_ADDRESS);
        }
    }
}

/// Who has one address of IPv6 has the whole network of 64 bits (RFC 6177).
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Drops what is forgotten, and if that does not do, the eighth that was quiet for longest.
fn make_room(counts: &mut HashMap<Key, Count>, now: Micros) {
    if counts.len() < KEPT {
        return;
    }
    counts.retain(|_, count| now - count.last_at < FORGOTTEN);
    if counts.len() < KEPT {
        return;
    }
    let mut times: Vec<Micros> = counts.values().map(|count| count.last_at).collect();
    let (_, &mut limit, _) = times.select_nth_unstable(KEPT / 8);
    let mut surplus = KEPT / 8;
    counts.retain(|_, count| {
        let goes = surplus > 0 && count.last_at <= limit;
        surplus -= usize::from(goes);
        !goes
    });
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

    #[test]
    fn who_logs_in_rightly_does_not_use_the_addresss_attempts_up() {
        let throttle = LoginThrottle::default();
        for number in 0..500 {
            let email = format!("{number}@b");
            throttle.begin(&email, IP, 0).unwrap();
            throttle.succeeded(&email, IP);
        }
        let free = (0..60).filter(|n| throttle.begin(&format!("x{n}@b"), IP, 0).is_ok()).count();
        assert_eq!(free, 50);
    }

    #[test]
    fn the_addresses_of_one_network_of_ipv6_count_as_one() {
        let throttle = LoginThrottle::default();
        let from = |network: u16, n: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, network, 0, 0, 0, n]));
        let refused = (0..60).filter(|n| throttle.begin("a@b", from(1, *n), 0).is_err()).count();
        assert_eq!(refused, 55);
        throttle.begin("a@b", from(2, 1), 0).unwrap();
    }

    #[test]
    fn memory_is_bounded_and_the_latest_are_kept() {
        let throttle = LoginThrottle::default();
        let total = 3 * u32::try_from(KEPT).unwrap();
        let ip = |n: u32| Some(IpAddr::V4(n.into()));
        for n in 0..total {
            throttle.begin("a@b", ip(n), i64::from(n)).unwrap();
        }
        assert!(throttle.counts.lock().unwrap().len() <= KEPT + 1);
        let now = i64::from(total);
        for _ in 0..4 {
            throttle.begin("a@b", ip(total - 1), now).unwrap();
        }
        assert!(throttle.begin("a@b", ip(total - 1), now).is_err());
    }
}
