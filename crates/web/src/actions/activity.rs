//! Activity: who changed what, newest first.

use domain::account::Need;
use serde::Serialize;
use store::tables::activities::{self as table, ActivityRow};
use utoipa::ToSchema;

use super::{Caller, Items, PageQuery, Result};
use crate::{app::App, time::Time};

/// One change that a person made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityView {
    pub id: String,
    pub at: Time,
    pub action: String,
    pub model: String,
    pub model_name: String,
    pub model_uid: String,
    pub collection_name: String,
    pub collection_uid: String,
    pub user_id: String,
    pub user_name: String,
    /// Reads as a sentence.
    pub message: String,
}

impl From<ActivityRow> for ActivityView {
    fn from(row: ActivityRow) -> Self {
        let activity = row.activity;
        Self {
            id: row.id,
            at: Time(row.at),
            action: activity.action,
            model: activity.model,
            model_name: activity.model_name,
            model_uid: activity.model_uid,
            collection_name: activity.collection_name,
            collection_uid: activity.collection_uid,
            user_id: activity.user_id,
            user_name: activity.user_name,
            message: activity.message,
        }
    }
}

/// The workspace's changes.
///
/// # Errors
/// 422 for a wrong cursor.
pub async fn list(app: &App, caller: &Caller, query: PageQuery) -> Result<Items<ActivityView>> {
    caller.need(Need::View)?;
    let page = query.page()?;
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| Ok(Items::of(table::list(tx, &workspace, &page)?, ActivityView::from)))
        .await
}
