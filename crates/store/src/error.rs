//! What can go wrong at the database, in the words of the caller.
//!
//! Both databases report the same failures in different codes and texts. The stages and actions above must act alike on
//! either, so every driver error is translated here or in `sqlite/failure.rs` and `postgres/failure.rs` into one of these
//! variants, and the variant (not the text) says what to do: try again later, tell the user, or stop.

use std::path::PathBuf;

/// The result of a store operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the store. Cloneable, because one failed commit fails every write of its group.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The database is too busy to answer in time (a lock, a full pool). Nothing was
    /// changed; trying again is right.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// Two transactions waited for each other, and this one was broken off. Nothing was changed; trying again at once is
    /// right.
    #[error("two transactions waited for each other: {0}")]
    Deadlock(String),
    /// The database cannot be used now (disk full, connection lost, shut down). Nothing is known to have changed,
    /// except after a connection was lost during COMMIT.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A unique key is taken. The columns are named as in the schema, the same on both databases.
    #[error("`{table}` already has a row with this ({columns})")]
    Conflict {
        /// Table of the unique key.
        table: String,
        /// Columns of the key in its order, joined by `, `.
        columns: String,
    },
    /// A row that this one refers to does not exist, or a row that is still referred to was to be deleted.
    #[error("a foreign key does not hold: {0}")]
    Reference(String),
    /// A NOT NULL or CHECK constraint was violated: a bug of the caller, whose validation should have caught it.
    #[error("a constraint does not hold: {0}")]
    Constraint(String),
    /// The row asked for does not exist; the text names the kind of thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A list was asked to go on from a place that is none: the client's mistake.
    #[error("`{0}` is not a cursor of this list")]
    Cursor(String),
    /// What is stored cannot be read back as what it should be.
    #[error("stored data is corrupt: {0}")]
    Corrupt(String),
    /// The statement itself is wrong (syntax, unknown column, wrong parameters): a bug of this program.
    #[error("a statement is wrong: {0}")]
    Statement(String),
    /// The closure of a transaction panicked; it was rolled back.
    #[error("a transaction panicked and was rolled back: {0}")]
    Panicked(String),
    /// The migrations in the database and in this binary do not fit together.
    #[error("{0}")]
    Migration(String),
    /// A secret cannot be encrypted or decrypted.
    #[error("{0}")]
    Vault(String),
    /// A file or folder of the store cannot be used.
    #[error("cannot use `{}`: {why}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The reason, and what to try.
        why: String,
    },
}

impl Error {
    /// Whether the same operation may succeed when it is tried again later (an HTTP 503 upstream).
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Deadlock(_) | Self::Unavailable(_))
    }

    /// Whether this is a conflict on exactly that key: `columns` as in the schema, joined by `, `.
    pub fn is_conflict_on(&self, table: &str, columns: &str) -> bool {
        matches!(self, Self::Conflict { table: t, columns: c } if t == table && c == columns)
    }

    /// A file error with its path.
    pub(crate) fn file(path: impl Into<PathBuf>, why: impl std::fmt::Display) -> Self {
        Self::File {
            path: path.into(),
            why: why.to_string(),
        }
    }
}

/// The text of a panic, as far as it has one.
pub(crate) fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
