//! PostgreSQL's errors in the store's words.

use std::error::Error as _;

use tokio_postgres::error::{DbError, SqlState};

use super::types::Unfit;
use crate::error::Error;

/// Translates a driver error.
pub(super) fn translate(error: &tokio_postgres::Error) -> Error {
    if let Some(error) = error.as_db_error() {
        return by_state(error);
    }
    let cause = error.source();
    // Whatever has no code and is not a parameter of ours is the connection.
    if let Some(unfit) = cause.and_then(|cause| cause.downcast_ref::<Unfit>()) {
        return Error::Statement(format!("{error}: {unfit}"));
    }
    let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    Error::Unavailable(format!("{error}{cause}"))
}

fn by_state(error: &DbError) -> Error {
    let message = error.message().to_owned();
    match error.code() {
        state if *state == SqlState::UNIQUE_VIOLATION => conflict(error),
        state if *state == SqlState::FOREIGN_KEY_VIOLATION => Error::Reference(message),
        state if *state == SqlState::T_R_SERIALIZATION_FAILURE || *state == SqlState::T_R_DEADLOCK_DETECTED => Error::Deadlock(message),
        state if *state == SqlState::LOCK_NOT_AVAILABLE || *state == SqlState::TOO_MANY_CONNECTIONS => Error::Busy(message),
        state => match state.code().get(..2) {
            // Integrity constraints and data exceptions, connections and authorization, resources and operators.
            Some("22" | "23") => Error::Constraint(message),
            Some("08" | "28" | "3D" | "53" | "57" | "58" | "25" | "F0") => Error::Unavailable(message),
            Some("XX") => Error::Corrupt(message),
            _ => Error::Statement(format!("{message} (SQLSTATE {})", state.code())),
        },
    }
}

/// Names the key by its columns, which are in the detail: `Key (a, b)=(1, 2) already exists.`
fn conflict(error: &DbError) -> Error {
    let columns = error
        .detail()
        .and_then(|detail| detail.split_once('('))
        .and_then(|(_, rest)| rest.split_once(")=("))
        .map_or_else(|| error.constraint().unwrap_or_default(), |(columns, _)| columns);
    Error::Conflict {
        table: error.table().unwrap_or_default().to_owned(),
        columns: columns.to_owned(),
    }
}
