//! Events: facts of a workspace, each stored once.
//!
//! Publishing is repeatable: an event with a known publish key or id is not stored again, and the caller learns which event
//! it was and whether it said the same.

mod arrived;
mod many;

use domain::{Micros, event::Event};

pub use arrived::{Arrived, arrived};
pub use many::insert_many;

#[cfg(test)]
pub(super) use arrived::ARRIVED;

use super::{
    changed, first,
    page::{self, Listed, Page},
    prune::{self, Pruned, Step},
    settings::{kept_since, workspaces_with},
};
use crate::{
    error::{Error, Result},
    params,
    sql::{Row, Tx, Value},
};

/// What makes a repeat recognisable: the publish key, and a digest (SHA-256 in hex) of the body that came with it.
pub type Publish<'a> = Option<(&'a str, &'a str)>;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// It is stored.
    New,
    /// It was stored before.
    Repeat {
        /// Id of the event that was stored.
        event_id: String,
        /// It came with the same body; otherwise the key was used for another event.
        same_body: bool,
    },
}

macro_rules! columns {
    () => {
        "id, workspace_id, type, subject, at, data, import, hops"
    };
}

/// Reads an event whose columns begin at `offset`: deliveries are read along with theirs.
pub(super) fn read(row: &Row, offset: usize) -> Result<Event> {
    Ok(Event {
        id: row.text(offset)?,
        workspace_id: row.text(offset + 1)?,
        event_type: row.text(offset + 2)?,
        subject: row.text(offset + 3)?,
        at: row.int(offset + 4)?,
        data: row.text(offset + 5)?,
        import: row.bool(offset + 6)?,
        hops: row.int(offset + 7)?,
    })
}

const INSERT: &str = concat!(
    "INSERT INTO events (",
    columns!(),
    ", publish_key, publish_digest, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
);

fn values(event: &Event, publish: Publish<'_>, now: Micros) -> [Value; 11] {
    params![
        &event.id,
        &event.workspace_id,
        &event.event_type,
        &event.subject,
        event.at,
        &event.data,
        event.import,
        event.hops,
        publish.map(|(key, _)| key),
        publish.map(|(_, digest)| digest),
        now
    ]
}

/// Stores an event that arrives `now`, unless the workspace has one with the same publish key or the same id.
///
/// # Errors
/// [`Error::Conflict`] on `events (id)` if another workspace has an event of this id.
pub fn insert(tx: &mut dyn Tx, event: &Event, publish: Publish<'_>, now: Micros) -> Result<Inserted> {
    if changed(tx, INSERT, &values(event, publish, now))? {
        return Ok(Inserted::New);
    }
    let by_key = match publish {
        Some((key, _)) => first(tx, BY_KEY, &params![&event.workspace_id, key], Stored::read)?,
        None => None,
    };
    let stored = match by_key {
        Some(stored) => Some(stored),
        None => first(tx, BY_ID, &params![&event.id], Stored::read)?,
    };
    stored.ok_or_else(id_taken)?.repeat(event, publish)
}

/// An event as a repeat of it is compared.
struct Stored {
    workspace_id: String,
    id: String,
    publish_key: Option<String>,
    publish_digest: Option<String>,
    event_type: String,
    subject: String,
    data: String,
}

macro_rules! stored {
    () => {
        "SELECT workspace_id, id, publish_key, publish_digest, type, subject, data FROM events WHERE "
    };
}

pub(super) const BY_KEY: &str = concat!(stored!(), "workspace_id = $1 AND publish_key = $2");
const BY_ID: &str = concat!(stored!(), "id = $1");

macro_rules! sixteen {
    () => {
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    };
}

const BY_IDS: &str = concat!(stored!(), "id IN ", sixteen!());
pub(super) const BY_KEYS: &str = concat!(stored!(), "publish_key IN ", sixteen!(), " AND workspace_id = $17");

