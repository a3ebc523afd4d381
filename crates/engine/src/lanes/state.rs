//! What one lane knows, and what follows from it: no locks, no waiting.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    Micros,
    delivery::DeliveryKind,
    pace::{Pace, Room},
};

use store::tables::deliveries::Delivery;

use super::queue::Queue;
use crate::deliver::{Job, Target};

/// Loaded deliveries at most, as a multiple of the cap.
const LOADED: usize = 4;

/// Claimed deliveries at most (loaded, in flight, not committed yet), as a multiple of the cap: a store that cannot take
/// results stops the sending.
const CLAIMED: usize = 16;

/// The same as if its cap were so high, for a lane with strict order: it sends one at a time, and a look brings several.
const ORDERED: usize = 4;

/// Deliveries of replay jobs that may be loaded, beside all others.
const REPLAYS: usize = 8;

/// Tests that may be in flight beside the lane's own pace.
const TESTS: usize = 2;

/// What a worker gets.
pub(super) enum Take {
    Job(Box<Job>, Arc<Target>),
    /// Nothing before this time; `true` if nobody waits for it yet.
    Wait(Micros, bool),
    Nothing,
}

/// The inside of a lane.
pub(super) struct State {
    pub target: Option<Arc<Target>>,
    pub pace: Pace,
    pub queue: Queue,
    pub claimed: HashMap<String, DeliveryKind>,
    /// A look is under way. What is settled meanwhile stays claimed until its end: the look may have read it before.
    pub looking: bool,
    pub released: Vec<String>,
    pub in_flight: usize,
    pub tests_in_flight: usize,
    /// Of those in flight the ones of replay jobs: one at a time, so that they arrive in their order.
    pub replays_in_flight: usize,
    pub workers: usize,
    /// A look is asked for and has not begun.
    pub asked: bool,
    /// The last look left due deliveries in the store.
    pub more: bool,
    /// There may be due deliveries of replay jobs in the store.
    pub more_replays: bool,
    /// Could not be ended in the store, and must not be sent again: they rest until the next start.
    pub resting: HashSet<String>,
    /// Where the last look ended, and how many went on from there.
    pub onward: Option<(Micros, String)>,
    pub looks: u32,
    /// The earliest due time that the feed waits for.
    pub armed: Option<Micros>,
    /// When the pace allows the next, if the feed waits for that.
    pub paced: Option<Micros>,
    /// All due times of the future that are in the store are known.
    pub knows_later: bool,
    /// The webhook was switched off or is gone since the last look.
    pub outdated: bool,
    /// What looks brought and may yet be handed over as fresh: some of it, for what is not here costs only a look.
    pub seen: HashSet<String>,
    /// The last of these ids. What was made before it may have been brought and settled long ago.
    pub seen_up_to: String,
}

impl Default for State {
    fn default() -> Self {
        Self {
            target: None,
            pace: Pace::new(1, 0, 0),
            queue: Queue::default(),
            claimed: HashMap::new(),
            looking: false,
            released: Vec::new(),
            in_flight: 0,
            tests_in_flight: 0,
            replays_in_flight: 0,
            workers: 0,
            asked: false,
            more: false,
            more_replays: false,
            resting: HashSet::new(),
            onward: None,
            looks: 0,
            armed: None,
            paced: None,
            knows_later: false,
            outdated: false,
            seen: HashSet::new(),
            seen_up_to: String::new(),
        }
    }
}

impl State {
    pub fn is_idle(&self) -> bool {
        let waits = self.armed.is_some() || self.paced.is_some();
        let more = self.asked || self.more || self.more_replays;
        self.claimed.is_empty() && self.resting.is_empty() && self.workers == 0 && !waits && !more
    }

