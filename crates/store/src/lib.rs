//! Where everything is kept: tables, migrations, encryption at rest, on SQLite or PostgreSQL behind one seam.
//!
//! A transaction is a closure: `store.write(|tx| …)` returns after its durable commit, `store.read(|tx| …)` sees one
//! snapshot. SQL is written here and nowhere else: the rest of the program calls the functions in [`tables`] within such
//! closures. All times are microseconds since the Unix epoch and are passed in.

pub mod error;
pub mod histogram;
pub mod migrate;
mod postgres;
mod sentinel;
pub mod signal;
pub mod sql;
mod sqlite;
pub mod tables;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vault;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use tokio::sync::broadcast;

pub use error::{Error, Result};
use histogram::{Distribution, Histogram};
pub use signal::{Change, DeliveryWaker, Due, Fresh, Signal, Waker};
pub use sql::{Dialect, Row, Tx, Value};
pub use tables::page::{Listed, Page};
pub use vault::{KeyFile, Place, Vault};

use postgres::Postgres;
use signal::Signals;
use sqlite::Sqlite;

/// Which database, and where.
#[derive(Clone)]
pub enum Options {
    /// The embedded database.
    Sqlite {
        /// The data folder; created if it is missing.
        folder: PathBuf,
        /// Reader threads (at least 1).
        readers: usize,
    },
    /// A PostgreSQL server.
    Postgres {
        /// `postgresql://user:password@host:port/database`, or the key-value form of libpq. Without TLS: a server on
        /// another machine belongs in a private network.
        url: String,
        /// Connections, and so transactions at once (at least 1).
        connections: usize,
    },
}

impl std::fmt::Debug for Options {
    /// Without the URL, which holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite { folder, readers } => f.debug_struct("Sqlite").field("folder", folder).field("readers", readers).finish(),
            Self::Postgres { connections, .. } => f.debug_struct("Postgres").field("connections", connections).finish_non_exhaustive(),
        }
    }
}

enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The open store. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    signals: Arc<Signals>,
    vault: Arc<Vault>,
    commits: Histogram,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, creates or migrates its tables, and checks that `vault` has its key. `now` is the time in
    /// microseconds since the Unix epoch.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Unavailable`] if it cannot be opened, [`Error::Migration`] if it does not fit this
    /// version, [`Error::Vault`] if the key is not the one it was made with.
    pub async fn open(options: Options, vault: Vault, now: i64) -> Result<Self> {
        let signals = Arc::new(Signals::new());
        let backend = match options {
            Options::Sqlite { folder, readers } => {
                let signals = Arc::clone(&signals);
                let open = move || Sqlite::open(&folder, readers, signals);
                let opened = tokio::task::spawn_blocking(open).await;
                Backend::Sqlite(opened.map_err(|error| Error::Unavailable(error.to_string()))??)
            }
            Options::Postgres { url, connections } => Backend::Postgres(Postgres::open(&url, connections, Arc::clone(&signals)).await?),
        };
        let store = Self {
            inner: Arc::new(Inner {
                backend,
                signals,
                vault: Arc::new(vault),
                commits: Histogram::default(),
            }),
        };
        if let Err(error) = store.prepare(now).await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    async fn prepare(&self, now: i64) -> Result<()> {
        migrate::run(self, migrate::MIGRATIONS, now).await?;
        sentinel::check(self).await
    }

    /// Runs `closure` in a transaction and returns its value after the durable commit. An error or a panic of the closure
    /// rolls it back. Keep closures short and free of other I/O: on SQLite they all share one thread.
    ///
    /// # Errors
    /// The closure's own, or the store's if the transaction or its commit failed.
    pub async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let begun = Instant::now();
        let written = match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.write(closure).await,
            Backend::Postgres(postgres) => postgres.write(closure).await,
        };
        self.inner
            .commits
            .observe(i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX));
        written
    }

    /// How long transactions took, from the call to the durable commit or the refusal.
    pub fn commits(&self) -> Distribution {
        self.inner.commits.snapshot()
    }

    /// Runs `closure` on one snapshot of the database; statements that change anything fail.
    ///
    /// # Errors
    /// The closure's own, or the store's if the snapshot cannot be read.
    pub async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.read(closure).await,
            Backend::Postgres(postgres) => postgres.read(closure).await,
        }
    }

    /// The schedule stage's wake-ups. As with every waker: take it before looking at the table.
    pub fn schedule_waker(&self) -> Waker {
        self.inner.signals.schedule()
    }

    /// The run stage's wake-ups.
    pub fn run_waker(&self) -> Waker {
        self.inner.signals.runs()
    }

    /// The replay stage's wake-ups.
    pub fn replay_waker(&self) -> Waker {
        self.inner.signals.replays()
    }

    /// The sweep stage's wake-ups.
    pub fn sweep_waker(&self) -> Waker {
        self.inner.signals.sweep()
    }

    /// The mail stage's wake-ups.
    pub fn mail_waker(&self) -> Waker {
        self.inner.signals.mails()
    }

    /// The deliver stage's wake-ups, with the webhooks that have work.
    pub fn delivery_waker(&self) -> DeliveryWaker {
        self.inner.signals.deliveries()
    }

    /// How often settings were changed in this process. What was read while it was the same, still holds.
    pub fn settings_changes(&self) -> u64 {
        self.inner.signals.settings_changes()
    }

    /// Every change committed from now on, for live pages.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.inner.signals.changes()
    }

    /// The encryption of secrets.
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// The encryption of secrets, to take into a closure.
    pub fn vault_handle(&self) -> Arc<Vault> {
        Arc::clone(&self.inner.vault)
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self.inner.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Commits what waits, moves everything into the database file and gives the data folder or connections back.
    /// Later calls fail with [`Error::Unavailable`].
    pub async fn close(&self) {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close(),
        }
    }

    /// Copies a snapshot of the running SQLite database into the new file `path`.
    ///
    /// # Errors
    /// [`Error::File`] if the file exists or cannot be written; [`Error::Statement`] on PostgreSQL, which has `pg_dump`.
    pub async fn backup_to(&self, path: &Path) -> Result<()> {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.backup_to(path.to_owned()).await,
            Backend::Postgres(_) => Err(Error::Statement("back up PostgreSQL with `pg_dump`".to_owned())),
        }
    }
}
