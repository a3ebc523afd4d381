//! The end of a run: its result, the monitor's last state, and the event with its deliveries, in one commit.

use collection::report::{RunResult, Status, Totals};
use domain::{
    Micros, event,
    run::{FailureLine, Metrics, RunReport, RunStatus},
};
use store::{
    Result, Signal, Tx,
    tables::{
        monitors::{self, Monitor},
        runs::{self, ExecutionRow, Finished, Run},
    },
};

use super::{
    prepare::{self, Prepared},
    record::Record,
};
use crate::publish::{self, NewEvent};

/// How a run, or one try of it, came out.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub status: RunStatus,
    pub metrics: Metrics,
    pub failures: Vec<FailureLine>,
    /// Why it could not complete, for people.
    pub error: Option<String>,
    pub executions: Vec<ExecutionRow>,
    pub collection_version: Option<i64>,
    pub environment_version: Option<i64>,
}

impl Outcome {
    /// It could not even start.
    pub fn error(why: impl Into<String>) -> Self {
        let metrics = Metrics {
            errors: 1,
            ..Metrics::default()
        };
        Self::without_result(RunStatus::Error, metrics, why.into())
    }

    /// It was cut off.
    pub fn aborted(why: impl Into<String>) -> Self {
        Self::without_result(RunStatus::Abort, Metrics::default(), why.into())
    }

    fn without_result(status: RunStatus, metrics: Metrics, why: String) -> Self {
        let failures = vec![FailureLine {
            request: String::new(),
            test: String::new(),
            message: why.clone(),
        }];
        let (collection_version, environment_version) = (None, None);
        Self {
            status,
            metrics,
            failures,
            error: Some(why),
            executions: Vec::new(),
            collection_version,
            environment_version,
        }
    }

    /// The runner's result.
    pub fn of(result: RunResult, record: Record, prepared: &Prepared) -> Self {
        let status = match result.status {
            Status::Success => RunStatus::Success,
            Status::Failure => RunStatus::Failure,
            Status::Error => RunStatus::Error,
            Status::Abort => RunStatus::Abort,
        };
        Self {
            status,
            metrics: metrics(&result.totals),
            failures: record.failures,
            error: result.ended_by.map(|why| prepared.secrets.hide(&why)),
            executions: record.executions,
            collection_version: Some(prepared.collection_version),
            environment_version: prepared.environment_version,
        }
    }
}

impl Outcome {
    /// As the store keeps it.
    pub fn finished(&self, run_id: &str, now: Micros) -> Finished {
        Finished {
            id: run_id.to_owned(),
            status: self.status,
            metrics: self.metrics.clone(),
            failures: self.failures.clone(),
            error: self.error.clone(),
            finished_at: now,
            collection_version: self.collection_version,
            environment_version: self.environment_version,
        }
    }
}

/// A run's totals in the words of its report.
pub fn metrics(totals: &Totals) -> Metrics {
    Metrics {
        errors: totals.errors,
        failed_tests: totals.failed_tests,
        passed_tests: totals.passed_tests,
        request_count: totals.request_count,
        total_latency: totals.total_latency,
        warnings: totals.warnings,
        skipped_tests: totals.skipped_tests,
        response_bytes: totals.bytes,
    }
}

/// Finishes the run and tells nobody: for one whose event cannot be published.
pub(super) fn commit_quietly(tx: &mut dyn Tx, run: &Run, outcome: &Outcome, now: Micros) -> Result<()> {
    if let Some(monitor_id) = &run.monitor_id {
        super::lock(tx, monitor_id)?;
    }
    if runs::finish(tx, &outcome.finished(&run.id, now))? {
        if let Some(monitor_id) = &run.monitor_id {
            monitors::finished(tx, monitor_id, &run.id, outcome.status, now)?;
        }
        tx.signal(Signal::changed(&*run.workspace_id, "run"));
    }
    Ok(())
}

/// Finishes the run. A run that was deleted with its monitor, or finished before, stays as it is and tells nobody.
pub(super) fn commit(tx: &mut dyn Tx, run: &Run, outcome: &Outcome, now: Micros) -> Result<()> {
    if let Some(monitor_id) = &run.monitor_id {
        // The monitor before its run, as everywhere.
        super::lock(tx, monitor_id)?;
    }
    if !runs::finish(tx, &outcome.finished(&run.id, now))? {
        return Ok(());
    }
    runs::insert_executions(tx, &outcome.executions)?;
    let monitor = match &run.monitor_id {
        Some(id) => monitors::by_id(tx, id)?,
        None => None,
    };
    if let Some(monitor) = monitor {
        monitors::finished(tx, &monitor.id, &run.id, outcome.status, now)?;
        let report = report(tx, run, &monitor, outcome, now)?;
        let data = serde_json::to_string(&report).map_err(|e| store::Error::Statement(e.to_string()))?;
        let event = NewEvent::internal(&run.workspace_id, event::RUN_FINISHED, &monitor.id, now, data);
        publish::internal(tx, &[event], now)?;
    }
    tx.signal(Signal::changed(&*run.workspace_id, "run"));
    Ok(())
}

fn report(tx: &mut dyn Tx, run: &Run, monitor: &Monitor, outcome: &Outcome, now: Micros) -> Result<RunReport> {
    let names = prepare::names(tx, monitor)?;
    Ok(RunReport {
        run_id: run.id.clone(),
        kind: run.kind,
        run_type: run.run_type,
        status: outcome.status,
        series: run.series.clone(),
        sequence: run.sequence.unsigned_abs(),
        started_at: run.started_at.unwrap_or(now),
        finished_at: now,
        collection_name: names.collection_name,
        collection_uid: names.collection_uid,
        environment_name: names.environment_name,
        environment_uid: names.environment_uid,
        monitor_name: monitor.name.clone(),
        monitor_uid: monitor.uid.clone(),
        user_id: monitor.owner_id.clone(),
        user_name: names.user_name,
        metrics: outcome.metrics.clone(),
        failures: outcome.failures.clone(),
        error: outcome.error.clone(),
    })
}
