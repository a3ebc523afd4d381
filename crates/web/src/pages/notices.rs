//! Notices to the workspace's admins.

use askama::Template;
use axum::extract::{Path, State};

use super::{Frame, PageResult, Posted, Visit, assets, done, render, ui};
use crate::{
    actions::{
        mail::{self, NoticeMails},
        notices::{self, NoticeView},
    },
    app::App,
};

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    frame: Frame,
    items: Vec<NoticeView>,
    /// For admins, where there is a mail server: whether these are mailed to them.
    mails: Option<bool>,
}

/// `GET /notices`.
pub async fn page(State(app): State<App>, visit: Visit) -> PageResult {
    let items = notices::list(&app, &visit.caller).await?.items;
    let mails = if visit.frame.may_admin && app.engine.config().mail.is_some() {
        Some(mail::notices(&app, &visit.caller).await?.mails)
    } else {
        None
    };
    render(&NoticesPage {
        mails,
        frame: visit.frame("Notices", "/notices"),
        items,
    })
}

/// `POST /notices/{id}/read`.
pub async fn read(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    notices::mark_read(&app, &posted.visit.caller, &id).await?;
    done("/notices", "saved")
}

/// `POST /notices/mail`.
pub async fn mail(State(app): State<App>, posted: Posted) -> PageResult {
    let mails = posted.form.value("mails") == "on";
    mail::set_notices(&app, &posted.visit.caller, NoticeMails { mails }).await?;
    done("/notices", "saved")
}

/// The page that a notice is about: a path of this instance, whatever was stored.
pub fn local(link: &str) -> &str {
    if link.starts_with('/') && !link.starts_with("//") {
        link
    } else {
        "/notices"
    }
}

/// Where a notice is marked as read.
pub fn read_url(id: &str) -> String {
    format!("/notices/{id}/read")
}
