//! One module for each table or two: records, and the statements that read and write them.
//!
//! Each function runs within a transaction that its caller opened, so that a stage or an action composes several into one
//! commit. Where an id comes from a person, the workspace is an argument and in the WHERE clause: what is another
//! workspace's does not exist. Ids and times are the caller's.

pub mod accounts;
pub mod activities;
pub mod attempts;
pub mod bins;
pub mod collections;
pub mod deliveries;
pub mod environments;
pub mod event_types;
pub mod events;
pub mod incidents;
pub mod mails;
pub mod monitors;
pub mod notices;
pub mod page;
#[cfg(test)]
mod plans;
pub mod prune;
pub mod receipts;
pub mod replays;
pub mod runs;
pub mod settings;
pub mod sources;
pub mod webhooks;
pub mod workspaces;

use crate::{
    error::Result,
    sql::{Row, Tx, Value},
};

/// All rows, each read by `read`.
fn all<T>(tx: &mut dyn Tx, sql: &str, params: &[Value], read: impl Fn(&Row) -> Result<T>) -> Result<Vec<T>> {
    tx.query(sql, params)?.iter().map(read).collect()
}

/// The first row, if there is one.
fn first<T>(tx: &mut dyn Tx, sql: &str, params: &[Value], read: impl Fn(&Row) -> Result<T>) -> Result<Option<T>> {
    tx.query_opt(sql, params)?.as_ref().map(read).transpose()
}

/// Whether the statement changed a row.
fn changed(tx: &mut dyn Tx, sql: &str, params: &[Value]) -> Result<bool> {
    Ok(tx.execute(sql, params)? > 0)
}

/// `$4, $5, $6` for three values from the fourth on.
fn placeholders(from: usize, count: usize) -> String {
    (from..from + count)
        .map(|number| format!("${number}"))
        .collect::<Vec<_>>()
        .join(", ")
}
