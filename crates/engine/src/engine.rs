//! The engine: what all stages share, and what is called from outside. `running` starts and ends the stages.

use std::sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering};

use collection::script::ScriptHost;
use domain::{Clock, Micros, Problem, clock::MILLISECOND};
use egress::{Client, Policy};
use store::{
    Store, Tx,
    tables::{deliveries, mails, sources::Source},
};
use tracing::Instrument as _;

use crate::{
    accept::Gathering,
    config::EngineConfig,
    filters::Outside,
    lanes::Lanes,
    metrics::{Counters, Metrics},
    notify::Desk,
    policies::Policies,
    receive::{self, Answer, Inbound, Judged},
    rules::{Rules, RulesCache},
    spans::span,
};

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
    rules: RulesCache,
    counters: Counters,
    desk: Desk,
    filters: Outside,
    gathering: Gathering,
    /// Of the running deliver stage, for the figures.
    lanes: Mutex<Weak<Lanes>>,
}

impl Engine {
    /// An engine at rest: what people do works, the stages do not run yet.
    pub fn new(config: EngineConfig, store: Store, clock: Arc<dyn Clock>, client: Client, scripts: Arc<dyn ScriptHost>) -> Self {
        let policies = Policies::new(&config);
        let desk = Desk {
            mails: config.mail.is_some(),
            public_url: config.public_url.trim_end_matches('/').to_owned(),
        };
        let (counters, lanes) = (Counters::default(), Mutex::new(Weak::new()));
        Self {
            inner: Arc::new(Inner {
                config,
                store,
                clock,
                client,
                scripts,
                policies,
                rules: RulesCache::default(),
                counters,
                desk,
                filters: Outside::default(),
                gathering: Gathering::default(),
                lanes,
            }),
        }
    }

    /// Takes a request from outside in: when this returns, it and its effect are stored.
    ///
    /// # Errors
    /// The store's.
    pub async fn receive(&self, source: Source, inbound: Inbound) -> store::Result<Answer> {
        let span = span!("receive", source.id = source.id.as_str(), bytes = inbound.body.len());
        self.receive_whole(source, inbound).instrument(span).await
    }

    async fn receive_whole(&self, source: Source, inbound: Inbound) -> store::Result<Answer> {
        let (source, inbound) = (Arc::new(source), Arc::new(inbound));
        let judged = Arc::new(judged(&source, &inbound).await?);
        let once = || {
            let (source, inbound, judged, now) = (Arc::clone(&source), Arc::clone(&inbound), Arc::clone(&judged), self.now());
            self.store().write(move |tx| receive::receive(tx, &source, &inbound, &judged, now))
        };
        let answer = match once().await {
            // Somebody else opened the incident at the same instant; it is there now.
            Err(error) if error.is_conflict_on("incidents", "source_id, key") => once().await?,
            // Two transactions waited for each other, or a webhook was deleted at the same instant.
            Err(store::Error::Deadlock(_) | store::Error::Reference(_)) => once().await?,
            result => result?,
        };
        self.counters().received.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }

    /// Keeps a request from outside that was refused before it was read to its end.
    ///
    /// # Errors
    /// The store's.
    pub async fn refuse(&self, source: Source, inbound: Inbound, problem: Problem) -> store::Result<Answer> {
        let now = self.now();
        let refused = self.store().write(move |tx| receive::refuse(tx, &source, &inbound, problem, now));
        let answer = refused.await?;
        self.counters().received.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }

    /// The counters of this process.
    pub fn metrics(&self) -> Metrics {
        let lanes = self.inner.lanes.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        let (lanes, open) = lanes.map_or((0, 0), |lanes| lanes.counts());
        self.counters().snapshot(lanes, open, self.store().commits())
    }

    /// How long the oldest delivery has been waiting beyond its due time, in milliseconds; 0 if none is late.
    ///
    /// # Errors
    /// The store's.
    pub async fn backlog_ms(&self) -> store::Result<i64> {
        let oldest = self.store().read(deliveries::oldest_pending).await?;
        Ok(oldest.map_or(0, |due_at| self.now().saturating_sub(due_at).max(0) / MILLISECOND))
    }

    /// How many deliveries wait, tests left out, counted no further than `most`; and how many mails.
    ///
    /// # Errors
    /// The store's.
    pub async fn waiting(&self, most: usize) -> store::Result<(u64, u64)> {
        let count = move |tx: &mut dyn Tx| Ok((deliveries::count_pending(tx, most)?, mails::waiting(tx)?));
        self.store().read(count).await
    }

    /// What holds for the webhooks of a workspace, as committed now.
    ///
    /// # Errors
    /// The store's.
    pub async fn rules(&self, workspace_id: &str) -> store::Result<Arc<Rules>> {
        self.inner
            .rules
            .get(self.store(), &self.inner.policies.webhooks, workspace_id)
            .await
    }

    /// The guard's rules for the webhooks of a workspace: the same when one is saved, tested and sent.
    ///
    /// # Errors
    /// The store's.
    pub async fn policy(&self, workspace_id: &str) -> store::Result<Policy> {
        Ok(self.rules(workspace_id).await?.policy.clone())
    }

    /// The guard's rules for webhooks that hold on the whole instance, whatever a workspace adds.
    pub fn instance_policy(&self) -> &Policy {
        &self.inner.policies.webhooks
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

    /// Remembers the lanes of the running deliver stage, for the figures.
    pub(crate) fn set_lanes(&self, lanes: &Arc<Lanes>) {
        *self.inner.lanes.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(lanes);
    }

    pub(crate) fn scripts(&self) -> Arc<dyn ScriptHost> {
        Arc::clone(&self.inner.scripts)
    }

    pub(crate) fn gathering(&self) -> &Gathering {
        &self.inner.gathering
    }

    pub(crate) fn filters(&self) -> &Outside {
        &self.inner.filters
    }

    /// Where notices go.
    pub(crate) fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.inner.counters
    }
}

/// Bodies that are longer are read on a thread of their own: they take milliseconds.
const READ_AT_ONCE: usize = 16 * 1024;

/// Reads the body before the transaction, so that no other one waits for that.
async fn judged(source: &Arc<Source>, inbound: &Arc<Inbound>) -> store::Result<Judged> {
    if inbound.body.len() <= READ_AT_ONCE && inbound.encoding.is_none() {
        return Ok(receive::judge(source, inbound));
    }
    let (source, inbound) = (Arc::clone(source), Arc::clone(inbound));
    tokio::task::spawn_blocking(move || receive::judge(&source, &inbound))
        .await
        .map_err(|error| store::Error::Panicked(error.to_string()))
}
