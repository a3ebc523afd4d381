//! The schema's numbered migrations, embedded, each applied once in a transaction of its own.
//!
//! A migration that was published is never changed: its checksum is stored, and a difference stops the start. So does a
//! database that a newer binary has migrated, because this one does not know what it would break.

use aws_lc_rs::digest;

use crate::{
    Store,
    error::{Error, Result},
    params,
    sql::{Dialect, Tx},
};

/// One step of the schema. The SQL must be understood by both databases.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number: 1, 2, 3 … without gaps.
    pub version: i64,
    /// A word or two, as in the file's name.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// The migrations of this binary.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "first",
    sql: include_str!("../migrations/0001_first.sql"),
}];

/// The one clause that only SQLite knows.
const SQLITE_ONLY: &str = "WITHOUT ROWID";

const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
)";

/// Brings the database to the last of `migrations`. `now` is the time in microseconds since the Unix epoch.
///
/// # Errors
/// [`Error::Migration`] if the database is newer than `migrations` or one of them was changed.
pub(crate) async fn run(store: &Store, migrations: &'static [Migration], now: i64) -> Result<()> {
    while let Some(applied) = store.write(move |tx| apply_next(tx, migrations, now)).await? {
        tracing::info!(version = applied.version, name = applied.name, "migrated the database");
    }
    Ok(())
}

/// Checks what was applied and applies the next migration, if there is one.
fn apply_next(tx: &mut dyn Tx, migrations: &'static [Migration], now: i64) -> Result<Option<Migration>> {
    // Several nodes may start at once.
    tx.lock("schema_migrations")?;
    tx.execute(BOOKKEEPING, &[])?;
    let rows = tx.query("SELECT version, name, checksum FROM schema_migrations ORDER BY version", &[])?;
    for row in &rows {
        check(migrations, row.int(0)?, row.str(1)?, row.str(2)?)?;
    }
    let Some(next) = migrations.get(rows.len()) else { return Ok(None) };
    match tx.dialect() {
        Dialect::Sqlite => tx.batch(next.sql)?,
        Dialect::Postgres => tx.batch(&next.sql.replace(SQLITE_ONLY, ""))?,
    }
    tx.execute(
        "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
        &params![next.version, next.name, checksum(next.sql), now],
    )?;
    Ok(Some(*next))
}

fn check(migrations: &[Migration], version: i64, name: &str, stored: &str) -> Result<()> {
    let Some(known) = migrations.iter().find(|known| known.version == version) else {
        return Err(Error::Migration(format!(
            "the database has migration {version} (`{name}`), which this version of Watchbell does not know\n\n\
             hint: start the newer version that made it, or restore a backup from before the upgrade"
        )));
    };
    if checksum(known.sql) == stored {
        Ok(())
    } else {
        Err(Error::Migration(format!(
            "migration {version} (`{name}`) is not the one that the database was made with\n\n\
             hint: start the version that made this database, or an official build"
        )))
    }
}

/// SHA-256 in hex.
fn checksum(sql: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, sql.as_bytes()))
}
