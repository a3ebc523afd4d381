//! The schedule stage: at a monitor's due time a run is queued and the next due time is stored, in one transaction.
//!
//! All monitors that are due at one moment are taken together. A monitor whose last run is not over starts no second one:
//! the slot is recorded as missed, as are those that passed while no node was up.

use std::sync::Arc;

use domain::{
    Clock, Micros, Problem,
    clock::SECOND,
    run::RunType,
    schedule::{Passed, Schedule, spread_of},
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

/// Monitors taken in one transaction: a commit of some milliseconds, so that delivery waits for no thousand of them. The rest
/// follows at once.
const BATCH: usize = 200;

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
    /// The time at the last step: should it be earlier now, the clock was set back.
    pub seen: Option<Micros>,
}

impl Stage for ScheduleStage {
    const NAME: &'static str = "schedule";

    async fn step(&mut self) -> Result<Next> {
        let now = self.clock.now();
        if self.seen.is_none_or(|seen| now < seen - SECOND) {
            self.clock_was_set(now).await?;
        }
        self.seen = Some(now);
        let next = self.store.read(monitors::next_due).await?;
        match next {
            None => Ok(Next::Idle),
            Some(at) if at > now => Ok(Next::At(at)),
            Some(_) => self.take_due(now).await,
        }
    }
}

/// A due monitor as it was read, and its slots, or why it has none. Counted before the transaction, which only checks that
/// nobody changed the monitor meanwhile.
struct Due {
    monitor: Monitor,
    passed: Result<Passed, Problem>,
}

impl ScheduleStage {
    async fn take_due(&self, now: Micros) -> Result<Next> {
        let found = match self.store.read(move |tx| monitors::due(tx, now, BATCH)).await {
            Err(error) if !error.is_transient() => self.due_one_by_one(now).await?,
            result => result?,
        };
        let full = found.len() == BATCH;
        let counted = tokio::task::spawn_blocking(move || found.into_iter().filter_map(|monitor| count(monitor, now)).collect());
        let due: Vec<Due> = counted.await.map_err(|error| store::Error::Panicked(error.to_string()))?;
        let write = move |tx: &mut dyn Tx| {
            for due in &due {
                take(tx, due, now)?;
            }
            monitors::next_due(tx)
        };
        let next = self.store.write(write).await?;
        Ok(if full { Next::Again } else { next.map_or(Next::Idle, Next::At) })
    }
}

impl ScheduleStage {
    /// At the start, and when the clock was set back: no monitor waits longer than its schedule says.
    async fn clock_was_set(&self, now: Micros) -> Result<()> {
        let ahead = match self.store.read(move |tx| monitors::due_after(tx, now)).await {
            Err(error) if !error.is_transient() => {
                tracing::error!(%error, "the due times could not be checked against the clock");
                return Ok(());
            }
            result => result?,
        };
        let check = move || {
            let next = |monitor: &Monitor| monitor.schedule.next_after(now, spread_of(&monitor.id)).ok();
            let late = ahead.into_iter().filter_map(|monitor| Some((next(&monitor)?, monitor)));
            late.filter(|(next, monitor)| monitor.next_due_at > Some(*next)).collect::<Vec<_>>()
        };
        let late = tokio::task::spawn_blocking(check)
            .await
            .map_err(|error| store::Error::Panicked(error.to_string()))?;
        for (next, monitor) in late {
            tracing::info!(
                monitor = monitor.id,
                "its due time was stored by a clock that was ahead, and is set anew"
            );
            let write = move |tx: &mut dyn Tx| {
                run::lock(tx, &monitor.id)?;
                let stored = monitors::by_id(tx, &monitor.id)?;
                match stored.filter(|stored| stored.active && stored.next_due_at == monitor.next_due_at) {
                    Some(_) => {
                        tx.signal(Signal::changed(&*monitor.workspace_id, "monitor"));
                        monitors::set_due(tx, &monitor.id, Some(next))
                    }
                    None => Ok(()),
                }
            };
            self.store.write(write).await?;
        }
        Ok(())
    }

    /// One monitor that cannot be read must not hold up every other: it has no due time any more.
    async fn due_one_by_one(&self, now: Micros) -> Result<Vec<Monitor>> {
        let mut found = Vec::new();
        for id in self.store.read(move |tx| monitors::due_ids(tx, now, BATCH)).await? {
            let read = id.clone();
            match self.store.read(move |tx| monitors::by_id(tx, &read)).await {
                Ok(monitor) => found.extend(monitor),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::error!(monitor = id, %error, "a monitor cannot be read and rests; save it anew");
                    self.store.write(move |tx| monitors::set_due(tx, &id, None)).await?;
                }
            }
        }
        Ok(found)
    }
}

fn count(monitor: Monitor, now: Micros) -> Option<Due> {
    let passed = monitor.schedule.passed(monitor.next_due_at?, now, spread_of(&monitor.id));
    Some(Due { monitor, passed })
}

fn take(tx: &mut dyn Tx, due: &Due, now: Micros) -> Result<()> {
    // Beside the action "run now" and a change by hand: whoever comes second sees what the first one did.
    run::lock(tx, &due.monitor.id)?;
    let Some(monitor) = monitors::by_id(tx, &due.monitor.id)? else {
        return Ok(());
    };
    let same =
        |other: &Monitor| (other.active, other.next_due_at) == (true, due.monitor.next_due_at) && other.schedule == due.monitor.schedule;
    if !same(&monitor) {
        return Ok(());
    }
    let passed = match &due.passed {
        Ok(passed) => passed,
        Err(problem) => {
            // It was checked when it was saved: a time zone has vanished, or the last date has passed.
            tracing::warn!(monitor = monitor.id, %problem, "a monitor has no next due time and rests");
            return monitors::set_due(tx, &monitor.id, None);
        }
    };
    let advance = passed.advance(monitors::has_unfinished_run(tx, &monitor.id)?);
    if let Some(missed) = &advance.missed {
        monitors::record_missed(tx, &monitor.id, missed)?;
        tx.signal(Signal::changed(&*monitor.workspace_id, "monitor"));
    }
    if advance.start {
        let run = run::next_run(tx, &monitor, RunType::Scheduled, advance.slot, now)?;
        runs::insert(tx, &run)?;
        tx.signal(Signal::Runs);
        tx.signal(Signal::changed(&*monitor.workspace_id, "run"));
    }
    monitors::set_due(tx, &monitor.id, Some(advance.next_due_at))
}
