//! One attempt of a webhook: the request and its response, whole.

use askama::Template;
use axum::extract::{Path, State};

use super::{Frame, PageResult, Visit, assets, render, ui, webhook::phases};
use crate::{
    actions::{
        attempts::{self, AttemptDetail},
        webhooks,
    },
    app::App,
};

#[derive(Template)]
#[template(path = "attempt.html")]
struct AttemptPage {
    frame: Frame,
    webhook: String,
    phases: String,
    a: AttemptDetail,
}

/// `GET /deliveries/{id}/attempts/{attempt}`.
pub async fn page(State(app): State<App>, visit: Visit, Path((id, attempt)): Path<(String, String)>) -> PageResult {
    let a = attempts::attempt(&app, &visit.caller, &id, &attempt).await?;
    let webhook = webhooks::get(&app, &visit.caller, &a.attempt.webhook_id).await?.name;
    render(&AttemptPage {
        frame: visit.frame(format!("Attempt {}", a.attempt.number), "/integrations"),
        webhook,
        phases: phases(&a),
        a,
    })
}
