//! Events: immutable facts of a workspace, stored once.

use domain::{Micros, event::Event};
use serde::Serialize;

use super::{
    first,
    page::{self, Listed, Page},
};
use crate::{
    error::{Error, Result},
    params,
    sql::{Row, Tx, Value},
};

macro_rules! columns {
    () => {
        "id, workspace_id, type, subject, at, data, import, hops"
    };
}

/// What became of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Inserted {
    /// It is stored.
    New,
    /// Its publish key was used before.
    Repeat {
        /// Id of the event that has the key.
        event_id: String,
        /// Whether that was published with the same body.
        same_body: bool,
    },
}

/// A publish key (Idempotency-Key) and the SHA-256 of the body that came with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishKey<'a> {
    /// The publisher's key.
    pub key: &'a str,
    /// SHA-256 in hex.
    pub digest: &'a str,
}

/// Reads an event whose columns begin at `offset`.
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

fn parameters(event: &Event) -> Vec<Value> {
    params![
        &event.id,
        &event.workspace_id,
        &event.event_type,
        &event.subject,
        event.at,
        &event.data,
        event.import,
        event.hops
    ]
    .to_vec()
}

const INSERT: &str = concat!("INSERT INTO events (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

const INSERT_WITH_KEY: &str = concat!(
    "INSERT INTO events (",
    columns!(),
    ", publish_key, publish_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (workspace_id, publish_key) WHERE publish_key IS NOT NULL DO NOTHING"
);

/// Stores an event. With a publish key that was used before in the workspace, nothing is stored and the event that has it is
/// named.
pub fn insert(tx: &mut dyn Tx, event: &Event, publish: Option<PublishKey<'_>>) -> Result<Inserted> {
    let mut parameters = parameters(event);
    let Some(publish) = publish else {
        tx.execute(INSERT, &parameters)?;
        return Ok(Inserted::New);
    };
    parameters.extend(params![publish.key, publish.digest]);
    if tx.execute(INSERT_WITH_KEY, &parameters)? > 0 {
        return Ok(Inserted::New);
    }
    let stored = tx.query_opt(
        "SELECT id, publish_digest FROM events WHERE workspace_id = $1 AND publish_key = $2",
        &params![&event.workspace_id, publish.key],
    )?;
    let stored = stored.ok_or_else(|| Error::Busy("the event with this publish key was just deleted".to_owned()))?;
    Ok(Inserted::Repeat { event_id: stored.text(0)?, same_body: stored.str(1)? == publish.digest })
}

/// Stores events without publish keys, in one round trip.
pub fn insert_many(tx: &mut dyn Tx, events: &[Event]) -> Result<()> {
    let rows: Vec<_> = events.iter().map(parameters).collect();
    tx.execute_many(INSERT, &rows)?;
    Ok(())
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

/// A workspace's events, or those of one type, newest first.
pub fn list(tx: &mut dyn Tx, workspace_id: &str, event_type: Option<&str>, page: &Page) -> Result<Listed<Event>> {
    page::list(
        tx,
        page,
        concat!(
            "SELECT ",
            columns!(),
            " FROM events WHERE workspace_id = $1 AND (CAST($2 AS TEXT) IS NULL OR type = $2)
             AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5"
        ),
        params![workspace_id, event_type].to_vec(),
        |row| read(row, 0),
        |event| (event.at, &event.id),
    )
}

/// Deletes at most `limit` events older than `older_than` that no pending delivery needs, and their settled deliveries.
/// Returns how many events.
pub fn prune(tx: &mut dyn Tx, older_than: Micros, limit: usize) -> Result<u64> {
    let old = tx.query(
        "SELECT e.id FROM events e WHERE e.at < $1 AND NOT EXISTS
         (SELECT 1 FROM deliveries d WHERE d.event_id = e.id AND d.state = 'pending') LIMIT $2",
        &params![older_than, limit],
    )?;
    let ids = old.iter().map(|row| Ok(params![row.str(0)?].to_vec())).collect::<Result<Vec<_>>>()?;
    tx.execute_many("DELETE FROM deliveries WHERE event_id = $1", &ids)?;
    tx.execute_many("DELETE FROM events WHERE id = $1", &ids)
}
