//! The feed: loads due deliveries into the lanes, and wakes lanes at their due times.
//!
//! It looks for all lanes that ask at once in one read, which under load serves many and alone one without delay. The
//! webhook itself is read along, so that an edit, a rotation or a switch reaches the next attempt.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use domain::Micros;
use store::{
    DeliveryWaker, Result, Tx,
    tables::{
        deliveries,
        sources::{self, Source},
        webhooks::{self, Webhook},
    },
};
use tokio::time::sleep;

use super::{
    Ask, Asks, Lanes,
    lane::{Failures, Wish},
};
use crate::{
    deliver::{Job, Target},
    stage::{FALLBACK, Next, pause},
};

/// Lanes in one read at most.
const LANES_AT_ONCE: usize = 64;

/// Pause after a read that failed.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// Sorts behind every delivery id, in every collation.
const LAST: &str = "z";

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
            webhooks = waker.woken() => feed.signalled(webhooks),
            Some(ask) = asks.0.recv() => {
                feed.asked(ask);
                while let Ok(more) = asks.0.try_recv() {
                    feed.asked(more);
                }
            }
            () = sleep(wait) => {}
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
    timers: BinaryHeap<Reverse<(Micros, Arc<str>)>>,
    /// Look which webhooks have pending deliveries at all: at the start, and when nothing happened for long.
    take_stock: bool,
}

/// What was found for one lane.
struct Look {
    id: Arc<str>,
    wish: Wish,
    webhook: Option<Webhook>,
    source: Option<Source>,
    due: Vec<Job>,
    later: Option<Micros>,
}

impl Feed {
    fn signalled(&mut self, webhooks: Vec<String>) {
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
            Ask::At(at, id) => self.timers.push(Reverse((at, id))),
            Ask::Idle(id) => self.lanes.forget_idle(&id),
        }
    }

    async fn step(&mut self) -> Result<Next> {
        if self.take_stock {
            let pending = self.lanes.engine.store().read(deliveries::pending_webhooks).await?;
            self.take_stock = false;
            self.signalled(pending.into_iter().map(|(id, _)| id).collect());
        }
        self.fire();
        if !self.wanted.is_empty() {
            self.look().await?;
        }
        Ok(match self.timers.peek() {
            _ if !self.wanted.is_empty() => Next::Again,
            Some(Reverse((at, _))) => Next::At(*at),
            None => Next::Idle,
        })
    }

    /// Lanes whose time has come go on sending and look again.
    fn fire(&mut self) {
        let now = self.lanes.engine.now();
        while self.timers.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, id))) = self.timers.pop() else { break };
            if let Some(lane) = self.lanes.get(&id) {
                lane.fired();
                self.lanes.pump(&lane);
            }
            self.want(id, true);
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
        let looks = match self.lanes.engine.store().read(move |tx| look_for(tx, wishes, now)).await {
            Err(error) if !error.is_transient() => self.look_one_by_one(each, now).await?,
            result => result?,
        };
        for id in &ids {
            self.turns.pop_front();
            self.wanted.remove(id);
        }
        let (mut refused, mut again) = (Vec::new(), Vec::new());
        for look in looks {
            let (id, full) = (Arc::clone(&look.id), look.due.len() >= look.wish.limit);
            let of_lane = self.take(look, now);
            if full && !of_lane.is_empty() {
                again.push(id);
            }
            refused.extend(of_lane);
        }
        if !refused.is_empty() {
            // Should that fail, they are found again.
            self.drop_refused(refused, now).await.inspect_err(|_| self.take_stock = true)?;
        }
        // Behind what was refused there may be more, and nothing in flight will ask for it.
        again.into_iter().for_each(|id| self.want(id, true));
        Ok(())
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

    /// Hands a lane what was found. Returns what must not go out.
    fn take(&mut self, look: Look, now: Micros) -> Vec<Job> {
        let Some(webhook) = look.webhook else {
            // Deleted, with its deliveries.
            if let Some(lane) = self.lanes.get(&look.id) {
                lane.close();
            }
            self.lanes.remove(&look.id);
            return Vec::new();
        };
        let lane = self.lanes.get_or_new(&look.id);
        let known = lane.target().filter(|target| target.is_of(&webhook, look.source.as_ref()));
        let target = known.unwrap_or_else(|| Arc::new(Target::open(&self.lanes.engine, &webhook, look.source.as_ref())));
        let failures = Failures {
            in_a_row: webhook.failed_attempts,
            probe_at: webhook.probe_at,
        };
        let (refused, due_at) = lane.found(target, failures, look.due, &look.wish, look.later, now);
        if let Some(at) = due_at {
            self.timers.push(Reverse((at, Arc::clone(&lane.id))));
        }
        self.lanes.pump(&lane);
        refused
    }

    /// Deliveries that were published while their webhook was being switched off.
    async fn drop_refused(&self, refused: Vec<Job>, now: Micros) -> Result<()> {
        let ids: Vec<String> = refused.into_iter().map(|job| job.delivery.id).collect();
        self.lanes
            .engine
            .store()
            .write(move |tx| deliveries::drop_these(tx, &ids, "disabled", now))
            .await
            .map(drop)
    }
}

fn look_for(tx: &mut dyn Tx, wishes: Vec<(Arc<str>, Wish)>, now: Micros) -> Result<Vec<Look>> {
    wishes.into_iter().map(|(id, wish)| look_for_one(tx, id, wish, now)).collect()
}

fn look_for_one(tx: &mut dyn Tx, id: Arc<str>, wish: Wish, now: Micros) -> Result<Look> {
    let Some(webhook) = webhooks::by_id(tx, &id)? else {
        return Ok(Look {
            id,
            wish,
            webhook: None,
            source: None,
            due: Vec::new(),
            later: None,
        });
    };
    let source = match &webhook.source_id {
        Some(source_id) => sources::by_id(tx, source_id)?,
        None => None,
    };
    let after = wish.after.as_ref().map(|(at, id)| (*at, id.as_str()));
    let rows = deliveries::due_of_webhook(tx, &id, now, wish.limit, after)?;
    let due: Vec<Job> = rows.into_iter().map(|(delivery, event)| Job { delivery, event }).collect();
    let mut later = None;
    if wish.later && due.len() < wish.limit {
        // The first that is not due yet: all that are due sort before it.
        let next = deliveries::due_of_webhook(tx, &id, Micros::MAX, 1, Some((now, LAST)))?;
        later = next.first().map(|(delivery, _)| delivery.due_at);
    }
    Ok(Look {
        id,
        wish,
        webhook: Some(webhook),
        source,
        due,
        later,
    })
}
