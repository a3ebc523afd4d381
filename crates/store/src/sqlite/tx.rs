//! A transaction on an SQLite connection.

use rusqlite::{CachedStatement, Connection, types::ValueRef};

use super::{bind::Placeholders, failure};
use crate::{
    error::{Error, Result},
    signal::{Pending, Signal},
    sql::{Dialect, Row, Tx, Value, guard::Doomed},
};

/// One closure's view of the connection.
pub(super) struct SqliteTx<'a> {
    connection: &'a Connection,
    placeholders: &'a mut Placeholders,
    signals: &'a mut Pending,
    failure: Option<Error>,
}

impl<'a> SqliteTx<'a> {
    pub(super) fn new(connection: &'a Connection, placeholders: &'a mut Placeholders, signals: &'a mut Pending) -> Self {
        Self {
            connection,
            placeholders,
            signals,
            failure: None,
        }
    }

    /// Runs `step` unless an earlier one failed, and remembers its failure.
    fn step<T>(&mut self, step: impl FnOnce(&Connection, &mut Placeholders) -> Result<T>) -> Result<T> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        step(self.connection, self.placeholders).inspect_err(|error| self.failure = Some(error.clone()))
    }
}

impl Doomed for SqliteTx<'_> {
    fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }
}

impl Tx for SqliteTx<'_> {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        self.step(|connection, placeholders| {
            let mut statement = prepare(connection, sql)?;
            placeholders.of(&statement, sql)?.bind(&mut statement, params)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            let mut result = Vec::new();
            while let Some(row) = rows.next().map_err(failure::translate)? {
                let values = (0..columns).map(|column| read(row, column)).collect::<Result<_>>()?;
                result.push(Row::new(values));
            }
            Ok(result)
        })
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.step(|connection, placeholders| {
            let mut statement = prepare(connection, sql)?;
            placeholders.of(&statement, sql)?.bind(&mut statement, params)?;
            statement.raw_execute().map(|changed| changed as u64).map_err(failure::translate)
        })
    }

    fn execute_many(&mut self, sql: &str, rows: &[Vec<Value>]) -> Result<u64> {
        self.step(|connection, placeholders| {
            let mut statement = prepare(connection, sql)?;
            let numbers = placeholders.of(&statement, sql)?;
            let mut changed = 0;
            for params in rows {
                numbers.bind(&mut statement, params)?;
                changed += statement.raw_execute().map_err(failure::translate)? as u64;
            }
            Ok(changed)
        })
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.step(|connection, _| connection.execute_batch(sql).map_err(failure::translate))
    }

    /// There is one writer, so every write is alone already.
    fn lock(&mut self, _key: &str) -> Result<()> {
        self.step(|_, _| Ok(()))
    }

    fn signal(&mut self, signal: Signal) {
        self.signals.add(signal);
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

fn prepare<'c>(connection: &'c Connection, sql: &str) -> Result<CachedStatement<'c>> {
    connection.prepare_cached(sql).map_err(failure::translate)
}

fn read(row: &rusqlite::Row<'_>, column: usize) -> Result<Value> {
    Ok(match row.get_ref(column).map_err(failure::translate)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(bytes) => Value::Text(
            std::str::from_utf8(bytes)
                .map_err(|_| Error::Corrupt(format!("column {column} is not UTF-8")))?
                .to_owned(),
        ),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}
