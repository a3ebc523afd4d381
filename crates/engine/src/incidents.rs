//! Incidents: what people do with them, and the events that tell others.

pub(crate) mod timeline;

use domain::{
    Micros, Problem, clock, event,
    incident::{self, ByHand, IncidentState},
};
use serde_json::{Value, json};
use store::{
    Signal, Tx,
    tables::incidents::{self, Incident},
};

use crate::{
    error::Result,
    publish::{self as publishing, NewEvent},
};

/// Bytes of a note that are kept.
const NOTE_BYTES: usize = 10_000;

/// What happened to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Opened,
    Acknowledged,
    Resolved,
    Reopened,
}

impl Change {
    const fn event_type(self) -> &'static str {
        match self {
            Self::Opened => event::INCIDENT_OPENED,
            Self::Acknowledged => event::INCIDENT_ACKNOWLEDGED,
            Self::Resolved => event::INCIDENT_RESOLVED,
            Self::Reopened => event::INCIDENT_REOPENED,
        }
    }
}

/// Acknowledges, resolves or reopens an incident; `user` is the person's name.
///
/// # Errors
/// 404 without such an incident, 409 when its state does not allow it or, on reopening, another one of its key is open; 422
/// for a note that is too long.
pub fn by_hand(
    tx: &mut dyn Tx,
    workspace_id: &str,
    incident_id: &str,
    action: ByHand,
    user: &str,
    note: Option<String>,
    now: Micros,
) -> Result<Incident> {
    let note = note.as_deref().map(check_note).transpose()?.flatten();
    let mut incident = locked(tx, workspace_id, incident_id)?;
    let other = incidents::unresolved(tx, &incident.source_id, &incident.key)?;
    let other_open = other.is_some_and(|other| other.id != incident.id);
    incident.state = incident::by_hand(incident.state, action, other_open)?;
    let (kind, change) = match action {
        ByHand::Acknowledge => {
            (incident.acknowledged_at, incident.acknowledged_by) = (Some(now), Some(user.to_owned()));
            ("acknowledged", Change::Acknowledged)
        }
        ByHand::Resolve => {
            (incident.resolved_at, incident.resolved_by) = (Some(now), Some(user.to_owned()));
            ("resolved", Change::Resolved)
        }
        ByHand::Reopen => {
            (incident.resolved_at, incident.resolved_by) = (None, None);
            (incident.acknowledged_at, incident.acknowledged_by) = (None, None);
            ("reopened", Change::Reopened)
        }
    };
    incidents::update(tx, &incident)?;
    timeline::add(tx, &incident.id, kind, user, None, note.as_deref().unwrap_or_default(), now)?;
    publish(tx, &incident, change, Some(user), 0, now)?;
    Ok(incident)
}

/// Writes a note into the timeline.
///
/// # Errors
/// 404 without such an incident, 422 for an empty note or one that is too long.
pub fn note(tx: &mut dyn Tx, workspace_id: &str, incident_id: &str, user: &str, text: &str, now: Micros) -> Result<Incident> {
    let text = check_note(text)?.ok_or_else(|| Problem::invalid("note", "the note is empty"))?;
    let incident = locked(tx, workspace_id, incident_id)?;
    timeline::add(tx, &incident.id, "note", user, None, &text, now)?;
    changed(tx, &incident);
    Ok(incident)
}

fn check_note(text: &str) -> Result<Option<String>, Problem> {
    if text.len() > NOTE_BYTES {
        return Err(Problem::invalid("note", format!("the note is longer than {NOTE_BYTES} bytes")));
    }
    let text = text.trim().replace('\0', "\u{FFFD}");
    Ok((!text.is_empty()).then_some(text))
}

/// The incident, read after the lock of its key was taken: what arrives meanwhile waits.
fn locked(tx: &mut dyn Tx, workspace_id: &str, incident_id: &str) -> Result<Incident> {
    let missing = || Problem::not_found("incident");
    let found = incidents::get(tx, workspace_id, incident_id)?.ok_or_else(missing)?;
    store::tables::sources::key_state(tx, &found.source_id, &found.key)?;
    Ok(incidents::get(tx, workspace_id, incident_id)?.ok_or_else(missing)?)
}

/// Publishes a change; `hops` is how many Watchbells its cause passed through.
pub(crate) fn publish(tx: &mut dyn Tx, incident: &Incident, change: Change, by: Option<&str>, hops: i64, now: Micros) -> store::Result<()> {
    let data = document(incident, by).to_string();
    let event = NewEvent::internal(&incident.workspace_id, change.event_type(), &incident.id, now, data);
    publishing::internal(tx, &[NewEvent { hops, ..event }], now)?;
    changed(tx, incident);
    Ok(())
}

/// Tells the pages.
pub(crate) fn changed(tx: &mut dyn Tx, incident: &Incident) {
    tx.signal(Signal::changed(&*incident.workspace_id, "incident"));
}

/// The event's data.
fn document(incident: &Incident, by: Option<&str>) -> Value {
    let time = |at: Option<Micros>| at.map(clock::rfc3339);
    json!({
        "incident": {
            "id": incident.id,
            "number": incident.number,
            "source_id": incident.source_id,
            "key": incident.key,
            "title": incident.title,
            "state": incident.state,
            "failures": incident.failures,
            "opened_at": clock::rfc3339(incident.opened_at),
            "last_failure_at": clock::rfc3339(incident.last_failure_at),
            "acknowledged_at": time(incident.acknowledged_at),
            "acknowledged_by": incident.acknowledged_by,
            "resolved_at": time(incident.resolved_at),
            // Empty in the store when a good run did it.
            "resolved_by": incident.resolved_by.as_deref().filter(|name| !name.is_empty()),
            "previous_id": incident.previous_id,
        },
        "cause": incident.cause,
        "resolved_by_run": incident.state == IncidentState::Resolved && by.is_none(),
        "by": by,
    })
}
