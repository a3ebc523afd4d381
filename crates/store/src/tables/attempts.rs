//! The attempt log: every HTTP request of every delivery, with its response.

mod statistics;

pub use statistics::{AttemptStats, LatencyPoint, latency_points, stats};

#[cfg(test)]
pub(super) use statistics::{COUNTS, POINTS};

use domain::Micros;
use serde::Serialize;

use super::{
    all, changed, first,
    page::{self, Cut, Listed, Page},
    prune::{self, Pruned, Step},
    settings::{kept_since, workspaces_with},
};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
};

macro_rules! columns {
    () => {
        "id, delivery_id, webhook_id, event_id, event_type, number, at, duration_us, phases, success, verdict,
         status_code, message, remote, http_version, method, request_url, request_headers, request_body, response_headers,
         response_body, response_truncated"
    };
}

macro_rules! cut_columns {
    () => {
        "id, delivery_id, webhook_id, event_id, event_type, number, at, duration_us, phases, success, verdict,
         status_code, message, remote, http_version, method, request_url, request_headers, COALESCE(SUBSTR(request_body, 1, 4096), request_body),
         response_headers, COALESCE(SUBSTR(response_body, 1, 4096), response_body), response_truncated, LENGTH(request_body), LENGTH(response_body)"
    };
}

/// One HTTP request of a delivery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// Id.
    pub id: String,
    /// The delivery.
    pub delivery_id: String,
    /// Its webhook.
    pub webhook_id: String,
    /// Its event.
    pub event_id: String,
    /// The event's type.
    pub event_type: String,
    /// 1, 2, 3 … in the delivery.
    pub number: u64,
    /// When it began.
    pub at: Micros,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// JSON: microseconds by phase.
    pub phases: String,
    /// Whether the receiver took it.
    pub success: bool,
    /// Stable code of the outcome.
    pub verdict: String,
    /// Status of the response, if one came.
    pub status_code: Option<u16>,
    /// What went wrong, for people.
    pub message: Option<String>,
    /// Address that was connected to.
    pub remote: Option<String>,
    /// Version of the protocol that was spoken.
    pub http_version: Option<String>,
    /// Method as sent; empty: nothing was sent.
    pub method: String,
    /// URL as sent.
    pub request_url: String,
    /// Headers as sent; the caller masks credentials.
    pub request_headers: Vec<(String, String)>,
    /// Body as sent.
    pub request_body: Vec<u8>,
    /// Headers of the response.
    pub response_headers: Option<Vec<(String, String)>>,
    /// Body of the response, up to what is kept.
    pub response_body: Option<Vec<u8>>,
    /// The response was longer than what is kept.
    pub response_truncated: bool,
}

fn read(row: &Row) -> Result<Attempt> {
    Ok(Attempt {
        id: row.text(0)?,
        delivery_id: row.text(1)?,
        webhook_id: row.text(2)?,
        event_id: row.text(3)?,
        event_type: row.text(4)?,
        number: row.number(5)?,
        at: row.int(6)?,
        duration_us: row.int(7)?,
        phases: row.text(8)?,
        success: row.bool(9)?,
        verdict: row.text(10)?,
        status_code: row.opt_number(11)?,
        message: row.opt_text(12)?,
        remote: row.opt_text(13)?,
        http_version: row.opt_text(14)?,
        method: row.text(15)?,
        request_url: row.text(16)?,
        request_headers: row.json(17)?,
        request_body: row.blob(18)?,
        response_headers: row.opt_json(19)?,
        response_body: row.opt_blob(20)?,
        response_truncated: row.bool(21)?,
    })
}

fn read_cut(row: &Row) -> Result<Cut<Attempt, 2>> {
    Ok(Cut {
        row: read(row)?,
        bytes: [row.number(22)?, row.opt_number(23)?.unwrap_or(0)],
    })
}

/// A line of the log as the statement takes it: made once, outside of the transaction, of what the attempt holds.
pub type LogRow = Vec<Value>;

/// The row of an attempt.
pub fn log_row(attempt: Attempt) -> LogRow {
    params![
        attempt.id,
        attempt.delivery_id,
        attempt.webhook_id,
        attempt.event_id,
        attempt.event_type,
        attempt.number,
        attempt.at,
        attempt.duration_us,
        attempt.phases,
        attempt.success,
        attempt.verdict,
        attempt.status_code,
        attempt.message,
        attempt.remote,
        attempt.http_version,
        attempt.method,
        attempt.request_url,
        headers(&attempt.request_headers),
        attempt.request_body,
        attempt.response_headers.as_deref().map(headers),
        attempt.response_body,
        attempt.response_truncated
    ]
    .into()
}

