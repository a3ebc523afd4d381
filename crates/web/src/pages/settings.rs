//! Settings: members, tokens, limits, where calls may go; and the page that shows a secret once.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::{account::Scope, clock::DAY, limits};

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done, options, render, render_as,
    ui::{self, Form},
};
use crate::{
    actions::{
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
    egress: Vec<(&'static str, String)>,
    version: String,
    public_url: String,
}

/// `GET /settings`.
pub async fn page(State(app): State<App>, visit: Visit) -> PageResult {
    show(&app, &visit, StatusCode::OK, Form::with(&[("scopes", "read"), ("expires", "90")])).await
}

async fn show(app: &App, visit: &Visit, status: StatusCode, form: Form) -> PageResult {
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
        egress: egress_lines(app, visit),
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

fn egress_lines(app: &App, visit: &Visit) -> Vec<(&'static str, String)> {
    let policy = app.engine.policy(&visit.caller.workspace.id);
    let listed = |items: Vec<String>, none: &str| if items.is_empty() { none.to_owned() } else { items.join(", ") };
    vec![
        (
            "Plain HTTP",
            if policy.allow_http { "allowed" } else { "refused: only https" }.to_owned(),
        ),
        (
            "Allowed networks",
            listed(policy.allow.iter().map(ToString::to_string).collect(), "no exception"),
        ),
        (
            "Allowed endpoints",
            listed(policy.allow_endpoints.iter().map(ToString::to_string).collect(), "no exception"),
        ),
        (
            "Forbidden in addition",
            listed(policy.forbid.iter().map(ToString::to_string).collect(), "nothing"),
        ),
        (
            "Allowed URLs",
            listed(policy.allowed_url_regexes.iter().map(ToString::to_string).collect(), "every URL"),
        ),
        (
            "Calls leave from",
            policy
                .bind
                .map_or_else(|| "any address of this machine".to_owned(), |ip| ip.to_string()),
        ),
        (
            "Proxy",
            if policy.proxy.is_some() {
                "through the configured proxy"
            } else {
                "none"
            }
            .to_owned(),
        ),
    ]
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
            show(&app, &visit, form.status(), form).await
        }
    }
}

/// `POST /settings/tokens/{id}/delete`.
pub async fn delete_token(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    tokens::delete(&app, &posted.visit.caller, &id).await?;
    done("/settings#tokens", "deleted")
}
