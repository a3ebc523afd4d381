//! Incidents: one failing monitor, one open incident; the first good run resolves it.
//!
//! The decision looks at one observation, what is known of its key, and the incident that is
//! not resolved, if any. In doubt it never decides towards good news.

use serde::{Deserialize, Serialize};

use crate::{
    Problem,
    observation::{Observation, Order},
};

crate::run::text_enum!(/// Where an incident stands.
IncidentState { Open = "open", Acknowledged = "acknowledged", Resolved = "resolved" });
crate::run::text_enum!(/// What a receipt did; the word in the answer to the sender.
ReceiptAction {
    Opened = "opened", Updated = "updated", Resolved = "resolved", Acknowledged = "acknowledged",
    Duplicate = "duplicate", Stale = "stale", Ignored = "ignored", None = "none",
});

/// What is known of a key before this observation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyState {
    pub title: String,
    /// Newest applied position, when the sender counts.
    pub series: Option<String>,
    pub sequence: Option<u64>,
    /// When the newest applied result happened, clamped to its arrival.
    pub last_at: i64,
}

/// What follows from an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub action: ReceiptAction,
    /// The rule that fired, for "why is it open".
    pub because: &'static str,
    /// The key's state is to be moved on to this observation.
    pub apply: bool,
}

impl Effect {
    const fn new(action: ReceiptAction, apply: bool, because: &'static str) -> Self {
        Self { action, because, apply }
    }
}

/// Decides what an observation does. `repeat` says that the sender's own id of this message
/// was seen before; `unresolved` that an incident of the key is open or acknowledged.
pub fn decide(observation: &Observation, repeat: bool, known: Option<&KeyState>, unresolved: bool) -> Effect {
    if repeat {
        return Effect::new(ReceiptAction::Duplicate, false, "the sender's message id was seen before");
    }
    if let (Some(order), Some(known)) = (&observation.order, known)
        && let Some(late) = late(observation, order, known)
    {
        return late;
    }
    match (observation.failing, unresolved) {
        (true, false) => Effect::new(ReceiptAction::Opened, true, "a failure with no open incident"),
        (true, true) => Effect::new(ReceiptAction::Updated, true, "a failure of an open incident"),
        (false, true) => Effect::new(ReceiptAction::Resolved, true, "the first success"),
        (false, false) => Effect::new(ReceiptAction::None, true, "a success with nothing open"),
    }
}

fn late(observation: &Observation, order: &Order, known: &KeyState) -> Option<Effect> {
    if known.series.as_deref() == Some(order.series.as_str()) {
        let newest = known.sequence?;
        return match order.sequence.cmp(&newest) {
            std::cmp::Ordering::Less => Some(Effect::new(ReceiptAction::Stale, false, "a newer result was applied before")),
            std::cmp::Ordering::Equal => Some(Effect::new(ReceiptAction::Duplicate, false, "this result was applied before")),
            std::cmp::Ordering::Greater => None,
        };
    }
    // Another series restarts the count. Should it be an old one that arrives late, its
    // good news is not believed.
    (is_behind(order, known) && !observation.failing).then(|| {
        Effect::new(
            ReceiptAction::Stale,
            false,
            "a success of another series, not newer than the newest applied result",
        )
    })
}

/// A result of another series than the known one that is older than the newest applied, or that does not say when it was:
/// it may be the past of either.
fn is_behind(order: &Order, known: &KeyState) -> bool {
    known.series.as_ref().is_some_and(|series| *series != order.series) && order.at.is_none_or(|at| at < known.last_at)
}

/// What is known of the key once an observation is applied. A message without a name keeps the
/// known one, and a time in the future is clamped to `now`, its arrival. A late failure of an older
/// series counts, but it does not turn back what is known.
pub fn known_after(before: Option<&KeyState>, observation: &Observation, now: i64) -> KeyState {
    if let (Some(order), Some(before)) = (&observation.order, before)
        && is_behind(order, before)
    {
        return before.clone();
    }
    let title = observation
        .title
        .clone()
        .or_else(|| before.map(|k| k.title.clone()).filter(|t| !t.is_empty()));
    let order = observation.order.as_ref();
    KeyState {
        title: title.unwrap_or_else(|| observation.key.clone()),
        series: order.map(|o| o.series.clone()).or_else(|| before.and_then(|k| k.series.clone())),
        sequence: order.map_or_else(|| before.and_then(|k| k.sequence), |o| Some(o.sequence)),
        last_at: order
            .and_then(|o| o.at)
            .unwrap_or(now)
            .min(now)
            .max(before.map_or(i64::MIN, |k| k.last_at)),
    }
}

/// By hand: acknowledge, resolve, reopen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHand {
    Acknowledge,
    Resolve,
    Reopen,
}

/// The state after an action by hand. `other_open`: another incident of the key is not resolved.
pub fn by_hand(state: IncidentState, action: ByHand, other_open: bool) -> Result<IncidentState, Problem> {
    match (action, state) {
        (ByHand::Acknowledge, IncidentState::Open) => Ok(IncidentState::Acknowledged),
        (ByHand::Resolve, IncidentState::Open | IncidentState::Acknowledged) => Ok(IncidentState::Resolved),
        (ByHand::Reopen, IncidentState::Resolved) if other_open => {
            Err(Problem::conflict("another incident of this monitor is open").hint("work on that one"))
        }
        (ByHand::Reopen, IncidentState::Resolved) => Ok(IncidentState::Open),
        (ByHand::Acknowledge, state) => Err(Problem::conflict(format!(
            "the incident is {state}, only an open one can be acknowledged"
        ))),
        (ByHand::Resolve, state) => Err(Problem::conflict(format!("the incident is {state} already"))),
        (ByHand::Reopen, state) => Err(Problem::conflict(format!(
            "the incident is {state}, only a resolved one can be reopened"
        ))),
    }
}
