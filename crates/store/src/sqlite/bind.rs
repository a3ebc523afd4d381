//! Parameters: bound by the number in their placeholder's name.
//!
//! SQLite takes `$2` for a name and numbers names as they come. Which number stands where is asked once for each text, and
//! remembered by the threads that run the same few texts again and again.

use std::collections::HashMap;

use rusqlite::{
    CachedStatement, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use super::failure;
use crate::{
    error::{Error, Result},
    sql::Value,
};

/// Texts that are remembered at once: more than one thread has in use.
const REMEMBERED: usize = 512;

/// The placeholders of the statements that one thread ran.
#[derive(Debug, Default)]
pub(super) struct Placeholders {
    /// By the address and length of a text, which are quicker to look up than the text. A text that is built at run time may
    /// stand where another one stood, so the text itself is compared too.
    known: HashMap<(usize, usize), Known>,
}

#[derive(Debug)]
struct Known {
    sql: Box<str>,
    numbers: Numbers,
}

/// The numbers in the names of a statement's placeholders, from 1, in the order of SQLite's positions.
#[derive(Debug)]
pub(super) struct Numbers {
    by_position: Box<[usize]>,
    highest: usize,
}

impl Placeholders {
    /// The numbers of a statement that was prepared from `sql`.
    ///
    /// # Errors
    /// A placeholder that is not of the form `$1`.
    pub(super) fn of(&mut self, statement: &CachedStatement<'_>, sql: &str) -> Result<&Numbers> {
        let key = (sql.as_ptr().addr(), sql.len());
        if self.known.get(&key).is_none_or(|known| *known.sql != *sql) {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            let numbers = Numbers::of(statement)?;
            self.known.insert(key, Known { sql: sql.into(), numbers });
        }
        match self.known.get(&key) {
            Some(known) => Ok(&known.numbers),
            None => Err(Error::Statement("the placeholders of a statement were lost".to_owned())),
        }
    }
}

impl Numbers {
    /// Binds all parameters.
    ///
    /// # Errors
    /// Another count of them than the text has.
    pub(super) fn bind(&self, statement: &mut CachedStatement<'_>, params: &[Value]) -> Result<()> {
        if self.highest != params.len() {
            let (highest, given) = (self.highest, params.len());
            return Err(Error::Statement(format!(
                "the statement takes {highest} parameters and got {given}"
            )));
        }
        for (position, number) in self.by_position.iter().enumerate() {
            if let Some(value) = params.get(number - 1) {
                statement
                    .raw_bind_parameter(position + 1, Bound(value))
                    .map_err(failure::translate)?;
            }
        }
        Ok(())
    }

    fn of(statement: &CachedStatement<'_>) -> Result<Self> {
        let number = |position| {
            let name = statement.parameter_name(position).unwrap_or("?");
            name.strip_prefix('$')
                .and_then(|digits| digits.parse().ok())
                .filter(|number| *number > 0)
                .ok_or_else(|| Error::Statement(format!("the placeholder `{name}` is not of the form `$1`")))
        };
        let by_position: Box<[usize]> = (1..=statement.parameter_count()).map(number).collect::<Result<_>>()?;
        let highest = by_position.iter().copied().max().unwrap_or_default();
        Ok(Self { by_position, highest })
    }
}

/// A parameter lent to SQLite without a copy of ours.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn run(placeholders: &mut Placeholders, connection: &Connection, sql: &str, params: &[Value]) -> Result<String> {
        let mut statement = connection.prepare_cached(sql).unwrap();
        placeholders.of(&statement, sql)?.bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        Ok(rows.next().unwrap().unwrap().get(0).unwrap())
    }

    #[test]
    fn a_text_that_stands_where_another_stood_has_its_own_numbers() {
        let (mut placeholders, connection) = (Placeholders::default(), Connection::open_in_memory().unwrap());
        let params = [Value::from("a"), Value::from("b")];
        let mut sql = String::from("SELECT $1 || $2");
        let at = sql.as_ptr();
        assert_eq!(run(&mut placeholders, &connection, &sql, &params).unwrap(), "ab");
        assert_eq!(run(&mut placeholders, &connection, &sql, &params).unwrap(), "ab", "and again");
        sql.replace_range(.., "SELECT $2 || $1");
        assert_eq!(at, sql.as_ptr());
        assert_eq!(run(&mut placeholders, &connection, &sql, &params).unwrap(), "ba");
        assert_eq!(placeholders.known.len(), 1);
    }

    #[test]
    fn a_wrong_count_is_refused_also_of_a_known_text() {
        let (mut placeholders, connection) = (Placeholders::default(), Connection::open_in_memory().unwrap());
        let sql = "SELECT $1 || $1";
        assert_eq!(run(&mut placeholders, &connection, sql, &[Value::from("a")]).unwrap(), "aa");
        for params in [vec![], vec![Value::from("a"), Value::from("b")]] {
            let error = run(&mut placeholders, &connection, sql, &params).unwrap_err();
            assert!(error.to_string().contains("takes 1 parameters and got"), "{error}");
        }
        let named = run(&mut placeholders, &connection, "SELECT :name", &[]).unwrap_err();
        assert!(named.to_string().contains("`:name`"), "{named}");
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let (mut placeholders, connection) = (Placeholders::default(), Connection::open_in_memory().unwrap());
        let texts: Vec<String> = (0..REMEMBERED + 10).map(|number| format!("SELECT $1 || '{number}'")).collect();
        for sql in &texts {
            run(&mut placeholders, &connection, sql, &[Value::from("a")]).unwrap();
        }
        assert!(placeholders.known.len() <= REMEMBERED);
    }
}
