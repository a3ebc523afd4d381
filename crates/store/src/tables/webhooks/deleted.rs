//! Deleting a webhook: at once for people, in small steps for the database. A mark hides it and ends its subscriptions; the
//! sweep stage empties its log and its queue and removes the row last, so that a crash in between only delays that.

use domain::Micros;

use super::subscribers;
use crate::{
    error::Result,
    params,
    sql::Tx,
    tables::{changed, first},
};

/// Marks a webhook as deleted: it is off, and nobody finds it any more. Returns whether it was there.
pub fn mark_deleted(tx: &mut dyn Tx, workspace_id: &str, id: &str, now: Micros) -> Result<bool> {
    super::lock(tx, id)?;
    let marked = changed(
        tx,
        "UPDATE webhooks SET deleted_at = $3, enabled = 0, disabled_reason = 'deleted', disabled_at = $3, updated_at = $3,
         version = version + 1 WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL",
        &params![workspace_id, id, now],
    )?;
    if marked {
        subscribers::unsubscribe(tx, id)?;
        tx.execute(
            "UPDATE replays SET state = 'cancelled', reason = 'the webhook was deleted', finished_at = $2
             WHERE webhook_id = $1 AND state IN ('running', 'paused')",
            &params![id, now],
        )?;
    }
    Ok(marked)
}

/// A webhook that is marked as deleted, the longest marked first.
pub fn being_deleted(tx: &mut dyn Tx) -> Result<Option<String>> {
    first(tx, DELETED, &[], |row| row.text(0))
}

pub(in crate::tables) const DELETED: &str = "SELECT id FROM webhooks WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 1";

/// Removes the row of a webhook that is marked as deleted, with what refers to it. Returns whether there was one.
pub fn delete(tx: &mut dyn Tx, id: &str) -> Result<bool> {
    changed(tx, "DELETE FROM webhooks WHERE id = $1 AND deleted_at IS NOT NULL", &params![id])
}
