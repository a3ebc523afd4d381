//! One receipt: what came, byte by byte, and what it did.

use askama::Template;
use axum::extract::{Path, State};

use super::{Frame, PageResult, Visit, assets, render, ui};
use crate::{
    actions::{receipts::ReceiptDetail, sources},
    app::App,
};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    frame: Frame,
    source: String,
    r: ReceiptDetail,
}

/// `GET /receipts/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> PageResult {
    let r = sources::receipt(&app, &visit.caller, &id).await?;
    let source = sources::get(&app, &visit.caller, &r.receipt.source_id).await?.name;
    render(&ReceiptPage {
        frame: visit.frame("Receipt", "/sources"),
        source,
        r,
    })
}
