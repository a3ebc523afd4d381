//! Runs that are not finished: claimed, tried, queued again after a crash, and finished.

use domain::{
    Micros,
    run::{FailureLine, Metrics, RunStatus},
};

use super::{Run, columns, read};
use crate::{
    error::Result,
    params,
    sql::{Tx, Value},
    tables::{all, changed, first},
};

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Id of the run.
    pub id: String,
    /// How.
    pub status: RunStatus,
    /// Its counts.
    pub metrics: Metrics,
    /// What failed first.
    pub failures: Vec<FailureLine>,
    /// Why it could not complete.
    pub error: Option<String>,
    /// When.
    pub finished_at: Micros,
    /// The collection's version that was run.
    pub collection_version: Option<i64>,
    /// The environment's version that was used.
    pub environment_version: Option<i64>,
}

/// Takes up to `limit` queued runs, the longest queued first: they are running from `now` on.
pub fn claim_queued(tx: &mut dyn Tx, now: Micros, limit: usize) -> Result<Vec<Run>> {
    let mut runs = all(tx, CLAIM, &params![now, limit], read)?;
    // RETURNING promises no order.
    runs.sort_by(|a, b| (a.queued_at, &a.id).cmp(&(b.queued_at, &b.id)));
    Ok(runs)
}

// SQLite uses a partial index only where the statement repeats its condition.
pub(in crate::tables) const CLAIM: &str = concat!(
    "UPDATE runs SET state = 'running', starts = starts + 1, started_at = $1 WHERE state = 'queued' AND id IN (
     SELECT q.id FROM runs q WHERE q.state = 'queued' AND q.state <> 'finished' ORDER BY q.queued_at, q.id LIMIT $2)
     RETURNING ",
    columns!()
);

/// The ids of queued runs, the longest queued first: for when one of them cannot be read.
pub fn queued_ids(tx: &mut dyn Tx, limit: usize) -> Result<Vec<String>> {
    let sql = "SELECT id FROM runs WHERE state = 'queued' AND state <> 'finished' ORDER BY queued_at, id LIMIT $1";
    all(tx, sql, &params![limit], |row| row.text(0))
}

/// Takes one queued run, if it still is.
pub fn claim_one(tx: &mut dyn Tx, id: &str, now: Micros) -> Result<Option<Run>> {
    first(tx, CLAIM_ONE, &params![now, id], read)
}

const CLAIM_ONE: &str = concat!(
    "UPDATE runs SET state = 'running', starts = starts + 1, started_at = $1 WHERE state = 'queued' AND id = $2 RETURNING ",
    columns!()
);

/// Runs that were begun and not finished: at start-up, what a crash left behind. Oldest first.
pub fn unfinished_running(tx: &mut dyn Tx) -> Result<Vec<Run>> {
    all(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE state = 'running' AND state <> 'finished' ORDER BY queued_at, id"
        ),
        &[],
        read,
    )
}

/// Queues a running run again, in its old place. Returns whether it was running.
pub fn requeue(tx: &mut dyn Tx, id: &str) -> Result<bool> {
    changed(
        tx,
        "UPDATE runs SET state = 'queued', started_at = NULL WHERE id = $1 AND state = 'running'",
        &params![id],
    )
}

/// Notes how many tries have failed so far.
pub fn set_try(tx: &mut dyn Tx, id: &str, tries: i64) -> Result<()> {
    tx.execute("UPDATE runs SET tries = $2 WHERE id = $1", &params![id, tries])?;
    Ok(())
}

/// Finishes a run. Returns whether it was unfinished: the first outcome stays.
pub fn finish(tx: &mut dyn Tx, finished: &Finished) -> Result<bool> {
    changed(
        tx,
        "UPDATE runs SET state = 'finished', status = $2, metrics = $3, failures = $4, error = $5, finished_at = $6,
         collection_version = $7, environment_version = $8, total_latency_ms = $9 WHERE id = $1 AND state <> 'finished'",
        &params![
            &finished.id,
            finished.status.as_str(),
            Value::json(&finished.metrics)?,
            Value::json(&finished.failures)?,
            finished.error.as_deref(),
            finished.finished_at,
            finished.collection_version,
            finished.environment_version,
            finished.metrics.total_latency
        ],
    )
}
