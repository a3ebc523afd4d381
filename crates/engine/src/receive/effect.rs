//! What an observation does: the decision of `domain::incident`, applied to the incident of its key.

use domain::{
    Micros, id,
    incident::{self, Effect, IncidentState, KeyState, ReceiptAction},
    observation::Observation,
};
use store::{
    Result, Tx,
    tables::{
        incidents::{self as table, Incident},
        receipts::{self, Receipt},
        sources::{self, KnownKey, Source},
    },
};

use crate::incidents::{self, Change, timeline};

/// Failures that are in a timeline one by one; further ones are only counted.
const FAILURES_LISTED: i64 = 200;

/// What was done.
pub(super) struct Done {
    pub action: ReceiptAction,
    pub incident_id: Option<String>,
    /// It was counted, and what is known of its key has moved on.
    pub applied: bool,
}

/// Applies an observation. Decisions about one key are made one after the other: reading what is known of it takes a lock
/// that lasts until the end of the transaction.
pub(super) fn apply(
    tx: &mut dyn Tx,
    source: &Source,
    hops: i64,
    receipt: &Receipt,
    observation: &Observation,
    now: Micros,
) -> Result<Done> {
    let known = sources::key_state(tx, &source.id, &observation.key)?;
    let unresolved = table::unresolved(tx, &source.id, &observation.key)?;
    let repeat = match &receipt.sender_id {
        Some(sender_id) => receipts::seen_sender_id(tx, &source.id, sender_id)?,
        None => false,
    };
    let state = known.as_ref().map(|known| &known.state);
    let effect = incident::decide(observation, repeat, state, unresolved.is_some());
    let next = incident::known_after(state, observation, now);
    let previous_id = known.as_ref().and_then(|known| known.last_incident_id.clone());
    let scene = Scene {
        source,
        hops,
        receipt,
        observation,
        now,
    };
    let incident_id = match (effect.action, unresolved) {
        (ReceiptAction::Opened, _) => Some(scene.open(tx, &effect, &next, previous_id.clone())?),
        (ReceiptAction::Updated, Some(incident)) => Some(scene.update(tx, &effect, &next, incident)?),
        (ReceiptAction::Resolved, Some(incident)) => Some(scene.resolve(tx, &effect, &next, incident)?),
        (action, Some(incident)) => {
            scene.note(tx, action, &effect, &incident)?;
            Some(incident.id)
        }
        (_, None) => None,
    };
    if effect.apply {
        let last_incident_id = incident_id.clone().or(previous_id);
        sources::set_key_state(
            tx,
            &source.id,
            &observation.key,
            &KnownKey {
                state: next,
                last_incident_id,
            },
        )?;
        sources::count_outcome(tx, &source.id, observation.failing, now)?;
    }
    Ok(Done {
        action: effect.action,
        incident_id,
        applied: effect.apply,
    })
}

/// What all the effects look at.
struct Scene<'a> {
    source: &'a Source,
    hops: i64,
    receipt: &'a Receipt,
    observation: &'a Observation,
    now: Micros,
}

impl Scene<'_> {
    fn open(&self, tx: &mut dyn Tx, effect: &Effect, next: &KeyState, previous_id: Option<String>) -> Result<String> {
        let mut incident = Incident {
            id: id::new(id::INCIDENT, self.now),
            workspace_id: self.source.workspace_id.clone(),
            number: 0,
            source_id: self.source.id.clone(),
            key: self.observation.key.clone(),
            title: next.title.clone(),
            state: IncidentState::Open,
            failures: 1,
            cause: self.observation.cause.clone(),
            opened_at: self.now,
            last_failure_at: self.now,
            acknowledged_at: None,
            acknowledged_by: None,
            resolved_at: None,
            resolved_by: None,
            previous_id,
        };
        incident.number = table::insert(tx, &incident)?;
        self.entry(
            tx,
            &incident.id,
            "opened",
            &format!("{}: {}", self.told(effect), self.observation.cause.summary),
        )?;
        self.publish(tx, &incident, Change::Opened)?;
        Ok(incident.id)
    }

    fn update(&self, tx: &mut dyn Tx, effect: &Effect, next: &KeyState, mut incident: Incident) -> Result<String> {
        self.rename(tx, next, &mut incident)?;
        incident.failures = incident.failures.saturating_add(1);
        incident.cause = self.observation.cause.clone();
        incident.last_failure_at = self.now;
        table::update(tx, &incident)?;
        if incident.failures <= FAILURES_LISTED {
            let text = format!("failure {}: {}", incident.failures, self.observation.cause.summary);
            let text = if self.is_ahead() {
                format!("{text} ({})", self.told(effect))
            } else {
                text
            };
            self.entry(tx, &incident.id, "failure", &text)?;
        }
        incidents::changed(tx, &incident);
        Ok(incident.id)
    }

    fn resolve(&self, tx: &mut dyn Tx, effect: &Effect, next: &KeyState, mut incident: Incident) -> Result<String> {
        self.rename(tx, next, &mut incident)?;
        incident.state = IncidentState::Resolved;
        incident.resolved_at = Some(self.now);
        incident.resolved_by = Some(String::new());
        table::update(tx, &incident)?;
        self.entry(tx, &incident.id, "resolved", &self.told(effect))?;
        self.publish(tx, &incident, Change::Resolved)?;
        Ok(incident.id)
    }

    /// A stale or repeated result changes nothing, but a person who asks "why is it open" must see it.
    fn note(&self, tx: &mut dyn Tx, action: ReceiptAction, effect: &Effect, incident: &Incident) -> Result<()> {
        if timeline::has_room(tx, &incident.id)? {
            self.entry(tx, &incident.id, action.as_str(), effect.because)?;
        }
        Ok(())
    }

    fn rename(&self, tx: &mut dyn Tx, next: &KeyState, incident: &mut Incident) -> Result<()> {
        if incident.title != next.title {
            let before = std::mem::replace(&mut incident.title, next.title.clone());
            if timeline::has_room(tx, &incident.id)? {
                self.entry(tx, &incident.id, "renamed", &format!("from `{before}` to `{}`", incident.title))?;
            }
        }
        Ok(())
    }

    /// The sender's clock is ahead of ours.
    fn is_ahead(&self) -> bool {
        self.observation
            .order
            .as_ref()
            .and_then(|order| order.at)
            .is_some_and(|at| at > self.now)
    }

    fn told(&self, effect: &Effect) -> String {
        let ahead = if self.is_ahead() {
            "; its time lies in the future and was not believed"
        } else {
            ""
        };
        format!("{}{ahead}", effect.because)
    }

    fn entry(&self, tx: &mut dyn Tx, incident_id: &str, kind: &str, text: &str) -> Result<()> {
        timeline::add(tx, incident_id, kind, "", Some(self.receipt.id.clone()), text, self.now)
    }

    fn publish(&self, tx: &mut dyn Tx, incident: &Incident, change: Change) -> Result<()> {
        incidents::publish(tx, incident, change, None, self.hops, self.now)
    }
}
