//! Environments: Postman documents, every version kept. They hold credentials, so the caller seals them with the vault at
//! [`place`] before they come here, and opens what comes out.

use domain::Micros;
use serde::Serialize;

use super::{all, changed, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
    vault::Place,
};

/// An environment, without its document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnvironmentRow {
    /// UUID.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// Postman's uid: `<owner's user id>-<id>`.
    pub uid: String,
    /// Name in the newest version.
    pub name: String,
    /// Number of the newest version.
    pub version: i64,
    /// Variables in the newest version.
    pub variables: i64,
    /// When it was first imported.
    pub created_at: Micros,
    /// When the newest version was.
    pub updated_at: Micros,
}

/// One version, without its document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VersionRow {
    /// 1, 2, 3 …
    pub version: i64,
    /// Variables.
    pub variables: i64,
    /// When it was stored.
    pub created_at: Micros,
    /// Id of the user who stored it.
    pub created_by: String,
}

macro_rules! select {
    () => {
        "SELECT c.id, c.workspace_id, c.uid, c.name, c.version, v.variables, c.created_at, c.updated_at FROM environments c
         JOIN environment_versions v ON v.environment_id = c.id AND v.version = c.version"
    };
}

fn read(row: &Row) -> Result<EnvironmentRow> {
    Ok(EnvironmentRow {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        uid: row.text(2)?,
        name: row.text(3)?,
        version: row.int(4)?,
        variables: row.int(5)?,
        created_at: row.int(6)?,
        updated_at: row.int(7)?,
    })
}

/// Where a version's document is sealed: `row` is [`version_row`].
pub fn place(row: &str) -> Place<'_> {
    Place {
        table: "environment_versions",
        column: "document_sealed",
        row,
    }
}

/// The row of [`place`]: `<environment id>/<version>`.
pub fn version_row(id: &str, version: i64) -> String {
    format!("{id}/{version}")
}

/// The number that the next version gets. Holds it until the end of the transaction, so that a document can be sealed
/// for that place.
pub fn next_version(tx: &mut dyn Tx, id: &str) -> Result<i64> {
    tx.lock(&format!("environments/{id}"))?;
    let newest = tx.query_opt("SELECT version FROM environments WHERE id = $1", &params![id])?;
    newest.map_or(Ok(1), |row| Ok(row.int(0)? + 1))
}

/// Adds an environment with its first version.
pub fn insert(tx: &mut dyn Tx, row: &EnvironmentRow, document_sealed: &str, by: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO environments (id, workspace_id, uid, name, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &params![
            &row.id,
            &row.workspace_id,
            &row.uid,
            &row.name,
            row.version,
            row.created_at,
            row.updated_at
        ],
    )?;
    insert_version(tx, &row.id, row.version, document_sealed, row.variables, by, row.created_at)
}

/// Adds the next version and makes it the newest. Returns its number; [`crate::Error::NotFound`] without such an environment.
pub fn add_version(tx: &mut dyn Tx, id: &str, name: &str, document_sealed: &str, variables: i64, by: &str, now: Micros) -> Result<i64> {
    let version = tx
        .query_one(
            "environment",
            "UPDATE environments SET version = version + 1, name = $2, updated_at = $3 WHERE id = $1 RETURNING version",
            &params![id, name, now],
        )?
        .int(0)?;
    insert_version(tx, id, version, document_sealed, variables, by, now)?;
    Ok(version)
}

fn insert_version(tx: &mut dyn Tx, id: &str, version: i64, document_sealed: &str, variables: i64, by: &str, now: Micros) -> Result<()> {
    tx.execute(
        "INSERT INTO environment_versions (environment_id, version, document_sealed, variables, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &params![id, version, document_sealed, variables, now, by],
    )?;
    Ok(())
}

/// An environment by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<EnvironmentRow>> {
    first(
        tx,
        concat!(select!(), " WHERE c.workspace_id = $1 AND c.id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// An environment by Postman's uid.
pub fn by_uid(tx: &mut dyn Tx, workspace_id: &str, uid: &str) -> Result<Option<EnvironmentRow>> {
    first(
        tx,
        concat!(select!(), " WHERE c.workspace_id = $1 AND c.uid = $2"),
        &params![workspace_id, uid],
        read,
    )
}

/// An environment by id, for the stages, which come from a row that refers to it.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<EnvironmentRow>> {
    first(tx, concat!(select!(), " WHERE c.id = $1"), &params![id], read)
}

/// All environments of a workspace, by name.
pub fn list(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<EnvironmentRow>> {
    all(
        tx,
        concat!(select!(), " WHERE c.workspace_id = $1 ORDER BY c.name, c.id"),
        &params![workspace_id],
        read,
    )
}

/// The sealed document of a version, or of the newest, with its number.
pub fn document(tx: &mut dyn Tx, id: &str, version: Option<i64>) -> Result<Option<(i64, String)>> {
    let read = |row: &Row| Ok((row.int(0)?, row.text(1)?));
    match version {
        Some(version) => first(
            tx,
            "SELECT version, document_sealed FROM environment_versions WHERE environment_id = $1 AND version = $2",
            &params![id, version],
            read,
        ),
        None => first(
            tx,
            "SELECT version, document_sealed FROM environment_versions WHERE environment_id = $1 ORDER BY version DESC LIMIT 1",
            &params![id],
            read,
        ),
    }
}

/// All versions, newest first.
pub fn versions(tx: &mut dyn Tx, id: &str) -> Result<Vec<VersionRow>> {
    all(
        tx,
        "SELECT version, variables, created_at, created_by FROM environment_versions WHERE environment_id = $1
         ORDER BY version DESC",
        &params![id],
        |row| {
            Ok(VersionRow {
                version: row.int(0)?,
                variables: row.int(1)?,
                created_at: row.int(2)?,
                created_by: row.text(3)?,
            })
        },
    )
}

/// Deletes an environment and its versions; monitors go on without it. Returns whether there was one.
pub fn delete(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM environments WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id],
    )
}
