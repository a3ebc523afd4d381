//! In-process signals: what a committed transaction tells the stages and the live pages.
//!
//! Tables hand work over; a signal only shortens the wait. A transaction names its signals with `Tx::signal`, and they are
//! sent after its commit and only then. Wake-ups merge: any number of them while a stage is busy make one, and none is
//! missed by a stage that took its handle before it looked at the table ("subscribe before you look").
//! Changes are broadcast for whoever has a page open; a slow reader loses the oldest and reloads.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::{broadcast, watch};

mod due;

pub use due::{DeliveryWaker, Due, Fresh};

/// How many changes a slow listener may lag behind before it loses some.
const CHANGES_KEPT: usize = 1024;

/// What a transaction announces when it is committed.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// A monitor's due time changed.
    Schedule,
    /// A run was queued.
    Runs,
    /// Deliveries to these webhooks are due, or their lanes' terms changed. Ids of webhooks.
    Deliveries(Vec<String>),
    /// Deliveries that were just made are due at once: their lanes may take them as they are.
    Fresh(Vec<Fresh>),
    /// A workspace's settings changed: whoever remembers some is to read them again.
    Settings,
    /// A replay job may go on.
    Replays,
    /// A webhook is to be swept away.
    Sweep,
    /// A mail is due.
    Mails,
    /// Something that a page may show changed.
    Changed(Change),
}

/// A change in a workspace, for live pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Id of the workspace.
    pub workspace_id: String,
    /// The kind of thing, as its glossary word (`run`, `delivery`, `incident`, …).
    pub what: &'static str,
}

impl Signal {
    /// The signal that something of kind `what` changed in a workspace.
    pub fn changed(workspace_id: impl Into<String>, what: &'static str) -> Self {
        Self::Changed(Change {
            workspace_id: workspace_id.into(),
            what,
        })
    }
}

/// The signals of one group of transactions, gathered until the commit.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    schedule: bool,
    runs: bool,
    replays: bool,
    sweep: bool,
    mails: bool,
    settings: bool,
    webhooks: Vec<String>,
    fresh: Vec<Fresh>,
    changes: Vec<Change>,
}

/// How far a [`Pending`] was filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    schedule: bool,
    runs: bool,
    replays: bool,
    sweep: bool,
    mails: bool,
    settings: bool,
    webhooks: usize,
    fresh: usize,
    changes: usize,
}

impl Pending {
    pub(crate) fn add(&mut self, signal: Signal) {
        match signal {
            Signal::Schedule => self.schedule = true,
            Signal::Runs => self.runs = true,
            Signal::Replays => self.replays = true,
            Signal::Sweep => self.sweep = true,
            Signal::Mails => self.mails = true,
            Signal::Settings => self.settings = true,
            Signal::Deliveries(webhooks) => self.webhooks.extend(webhooks),
            Signal::Fresh(fresh) => self.fresh.extend(fresh),
            // A group holds few distinct ones: many publishes change the same workspace.
            Signal::Changed(change) if self.changes.contains(&change) => {}
            Signal::Changed(change) => self.changes.push(change),
        }
    }

