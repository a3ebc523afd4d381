//! Lists in pages, newest first, by key: however long a list is, its next page costs the same.

use domain::Micros;
use serde::Serialize;

use crate::{
    error::{Error, Result},
    sql::{Row, Tx, Value},
};

/// A row of a list. Its bodies are cut at 4096 bytes, so that a list of large ones stays small; the whole is read one by one.
/// (In the statements, `COALESCE` is for SQLite: there a part of an empty blob is NULL.)
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cut<T, const BODIES: usize = 1> {
    /// The row with what is left of its bodies.
    pub row: T,
    /// Whole lengths of its bodies in bytes, in their order.
    #[serde(skip)]
    pub bytes: [usize; BODIES],
}

impl<T, const BODIES: usize> std::ops::Deref for Cut<T, BODIES> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.row
    }
}

/// Rows on a page at most, whatever was asked for.
pub const LONGEST: usize = 1_000;

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The `next` of the page before; `None` for the first.
    pub before: Option<String>,
    /// Rows on the page (1 to [`LONGEST`]).
    pub limit: usize,
}

impl Page {
    /// The newest `limit` rows.
    pub fn first(limit: usize) -> Self {
        Self { before: None, limit }
    }

    /// Time and id that the page's rows come before.
    fn position(&self) -> Result<(Micros, String)> {
        let Some(cursor) = &self.before else {
            return Ok((Micros::MAX, String::new()));
        };
        cursor
            .split_once(':')
            .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())))
            .ok_or_else(|| Error::Cursor(cursor.clone()))
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed<T> {
    /// Newest first.
    pub items: Vec<T>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

/// Reads a page. The statement's last three parameters are filled in here: time and id to come before, and the count.
/// `key` gives what it is ordered by.
pub(super) fn list<T>(
    tx: &mut dyn Tx,
    page: &Page,
    sql: &str,
    mut params: Vec<Value>,
    read: impl Fn(&Row) -> Result<T>,
    key: impl Fn(&T) -> (Micros, &str),
) -> Result<Listed<T>> {
    let (at, id) = page.position()?;
    let limit = page.limit.clamp(1, LONGEST);
    params.extend([at.into(), id.into(), (limit + 1).into()]);
    let mut items = super::all(tx, sql, &params, read)?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| {
        let (at, id) = key(last);
        format!("{at}:{id}")
    });
    Ok(Listed { items, next })
}
