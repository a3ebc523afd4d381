//! Receipts: inbound requests as they came, and what they did.

use domain::{Problem, account::Need, incident::ReceiptAction};
use serde::Serialize;
use store::tables::{page::Cut, receipts as table, sources};
use utoipa::ToSchema;

use super::{Caller, Items, PageQuery, Result, found, payload::Payload};
use crate::{app::App, schema, time::Time};

/// One inbound request, without headers and body.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceiptView {
    pub id: String,
    pub source_id: String,
    pub at: Time,
    /// `accepted`, or `quarantined` when it was not understood.
    pub verdict: String,
    #[schema(value_type = schema::ReceiptAction)]
    pub action: ReceiptAction,
    pub incident_id: Option<String>,
    /// The monitor's uid.
    pub key: Option<String>,
    /// The sender's own id of the message.
    pub sender_id: Option<String>,
    pub remote: String,
    /// Why it was not understood, and at which JSON path.
    #[schema(value_type = Option<schema::Problem>)]
    pub problem: Option<Problem>,
}

/// One inbound request in full, its credentials masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceiptDetail {
    #[serde(flatten)]
    pub receipt: ReceiptView,
    pub method: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Payload,
}

impl From<table::Receipt> for ReceiptDetail {
    fn from(row: table::Receipt) -> Self {
        let bytes = [row.body.len()];
        Self::from(Cut { row, bytes })
    }
}

impl From<Cut<table::Receipt>> for ReceiptDetail {
    fn from(cut: Cut<table::Receipt>) -> Self {
        let (row, [bytes]) = (cut.row, cut.bytes);
        Self {
            method: row.method,
            query: row.query,
            headers: row.headers,
            body: Payload::cut(&row.body, bytes),
            receipt: ReceiptView {
                id: row.id,
                source_id: row.source_id,
                at: Time(row.at),
                verdict: row.verdict,
                action: row.action,
                incident_id: row.incident_id,
                key: row.key,
                sender_id: row.sender_id,
                remote: row.remote,
                problem: row.problem,
            },
        }
    }
}

/// Receipts of a source, their bodies cut.
///
/// # Errors
/// 404.
pub async fn receipts(app: &App, caller: &Caller, source_id: &str, query: PageQuery) -> Result<Items<ReceiptDetail>> {
    caller.need(Need::View)?;
    let page = query.page()?;
    let (workspace, source_id) = (caller.workspace.id.clone(), source_id.to_owned());
    app.read(move |tx| {
        found("source", sources::get(tx, &workspace, &source_id)?)?;
        Ok(Items::of(table::list(tx, &source_id, &page)?, ReceiptDetail::from))
    })
    .await
}

/// One receipt.
///
/// # Errors
/// 404.
pub async fn receipt(app: &App, caller: &Caller, id: &str) -> Result<ReceiptDetail> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| found("receipt", table::get(tx, &workspace, &id)?.map(ReceiptDetail::from)))
        .await
}
