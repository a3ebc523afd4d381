//! The activity log of a workspace: who changed what.

use domain::{Micros, activity::Activity};
use serde::Serialize;

use super::page::{self, Listed, Page};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

/// An activity as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActivityRow {
    /// Id.
    pub id: String,
    /// Where.
    pub workspace_id: String,
    /// When.
    pub at: Micros,
    /// Who did what to what.
    pub activity: Activity,
}

fn read(row: &Row) -> Result<ActivityRow> {
    Ok(ActivityRow {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        at: row.int(2)?,
        activity: Activity {
            user_id: row.text(3)?,
            user_name: row.text(4)?,
            action: row.text(5)?,
            model: row.text(6)?,
            model_uid: row.text(7)?,
            model_name: row.text(8)?,
            collection_uid: row.text(9)?,
            collection_name: row.text(10)?,
            message: row.text(11)?,
        },
    })
}

/// Adds an activity.
pub fn insert(tx: &mut dyn Tx, row: &ActivityRow) -> Result<()> {
    let activity = &row.activity;
    tx.execute(
        "INSERT INTO activities (id, workspace_id, at, user_id, user_name, action, model, model_uid, model_name,
         collection_uid, collection_name, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &params![
            &row.id,
            &row.workspace_id,
            row.at,
            &activity.user_id,
            &activity.user_name,
            &activity.action,
            &activity.model,
            &activity.model_uid,
            &activity.model_name,
            &activity.collection_uid,
            &activity.collection_name,
            &activity.message
        ],
    )?;
    Ok(())
}

/// The workspace's activities, newest first.
pub fn list(tx: &mut dyn Tx, workspace_id: &str, page: &Page) -> Result<Listed<ActivityRow>> {
    page::list(
        tx,
        page,
        "SELECT id, workspace_id, at, user_id, user_name, action, model, model_uid, model_name, collection_uid,
         collection_name, message FROM activities
         WHERE workspace_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4",
        params![workspace_id].to_vec(),
        read,
        |row| (row.at, &row.id),
    )
}

/// Deletes at most `limit` of them older than `older_than`. Returns how many.
pub fn prune(tx: &mut dyn Tx, older_than: Micros, limit: usize) -> Result<u64> {
    tx.execute(PRUNE, &params![older_than, limit])
}

// Through the workspaces, of which there are few.
pub(super) const PRUNE: &str = "DELETE FROM activities WHERE id IN (
    SELECT r.id FROM workspaces w CROSS JOIN activities r WHERE r.workspace_id = w.id AND r.at < $1 LIMIT $2)";
