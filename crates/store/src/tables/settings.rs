//! Settings that are changed at the page: of the instance, or of a workspace, each a JSON value under a key.
//!
//! A workspace's settings for its webhooks are one row a name, so that statements can read single ones: dispatch whether
//! webhooks are on, the sweep how many days are kept.

use domain::settings::{WebhookSettings, exceptions::Exceptions};
use serde::{Serialize, de::DeserializeOwned};

use super::{all, first};
use crate::{
    error::{Error, Result},
    params,
    signal::Signal,
    sql::{Tx, Value},
};

/// Scope of what holds for the whole instance; others are ids of workspaces.
pub const INSTANCE: &str = "instance";

/// Key of the exceptions that an instance admin made for a workspace.
const EGRESS: &str = "egress";

/// Settings that have no row while the instance's value holds.
const OPTIONAL: [&str; 3] = ["logDays", "eventDays", "runDays"];

/// Every workspace `o`, with the days `k` that it keeps something, if it has set them.
macro_rules! workspaces_with {
    ($key:literal) => {
        concat!("workspaces o LEFT JOIN settings k ON k.scope = o.id AND k.key = '", $key, "'")
    };
}

/// What is older than that in the workspace, is to go: `$1` is now, `$2` how long it is kept where no days are set
/// (microseconds).
macro_rules! kept_since {
    () => {
        "$1 - COALESCE(CAST(k.value AS BIGINT) * 86400000000, $2)"
    };
}
pub(super) use {kept_since, workspaces_with};

/// Holds the settings of a workspace until the end of the transaction: to be taken before they are read to be changed.
pub fn lock(tx: &mut dyn Tx, workspace_id: &str) -> Result<()> {
    tx.lock(&format!("settings/{workspace_id}"))
}

/// What a workspace has set, and the exceptions that were made for it.
pub fn of_workspace(tx: &mut dyn Tx, workspace_id: &str) -> Result<(WebhookSettings, Exceptions)> {
    let mut rows: serde_json::Map<_, _> = all_of(tx, workspace_id)?.into_iter().collect();
    let unreadable = |error: serde_json::Error| Error::Statement(format!("settings of `{workspace_id}`: {error}"));
    let exceptions = match rows.remove(EGRESS) {
        Some(value) => serde_json::from_value(value).map_err(unreadable)?,
        None => Exceptions::default(),
    };
    let settings = serde_json::from_value(serde_json::Value::Object(rows)).map_err(unreadable)?;
    Ok((settings, exceptions))
}

/// Stores a workspace's settings for its webhooks, and announces it.
pub fn set_webhooks(tx: &mut dyn Tx, workspace_id: &str, settings: &WebhookSettings) -> Result<()> {
    let rows = serde_json::to_value(settings).map_err(|error| Error::Statement(error.to_string()))?;
    for (key, value) in rows.as_object().into_iter().flatten() {
        set(tx, workspace_id, key, value)?;
    }
    for key in OPTIONAL.iter().filter(|key| rows.get(key).is_none()) {
        tx.execute("DELETE FROM settings WHERE scope = $1 AND key = $2", &params![workspace_id, *key])?;
    }
    tx.signal(Signal::Settings);
    Ok(())
}

/// Stores the exceptions made for a workspace, and announces it.
pub fn set_exceptions(tx: &mut dyn Tx, workspace_id: &str, exceptions: &Exceptions) -> Result<()> {
    set(tx, workspace_id, EGRESS, exceptions)?;
    tx.signal(Signal::Settings);
    Ok(())
}

/// A setting, if it was ever set.
pub fn get<T: DeserializeOwned>(tx: &mut dyn Tx, scope: &str, key: &str) -> Result<Option<T>> {
    first(
        tx,
        "SELECT value FROM settings WHERE scope = $1 AND key = $2",
        &params![scope, key],
        |row| row.json(0),
    )
}

/// Sets a setting.
pub fn set<T: Serialize>(tx: &mut dyn Tx, scope: &str, key: &str, value: &T) -> Result<()> {
    tx.execute(
        "INSERT INTO settings (scope, key, value) VALUES ($1, $2, $3)
         ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value",
        &params![scope, key, Value::json(value)?],
    )?;
    Ok(())
}

/// All settings of a scope, by key.
pub fn all_of(tx: &mut dyn Tx, scope: &str) -> Result<Vec<(String, serde_json::Value)>> {
    all(
        tx,
        "SELECT key, value FROM settings WHERE scope = $1 ORDER BY key",
        &params![scope],
        |row| Ok((row.text(0)?, row.json(1)?)),
    )
}
