//! Settings that are changed at the page: of the instance, or of a workspace, each a JSON value under a key.

use serde::{Serialize, de::DeserializeOwned};

use super::{all, first};
use crate::{
    error::Result,
    params,
    sql::{Tx, Value},
};

/// Scope of what holds for the whole instance; others are ids of workspaces.
pub const INSTANCE: &str = "instance";

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
