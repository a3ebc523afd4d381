//! Counters for `/metrics` and the overview: what was accepted, tried and is under way. They are a process's own and start
//! at zero; what must not be lost is in the store.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use domain::{Micros, run::RunStatus};
use store::histogram::{Distribution, Histogram};

/// The live counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub accepted: AtomicU64,
    pub deliveries: AtomicU64,
    pub received: AtomicU64,
    runs: [AtomicU64; RunStatus::ALL.len()],
    attempt_took: Histogram,
    first_attempt_after: Histogram,
    mails: [AtomicU64; 3],
    pub in_flight: AtomicUsize,
    attempts: Mutex<BTreeMap<String, u64>>,
}

/// The counters at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Events accepted through [`crate::Engine::publish`].
    pub accepted: u64,
    /// Deliveries that these events made.
    pub deliveries: u64,
    /// Receipts stored through [`crate::Engine::receive`].
    pub received: u64,
    /// Runs finished, by status.
    pub runs: Vec<(RunStatus, u64)>,
    /// How long attempts took.
    pub attempt_took: Distribution,
    /// From a delivery's making, in the transaction that accepted its event, to its first attempt.
    pub first_attempt_after: Distribution,
    /// How long transactions of the store took.
    pub commits: Distribution,
    /// Mails handed over, tries that failed, and mails given up.
    pub mails: [u64; 3],
    /// Exchanges under way.
    pub in_flight: usize,
    /// Lanes in memory, and of those the open ones.
    pub lanes: usize,
    pub open_lanes: usize,
    /// Attempts by verdict (`ok`, `http_status`, `connect_refused` …).
    pub attempts: BTreeMap<String, u64>,
}

impl Counters {
    /// Counts attempts by their verdict.
    pub(crate) fn attempted<'a>(&self, codes: impl Iterator<Item = &'a str>) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        for code in codes {
            match attempts.get_mut(code) {
                Some(count) => *count += 1,
                None => drop(attempts.insert(code.to_owned(), 1)),
            }
        }
    }

    /// An attempt ended: how long it took, and if it was its delivery's first, how long that had waited (both µs).
    pub(crate) fn attempt_timed(&self, took: Micros, first_after: Option<Micros>) {
        self.attempt_took.observe(took);
        if let Some(after) = first_after {
            self.first_attempt_after.observe(after);
        }
    }

    /// A run came to its end.
    pub(crate) fn run_ended(&self, status: RunStatus) {
        let place = RunStatus::ALL.iter().position(|known| *known == status);
        if let Some(count) = place.and_then(|place| self.runs.get(place)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A mail was handed over.
    pub(crate) fn mailed(&self) {
        self.mails[0].fetch_add(1, Ordering::Relaxed);
    }

    /// A try to hand a mail over failed.
    pub(crate) fn mail_failed(&self) {
        self.mails[1].fetch_add(1, Ordering::Relaxed);
    }

    /// A mail was given up.
    pub(crate) fn mail_given_up(&self) {
        self.mails[2].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self, lanes: usize, open_lanes: usize, commits: Distribution) -> Metrics {
        Metrics {
            accepted: self.accepted.load(Ordering::Relaxed),
            deliveries: self.deliveries.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
            runs: RunStatus::ALL
                .iter()
                .zip(&self.runs)
                .map(|(status, count)| (*status, count.load(Ordering::Relaxed)))
                .collect(),
            attempt_took: self.attempt_took.snapshot(),
            first_attempt_after: self.first_attempt_after.snapshot(),
            commits,
            mails: self.mails.each_ref().map(|count| count.load(Ordering::Relaxed)),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            lanes,
            open_lanes,
            attempts: self.attempts.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
