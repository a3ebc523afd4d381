//! The requests of a run, try by try.

use serde::Serialize;

use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
    tables::all,
};

/// One request of a run, with its tests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExecutionRow {
    /// Of which run.
    pub run_id: String,
    /// In which try: 1, 2, 3.
    pub try_number: i64,
    /// In which place, from 0.
    pub position: i64,
    /// Name of the request.
    pub name: String,
    /// Method.
    pub method: String,
    /// URL, with variables replaced.
    pub url: String,
    /// Status of the response, if one came.
    pub status_code: Option<i64>,
    /// How long it took, µs.
    pub response_time_us: Option<i64>,
    /// Bytes of the body.
    pub response_size: Option<i64>,
    /// A test failed, or it could not complete.
    pub failed: bool,
    /// The whole report of it, a JSON object.
    pub detail: String,
}

macro_rules! columns {
    () => {
        "run_id, try_number, position, name, method, url, status_code, response_time_us, response_size, failed, detail"
    };
}

/// Adds executions. A run that is begun again after a crash writes its own over what was left.
pub fn insert_executions(tx: &mut dyn Tx, executions: &[ExecutionRow]) -> Result<()> {
    if executions.is_empty() {
        return Ok(());
    }
    let row = |execution: &ExecutionRow| {
        params![
            &execution.run_id,
            execution.try_number,
            execution.position,
            &execution.name,
            &execution.method,
            &execution.url,
            execution.status_code,
            execution.response_time_us,
            execution.response_size,
            execution.failed,
            &execution.detail
        ]
        .to_vec()
    };
    let rows: Vec<_> = executions.iter().map(row).collect();
    tx.execute_many(
        concat!(
            "INSERT INTO run_executions (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (run_id, try_number, position) DO UPDATE SET
             name = excluded.name, method = excluded.method, url = excluded.url, status_code = excluded.status_code,
             response_time_us = excluded.response_time_us, response_size = excluded.response_size,
             failed = excluded.failed, detail = excluded.detail"
        ),
        &rows,
    )?;
    Ok(())
}

/// The requests of a run, in order of tries and places.
pub fn executions(tx: &mut dyn Tx, run_id: &str) -> Result<Vec<ExecutionRow>> {
    all(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM run_executions WHERE run_id = $1 ORDER BY try_number, position"
        ),
        &params![run_id],
        read,
    )
}

fn read(row: &Row) -> Result<ExecutionRow> {
    Ok(ExecutionRow {
        run_id: row.text(0)?,
        try_number: row.int(1)?,
        position: row.int(2)?,
        name: row.text(3)?,
        method: row.text(4)?,
        url: row.text(5)?,
        status_code: row.opt_int(6)?,
        response_time_us: row.opt_int(7)?,
        response_size: row.opt_int(8)?,
        failed: row.bool(9)?,
        detail: row.text(10)?,
    })
}
