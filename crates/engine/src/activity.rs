//! Activities: each change that a person made is recorded and becomes an event, in the transaction that made it.

use domain::{Micros, activity::Activity, event, id};
use store::{
    Result, Signal, Tx, Value,
    tables::activities::{self, ActivityRow},
};

use crate::publish::{self, NewEvent};

/// Records an activity and publishes it. The event's subject is the uid of the collection it was in, so that a feed of one
/// collection hears of that one only; without a collection, the uid of what was changed.
pub fn record(tx: &mut dyn Tx, workspace_id: &str, activity: Activity, now: Micros) -> Result<()> {
    let data = match Value::json(&activity)? {
        Value::Text(json) => json,
        other => return Err(store::Error::Statement(format!("an activity has no JSON text: {other:?}"))),
    };
    let subject = if activity.collection_uid.is_empty() {
        &activity.model_uid
    } else {
        &activity.collection_uid
    };
    let event = NewEvent::internal(workspace_id, event::ACTIVITY, subject, now, data);
    let row = ActivityRow {
        id: id::new(id::ACTIVITY, now),
        workspace_id: workspace_id.to_owned(),
        at: now,
        activity,
    };
    activities::insert(tx, &row)?;
    publish::internal(tx, &[event], now)?;
    tx.signal(Signal::changed(workspace_id, "activity"));
    Ok(())
}
