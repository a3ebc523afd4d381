//! The seam: one SQL text, two executors.
//!
//! A transaction is a synchronous closure over [`Tx`], because it runs on a thread of the database, not on the async
//! runtime, and because the same text must read the same for both. Statements use `$1` placeholders; columns are BIGINT,
//! TEXT, BYTEA or DOUBLE PRECISION, so that four kinds of [`Value`] (and null) carry everything.

pub(crate) mod guard;
mod row;
mod value;

pub use row::Row;
pub use value::Value;

use crate::{error::Result, signal::Signal};

/// Which database runs the statement, for the few that need a text of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The embedded database.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// One transaction. An error of any statement dooms it: later statements fail, and it is rolled back even if the closure
/// returns `Ok`. (PostgreSQL does so by itself; SQLite is held to the same rule.)
pub trait Tx {
    /// Runs a statement that returns rows: SELECT, or a change with RETURNING.
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>>;

    /// Runs a statement that returns no rows. Returns how many rows it changed.
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64>;

    /// Runs one statement once for each list of parameters, in that order, in one round trip where there is one to
    /// save. Returns how many rows were changed in all.
    fn execute_many(&mut self, sql: &str, rows: &[Vec<Value>]) -> Result<u64>;

    /// Runs several statements without parameters or results, separated by `;`: for migrations.
    fn batch(&mut self, sql: &str) -> Result<()>;

    /// Waits until no other transaction holds `key`, and holds it until the end of this one: for decisions that must be
    /// made one after the other ("at most five", "the next sequence"). Take keys in a fixed order.
    fn lock(&mut self, key: &str) -> Result<()>;

    /// Announces `signal` within this process after the commit, and only then.
    fn signal(&mut self, signal: Signal);

    /// Which database this is.
    fn dialect(&self) -> Dialect;

    /// The first row, if there is one.
    fn query_opt(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// The first row, or [`crate::Error::NotFound`] with `what`.
    fn query_one(&mut self, what: &'static str, sql: &str, params: &[Value]) -> Result<Row> {
        self.query_opt(sql, params)?.ok_or(crate::Error::NotFound(what))
    }
}

/// A list of [`Value`]s from anything that converts: `params![id, Some(3), true]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}
