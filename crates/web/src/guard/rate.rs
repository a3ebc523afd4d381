//! A brake per source: a token bucket, so that one sender in a loop cannot fill the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::{Micros, clock::SECOND};

/// Requests a second in the long run.
const RATE: i64 = 100;
/// Requests at once.
const BURST: i64 = 1_000;
/// What one request costs, in microseconds of waiting.
const COST: Micros = SECOND / RATE;
/// Buckets kept before full ones are dropped.
const KEPT: usize = 10_000;

/// The buckets of this process, by source id.
#[derive(Debug, Default)]
pub struct RateLimits {
    /// When each bucket will be full again.
    full_at: Mutex<HashMap<String, Micros>>,
}

impl RateLimits {
    /// Takes one from the bucket, or says after how many seconds there will be one.
    pub fn take(&self, source_id: &str, now: Micros) -> Result<(), u64> {
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.get(source_id).copied().unwrap_or(now).max(now);
        let after = full_at + COST;
        let over = after - now - BURST * COST;
        if over > 0 {
            return Err(u64::try_from((over + SECOND - 1) / SECOND).unwrap_or(1));
        }
        buckets.insert(source_id.to_owned(), after);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_then_the_rate_holds_and_others_are_not_touched() {
        let limits = RateLimits::default();
        let taken = (0..2 * BURST).filter(|_| limits.take("a", 0).is_ok()).count();
        assert_eq!(taken, usize::try_from(BURST).unwrap());
        assert_eq!(limits.take("a", 0), Err(1));
        assert_eq!(limits.take("b", 0), Ok(()));
        let later = (0..BURST).filter(|_| limits.take("a", SECOND).is_ok()).count();
        assert_eq!(later, usize::try_from(RATE).unwrap());
    }
}
