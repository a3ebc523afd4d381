//! The webhooks that may hear of events, looked up once for each kind of event, and locked where order counts.

use std::collections::{BTreeSet, HashMap, HashSet, hash_map::Entry};

use domain::event::Event;
use store::{
    Dialect, Tx,
    tables::webhooks::{self, Subscriber},
};

use super::told::Told;

/// Workspace, type and subject: what decides who may hear of an event.
pub(super) type Topic<'e> = (&'e str, &'e str, &'e str);

pub(super) fn topic(event: &Event) -> Topic<'_> {
    (&event.workspace_id, &event.event_type, &event.subject)
}

/// The subscribers of each kind of event. Where an outcome meets a rule with a memory, or a webhook waits for newer events, the
/// webhooks are locked in a fixed order, so that two publishers never wait for each other, and looked up again: a change may
/// have come in between.
pub(super) fn of_events<'e>(tx: &mut dyn Tx, events: &[Told<'e>]) -> store::Result<HashMap<Topic<'e>, Vec<Subscriber>>> {
    let mut found: HashMap<Topic<'e>, Vec<Subscriber>> = HashMap::new();
    let (mut in_turn, mut topics) = (BTreeSet::new(), BTreeSet::new());
    for told in events.iter().filter(|told| !told.event.import) {
        let key = topic(told.event);
        let subscribers = match found.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(webhooks::subscribers(tx, key.0, key.1, key.2)?),
        };
        for subscriber in subscribers.iter().filter(|subscriber| goes_in_turn(subscriber, told)) {
            in_turn.insert(subscriber.id.clone());
            topics.insert(key);
        }
    }
    for webhook_id in in_turn {
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

/// Whether what one event does to it depends on the one before.
fn goes_in_turn(subscriber: &Subscriber, told: &Told<'_>) -> bool {
    let remembers = || subscriber.trigger_rule.is_stateful() && told.outcome(std::slice::from_ref(subscriber)).is_some();
    subscriber.enabled && (subscriber.coalesce_ms.is_some() || remembers())
}
