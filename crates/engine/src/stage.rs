//! The loop of a stage, written once: a stage says what to do in one step and when to come back.
//!
//! It is woken by its signal, by its own finished work, or at the stored due time. The fallback only covers what none of
//! them can tell: a clock that was set, or another process that wrote to the database.

use std::{sync::Arc, time::Duration};

use domain::{Clock, Micros};
use store::Waker;
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

/// Longest sleep of a stage that waits for a due time or a signal.
pub(crate) const FALLBACK: Duration = Duration::from_secs(30);

/// Pause after a step that failed.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// When to come back unless woken before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// At once: there is more.
    Again,
    /// At this time.
    At(Micros),
    /// After the fallback's pause.
    Idle,
}

/// One stage.
pub(crate) trait Stage: Send {
    /// Its name in the log.
    const NAME: &'static str;

    /// Does what can be done now.
    fn step(&mut self) -> impl Future<Output = store::Result<Next>> + Send;
}

/// What wakes a stage before its time.
pub(crate) struct Wake {
    /// The store's signal, taken before the first look at the table.
    pub signal: Option<Waker>,
    /// The stage's own work came to an end.
    pub own: Arc<Notify>,
}

impl Wake {
    async fn woken(&mut self) {
        let own = self.own.notified();
        match &mut self.signal {
            Some(signal) => tokio::select! { () = signal.woken() => {}, () = own => {} },
            None => own.await,
        }
    }
}

/// Drives a stage until `stop`.
pub(crate) async fn drive<S: Stage>(mut stage: S, mut wake: Wake, clock: Arc<dyn Clock>, stop: CancellationToken) {
    loop {
        let pause = match stage.step().await {
            Ok(next) => pause(next, clock.now()),
            Err(error) => {
                tracing::warn!(stage = S::NAME, %error, "a step failed and is tried again");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = wake.woken() => {}
            () = sleep(pause) => {}
        }
    }
}

/// How long to sleep, at most [`FALLBACK`].
pub(crate) fn pause(next: Next, now: Micros) -> Duration {
    match next {
        Next::Again => Duration::ZERO,
        Next::At(at) => Duration::from_micros(at.saturating_sub(now).max(0).unsigned_abs()).min(FALLBACK),
        Next::Idle => FALLBACK,
    }
}
