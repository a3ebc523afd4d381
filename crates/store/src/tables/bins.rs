//! Request bins: URLs that answer what they are told to and remember what they got.

use domain::Micros;
use serde::Serialize;

use super::{all, changed, first, page::Cut};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
};

/// Requests that a bin remembers.
pub const REQUESTS_KEPT: usize = 100;

/// A bin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bin {
    /// Unguessable: it is in the URL.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// Name for people.
    pub name: String,
    /// Status that it answers.
    pub status: u16,
    /// Headers that it answers.
    pub headers: Vec<(String, String)>,
    /// Body that it answers.
    pub body: String,
    /// When it was made.
    pub created_at: Micros,
}

/// What a bin got.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BinRequest {
    /// Id.
    pub id: String,
    /// The bin.
    pub bin_id: String,
    /// When.
    pub at: Micros,
    /// HTTP method.
    pub method: String,
    /// Path after the bin's own.
    pub path: String,
    /// Query of the URL.
    pub query: String,
    /// Headers as they came.
    pub headers: Vec<(String, String)>,
    /// Body as it came.
    pub body: Vec<u8>,
    /// Address of the sender.
    pub remote: String,
}

fn read(row: &Row) -> Result<Bin> {
    Ok(Bin {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        name: row.text(2)?,
        status: row.number(3)?,
        headers: row.json(4)?,
        body: row.text(5)?,
        created_at: row.int(6)?,
    })
}

/// Adds a bin.
pub fn insert(tx: &mut dyn Tx, bin: &Bin) -> Result<()> {
    tx.execute(
        "INSERT INTO bins (id, workspace_id, name, status, headers, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &params![
            &bin.id,
            &bin.workspace_id,
            &bin.name,
            bin.status,
            Value::json(&bin.headers)?,
            &bin.body,
            bin.created_at
        ],
    )?;
    Ok(())
}

/// Stores name and answer. Returns whether there is such a bin.
pub fn update(tx: &mut dyn Tx, bin: &Bin) -> Result<bool> {
    changed(
        tx,
        "UPDATE bins SET name = $3, status = $4, headers = $5, body = $6 WHERE workspace_id = $1 AND id = $2",
        &params![
            &bin.workspace_id,
            &bin.id,
            &bin.name,
            bin.status,
            Value::json(&bin.headers)?,
            &bin.body
        ],
    )
}

/// A bin by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Bin>> {
    first(
        tx,
        "SELECT id, workspace_id, name, status, headers, body, created_at FROM bins WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id],
        read,
    )
}

/// A bin by id, for whoever calls its URL.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<Bin>> {
    first(
        tx,
        "SELECT id, workspace_id, name, status, headers, body, created_at FROM bins WHERE id = $1",
        &params![id],
        read,
    )
}

/// All bins of a workspace, newest first.
pub fn list(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<Bin>> {
    all(
        tx,
        "SELECT id, workspace_id, name, status, headers, body, created_at FROM bins WHERE workspace_id = $1
         ORDER BY created_at DESC, id DESC",
        &params![workspace_id],
        read,
    )
}

/// Deletes a bin and what it got. Returns whether there was one.
pub fn delete(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM bins WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id],
    )
}

/// Remembers a request and forgets those that are too many.
pub fn add_request(tx: &mut dyn Tx, request: &BinRequest) -> Result<()> {
    tx.execute(
        "INSERT INTO bin_requests (id, bin_id, at, method, path, query, headers, body, remote)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &params![
            &request.id,
            &request.bin_id,
            request.at,
            &request.method,
            &request.path,
            &request.query,
            Value::json(&request.headers)?,
            request.body.as_slice(),
            &request.remote
        ],
    )?;
    tx.execute(
        "DELETE FROM bin_requests WHERE bin_id = $1 AND id IN
         (SELECT id FROM bin_requests WHERE bin_id = $1 ORDER BY at DESC, id DESC LIMIT 1000 OFFSET $2)",
        &params![&request.bin_id, REQUESTS_KEPT],
    )?;
    Ok(())
}

fn read_request(row: &Row) -> Result<BinRequest> {
    Ok(BinRequest {
        id: row.text(0)?,
        bin_id: row.text(1)?,
        at: row.int(2)?,
        method: row.text(3)?,
        path: row.text(4)?,
        query: row.text(5)?,
        headers: row.json(6)?,
        body: row.blob(7)?,
        remote: row.text(8)?,
    })
}

/// What the bin got, newest first, the bodies cut.
pub fn requests(tx: &mut dyn Tx, bin_id: &str) -> Result<Vec<Cut<BinRequest>>> {
    all(
        tx,
        "SELECT id, bin_id, at, method, path, query, headers, COALESCE(SUBSTR(body, 1, 4096), body), remote, LENGTH(body)
         FROM bin_requests WHERE bin_id = $1 ORDER BY at DESC, id DESC",
        &params![bin_id],
        |row| {
            Ok(Cut {
                row: read_request(row)?,
                bytes: [row.number(9)?],
            })
        },
    )
}

/// One request that the bin got, whole.
pub fn request(tx: &mut dyn Tx, bin_id: &str, id: &str) -> Result<Option<BinRequest>> {
    first(
        tx,
        "SELECT id, bin_id, at, method, path, query, headers, body, remote FROM bin_requests WHERE bin_id = $1 AND id = $2",
        &params![bin_id, id],
        read_request,
    )
}
