//! `/admin/mail`, `/notices/mail`.

use axum::{Json, extract::State};

use super::{input::Input, output::Answer};
use crate::{
    actions::mail::{self, MailTest, MailTested, MailView, NoticeMails},
    app::App,
    guard::auth::Auth,
};

/// The mail server
///
/// For admins of the instance.
#[utoipa::path(get, path = "/admin/mail", tag = "admin", responses((status = 200, body = MailView)))]
pub async fn mail_server(State(app): State<App>, auth: Auth) -> Answer<Json<MailView>> {
    Ok(Json(mail::get(&app, &auth).await?))
}

/// Send a test mail
///
/// For admins of the instance. That the mail server did not take it is an answer (200, `sent: false`) that says why.
#[utoipa::path(post, path = "/admin/mail/test", tag = "admin", request_body = MailTest,
    responses((status = 200, body = MailTested), (status = 409, description = "No mail server is configured")))]
pub async fn test_mail(State(app): State<App>, auth: Auth, Input(input): Input<MailTest>) -> Answer<Json<MailTested>> {
    Ok(Json(mail::test(&app, &auth, input).await?))
}

/// Whether notices are mailed to the caller
#[utoipa::path(get, path = "/notices/mail", tag = "workspace", responses((status = 200, body = NoticeMails)))]
pub async fn notice_mails(State(app): State<App>, auth: Auth) -> Answer<Json<NoticeMails>> {
    Ok(Json(mail::notices(&app, &auth).await?))
}

/// Have notices mailed, or not
///
/// For the caller alone. Only admins of the workspace get any.
#[utoipa::path(post, path = "/notices/mail", tag = "workspace", request_body = NoticeMails,
    responses((status = 200, body = NoticeMails)))]
pub async fn set_notice_mails(State(app): State<App>, auth: Auth, Input(input): Input<NoticeMails>) -> Answer<Json<NoticeMails>> {
    Ok(Json(mail::set_notices(&app, &auth, input).await?))
}
