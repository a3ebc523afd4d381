//! The run stage: a queued run becomes a finished one, and its end an event.
//!
//! `claim` takes runs in the order in which they were queued, `prepare` reads what they need, `execute` lets the runner go
//! and decides about another try, `finish` commits the result together with the event and its deliveries. `transport` is
//! the runner's way to the network: the guarded client with the runner's own policy.

mod claim;
mod end;
mod execute;
mod finish;
mod prepare;
mod record;
mod redact;
pub mod transport;

pub(crate) use claim::{RunStage, recover};
pub use finish::metrics;

use domain::{
    Micros, Problem, id,
    run::{RunKind, RunState, RunType},
};
use store::{
    Signal, Store, Tx,
    tables::{
        monitors::{self, Monitor},
        runs::{self, Run},
    },
};

use crate::error::Result;

/// Holds every decision about a monitor ("is a run of it under way?", "when is it due next?") until the end of the transaction.
/// To be taken before the monitor is read, and before any of its runs is changed.
pub fn lock(tx: &mut dyn Tx, monitor_id: &str) -> store::Result<()> {
    tx.lock(&format!("monitor/{monitor_id}"))
}

/// Queues a run now: by hand or by a call from outside, whose body (`input`) the scripts can read.
///
/// # Errors
/// 409 if a run of the monitor is queued or running.
pub fn enqueue(tx: &mut dyn Tx, monitor: &Monitor, run_type: RunType, by: Option<&str>, input: Option<String>, now: Micros) -> Result<Run> {
    lock(tx, &monitor.id)?;
    if monitors::has_unfinished_run(tx, &monitor.id)? {
        return Err(
            Problem::conflict(format!("a run of `{}` is queued or running already", monitor.name))
                .hint("wait for its end")
                .into(),
        );
    }
    let run = Run {
        started_by: by.map(str::to_owned),
        input,
        ..next_run(tx, monitor, run_type, now, now)?
    };
    runs::insert(tx, &run)?;
    tx.signal(Signal::Runs);
    tx.signal(Signal::changed(&*monitor.workspace_id, "run"));
    Ok(run)
}

/// Runs that are deleted in one transaction, with their requests.
const STEP: usize = 20;

/// Deletes a monitor's finished runs in small steps, so that nothing waits long for it: before it is deleted itself.
///
/// # Errors
/// The store's: a part may be gone, and the same call goes on.
pub async fn empty(store: &Store, monitor_id: &str) -> store::Result<()> {
    loop {
        let id = monitor_id.to_owned();
        if store.write(move |tx| runs::delete_some(tx, &id, STEP)).await? == 0 {
            return Ok(());
        }
    }
}

/// The monitor's next run, queued but not stored yet.
pub(crate) fn next_run(tx: &mut dyn Tx, monitor: &Monitor, run_type: RunType, due_at: Micros, now: Micros) -> store::Result<Run> {
    Ok(Run {
        id: id::new(id::RUN, now),
        workspace_id: monitor.workspace_id.clone(),
        kind: RunKind::Monitor,
        monitor_id: Some(monitor.id.clone()),
        run_type,
        series: monitor.series.clone(),
        sequence: monitors::next_sequence(tx, &monitor.id)?,
        state: RunState::Queued,
        status: None,
        tries: 0,
        starts: 0,
        queued_at: now,
        due_at,
        started_at: None,
        finished_at: None,
        started_by: None,
        metrics: None,
        failures: Vec::new(),
        error: None,
        input: None,
        collection_version: None,
        environment_version: None,
    })
}
