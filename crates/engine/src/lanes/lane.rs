//! The state of one lane: what is loaded, in flight and claimed, and whether another delivery may go out.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    Micros,
    delivery::DeliveryKind,
    pace::{Pace, Room},
    settlement::may_send,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Outcome;
use crate::deliver::{Job, Target};

/// Loaded deliveries at most, as a multiple of the cap.
const LOADED: usize = 4;

/// Claimed deliveries at most (loaded, in flight, not committed yet), as a multiple of the cap: a store that cannot take
/// results stops the sending.
const CLAIMED: usize = 16;

/// Tests that may be in flight beside the lane's own pace.
const TESTS: usize = 2;

/// Looks that go on where the last one ended, before one begins at the start again.
const LOOKS_ONWARD: u32 = 32;

/// The lane of one webhook.
pub(super) struct Lane {
    pub id: Arc<str>,
    state: Mutex<State>,
}

struct State {
    target: Option<Arc<Target>>,
    pace: Pace,
    queue: VecDeque<Job>,
    claimed: HashSet<String>,
    /// A look is under way. What is settled meanwhile stays claimed until its end: the look may have read it before.
    looking: bool,
    released: Vec<String>,
    in_flight: usize,
    tests_in_flight: usize,
    workers: usize,
    /// A look is asked for and has not begun.
    asked: bool,
    /// The last look left due deliveries in the store.
    more: bool,
    /// Where the last look ended, and how many went on from there.
    onward: Option<(Micros, String)>,
    looks: u32,
    /// The earliest due time that the feed waits for.
    armed: Option<Micros>,
    /// All due times of the future that are in the store are known.
    knows_later: bool,
}

/// What a look into the store should bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// Rows to read at most.
    pub limit: usize,
    /// After this due time and id.
    pub after: Option<(Micros, String)>,
    /// Also the first due time of the future.
    pub later: bool,
}

/// What follows from a settled batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct After {
    pub look: bool,
    pub idle: bool,
    pub due_at: Option<Micros>,
}

/// What a worker gets.
pub(super) enum Take {
    Job(Box<Job>, Arc<Target>),
    /// Nothing before this time; `true` if nobody waits for it yet.
    Wait(Micros, bool),
    Nothing,
}

impl Lane {
    pub fn new(id: Arc<str>) -> Self {
        let state = State {
            target: None,
            pace: Pace::new(1, 0, 0),
            queue: VecDeque::new(),
            claimed: HashSet::new(),
            looking: false,
            released: Vec::new(),
            in_flight: 0,
            tests_in_flight: 0,
            workers: 0,
            asked: false,
            more: false,
            onward: None,
            looks: 0,
            armed: None,
            knows_later: false,
        };
        Self {
            id,
            state: Mutex::new(state),
        }
    }

    pub fn is_open(&self) -> bool {
        self.state().pace.is_open()
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

    /// A look begins. One that was called for by a signal begins at the start: what is new may stand before what is known.
    pub fn wish(&self, signalled: bool) -> Wish {
        let mut state = self.state();
        state.asked = false;
        state.release();
        state.looking = true;
        if signalled || state.looks >= LOOKS_ONWARD {
            (state.onward, state.looks) = (None, 0);
        }
        let room = state.room();
        let claimed = if state.onward.is_none() { state.claimed.len() } else { 0 };
        // Without room there is still place for a test, which stands first.
        let limit = if room == 0 { 1 } else { room + claimed };
        Wish {
            limit,
            after: state.onward.clone(),
            later: !state.knows_later,
        }
    }

    /// A look has ended: `found` is what the wish brought, `later` the first due time after `now`. Returns the deliveries that
    /// must not go out, and a due time to wait for.
    pub fn found(
        &self,
        target: Arc<Target>,
        failures: u64,
        found: Vec<Job>,
        wish: &Wish,
        later: Option<Micros>,
        now: Micros,
    ) -> (Vec<Job>, Option<Micros>) {
        let mut state = self.state();
        if state.target.is_none() {
            state.pace = Pace::new(target.in_flight, failures, now);
        }
        state.pace.set_cap(target.in_flight);
        let enabled = target.enabled;
        state.target = Some(target);
        let full = found.len() >= wish.limit;
        state.more = full;
        state.onward = found
            .last()
            .filter(|_| full)
            .map(|job| (job.delivery.due_at, job.delivery.id.clone()));
        state.looks = if full { state.looks + 1 } else { 0 };
        let room = state.room();
        let mut refused = state.withdraw(enabled);
        let mut loaded = 0;
        for job in found {
            if state.claimed.contains(&job.delivery.id) {
                continue;
            }
            let test = job.delivery.kind == DeliveryKind::Test;
            if !may_send(job.delivery.kind, enabled) {
                refused.push(job);
            } else if test {
                state.claimed.insert(job.delivery.id.clone());
                state.queue.push_front(job);
            } else if loaded < room {
                loaded += 1;
                state.claimed.insert(job.delivery.id.clone());
                state.queue.push_back(job);
            } else {
                // It stays in the store for the next look, which must begin before it.
                (state.more, state.onward) = (true, None);
            }
        }
        if wish.later && !full {
            state.knows_later = true;
        }
        state.looking = false;
        state.release();
        let due_at = later.filter(|at| state.arm(*at));
        (refused, due_at)
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
        }
        match (success, charged && kind != DeliveryKind::Test) {
            (true, _) => state.pace.succeeded(),
            (false, true) => state.pace.failed(now, seed),
            (false, false) if kind != DeliveryKind::Test => state.pace.ended(),
            (false, false) => {}
        }
        state.wants_look()
    }

