//! Where calls may go: the instance's rules for reading, and exceptions of single workspaces for admins of the instance.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use egress::Policy;
use engine::rules::Rules;

use crate::{
    actions::egress::{self as actions, EgressInput, EgressView},
    app::App,
    pages::{
        Frame, PageError, PageResult, Posted, Visit, assets, done, render_as,
        ui::{self, Form, VERSION},
        webhook_fields::lines,
    },
};

#[derive(Template)]
#[template(path = "settings_egress.html")]
struct EgressPage {
    frame: Frame,
    of: EgressView,
    form: Form,
}

/// `GET /settings/egress/{workspace}`.
pub async fn page(State(app): State<App>, Path(id): Path<String>, visit: Visit) -> PageResult {
    let of = actions::get(&app, &visit.caller, &id).await?;
    let form = Form::with(&[("allow", &of.allow.join("\n")), (VERSION, &of.version.to_string())]);
    show(&visit, StatusCode::OK, of, form)
}

fn show(visit: &Visit, status: StatusCode, of: EgressView, form: Form) -> PageResult {
    let frame = visit.frame("Egress exceptions", "/settings");
    render_as(status, &EgressPage { frame, of, form })
}

/// `POST /settings/egress/{workspace}`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let input = EgressInput {
        allow: lines(form.value("allow")),
    };
    match actions::set(&app, &visit.caller, &id, input, form.version()).await {
        Ok(_) => done("/settings#egress", "saved"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            let of = actions::get(&app, &visit.caller, &id).await?;
            let form = form.overtaken(of.version);
            show(&visit, form.status(), of, form)
        }
    }
}

/// The rules of the instance, which hold for every workspace.
pub fn rule_lines(policy: &Policy) -> Vec<(&'static str, String)> {
    let listed = |items: Vec<String>, none: &str| if items.is_empty() { none.to_owned() } else { items.join(", ") };
    let http = if policy.allow_http { "allowed" } else { "refused: only https" };
    let bind = policy.bind.map(|ip| ip.to_string());
    // Host and port; never its credentials.
    let proxy = policy.proxy.as_ref().map(|proxy| format!("{proxy:?}"));
    vec![
        ("Plain HTTP", http.to_owned()),
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
        ("Calls leave from", bind.unwrap_or_else(|| "any address of this machine".to_owned())),
        ("Proxy", proxy.unwrap_or_else(|| "none".to_owned())),
    ]
}

/// What this workspace adds: its settings narrow where calls may go, the exceptions widen it.
pub fn own_lines(rules: &Rules) -> Vec<(&'static str, String)> {
    let listed = |items: Vec<String>, none: &str| if items.is_empty() { none.to_owned() } else { items.join("  ") };
    let settings = &rules.settings;
    let forbidden = settings.forbidden_ips.trim();
    vec![
        (
            "Forbidden in addition",
            if forbidden.is_empty() { "nothing" } else { forbidden }.to_owned(),
        ),
        (
            "Allowed URLs",
            listed(settings.allowed_url_regexes.clone(), "every URL that the instance allows"),
        ),
        (
            "Exceptions",
            listed(rules.exceptions.allow.iter().map(ToString::to_string).collect(), "none"),
        ),
    ]
}
