//! The pace of one webhook's lane: how many requests may be in flight to its receiver now.
//!
//! The window starts at one, grows by one with each success up to the cap, and halves with
//! each failure, so that a receiver that hangs holds one connection and not the whole cap.
//! After [`OPEN_AFTER`] failures in a row the lane is *open*: one real delivery at a time, a
//! probe, at growing intervals; the first success closes it. Beside that a rate may be set.

mod rate;

pub use rate::Rate;

use crate::{
    clock::{Micros, SECOND},
    limits,
};

/// Failures in a row that open a lane.
pub const OPEN_AFTER: u64 = 5;
/// Pause before the first probe; doubled after each probe that fails.
pub const FIRST_PROBE: Micros = SECOND;
/// Longest pause between probes.
pub const LONGEST_PROBE: Micros = 300 * SECOND;

/// The state of one lane's pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    cap: usize,
    window: usize,
    failures: u64,
    probe: Option<Probe>,
    /// The receiver asked for a pause (`Retry-After`) until then.
    held_until: Option<Micros>,
    rate: Option<Rate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Probe {
    at: Micros,
    running: bool,
    failed: u32,
}

/// What may start now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// One more request.
    Start,
    /// Nothing before this time: the lane is open, the receiver asked for a pause, or the rate is used up.
    Wait(Micros),
    /// Nothing before one of those in flight is over.
    Full,
}

impl Pace {
    /// The pace after a start: a webhook that was failing when the node stopped starts open,
    /// with its first probe at `probe_at` (the stored time, or now).
    pub fn new(cap: usize, failures_in_a_row: u64, probe_at: Micros) -> Self {
        let probe = (failures_in_a_row >= OPEN_AFTER).then_some(Probe {
            at: probe_at,
            running: false,
            failed: 0,
        });
        Self {
            cap: cap.max(1),
            window: 1,
            failures: failures_in_a_row,
            probe,
            held_until: None,
            rate: None,
        }
    }

    /// Requests that may begin in a second, when the webhook's options were edited; `None` for no limit.
    pub fn set_rate(&mut self, per_second: Option<u32>) {
        match (&mut self.rate, per_second) {
            (Some(rate), Some(per_second)) => rate.set(per_second),
            (rate, per_second) => *rate = per_second.map(Rate::new),
        }
    }

    /// The same pace from the start, but for what was spent of the rate.
    #[must_use]
    pub fn with_rate_of(self, before: &Self) -> Self {
        Self { rate: before.rate, ..self }
    }

    /// Another cap, when the webhook's options were edited.
    pub fn set_cap(&mut self, cap: usize) {
        self.cap = cap.max(1);
        self.window = self.window.min(self.cap);
    }

    /// How many may be in flight now: what its receiver has shown that it takes.
    pub const fn window(&self) -> usize {
        self.window
    }

    /// The most requests in flight at once.
    pub const fn cap(&self) -> usize {
        self.cap
    }

    /// Whether only probes are sent.
    pub const fn is_open(&self) -> bool {
        self.probe.is_some()
    }

    /// When the next probe is sent, while the lane is open.
    pub fn probe_at(&self) -> Option<Micros> {
        let probe = self.probe.as_ref()?;
        Some(self.held_until.map_or(probe.at, |held| held.max(probe.at)))
    }

    /// The receiver asked for a pause: nothing new starts before this time, whichever delivery it was said to.
    pub fn hold(&mut self, until: Micros) {
        self.held_until = Some(self.held_until.map_or(until, |before| before.max(until)));
    }

    /// Whether another request may start beside `in_flight` others.
    pub fn room(&self, in_flight: usize, now: Micros) -> Room {
        if let Some(held) = self.held_until.filter(|held| now < *held) {
            return if in_flight == 0 { Room::Wait(held) } else { Room::Full };
        }
        match &self.probe {
            None if in_flight < self.window => self.rated(now),
            Some(probe) if in_flight == 0 && !probe.running && now >= probe.at => self.rated(now),
            Some(probe) if in_flight == 0 && !probe.running => Room::Wait(probe.at),
            _ => Room::Full,
        }
    }

    fn rated(&self, now: Micros) -> Room {
        let wait = self.rate.as_ref().and_then(|rate| rate.wait(now));
        wait.map_or(Room::Start, Room::Wait)
    }

    /// The clock says `now`: what lies further ahead than it can was stored by another clock, and is moved to where it can.
    pub fn set_clock(&mut self, now: Micros) {
        if let Some(probe) = self.probe.as_mut().filter(|probe| probe.at > now.saturating_add(2 * LONGEST_PROBE)) {
            probe.at = now.saturating_add(LONGEST_PROBE);
        }
        let longest = now.saturating_add(limits::RETRY_AFTER_SECONDS * SECOND);
        self.held_until = self.held_until.map(|held| held.min(longest));
        if let Some(rate) = &mut self.rate {
            rate.set_clock(now);
        }
    }

    /// A request was started.
    pub fn started(&mut self, now: Micros) {
        if let Some(rate) = &mut self.rate {
            rate.spend(now);
        }
        if let Some(probe) = &mut self.probe {
            probe.running = true;
        }
    }

