//! Lanes: every webhook with pending work has one, and none waits for another.
//!
//! **What is in memory.** A lane holds at most four times its cap of loaded deliveries, those in flight, and those whose
//! result is not committed yet; the rest stays in the store. The ids of all of them are *claimed*: one node works, so that
//! a crash forgets the claims and the deliveries, still pending in the store, are sent again with the same `webhook-id`.
//! Bodies of all lanes together have a budget (`queue`), beyond which a lane loads one at a time.
//!
//! **Who may send.** A lane's own pace (`domain::pace`) bounds what it has in flight: one request at first, one more with
//! each success, up to its cap; one probe at a time while it is open; and no more in a second than was set. A receiver that never answered well therefore holds
//! one connection, however many deliveries wait for it.
//!
//! **Strict order.** Such a lane reads its oldest pending deliveries, due or not, only while nothing is under way, sends them one
//! after the other, and gives them back when one fails: whether that is tried again is decided by the settle task, and the
//! next look begins with it. Deliveries of replay jobs leave one at a time too, and let everything else go first.
//!
//! **Why there is no global queue.** A small global semaphore would be starved: with 900 receivers that hang, whoever holds
//! a permit holds it for a whole timeout. So the first exchange of every lane needs no permit, and hanging lanes, which have
//! only that one, cost memory (bounded by the number of webhooks) but nobody's turn. Further exchanges of fast lanes take a
//! permit of a shared pool, which bounds the burst on sockets and processor; an exchange that lasts longer than
//! [`PARKED_AFTER`] gives its permit back, so that a lane that used to be fast and now hangs keeps nothing either.
//!
//! `state` and `lane` are one lane, `feed` loads from the store (`look`) and keeps the due times, `work`
//! sends.

mod feed;
mod lane;
mod look;
mod queue;
mod state;
mod work;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Micros;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use feed::feed;
use lane::Lane;
use queue::Loaded;

use crate::{deliver::Finished, engine::Engine};

/// An exchange that lasts longer does not count against the shared pool any more.
const PARKED_AFTER: Duration = Duration::from_secs(1);

/// Idle lanes that are remembered, with their pace.
const IDLE_KEPT: usize = 1_024;

/// What the lanes ask of the feed.
#[derive(Debug, PartialEq, Eq)]
enum Ask {
    /// There is room: look into the store.
    Look(Arc<str>),
    /// Something is due at this time.
    At(Micros, Arc<str>),
    /// The pace allows the next at this time.
    Resume(Micros, Arc<str>),
    /// There is nothing to do.
    Idle(Arc<str>),
}

/// What became of a batch of one lane's deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub delivery_ids: Vec<String>,
    /// The earliest of them that is tried again.
    pub retry_at: Option<Micros>,
    /// The webhook was switched off or is gone: what is loaded must not go out.
    pub disabled: bool,
    /// The store could not end them: they must not be sent again, and hold up nobody.
    pub resting: bool,
}

/// All lanes of this node.
pub(crate) struct Lanes {
    engine: Engine,
    lanes: Mutex<HashMap<Arc<str>, Arc<Lane>>>,
    asks: mpsc::UnboundedSender<Ask>,
    finished: Mutex<Option<mpsc::UnboundedSender<Finished>>>,
    /// Permits for exchanges beyond the first of each lane.
    pool: Arc<Semaphore>,
    workers: TaskTracker,
    stop: CancellationToken,
    loaded: Loaded,
}

/// The feed's end of the lanes' questions.
pub(crate) struct Asks(mpsc::UnboundedReceiver<Ask>);

impl Lanes {
    /// The lanes, and what the feed and the settle task read from.
    pub(crate) fn new(engine: Engine, stop: CancellationToken) -> (Arc<Self>, Asks, mpsc::UnboundedReceiver<Finished>) {
        let (asks, asked) = mpsc::unbounded_channel();
        let (finished, finishing) = mpsc::unbounded_channel();
        let pool = Arc::new(Semaphore::new(engine.config().deliveries_at_once.max(1)));
        let lanes = Self {
            engine,
            lanes: Mutex::default(),
            asks,
            finished: Mutex::new(Some(finished)),
            pool,
            workers: TaskTracker::new(),
            stop,
            loaded: Loaded::default(),
        };
        (Arc::new(lanes), Asks(asked), finishing)
    }

    /// Lanes in memory, and of those the open ones.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let lanes = self.map();
        (lanes.len(), lanes.values().filter(|lane| lane.is_open()).count())
    }

    /// Lets what is in flight come to its end; nothing new is sent after `stop`. Then the settle task, which has no more
    /// senders, ends too.
    pub(crate) async fn drain(&self) {
        self.workers.close();
        self.workers.wait().await;
        self.finished_sender().take();
    }

    /// A batch of a lane's attempts is committed.
    pub(crate) fn settled(&self, webhook_id: &str, outcome: Outcome) {
        let Some(lane) = self.get(webhook_id) else { return };
        let after = lane.settled(&outcome);
        if let Some(at) = after.due_at {
            self.ask(Ask::At(at, Arc::clone(&lane.id)));
        }
        if after.look {
            self.ask(Ask::Look(Arc::clone(&lane.id)));
        } else if after.idle {
            self.ask(Ask::Idle(Arc::clone(&lane.id)));
        }
    }

    /// When an open lane sends its next probe, for the webhook's page and the next start.
    pub(crate) fn probe_at(&self, webhook_id: &str) -> Option<Micros> {
        self.get(webhook_id)?.probe_at()
    }

    fn get(&self, webhook_id: &str) -> Option<Arc<Lane>> {
        self.map().get(webhook_id).map(Arc::clone)
    }

    fn get_or_new(&self, webhook_id: &str) -> Arc<Lane> {
        let mut lanes = self.map();
        if let Some(lane) = lanes.get(webhook_id) {
            return Arc::clone(lane);
        }
        let lane = Arc::new(Lane::new(Arc::from(webhook_id), self.loaded.clone()));
        lanes.insert(Arc::clone(&lane.id), Arc::clone(&lane));
        lane
    }

    fn remove(&self, webhook_id: &str) {
        self.map().remove(webhook_id);
    }

    /// Forgets an idle lane when too many are remembered.
    fn forget_idle(&self, webhook_id: &str) {
        let mut lanes = self.map();
        if lanes.len() > IDLE_KEPT && lanes.get(webhook_id).is_some_and(|lane| lane.is_idle()) {
            lanes.remove(webhook_id);
        }
    }

    fn ask(&self, ask: Ask) {
        // Without a feed the node is stopping, and the store keeps what is to be done.
        let _ = self.asks.send(ask);
    }

    fn map(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finished_sender(&self) -> MutexGuard<'_, Option<mpsc::UnboundedSender<Finished>>> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
