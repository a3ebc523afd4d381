//! Notices: what a workspace's admins must know (a webhook was disabled …).

use domain::account::Need;
use serde::Serialize;
use store::tables::notices::{self as table, Notice};
use utoipa::ToSchema;

use super::{Caller, Items, Result};
use crate::{app::App, time::Time};

/// How many are kept in sight.
const SHOWN: usize = 100;

/// One notice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticeView {
    pub id: String,
    pub at: Time,
    pub kind: String,
    pub text: String,
    /// Path of the page that it is about; may be empty.
    pub link: String,
    /// How often, where one notice stands for several.
    pub count: u64,
    pub read_at: Option<Time>,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            at: Time(notice.at),
            kind: notice.kind,
            text: notice.text,
            link: notice.link,
            count: notice.count,
            read_at: Time::option(notice.read_at),
        }
    }
}

/// The newest notices.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<NoticeView>> {
    caller.need(Need::View)?;
    let workspace = caller.workspace.id.clone();
    let notices = app.read(move |tx| Ok(table::list(tx, &workspace, SHOWN)?)).await?;
    Ok(Items::all(notices.into_iter().map(NoticeView::from).collect()))
}

/// Marks one as read, for everybody of the workspace.
///
/// # Errors
/// 404.
pub async fn mark_read(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let (workspace, id, now) = (caller.workspace.id.clone(), id.to_owned(), app.now());
    app.write(move |tx| {
        if table::mark_read(tx, &workspace, &id, now)? {
            Ok(())
        } else {
            Err(domain::Problem::not_found("notice").into())
        }
    })
    .await
}
