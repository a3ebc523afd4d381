//! The schedule stage: at a monitor's due time a run is queued and the next due time is stored, in one transaction.
//!
//! All monitors that are due at one moment are taken together. A monitor whose last run is not over starts no second one:
//! the slot is recorded as missed, as are those that passed while no node was up.

use std::sync::Arc;

use domain::{
    Clock, Micros, Problem,
    run::RunType,
    schedule::{Schedule, spread_of},
};
use store::{
    Result, Signal, Store, Tx,
    tables::{
        monitors::{self, Monitor},
        runs,
    },
};

use crate::{
    run,
    stage::{Next, Stage},
};

/// Monitors taken in one transaction. More than are ever due at once on one node; the rest follows at once.
const BATCH: usize = 5_000;

/// The first due time of a monitor that was made, resumed or rescheduled at `now`. Intervals are spread by the monitor's id;
/// cron is exact.
///
/// # Errors
/// A schedule that is never due, or has an unknown time zone.
pub fn first_due(monitor_id: &str, schedule: &Schedule, now: Micros) -> Result<Micros, Problem> {
    schedule.next_after(now, spread_of(monitor_id))
}

/// The stage.
pub(crate) struct ScheduleStage {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
}

impl Stage for ScheduleStage {
    const NAME: &'static str = "schedule";

    async fn step(&mut self) -> Result<Next> {
        let now = self.clock.now();
        let next = self.store.read(monitors::next_due).await?;
        match next {
            None => Ok(Next::Idle),
            Some(at) if at > now => Ok(Next::At(at)),
            Some(_) => self.store.write(move |tx| take_due(tx, now)).await,
        }
    }
}

fn take_due(tx: &mut dyn Tx, now: Micros) -> Result<Next> {
    let due = monitors::due(tx, now, BATCH)?;
    for monitor in &due {
        take(tx, monitor, now)?;
    }
    if due.len() == BATCH {
        return Ok(Next::Again);
    }
    Ok(monitors::next_due(tx)?.map_or(Next::Idle, Next::At))
}

fn take(tx: &mut dyn Tx, monitor: &Monitor, now: Micros) -> Result<()> {
    let Some(due_at) = monitor.next_due_at else { return Ok(()) };
    // Beside the action "run now": whoever comes second sees the first one's run.
    run::lock(tx, &monitor.id)?;
    let busy = monitors::has_unfinished_run(tx, &monitor.id)?;
    let advance = match monitor.schedule.advance(due_at, now, busy, spread_of(&monitor.id)) {
        Ok(advance) => advance,
        Err(problem) => {
            // It was checked when it was saved: a time zone has vanished, or the last date has passed.
            tracing::warn!(monitor = monitor.id, %problem, "a monitor has no next due time and rests");
            return monitors::set_due(tx, &monitor.id, None);
        }
    };
    if let Some(missed) = &advance.missed {
        monitors::record_missed(tx, &monitor.id, missed)?;
        tx.signal(Signal::changed(&*monitor.workspace_id, "monitor"));
    }
    if advance.start {
        let run = run::next_run(tx, monitor, RunType::Scheduled, due_at, now)?;
        runs::insert(tx, &run)?;
        tx.signal(Signal::Runs);
        tx.signal(Signal::changed(&*monitor.workspace_id, "run"));
    }
    monitors::set_due(tx, &monitor.id, Some(advance.next_due_at))
}
