//! Claiming runs: as many as there are free places, the longest queued first; and what a stopped node left behind.

use std::sync::Arc;

use domain::run::{AfterCrash, after_crash};
use store::{Result, tables::runs};
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use super::{execute, finish};
use crate::{
    engine::Engine,
    stage::{Next, Stage},
};

/// The stage. Its executions are tasks of `tasks`, and `done` wakes it when a place becomes free.
pub(crate) struct RunStage {
    engine: Engine,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
    done: Arc<Notify>,
}

impl RunStage {
    pub(crate) fn new(engine: Engine, tasks: TaskTracker, done: Arc<Notify>) -> Self {
        let places = Arc::new(Semaphore::new(engine.config().runs_at_once.max(1)));
        Self {
            engine,
            places,
            tasks,
            done,
        }
    }
}

impl Stage for RunStage {
    const NAME: &'static str = "run";

    async fn step(&mut self) -> Result<Next> {
        let free = self.places.available_permits();
        if free == 0 {
            return Ok(Next::Idle);
        }
        let now = self.engine.now();
        let claimed = self.engine.store().write(move |tx| runs::claim_queued(tx, now, free)).await?;
        for run in claimed {
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
                break;
            };
            let (engine, done) = (self.engine.clone(), Arc::clone(&self.done));
            self.tasks.spawn(async move {
                execute::to_the_end(&engine, run).await;
                drop(place);
                done.notify_one();
            });
        }
        // A full house is woken by `done`; otherwise the queue is empty and the signal wakes.
        Ok(Next::Idle)
    }
}

/// At the start: runs that a stopped node was executing are queued again, or ended as aborts if that happened before.
pub(crate) async fn recover(engine: &Engine) -> Result<()> {
    let now = engine.now();
    let recovered = engine
        .store()
        .write(move |tx| {
            let left_behind = runs::unfinished_running(tx)?;
            for run in &left_behind {
                match after_crash(run.starts.unsigned_abs()) {
                    AfterCrash::QueueAgain => drop(runs::requeue(tx, &run.id)?),
                    AfterCrash::Abort => {
                        let why = "the server stopped twice while it was running";
                        finish::commit(tx, run, &finish::Outcome::aborted(why), now)?;
                    }
                }
            }
            Ok::<_, store::Error>(left_behind.len())
        })
        .await?;
    if recovered > 0 {
        tracing::info!(runs = recovered, "runs that were cut off by the last stop were taken up again");
    }
    Ok(())
}