impl Stored {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            workspace_id: row.text(0)?,
            id: row.text(1)?,
            publish_key: row.opt_text(2)?,
            publish_digest: row.opt_text(3)?,
            event_type: row.text(4)?,
            subject: row.text(5)?,
            data: row.text(6)?,
        })
    }

    /// An event as it is about to be stored.
    fn of(event: &Event, publish: Publish<'_>) -> Self {
        Self {
            workspace_id: event.workspace_id.clone(),
            id: event.id.clone(),
            publish_key: publish.map(|(key, _)| key.to_owned()),
            publish_digest: publish.map(|(_, digest)| digest.to_owned()),
            event_type: event.event_type.clone(),
            subject: event.subject.clone(),
            data: event.data.clone(),
        }
    }

    /// The answer to `event`, which has the same key or id.
    fn repeat(&self, event: &Event, publish: Publish<'_>) -> Result<Inserted> {
        if self.workspace_id != event.workspace_id {
            return Err(id_taken());
        }
        let same_body = match (publish, &self.publish_digest) {
            (Some((_, digest)), Some(stored)) => digest == stored,
            _ => self.event_type == event.event_type && self.subject == event.subject && self.data == event.data,
        };
        Ok(Inserted::Repeat {
            event_id: self.id.clone(),
            same_body,
        })
    }
}

fn id_taken() -> Error {
    Error::Conflict {
        table: "events".to_owned(),
        columns: "id".to_owned(),
    }
}

/// Whether the workspace has an event with this publish key or this id.
pub fn is_stored(tx: &mut dyn Tx, workspace_id: &str, key: Option<&str>, id: Option<&str>) -> Result<bool> {
    let by_key = match key {
        Some(key) => first(tx, BY_KEY, &params![workspace_id, key], Stored::read)?,
        None => None,
    };
    match (by_key, id) {
        (Some(_), _) => Ok(true),
        (None, Some(id)) => Ok(get(tx, workspace_id, id)?.is_some()),
        (None, None) => Ok(false),
    }
}

/// An event by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Event>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM events WHERE workspace_id = $1 AND id = $2"),
        &params![workspace_id, id],
        |row| read(row, 0),
    )
}

/// Keeps old events from being pruned until the end of the transaction: whoever makes a delivery of an event that is there
/// already takes this before looking whether it still is.
pub fn hold(tx: &mut dyn Tx) -> Result<()> {
    tx.lock("events/prune")
}

/// When an event arrived, which its own time does not say.
pub fn arrived_at(tx: &mut dyn Tx, id: &str) -> Result<Option<Micros>> {
    first(tx, "SELECT created_at FROM events WHERE id = $1", &params![id], |row| row.int(0))
}

/// A workspace's events, or those of one type, those that arrived last first.
pub fn list(tx: &mut dyn Tx, workspace_id: &str, event_type: Option<&str>, page: &Page) -> Result<Listed<Event>> {
    let params = params![workspace_id, event_type].to_vec();
    let arrived = |row: &Row| Ok((read(row, 0)?, row.int(8)?));
    let Listed { items, next } = page::list(tx, page, LIST, params, arrived, |(event, at)| (*at, &event.id))?;
    Ok(Listed {
        items: items.into_iter().map(|(event, _)| event).collect(),
        next,
    })
}

pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    ", created_at FROM events WHERE workspace_id = $1 AND (CAST($2 AS TEXT) IS NULL OR type = $2) AND (created_at, id) < ($3, $4)
     ORDER BY created_at DESC, id DESC LIMIT $5"
);

/// Deletes, as many as fit in one step, events that arrived too long before `now` (their own times are the publishers', who may be wrong or
/// import what is old) and that no pending delivery waits for, and their deliveries.
///
/// `keep` is how long (microseconds) where the workspace has set no days of its own.
pub fn prune(tx: &mut dyn Tx, now: Micros, keep: Micros, step: Step) -> Result<Pruned> {
    hold(tx)?;
    let statements = [
        "DELETE FROM deliveries WHERE event_id = $1 AND state <> 'pending'",
        "DELETE FROM events WHERE id = $1",
    ];
    prune::step(tx, step, PRUNABLE, &params![now, keep], &statements)
}

pub(super) const PRUNABLE: &str = concat!(
    "SELECT e.id, OCTET_LENGTH(e.data) FROM ",
    workspaces_with!("eventDays"),
    " CROSS JOIN events e WHERE e.workspace_id = o.id AND e.created_at < ",
    kept_since!(),
    " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id AND d.state = 'pending') LIMIT $3"
);
