//! Notices: in-app messages to a workspace's admins.

use domain::Micros;
use serde::Serialize;

use super::{all, changed, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

/// A message to a workspace's admins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// Id.
    pub id: String,
    /// To whose admins.
    pub workspace_id: String,
    /// When.
    pub at: Micros,
    /// What it is about, as a stable word (`webhook_disabled`, …).
    pub kind: String,
    /// For people.
    pub text: String,
    /// Path of the page that shows more.
    pub link: String,
    /// How often, where one notice stands for several.
    pub count: u64,
    /// When somebody marked it as read.
    pub read_at: Option<Micros>,
}

/// Adds a notice.
pub fn insert(tx: &mut dyn Tx, notice: &Notice) -> Result<()> {
    tx.execute(
        "INSERT INTO notices (id, workspace_id, at, kind, text, link, count, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &params![
            &notice.id,
            &notice.workspace_id,
            notice.at,
            &notice.kind,
            &notice.text,
            &notice.link,
            notice.count,
            notice.read_at
        ],
    )?;
    Ok(())
}

fn read(row: &Row) -> Result<Notice> {
    Ok(Notice {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        at: row.int(2)?,
        kind: row.text(3)?,
        text: row.text(4)?,
        link: row.text(5)?,
        count: row.number(6)?,
        read_at: row.opt_int(7)?,
    })
}

/// The newest `limit` notices.
pub fn list(tx: &mut dyn Tx, workspace_id: &str, limit: usize) -> Result<Vec<Notice>> {
    all(
        tx,
        "SELECT id, workspace_id, at, kind, text, link, count, read_at FROM notices WHERE workspace_id = $1
         ORDER BY at DESC, id DESC LIMIT $2",
        &params![workspace_id, limit],
        read,
    )
}

/// The newest notice of a kind with this link, not older than `since`.
pub fn newest(tx: &mut dyn Tx, workspace_id: &str, kind: &str, link: &str, since: Micros) -> Result<Option<Notice>> {
    first(
        tx,
        "SELECT id, workspace_id, at, kind, text, link, count, read_at FROM notices
         WHERE workspace_id = $1 AND at >= $4 AND kind = $2 AND link = $3 ORDER BY at DESC, id DESC LIMIT 1",
        &params![workspace_id, kind, link, since],
        read,
    )
}

/// Lets a notice stand for more: its new count, and the text that says it.
pub fn recount(tx: &mut dyn Tx, id: &str, count: u64, text: &str) -> Result<()> {
    tx.execute("UPDATE notices SET count = $2, text = $3 WHERE id = $1", &params![id, count, text])?;
    Ok(())
}

/// How many nobody has marked as read.
pub fn unread(tx: &mut dyn Tx, workspace_id: &str) -> Result<u64> {
    let count = first(
        tx,
        "SELECT COUNT(*) FROM notices WHERE workspace_id = $1 AND read_at IS NULL",
        &params![workspace_id],
        |row| row.number(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Marks a notice as read. Returns whether it was there and unread.
pub fn mark_read(tx: &mut dyn Tx, workspace_id: &str, id: &str, now: Micros) -> Result<bool> {
    changed(
        tx,
        "UPDATE notices SET read_at = $3 WHERE workspace_id = $1 AND id = $2 AND read_at IS NULL",
        &params![workspace_id, id, now],
    )
}

/// Deletes at most `limit` of them older than `older_than`. Returns how many.
pub fn prune(tx: &mut dyn Tx, older_than: Micros, limit: usize) -> Result<u64> {
    tx.execute(PRUNE, &params![older_than, limit])
}

// Through the workspaces, of which there are few.
pub(super) const PRUNE: &str = "DELETE FROM notices WHERE id IN (
    SELECT r.id FROM workspaces w CROSS JOIN notices r WHERE r.workspace_id = w.id AND r.at < $1 LIMIT $2)";
