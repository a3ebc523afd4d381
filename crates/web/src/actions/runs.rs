//! Runs: what a monitor did, request by request.

use domain::{
    account::Need,
    run::{FailureLine, Metrics, RunKind, RunState, RunStatus, RunType},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::tables::{
    monitors,
    runs::{self as table, ExecutionRow, Run, RunFilter},
};
use utoipa::{IntoParams, ToSchema};

use super::{Caller, Items, PageQuery, Result, found};
use crate::{app::App, schema, time::Time};

/// One execution of a monitor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunView {
    pub id: String,
    #[schema(value_type = schema::RunKind)]
    pub kind: RunKind,
    pub monitor_id: Option<String>,
    #[schema(value_type = schema::RunType)]
    pub run_type: RunType,
    /// 1, 2, 3 … within the monitor.
    pub sequence: i64,
    #[schema(value_type = schema::RunState)]
    pub state: RunState,
    /// Absent until it is finished.
    #[schema(value_type = Option<schema::RunStatus>)]
    pub status: Option<RunStatus>,
    /// Tries made, the retries after failures included.
    pub tries: i64,
    pub queued_at: Time,
    pub due_at: Time,
    pub started_at: Option<Time>,
    pub finished_at: Option<Time>,
    #[schema(value_type = Option<schema::Metrics>)]
    pub metrics: Option<Metrics>,
    #[schema(value_type = Vec<schema::FailureLine>)]
    pub failures: Vec<FailureLine>,
    /// Why it could not complete.
    pub error: Option<String>,
    pub collection_version: Option<i64>,
    pub environment_version: Option<i64>,
}

impl From<Run> for RunView {
    fn from(run: Run) -> Self {
        Self {
            id: run.id,
            kind: run.kind,
            monitor_id: run.monitor_id,
            run_type: run.run_type,
            sequence: run.sequence,
            state: run.state,
            status: run.status,
            tries: run.tries,
            queued_at: Time(run.queued_at),
            due_at: Time(run.due_at),
            started_at: Time::option(run.started_at),
            finished_at: Time::option(run.finished_at),
            metrics: run.metrics,
            failures: run.failures,
            error: run.error,
            collection_version: run.collection_version,
            environment_version: run.environment_version,
        }
    }
}

/// One request of a run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExecutionView {
    /// Which try of the run, from 1.
    pub try_number: i64,
    /// Position in the try, from 0.
    pub position: i64,
    pub name: String,
    pub method: String,
    pub url: String,
    /// Absent when no response came.
    pub status_code: Option<i64>,
    pub response_time_us: Option<i64>,
    pub response_size: Option<i64>,
    pub failed: bool,
    /// Tests with their failure texts, console lines, errors.
    #[schema(value_type = Object)]
    pub detail: Value,
}

impl From<ExecutionRow> for ExecutionView {
    fn from(row: ExecutionRow) -> Self {
        Self {
            try_number: row.try_number,
            position: row.position,
            name: row.name,
            method: row.method,
            url: row.url,
            status_code: row.status_code,
            response_time_us: row.response_time_us,
            response_size: row.response_size,
            failed: row.failed,
            detail: serde_json::from_str(&row.detail).unwrap_or(Value::Null),
        }
    }
}

/// A run with its requests.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunDetail {
    #[serde(flatten)]
    pub run: RunView,
    pub executions: Vec<ExecutionView>,
}

/// Which runs.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunQuery {
    /// Only with this result.
    #[param(value_type = Option<schema::RunStatus>)]
    pub status: Option<RunStatus>,
    /// Only of this type.
    #[param(value_type = Option<schema::RunType>)]
    pub run_type: Option<RunType>,
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    pub before: Option<String>,
}

/// Runs of one monitor.
///
/// # Errors
/// 404.
pub async fn list(app: &App, caller: &Caller, monitor_id: &str, query: RunQuery) -> Result<Items<RunView>> {
    caller.need(Need::View)?;
    let page = PageQuery {
        limit: query.limit,
        before: query.before,
    }
    .page()?;
    let (workspace, monitor_id) = (caller.workspace.id.clone(), monitor_id.to_owned());
    let filter = RunFilter {
        status: query.status,
        run_type: query.run_type,
    };
    app.read(move |tx| {
        found("monitor", monitors::get(tx, &workspace, &monitor_id)?)?;
        Ok(Items::of(table::of_monitor(tx, &monitor_id, &page, filter)?, RunView::from))
    })
    .await
}

/// Runs of the whole workspace.
///
/// # Errors
/// 422 for a wrong cursor.
pub async fn list_all(app: &App, caller: &Caller, query: PageQuery) -> Result<Items<RunView>> {
    caller.need(Need::View)?;
    let page = query.page()?;
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| Ok(Items::of(table::of_workspace(tx, &workspace, &page)?, RunView::from)))
        .await
}

/// One run with its requests, in order.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<RunDetail> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        let run = found("run", table::get(tx, &workspace, &id)?)?;
        let executions = table::executions(tx, &run.id)?.into_iter().map(ExecutionView::from).collect();
        Ok(RunDetail {
            run: run.into(),
            executions,
        })
    })
    .await
}
