//! A monitor as it is shown, with the names of what it runs.

use domain::{
    run::{RunOptions, RunStatus},
    schedule::{MissedReason, Schedule},
};
use serde::Serialize;
use store::{
    Tx,
    tables::{
        collections, environments,
        monitors::{self as table, Monitor},
    },
};
use utoipa::ToSchema;

use crate::{actions::Result, schema, time::Time};

/// A monitor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MonitorView {
    pub id: String,
    /// `<user id>-<monitor id>`: the key of its incidents.
    pub uid: String,
    pub name: String,
    pub collection_id: String,
    pub collection_name: String,
    pub environment_id: Option<String>,
    pub environment_name: Option<String>,
    #[schema(value_type = schema::Schedule)]
    pub schedule: Schedule,
    #[schema(value_type = schema::RunOptions)]
    pub options: RunOptions,
    pub tags: Vec<String>,
    /// False while it is paused.
    pub active: bool,
    pub next_due_at: Option<Time>,
    /// Number of its newest run.
    pub sequence: i64,
    pub last_run_id: Option<String>,
    #[schema(value_type = Option<schema::RunStatus>)]
    pub last_status: Option<RunStatus>,
    pub last_finished_at: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
}

/// Due times at which no run was started.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MissedView {
    pub first_due_at: Time,
    pub last_due_at: Time,
    /// How many slots these were.
    pub slots: u64,
    /// `down`: no node was up. `overlap`: the run before was not over.
    #[schema(value_type = schema::MissedReason)]
    pub reason: MissedReason,
}

impl From<table::MissedRow> for MissedView {
    fn from(row: table::MissedRow) -> Self {
        Self {
            first_due_at: Time(row.first_due_at),
            last_due_at: Time(row.last_due_at),
            slots: row.slots,
            reason: row.reason,
        }
    }
}

/// The view of one monitor.
pub fn view(tx: &mut dyn Tx, monitor: Monitor) -> Result<MonitorView> {
    let collection = collections::get(tx, &monitor.workspace_id, &monitor.collection_id)?;
    let environment = match &monitor.environment_id {
        Some(id) => environments::get(tx, &monitor.workspace_id, id)?,
        None => None,
    };
    Ok(assemble(monitor, collection.map(|c| c.name), environment.map(|e| e.name)))
}

/// All views of a workspace in three queries.
pub fn views(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<MonitorView>> {
    let collections = collections::list(tx, workspace_id)?;
    let environments = environments::list(tx, workspace_id)?;
    let views = table::list(tx, workspace_id)?.into_iter().map(|monitor| {
        let collection = collections.iter().find(|c| c.id == monitor.collection_id).map(|c| c.name.clone());
        let environment = environments
            .iter()
            .find(|e| Some(&e.id) == monitor.environment_id.as_ref())
            .map(|e| e.name.clone());
        assemble(monitor, collection, environment)
    });
    Ok(views.collect())
}

fn assemble(monitor: Monitor, collection: Option<String>, environment: Option<String>) -> MonitorView {
    MonitorView {
        id: monitor.id,
        uid: monitor.uid,
        name: monitor.name,
        collection_id: monitor.collection_id,
        collection_name: collection.unwrap_or_default(),
        environment_id: monitor.environment_id,
        environment_name: environment,
        schedule: monitor.schedule,
        options: monitor.options,
        tags: monitor.tags,
        active: monitor.active,
        next_due_at: Time::option(monitor.next_due_at),
        sequence: monitor.sequence,
        last_run_id: monitor.last_run_id,
        last_status: monitor.last_status,
        last_finished_at: Time::option(monitor.last_finished_at),
        created_at: Time(monitor.created_at),
        updated_at: Time(monitor.updated_at),
    }
}
