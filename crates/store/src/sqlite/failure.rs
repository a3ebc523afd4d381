//! SQLite's errors in the store's words.

use rusqlite::{ErrorCode, ffi};

use crate::error::Error;

/// Translates a driver error.
pub(super) fn translate(error: rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => by_code(code, message.unwrap_or_else(|| code.to_string())),
        rusqlite::Error::SqlInputError { error, msg, .. } if error.code == ErrorCode::Unknown => Error::Statement(msg),
        rusqlite::Error::SqlInputError { error, msg, .. } => by_code(error, msg),
        other => Error::Statement(other.to_string()),
    }
}

fn by_code(code: ffi::Error, message: String) -> Error {
    match code.code {
        ErrorCode::ConstraintViolation => constraint(code.extended_code, message),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy(message),
        ErrorCode::DiskFull => Error::Unavailable(format!("{message}\n\nhint: free some space on the disk that holds the data folder")),
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::OperationInterrupted
        | ErrorCode::OperationAborted
        | ErrorCode::FileLockingProtocolFailed => Error::Unavailable(message),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Corrupt(message),
        _ => Error::Statement(message),
    }
}

/// Names the unique key by its columns, as PostgreSQL's detail does, so that callers can tell keys apart on both.
fn constraint(extended_code: i32, message: String) -> Error {
    match extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            let key = message.strip_prefix("UNIQUE constraint failed: ").unwrap_or(&message);
            let mut table = "";
            let mut columns = Vec::new();
            for part in key.split(", ") {
                let (owner, column) = part.split_once('.').unwrap_or(("", part));
                table = owner;
                columns.push(column);
            }
            Error::Conflict {
                table: table.to_owned(),
                columns: columns.join(", "),
            }
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Reference(message),
        _ => Error::Constraint(message),
    }
}
