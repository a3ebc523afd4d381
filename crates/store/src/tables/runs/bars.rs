//! Runs as bars and counts: what the overview shows of many monitors at once.

use std::collections::HashMap;

use domain::{
    Micros,
    run::{RunState, RunStatus},
};
use serde::Serialize;

use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
    tables::all,
};

/// A run as a bar of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunBar {
    /// Id of the run.
    pub id: String,
    /// How it ended.
    pub status: Option<RunStatus>,
    /// Where it stands.
    pub state: RunState,
    /// When it was queued.
    pub queued_at: Micros,
    /// When it ended.
    pub finished_at: Option<Micros>,
    /// Sum of the response times, ms.
    pub total_latency_ms: Option<i64>,
}

/// Runs by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RunCounts {
    /// Every test passed.
    pub success: i64,
    /// A test failed.
    pub failure: i64,
    /// Something could not complete.
    pub error: i64,
    /// Over the limit, or stopped.
    pub abort: i64,
}

impl RunCounts {
    fn put(&mut self, status: RunStatus, count: i64) {
        match status {
            RunStatus::Success => self.success = count,
            RunStatus::Failure => self.failure = count,
            RunStatus::Error => self.error = count,
            RunStatus::Abort => self.abort = count,
        }
    }
}

/// Monitors asked for at once.
const GROUP: usize = 32;

// For each monitor a range of the index, which begins at the queueing time of its run number `each`, counted from the newest.
// (Window functions would read all runs, and LATERAL is not SQLite's.)
pub(in crate::tables) const RECENT: &str = "SELECT m.id, r.id, r.status, r.state, r.queued_at, r.finished_at, r.total_latency_ms
    FROM monitors m CROSS JOIN runs r WHERE r.monitor_id = m.id AND r.queued_at >= COALESCE(
    (SELECT b.queued_at FROM runs b WHERE b.monitor_id = m.id ORDER BY b.queued_at DESC LIMIT 1 OFFSET $1), 0)
    AND m.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
    $26, $27, $28, $29, $30, $31, $32, $33) ORDER BY m.id, r.queued_at, r.id";

/// The newest `each` runs of each monitor, oldest first. Monitors without runs are not in the result.
pub fn recent(tx: &mut dyn Tx, monitor_ids: &[String], each: usize) -> Result<HashMap<String, Vec<RunBar>>> {
    let mut bars: HashMap<String, Vec<RunBar>> = HashMap::new();
    if each == 0 {
        return Ok(bars);
    }
    for group in monitor_ids.chunks(GROUP) {
        let mut params = params![each - 1].to_vec();
        params.extend(group.iter().map(Value::from));
        // No monitor has this id.
        params.resize(GROUP + 1, Value::from(""));
        for (monitor_id, bar) in all(tx, RECENT, &params, |row| Ok((row.text(0)?, read(row)?)))? {
            bars.entry(monitor_id).or_default().push(bar);
        }
    }
    // Runs that were queued at the same instant may be too many.
    for runs in bars.values_mut() {
        runs.drain(..runs.len().saturating_sub(each));
    }
    Ok(bars)
}

fn read(row: &Row) -> Result<RunBar> {
    Ok(RunBar {
        id: row.text(1)?,
        status: row.opt_word(2, RunStatus::parse)?,
        state: row.word(3, RunState::parse)?,
        queued_at: row.int(4)?,
        finished_at: row.opt_int(5)?,
        total_latency_ms: row.opt_int(6)?,
    })
}

// Every monitor a range of the index `runs_monitor`.
const COUNTS: &str = "SELECT monitor_id, status, COUNT(*) FROM runs WHERE queued_at >= $1 AND status IS NOT NULL
    AND monitor_id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25, $26, $27, $28, $29, $30, $31, $32, $33) GROUP BY monitor_id, status";

/// [`counts`] of many monitors. Those without finished runs are not in the result.
pub fn counts_of(tx: &mut dyn Tx, monitor_ids: &[String], since: Micros) -> Result<HashMap<String, RunCounts>> {
    let mut found: HashMap<String, RunCounts> = HashMap::new();
    for group in monitor_ids.chunks(GROUP) {
        let mut params = params![since].to_vec();
        params.extend(group.iter().map(Value::from));
        params.resize(GROUP + 1, Value::from(""));
        let rows = all(tx, COUNTS, &params, |row| {
            Ok((row.text(0)?, row.word(1, RunStatus::parse)?, row.int(2)?))
        })?;
        for (monitor_id, status, count) in rows {
            found.entry(monitor_id).or_default().put(status, count);
        }
    }
    Ok(found)
}

/// How the runs of a monitor ended that were queued since `since`. Unfinished ones are not counted.
pub fn counts(tx: &mut dyn Tx, monitor_id: &str, since: Micros) -> Result<RunCounts> {
    let counted = all(
        tx,
        "SELECT status, COUNT(*) FROM runs WHERE monitor_id = $1 AND queued_at >= $2 AND status IS NOT NULL GROUP BY status",
        &params![monitor_id, since],
        |row| Ok((row.word(0, RunStatus::parse)?, row.int(1)?)),
    )?;
    let mut counts = RunCounts::default();
    for (status, count) in counted {
        counts.put(status, count);
    }
    Ok(counts)
}
