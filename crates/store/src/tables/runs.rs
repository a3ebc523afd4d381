//! Runs: executions of monitors, tests and jobs, from the queue to their outcome.

mod bars;
mod executions;
mod queue;

use domain::{
    Micros,
    run::{FailureLine, Metrics, RunKind, RunState, RunStatus, RunType},
};
use serde::Serialize;

pub use bars::{RunBar, RunCounts, counts, counts_of, recent};
pub use executions::{ExecutionRow, executions, insert_executions};
pub use queue::{Finished, claim_one, claim_queued, finish, queued_ids, requeue, set_try, unfinished_running};

#[cfg(test)]
pub(super) use {bars::RECENT, queue::CLAIM};

use super::{
    first,
    page::{self, Listed, Page},
    prune::{self, Pruned, Step},
    settings::{kept_since, workspaces_with},
};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
};

/// One execution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// Id.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// What is executed.
    pub kind: RunKind,
    /// The monitor, if it is one.
    pub monitor_id: Option<String>,
    /// What started it.
    pub run_type: RunType,
    /// Changes when `sequence` starts again.
    pub series: String,
    /// 1, 2, 3 … within its series.
    pub sequence: i64,
    /// Where it stands.
    pub state: RunState,
    /// How it ended.
    pub status: Option<RunStatus>,
    /// Tries that failed before the last one.
    pub tries: i64,
    /// How often a node began it.
    pub starts: i64,
    /// When it was queued.
    pub queued_at: Micros,
    /// Its slot, or when a person asked for it.
    pub due_at: Micros,
    /// When a node began it.
    pub started_at: Option<Micros>,
    /// When it ended.
    pub finished_at: Option<Micros>,
    /// Name of the user who asked for it.
    pub started_by: Option<String>,
    /// Its counts.
    pub metrics: Option<Metrics>,
    /// What failed first.
    pub failures: Vec<FailureLine>,
    /// Why it could not complete.
    pub error: Option<String>,
    /// Body of the call that started it.
    pub input: Option<String>,
    /// The collection's version that was run.
    pub collection_version: Option<i64>,
    /// The environment's version that was used.
    pub environment_version: Option<i64>,
}

/// Which runs to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only those that ended so.
    pub status: Option<RunStatus>,
    /// Only those started so.
    pub run_type: Option<RunType>,
}

macro_rules! columns {
    () => {
        "id, workspace_id, kind, monitor_id, run_type, series, sequence, state, status, tries, starts, queued_at, due_at,
         started_at, finished_at, started_by, metrics, failures, error, input, collection_version, environment_version"
    };
}
use columns;

fn read(row: &Row) -> Result<Run> {
    Ok(Run {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        kind: row.word(2, RunKind::parse)?,
        monitor_id: row.opt_text(3)?,
        run_type: row.word(4, RunType::parse)?,
        series: row.text(5)?,
        sequence: row.int(6)?,
        state: row.word(7, RunState::parse)?,
        status: row.opt_word(8, RunStatus::parse)?,
        tries: row.int(9)?,
        starts: row.int(10)?,
        queued_at: row.int(11)?,
        due_at: row.int(12)?,
        started_at: row.opt_int(13)?,
        finished_at: row.opt_int(14)?,
        started_by: row.opt_text(15)?,
        metrics: row.opt_json(16)?,
        failures: row.opt_json(17)?.unwrap_or_default(),
        error: row.opt_text(18)?,
        input: row.opt_text(19)?,
        collection_version: row.opt_int(20)?,
        environment_version: row.opt_int(21)?,
    })
}

