//! Runs as the page and the API show them: lists, bars, counts; and the end of old ones.

use std::collections::HashMap;

use domain::{
    Micros,
    run::{RunState, RunStatus, RunType},
};
use serde::Serialize;

use super::{Run, columns, read};
use crate::{
    error::Result,
    params,
    sql::{Dialect, Row, Tx, Value},
    tables::{
        all, first,
        page::{self, Listed, Page},
    },
};

/// Which runs to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only those that ended so.
    pub status: Option<RunStatus>,
    /// Only those that were started so.
    pub run_type: Option<RunType>,
}

/// A run as a bar of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunBar {
    /// Id of the run.
    pub id: String,
    /// Where it stands.
    pub state: RunState,
    /// How it ended.
    pub status: Option<RunStatus>,
    /// When it was queued.
    pub queued_at: Micros,
    /// When it ended.
    pub finished_at: Option<Micros>,
    /// Sum of its response times in milliseconds.
    pub total_latency_ms: u64,
}

/// How many of a monitor's runs ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RunCounts {
    /// Every test passed.
    pub success: u64,
    /// A test failed.
    pub failure: u64,
    /// It could not complete.
    pub error: u64,
    /// It was stopped.
    pub abort: u64,
}

/// A monitor's runs, newest first.
pub fn of_monitor(tx: &mut dyn Tx, monitor_id: &str, filter: RunFilter, page: &Page) -> Result<Listed<Run>> {
    page::list(
        tx,
        page,
        concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE monitor_id = $1
             AND (CAST($2 AS TEXT) IS NULL OR status = $2) AND (CAST($3 AS TEXT) IS NULL OR run_type = $3)
             AND (queued_at, id) < ($4, $5) ORDER BY queued_at DESC, id DESC LIMIT $6"
        ),
        params![monitor_id, filter.status.map(RunStatus::as_str), filter.run_type.map(RunType::as_str)].to_vec(),
        read,
        |run| (run.queued_at, &run.id),
    )
}

/// A workspace's runs, newest first.
pub fn of_workspace(tx: &mut dyn Tx, workspace_id: &str, page: &Page) -> Result<Listed<Run>> {
    page::list(
        tx,
        page,
        concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE workspace_id = $1 AND (queued_at, id) < ($2, $3)
             ORDER BY queued_at DESC, id DESC LIMIT $4"
        ),
        params![workspace_id].to_vec(),
        read,
        |run| (run.queued_at, &run.id),
    )
}

/// The newest `each` runs of each of these monitors, oldest first, in one statement. Monitors without runs are left out.
pub fn recent(tx: &mut dyn Tx, monitor_ids: &[String], each: usize) -> Result<HashMap<String, Vec<RunBar>>> {
    // Both look only at the newest entries of each monitor in the index, never at all its runs.
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT m.value, r.id, r.state, r.status, r.queued_at, r.finished_at, r.total_latency_ms
             FROM json_each($1) m JOIN runs r ON r.id IN
             (SELECT n.id FROM runs n WHERE n.monitor_id = m.value ORDER BY n.queued_at DESC, n.id DESC LIMIT $2)
             ORDER BY r.queued_at, r.id"
        }
        Dialect::Postgres => {
            "SELECT m.value, r.id, r.state, r.status, r.queued_at, r.finished_at, r.total_latency_ms
             FROM json_array_elements_text(CAST($1 AS JSON)) m(value) CROSS JOIN LATERAL
             (SELECT * FROM runs n WHERE n.monitor_id = m.value ORDER BY n.queued_at DESC, n.id DESC LIMIT $2) r
             ORDER BY r.queued_at, r.id"
        }
    };
    let mut bars: HashMap<String, Vec<RunBar>> = HashMap::new();
    for row in tx.query(sql, &params![Value::json(&monitor_ids)?, each])? {
        bars.entry(row.text(0)?).or_default().push(bar(&row)?);
    }
    Ok(bars)
}

fn bar(row: &Row) -> Result<RunBar> {
    Ok(RunBar {
        id: row.text(1)?,
        state: row.word(2, RunState::parse)?,
        status: row.opt_word(3, RunStatus::parse)?,
        queued_at: row.int(4)?,
        finished_at: row.opt_int(5)?,
        total_latency_ms: row.opt_number(6)?.unwrap_or_default(),
    })
}

/// The monitor's newest success before that number, in the same series.
pub fn last_good(tx: &mut dyn Tx, monitor_id: &str, series: &str, before_sequence: i64) -> Result<Option<Run>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE monitor_id = $1 AND series = $2 AND sequence < $3 AND status = 'success'
             ORDER BY sequence DESC LIMIT 1"
        ),
        &params![monitor_id, series, before_sequence],
        read,
    )
}

/// How the monitor's runs queued since `since` ended.
pub fn counts(tx: &mut dyn Tx, monitor_id: &str, since: Micros) -> Result<RunCounts> {
    let rows = all(
        tx,
        "SELECT status, COUNT(*) FROM runs WHERE monitor_id = $1 AND queued_at >= $2 AND status IS NOT NULL
         GROUP BY status",
        &params![monitor_id, since],
        |row| Ok((row.word(0, RunStatus::parse)?, row.number(1)?)),
    )?;
    let mut counts = RunCounts::default();
    for (status, count) in rows {
        match status {
            RunStatus::Success => counts.success = count,
            RunStatus::Failure => counts.failure = count,
            RunStatus::Error => counts.error = count,
            RunStatus::Abort => counts.abort = count,
        }
    }
    Ok(counts)
}

/// Deletes at most `limit` finished runs that ended before `older_than`. Returns how many.
pub fn prune(tx: &mut dyn Tx, older_than: Micros, limit: usize) -> Result<u64> {
    tx.execute(
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE state = 'finished' AND finished_at < $1 LIMIT $2)",
        &params![older_than, limit],
    )
}
