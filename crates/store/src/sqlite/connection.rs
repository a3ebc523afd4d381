//! Connections, set up once: durability, limits and caches.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::failure;
use crate::error::{Error, Result};

/// Prepared statements kept for each connection; every text of this program fits.
const STATEMENTS_CACHED: usize = 256;

/// How long to wait for a lock. Only a backup tool or a shell of the operator ever holds one.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The one connection that writes. Checkpoints are the writer's own business: none happens within a commit.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(failure::translate)?;
    if mode != "wal" {
        return Err(Error::file(
            path,
            format!("the file system allows no write-ahead log (journal mode is `{mode}`)\n\nhint: use a local disk"),
        ));
    }
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;
             PRAGMA cache_size = -16384;",
        )
        .map_err(failure::translate)?;
    Ok(connection)
}

/// The connection that moves the log into the database file while the writer goes on. `FULL` as the writer: what is moved is
/// synced before the log may start afresh.
pub(super) fn checkpointer(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -64;")
        .map_err(failure::translate)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    // Opened read-write, because a reader takes part in the shared memory of the log; `query_only` forbids the rest.
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2048;")
        .map_err(failure::translate)?;
    Ok(connection)
}

/// No memory mapping: each connection would map the file once more, and its pages would count as often in the process's memory.
fn open(path: &Path, access: OpenFlags) -> Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failure::translate)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failure::translate)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    // A plan that depends on the values bound is made anew whenever they change; ours do not.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(failure::translate)?;
    connection
        .execute_batch("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;")
        .map_err(failure::translate)?;
    Ok(connection)
}
