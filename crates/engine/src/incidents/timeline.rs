//! The timeline of an incident: what happened, by whom, through which receipt. It is bounded: what repeats is counted in the
//! incident and not listed for ever.

use domain::{Micros, id};
use store::{
    Result, Tx,
    tables::incidents::{self, Entry},
};

/// Entries beyond which repeats, stale results and renames are not listed any more. What people do always is.
const LISTED: usize = 500;

/// Adds an entry; `user` is empty for the system.
pub(crate) fn add(
    tx: &mut dyn Tx,
    incident_id: &str,
    kind: &str,
    user: &str,
    receipt_id: Option<String>,
    text: &str,
    now: Micros,
) -> Result<()> {
    let entry = Entry {
        id: id::new(id::ENTRY, now),
        incident_id: incident_id.to_owned(),
        at: now,
        kind: kind.to_owned(),
        user_name: user.to_owned(),
        receipt_id,
        text: text.to_owned(),
    };
    incidents::add_entry(tx, &entry)
}

/// Whether one more of what repeats is to be listed.
pub(crate) fn has_room(tx: &mut dyn Tx, incident_id: &str) -> Result<bool> {
    Ok(incidents::entry_count(tx, incident_id)? < LISTED)
}
