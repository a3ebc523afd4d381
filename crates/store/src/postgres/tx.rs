//! A transaction on a PostgreSQL connection.
//!
//! The closure is synchronous, so each statement blocks this thread until its answer. BEGIN travels with the first
//! statement, which saves a round trip; a closure that runs none touches no database.

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio_postgres::{Statement, types::ToSql};

use super::{
    failure,
    types::{Bound, read_row},
};
use crate::{
    error::{Error, Result},
    signal::{Pending, Signal, Signals},
    sql::{Dialect, Row, Tx, Value, guard::Doomed},
};

/// Statements sent ahead of their answers.
const PIPELINE: usize = 256;

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Change rows. Decisions that must be serial take a lock.
    Write,
    /// Read one snapshot.
    Read,
}

impl Access {
    fn begin(self) -> &'static str {
        match self {
            Self::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// One closure's view of the connection.
pub(super) struct PostgresTx<'a> {
    connection: &'a Object,
    handle: &'a Handle,
    access: Access,
    begun: bool,
    signals: Pending,
    failure: Option<Error>,
}

impl<'a> PostgresTx<'a> {
    pub(super) fn new(connection: &'a Object, handle: &'a Handle, access: Access) -> Self {
        Self {
            connection,
            handle,
            access,
            begun: false,
            signals: Pending::default(),
            failure: None,
        }
    }

    /// Commits, then sends the signals.
    pub(super) fn commit(mut self, signals: &Signals) -> Result<()> {
        self.end("COMMIT")?;
        signals.send(&mut self.signals);
        Ok(())
    }

    pub(super) fn roll_back(mut self) -> Result<()> {
        self.end("ROLLBACK")
    }

    fn end(&mut self, sql: &str) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        self.handle
            .block_on(self.connection.batch_execute(sql))
            .map_err(|error| failure::translate(&error))
    }

    /// Runs `step` unless an earlier one failed, with BEGIN before the first, and remembers its failure.
    fn step<T>(&mut self, step: impl Future<Output = Result<T>>) -> Result<T> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        let result = if self.begun {
            self.handle.block_on(step)
        } else {
            self.begun = true;
            let begin = self.connection.batch_execute(self.access.begin());
            // Polled in this order, so BEGIN is sent first.
            let (begun, result) = self.handle.block_on(async { futures::join!(begin, step) });
            begun.map_err(|error| failure::translate(&error)).and(result)
        };
        result.inspect_err(|error| self.failure = Some(error.clone()))
    }
}

impl Doomed for PostgresTx<'_> {
    fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }
}

impl Tx for PostgresTx<'_> {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let connection = self.connection;
        let rows = self.step(async move {
            let statement = prepare(connection, sql, params.len()).await?;
            let params: Vec<_> = params.iter().map(Bound).collect();
            let borrowed: Vec<_> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
            connection
                .query(&statement, &borrowed)
                .await
                .map_err(|error| failure::translate(&error))
        })?;
        rows.iter()
            .map(read_row)
            .collect::<Result<_>>()
            .inspect_err(|error| self.failure = Some(error.clone()))
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let connection = self.connection;
        self.step(async move {
            let statement = prepare(connection, sql, params.len()).await?;
            let changed = connection.execute_raw(&statement, params.iter().map(Bound)).await;
            changed.map_err(|error| failure::translate(&error))
        })
    }

    fn execute_many(&mut self, sql: &str, rows: &[Vec<Value>]) -> Result<u64> {
        let Some(params) = rows.first() else { return Ok(0) };
        let connection = self.connection;
        self.step(async move {
            let statement = prepare(connection, sql, params.len()).await?;
            let mut changed = 0;
            for rows in rows.chunks(PIPELINE) {
                let sent = rows.iter().map(|row| connection.execute_raw(&statement, row.iter().map(Bound)));
                // All answers are read; the first error is the cause of those that follow it.
                for result in futures::future::join_all(sent).await {
                    changed += result.map_err(|error| failure::translate(&error))?;
                }
            }
            Ok(changed)
        })
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        let connection = self.connection;
        self.step(async move { connection.batch_execute(sql).await.map_err(|error| failure::translate(&error)) })
    }

    fn lock(&mut self, key: &str) -> Result<()> {
        self.query(
            "SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 0)) AS TEXT)",
            &crate::params![key],
        )?;
        Ok(())
    }

    fn signal(&mut self, signal: Signal) {
        self.signals.add(signal);
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}

/// The statement from the connection's cache, after a look at the number of its parameters.
async fn prepare(connection: &Object, sql: &str, params: usize) -> Result<Statement> {
    let statement = connection.prepare_cached(sql).await.map_err(|error| failure::translate(&error))?;
    let taken = statement.params().len();
    if taken == params {
        Ok(statement)
    } else {
        Err(Error::Statement(format!("the statement takes {taken} parameters and got {params}")))
    }
}
