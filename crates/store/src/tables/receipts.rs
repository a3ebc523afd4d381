//! Receipts: inbound requests as they came, with what they did.

use domain::{Micros, Problem, incident::ReceiptAction};
use serde::Serialize;

use super::{
    all, first,
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
        "id, source_id, workspace_id, at, method, query, headers, body, remote, sender_id, verdict, action, incident_id,
         key, problem"
    };
}

macro_rules! cut_columns {
    () => {
        "id, source_id, workspace_id, at, method, query, headers, COALESCE(SUBSTR(body, 1, 4096), body), remote, sender_id, verdict, action,
         incident_id, key, problem, LENGTH(body)"
    };
}

/// Verdict of a receipt that was understood.
pub const ACCEPTED: &str = "accepted";
/// Verdict of a receipt that was kept for people to look at.
pub const QUARANTINED: &str = "quarantined";

/// One inbound request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Receipt {
    /// Id.
    pub id: String,
    /// Where it came in.
    pub source_id: String,
    /// Whose.
    pub workspace_id: String,
    /// When.
    pub at: Micros,
    /// HTTP method.
    pub method: String,
    /// Query of the URL, the token masked.
    pub query: String,
    /// Headers, credentials masked.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Vec<u8>,
    /// Address of the sender.
    pub remote: String,
    /// The sender's own id of the message.
    pub sender_id: Option<String>,
    /// [`ACCEPTED`] or [`QUARANTINED`].
    pub verdict: String,
    /// What it did.
    pub action: ReceiptAction,
    /// The incident that it touched.
    pub incident_id: Option<String>,
    /// The key (monitor) that it is about.
    pub key: Option<String>,
    /// Why it was not understood.
    pub problem: Option<Problem>,
}

fn read(row: &Row) -> Result<Receipt> {
    Ok(Receipt {
        id: row.text(0)?,
        source_id: row.text(1)?,
        workspace_id: row.text(2)?,
        at: row.int(3)?,
        method: row.text(4)?,
        query: row.text(5)?,
        headers: row.json(6)?,
        body: row.blob(7)?,
        remote: row.text(8)?,
        sender_id: row.opt_text(9)?,
        verdict: row.text(10)?,
        action: row.word(11, ReceiptAction::parse)?,
        incident_id: row.opt_text(12)?,
        key: row.opt_text(13)?,
        problem: row.opt_json(14)?,
    })
}

fn read_cut(row: &Row) -> Result<Cut<Receipt>> {
    Ok(Cut {
        row: read(row)?,
        bytes: [row.number(15)?],
    })
}

/// Adds a receipt.
pub fn insert(tx: &mut dyn Tx, receipt: &Receipt) -> Result<()> {
    tx.execute(
        concat!(
            "INSERT INTO receipts (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &params![
            &receipt.id,
            &receipt.source_id,
            &receipt.workspace_id,
            receipt.at,
            &receipt.method,
            &receipt.query,
            Value::json(&receipt.headers)?,
            receipt.body.as_slice(),
            &receipt.remote,
            receipt.sender_id.as_deref(),
            &receipt.verdict,
            receipt.action.as_str(),
            receipt.incident_id.as_deref(),
            receipt.key.as_deref(),
            receipt.problem.as_ref().map(Value::json).transpose()?
        ],
    )?;
    Ok(())
}

/// A receipt by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Receipt>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM receipts WHERE workspace_id = $1 AND id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// A source's receipts, newest first, the bodies cut.
pub fn list(tx: &mut dyn Tx, source_id: &str, page: &Page) -> Result<Listed<Cut<Receipt>>> {
    page::list(
        tx,
        page,
        concat!(
            "SELECT ",
            cut_columns!(),
            " FROM receipts WHERE source_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4"
        ),
        params![source_id].to_vec(),
        read_cut,
        |receipt| (receipt.at, &receipt.id),
    )
}

/// Whether a message with the sender's own id was accepted before.
pub fn seen_sender_id(tx: &mut dyn Tx, source_id: &str, sender_id: &str) -> Result<bool> {
    let found = tx.query_opt(
        "SELECT 1 FROM receipts WHERE source_id = $1 AND sender_id = $2 AND verdict = 'accepted' LIMIT 1",
        &params![source_id, sender_id],
    )?;
    Ok(found.is_some())
}

/// The newest `limit` receipts that touched an incident, the bodies cut.
pub fn of_incident(tx: &mut dyn Tx, source_id: &str, incident_id: &str, limit: usize) -> Result<Vec<Cut<Receipt>>> {
    all(
        tx,
        concat!(
            "SELECT ",
            cut_columns!(),
            " FROM receipts WHERE source_id = $1 AND incident_id = $2 ORDER BY at DESC, id DESC LIMIT $3"
        ),
        &params![source_id, incident_id, limit],
        read_cut,
    )
}

/// Deletes, as many as fit in one step, receipts that are kept no longer at `now`.
///
/// `keep` is how long (microseconds) where the workspace has set no days of its own.
pub fn prune(tx: &mut dyn Tx, now: Micros, keep: Micros, step: Step) -> Result<Pruned> {
    prune::step(tx, step, PRUNE, &params![now, keep], &["DELETE FROM receipts WHERE id = $1"])
}

// Through the sources, of which there are few: an index on the time alone would cost every receipt.
pub(super) const PRUNE: &str = concat!(
    "SELECT r.id, COALESCE(OCTET_LENGTH(r.body), 0) FROM ",
    workspaces_with!("eventDays"),
    " CROSS JOIN sources s CROSS JOIN receipts r WHERE s.workspace_id = o.id AND r.source_id = s.id AND r.at < ",
    kept_since!(),
    " LIMIT $3"
);
