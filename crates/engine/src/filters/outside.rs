//! Asking filters before the transaction, on a thread where time may pass, and remembering which ones that takes.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::{
    Micros,
    event::Event,
    filter::{Seen, Verdict},
};
use tokio::sync::Semaphore;

use super::{QUICK_BYTES, Verdicts, cache::compiled};
use crate::publish::{Lack, NewEvent};

/// For one filter and one event; longer counts as *does not match*.
const EACH: Duration = Duration::from_millis(100);
/// For one filter in one publish, however many events it has.
const IN_ALL: Duration = Duration::from_secs(5);
/// Threads that ask at the same time.
const AT_ONCE: usize = 4;
/// Kinds of events that are remembered; then it begins anew.
const REMEMBERED: usize = 4_096;
/// Filters that are remembered for one kind of event.
const FILTERS: usize = 64;

/// Workspace, event type and subject.
type Kind = (String, String, String);

/// The filters that are asked outside of transactions.
pub(crate) struct Outside {
    remembered: RwLock<HashMap<Kind, Vec<Arc<str>>>>,
    threads: Semaphore,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            remembered: RwLock::default(),
            threads: Semaphore::new(AT_ONCE),
        }
    }
}

impl Outside {
    /// The verdicts that publishing these events will probably want.
    ///
    /// # Errors
    /// [`store::Error::Panicked`].
    pub async fn foreseen(&self, events: &Arc<Vec<NewEvent>>, now: Micros) -> store::Result<Verdicts> {
        let lacks = self.probable(events);
        if lacks.is_empty() {
            return Ok(Verdicts::default());
        }
        self.ask(Verdicts::default(), events, lacks, now).await
    }

    /// Whether publishing these events will probably want verdicts.
    pub fn are_expected(&self, events: &[NewEvent]) -> bool {
        !self.probable(events).is_empty()
    }

    fn probable(&self, events: &[NewEvent]) -> Vec<Lack> {
        let remembered = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
        if remembered.is_empty() {
            return Vec::new();
        }
        let mut lacks = Vec::new();
        for (event, new) in events.iter().enumerate().filter(|(_, new)| !new.import) {
            let kind = kind_of(new);
            for filter in remembered.get(&kind).into_iter().flatten().filter(|filter| is_slow(filter, new)) {
                let filter = Arc::clone(filter);
                lacks.push(Lack { event, filter });
            }
        }
        lacks
    }

    /// Adds the verdicts that a publish lacked.
    ///
    /// # Errors
    /// [`store::Error::Panicked`].
    pub async fn lacking(&self, known: Verdicts, events: &Arc<Vec<NewEvent>>, lacks: Vec<Lack>, now: Micros) -> store::Result<Verdicts> {
        let verdicts = self.ask(known, events, lacks.clone(), now).await?;
        self.remember(events, lacks);
        Ok(verdicts)
    }

    async fn ask(&self, known: Verdicts, events: &Arc<Vec<NewEvent>>, lacks: Vec<Lack>, now: Micros) -> store::Result<Verdicts> {
        let events = Arc::clone(events);
        self.on_a_thread(move || judge(known, &events, lacks, now)).await
    }

    /// What filters say of one event, in their order.
    ///
    /// # Errors
    /// [`store::Error::Panicked`].
    pub async fn ask_now(&self, event: Event, filters: Vec<String>) -> store::Result<Vec<Verdict>> {
        self.on_a_thread(move || {
            let seen = Seen::of(&event);
            filters.iter().map(|filter| ask(filter, &seen)).collect()
        })
        .await
    }

    async fn on_a_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> store::Result<T> {
        let panicked = |error: &dyn std::fmt::Display| store::Error::Panicked(error.to_string());
        let _place = self.threads.acquire().await.map_err(|error| panicked(&error))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| panicked(&error))
    }

    fn remember(&self, events: &[NewEvent], lacks: Vec<Lack>) {
        let slow = lacks.into_iter().filter_map(|lack| {
            let new = events.get(lack.event)?;
            is_slow(&lack.filter, new).then(|| (kind_of(new), lack.filter))
        });
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        for (kind, filter) in slow {
            if remembered.len() >= REMEMBERED {
                remembered.clear();
            }
            let filters = remembered.entry(kind).or_default();
            if !filters.contains(&filter) && filters.len() < FILTERS {
                filters.push(filter);
            }
        }
    }

    /// Forgets filters whose verdicts nobody wanted.
    pub fn forget_unwanted(&self, verdicts: &Verdicts, events: &[NewEvent]) {
        let unwanted: Vec<_> = verdicts.unwanted().collect();
        if unwanted.is_empty() {
            return;
        }
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        for (event, filter) in unwanted {
            let Some(new) = events.get(event) else { continue };
            let kind = kind_of(new);
            if let Entry::Occupied(mut filters) = remembered.entry(kind) {
                filters.get_mut().retain(|known| **known != *filter);
                if filters.get().is_empty() {
                    filters.remove();
                }
            }
        }
    }
}

fn kind_of(new: &NewEvent) -> Kind {
    (new.workspace_id.clone(), new.event_type.clone(), new.subject.clone())
}

/// Whether it will be lacking again.
fn is_slow(filter: &str, new: &NewEvent) -> bool {
    new.data.len() > QUICK_BYTES || compiled(filter).as_ref().as_ref().is_ok_and(domain::filter::Filter::has_loops)
}

fn judge(mut known: Verdicts, events: &[NewEvent], lacks: Vec<Lack>, now: Micros) -> Verdicts {
    let mut spent: HashMap<Arc<str>, Duration> = HashMap::new();
    for of_event in lacks.chunk_by(|a, b| a.event == b.event) {
        let Some(new) = of_event.first().and_then(|lack| events.get(lack.event)) else {
            continue;
        };
        let event = new.stored(now);
        let seen = Seen::of(&event);
        for lack in of_event {
            let spent = spent.entry(Arc::clone(&lack.filter)).or_default();
            let verdict = if *spent > IN_ALL {
                Verdict::too_slow()
            } else {
                let began = Instant::now();
                let verdict = ask(&lack.filter, &seen);
                *spent += began.elapsed();
                verdict
            };
            known.add(lack.event, Arc::clone(&lack.filter), verdict);
        }
    }
    known
}

fn ask(filter: &str, seen: &Seen<'_>) -> Verdict {
    match &*compiled(filter) {
        Err(reason) => Verdict::Differs(reason.clone()),
        Ok(filter) => {
            let began = Instant::now();
            filter.judge(seen, &|| began.elapsed() < EACH)
        }
    }
}
