//! The feed: loads due deliveries into the lanes, and wakes lanes at their due times.
//!
//! A delivery that was just stored goes to its lane as it is, if the lane is up to date and nothing stands before it. For all
//! others it looks into the store: for all lanes that ask at once in one read, which under load serves many and alone one
//! without delay. The webhook itself is read along, so that an edit, a rotation or a switch reaches the next attempt.

mod fresh;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use domain::Micros;
use store::{
    DeliveryWaker, Result,
    tables::deliveries::{self, Delivery},
};
use tokio::time::sleep;

use super::{
    Ask, Asks, Lanes,
    lane::Failures,
    look::{Look, Wish, look_for, look_for_one},
};
use crate::{
    deliver::{Job, Target},
    replay,
    stage::{FALLBACK, Next, pause},
};

/// Lanes in one read at most.
const LANES_AT_ONCE: usize = 64;

/// Pause after a read that failed.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// Feeds the lanes until they are stopped. `waker` was taken before, so that nothing committed since is missed.
pub(crate) async fn feed(lanes: Arc<Lanes>, mut waker: DeliveryWaker, mut asks: Asks) {
    let mut feed = Feed {
        lanes: Arc::clone(&lanes),
        wanted: HashMap::new(),
        turns: VecDeque::new(),
        timers: BinaryHeap::new(),
        take_stock: true,
    };
    let mut stock_taken = Instant::now();
    loop {
        let wait = match feed.step().await {
            Ok(next) => pause(next, lanes.engine.now()),
            Err(error) => {
                tracing::warn!(%error, "due deliveries could not be read and are asked for again");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = lanes.stop.cancelled() => return,
            due = waker.woken() => feed.told(due).await,
            Some(ask) = asks.0.recv() => feed.asked(ask),
            () = sleep(wait) => {}
        }
        while let Ok(more) = asks.0.try_recv() {
            feed.asked(more);
        }
        // By the time that has passed, not by an idle wait: a busy feed has no idle waits.
        if stock_taken.elapsed() >= FALLBACK {
            (feed.take_stock, stock_taken) = (true, Instant::now());
        }
    }
}

struct Feed {
    lanes: Arc<Lanes>,
    /// Whom to look for, and whether a signal (not only room) called for it.
    wanted: HashMap<Arc<str>, bool>,
    /// The same in the order in which they came, so that each has its turn.
    turns: VecDeque<Arc<str>>,
    timers: BinaryHeap<Reverse<(Micros, Arc<str>, Timer)>>,
    /// Look which webhooks have pending deliveries at all: at the start, and when nothing happened for long.
    take_stock: bool,
}

/// What a lane waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// Its pace.
    Pace,
    /// Something in the store that is due then.
    Due,
}

impl Feed {
    fn signalled(&mut self, webhooks: impl IntoIterator<Item = String>) {
        for id in webhooks {
            self.want(Arc::from(id), true);
        }
    }

    fn want(&mut self, id: Arc<str>, signalled: bool) {
        match self.wanted.get_mut(&id) {
            Some(before) => *before |= signalled,
            None => {
                self.turns.push_back(Arc::clone(&id));
                self.wanted.insert(id, signalled);
            }
        }
    }

    fn asked(&mut self, ask: Ask) {
        match ask {
            Ask::Look(id) => self.want(id, false),
            Ask::At(at, id) => self.timers.push(Reverse((at, id, Timer::Due))),
            Ask::Resume(at, id) => self.timers.push(Reverse((at, id, Timer::Pace))),
            Ask::Idle(id) => self.lanes.forget_idle(&id),
        }
    }

    async fn step(&mut self) -> Result<Next> {
        if self.take_stock {
            let pending = self.lanes.engine.store().read(deliveries::pending_webhooks).await?;
            self.take_stock = false;
            self.signalled(pending.into_iter().map(|(id, _)| id));
        }
        self.fire();
        if !self.wanted.is_empty() {
            self.look().await?;
        }
        Ok(match self.timers.peek() {
            _ if !self.wanted.is_empty() => Next::Again,
            Some(Reverse((at, ..))) => Next::At(*at),
            None => Next::Idle,
        })
    }

    /// Lanes whose time has come go on sending, and look again if it was a due time.
    fn fire(&mut self) {
        let now = self.lanes.engine.now();
        while self.timers.peek().is_some_and(|Reverse((at, ..))| *at <= now) {
            let Some(Reverse((_, id, timer))) = self.timers.pop() else { break };
            if let Some(lane) = self.lanes.get(&id) {
                match timer {
                    Timer::Pace => lane.resumed(),
                    Timer::Due => lane.fired(),
                }
                self.lanes.pump(&lane);
            }
            if timer == Timer::Due {
                self.want(id, true);
            }
        }
    }