/// Adds a run: usually a queued one, or a finished one that was executed elsewhere.
///
/// # Errors
/// [`crate::Error::Conflict`] on `runs (monitor_id, series, sequence)` if the number was given out already.
pub fn insert(tx: &mut dyn Tx, run: &Run) -> Result<()> {
    tx.execute(
        concat!(
            "INSERT INTO runs (",
            columns!(),
            ", total_latency_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
             $20, $21, $22, $23)"
        ),
        &params![
            &run.id,
            &run.workspace_id,
            run.kind.as_str(),
            run.monitor_id.as_deref(),
            run.run_type.as_str(),
            &run.series,
            run.sequence,
            run.state.as_str(),
            run.status.map(RunStatus::as_str),
            run.tries,
            run.starts,
            run.queued_at,
            run.due_at,
            run.started_at,
            run.finished_at,
            run.started_by.as_deref(),
            run.metrics.as_ref().map(Value::json).transpose()?.unwrap_or(Value::Null),
            Value::json(&run.failures)?,
            run.error.as_deref(),
            run.input.as_deref(),
            run.collection_version,
            run.environment_version,
            run.metrics.as_ref().map(|metrics| metrics.total_latency)
        ],
    )?;
    Ok(())
}

/// A run by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Run>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM runs WHERE workspace_id = $1 AND id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// A run by id, for the stages, which come from a row that refers to it.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<Run>> {
    first(tx, concat!("SELECT ", columns!(), " FROM runs WHERE id = $1"), &params![id], read)
}

/// Runs of a monitor, newest first.
pub fn of_monitor(tx: &mut dyn Tx, monitor_id: &str, page: &Page, filter: RunFilter) -> Result<Listed<Run>> {
    let RunFilter { status, run_type } = filter;
    let params = params![monitor_id, status.map(RunStatus::as_str), run_type.map(RunType::as_str)].to_vec();
    page::list(tx, page, OF_MONITOR, params, read, |run| (run.queued_at, &run.id))
}

pub(super) const OF_MONITOR: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM runs WHERE monitor_id = $1 AND (CAST($2 AS TEXT) IS NULL OR status = $2)
     AND (CAST($3 AS TEXT) IS NULL OR run_type = $3) AND (queued_at, id) < ($4, $5)
     ORDER BY queued_at DESC, id DESC LIMIT $6"
);

/// Runs of a workspace, newest first.
pub fn of_workspace(tx: &mut dyn Tx, workspace_id: &str, page: &Page) -> Result<Listed<Run>> {
    page::list(
        tx,
        page,
        concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE workspace_id = $1 AND (queued_at, id) < ($2, $3) ORDER BY queued_at DESC, id DESC LIMIT $4"
        ),
        params![workspace_id].to_vec(),
        read,
        |run| (run.queued_at, &run.id),
    )
}

/// The last success of a monitor before that number, in the series that it counts now: what a failure is compared with.
pub fn last_good(tx: &mut dyn Tx, monitor_id: &str, before_sequence: i64) -> Result<Option<Run>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE monitor_id = $1 AND series = (SELECT m.series FROM monitors m WHERE m.id = $1) AND sequence < $2
             AND status = 'success' ORDER BY sequence DESC LIMIT 1"
        ),
        &params![monitor_id, before_sequence],
        read,
    )
}

/// Deletes at most `limit` finished runs of a monitor with their executions: before it is deleted itself. Returns how many.
pub fn delete_some(tx: &mut dyn Tx, monitor_id: &str, limit: usize) -> Result<u64> {
    tx.execute(
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE monitor_id = $1 AND state = 'finished' LIMIT $2)",
        &params![monitor_id, limit],
    )
}

/// Deletes, as many as fit in one step, finished runs that are kept no longer at `now`, with their executions.
///
/// `keep` is how long (microseconds) where the workspace has set no days of its own.
pub fn prune(tx: &mut dyn Tx, now: Micros, keep: Micros, step: Step) -> Result<Pruned> {
    prune::step(tx, step, PRUNE, &params![now, keep], &["DELETE FROM runs WHERE id = $1"])
}

pub(super) const PRUNE: &str = concat!(
    "SELECT r.id, (SELECT COALESCE(SUM(OCTET_LENGTH(x.detail)), 0) FROM run_executions x WHERE x.run_id = r.id) FROM ",
    workspaces_with!("runDays"),
    " CROSS JOIN runs r WHERE r.workspace_id = o.id AND r.state = 'finished' AND r.finished_at < ",
    kept_since!(),
    " LIMIT $3"
);
