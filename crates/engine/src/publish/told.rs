//! Good or bad news: what an event tells its subscribers' trigger rules.
//!
//! Most webhooks hear of every event, so data is read only where a rule asks, and then once.

use std::cell::OnceCell;

use domain::{
    event::{self, Event},
    trigger::TriggerRule,
};
use store::tables::webhooks::Subscriber;

/// An event, and its outcome once somebody asked.
pub(super) struct Told<'e> {
    pub event: &'e Event,
    outcome: OnceCell<Option<bool>>,
}

impl<'e> Told<'e> {
    pub fn new(event: &'e Event) -> Self {
        Self {
            event,
            outcome: OnceCell::new(),
        }
    }

    /// The outcome, if one of the subscribers goes by it.
    pub fn outcome(&self, to: &[Subscriber]) -> Option<bool> {
        let asked = to.iter().any(|subscriber| subscriber.trigger_rule != TriggerRule::EveryRun);
        if asked {
            *self.outcome.get_or_init(|| read(self.event))
        } else {
            None
        }
    }
}

fn read(event: &Event) -> Option<bool> {
    let data = serde_json::from_str(&event.data).ok()?;
    event::outcome(&event.event_type, &data)
}
