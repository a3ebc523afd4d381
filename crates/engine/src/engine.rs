//! The engine: what all stages share, and what is called from outside. `running` starts and ends the stages.

use std::sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering};

use collection::script::ScriptHost;
use domain::{Clock, Micros, Problem, clock::MILLISECOND, id};
use egress::{Client, Policy};
use store::{
    Store, Tx,
    tables::{deliveries, mails, sources::Source},
};
use tracing::{Instrument as _, Span};

use crate::{
    config::EngineConfig,
    error::Result,
    lanes::Lanes,
    metrics::{Counters, Metrics},
    notify::Desk,
    policies::Policies,
    filters::{Outside, Verdicts},
    publish::{self, NewEvent, Published, Unpublished},
    receive::{self, Answer, Inbound, Judged},
    rules::{Rules, RulesCache},
    spans::span,
};

/// How often a publish begins anew because somebody changed a filter meanwhile.
const TRIES: u32 = 5;

/// What became of each event.
type Answers = Vec<Result<Published, Problem>>;

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
                lanes,
            }),
        }
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
    pub async fn publish_each(&self, mut events: Vec<NewEvent>) -> store::Result<Vec<Result<Published, Problem>>> {
        let now = self.now();
        for event in &mut events {
            // Filters may look at it before it is stored.
            event.id.get_or_insert_with(|| id::new(id::EVENT, now));
        }
        let first = events.first();
        let span = span!(
            "publish",
            events = events.len(),
            event.id = first.and_then(|event| event.id.as_deref()),
            event.r#type = first.map(|event| event.event_type.as_str())
        );
        self.publish_all(events, now).instrument(span).await
    }

    async fn publish_all(&self, events: Vec<NewEvent>, now: Micros) -> store::Result<Vec<Result<Published, Problem>>> {
        let events = Arc::new(events);
        let outside = &self.inner.filters;
        let mut verdicts = Arc::new(outside.foreseen(&events, now).await?);
        let mut tries = 0;
        let published = loop {
            tries += 1;
            let lacks = match self.publish_once(&events, &verdicts).await {
                Ok(published) => break published,
                Err(Unpublished::Store(error)) => return Err(error),
                Err(Unpublished::Lacking(_)) if tries >= TRIES => {
                    return Err(store::Error::Busy("the filters of the webhooks keep changing".to_owned()));
                }
                Err(Unpublished::Lacking(lacks)) => lacks,
            };
            // The transaction is over and has given it back.
            let known = Arc::try_unwrap(verdicts).unwrap_or_default();
            verdicts = Arc::new(outside.lacking(known, &events, lacks, now).await?);
        };
        outside.forget_unwanted(&verdicts, &events);
        let counters = self.counters();
        for one in published.iter().flatten().filter(|one| !one.repeat) {
            counters.accepted.fetch_add(1, Ordering::Relaxed);
            counters.deliveries.fetch_add(one.deliveries as u64, Ordering::Relaxed);
        }
        Ok(published)
    }

    async fn publish_once(&self, events: &Arc<Vec<NewEvent>>, verdicts: &Arc<Verdicts>) -> Result<Answers, Unpublished> {
        let once = || {
            let (events, verdicts, now) = (Arc::clone(events), Arc::clone(verdicts), self.now());
            let publish = Span::current();
            self.store().write(move |tx| {
                let _dispatch = span!(parent: &publish, "dispatch").entered();
                publish::publish_with(tx, &events, &verdicts, now)
            })
        };
        match once().await {
            // Two transactions waited for each other, or a webhook was deleted at the same instant.
            Err(Unpublished::Store(store::Error::Deadlock(_) | store::Error::Reference(_))) => once().await,
            result => result,
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
        self.inner.rules.get(self.store(), &self.inner.policies.webhooks, workspace_id).await
    }

    /// The guard's rules for the webhooks of a workspace: the same when one is saved, tested and sent.
    ///
    /// # Errors
    /// The store's.
    pub async fn policy(&self, workspace_id: &str) -> store::Result<Policy> {
        Ok(self.rules(workspace_id).await?.policy.clone())
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
