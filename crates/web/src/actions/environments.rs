//! Environments: Postman's documents of variables. They are sealed in the store, and values
//! of type `secret` never leave again.

use bytes::Bytes;
use domain::{
    Micros, Problem,
    account::Need,
    activity::{Action, Model},
    id, limits,
};
use serde::Serialize;
use serde_json::Value;
use store::{
    Tx, Vault,
    tables::{
        environments::{self as table, EnvironmentRow},
        monitors,
    },
};
use utoipa::ToSchema;

use super::{
    Caller, Items, Result, check_version,
    collections::{Imported, VersionView, entity_id, id_within, load_problem, too_large},
    found, seal,
};
use crate::{app::App, time::Time};

/// Stands for a secret value; sent back, it keeps the value that is there.
pub const MASK: &str = "••••••••";

/// An environment without its document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentView {
    pub id: String,
    pub uid: String,
    pub name: String,
    /// The newest version, from 1.
    pub version: i64,
    pub variables: i64,
    pub created_at: Time,
    pub updated_at: Time,
}

impl From<EnvironmentRow> for EnvironmentView {
    fn from(row: EnvironmentRow) -> Self {
        Self {
            id: row.id,
            uid: row.uid,
            name: row.name,
            version: row.version,
            variables: row.variables,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

struct Read {
    name: String,
    entity_id: String,
    document: Value,
}

/// Imports an environment; one with a known id becomes its next version.
///
/// # Errors
/// 422 with line, column and path of what is wrong.
pub async fn import(app: &App, caller: &Caller, body: Bytes) -> Result<Imported<EnvironmentView>> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let read = read(body, now).await?;
    let (caller, vault) = (caller.shared(), app.store.vault_handle());
    app.write(move |tx| {
        let own_id = id_within(&caller.workspace.id, &read.entity_id);
        let mut known = table::get(tx, &caller.workspace.id, &read.entity_id)?;
        if known.is_none() {
            known = table::get(tx, &caller.workspace.id, &own_id)?;
        }
        if let Some(row) = known {
            let view = next_version(tx, &vault, &caller, row, read, Action::Import, now)?;
            return Ok(Imported { view, new: false });
        }
        let entity_id = if table::by_id(tx, &read.entity_id)?.is_some() {
            own_id
        } else {
            read.entity_id
        };
        let row = EnvironmentRow {
            uid: id::uid(&caller.user.id, &entity_id),
            workspace_id: caller.workspace.id.clone(),
            name: read.name,
            version: 1,
            variables: count(&read.document),
            created_at: now,
            updated_at: now,
            id: entity_id,
        };
        let sealed = seal::environment(&vault, &row.id, 1, &read.document.to_string())?;
        table::insert(tx, &row, &sealed, &caller.user.id)?;
        caller.did(tx, Action::Import, Model::Environment, (&row.uid, &row.name), now)?;
        Ok(Imported {
            view: row.into(),
            new: true,
        })
    })
    .await
}

/// Stores a new version of one environment.
///
/// # Errors
/// 404; 412 when `expected` (If-Match) is not its version; 422 with line, column and path.
pub async fn update(app: &App, caller: &Caller, id: &str, body: Bytes, expected: Option<String>) -> Result<EnvironmentView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let read = read(body, now).await?;
    let (caller, vault, id) = (caller.shared(), app.store.vault_handle(), id.to_owned());
    app.write(move |tx| {
        let row = found("environment", table::get(tx, &caller.workspace.id, &id)?)?;
        check_version(expected.as_deref(), row.version)?;
        next_version(tx, &vault, &caller, row, read, Action::Update, now)
    })
    .await
}

fn next_version(
    tx: &mut dyn Tx,
    vault: &Vault,
    caller: &Caller,
    mut row: EnvironmentRow,
    mut read: Read,
    action: Action,
    now: Micros,
) -> Result<EnvironmentView> {
    let before = open(tx, vault, &row.id, None)?;
    keep_masked(&mut read.document, &before.1);
    if before.1 == read.document {
        return Ok(row.into());
    }
    // The version is part of what the seal authenticates, so it is known before it is stored.
    let version = table::next_version(tx, &row.id)?;
    let sealed = seal::environment(vault, &row.id, version, &read.document.to_string())?;
    let variables = count(&read.document);
    row.version = table::add_version(tx, &row.id, &read.name, &sealed, variables, &caller.user.id, now)?;
    row.name = read.name;
    row.variables = variables;
    row.updated_at = now;
    caller.did(tx, action, Model::Environment, (&row.uid, &row.name), now)?;
    Ok(row.into())
}

/// Every environment of the workspace, by name.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<EnvironmentView>> {
    caller.need(Need::View)?;
    let id = caller.workspace.id.clone();
    let rows = app.read(move |tx| Ok(table::list(tx, &id)?)).await?;
    Ok(Items::all(rows.into_iter().map(EnvironmentView::from).collect()))
}

