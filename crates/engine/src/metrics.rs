//! Counters for `/metrics` and the overview: what was accepted, tried and is under way. They are a process's own and start
//! at zero; what must not be lost is in the store.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

/// The live counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub accepted: AtomicU64,
    pub deliveries: AtomicU64,
    pub received: AtomicU64,
    pub runs: AtomicU64,
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
    /// Runs finished.
    pub runs: u64,
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

    pub(crate) fn snapshot(&self, lanes: usize, open_lanes: usize) -> Metrics {
        Metrics {
            accepted: self.accepted.load(Ordering::Relaxed),
            deliveries: self.deliveries.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
            runs: self.runs.load(Ordering::Relaxed),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            lanes,
            open_lanes,
            attempts: self.attempts.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
