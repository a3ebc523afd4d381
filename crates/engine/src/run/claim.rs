//! Claiming runs: as many as there are free places, the longest queued first; and what nobody executes, because a node stopped
//! or because the answer to a commit was lost.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use domain::{
    Micros,
    run::{AfterCrash, after_crash},
};
use store::{
    Result,
    tables::runs::{self, Run},
};
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use super::{end::end, execute, finish};
use crate::{
    engine::Engine,
    stage::{FALLBACK, Next, Stage},
};

/// The stage. Its executions are tasks of `tasks`, and `done` wakes it when a place becomes free.
pub(crate) struct RunStage {
    engine: Engine,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
    done: Arc<Notify>,
    executing: Executing,
    /// When it was last looked for runs that nobody executes.
    looked: Option<Instant>,
}

impl RunStage {
    pub(crate) fn new(engine: Engine, tasks: TaskTracker, done: Arc<Notify>) -> Self {
        let places = Arc::new(Semaphore::new(engine.config().runs_at_once.max(1)));
        Self {
            engine,
            places,
            tasks,
            done,
            executing: Executing::default(),
            looked: None,
        }
    }
}

/// The ids of the runs that this node executes.
#[derive(Debug, Clone, Default)]
struct Executing(Arc<Mutex<HashSet<String>>>);

impl Executing {
    fn ids(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage for RunStage {
    const NAME: &'static str = "run";

    async fn step(&mut self) -> Result<Next> {
        if self.looked.is_none_or(|looked| looked.elapsed() >= FALLBACK) {
            match take_up(&self.engine, &self.executing).await {
                Err(error) if !error.is_transient() => tracing::error!(%error, "runs that were cut off cannot be read and rest"),
                result => result?,
            }
            self.looked = Some(Instant::now());
        }
        let free = self.places.available_permits();
        if free == 0 {
            return Ok(Next::Idle);
        }
        let now = self.engine.now();
        let claimed = match self.engine.store().write(move |tx| runs::claim_queued(tx, now, free)).await {
            Err(error) if !error.is_transient() => self.claim_one_by_one(now, free).await?,
            result => result?,
        };
        for run in claimed {
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
                break;
            };
            let (engine, done, executing) = (self.engine.clone(), Arc::clone(&self.done), self.executing.clone());
            executing.ids().insert(run.id.clone());
            self.tasks.spawn(async move {
                let id = run.id.clone();
                execute::to_the_end(&engine, run).await;
                executing.ids().remove(&id);
                drop(place);
                done.notify_one();
            });
        }
        // A full house is woken by `done`; otherwise the queue is empty and the signal wakes.
        Ok(Next::Idle)
    }
}

impl RunStage {
    /// One run that cannot be read must not hold up every other: it ends with an error.
    async fn claim_one_by_one(&self, now: Micros, free: usize) -> Result<Vec<Run>> {
        let (store, mut claimed) = (self.engine.store(), Vec::new());
        for id in store.read(move |tx| runs::queued_ids(tx, free)).await? {
            let claim = id.clone();
            match store.write(move |tx| runs::claim_one(tx, &claim, now)).await {
                Ok(run) => claimed.extend(run),
                Err(error) if error.is_transient() => {
                    // What is claimed already has to be executed.
                    tracing::warn!(%error, "runs are claimed later");
                    break;
                }
                Err(error) => {
                    tracing::error!(run = id, %error, "a run cannot be read and is ended");
                    let finished = finish::Outcome::error("the run's record cannot be read; the server's log says why").finished(&id, now);
                    if let Err(error) = store.write(move |tx| runs::finish(tx, &finished)).await {
                        tracing::error!(run = id, %error, "a run that cannot be read could not be ended");
                    }
                }
            }
        }
        Ok(claimed)
    }
}

/// At the start: what a stopped node was executing.
pub(crate) async fn recover(engine: &Engine) -> Result<()> {
    match take_up(engine, &Executing::default()).await {
        Err(error) if !error.is_transient() => {
            tracing::error!(%error, "runs that were cut off cannot be read and rest");
            Ok(())
        }
        result => result,
    }
}

/// Runs that are running in the store and not here are queued again, or ended as aborts if that happened before.
async fn take_up(engine: &Engine, executing: &Executing) -> Result<()> {
    let running = engine.store().read(runs::unfinished_running).await?;
    // Looked at after the store: whatever ended meanwhile is finished there, and is left alone below.
    let left_behind: Vec<_> = {
        let here = executing.ids();
        running.into_iter().filter(|run| !here.contains(&run.id)).collect()
    };
    if left_behind.is_empty() {
        return Ok(());
    }
    tracing::info!(runs = left_behind.len(), "runs that were cut off are taken up again");
    for run in left_behind {
        match after_crash(run.starts.unsigned_abs()) {
            AfterCrash::QueueAgain => drop(engine.store().write(move |tx| runs::requeue(tx, &run.id)).await?),
            AfterCrash::Abort => {
                let why = "it was begun twice and cut off both times, as by a stop of the server";
                end(engine, run, finish::Outcome::aborted(why)).await;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