/// One environment.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<EnvironmentView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| found("environment", table::get(tx, &workspace, &id)?.map(EnvironmentView::from)))
        .await
}

/// The document of a version (the newest: `None`) with its secret values masked.
///
/// # Errors
/// 404.
pub async fn document(app: &App, caller: &Caller, id: &str, version: Option<i64>) -> Result<(i64, Value)> {
    caller.need(Need::View)?;
    let (workspace, vault, id) = (caller.workspace.id.clone(), app.store.vault_handle(), id.to_owned());
    app.read(move |tx| {
        found("environment", table::get(tx, &workspace, &id)?)?;
        let (version, mut document) = open(tx, &vault, &id, version)?;
        each_secret(&mut document, |_, value| *value = Value::from(MASK));
        Ok((version, document))
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
        found("environment", table::get(tx, &workspace, &id)?)?;
        let view = |row: table::VersionRow| VersionView {
            version: row.version,
            size: row.variables,
            created_at: Time(row.created_at),
            created_by: row.created_by,
        };
        Ok(Items::all(table::versions(tx, &id)?.into_iter().map(view).collect()))
    })
    .await
}

/// Deletes an environment with its versions.
///
/// # Errors
/// 404; 409 while a monitor uses it.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let (caller, id) = (caller.shared(), id.to_owned());
    let now = app.now();
    app.write(move |tx| {
        let row = found("environment", table::get(tx, &caller.workspace.id, &id)?)?;
        let users = monitors::list(tx, &caller.workspace.id)?;
        if let Some(monitor) = users.iter().find(|monitor| monitor.environment_id.as_ref() == Some(&row.id)) {
            return Err(Problem::conflict(format!("the monitor `{}` uses this environment", monitor.name))
                .hint("change the monitor first")
                .into());
        }
        table::delete(tx, &caller.workspace.id, &row.id)?;
        caller.did(tx, Action::Delete, Model::Environment, (&row.uid, &row.name), now)
    })
    .await
}

async fn read(body: Bytes, now: Micros) -> Result<Read> {
    if body.len() > limits::COLLECTION_BYTES {
        return Err(too_large().into());
    }
    tokio::task::spawn_blocking(move || {
        let environment = collection::parse_environment(&body, "body").map_err(load_problem)?;
        let name = environment.name();
        let name = if name.trim().is_empty() {
            "Untitled environment"
        } else {
            name.trim()
        };
        limits::check_name("name", name)?;
        Ok(Read {
            name: name.to_owned(),
            entity_id: entity_id(&environment.id(), now),
            document: environment.raw().clone(),
        })
    })
    .await?
}

fn open(tx: &mut dyn Tx, vault: &Vault, id: &str, version: Option<i64>) -> Result<(i64, Value)> {
    let (version, sealed) = found("version", table::document(tx, id, version)?)?;
    let text = seal::open_environment(vault, id, version, &sealed)?;
    let document = serde_json::from_str(&text).map_err(|error| store::Error::Corrupt(format!("environment `{id}`: {error}")))?;
    Ok((version, document))
}

fn count(document: &Value) -> i64 {
    document["values"]
        .as_array()
        .map_or(0, |values| i64::try_from(values.len()).unwrap_or(i64::MAX))
}

fn each_secret(document: &mut Value, mut visit: impl FnMut(&str, &mut Value)) {
    let Some(values) = document.get_mut("values").and_then(Value::as_array_mut) else {
        return;
    };
    for entry in values.iter_mut().filter(|entry| entry["type"] == "secret") {
        let key = entry["key"].as_str().unwrap_or_default().to_owned();
        if let Some(value) = entry.get_mut("value") {
            visit(&key, value);
        }
    }
}

/// A document that was read, changed and sent back carries masks in place of its secrets.
fn keep_masked(document: &mut Value, before: &Value) {
    each_secret(document, |key, value| {
        if value == MASK {
            let values = before["values"].as_array();
            let known = values.and_then(|values| values.iter().rev().find(|entry| entry["key"] == key));
            *value = known.map_or(Value::Null, |entry| entry["value"].clone());
        }
    });
}
