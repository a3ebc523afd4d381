//! Whatever happens, a run ends: one that stays running in the store stops its monitor for ever.
//!
//! While the store is away, its result waits. What the store refuses for good is left out step by step: first the result, then
//! also the event.

use std::{sync::Arc, time::Duration};

use domain::Micros;
use store::{Tx, tables::runs::Run};

use super::finish::{self, Outcome};
use crate::engine::Engine;

/// Pause before the store is asked again after it could not take a result.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Times that an operation is repeated because a row that it refers to vanished meanwhile.
const REFERENCES: u32 = 3;

/// A way to commit it.
type Commit = fn(&mut dyn Tx, &Run, &Outcome, Micros) -> store::Result<()>;

/// Commits the end of a run.
pub(super) async fn end(engine: &Engine, run: Run, outcome: Outcome) {
    let (run, mut outcome) = (Arc::new(run), Arc::new(outcome));
    let steps: [Commit; 3] = [finish::commit, finish::commit, finish::commit_quietly];
    for commit in steps {
        let ended = patiently(|| {
            let (run, outcome, now) = (Arc::clone(&run), Arc::clone(&outcome), engine.now());
            engine.store().write(move |tx| commit(tx, &run, &outcome, now))
        });
        let Err(error) = ended.await else {
            engine.counters().run_ended(outcome.status);
            return;
        };
        tracing::error!(run = run.id, %error, "a run's result could not be stored");
        outcome = Arc::new(Outcome::error("the run's result could not be stored; the server's log says why"));
    }
    // It is still running in the store, where the stage finds it, as after a crash.
    tracing::error!(run = run.id, "a run could not be ended");
}

/// Repeats a store operation while the store is busy or away: the result of minutes of work is not thrown away for that.
pub(super) async fn patiently<T, F>(mut operation: impl FnMut() -> F) -> store::Result<T>
where
    F: Future<Output = store::Result<T>>,
{
    let mut references = 0;
    loop {
        match operation().await {
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "the store cannot take a run now and is asked again");
                tokio::time::sleep(STORE_PAUSE).await;
            }
            // A webhook that was to hear of it was deleted at the same instant: the next time it is not there.
            Err(store::Error::Reference(_)) if references < REFERENCES => references += 1,
            result => return result,
        }
    }
}