    async fn look(&mut self) -> Result<()> {
        let now = self.lanes.engine.now();
        let ids: Vec<Arc<str>> = self.turns.iter().take(LANES_AT_ONCE).map(Arc::clone).collect();
        let wish = |id: &Arc<str>| {
            let signalled = self.wanted.get(id).copied().unwrap_or(true);
            (Arc::clone(id), self.lanes.get_or_new(id).wish(signalled))
        };
        let wishes: Vec<(Arc<str>, Wish)> = ids.iter().map(wish).collect();
        let each = wishes.clone();
        let mut looks = match self.lanes.engine.store().read(move |tx| look_for(tx, wishes, now)).await {
            Err(error) if !error.is_transient() => self.look_one_by_one(each, now).await?,
            result => result?,
        };
        self.heed_workspaces(&mut looks).await;
        for id in &ids {
            self.turns.pop_front();
            self.wanted.remove(id);
        }
        let (mut refused, mut again) = (Vec::new(), Vec::new());
        for look in looks {
            let (id, full) = (Arc::clone(&look.id), look.brought.full || look.brought.full_replays);
            let reason = look.webhook.as_ref().and_then(|webhook| webhook.drop_reason.clone());
            let (of_lane, too_early) = self.take(look, now);
            if too_early || full && !of_lane.is_empty() {
                again.push(id);
            }
            if !of_lane.is_empty() {
                let deliveries = of_lane.into_iter().map(|job| job.delivery).collect();
                refused.push((reason.unwrap_or_else(|| "disabled".to_owned()), deliveries));
            }
        }
        if !refused.is_empty() {
            // Should that fail, they are found again.
            self.drop_refused(refused, now).await.inspect_err(|_| self.take_stock = true)?;
        }
        // Behind what was refused there may be more, and nothing in flight will ask for it.
        again.into_iter().for_each(|id| self.want(id, true));
        Ok(())
    }

    /// In a workspace that has its webhooks switched off, each counts as off.
    async fn heed_workspaces(&self, looks: &mut [Look]) {
        for webhook in looks.iter_mut().filter_map(|look| look.webhook.as_mut()) {
            let rules = self.lanes.engine.rules(&webhook.workspace_id).await;
            webhook.enabled &= !rules.is_ok_and(|rules| !rules.settings.webhooks_enabled);
        }
    }

    /// One row that cannot be read must not hold up every other lane. Its own rests until stock is taken again.
    async fn look_one_by_one(&self, wishes: Vec<(Arc<str>, Wish)>, now: Micros) -> Result<Vec<Look>> {
        let mut looks = Vec::with_capacity(wishes.len());
        for (id, wish) in wishes {
            let of_lane = Arc::clone(&id);
            match self.lanes.engine.store().read(move |tx| look_for_one(tx, of_lane, wish, now)).await {
                Ok(look) => looks.push(look),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::error!(webhook = &*id, %error, "the deliveries of a webhook cannot be read and rest");
                    self.lanes.get_or_new(&id).not_found();
                }
            }
        }
        Ok(looks)
    }

    /// Hands a lane what was found. Returns what must not go out, and whether the look came too early.
    fn take(&mut self, look: Look, now: Micros) -> (Vec<Job>, bool) {
        let Some(webhook) = look.webhook else {
            // Deleted, with its deliveries.
            if let Some(lane) = self.lanes.get(&look.id) {
                lane.close();
            }
            self.lanes.remove(&look.id);
            return (Vec::new(), false);
        };
        let lane = self.lanes.get_or_new(&look.id);
        let known = lane.target().filter(|target| target.is_of(&webhook, look.source.as_ref()));
        let target = known.unwrap_or_else(|| Arc::new(Target::open(&self.lanes.engine, &webhook, look.source.as_ref())));
        let failures = Failures {
            in_a_row: webhook.failed_attempts,
            probe_at: webhook.probe_at,
        };
        // It may wait for newer events from now on: then the first due time is to be asked for.
        let renewed = !look.wish.later && lane.target().is_some_and(|before| before.version != target.version);
        let found = lane.found(target, failures, look.brought, &look.wish, now);
        if let Some(at) = found.due_at {
            self.timers.push(Reverse((at, Arc::clone(&lane.id), Timer::Due)));
        }
        self.lanes.pump(&lane);
        (found.refused, found.again || renewed)
    }

    /// Deliveries that were published while their webhook was being switched off, each lane's with the reason.
    async fn drop_refused(&self, refused: Vec<(String, Vec<Delivery>)>, now: Micros) -> Result<()> {
        self.lanes
            .engine
            .store()
            .write(move |tx| {
                let resumed = replay::resumed(tx, refused.iter().flat_map(|(_, deliveries)| deliveries))?;
                for (reason, deliveries) in &refused {
                    let drops = |delivery: &&Delivery| delivery.replay_id.as_ref().is_none_or(|id| !resumed.contains(id));
                    let ids: Vec<String> = deliveries.iter().filter(drops).map(|delivery| delivery.id.clone()).collect();
                    deliveries::drop_these(tx, &ids, reason, now)?;
                }
                Ok(())
            })
            .await
    }
}
