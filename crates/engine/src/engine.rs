//! The engine: what all stages share, and their start and end.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering},
    time::Duration,
};

use collection::script::ScriptHost;
use domain::{Clock, Micros, Problem, clock::MILLISECOND};
use egress::{Client, Policy};
use futures::FutureExt as _;
use store::{
    Store,
    tables::{deliveries, sources::Source},
};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::EngineConfig,
    deliver,
    error::Result,
    lanes::{self, Lanes},
    metrics::{Counters, Metrics},
    policies::Policies,
    publish::{self, NewEvent, Published},
    receive::{self, Answer, Inbound},
    run::{self, RunStage},
    schedule::ScheduleStage,
    stage::{Wake, drive},
    sweep::SweepStage,
};

/// Pause before recovery is tried again when the store is away at the start.
const RECOVERY_PAUSE: Duration = Duration::from_millis(1_000);

/// The engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: EngineConfig,
    store: Store,
    clock: Arc<dyn Clock>,
    client: Client,
    scripts: Arc<dyn ScriptHost>,
    policies: Policies,
    counters: Counters,
    /// Of the running deliver stage, for the figures.
    lanes: Mutex<Weak<Lanes>>,
}

impl Engine {
    /// An engine at rest: what people do works, the stages do not run yet.
    pub fn new(config: EngineConfig, store: Store, clock: Arc<dyn Clock>, client: Client, scripts: Arc<dyn ScriptHost>) -> Self {
        let policies = Policies::new(&config);
        let (counters, lanes) = (Counters::default(), Mutex::new(Weak::new()));
        Self {
            inner: Arc::new(Inner {
                config,
                store,
                clock,
                client,
                scripts,
                policies,
                counters,
                lanes,
            }),
        }
    }

    /// Starts the stages, after what the last stop cut off was taken up again. To be called once, within the runtime.
    pub fn start(&self) -> Running {
        let (stop, broken) = (CancellationToken::new(), CancellationToken::new());
        let (runs, mut tasks) = (TaskTracker::new(), JoinSet::new());
        // All wake-ups are taken before any stage looks at its table.
        let (store, clock) = (self.store(), self.clock());
        let (schedule_signal, run_signal, delivery_signal) = (store.schedule_waker(), store.run_waker(), store.delivery_waker());
        let (lanes, asks, finished) = Lanes::new(self.clone(), stop.clone());
        *self.inner.lanes.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&lanes);

        let own = || Arc::new(Notify::new());
        let schedule = ScheduleStage {
            store: store.clone(),
            clock: self.clock(),
        };
        let wake = Wake {
            signal: Some(schedule_signal),
            own: own(),
        };
        tasks.spawn(watched(
            "schedule",
            broken.clone(),
            drive(schedule, wake, Arc::clone(&clock), stop.clone()),
        ));

        let sweep = SweepStage {
            store: store.clone(),
            clock: self.clock(),
            retention: self.config().retention,
        };
        let wake = Wake { signal: None, own: own() };
        tasks.spawn(watched(
            "sweep",
            broken.clone(),
            drive(sweep, wake, Arc::clone(&clock), stop.clone()),
        ));

        let done = own();
        let stage = RunStage::new(self.clone(), runs.clone(), Arc::clone(&done));
        let wake = Wake {
            signal: Some(run_signal),
            own: done,
        };
        let (engine, token) = (self.clone(), stop.clone());
        let run = async move {
            if engine.recovered(&token).await {
                drive(stage, wake, clock, token).await;
            }
        };
        tasks.spawn(watched("run", broken.clone(), run));