    /// Where to return to with [`Pending::restore`].
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            schedule: self.schedule,
            runs: self.runs,
            replays: self.replays,
            sweep: self.sweep,
            mails: self.mails,
            settings: self.settings,
            webhooks: self.webhooks.len(),
            fresh: self.fresh.len(),
            changes: self.changes.len(),
        }
    }

    /// Forgets what a rolled back transaction announced since `mark`.
    pub(crate) fn restore(&mut self, mark: Mark) {
        self.schedule = mark.schedule;
        self.runs = mark.runs;
        self.replays = mark.replays;
        self.sweep = mark.sweep;
        self.mails = mark.mails;
        self.settings = mark.settings;
        self.webhooks.truncate(mark.webhooks);
        self.fresh.truncate(mark.fresh);
        self.changes.truncate(mark.changes);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The senders' side, one in a store.
#[derive(Debug)]
pub(crate) struct Signals {
    schedule: watch::Sender<()>,
    runs: watch::Sender<()>,
    replays: watch::Sender<()>,
    sweep: watch::Sender<()>,
    mails: watch::Sender<()>,
    settings: AtomicU64,
    deliveries: watch::Sender<()>,
    due: Mutex<Due>,
    changes: broadcast::Sender<Change>,
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self {
            schedule: watch::Sender::new(()),
            runs: watch::Sender::new(()),
            replays: watch::Sender::new(()),
            sweep: watch::Sender::new(()),
            mails: watch::Sender::new(()),
            settings: AtomicU64::new(0),
            deliveries: watch::Sender::new(()),
            due: Mutex::default(),
            changes: broadcast::Sender::new(CHANGES_KEPT),
        }
    }

    /// Sends what was gathered and leaves `pending` empty.
    pub(crate) fn send(&self, pending: &mut Pending) {
        // Before anybody is woken: what they then look up is new.
        if std::mem::take(&mut pending.settings) {
            self.settings.fetch_add(1, Ordering::AcqRel);
        }
        if std::mem::take(&mut pending.schedule) {
            self.schedule.send_replace(());
        }
        if std::mem::take(&mut pending.runs) {
            self.runs.send_replace(());
        }
        if std::mem::take(&mut pending.replays) {
            self.replays.send_replace(());
        }
        if std::mem::take(&mut pending.sweep) {
            self.sweep.send_replace(());
        }
        if std::mem::take(&mut pending.mails) {
            self.mails.send_replace(());
        }
        // Without a stage to take them (a command that only writes) they would pile up.
        if self.deliveries.receiver_count() == 0 {
            pending.webhooks.clear();
            pending.fresh.clear();
        }
        if !pending.webhooks.is_empty() || !pending.fresh.is_empty() {
            let mut due = self.due();
            due.webhooks.extend(pending.webhooks.drain(..));
            pending.fresh.drain(..).for_each(|fresh| due.add(fresh));
            drop(due);
            self.deliveries.send_replace(());
        }
        if self.changes.receiver_count() == 0 {
            pending.changes.clear();
        }
        for change in pending.changes.drain(..) {
            // An error only says that the last page was closed meanwhile.
            let _ = self.changes.send(change);
        }
    }

    /// How often settings changed since the start.
    pub(crate) fn settings_changes(&self) -> u64 {
        self.settings.load(Ordering::Acquire)
    }

    pub(crate) fn schedule(&self) -> Waker {
        Waker {
            woken: self.schedule.subscribe(),
        }
    }

    pub(crate) fn runs(&self) -> Waker {
        Waker {
            woken: self.runs.subscribe(),
        }
    }

    pub(crate) fn replays(&self) -> Waker {
        Waker {
            woken: self.replays.subscribe(),
        }
    }

    pub(crate) fn sweep(&self) -> Waker {
        Waker {
            woken: self.sweep.subscribe(),
        }
    }

    pub(crate) fn mails(&self) -> Waker {
        Waker {
            woken: self.mails.subscribe(),
        }
    }

    pub(crate) fn deliveries(self: &Arc<Self>) -> DeliveryWaker {
        let waker = Waker {
            woken: self.deliveries.subscribe(),
        };
        DeliveryWaker::new(waker, Arc::clone(self))
    }

    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// It has no broken state in between, so a panic elsewhere does not matter.
    fn due(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stage's handle on its wake-ups: take it, look at the table, then wait.
#[derive(Clone, Debug)]
pub struct Waker {
    woken: watch::Receiver<()>,
}

impl Waker {
    /// Returns when the stage was signalled since the last return (or since the handle was taken). Never returns once
    /// the store is gone: a stage waits for its due time or its shutdown beside it. Cancel safe.
    pub async fn woken(&mut self) {
        if self.woken.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests;
