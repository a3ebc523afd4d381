//! The start and the end of the stages.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    deliver,
    engine::Engine,
    lanes::{self, Lanes},
    mail::MailStage,
    replay::ReplayStage,
    run::{self, RunStage},
    schedule::ScheduleStage,
    stage::{Wake, drive},
    sweep::SweepStage,
};

/// Pause before recovery is tried again when the store is away at the start.
const RECOVERY_PAUSE: Duration = Duration::from_millis(1_000);

impl Engine {
    /// Starts the stages, after what the last stop cut off was taken up again. To be called once, within the runtime.
    pub fn start(&self) -> Running {
        let (stop, broken) = (CancellationToken::new(), CancellationToken::new());
        let (runs, mut tasks) = (TaskTracker::new(), JoinSet::new());
        // All wake-ups are taken before any stage looks at its table.
        let (store, clock) = (self.store(), self.clock());
        let (schedule_signal, run_signal, delivery_signal) = (store.schedule_waker(), store.run_waker(), store.delivery_waker());
        let (replay_signal, sweep_signal, mail_signal) = (store.replay_waker(), store.sweep_waker(), store.mail_waker());
        let (lanes, asks, finished) = Lanes::new(self.clone(), stop.clone());
        self.set_lanes(&lanes);

        let own = || Arc::new(Notify::new());
        let schedule = ScheduleStage {
            store: store.clone(),
            clock: self.clock(),
            seen: None,
        };
        let wake = Wake {
            signal: Some(schedule_signal),
            own: own(),
        };
        tasks.spawn(watched(
            "schedule",
            broken.clone(),
            drive(schedule, wake, Arc::clone(&clock), stop.clone()),
        ));

        let sweep = SweepStage {
            store: store.clone(),
            clock: self.clock(),
            retention: self.config().retention,
        };
        let wake = Wake {
            signal: Some(sweep_signal),
            own: own(),
        };
        tasks.spawn(watched(
            "sweep",
            broken.clone(),
            drive(sweep, wake, Arc::clone(&clock), stop.clone()),
        ));

        let wake = Wake {
            signal: Some(replay_signal),
            own: own(),
        };
        tasks.spawn(watched(
            "replay",
            broken.clone(),
            drive(ReplayStage { engine: self.clone() }, wake, Arc::clone(&clock), stop.clone()),
        ));

        if let Some(mailer) = self.config().mail.clone() {
            let wake = Wake {
                signal: Some(mail_signal),
                own: own(),
            };
            let stage = MailStage {
                engine: self.clone(),
                mailer,
            };
            tasks.spawn(watched(
                "mail",
                broken.clone(),
                drive(stage, wake, Arc::clone(&clock), stop.clone()),
            ));
        }

        let done = own();
        let stage = RunStage::new(self.clone(), runs.clone(), Arc::clone(&done));
        let wake = Wake {
            signal: Some(run_signal),
            own: done,
        };
        let (engine, token) = (self.clone(), stop.clone());
        let run = async move {
            if engine.recovered(&token).await {
                drive(stage, wake, clock, token).await;
            }
        };
        tasks.spawn(watched("run", broken.clone(), run));

        tasks.spawn(watched(
            "deliver",
            broken.clone(),
            lanes::feed(Arc::clone(&lanes), delivery_signal, asks),
        ));
        let settle = deliver::settle_all(self.clone(), Arc::clone(&lanes), finished);
        tasks.spawn(watched("settle", broken.clone(), settle));
        Running {
            stop,
            runs,
            lanes,
            tasks,
            broken,
        }
    }

    /// Before runs are claimed, so that those of the last stop are not mistaken for this node's. Returns whether to go on.
    async fn recovered(&self, stop: &CancellationToken) -> bool {
        while let Err(error) = run::recover(self).await {
            tracing::error!(%error, "what the last stop cut off could not be taken up; it is tried again");
            tokio::select! {
                () = stop.cancelled() => return false,
                () = tokio::time::sleep(RECOVERY_PAUSE) => {}
            }
        }
        true
    }
}

/// The running stages.
pub struct Running {
    stop: CancellationToken,
    runs: TaskTracker,
    lanes: Arc<Lanes>,
    tasks: JoinSet<()>,
    broken: CancellationToken,
}

/// A stage that ends by a panic leaves a server that looks alive and does half of its work: that must be seen.
async fn watched(name: &'static str, broken: CancellationToken, stage: impl Future<Output = ()>) {
    if AssertUnwindSafe(stage).catch_unwind().await.is_err() {
        tracing::error!(stage = name, "a stage panicked; the server has to be started again");
        broken.cancel();
    }
}

impl Running {
    /// Returns when a stage has panicked: whoever runs the engine should end then, and be started again.
    pub async fn broken(&self) {
        self.broken.cancelled().await;
    }

    /// Stops: nothing new begins, and what is in flight may come to its end until `deadline` has passed. What is cut off
    /// then is taken up at the next start.
    pub async fn shutdown(mut self, deadline: Duration) {
        self.stop.cancel();
        self.runs.close();
        let in_flight = async {
            tokio::join!(self.runs.wait(), self.lanes.drain());
            // The settle task ends last, when all results are committed.
            while self.tasks.join_next().await.is_some() {}
        };
        if tokio::time::timeout(deadline, in_flight).await.is_err() {
            tracing::warn!("the stop cut off what was still in flight; it is taken up at the next start");
        }
    }
}
