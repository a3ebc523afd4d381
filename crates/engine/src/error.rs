//! Why an action of the engine was not done: the caller can mend it, or the store could not.

use domain::Problem;

/// The error of everything that a person's action calls.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ActionError {
    /// The caller can mend it: which field, why, and what to try.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The store could not; nothing of it is for a screen.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The result of such an action.
pub type Result<T, E = ActionError> = std::result::Result<T, E>;
