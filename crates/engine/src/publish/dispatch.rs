//! Dispatch: one delivery for each webhook that hears of an event, a dropped one where it does not and that has to be said.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    Micros,
    delivery::{DeliveryKind, DeliveryState},
    dispatch::{self, Dispatch, Facts, Listener},
    event::Event,
    filter::{Seen, Verdict},
    id, operational,
    profile::flow_task,
    trigger::TriggerState,
};
use store::{
    Fresh, Signal, Tx,
    tables::{
        deliveries::{self, Delivery},
        webhooks::{self, Subscriber},
    },
};

use super::{Ask, Lack, Unpublished, coalesce::Coalescing, subscribers, told::Told};
use crate::filters;

/// Asks each event's subscribers. Returns how many deliveries are due, by event id.
pub(super) fn dispatch_all<'e>(
    tx: &mut dyn Tx,
    events: &[(usize, &'e Arc<Event>)],
    ask: Ask<'_>,
    now: Micros,
) -> Result<HashMap<&'e str, usize>, Unpublished> {
    let told: Vec<Told<'e>> = events.iter().map(|(_, event)| Told::new(event)).collect();
    let found = subscribers::of_events(tx, &told)?;
    let listeners = |event: &'e Event| found.get(&subscribers::topic(event)).map(Vec::as_slice).unwrap_or_default();
    let with_facts: Vec<(&Event, Facts)> = told.iter().map(|told| (told.event, facts(told, listeners(told.event)))).collect();
    let mut verdicts = Vec::with_capacity(events.len());
    let mut lacking = Vec::new();
    for ((place, event), (_, facts)) in events.iter().zip(&with_facts) {
        verdicts.push(filtered(*place, event, *facts, listeners(event), ask, &mut lacking));
    }
    if !lacking.is_empty() {
        return Err(Unpublished::Lacking(lacking));
    }
    let (mut rows, mut of_rows, mut coalescing) = (Vec::new(), Vec::new(), Coalescing::default());
    for (((event, facts), verdicts), (_, shared)) in with_facts.iter().zip(&verdicts).zip(events) {
        for (at, subscriber) in listeners(event).iter().enumerate() {
            let verdict = verdicts.get(at).and_then(Option::as_ref);
            if let Some(row) = decide(tx, event, *facts, subscriber, verdict, now)? {
                rows.push(row);
                of_rows.push((*shared, subscriber));
                coalescing.place(tx, &mut rows, event, subscriber, now)?;
            }
        }
    }
    deliveries::insert_many(tx, &rows)?;
    coalescing.store(tx, &rows)?;
    let counts = due(events, &rows);
    announce(tx, rows.into_iter().zip(of_rows));
    let workspaces: HashSet<&str> = events.iter().map(|(_, event)| event.workspace_id.as_str()).collect();
    for workspace_id in workspaces {
        tx.signal(Signal::changed(workspace_id, "event"));
    }
    Ok(counts)
}

fn facts(told: &Told<'_>, to: &[Subscriber]) -> Facts {
    Facts {
        import: told.event.import,
        hops: told.event.hops,
        outcome: told.outcome(to),
    }
}

/// What the filters of an event's subscribers say, in their order, and for tasks of a flow that name outputs whether it is one
/// of those; empty if none has either.
fn filtered(place: usize, event: &Event, facts: Facts, to: &[Subscriber], ask: Ask<'_>, lacking: &mut Vec<Lack>) -> Vec<Option<Verdict>> {
    if to
        .iter()
        .all(|subscriber| subscriber.filter.is_empty() && subscriber.outputs.is_empty())
    {
        return Vec::new();
    }
    let seen = Seen::of(event);
    let verdict = |subscriber: &Subscriber| {
        if !dispatch::asks_filter(facts, subscriber.enabled) {
            return None;
        }
        if !flow_task::tells_of(&subscriber.outputs, event) {
            return Some(Verdict::Differs("it tells of another output".to_owned()));
        }
        if subscriber.filter.is_empty() {
            return None;
        }
        let filter = subscriber.filter.as_str();
        let verdict = match ask {
            Ask::Here => Some(filters::here(filter, &seen)),
            Ask::Known(verdicts) => verdicts.of(place, filter).or_else(|| filters::quickly(filter, event, &seen)),
        };
        if verdict.is_none() && !lacking.iter().any(|lack| lack.event == place && *lack.filter == *filter) {
            lacking.push(Lack {
                event: place,
                filter: filter.into(),
            });
        }
        verdict
    };
    to.iter().map(verdict).collect()
}

fn decide(
    tx: &mut dyn Tx,
    event: &Event,
    facts: Facts,
    to: &Subscriber,
    filter: Option<&Verdict>,
    now: Micros,
) -> store::Result<Option<Delivery>> {
    let passes = filter.is_none_or(Verdict::matches);
    let remembers = to.enabled && passes && to.trigger_rule.is_stateful() && facts.outcome.is_some();
    let state = if remembers {
        webhooks::trigger_state(tx, &to.id, &event.subject)?
    } else {
        TriggerState::default()
    };
    let listener = Listener {
        enabled: to.enabled,
        itself: operational::is_itself(&event.event_type, &event.subject, &to.id),
        disabled_reason: to.disabled_reason.as_deref(),
        filter,
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
        replay_id: None,
    }))
}

fn due<'e>(events: &[(usize, &'e Arc<Event>)], rows: &[Delivery]) -> HashMap<&'e str, usize> {
    let mut counts: HashMap<&str, usize> = events.iter().map(|(_, event)| (event.id.as_str(), 0)).collect();
    for row in rows.iter().filter(|row| row.state == DeliveryState::Pending) {
        if let Some(count) = counts.get_mut(row.event_id.as_str()) {
            *count += 1;
        }
    }
    counts
}

/// Hands the rows to their lanes. What may still be replaced by a newer one stays in the store until it is due.
fn announce<'r>(tx: &mut dyn Tx, rows: impl Iterator<Item = (Delivery, (&'r Arc<Event>, &'r Subscriber))>) {
    let (mut fresh, mut waiting) = (Vec::new(), HashSet::new());
    for (delivery, (event, to)) in rows.filter(|(row, _)| row.state == DeliveryState::Pending) {
        if to.coalesce_ms.is_some() {
            waiting.insert(delivery.webhook_id);
        } else {
            fresh.push(Fresh {
                delivery,
                event: Arc::clone(event),
                webhook_version: to.version,
            });
        }
    }
    if !fresh.is_empty() {
        tx.signal(Signal::Fresh(fresh));
    }
    if !waiting.is_empty() {
        tx.signal(Signal::Deliveries(waiting.into_iter().collect()));
    }
}