        tasks.spawn(watched(
            "deliver",
            broken.clone(),
            lanes::feed(Arc::clone(&lanes), delivery_signal, asks),
        ));
        let settle = deliver::settle_all(self.clone(), Arc::clone(&lanes), finished);
        tasks.spawn(watched("settle", broken.clone(), settle));
        Running {
            stop,
            runs,
            lanes,
            tasks,
            broken,
        }
    }

    /// Before runs are claimed, so that those of the last stop are not mistaken for this node's. Returns whether to go on.
    async fn recovered(&self, stop: &CancellationToken) -> bool {
        while let Err(error) = run::recover(self).await {
            tracing::error!(%error, "what the last stop cut off could not be taken up; it is tried again");
            tokio::select! {
                () = stop.cancelled() => return false,
                () = tokio::time::sleep(RECOVERY_PAUSE) => {}
            }
        }
        true
    }

    /// Publishes one event: when this returns, it and all its deliveries are stored.
    ///
    /// # Errors
    /// 409 when its publish key was used with another body; the store's errors.
    pub async fn publish(&self, event: NewEvent) -> Result<Published> {
        let one = self.publish_each(vec![event]).await?.into_iter().next();
        Ok(one.ok_or(store::Error::NotFound("event"))??)
    }

    /// Publishes events in one transaction, with an answer for each, in their order.
    ///
    /// # Errors
    /// The store's: none is published then. Inside: 409 for an event whose publish key was used with another body.
    pub async fn publish_each(&self, events: Vec<NewEvent>) -> store::Result<Vec<Result<Published, Problem>>> {
        let now = self.now();
        let published = self.store().write(move |tx| publish::publish_each(tx, &events, now)).await?;
        let counters = self.counters();
        for one in published.iter().flatten().filter(|one| !one.repeat) {
            counters.accepted.fetch_add(1, Ordering::Relaxed);
            counters.deliveries.fetch_add(one.deliveries as u64, Ordering::Relaxed);
        }
        Ok(published)
    }

    /// Takes a request from outside in: when this returns, it and its effect are stored.
    ///
    /// # Errors
    /// The store's.
    pub async fn receive(&self, source: Source, inbound: Inbound) -> store::Result<Answer> {
        let (source, inbound) = (Arc::new(source), Arc::new(inbound));
        let once = || {
            let (source, inbound, now) = (Arc::clone(&source), Arc::clone(&inbound), self.now());
            self.store().write(move |tx| receive::receive(tx, &source, &inbound, now))
        };
        let answer = match once().await {
            // Somebody else opened the incident at the same instant; it is there now.
            Err(error) if error.is_conflict_on("incidents", "source_id, key") => once().await?,
            result => result?,
        };
        self.counters().received.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }

    /// The counters of this process.
    pub fn metrics(&self) -> Metrics {
        let lanes = self.inner.lanes.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        let (lanes, open) = lanes.map_or((0, 0), |lanes| lanes.counts());
        self.counters().snapshot(lanes, open)
    }

    /// How long the oldest delivery has been waiting beyond its due time, in milliseconds; 0 if none is late.
    ///
    /// # Errors
    /// The store's.
    pub async fn backlog_ms(&self) -> store::Result<i64> {
        let oldest = self.store().read(deliveries::oldest_pending).await?;
        Ok(oldest.map_or(0, |due_at| self.now().saturating_sub(due_at).max(0) / MILLISECOND))
    }

    /// The guard's rules for the webhooks of a workspace: the same when one is saved, tested and sent.
    pub fn policy(&self, _workspace_id: &str) -> Policy {
        // One policy an instance so far; the argument is for exceptions by workspace.
        self.inner.policies.webhooks.clone()
    }

    /// The guard's rules for the requests of a workspace's collections.
    pub fn runner_policy(&self, _workspace_id: &str) -> Policy {
        self.inner.policies.runner.clone()
    }

    /// The guard's rules for a webhook that points at an own source.
    pub(crate) fn own_source_policy(&self) -> Policy {
        self.inner.policies.own_source.clone()
    }

    /// The settings.
    pub fn config(&self) -> &EngineConfig {
        &self.inner.config
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The guarded client.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// The clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock)
    }

    /// Microseconds since the Unix epoch.
    pub fn now(&self) -> Micros {
        self.inner.clock.now()
    }

    pub(crate) fn scripts(&self) -> Arc<dyn ScriptHost> {
        Arc::clone(&self.inner.scripts)
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.inner.counters
    }
}

/// The running stages.
pub struct Running {
    stop: CancellationToken,
    runs: TaskTracker,
    lanes: Arc<Lanes>,
    tasks: JoinSet<()>,
    broken: CancellationToken,
}

/// A stage that ends by a panic leaves a server that looks alive and does half of its work: that must be seen.
async fn watched(name: &'static str, broken: CancellationToken, stage: impl Future<Output = ()>) {
    if AssertUnwindSafe(stage).catch_unwind().await.is_err() {
        tracing::error!(stage = name, "a stage panicked; the server has to be started again");
        broken.cancel();
    }
}

impl Running {
    /// Returns when a stage has panicked: whoever runs the engine should end then, and be started again.
    pub async fn broken(&self) {
        self.broken.cancelled().await;
    }

    /// Stops: nothing new begins, and what is in flight may come to its end until `deadline` has passed. What is cut off
    /// then is taken up at the next start.
    pub async fn shutdown(mut self, deadline: Duration) {
        self.stop.cancel();
        self.runs.close();
        let in_flight = async {
            tokio::join!(self.runs.wait(), self.lanes.drain());
            // The settle task ends last, when all results are committed.
            while self.tasks.join_next().await.is_some() {}
        };
        if tokio::time::timeout(deadline, in_flight).await.is_err() {
            tracing::warn!("the stop cut off what was still in flight; it is taken up at the next start");
        }
    }
}
