//! The rate of one lane: a token bucket, kept as one number. A second's worth of requests may begin at once, the rest at the
//! rate, however long a lane was idle before.

use crate::clock::{Micros, SECOND};

/// A limit of requests that begin in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    per_second: u32,
    /// When the bucket is full again: each request moves it on by one interval.
    full_at: Micros,
}

impl Rate {
    /// A full bucket; at least one request a second.
    pub fn new(per_second: u32) -> Self {
        Self {
            per_second: per_second.max(1),
            full_at: Micros::MIN,
        }
    }

    /// Requests a second.
    pub const fn per_second(&self) -> u32 {
        self.per_second
    }

    /// Another rate; what was spent stays spent.
    pub fn set(&mut self, per_second: u32) {
        self.per_second = per_second.max(1);
    }

    /// Pause between two requests, in microseconds, rounded up.
    pub fn interval(&self) -> Micros {
        let rate = Micros::from(self.per_second);
        (SECOND + rate - 1) / rate
    }

    /// When the next request may begin; `None` if at once.
    pub fn wait(&self, now: Micros) -> Option<Micros> {
        let burst = self.interval() * (Micros::from(self.per_second) - 1);
        let at = self.full_at.saturating_sub(burst);
        (at > now).then_some(at)
    }

    /// A request began.
    pub fn spend(&mut self, now: Micros) {
        self.full_at = self.full_at.max(now).saturating_add(self.interval());
    }

    /// The clock says `now`: a bucket that is full only later than a second from now was filled by another clock.
    pub fn set_clock(&mut self, now: Micros) {
        let latest = now.saturating_add(2 * SECOND);
        if self.full_at > latest {
            self.full_at = latest;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Starts as many as it may at each of these times.
    fn starts(rate: &mut Rate, times: impl IntoIterator<Item = Micros>) -> Vec<Micros> {
        let mut starts = Vec::new();
        for now in times {
            while rate.wait(now).is_none() {
                rate.spend(now);
                starts.push(now);
            }
        }
        starts
    }

    #[test]
    fn a_seconds_worth_at_once_and_then_one_by_one() {
        let mut rate = Rate::new(4);
        assert_eq!(starts(&mut rate, [0]).len(), 4);
        assert_eq!(rate.wait(0), Some(SECOND / 4));
        assert_eq!(
            starts(&mut rate, [SECOND / 4 - 1, SECOND / 4, SECOND]),
            [SECOND / 4, SECOND, SECOND, SECOND]
        );
    }

    #[test]
    fn one_a_second_is_one_a_second() {
        let mut rate = Rate::new(1);
        assert_eq!(
            starts(&mut rate, (0..40).map(|tenth| tenth * SECOND / 10)),
            [0, SECOND, 2 * SECOND, 3 * SECOND]
        );
    }

    #[test]
    fn a_clock_that_was_set_back_stops_nothing_for_long() {
        let mut rate = Rate::new(1);
        rate.spend(1_000_000 * SECOND);
        rate.set_clock(0);
        assert!(rate.wait(0).is_some_and(|at| at <= 2 * SECOND));
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_the_burst_and_never_stuck(per_second in 1_u32..2_000, steps in prop::collection::vec(0_i64..SECOND, 1..200)) {
            let mut rate = Rate::new(per_second);
            let times: Vec<Micros> = steps.iter().scan(0, |now, step| { *now += step; Some(*now) }).collect();
            let starts = starts(&mut rate, times.iter().copied());
            prop_assert!(!starts.is_empty());
            let most = |span: Micros| usize::try_from(span * Micros::from(per_second) / SECOND + Micros::from(per_second) + 1).unwrap();
            let span = starts.last().unwrap() - starts.first().unwrap();
            prop_assert!(starts.len() <= most(span), "{} in {span} µs", starts.len());
            let end = *times.last().unwrap();
            let next = rate.wait(end).unwrap_or(end);
            prop_assert!(next <= end + SECOND);
        }
    }
}
