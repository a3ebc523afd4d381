//! Publish: an event and one delivery for each webhook that hears of it, in the caller's transaction.
//!
//! Only when that transaction is committed may anybody be told that the event was accepted. Which webhook gets it, and by
//! which rule, is `domain::dispatch`'s decision; webhooks that do not get it have a dropped delivery that says why.

use std::collections::{BTreeSet, HashMap, HashSet, hash_map::Entry};

use domain::{
    Micros, Problem,
    delivery::{DeliveryKind, DeliveryState},
    dispatch::{self, Dispatch, Facts, Listener},
    event::{self, Event},
    id,
    trigger::TriggerState,
};
use store::{
    Dialect, Signal, Tx,
    tables::{
        deliveries::{self, Delivery},
        events::{self, Inserted},
        webhooks::{self, Subscriber},
    },
};

use crate::error::{ActionError, Result};

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
    let stored: Vec<Event> = new.iter().map(|event| event.stored(now)).collect();
    let keyed: Vec<_> = stored
        .iter()
        .zip(new)
        .map(|(event, new)| (event, new.publish_key.as_ref().map(|(key, digest)| (key.as_str(), digest.as_str()))))
        .collect();
    // One event is the usual case: it is inserted without asking first what is there.
    let inserted = match keyed.as_slice() {
        [(event, key)] => vec![events::insert(tx, event, *key, now)?],
        _ => events::insert_many(tx, &keyed, now)?,
    };
    let fresh = stored
        .iter()
        .zip(&inserted)
        .filter(|(_, inserted)| **inserted == Inserted::New)
        .map(|(event, _)| event);
    let counts = dispatch_all(tx, &fresh.collect::<Vec<_>>(), now)?;
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

/// Asks each event's subscribers. Returns how many deliveries are due, by event id.
fn dispatch_all<'e>(tx: &mut dyn Tx, events: &[&'e Event], now: Micros) -> store::Result<HashMap<&'e str, usize>> {
    let mut counts = HashMap::with_capacity(events.len());
    let mut rows = Vec::new();
    let events_with_outcome: Vec<_> = events.iter().map(|event| (*event, outcome(event))).collect();
    let subscribers = subscribers_of(tx, &events_with_outcome)?;
    for (event, outcome) in events_with_outcome {
        let facts = Facts {
            import: event.import,
            hops: event.hops,
            outcome,
        };
        let before = rows.len();
        for subscriber in subscribers.get(&topic(event)).into_iter().flatten() {
            rows.extend(ask(tx, event, facts, subscriber, now)?);
        }
        let due = rows[before..]
            .iter()
            .filter(|row: &&Delivery| row.state == DeliveryState::Pending)
            .count();
        counts.insert(event.id.as_str(), due);
    }
    deliveries::insert_many(tx, &rows)?;
    announce(tx, events, rows);
    Ok(counts)
}

type Topic<'e> = (&'e str, &'e str, &'e str);

/// The subscribers of each kind of event, each looked up once. Where an outcome meets a rule with a memory, the webhooks are
/// locked in a fixed order, so that two publishers never wait for each other, and looked up again: a change may have come in
/// between.
fn subscribers_of<'e>(tx: &mut dyn Tx, events: &[(&'e Event, Option<bool>)]) -> store::Result<HashMap<Topic<'e>, Vec<Subscriber>>> {
    let mut found: HashMap<Topic<'e>, Vec<Subscriber>> = HashMap::new();
    let (mut remembering, mut topics) = (BTreeSet::new(), BTreeSet::new());
    for (event, outcome) in events.iter().filter(|(event, _)| !event.import) {
        let key = topic(event);
        let subscribers = match found.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(webhooks::subscribers(tx, key.0, key.1, key.2)?),
        };
        for subscriber in subscribers
            .iter()
            .filter(|_| outcome.is_some())
            .filter(|s| s.enabled && s.trigger_rule.is_stateful())
        {
            remembering.insert(subscriber.id.clone());
            topics.insert(key);
        }
    }
    for webhook_id in remembering {
        webhooks::lock(tx, &webhook_id)?;
    }
    if tx.dialect() == Dialect::Postgres {
        for key in topics {
            let locked: HashSet<String> = found.remove(&key).into_iter().flatten().map(|s| s.id).collect();
            let now = webhooks::subscribers(tx, key.0, key.1, key.2)?;
            // One that came in between is not locked, and so was not there when the event was.
            found.insert(key, now.into_iter().filter(|s| locked.contains(&s.id)).collect());
        }
    }
    Ok(found)
}

fn topic(event: &Event) -> Topic<'_> {
    (&event.workspace_id, &event.event_type, &event.subject)
}

fn ask(tx: &mut dyn Tx, event: &Event, facts: Facts, to: &Subscriber, now: Micros) -> store::Result<Option<Delivery>> {
    let remembers = to.enabled && to.trigger_rule.is_stateful() && facts.outcome.is_some();
    let state = if remembers {
        webhooks::trigger_state(tx, &to.id, &event.subject)?
    } else {
        TriggerState::default()
    };
    let listener = Listener {
        enabled: to.enabled,
        disabled_reason: to.disabled_reason.as_deref(),
        rule: &to.trigger_rule,
        state: &state,
    };
    let (delivery_state, because, state) = match dispatch::decide(facts, listener) {
        Dispatch::Nothing => return Ok(None),
        Dispatch::Send { because, state } => (DeliveryState::Pending, because, state),
        Dispatch::Drop { because, state } => (DeliveryState::Dropped, because, state),
    };
    if let Some(state) = &state {
        webhooks::set_trigger_state(tx, &to.id, &event.subject, state)?;
    }
    Ok(Some(Delivery {
        id: id::new(id::DELIVERY, now),
        workspace_id: event.workspace_id.clone(),
        webhook_id: to.id.clone(),
        event_id: event.id.clone(),
        event_type: event.event_type.clone(),
        kind: DeliveryKind::Event,
        state: delivery_state,
        reason: Some(because),
        attempts: 0,
        due_at: now,
        created_at: now,
        finished_at: (delivery_state == DeliveryState::Dropped).then_some(now),
    }))
}

/// Good or bad news. Most events tell of none, and their data need not be read.
fn outcome(event: &Event) -> Option<bool> {
    if event.event_type != event::RUN_FINISHED {
        return None;
    }
    serde_json::from_str(&event.data)
        .ok()
        .and_then(|data| event::outcome(&event.event_type, &data))
}

fn announce(tx: &mut dyn Tx, events: &[&Event], rows: Vec<Delivery>) {
    let pending = rows
        .into_iter()
        .filter(|row| row.state == DeliveryState::Pending)
        .map(|row| row.webhook_id);
    let webhooks: HashSet<String> = pending.collect();
    if !webhooks.is_empty() {
        tx.signal(Signal::Deliveries(webhooks.into_iter().collect()));
    }
    for workspace_id in events.iter().map(|event| event.workspace_id.as_str()).collect::<HashSet<_>>() {
        tx.signal(Signal::changed(workspace_id, "event"));
    }
}
