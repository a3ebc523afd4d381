//! Settings: members, tokens, webhooks, event types, limits, where calls may go; and the page that shows a secret once.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::{account::Scope, clock::DAY, limits, settings::UnregisteredEvents};

pub mod egress;
pub mod event_types;
pub mod mail;
pub mod webhooks;

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done, options, render, render_as,
    ui::{self, Form},
};
use crate::{
    actions::{
        egress as exceptions, event_types as types,
        mail::{self as mails, MailView},
        settings::{self, WebhookSettingsView},
        tokens::{self, TokenInput, TokenView},
        workspaces::{self, MemberView},
    },
    app::App,
    time::Time,
};

/// A secret that was made just now: this page is its only showing.
#[derive(Template)]
#[template(path = "secret.html")]
pub struct Shown {
    pub frame: Frame,
    pub lead: String,
    pub label: &'static str,
    pub secret: String,
    pub steps: Vec<String>,
    pub sample_title: &'static str,
    pub sample: String,
    pub back: String,
    pub back_label: &'static str,
}

impl Shown {
    /// The answer.
    pub fn page(self) -> PageResult {
        render(&self)
    }
}

struct TokenLine {
    view: TokenView,
    button: ui::Html,
    dialog: ui::Html,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    members: Vec<MemberView>,
    tokens: Vec<TokenLine>,
    form: Form,
    lifetimes: Vec<(String, String)>,
    limits: Vec<(&'static str, String)>,
    /// For admins: the settings, with a form for each half of them.
    webhooks: Option<WebhookSettingsView>,
    sending: Form,
    keeping: Form,
    unregistered: Vec<(String, String)>,
    /// What holds on the instance, a hint for each field of `keeping`.
    kept: [String; 3],
    types: Vec<event_types::TypeLine>,
    new_type: Form,
    types_open: bool,
    /// Where calls may go: as the instance says, and what this workspace adds.
    egress: Vec<(&'static str, String)>,
    own_egress: Vec<(&'static str, String)>,
    /// Exceptions of every workspace, for admins of the instance.
    workspaces: Vec<exceptions::EgressView>,
    /// For admins of the instance.
    mail: Option<MailView>,
    version: String,
    public_url: String,
}

/// `GET /settings`.
pub async fn page(State(app): State<App>, visit: Visit) -> PageResult {
    show(&app, &visit, StatusCode::OK, Entered::Nothing).await
}

/// A form that was refused: the page shows it as it was entered.
enum Entered {
    Nothing,
    Token(Form),
    Webhooks(Form),
    Retention(Form),
    EventType(Form),
}

async fn show(app: &App, visit: &Visit, status: StatusCode, entered: Entered) -> PageResult {
    let caller = &visit.caller;
    let webhooks = match visit.frame.may_admin {
        true => Some(settings::get(app, caller).await?),
        false => None,
    };
    let present = webhooks.as_ref().map(webhooks::values).unwrap_or_default();
    let (mut form, mut sending, mut keeping, mut new_type) = (
        Form::with(&[("scopes", "read"), ("expires", "90")]),
        present.clone(),
        present,
        Form::default(),
    );
    let types_open = matches!(entered, Entered::EventType(_));
    match entered {
        Entered::Nothing => {}
        Entered::Token(entered) => form = entered,
        Entered::Webhooks(entered) => sending = entered,
        Entered::Retention(entered) => keeping = entered,
        Entered::EventType(entered) => new_type = entered,
    }
    let rules = app
        .engine
        .rules(&caller.workspace.id)
        .await
        .map_err(crate::actions::ActionError::from)?;
    let (workspaces, mail) = if exceptions::is_instance_admin(caller) {
        (exceptions::list(app, caller).await?.items, Some(mails::get(app, caller).await?))
    } else {
        (Vec::new(), None)
    };
    let frame = visit.frame("Settings", "/settings");
    let tokens = if frame.may_admin {
        tokens::list(app, &visit.caller).await?.items
    } else {
        Vec::new()
    };
    let page = SettingsPage {
        members: workspaces::members(app, &visit.caller).await?.items,
        tokens: tokens
            .into_iter()
            .enumerate()
            .map(|(at, token)| token_line(token, at, &frame.csrf))
            .collect(),
        lifetimes: options(&[("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year"), ("", "never")]),
        limits: limit_lines(),
        webhooks,
        sending,
        keeping,
        unregistered: options(&[
            (UnregisteredEvents::Accept.as_str(), "Accept them"),
            (UnregisteredEvents::Refuse.as_str(), "Refuse them"),
        ]),
        kept: kept(app),
        types: event_types::type_lines(types::list(app, caller).await?.items, &frame.csrf),
        new_type,
        types_open,
        egress: egress::rule_lines(app.engine.instance_policy()),
        own_egress: egress::own_lines(&rules),
        workspaces,
        mail,
        version: app.config.version.clone(),
        public_url: app.config.public_url.clone(),
        form,
        frame,
    };
    render_as(status, &page)
}

fn token_line(view: TokenView, at: usize, csrf: &str) -> TokenLine {
    let id = format!("delete-token-{at}");
    TokenLine {
        button: ui::opens(&id, "btn small ghost", "trash", "Delete"),
        dialog: ui::confirm(
            &id,
            &format!("Delete the token “{}”?", view.name),
            "Whatever uses it is refused at once.",
            &format!("/settings/tokens/{}/delete", view.id),
            csrf,
            "danger",
            "Delete token",
        ),
        view,
    }
}

/// How long things are kept where the workspace says nothing.
fn kept(app: &App) -> [String; 3] {
    let kept = app.engine.config().retention;
    [kept.log, kept.events, kept.runs].map(|kept| format!("On this instance: {} days.", kept / DAY))
}

fn limit_lines() -> Vec<(&'static str, String)> {
    vec![
        ("Event", binary(limits::EVENT_BYTES)),
        ("Receipt", binary(limits::RECEIPT_BYTES)),
        ("Collection", binary(limits::COLLECTION_BYTES)),
        ("Response kept in a log", binary(limits::RESPONSE_KEPT_BYTES)),
        ("Requests at once to a webhook", limits::LANE_IN_FLIGHT.to_string()),
    ]
}

/// `64 KiB`, `1 MiB`: limits are whole binary units.
fn binary(bytes: usize) -> String {
    if bytes.is_multiple_of(1 << 20) {
        format!("{} MiB", bytes >> 20)
    } else {
        format!("{} KiB", bytes >> 10)
    }
}

/// `POST /settings/tokens`: the token is shown on the answer, and nowhere after.
pub async fn create_token(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let days: Option<i64> = form.value("expires").parse().ok();
    let input = TokenInput {
        name: form.value("name").to_owned(),
        scopes: form.values_of("scopes").filter_map(Scope::parse).collect(),
        expires_at: days
            .filter(|days| (1..=3_650).contains(days))
            .map(|days| Time(app.now() + days * DAY)),
    };
    match tokens::create(&app, &visit.caller, input).await {
        Ok(created) => Shown {
            frame: visit.frame("Token created", "/settings"),
            lead: format!("“{}” may act in {}.", created.view.name, visit.frame.workspace),
            label: "API token",
            steps: Vec::new(),
            sample_title: "Use it",
            sample: format!(
                "curl {}/api/v1/monitors \\\n  -H 'authorization: Bearer {}'",
                app.config.public_url, created.token
            ),
            secret: created.token,
            back: "/settings#tokens".to_owned(),
            back_label: "To the settings",
        }
        .page(),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, form.status(), Entered::Token(form)).await
        }
    }
}

/// `POST /settings/tokens/{id}/delete`.
pub async fn delete_token(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    tokens::delete(&app, &posted.visit.caller, &id).await?;
    done("/settings#tokens", "deleted")
}