    /// A request succeeded: an open lane is closed, an ordinary one speeds up.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.probe = None;
        self.window = (self.window + 1).min(self.cap);
    }

    /// A request ended without a word about the receiver (a proxy failed, the guard refused).
    pub const fn ended(&mut self) {
        if let Some(probe) = &mut self.probe {
            probe.running = false;
        }
    }

    /// A request failed. `seed` is any random number; pauses vary by ±20 %.
    pub fn failed(&mut self, now: Micros, seed: u64) {
        self.failures = self.failures.saturating_add(1);
        self.window = (self.window / 2).max(1);
        match &mut self.probe {
            Some(probe) if probe.running => {
                probe.running = false;
                probe.failed = probe.failed.saturating_add(1);
                probe.at = now.saturating_add(pause(probe.failed, seed));
            }
            // It was in flight before the lane opened and says nothing new.
            Some(_) => {}
            None if self.failures >= OPEN_AFTER => {
                self.probe = Some(Probe {
                    at: now.saturating_add(pause(0, seed)),
                    running: false,
                    failed: 0,
                });
            }
            None => {}
        }
    }
}

fn pause(failed_probes: u32, seed: u64) -> Micros {
    let pause = FIRST_PROBE.saturating_mul(1 << failed_probes.min(20)).min(LONGEST_PROBE);
    let swing = pause / 5;
    pause - swing + i64::try_from(seed % (2 * swing.unsigned_abs() + 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_receiver_that_never_answers_well_holds_one_connection() {
        let mut pace = Pace::new(8, 0, 0);
        assert_eq!(pace.room(0, 0), Room::Start);
        assert_eq!(pace.room(1, 0), Room::Full);
        pace.failed(0, 0);
        assert_eq!(pace.room(1, 0), Room::Full);
    }

    #[test]
    fn success_widens_the_window_to_the_cap() {
        let mut pace = Pace::new(3, 0, 0);
        (0..5).for_each(|_| pace.succeeded());
        assert_eq!((pace.room(2, 0), pace.room(3, 0)), (Room::Start, Room::Full));
    }

    #[test]
    fn five_failures_open_the_lane_and_one_success_closes_it() {
        let mut pace = Pace::new(8, 0, 0);
        (0..5).for_each(|_| pace.failed(0, 0));
        assert!(pace.is_open());
        let Room::Wait(at) = pace.room(0, 0) else {
            panic!("an open lane waits")
        };
        assert_eq!(pace.room(0, at), Room::Start);
        pace.started(at);
        assert_eq!(pace.room(0, at), Room::Full);
        pace.failed(at, 0);
        let Room::Wait(next) = pace.room(0, at) else { panic!("still open") };
        assert!(next - at > at, "the pause grows");
        pace.succeeded();
        assert!(!pace.is_open());
    }

    #[test]
    fn a_pause_that_the_receiver_asked_for_holds_whatever_else_succeeds() {
        let mut pace = Pace::new(8, 0, 0);
        pace.hold(50);
        pace.hold(20);
        pace.succeeded();
        assert_eq!((pace.room(0, 49), pace.room(1, 49)), (Room::Wait(50), Room::Full));
        assert_eq!(pace.room(1, 50), Room::Start);
        (0..5).for_each(|_| pace.failed(0, 0));
        pace.hold(10 * SECOND);
        assert_eq!(pace.probe_at(), Some(10 * SECOND));
    }

    #[test]
    fn a_clock_that_was_set_back_leaves_no_lane_waiting_for_years() {
        let mut pace = Pace::new(8, 7, 1_000 * LONGEST_PROBE);
        pace.set_clock(0);
        assert_eq!(pace.room(0, 0), Room::Wait(LONGEST_PROBE));
        pace.set_clock(LONGEST_PROBE);
        assert_eq!(pace.room(0, LONGEST_PROBE), Room::Start);
    }

    #[test]
    fn a_restart_with_a_failing_receiver_makes_no_storm() {
        let pace = Pace::new(8, 7, 10);
        assert_eq!((pace.room(0, 10), pace.room(1, 10)), (Room::Start, Room::Full));
    }

    proptest! {
        #[test]
        fn never_beyond_the_cap_and_never_stuck(cap in 1_usize..20, steps in prop::collection::vec((any::<bool>(), any::<u64>()), 0..80)) {
            let (mut pace, mut in_flight, mut now) = (Pace::new(cap, 0, 0), 0_usize, 0_i64);
            for (good, seed) in steps {
                loop {
                    match pace.room(in_flight, now) {
                        Room::Start => { pace.started(now); in_flight += 1; }
                        Room::Wait(at) => { prop_assert!(at > now && at - now <= LONGEST_PROBE * 2); now = at; }
                        Room::Full => break,
                    }
                }
                prop_assert!((1..=cap).contains(&in_flight));
                in_flight -= 1;
                if good { pace.succeeded() } else { pace.failed(now, seed) }
            }
        }
    }
}
