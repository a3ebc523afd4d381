//! Accept: events from outside are published, and only then is anybody told so.
//!
//! Single events that come at the same time share a transaction (`gather`); a batch has one of its own. Filters that could
//! take their time are asked outside of it.

mod gather;

use std::sync::{Arc, atomic::Ordering};

use domain::{Micros, Problem, id};
use tracing::{Instrument as _, Span};

pub(crate) use gather::Gathering;

use crate::{
    engine::Engine,
    error::Result,
    filters::Verdicts,
    publish::{self, NewEvent, Published, Unpublished},
    spans::span,
};

/// How often a publish begins anew because somebody changed a filter meanwhile.
const TRIES: u32 = 5;

/// What became of each event.
type Answers = Vec<Result<Published, Problem>>;

impl Engine {
    /// Publishes one event: when this returns, it and all its deliveries are stored.
    ///
    /// # Errors
    /// 409 when its publish key was used with another body; the store's errors.
    pub async fn publish(&self, event: NewEvent) -> Result<Published> {
        let event = [event];
        if self.filters().are_expected(&event) {
            let [event] = event;
            let one = self.publish_each(vec![event]).await?.into_iter().next();
            return Ok(one.ok_or(store::Error::NotFound("event"))??);
        }
        let [mut event] = event;
        let event_id = event.id.get_or_insert_with(|| id::new(id::EVENT, self.now()));
        let span = span!(
            "publish",
            events = 1,
            event.id = event_id.as_str(),
            event.r#type = event.event_type.as_str()
        );
        Ok(gather::publish(self, event).instrument(span).await??)
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

    async fn publish_all(&self, events: Vec<NewEvent>, now: Micros) -> store::Result<Answers> {
        let events = Arc::new(events);
        let outside = self.filters();
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
        self.count(&published);
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

    fn count(&self, published: &[Result<Published, Problem>]) {
        let counters = self.counters();
        for one in published.iter().flatten().filter(|one| !one.repeat) {
            counters.accepted.fetch_add(1, Ordering::Relaxed);
            counters.deliveries.fetch_add(one.deliveries as u64, Ordering::Relaxed);
        }
    }
}
