//! Mail: what is set up, whether it works, and whether a member wants any.

use domain::{Problem, account::Need, id};
use egress::{Letter, Mailer};
use serde::{Deserialize, Serialize};
use store::tables::mails as table;
use utoipa::ToSchema;

use super::{Caller, Result, egress::need_instance};
use crate::app::App;

/// The mail server, as configured under `[mail]`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailView {
    /// Host, port and encryption; `null`: no mail is sent.
    #[schema(example = "mail.example.com:587 (STARTTLS)")]
    pub server: Option<String>,
    /// The sender.
    pub from: Option<String>,
    /// Mails that wait.
    pub waiting: u64,
}

/// To whom a test mail goes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailTest {
    /// Address; the caller's own if absent.
    pub to: Option<String>,
}

/// What became of a test mail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailTested {
    /// The server took it.
    pub sent: bool,
    pub to: String,
    pub server: String,
    /// `not_reached`, `timeout`, `tls`, `not_offered`, `login_refused`, `refused`, `refused_for_now`, `bad_address`.
    pub code: Option<String>,
    /// What went wrong.
    pub message: Option<String>,
    /// What to try.
    pub hint: Option<String>,
}

/// Whether the caller gets the workspace's notices by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeMails {
    /// Counts for admins: notices are mailed to them alone.
    pub mails: bool,
}

/// What is set up.
///
/// # Errors
/// 403 for those who do not run the instance.
pub async fn get(app: &App, caller: &Caller) -> Result<MailView> {
    need_instance(caller)?;
    let waiting = app.read(|tx| Ok(table::waiting(tx)?)).await?;
    let mailer = app.engine.config().mail.as_ref();
    Ok(MailView {
        server: mailer.map(|mailer| mailer.server().to_owned()),
        from: mailer.map(Mailer::from),
        waiting,
    })
}

/// Sends a test mail now and tells what became of it. A failure of the mail server is an answer too.
///
/// # Errors
/// 403 for those who do not run the instance; 409 while no mail server is configured.
pub async fn test(app: &App, caller: &Caller, input: MailTest) -> Result<MailTested> {
    need_instance(caller)?;
    let Some(mailer) = app.engine.config().mail.clone() else {
        return Err(Problem::conflict("no mail server is configured")
            .hint("set `mail.url` and `mail.from` in watchbell.toml, or WATCHBELL_MAIL_URL and WATCHBELL_MAIL_FROM")
            .into());
    };
    let to = input.to.map(|to| to.trim().to_owned()).filter(|to| !to.is_empty());
    let to = to.unwrap_or_else(|| caller.user.email.clone());
    let letter = Letter {
        id: id::new(id::MAIL, app.now()),
        to: to.clone(),
        subject: "[Watchbell] Test mail".to_owned(),
        text: format!("Mail from Watchbell works.\n\n{}\n", app.url("/settings")),
        at_us: app.now(),
    };
    let failure = mailer.send(&letter).await.err();
    Ok(MailTested {
        sent: failure.is_none(),
        to,
        server: mailer.server().to_owned(),
        code: failure.as_ref().map(|failure| failure.code.to_owned()),
        message: failure.as_ref().map(|failure| failure.message.clone()),
        hint: failure.map(|failure| failure.hint.to_owned()),
    })
}

/// Whether the caller gets the workspace's notices by mail.
///
/// # Errors
/// The store's.
pub async fn notices(app: &App, caller: &Caller) -> Result<NoticeMails> {
    caller.need(Need::View)?;
    let (workspace, user) = (caller.workspace.id.clone(), caller.user.id.clone());
    let mails = app.read(move |tx| Ok(table::wanted(tx, &workspace, &user)?)).await?;
    Ok(NoticeMails {
        mails: mails.unwrap_or(false),
    })
}

/// Sets it, for the caller alone.
///
/// # Errors
/// The store's.
pub async fn set_notices(app: &App, caller: &Caller, input: NoticeMails) -> Result<NoticeMails> {
    caller.need(Need::Edit)?;
    let (workspace, user) = (caller.workspace.id.clone(), caller.user.id.clone());
    app.write(move |tx| Ok(table::set_wanted(tx, &workspace, &user, input.mails)?))
        .await?;
    Ok(input)
}
