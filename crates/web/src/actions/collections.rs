//! Collections: Postman's documents, imported with every version kept.

use bytes::Bytes;
use domain::{
    Micros, Problem,
    account::Need,
    activity::{Action, Model},
    id, limits,
};
use serde::Serialize;
use store::tables::{
    collections::{self as table, CollectionRow, VersionRow},
    monitors,
};
use utoipa::ToSchema;

use super::{ActionError, Caller, Items, Result, check_version, found};
use crate::{app::App, time::Time};

/// A collection without its document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CollectionView {
    pub id: String,
    pub uid: String,
    pub name: String,
    /// The newest version, from 1.
    pub version: i64,
    /// Requests in the newest version.
    pub requests: i64,
    pub created_at: Time,
    pub updated_at: Time,
}

impl From<CollectionRow> for CollectionView {
    fn from(row: CollectionRow) -> Self {
        Self {
            id: row.id,
            uid: row.uid,
            name: row.name,
            version: row.version,
            requests: row.requests,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

/// One version of a collection or environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionView {
    pub version: i64,
    /// Requests (or variables) in it.
    pub size: i64,
    pub created_at: Time,
    /// Id of who brought it.
    pub created_by: String,
}

impl From<VersionRow> for VersionView {
    fn from(row: VersionRow) -> Self {
        Self {
            version: row.version,
            size: row.requests,
            created_at: Time(row.created_at),
            created_by: row.created_by,
        }
    }
}

/// A document that was imported, and whether it is new here: otherwise it became a version of one that was here, or was the
/// same as its newest.
#[derive(Debug, Clone)]
pub struct Imported<T> {
    pub view: T,
    pub new: bool,
}

impl<T> std::ops::Deref for Imported<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.view
    }
}

/// A document that passed every check.
struct Read {
    name: String,
    entity_id: String,
    requests: i64,
    document: String,
}

/// Imports a v2.0 or v2.1 document. One with the id of a collection that is here becomes its
/// next version; the same document again changes nothing.
///
/// # Errors
/// 422 with line, column and path of what is wrong.
pub async fn import(app: &App, caller: &Caller, body: Bytes) -> Result<Imported<CollectionView>> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let read = read(body, now).await?;
    let caller = caller.shared();
    app.write(move |tx| {
        let uid = id::uid(&caller.user.id, &read.entity_id);
        // The same document may be in another workspace: here it has an id of its own, always the same.
        let own_id = id_within(&caller.workspace.id, &read.entity_id);
        let mut known = table::get(tx, &caller.workspace.id, &read.entity_id)?;
        if known.is_none() {
            known = table::by_uid(tx, &caller.workspace.id, &uid)?;
        }
        if known.is_none() {
            known = table::get(tx, &caller.workspace.id, &own_id)?;
        }
        if let Some(row) = known {
            let view = next_version(tx, &caller, row, read, Action::Import, now)?;
            return Ok(Imported { view, new: false });
        }
        let taken = table::by_id(tx, &read.entity_id)?.is_some();
        let entity_id = if taken { own_id } else { read.entity_id };
        let row = CollectionRow {
            uid: id::uid(&caller.user.id, &entity_id),
            id: entity_id,
            workspace_id: caller.workspace.id.clone(),
            name: read.name,
            version: 1,
            requests: read.requests,
            created_at: now,
            updated_at: now,
        };
        table::insert(tx, &row, &read.document, &caller.user.id)?;
        caller.did(tx, Action::Import, Model::Collection, (&row.uid, &row.name), now)?;
        Ok(Imported {
            view: row.into(),
            new: true,
        })
    })
    .await
}

/// Stores a new version of one collection, whatever id the document carries.
///
/// # Errors
/// 404; 412 when `expected` (If-Match) is not its version; 422 with line, column and path.
pub async fn update(app: &App, caller: &Caller, id: &str, body: Bytes, expected: Option<String>) -> Result<CollectionView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let read = read(body, now).await?;
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let row = found("collection", table::get(tx, &caller.workspace.id, &id)?)?;
        check_version(expected.as_deref(), row.version)?;
        next_version(tx, &caller, row, read, Action::Update, now)
    })
    .await
}

