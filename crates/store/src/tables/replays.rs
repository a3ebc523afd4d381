//! Replay jobs: what is sent again to a webhook, and how far that is.

use domain::{
    Micros,
    replay::{ReplayKind, ReplayState},
};

use super::{
    all, changed, first,
    page::{self, Listed, Page},
};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

macro_rules! columns {
    () => {
        "id, workspace_id, webhook_id, kind, state, since, until, event_type, per_second, total, done, gone, cursor_at,
         cursor_id, due_at, reason, created_by, created_at, finished_at"
    };
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Id.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// To whom.
    pub webhook_id: String,
    /// What is sent again.
    pub kind: ReplayKind,
    /// Where it stands.
    pub state: ReplayState,
    /// From this arrival on.
    pub since: Micros,
    /// Up to this one.
    pub until: Micros,
    /// Only events of this type; empty for any.
    pub event_type: String,
    /// Deliveries that begin in a second, at most.
    pub per_second: u32,
    /// Counted when it was made.
    pub total: u64,
    /// Queued so far.
    pub done: u64,
    /// Counted, and not there any more when its turn came.
    pub gone: u64,
    /// Time and id of the last one looked at.
    pub cursor: (Micros, String),
    /// When the next delivery may go out.
    pub due_at: Micros,
    /// Why it was paused or cancelled.
    pub reason: Option<String>,
    /// Id of the user who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Micros,
    /// When it came to its end.
    pub finished_at: Option<Micros>,
}

fn read(row: &Row) -> Result<Replay> {
    Ok(Replay {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        webhook_id: row.text(2)?,
        kind: row.word(3, ReplayKind::parse)?,
        state: row.word(4, ReplayState::parse)?,
        since: row.int(5)?,
        until: row.int(6)?,
        event_type: row.text(7)?,
        per_second: row.number(8)?,
        total: row.number(9)?,
        done: row.number(10)?,
        gone: row.number(11)?,
        cursor: (row.int(12)?, row.text(13)?),
        due_at: row.int(14)?,
        reason: row.opt_text(15)?,
        created_by: row.text(16)?,
        created_at: row.int(17)?,
        finished_at: row.opt_int(18)?,
    })
}

/// Holds every decision about a job until the end of the transaction. To be taken before the job is read.
pub fn lock(tx: &mut dyn Tx, id: &str) -> Result<()> {
    tx.lock(&format!("replay/{id}"))
}

/// Adds a job.
pub fn insert(tx: &mut dyn Tx, replay: &Replay) -> Result<()> {
    tx.execute(
        concat!(
            "INSERT INTO replays (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
        ),
        &params![
            &replay.id,
            &replay.workspace_id,
            &replay.webhook_id,
            replay.kind.as_str(),
            replay.state.as_str(),
            replay.since,
            replay.until,
            &replay.event_type,
            replay.per_second,
            replay.total,
            replay.done,
            replay.gone,
            replay.cursor.0,
            &replay.cursor.1,
            replay.due_at,
            replay.reason.as_deref(),
            &replay.created_by,
            replay.created_at,
            replay.finished_at
        ],
    )?;
    Ok(())
}

/// Stores how far a job is and where it stands.
pub fn update(tx: &mut dyn Tx, replay: &Replay) -> Result<bool> {
    changed(
        tx,
        "UPDATE replays SET state = $2, done = $3, gone = $4, cursor_at = $5, cursor_id = $6, due_at = $7, reason = $8,
         finished_at = $9 WHERE id = $1",
        &params![
            &replay.id,
            replay.state.as_str(),
            replay.done,
            replay.gone,
            replay.cursor.0,
            &replay.cursor.1,
            replay.due_at,
            replay.reason.as_deref(),
            replay.finished_at
        ],
    )
}

/// A job by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Replay>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM replays WHERE workspace_id = $1 AND id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// A job by id, for the stage.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<Replay>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM replays WHERE id = $1"),
        &params![id],
        read,
    )
}

/// A webhook's jobs, newest first.
pub fn list_of_webhook(tx: &mut dyn Tx, webhook_id: &str, page: &Page) -> Result<Listed<Replay>> {
    let params = params![webhook_id].to_vec();
    page::list(tx, page, LIST, params, read, |replay| (replay.created_at, &replay.id))
}

pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM replays WHERE webhook_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4"
);

/// The webhook's job that is neither finished nor cancelled, if there is one.
pub fn open_of_webhook(tx: &mut dyn Tx, webhook_id: &str) -> Result<Option<Replay>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM replays WHERE webhook_id = $1 AND state IN ('running', 'paused') ORDER BY created_at LIMIT 1"
        ),
        &params![webhook_id],
        read,
    )
}

/// All running jobs.
pub fn running(tx: &mut dyn Tx) -> Result<Vec<Replay>> {
    all(tx, RUNNING, &[], read)
}

pub(super) const RUNNING: &str = concat!("SELECT ", columns!(), " FROM replays WHERE state = 'running' ORDER BY id");
