//! A test mail, for admins of the instance: sent at once, and the page says what became of it.

use askama::Template;
use axum::{extract::State, http::StatusCode};

use crate::{
    actions::mail::{self as actions, MailTest, MailTested, MailView},
    app::App,
    pages::{
        Frame, PageError, PageResult, Posted, Visit, assets, render_as,
        ui::{self, Form},
    },
};

#[derive(Template)]
#[template(path = "settings_mail.html")]
struct MailPage {
    frame: Frame,
    mail: MailView,
    form: Form,
    tested: Option<MailTested>,
}

/// `GET /settings/mail`.
pub async fn page(State(app): State<App>, visit: Visit) -> PageResult {
    let form = Form::with(&[("to", &visit.caller.user.email)]);
    show(&app, &visit, StatusCode::OK, form, None).await
}

/// `POST /settings/mail`.
pub async fn test(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let input = MailTest {
        to: Some(form.value("to").to_owned()),
    };
    match actions::test(&app, &visit.caller, input).await {
        Ok(tested) => show(&app, &visit, StatusCode::OK, form, Some(tested)).await,
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, form.status(), form, None).await
        }
    }
}

async fn show(app: &App, visit: &Visit, status: StatusCode, form: Form, tested: Option<MailTested>) -> PageResult {
    let page = MailPage {
        mail: actions::get(app, &visit.caller).await?,
        frame: visit.frame("Test mail", "/settings"),
        form,
        tested,
    };
    render_as(status, &page)
}