fn next_version(
    tx: &mut dyn store::Tx,
    caller: &Caller,
    mut row: CollectionRow,
    read: Read,
    action: Action,
    now: Micros,
) -> Result<CollectionView> {
    let unchanged = table::document(tx, &row.id, None)?.is_some_and(|(_, document)| document == read.document);
    if unchanged {
        return Ok(row.into());
    }
    row.version = table::add_version(tx, &row.id, &read.name, &read.document, read.requests, &caller.user.id, now)?;
    row.name = read.name;
    row.requests = read.requests;
    row.updated_at = now;
    caller.did(tx, action, Model::Collection, (&row.uid, &row.name), now)?;
    Ok(row.into())
}

/// Every collection of the workspace, by name.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<CollectionView>> {
    caller.need(Need::View)?;
    let id = caller.workspace.id.clone();
    let rows = app.read(move |tx| Ok(table::list(tx, &id)?)).await?;
    Ok(Items::all(rows.into_iter().map(CollectionView::from).collect()))
}

/// One collection.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<CollectionView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| found("collection", table::get(tx, &workspace, &id)?.map(CollectionView::from)))
        .await
}

/// The document of a version (the newest: `None`), as it was imported.
///
/// # Errors
/// 404.
pub async fn document(app: &App, caller: &Caller, id: &str, version: Option<i64>) -> Result<(i64, String)> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        found("collection", table::get(tx, &workspace, &id)?)?;
        found("version", table::document(tx, &id, version)?)
    })
    .await
}

/// Every version, newest first.
///
/// # Errors
/// 404.
pub async fn versions(app: &App, caller: &Caller, id: &str) -> Result<Items<VersionView>> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        found("collection", table::get(tx, &workspace, &id)?)?;
        Ok(Items::all(table::versions(tx, &id)?.into_iter().map(VersionView::from).collect()))
    })
    .await
}

/// Deletes a collection with its versions.
///
/// # Errors
/// 404; 409 while a monitor runs it.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let (caller, id) = (caller.shared(), id.to_owned());
    let now = app.now();
    app.write(move |tx| {
        let row = found("collection", table::get(tx, &caller.workspace.id, &id)?)?;
        let users = monitors::list(tx, &caller.workspace.id)?;
        if let Some(monitor) = users.iter().find(|monitor| monitor.collection_id == row.id) {
            return Err(Problem::conflict(format!("the monitor `{}` runs this collection", monitor.name))
                .hint("delete the monitor first")
                .into());
        }
        table::delete(tx, &caller.workspace.id, &row.id)?;
        caller.did(tx, Action::Delete, Model::Collection, (&row.uid, &row.name), now)
    })
    .await
}

/// Parses on a blocking thread: a large document takes a while.
async fn read(body: Bytes, now: Micros) -> Result<Read> {
    if body.len() > limits::COLLECTION_BYTES {
        return Err(too_large().into());
    }
    tokio::task::spawn_blocking(move || {
        let collection = collection::parse_collection(&body, "body").map_err(load_problem)?;
        let name = if collection.name().trim().is_empty() {
            "Untitled collection"
        } else {
            collection.name().trim()
        };
        limits::check_name("info.name", name)?;
        Ok(Read {
            name: name.to_owned(),
            entity_id: entity_id(collection.id(), now),
            requests: i64::try_from(collection.requests().len()).unwrap_or(i64::MAX),
            document: serde_json::to_string(collection.document()).map_err(|error| ActionError::Internal(error.to_string()))?,
        })
    })
    .await?
}

/// A document's own id when it is a UUID, else a new one.
pub(crate) fn entity_id(given: &str, now: Micros) -> String {
    let given = collection::uid::split(given).map_or(given, |(_, entity)| entity);
    uuid::Uuid::parse_str(given).map_or_else(|_| id::entity(now), |uuid| uuid.to_string())
}

/// The id, in one workspace, of a document whose own id is another's already (a UUID of version 8, RFC 9562).
pub(crate) fn id_within(workspace_id: &str, entity_id: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("{workspace_id}/{entity_id}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

pub(crate) fn too_large() -> Problem {
    Problem::new(
        413,
        "too-large",
        "Too large",
        format!("the document is larger than {} bytes", limits::COLLECTION_BYTES),
    )
}

/// Where a document is wrong, as a problem.
pub(crate) fn load_problem(error: collection::LoadError) -> Problem {
    let mut problem = Problem::new(
        422,
        "not-a-document",
        "The document cannot be read",
        format!("line {}, column {}: {}", error.line, error.column, error.message),
    );
    problem.field = Some(error.path).filter(|path| !path.is_empty());
    problem.hint = Some(error.hint).filter(|hint| !hint.is_empty());
    problem
}
