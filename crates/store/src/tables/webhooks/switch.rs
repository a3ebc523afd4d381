//! Switching a webhook on and off. When too much waits for one transaction to drop, a mark says until when that was made:
//! the sweep stage drops it in small steps, and nothing of it goes out meanwhile, even when the webhook is on again.

use domain::Micros;

use crate::{
    error::Result,
    params,
    sql::Tx,
    tables::{changed, first},
};

/// Enables or disables a webhook. Enabling forgets its failures and the reason. Returns whether that changed anything.
pub fn set_enabled(tx: &mut dyn Tx, id: &str, enabled: bool, reason: Option<&str>, now: Micros) -> Result<bool> {
    if enabled {
        return changed(
            tx,
            "UPDATE webhooks SET enabled = 1, disabled_reason = NULL, disabled_at = NULL, failing_since = NULL,
             failed_attempts = 0, probe_at = NULL, updated_at = $2, version = version + 1
             WHERE id = $1 AND enabled = 0 AND deleted_at IS NULL",
            &params![id, now],
        );
    }
    changed(
        tx,
        "UPDATE webhooks SET enabled = 0, disabled_reason = $2, disabled_at = $3, updated_at = $3,
         version = version + 1 WHERE id = $1 AND enabled = 1",
        &params![id, reason, now],
    )
}

/// A webhook whose queue is being dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropping {
    /// Id of the webhook.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// What was made until then.
    pub before: Micros,
    /// Why.
    pub reason: String,
}

/// Marks what waits for a webhook and was made until `before` to be dropped.
pub fn drop_waiting(tx: &mut dyn Tx, id: &str, before: Micros, reason: &str) -> Result<()> {
    tx.execute(
        "UPDATE webhooks SET drop_before = $2, drop_reason = $3 WHERE id = $1",
        &params![id, before, reason],
    )?;
    Ok(())
}

/// A webhook whose queue is being dropped, the longest marked first.
pub fn dropping(tx: &mut dyn Tx) -> Result<Option<Dropping>> {
    first(tx, DROPPING, &[], |row| {
        Ok(Dropping {
            id: row.text(0)?,
            workspace_id: row.text(1)?,
            before: row.int(2)?,
            reason: row.text(3)?,
        })
    })
}

pub(in crate::tables) const DROPPING: &str = "SELECT id, workspace_id, drop_before, drop_reason FROM webhooks
    WHERE drop_before IS NOT NULL ORDER BY drop_before LIMIT 1";

/// All of it is dropped. Returns whether the mark was still the same.
pub fn dropped_waiting(tx: &mut dyn Tx, dropping: &Dropping) -> Result<bool> {
    changed(
        tx,
        "UPDATE webhooks SET drop_before = NULL, drop_reason = NULL WHERE id = $1 AND drop_before = $2",
        &params![&dropping.id, dropping.before],
    )
}
