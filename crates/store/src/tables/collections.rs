//! Collections: Postman documents as they were imported, every version kept.

use domain::Micros;
use serde::Serialize;

use super::{all, changed, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

/// A collection, without its document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CollectionRow {
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
    /// Requests in the newest version.
    pub requests: i64,
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
    /// Requests.
    pub requests: i64,
    /// When it was stored.
    pub created_at: Micros,
    /// Id of the user who stored it.
    pub created_by: String,
}

macro_rules! select {
    () => {
        "SELECT c.id, c.workspace_id, c.uid, c.name, c.version, v.requests, c.created_at, c.updated_at FROM collections c
         JOIN collection_versions v ON v.collection_id = c.id AND v.version = c.version"
    };
}

fn read(row: &Row) -> Result<CollectionRow> {
    Ok(CollectionRow {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        uid: row.text(2)?,
        name: row.text(3)?,
        version: row.int(4)?,
        requests: row.int(5)?,
        created_at: row.int(6)?,
        updated_at: row.int(7)?,
    })
}

/// Adds a collection with its first version.
pub fn insert(tx: &mut dyn Tx, row: &CollectionRow, document: &str, by: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO collections (id, workspace_id, uid, name, version, created_at, updated_at)
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
    insert_version(tx, &row.id, row.version, document, row.requests, by, row.created_at)
}

/// Adds the next version and makes it the newest. Returns its number; [`crate::Error::NotFound`] without such a collection.
pub fn add_version(tx: &mut dyn Tx, id: &str, name: &str, document: &str, requests: i64, by: &str, now: Micros) -> Result<i64> {
    let version = tx
        .query_one(
            "collection",
            "UPDATE collections SET version = version + 1, name = $2, updated_at = $3 WHERE id = $1 RETURNING version",
            &params![id, name, now],
        )?
        .int(0)?;
    insert_version(tx, id, version, document, requests, by, now)?;
    Ok(version)
}

fn insert_version(tx: &mut dyn Tx, id: &str, version: i64, document: &str, requests: i64, by: &str, now: Micros) -> Result<()> {
    tx.execute(
        "INSERT INTO collection_versions (collection_id, version, document, requests, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &params![id, version, document, requests, now, by],
    )?;
    Ok(())
}

/// A collection by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<CollectionRow>> {
    first(
        tx,
        concat!(select!(), " WHERE c.workspace_id = $1 AND c.id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// A collection by Postman's uid.
pub fn by_uid(tx: &mut dyn Tx, workspace_id: &str, uid: &str) -> Result<Option<CollectionRow>> {
    first(
        tx,
        concat!(select!(), " WHERE c.workspace_id = $1 AND c.uid = $2"),
        &params![workspace_id, uid],
        read,
    )
}

/// A collection by id, for the stages, which come from a row that refers to it.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<CollectionRow>> {
    first(tx, concat!(select!(), " WHERE c.id = $1"), &params![id], read)
}

/// All collections of a workspace, by name.
pub fn list(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<CollectionRow>> {
    all(
        tx,
        concat!(select!(), " WHERE c.workspace_id = $1 ORDER BY c.name, c.id"),
        &params![workspace_id],
        read,
    )
}

/// The document of a version, or of the newest, with its number.
pub fn document(tx: &mut dyn Tx, id: &str, version: Option<i64>) -> Result<Option<(i64, String)>> {
    let read = |row: &Row| Ok((row.int(0)?, row.text(1)?));
    match version {
        Some(version) => first(
            tx,
            "SELECT version, document FROM collection_versions WHERE collection_id = $1 AND version = $2",
            &params![id, version],
            read,
        ),
        None => first(
            tx,
            "SELECT version, document FROM collection_versions WHERE collection_id = $1 ORDER BY version DESC LIMIT 1",
            &params![id],
            read,
        ),
    }
}

/// All versions, newest first.
pub fn versions(tx: &mut dyn Tx, id: &str) -> Result<Vec<VersionRow>> {
    all(
        tx,
        "SELECT version, requests, created_at, created_by FROM collection_versions WHERE collection_id = $1
         ORDER BY version DESC",
        &params![id],
        |row| {
            Ok(VersionRow {
                version: row.int(0)?,
                requests: row.int(1)?,
                created_at: row.int(2)?,
                created_by: row.text(3)?,
            })
        },
    )
}

/// Deletes a collection, its versions, and the monitors that run it. Returns whether there was one.
pub fn delete(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM collections WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id],
    )
}
