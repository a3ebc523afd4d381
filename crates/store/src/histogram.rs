//! A histogram of durations for `/metrics`: two atomic additions for each, nothing is allocated.

use std::sync::atomic::{AtomicU64, Ordering};

/// Upper bounds of the buckets in microseconds; one more bucket holds what is longer.
pub const BOUNDS_US: [u64; 16] = [
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    300_000_000,
];

/// The live counts.
#[derive(Debug, Default)]
pub struct Histogram {
    counts: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    /// How many were not longer than each of [`BOUNDS_US`], and at last how many there were.
    pub cumulative: [u64; BOUNDS_US.len() + 1],
    /// All of them together, microseconds.
    pub sum_us: u64,
}

impl Histogram {
    /// Counts one that took so long, in microseconds; what is negative (a clock was set back) counts as nothing.
    pub fn observe(&self, us: i64) {
        let us = u64::try_from(us).unwrap_or(0);
        let place = BOUNDS_US.partition_point(|bound| *bound < us);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn snapshot(&self) -> Distribution {
        let mut total = 0;
        let cumulative = self.counts.each_ref().map(|count| {
            total += count.load(Ordering::Relaxed);
            total
        });
        Distribution {
            cumulative,
            sum_us: self.sum_us.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_in_every_bucket_that_is_long_enough() {
        let histogram = Histogram::default();
        for us in [-5, 500, 501, 400_000_000] {
            histogram.observe(us);
        }
        let seen = histogram.snapshot();
        assert_eq!(&seen.cumulative[..3], [2, 3, 3]);
        assert_eq!(seen.cumulative[BOUNDS_US.len() - 1..], [3, 4]);
        assert_eq!(seen.sum_us, 400_001_001);
    }
}
