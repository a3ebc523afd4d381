//! Brakes by key (a source, a bin, an address): token buckets, so that one sender in a loop cannot fill the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use domain::{Micros, clock::MINUTE, clock::SECOND};

/// Buckets kept before full ones are dropped.
const KEPT: usize = 10_000;

/// The buckets of this process for one kind of key.
#[derive(Debug)]
pub struct RateLimits {
    per_minute: i64,
    burst: i64,
    /// When each bucket will be full again.
    full_at: Mutex<HashMap<String, Micros>>,
}

/// One was taken from a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// What is left in it.
    pub left: i64,
    /// Seconds until it is full again.
    pub full_in: i64,
}

impl RateLimits {
    /// Buckets that hold `burst` requests and are filled up with `per_minute`.
    pub fn new(per_minute: i64, burst: i64) -> Self {
        Self {
            per_minute,
            burst,
            full_at: Mutex::default(),
        }
    }

    /// Takes one from the bucket.
    ///
    /// # Errors
    /// After how many seconds there will be one.
    pub fn take(&self, key: &str, now: Micros) -> Result<Taken, u64> {
        // What one request costs, in microseconds of waiting.
        let cost = MINUTE / self.per_minute;
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.get(key).copied().unwrap_or(now).max(now);
        let after = full_at + cost;
        let over = after - now - self.burst * cost;
        if over > 0 {
            return Err(u64::try_from((over + SECOND - 1) / SECOND).unwrap_or(1));
        }
        buckets.insert(key.to_owned(), after);
        Ok(Taken {
            left: -over / cost,
            full_in: (after - now + SECOND - 1) / SECOND,
        })
    }

    /// Tells the limit and what is left of it (RateLimit header fields for HTTP, IETF draft 10).
    pub fn tell(&self, headers: &mut HeaderMap, taken: Taken) {
        let policy = format!("\"default\";q={};w=60", self.per_minute);
        let left = format!("\"default\";r={};t={}", taken.left, taken.full_in);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_then_the_rate_holds_and_others_are_not_touched() {
        let limits = RateLimits::new(6_000, 1_000);
        let taken = (0..2_000).filter(|_| limits.take("a", 0).is_ok()).count();
        assert_eq!(taken, 1_000);
        assert_eq!(limits.take("a", 0), Err(1));
        assert_eq!(limits.take("b", 0), Ok(Taken { left: 999, full_in: 1 }));
        let later = (0..1_000).filter(|_| limits.take("a", SECOND).is_ok()).count();
        assert_eq!(later, 100);
    }
}