/// A list of pairs of text always has a JSON form.
fn headers(pairs: &[(String, String)]) -> String {
    serde_json::to_string(pairs).unwrap_or_else(|_| "[]".to_owned())
}

// A commit whose answer was lost is repeated: what is there already stays as it is.
const INSERT: &str = concat!(
    "INSERT INTO attempts (",
    columns!(),
    ") SELECT $1, $2, id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22
     FROM webhooks WHERE id = $3 ON CONFLICT (delivery_id, id) DO NOTHING"
);

/// Adds attempts, in one round trip. Those that are there already, and those to a webhook that was deleted meanwhile, are
/// left out.
pub fn insert_many(tx: &mut dyn Tx, rows: &[LogRow]) -> Result<()> {
    tx.execute_many(INSERT, rows).map(drop)
}

/// Adds one attempt. Returns whether it is new: not there already, and its webhook not deleted.
pub fn insert(tx: &mut dyn Tx, row: &LogRow) -> Result<bool> {
    changed(tx, INSERT, row)
}

/// An attempt of a delivery, by id.
pub fn get(tx: &mut dyn Tx, delivery_id: &str, id: &str) -> Result<Option<Attempt>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM attempts WHERE delivery_id = $1 AND id = $2"),
        &params![delivery_id, id],
        read,
    )
}

/// The attempts of a delivery, first to last.
pub fn of_delivery(tx: &mut dyn Tx, delivery_id: &str) -> Result<Vec<Attempt>> {
    all(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM attempts WHERE delivery_id = $1 ORDER BY number, at, id"
        ),
        &params![delivery_id],
        read,
    )
}

/// The attempts of deliveries, of each first to last, the bodies of request and response cut.
pub fn of_deliveries(tx: &mut dyn Tx, delivery_ids: &[String]) -> Result<Vec<Cut<Attempt, 2>>> {
    let mut found = Vec::new();
    for group in delivery_ids.chunks(GROUP) {
        // The last one stands in the places that are left.
        let places = (0..GROUP).filter_map(|at| group.get(at).or(group.last()));
        let params: Vec<Value> = places.map(|id| Value::from(id.as_str())).collect();
        found.extend(all(tx, OF_DELIVERIES, &params, read_cut)?);
    }
    Ok(found)
}

/// Deliveries that are looked up at once: as many as the statement has places.
const GROUP: usize = 25;

pub(super) const OF_DELIVERIES: &str = concat!(
    "SELECT ",
    cut_columns!(),
    " FROM attempts WHERE delivery_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
     $21, $22, $23, $24, $25) ORDER BY delivery_id, number, at, id"
);

/// A webhook's attempts, newest first, the bodies of request and response cut.
pub fn of_webhook(tx: &mut dyn Tx, webhook_id: &str, page: &Page) -> Result<Listed<Cut<Attempt, 2>>> {
    page::list(tx, page, OF_WEBHOOK, params![webhook_id].to_vec(), read_cut, |attempt| {
        (attempt.at, &attempt.id)
    })
}

pub(super) const OF_WEBHOOK: &str = concat!(
    "SELECT ",
    cut_columns!(),
    " FROM attempts WHERE webhook_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4"
);

/// Deletes, as many as fit in one step, attempts that are kept no longer at `now`.
///
/// `keep` is how long (microseconds) where the workspace has set no days of its own.
pub fn prune(tx: &mut dyn Tx, now: Micros, keep: Micros, step: Step) -> Result<Pruned> {
    prune::step(tx, step, PRUNE, &params![now, keep], &[DELETE])
}

const DELETE: &str = "DELETE FROM attempts WHERE delivery_id = $1 AND id = $2";

macro_rules! doomed {
    () => {
        "SELECT a.delivery_id, a.id, OCTET_LENGTH(a.request_body) + COALESCE(OCTET_LENGTH(a.response_body), 0) FROM "
    };
}

// Through the webhooks: an index on the time alone would cost every attempt.
pub(super) const PRUNE: &str = concat!(
    doomed!(),
    workspaces_with!("logDays"),
    " CROSS JOIN webhooks w CROSS JOIN attempts a WHERE w.workspace_id = o.id AND a.webhook_id = w.id AND a.at < ",
    kept_since!(),
    " LIMIT $3"
);

/// Deletes attempts at a webhook, whatever their age, as many as fit in one step: before it is deleted itself.
pub fn delete_some(tx: &mut dyn Tx, webhook_id: &str, step: Step) -> Result<Pruned> {
    prune::step(tx, step, OF_DELETED, &params![webhook_id], &[DELETE])
}

pub(super) const OF_DELETED: &str = concat!(doomed!(), "attempts a WHERE a.webhook_id = $1 LIMIT $2");
