//! Publish: an event and one delivery for each webhook that hears of it, in the caller's transaction.
//!
//! Only when that transaction is committed may anybody be told that the event was accepted. Which webhook gets it, and by
//! which rule, is `domain::dispatch`'s decision; webhooks that do not get it have a dropped delivery that says why.

mod coalesce;
mod dispatch;
mod subscribers;
mod told;

use std::{collections::HashMap, sync::Arc};

use domain::{Micros, Problem, event::Event, id};
use store::{
    Tx,
    tables::events::{self, Inserted},
};

use crate::{
    error::{ActionError, Result},
    filters::Verdicts,
};

/// Why nothing was published.
#[derive(Debug)]
pub(crate) enum Unpublished {
    Store(store::Error),
    /// These filters have to be asked first, outside of the transaction.
    Lacking(Vec<Lack>),
}

/// A verdict that is lacking: of a filter on an event, by its place among those that are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lack {
    pub event: usize,
    pub filter: Arc<str>,
}

impl From<store::Error> for Unpublished {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Who answers for the filters.
#[derive(Clone, Copy)]
enum Ask<'v> {
    /// They are asked here and now: Watchbell's own events, which are small.
    Here,
    /// Only where that is quick; the rest was asked before, or is lacking.
    Known(&'v Verdicts),
}

/// An event to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The publisher's own id; `None`: one is made.
    pub id: Option<String>,
    pub workspace_id: String,
    pub event_type: String,
    /// Id of what it is about, or empty.
    pub subject: String,
    pub at: Micros,
    /// A JSON object, checked by the caller.
    pub data: String,
    /// Part of an import: no webhook is called.
    pub import: bool,
    /// How many Watchbells it passed through.
    pub hops: i64,
    /// Idempotency key, and the SHA-256 (hex) of the body that came with it.
    pub publish_key: Option<(String, String)>,
}

impl NewEvent {
    /// An event of Watchbell's own.
    pub fn internal(workspace_id: &str, event_type: &str, subject: &str, at: Micros, data: String) -> Self {
        Self {
            id: None,
            workspace_id: workspace_id.to_owned(),
            event_type: event_type.to_owned(),
            subject: subject.to_owned(),
            at,
            data,
            import: false,
            hops: 0,
            publish_key: None,
        }
    }

    pub(crate) fn stored(&self, now: Micros) -> Event {
        Event {
            id: self.id.clone().unwrap_or_else(|| id::new(id::EVENT, now)),
            workspace_id: self.workspace_id.clone(),
            event_type: self.event_type.clone(),
            subject: self.subject.clone(),
            at: self.at,
            data: self.data.clone(),
            import: self.import,
            hops: self.hops,
        }
    }
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub event_id: String,
    /// It was published before, and nothing happened now.
    pub repeat: bool,
    /// Deliveries that are due now.
    pub deliveries: usize,
}

/// Publishes all of them or none.
///
/// # Errors
/// 409 when a publish key was used with another body; the store's errors.
pub fn publish(tx: &mut dyn Tx, events: &[NewEvent], now: Micros) -> Result<Vec<Published>> {
    publish_each(tx, events, now)?
        .into_iter()
        .map(|one| one.map_err(ActionError::from))
        .collect()
}

/// Publishes each of them, with an answer for each: a conflict concerns its own event only.
///
/// # Errors
/// The store's.
pub fn publish_each(tx: &mut dyn Tx, new: &[NewEvent], now: Micros) -> store::Result<Vec<Result<Published, Problem>>> {
    match publish_all(tx, new, Ask::Here, now) {
        Ok(published) => Ok(published),
        Err(Unpublished::Store(error)) => Err(error),
        // Whoever is asked here answers.
        Err(Unpublished::Lacking(_)) => Err(store::Error::Busy("a filter was not asked".to_owned())),
    }
}

/// The same for events from outside: filters that could take their time have been asked before (`verdicts`).
///
/// # Errors
/// The store's; the verdicts that are lacking. Nothing may be kept of the transaction then.
pub(crate) fn publish_with(
    tx: &mut dyn Tx,
    new: &[NewEvent],
    verdicts: &Verdicts,
    now: Micros,
) -> Result<Vec<Result<Published, Problem>>, Unpublished> {
    publish_all(tx, new, Ask::Known(verdicts), now)
}

fn publish_all(tx: &mut dyn Tx, new: &[NewEvent], ask: Ask<'_>, now: Micros) -> Result<Vec<Result<Published, Problem>>, Unpublished> {
    let stored: Vec<Arc<Event>> = new.iter().map(|event| Arc::new(event.stored(now))).collect();
    let keyed: Vec<_> = stored
        .iter()
        .zip(new)
        .map(|(event, new)| {
            (
                &**event,
                new.publish_key.as_ref().map(|(key, digest)| (key.as_str(), digest.as_str())),
            )
        })
        .collect();
    // One event is the usual case: it is inserted without asking first what is there.
    let inserted = match keyed.as_slice() {
        [(event, key)] => vec![events::insert(tx, event, *key, now)?],
        _ => events::insert_many(tx, &keyed, now)?,
    };
    let fresh: Vec<(usize, &Arc<Event>)> = stored
        .iter()
        .enumerate()
        .zip(&inserted)
        .filter(|(_, inserted)| **inserted == Inserted::New)
        .map(|(event, _)| event)
        .collect();
    let counts = dispatch::dispatch_all(tx, &fresh, ask, now)?;
    Ok(stored
        .iter()
        .zip(inserted)
        .map(|(event, inserted)| answer(event, inserted, &counts))
        .collect())
}

/// Publishes Watchbell's own events, which have no keys and so no conflicts.
pub(crate) fn internal(tx: &mut dyn Tx, events: &[NewEvent], now: Micros) -> store::Result<()> {
    publish_each(tx, events, now).map(drop)
}

fn answer(event: &Event, inserted: Inserted, counts: &HashMap<&str, usize>) -> Result<Published, Problem> {
    match inserted {
        Inserted::New => {
            let deliveries = counts.get(event.id.as_str()).copied().unwrap_or(0);
            Ok(Published {
                event_id: event.id.clone(),
                repeat: false,
                deliveries,
            })
        }
        Inserted::Repeat { event_id, same_body: true } => Ok(Published {
            event_id,
            repeat: true,
            deliveries: 0,
        }),
        Inserted::Repeat { event_id, .. } => Err(Problem::conflict(format!(
            "the key was used for the event `{event_id}` with another body"
        ))
        .hint("send the same body again, or take a new key")),
    }
}