    /// The next goes out only after a success or the final failure of the one before.
    pub fn is_ordered(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.options.ordered)
    }

    /// Nothing but tests is loaded, in flight or waiting for its commit: where order is strict, only then the store says what
    /// comes next.
    pub fn is_clear(&self) -> bool {
        self.claimed.values().all(|kind| *kind == DeliveryKind::Test)
    }

    /// How many of the claimed belong to replay jobs.
    pub fn claimed_replays(&self) -> usize {
        self.claimed.values().filter(|kind| **kind == DeliveryKind::Replay).count()
    }

    /// Rows that a look should bring, and of those of replay jobs, with what it may bring though it is known.
    pub fn rows_wished(&self) -> (usize, usize) {
        let (room, resting) = (self.room(), self.resting.len());
        let replayed = if self.is_ordered() { 0 } else { self.claimed_replays() };
        let known = match self.onward {
            None => self.claimed.len() - replayed + resting,
            Some(_) => 0,
        };
        // Without room there is still place for a test, which stands first.
        let limit = if room == 0 { 1 } else { room + known };
        let replays = match self.replay_room() {
            room if room > 0 && self.more_replays => room + replayed + resting,
            _ => 0,
        };
        (limit, replays)
    }

    /// How many more deliveries of replay jobs may be loaded.
    pub fn replay_room(&self) -> usize {
        let loaded = if self.queue.is_scarce() { 1 } else { REPLAYS };
        let queue = loaded.saturating_sub(self.queue.replays());
        queue.min((2 * REPLAYS).saturating_sub(self.claimed_replays()))
    }

    /// What is settled is not claimed any more.
    pub fn release(&mut self) {
        for id in self.released.drain(..) {
            self.claimed.remove(&id);
        }
    }

    /// How many more may be loaded.
    pub fn room(&self) -> usize {
        let cap = if self.is_ordered() { ORDERED } else { self.pace.cap() };
        let loaded = if self.queue.is_scarce() { 1 } else { LOADED * cap };
        // Replays have a place of their own: what is live never waits for it.
        let queue = loaded.saturating_sub(self.queue.len() - self.queue.replays());
        let claimed = self.claimed.len() - self.claimed_replays();
        queue.min((CLAIMED * cap).saturating_sub(claimed))
    }

    /// Whether a delivery that was just stored may be taken as it is: nothing that is due stands before it in the store, and a
    /// burst may wait here, since nobody has to read it again; a short one while the receiver has not shown that it takes more.
    pub fn takes_fresh(&self) -> bool {
        let behind = self.more || self.asked || self.outdated || self.is_ordered() || self.queue.is_scarce();
        let claimed = self.claimed.len() - self.claimed_replays();
        !behind && claimed < CLAIMED * self.pace.window()
    }

    /// A look brought this one: should it be handed over as fresh later, it must not go out again, settled or not.
    pub fn see(&mut self, delivery: &Delivery) {
        if delivery.kind != DeliveryKind::Event || delivery.attempts > 0 {
            return;
        }
        if self.seen.len() >= CLAIMED * self.pace.cap() {
            self.seen.clear();
        }
        self.seen.insert(delivery.id.clone());
        if delivery.id > self.seen_up_to {
            self.seen_up_to.clone_from(&delivery.id);
        }
    }

    /// Asks for a look, once, when half of what may be loaded is gone and the store has more.
    pub fn wants_look(&mut self) -> bool {
        let ordered = self.is_ordered();
        let (half, half_of_replays) = if ordered || self.queue.is_scarce() {
            (0, 0)
        } else {
            (LOADED * self.pace.cap() / 2, REPLAYS / 2)
        };
        let more = self.more && self.room() > half || self.more_replays && !ordered && self.replay_room() > half_of_replays;
        let wants = more && !self.asked && (!ordered || self.is_clear());
        self.asked |= wants;
        wants
    }

    /// Takes out of the queue what must not go out any more.
    pub fn withdraw(&mut self, stays: impl Fn(&Delivery) -> bool) -> Vec<Job> {
        if self.queue.iter().all(|job| stays(&job.delivery)) {
            return Vec::new();
        }
        let go = self.queue.take_unless(|job| stays(&job.delivery));
        self.released.extend(go.iter().map(|job| job.delivery.id.clone()));
        if !self.looking {
            self.release();
        }
        go
    }

    /// Gives back what is loaded and was not begun, but for tests: the store says anew what comes next.
    pub fn give_back(&mut self) {
        for job in self.queue.take_unless(|job| job.delivery.kind == DeliveryKind::Test) {
            self.claimed.remove(&job.delivery.id);
            (self.more, self.more_replays) = (true, true);
        }
    }

    /// Whether the feed is to be told of this due time.
    pub fn arm(&mut self, at: Micros) -> bool {
        let earlier = self.armed.is_none_or(|armed| at < armed);
        if earlier {
            self.armed = Some(at);
        }
        earlier
    }

    /// Whether the feed is to be told when the pace allows the next.
    fn pace_at(&mut self, at: Micros) -> bool {
        let earlier = self.paced.is_none_or(|paced| at < paced);
        if earlier {
            self.paced = Some(at);
        }
        earlier
    }

    /// The position of what goes out next: replays give way to everything else, unless order is strict.
    fn next(&self) -> Option<usize> {
        if self.is_ordered() {
            return (!self.queue.is_empty()).then_some(0);
        }
        let live = self.queue.iter().position(|job| job.delivery.kind != DeliveryKind::Replay);
        live.or_else(|| (self.replays_in_flight == 0 && !self.queue.is_empty()).then_some(0))
    }

    pub fn take(&mut self, now: Micros) -> Take {
        let Some(target) = self.target.clone() else { return Take::Nothing };
        let Some(at) = self.next() else { return Take::Nothing };
        let kind = self.queue.kind(at);
        let test = kind == Some(DeliveryKind::Test) && self.tests_in_flight < TESTS;
        if !test {
            self.pace.set_clock(now);
            match self.pace.room(self.in_flight, now) {
                Room::Start => {}
                Room::Wait(at) => return Take::Wait(at, self.pace_at(at)),
                Room::Full => return Take::Nothing,
            }
        }
        let Some(job) = self.queue.pop(at) else { return Take::Nothing };
        // By its kind, as `exchanged` counts it down.
        if job.delivery.kind == DeliveryKind::Test {
            self.tests_in_flight += 1;
        } else {
            self.in_flight += 1;
            self.replays_in_flight += usize::from(job.delivery.kind == DeliveryKind::Replay);
            self.pace.started(now);
        }
        Take::Job(Box::new(job), target)
    }
}
