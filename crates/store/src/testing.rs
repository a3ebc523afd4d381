//! Stores for tests, of this crate and of others: each on a database of its own.
//!
//! SQLite stores live in a temporary folder that goes with them. PostgreSQL stores live in a schema of their own on the server
//! that `WATCHBELL_TEST_POSTGRES` names; it is a throw-away server (`scripts/postgres start`), so schemas are left behind.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Options, Result, Store, Vault, vault::KEY_LENGTH};

/// URL of a PostgreSQL server for tests.
const POSTGRES: &str = "WATCHBELL_TEST_POSTGRES";
/// `1`: tests fail without that server.
const REQUIRED: &str = "WATCHBELL_TEST_REQUIRE_POSTGRES";

/// The key of every test's vault.
const KEY: [u8; KEY_LENGTH] = [7; KEY_LENGTH];

/// A database to test on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a temporary folder.
    Sqlite,
    /// In a new schema of the test server.
    Postgres,
}

/// A database of a test's own: it can be opened, closed and opened again.
pub struct TestDatabase {
    options: Options,
    /// Deleted when dropped.
    folder: Option<TempDir>,
}

/// The databases to run a test on: SQLite, and PostgreSQL if a server is configured.
///
/// # Panics
/// Without a server, if `WATCHBELL_TEST_REQUIRE_POSTGRES` is `1`.
pub fn kinds() -> Vec<Kind> {
    if postgres_url().is_some() {
        return vec![Kind::Sqlite, Kind::Postgres];
    }
    assert!(
        variable(REQUIRED).as_deref() != Some("1"),
        "`{REQUIRED}` is 1, but `{POSTGRES}` names no server\n\nhint: eval \"$(scripts/postgres start)\""
    );
    #[allow(clippy::print_stderr, reason = "a note beside the test's result")]
    {
        eprintln!("note: `{POSTGRES}` is not set, so this test runs on SQLite only");
    }
    vec![Kind::Sqlite]
}

/// A new database, not opened yet.
///
/// # Panics
/// If it cannot be made.
#[allow(clippy::expect_used, reason = "without a database there is no test")]
pub async fn database(kind: Kind) -> TestDatabase {
    match kind {
        Kind::Sqlite => {
            let folder = TempDir::with_prefix("watchbell-store-").expect("a temporary folder");
            let options = Options::Sqlite {
                folder: folder.path().join("data"),
                readers: 2,
            };
            TestDatabase {
                options,
                folder: Some(folder),
            }
        }
        Kind::Postgres => {
            let url = postgres_url().expect("the URL of a PostgreSQL server");
            let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
                .await
                .expect("a connection to the test server");
            let connection = tokio::spawn(connection);
            client
                .batch_execute(&format!("CREATE SCHEMA {schema}"))
                .await
                .expect("a new schema");
            drop(client);
            // It ends when its client is gone.
            let _ = connection.await;
            let separator = if url.contains('?') { '&' } else { '?' };
            let url = format!("{url}{separator}options=-csearch_path%3D{schema}");
            TestDatabase {
                options: Options::Postgres { url, connections: 8 },
                folder: None,
            }
        }
    }
}

/// A new store, open; keep the database as long as it.
///
/// # Panics
/// If it cannot be made.
#[allow(clippy::expect_used, reason = "without a store there is no test")]
pub async fn store(kind: Kind) -> (Store, TestDatabase) {
    let database = database(kind).await;
    let store = database.open().await.expect("a store");
    (store, database)
}

impl TestDatabase {
    /// Opens it, as a starting server does.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open(&self) -> Result<Store> {
        Store::open(self.options(), vault()?, 0).await
    }

    /// How to open it.
    pub fn options(&self) -> Options {
        self.options.clone()
    }

    /// The data folder, of an SQLite database.
    pub fn folder(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(TempDir::path).map(|folder: &Path| folder.join("data"))
    }
}

/// The vault of every test store.
///
/// # Errors
/// None in practice: the key is fixed.
pub fn vault() -> Result<Vault> {
    Vault::new(&[KEY])
}

fn postgres_url() -> Option<String> {
    variable(POSTGRES).filter(|url| !url.is_empty())
}

#[allow(
    clippy::disallowed_methods,
    reason = "which servers tests may use is not the program's configuration"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
