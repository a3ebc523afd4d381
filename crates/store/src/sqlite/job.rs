//! One waiting transaction: a closure, its outcome, and who waits for it, in one allocation.

use tokio::sync::oneshot;

use super::tx::SqliteTx;
use crate::{
    error::{Error, Result},
    sql::{Tx, guard::run_guarded},
};

/// A transaction of any type, for the queues.
pub(super) trait Job: Send {
    /// Whether nobody waits for it any more, so that it need not start.
    fn is_abandoned(&self) -> bool;
    /// Runs the closure and keeps its outcome. Returns whether it is to be committed.
    fn run(&mut self, tx: &mut SqliteTx<'_>) -> bool;
    /// Answers: with the outcome, or with `commit`'s error where the outcome counted on the commit.
    fn finish(self: Box<Self>, commit: Result<()>);
}

/// The one implementation of [`Job`].
pub(super) struct Task<F, T, E> {
    closure: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Task<F, T, E> {
    pub(super) fn new(closure: F) -> (Box<Self>, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (
            Box::new(Self {
                closure: Some(closure),
                outcome: None,
                reply,
            }),
            answer,
        )
    }
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut SqliteTx<'_>) -> bool {
        let outcome = self.closure.take().map(|closure| run_guarded(tx, closure));
        let commit = matches!(outcome, Some(Ok(_)));
        self.outcome = outcome;
        commit
    }

    fn finish(self: Box<Self>, commit: Result<()>) {
        let outcome = match (self.outcome, commit) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(_)) | None, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::Unavailable("the transaction was not run".to_owned()).into()),
        };
        // Whoever asked may have gone meanwhile.
        let _ = self.reply.send(outcome);
    }
}
