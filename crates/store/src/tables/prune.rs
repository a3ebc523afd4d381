//! Deleting in steps that nobody has to wait for: each bounded by rows and by bytes, since a row may hold a body of a megabyte,
//! whose pages cost time one by one.

use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
};

/// How much one step may delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Rows at most.
    pub rows: usize,
    /// Bytes of their bodies at most; one row goes whatever its size.
    pub bytes: i64,
}

/// What a step deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Rows.
    pub rows: u64,
    /// There may be more.
    pub more: bool,
}

/// Deletes rows that `select` finds (their key, one column or several, and then their bytes), as many as fit, by each of
/// `statements`, which take the key; the last one counts.
/// `select` takes `leading` and then its limit.
pub(super) fn step(tx: &mut dyn Tx, step: Step, select: &str, leading: &[Value], statements: &[&str]) -> Result<Pruned> {
    let mut values = leading.to_vec();
    values.extend(params![step.rows]);
    let read = |row: &Row| {
        let columns = row.columns().saturating_sub(1);
        let key: Vec<Value> = (0..columns).map(|column| row.value(column).cloned()).collect::<Result<_>>()?;
        Ok((key, row.int(columns)?))
    };
    let found: Vec<(Vec<Value>, i64)> = super::all(tx, select, &values, read)?;
    let mut bytes = 0_i64;
    let fits = |(_, size): &&(Vec<Value>, i64)| {
        let first = bytes == 0;
        bytes = bytes.saturating_add((*size).max(1));
        first || bytes <= step.bytes
    };
    let keys: Vec<Vec<Value>> = found.iter().take_while(fits).map(|(key, _)| key.clone()).collect();
    let mut pruned = Pruned {
        rows: 0,
        more: found.len() >= step.rows || keys.len() < found.len(),
    };
    if keys.is_empty() {
        return Ok(pruned);
    }
    for statement in statements {
        pruned.rows = tx.execute_many(statement, &keys)?;
    }
    Ok(pruned)
}
