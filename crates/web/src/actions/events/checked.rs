//! What may be published: an event's own fields, and whether its type has to be registered.

use domain::{Problem, event, id, limits, secret};
use engine::publish::NewEvent;
use store::tables::events as table;

use super::{Caller, EventInput, Result};
use crate::{actions::event_types, app::App, time::Time};

/// Where the workspace refuses what it did not register: refuses it. What was published before is only repeated, and the
/// answer to that does not change with the registry.
pub(super) async fn registered(app: &App, caller: &Caller, events: &mut [Result<NewEvent, Problem>]) -> Result<()> {
    let Some(known) = event_types::publishable(app, caller).await? else {
        return Ok(());
    };
    let mut refused: Vec<(usize, Problem)> = Vec::new();
    let mut repeatable = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let Ok(event) = event else { continue };
        let Err(problem) = event::types::check_known("type", &event.event_type, &known) else {
            continue;
        };
        refused.push((at, problem));
        let key = event.publish_key.as_ref().map(|(key, _)| key.clone());
        if key.is_some() || event.id.is_some() {
            repeatable.push((at, key, event.id.clone()));
        }
    }
    let mut repeated = Vec::new();
    if !repeatable.is_empty() {
        let workspace = caller.workspace.id.clone();
        repeated = app
            .read(move |tx| {
                let mut stored = Vec::new();
                for (at, key, id) in repeatable {
                    if table::is_stored(tx, &workspace, key.as_deref(), id.as_deref())? {
                        stored.push(at);
                    }
                }
                Ok(stored)
            })
            .await?;
    }
    for (at, problem) in refused.into_iter().filter(|(at, _)| !repeated.contains(at)) {
        events[at] = Err(problem);
    }
    Ok(())
}

/// The event that is published, with what makes a repeat of it known.
pub(super) fn checked(caller: &Caller, input: EventInput, key: Option<&str>, hops: i64, now: i64) -> Result<NewEvent, Problem> {
    event::check_type("type", &input.event_type)?;
    if event::is_reserved(&input.event_type) {
        return Err(
            Problem::invalid("type", format!("`{}` is an event of Watchbell's own", input.event_type))
                .hint("take a type that does not begin with `monitor.`, `incident.`, `webhook.` or `delivery.`, and is not `activity` or `test-event`"),
        );
    }
    let data = Box::<str>::from(input.data).into_string();
    if data.len() > limits::EVENT_BYTES {
        return Err(Problem::invalid(
            "data",
            format!("`data` is larger than {} bytes", limits::EVENT_BYTES),
        ));
    }
    if !data.starts_with('{') {
        return Err(Problem::invalid("data", "`data` is not a JSON object"));
    }
    let subject = input.subject.unwrap_or_default();
    if subject.len() > limits::KEY_BYTES || subject.contains('\0') {
        return Err(Problem::invalid(
            "subject",
            format!("`subject` is longer than {} bytes or holds a NUL", limits::KEY_BYTES),
        ));
    }
    let own_id = input.id.as_deref();
    own_id.map_or(Ok(()), check_id)?;
    let publish_key = match (key, own_id) {
        (Some(key), _) => Some(format!("key:{key}")),
        (None, Some(id)) => Some(format!("id:{id}")),
        (None, None) => None,
    };
    let at = input.at.map(Time::micros);
    let said = || {
        // The data come last: nothing before them holds a NUL.
        let parts = [
            own_id.unwrap_or_default(),
            &input.event_type,
            &subject,
            &at.map_or_else(String::new, |at| at.to_string()),
            if input.import { "import" } else { "" },
            &data,
        ];
        secret::token_hash(&parts.join("\0"))
    };
    let publish_key = publish_key.map(|key| (key, said()));
    Ok(NewEvent {
        id: own_id.map(|id| stored_id(&caller.workspace.id, id)),
        workspace_id: caller.workspace.id.clone(),
        event_type: input.event_type,
        subject,
        at: at.unwrap_or(now),
        data,
        import: input.import,
        hops,
        publish_key,
    })
}

/// The id that an event with an id of its publisher's is stored under: always the same, so that it is known again whatever
/// idempotency key comes along, and no workspace can take another's.
fn stored_id(workspace_id: &str, own_id: &str) -> String {
    let digest = secret::token_hash(&format!("{workspace_id}\0{own_id}"));
    format!("{}_{}", id::EVENT, &digest[..32])
}

/// A publish key or an event's own id.
pub(crate) fn check_id(id: &str) -> Result<(), Problem> {
    let good = !id.is_empty() && id.len() <= limits::PUBLISH_KEY_BYTES && id.bytes().all(|b| b.is_ascii_graphic());
    if good {
        Ok(())
    } else {
        Err(Problem::invalid("id", "`id` is 1 to 256 visible ASCII characters"))
    }
}
