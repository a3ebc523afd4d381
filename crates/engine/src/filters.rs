//! Asking webhooks' filters: quick ones within the publishing transaction, the others before it.
//!
//! All writers of an SQLite store wait for each other, so nothing that takes long may be done in a transaction. A filter that
//! is not compiled yet, has loops, or is asked about large data is asked on a thread of its own, for a bounded time; the
//! transaction only reports that its verdict is lacking, and is tried again with it. Which filters those were is remembered,
//! so that the next publish has their verdicts at once.

mod cache;
mod outside;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use domain::{
    event::Event,
    filter::{Seen, Verdict},
};

pub(crate) use outside::Outside;

use cache::{compiled, known};

use crate::Engine;

/// Data up to which a filter without loops is asked within the transaction, in bytes: some 50 µs.
const QUICK_BYTES: usize = 16 * 1024;
/// Turns of loops for an event of Watchbell's own, which is asked about within the transaction.
const TURNS: usize = 20_000;

/// What filters say of a stored event, in their order: asked now, outside of any transaction.
///
/// # Errors
/// [`store::Error::Panicked`].
pub async fn ask_now(engine: &Engine, event: Event, filters: Vec<String>) -> store::Result<Vec<Verdict>> {
    if filters.is_empty() {
        return Ok(Vec::new());
    }
    engine.filters().ask_now(event, filters).await
}

/// A filter's verdict if it is quick to have.
pub(crate) fn quickly(filter: &str, event: &Event, seen: &Seen<'_>) -> Option<Verdict> {
    if event.data.len() > QUICK_BYTES {
        return None;
    }
    match &*known(filter)? {
        Ok(filter) if filter.has_loops() => None,
        Ok(filter) => Some(filter.judge(seen, &|| true)),
        Err(reason) => Some(Verdict::Differs(reason.clone())),
    }
}

/// A filter's verdict, bounded by turns of its loops.
pub(crate) fn here(filter: &str, seen: &Seen<'_>) -> Verdict {
    let turns = AtomicUsize::new(0);
    match &*compiled(filter) {
        Ok(filter) => filter.judge(seen, &|| turns.fetch_add(1, Ordering::Relaxed) < TURNS),
        Err(reason) => Verdict::Differs(reason.clone()),
    }
}

/// What filters said before the transaction began, by the event's place among those that are published.
#[derive(Debug, Default)]
pub(crate) struct Verdicts(HashMap<usize, Vec<Said>>);

#[derive(Debug)]
struct Said {
    filter: Arc<str>,
    verdict: Verdict,
    /// Somebody wanted to know it.
    wanted: AtomicBool,
}

impl Verdicts {
    pub fn of(&self, event: usize, filter: &str) -> Option<Verdict> {
        let said = self.0.get(&event)?.iter().find(|said| *said.filter == *filter)?;
        said.wanted.store(true, Ordering::Relaxed);
        Some(said.verdict.clone())
    }

    fn add(&mut self, event: usize, filter: Arc<str>, verdict: Verdict) {
        let wanted = AtomicBool::new(false);
        self.0.entry(event).or_default().push(Said { filter, verdict, wanted });
    }

    /// What was asked in vain: the filter is gone, or the event was no news.
    fn unwanted(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.iter().flat_map(|(event, said)| {
            let unwanted = said.iter().filter(|said| !said.wanted.load(Ordering::Relaxed));
            unwanted.map(|said| (*event, &*said.filter))
        })
    }
}
