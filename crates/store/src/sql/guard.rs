//! Runs the closure of a transaction so that no error is overlooked and no panic takes the database's thread along.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Tx;
use crate::error::{Error, Result, panic_text};

/// A transaction that remembers its first failure.
pub(crate) trait Doomed: Tx {
    /// The first error of any of its statements.
    fn failure(&mut self) -> Option<Error>;
}

/// Runs `closure`; `Ok` means that the transaction may be committed.
pub(crate) fn run_guarded<X, T, E>(tx: &mut X, closure: impl FnOnce(&mut dyn Tx) -> Result<T, E>) -> Result<T, E>
where
    X: Doomed,
    E: From<Error>,
{
    // Whatever the closure left half-changed is dropped with it or rolled back, so nothing broken is seen after a panic.
    match catch_unwind(AssertUnwindSafe(|| closure(tx))) {
        Ok(Ok(value)) => tx.failure().map_or(Ok(value), |error| Err(error.into())),
        Ok(Err(error)) => Err(error),
        Err(payload) => {
            let text = panic_text(&*payload);
            tracing::error!(panic = text, "a transaction panicked and was rolled back");
            Err(Error::Panicked(text).into())
        }
    }
}
