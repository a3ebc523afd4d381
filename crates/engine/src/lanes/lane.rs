//! One lane as the feed, the workers and the settle task see it: each call is one step of its state, behind one lock.

mod loading;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Micros, delivery::DeliveryKind, settlement::may_send};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    Outcome,
    look::Wish,
    queue::{Loaded, Queue},
    state::{State, Take},
};
use crate::deliver::Target;

/// Looks that go on where the last one ended, before one begins at the start again.
const LOOKS_ONWARD: u32 = 32;

/// The lane of one webhook.
pub(super) struct Lane {
    pub id: Arc<str>,
    state: Mutex<State>,
}

/// How the webhook has fared, as it is stored: what a lane begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failures {
    pub in_a_row: u64,
    pub probe_at: Option<Micros>,
}

/// What follows from a settled batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct After {
    pub look: bool,
    pub idle: bool,
    pub due_at: Option<Micros>,
}

impl Lane {
    /// A lane without work. Its loaded bodies count in `loaded`.
    pub fn new(id: Arc<str>, loaded: Loaded) -> Self {
        let state = State {
            queue: Queue::sharing(loaded),
            ..State::default()
        };
        Self {
            id,
            state: Mutex::new(state),
        }
    }

    pub fn is_open(&self) -> bool {
        self.state().pace.is_open()
    }

    /// When an open lane sends its next probe.
    pub fn probe_at(&self) -> Option<Micros> {
        self.state().pace.probe_at()
    }

    pub fn is_idle(&self) -> bool {
        self.state().is_idle()
    }

    pub fn target(&self) -> Option<Arc<Target>> {
        self.state().target.clone()
    }

    /// A due time that the feed waited for has come: what the store holds for later is to be asked for again.
    pub fn fired(&self) {
        let mut state = self.state();
        state.armed = None;
        state.knows_later = false;
    }

    /// The pace allows the next.
    pub fn resumed(&self) {
        self.state().paced = None;
    }

    /// A look begins. One that was called for by a signal begins at the start: what is new may stand before what is known.
    pub fn wish(&self, signalled: bool) -> Wish {
        let mut state = self.state();
        state.asked = false;
        state.release();
        state.looking = true;
        if signalled || state.looks >= LOOKS_ONWARD {
            (state.onward, state.looks) = (None, 0);
        }
        if signalled {
            // What is new may be due before what is known, or belong to a replay job.
            (state.knows_later, state.more_replays) = (false, true);
        }
        let (limit, replays) = state.rows_wished();
        Wish {
            limit,
            replays,
            after: state.onward.clone(),
            later: !state.knows_later,
            clear: state.is_clear(),
        }
    }

    /// Takes a delivery for a new worker. The lane's first needs no permit, any other one of `pool`.
    pub fn take_more(&self, now: Micros, pool: &Arc<Semaphore>) -> (Take, Option<OwnedSemaphorePermit>) {
        let mut state = self.state();
        let mut permit = None;
        if state.workers > 0 {
            if state.queue.is_empty() {
                return (Take::Nothing, None);
            }
            permit = Arc::clone(pool).try_acquire_owned().ok();
            if permit.is_none() {
                return (Take::Nothing, None);
            }
        }
        let take = state.take(now);
        if matches!(take, Take::Job(..)) {
            state.workers += 1;
            return (take, permit);
        }
        (take, None)
    }

    /// Takes the next delivery for a worker that has none; without one, the worker leaves.
    pub fn take_next(&self, now: Micros) -> Take {
        let mut state = self.state();
        let take = state.take(now);
        if !matches!(take, Take::Job(..)) {
            state.workers -= 1;
        }
        take
    }

    /// A worker leaves though there may be more to do, unless it is the last one.
    pub fn leave(&self) -> bool {
        let mut state = self.state();
        let leaves = state.workers > 1;
        if leaves {
            state.workers -= 1;
        }
        leaves
    }

    /// An exchange is over. Returns whether a look into the store is to be asked for.
    pub fn exchanged(&self, kind: DeliveryKind, success: bool, charged: bool, now: Micros, seed: u64) -> bool {
        let mut state = self.state();
        if kind == DeliveryKind::Test {
            state.tests_in_flight = state.tests_in_flight.saturating_sub(1);
        } else {
            state.in_flight = state.in_flight.saturating_sub(1);
            if !success && state.is_ordered() {
                // What comes next is known when this one is settled.
                state.give_back();
                state.more = true;
            }
        }
        if kind == DeliveryKind::Replay {
            state.replays_in_flight = state.replays_in_flight.saturating_sub(1);
        }
        match (success, charged && kind != DeliveryKind::Test) {
            (true, _) => state.pace.succeeded(),
            (false, true) => state.pace.failed(now, seed),
            (false, false) if kind != DeliveryKind::Test => state.pace.ended(),
            (false, false) => {}
        }
        state.wants_look()
    }

    /// A look brought nothing that could be read.
    pub fn not_found(&self) {
        let mut state = self.state();
        state.looking = false;
        state.release();
    }

    /// The receiver asked for a pause.
    pub fn hold(&self, until: Micros) {
        self.state().pace.hold(until);
    }

    /// A batch is committed.
    pub fn settled(&self, outcome: &Outcome) -> After {
        let mut state = self.state();
        state.released.extend(outcome.delivery_ids.iter().cloned());
        if outcome.resting {
            state.resting.extend(outcome.delivery_ids.iter().cloned());
        }
        if !state.looking {
            state.release();
        }
        if outcome.disabled {
            state.outdated = true;
            state.withdraw(|delivery| may_send(delivery.kind, false));
        }
        let due_at = outcome.retry_at.filter(|at| state.arm(*at));
        if state.claimed.is_empty() {
            state.seen = HashSet::new();
        }
        After {
            look: state.wants_look(),
            idle: state.is_idle(),
            due_at,
        }
    }

    /// The webhook is gone: nothing of it goes out any more.
    pub fn close(&self) {
        let mut state = self.state();
        state.target = None;
        state.queue.take_unless(|_| false);
        state.claimed.clear();
        state.resting.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
