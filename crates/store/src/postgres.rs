//! The server database: PostgreSQL behind a pool of connections.
//!
//! A closure runs on a blocking thread that holds one connection for the whole transaction; the pool's size bounds how
//! many run at once. Connections are plain TCP or a Unix socket: TLS to the database is not offered yet, so a server on
//! another machine belongs in a private network.

mod failure;
mod tx;
mod types;

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType, Timeouts,
};
use tokio_postgres::NoTls;

use crate::{
    error::{Error, Result},
    signal::Signals,
    sql::{Tx, guard::run_guarded},
};
use tx::{Access, PostgresTx};

/// How long a transaction waits for a connection before the database counts as busy.
const POOL_WAIT: Duration = Duration::from_secs(10);

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The oldest server that this program's SQL is written for (`server_version_num`).
const OLDEST_SERVER: i64 = 150_000;

/// A commit that is answered must be on disk, whatever the server's default; a stricter default (`remote_apply`) stays.
/// And no transaction waits without end, for a lock or for an answer, unless the server was told a bound of its own.
const SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
    SELECT set_config('lock_timeout', '30s', false) WHERE current_setting('lock_timeout') = '0';
    SELECT set_config('statement_timeout', '10min', false) WHERE current_setting('statement_timeout') = '0'";

/// How long what was sent may stay unacknowledged, and a connection without a word, before it counts as lost: a server that
/// vanished without closing its connections would hold transactions for many minutes.
const SILENCE: Duration = Duration::from_secs(30);

/// The server database, connected.
pub(crate) struct Postgres {
    pool: Pool,
    signals: Arc<Signals>,
}

impl Postgres {
    /// Connects to `url` with at most `connections` connections.
    pub(crate) async fn open(url: &str, connections: usize, signals: Arc<Signals>) -> Result<Self> {
        let mut config: tokio_postgres::Config = url
            .parse()
            .map_err(|error| Error::Unavailable(format!("the PostgreSQL URL is not valid: {error}")))?;
        config.connect_timeout(CONNECT_TIMEOUT);
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        config.keepalives_idle(config.get_keepalives_idle().min(SILENCE));
        if config.get_application_name().is_none() {
            config.application_name("watchbell");
        }
        let manager = Manager::from_config(
            config,
            NoTls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let timeouts = Timeouts {
            wait: Some(POOL_WAIT),
            create: Some(CONNECT_TIMEOUT),
            recycle: None,
        };
        let pool = Pool::builder(manager)
            .max_size(connections.max(1))
            .runtime(Runtime::Tokio1)
            .timeouts(timeouts)
            .post_create(Hook::async_fn(|client: &mut ClientWrapper, _| {
                Box::pin(async move { client.batch_execute(SETTINGS).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|error| Error::Unavailable(format!("the connection pool cannot be built: {error}")))?;
        let this = Self { pool, signals };
        this.check_server().await?;
        Ok(this)
    }

    /// Says at the start, not at the first request, that the server cannot be reached or is too old.
    async fn check_server(&self) -> Result<()> {
        let read = |tx: &mut dyn Tx| {
            tx.query_one("version", "SELECT CAST(current_setting('server_version_num') AS BIGINT)", &[])?
                .int(0)
        };
        let version = self.read(read).await?;
        if version >= OLDEST_SERVER {
            return Ok(());
        }
        Err(Error::Unavailable(format!(
            "PostgreSQL is version {}, and 15 is the oldest that will do",
            version / 10_000
        )))
    }

    /// Runs `closure` in a transaction and returns after its durable commit.
    pub(crate) async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run(Access::Write, closure).await
    }

    /// Runs `closure` on a snapshot.
    pub(crate) async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run(Access::Read, closure).await
    }

    /// Closes the connections that are not in use, and the others when they are given back.
    pub(crate) fn close(&self) {
        self.pool.close();
    }

    async fn run<T, E, F>(&self, access: Access, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let connection = self.connection().await?;
        let signals = Arc::clone(&self.signals);
        let handle = tokio::runtime::Handle::current();
        let transaction = move || {
            let mut tx = PostgresTx::new(&connection, &handle, access);
            let outcome = run_guarded(&mut tx, closure);
            let ended = if outcome.is_ok() { tx.commit(&signals) } else { tx.roll_back() };
            if ended.is_err() {
                // Its state is not known: it must not go back to the pool.
                drop(Object::take(connection));
            }
            // An error of the closure is the cause; that of a rollback says only that the connection went too.
            match (outcome, ended) {
                (Ok(_), Err(error)) => Err(error.into()),
                (outcome, _) => outcome,
            }
        };
        tokio::task::spawn_blocking(transaction)
            .await
            .unwrap_or_else(|error| Err(Error::Unavailable(format!("the transaction was interrupted: {error}")).into()))
    }

    async fn connection(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => Error::Busy("every connection to PostgreSQL is in use".to_owned()),
            PoolError::Backend(error) => failure::translate(&error),
            other => Error::Unavailable(format!("no connection to PostgreSQL: {other}")),
        })
    }
}