    /// A batch is committed.
    pub fn settled(&self, outcome: &Outcome) -> After {
        let mut state = self.state();
        state.released.extend(outcome.delivery_ids.iter().cloned());
        if !state.looking {
            state.release();
        }
        if outcome.disabled {
            state.withdraw(false);
        }
        let due_at = outcome.retry_at.filter(|at| state.arm(*at));
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
        state.queue.clear();
        state.claimed.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_idle(&self) -> bool {
        self.claimed.is_empty() && self.workers == 0 && self.armed.is_none() && !self.asked && !self.more
    }

    /// What is settled is not claimed any more.
    fn release(&mut self) {
        for id in self.released.drain(..) {
            self.claimed.remove(&id);
        }
    }

    /// How many more may be loaded.
    fn room(&self) -> usize {
        let cap = self.pace.cap();
        let queue = (LOADED * cap).saturating_sub(self.queue.len());
        queue.min((CLAIMED * cap).saturating_sub(self.claimed.len()))
    }

    /// Asks for a look, once, when half of what may be loaded is gone and the store has more.
    fn wants_look(&mut self) -> bool {
        let wants = self.more && !self.asked && self.room() > LOADED * self.pace.cap() / 2;
        self.asked |= wants;
        wants
    }

    /// Takes out of the queue what must not go out any more.
    fn withdraw(&mut self, enabled: bool) -> Vec<Job> {
        if enabled || self.queue.iter().all(|job| may_send(job.delivery.kind, enabled)) {
            return Vec::new();
        }
        let (stay, go) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|job| may_send(job.delivery.kind, enabled));
        self.queue = stay;
        let go: VecDeque<Job> = go;
        self.released.extend(go.iter().map(|job| job.delivery.id.clone()));
        if !self.looking {
            self.release();
        }
        go.into()
    }

    /// Whether the feed is to be told of this due time.
    fn arm(&mut self, at: Micros) -> bool {
        let earlier = self.armed.is_none_or(|armed| at < armed);
        if earlier {
            self.armed = Some(at);
        }
        earlier
    }

    fn take(&mut self, now: Micros) -> Take {
        let Some(target) = self.target.clone() else { return Take::Nothing };
        let test = match self.queue.front() {
            None => return Take::Nothing,
            Some(job) => job.delivery.kind == DeliveryKind::Test && self.tests_in_flight < TESTS,
        };
        if !test {
            match self.pace.room(self.in_flight, now) {
                Room::Start => {}
                Room::Wait(at) => return Take::Wait(at, self.arm(at)),
                Room::Full => return Take::Nothing,
            }
        }
        let Some(job) = self.queue.pop_front() else { return Take::Nothing };
        // By its kind, as `exchanged` counts it down.
        if job.delivery.kind == DeliveryKind::Test {
            self.tests_in_flight += 1;
        } else {
            self.in_flight += 1;
            self.pace.started();
        }
        Take::Job(Box::new(job), target)
    }
}
