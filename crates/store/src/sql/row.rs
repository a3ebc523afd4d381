//! One result row, read by column position.
//!
//! Statements name their columns, so positions are stable. A column of another kind than the reader expects is
//! [`Error::Corrupt`], never a panic: someone may have edited the database by hand.

use crate::error::{Error, Result};

use super::Value;

/// A row of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self { values }
    }

    /// How many columns it has.
    pub(crate) fn columns(&self) -> usize {
        self.values.len()
    }

    /// The column as it is.
    pub fn value(&self, column: usize) -> Result<&Value> {
        self.values
            .get(column)
            .ok_or_else(|| Error::Corrupt(format!("column {column} is missing in a row of {}", self.values.len())))
    }

    /// A BIGINT.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.value(column)? {
            Value::Int(value) => Ok(*value),
            other => Err(mismatch(column, "an integer", other)),
        }
    }

    /// A BIGINT that fits the type asked for (`u32`, `u16`, `usize`, …).
    pub fn number<N: TryFrom<i64>>(&self, column: usize) -> Result<N> {
        let value = self.int(column)?;
        N::try_from(value).map_err(|_| Error::Corrupt(format!("column {column}: {value} is out of range")))
    }

    /// A BIGINT or null.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        self.optional(column, Self::int)
    }

    /// A BIGINT that fits the type asked for, or null.
    pub fn opt_number<N: TryFrom<i64>>(&self, column: usize) -> Result<Option<N>> {
        self.optional(column, Self::number)
    }

    /// A boolean, stored as 0 or 1.
    pub fn bool(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A boolean or null.
    pub fn opt_bool(&self, column: usize) -> Result<Option<bool>> {
        self.optional(column, Self::bool)
    }

    /// A DOUBLE PRECISION, or an integer as one.
    pub fn real(&self, column: usize) -> Result<f64> {
        match self.value(column)? {
            Value::Real(value) => Ok(*value),
            #[allow(clippy::cast_precision_loss, reason = "a whole number that SQLite chose to store as such")]
            Value::Int(value) => Ok(*value as f64),
            other => Err(mismatch(column, "a number", other)),
        }
    }

    /// A DOUBLE PRECISION or null.
    pub fn opt_real(&self, column: usize) -> Result<Option<f64>> {
        self.optional(column, Self::real)
    }

    /// A TEXT, borrowed.
    pub fn str(&self, column: usize) -> Result<&str> {
        match self.value(column)? {
            Value::Text(value) => Ok(value),
            other => Err(mismatch(column, "text", other)),
        }
    }

    /// A TEXT.
    pub fn text(&self, column: usize) -> Result<String> {
        self.str(column).map(str::to_owned)
    }

    /// A TEXT or null.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>> {
        self.optional(column, Self::text)
    }

    /// A BYTEA.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>> {
        match self.value(column)? {
            Value::Blob(value) => Ok(value.clone()),
            other => Err(mismatch(column, "bytes", other)),
        }
    }

    /// A BYTEA or null.
    pub fn opt_blob(&self, column: usize) -> Result<Option<Vec<u8>>> {
        self.optional(column, Self::blob)
    }

    /// A JSON text read as `T`.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T> {
        serde_json::from_str(self.str(column)?)
            .map_err(|error| Error::Corrupt(format!("column {column} is not the expected JSON: {error}")))
    }

    /// A JSON text read as `T`, or null.
    pub fn opt_json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<Option<T>> {
        self.optional(column, Self::json)
    }

    /// A TEXT that is one of a closed set of words, read by the set's own `parse`: `row.word(3, RunStatus::parse)`.
    pub fn word<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
        let text = self.str(column)?;
        parse(text).ok_or_else(|| Error::Corrupt(format!("column {column}: `{text}` is not a known word")))
    }

    /// [`Row::word`], or null.
    pub fn opt_word<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        self.optional(column, |row, column| row.word(column, &parse))
    }

    /// Reads a column with `read` unless it is null.
    fn optional<T>(&self, column: usize, read: impl Fn(&Self, usize) -> Result<T>) -> Result<Option<T>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            _ => read(self, column).map(Some),
        }
    }
}

fn mismatch(column: usize, expected: &str, found: &Value) -> Error {
    Error::Corrupt(format!("column {column} holds {} where {expected} is expected", found.kind()))
}
