//! Who changed what, newest first.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{Frame, PageResult, Visit, assets, older, render, ui};
use crate::{
    actions::{
        PageQuery,
        activity::{self, ActivityView},
    },
    app::App,
};

/// Changes on one page.
const SHOWN: usize = 50;

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    frame: Frame,
    items: Vec<ActivityView>,
    next: Option<String>,
}

/// `GET /activity`.
pub async fn page(State(app): State<App>, visit: Visit, Query(from): Query<From>) -> PageResult {
    let listed = activity::list(
        &app,
        &visit.caller,
        PageQuery {
            before: from.before,
            ..PageQuery::first(SHOWN)
        },
    )
    .await?;
    render(&ActivityPage {
        frame: visit.frame("Activity", "/activity"),
        items: listed.items,
        next: older("/activity", &[], listed.next),
    })
}
