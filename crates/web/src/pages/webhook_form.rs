//! Adding a webhook: one form for each kind of the catalogue.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
};
use domain::{
    Problem, event,
    profile::{FlowTaskDefaults, Profile, custom, flow_task},
    retry::RetryPolicy,
    webhook::WebhookOptions,
};
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done, options, render_as,
    ui::{self, Form},
    webhook_fields::{self as fields, headers, lines},
    webhook_preview::Pane,
    webhook_secret::secret_page,
    webhooks::{COUNT, Kind, TRIGGERS, kind, trigger},
};
use crate::{
    actions::{
        ActionError, collections, event_types, monitors,
        webhooks::{self, WebhookInput},
    },
    app::App,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    r#type: String,
    monitor: String,
}

#[derive(Template)]
#[template(path = "webhook_form.html")]
struct WebhookForm {
    frame: Frame,
    kind: &'static str,
    about: &'static str,
    form: Form,
    monitors: Vec<(String, String)>,
    collections: Vec<(String, String)>,
    triggers: Vec<(&'static str, &'static str, &'static str)>,
    /// Event types to tick.
    types: Vec<String>,
    methods: Vec<(String, String)>,
    signatures: Vec<(String, String)>,
    retry_choices: [Vec<(String, String)>; 2],
    samples: Vec<(String, String)>,
    preview: Pane,
    /// The address that calls leave from, if it is fixed.
    bind: String,
    /// Whether test events may be sent.
    tests: bool,
}

/// What a flow's task sends when.
const TASK_TRIGGERS: &[(&str, &str, &str)] = &[
    ("every_run", "Any", "After every job."),
    ("successes", "Success", "After jobs that completed."),
    ("failures", "Failure", "After jobs that failed."),
];

/// The profile of a kind.
fn profile(kind: &Kind) -> Profile {
    Profile::parse(kind.word).unwrap_or(Profile::Postman)
}

/// `GET /webhooks/new?type=…`.
pub async fn new_page(State(app): State<App>, visit: Visit, Query(chosen): Query<Chosen>) -> PageResult {
    let kind = kind(&chosen.r#type);
    let rule = if kind.word == "results" {
        "three_failures_then_success"
    } else {
        "every_run"
    };
    let profile = profile(kind);
    let task = task_of(&app, &visit).await?;
    let (events, signing) = match profile {
        Profile::Testmonitor => ("", "none"),
        Profile::FlowTask => ("job.*", "none"),
        Profile::Slack | Profile::Teams | Profile::Discord | Profile::Pagerduty => {
            ("monitor.run.finished\nincident.*\nwebhook.disabled", "none")
        }
        _ => (event::RUN_FINISHED, "generate"),
    };
    let body = match profile {
        Profile::FlowTask => flow_task::default_body(),
        Profile::Custom => custom::DEFAULT_BODY.to_owned(),
        _ => String::new(),
    };
    let limit = WebhookOptions::default().limit_ms(profile, &task);
    let beginning = WebhookOptions {
        timeout_ms: Some(limit),
        ..WebhookOptions::default()
    };
    let mut values = fields::values(&beginning, None);
    values.retain(|(name, _)| name != "options.body");
    let more = [
        ("subject", &*chosen.monitor),
        (
            "trigger",
            if matches!(profile, Profile::Slack | Profile::Teams | Profile::Discord) {
                "on_change"
            } else {
                rule
            },
        ),
        (COUNT, "3"),
        ("signing", signing),
        ("events", events),
        ("enabled", "on"),
        ("retries", &task.max_retries.to_string()),
        ("retry_delay_ms", &task.retry_delay_ms.to_string()),
        ("options.body", &body),
    ];
    values.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    show(&app, &visit, StatusCode::OK, kind, Form::new(values), Pane::default()).await
}

/// The event types to tick: those that are registered, and those that are ticked already.
pub async fn types(app: &App, visit: &Visit, ticked: impl Iterator<Item = &str>) -> Result<Vec<String>, PageError> {
    let mut types: Vec<String> = event_types::list(app, &visit.caller)
        .await?
        .items
        .into_iter()
        .map(|known| known.event_type)
        .collect();
    for one in ticked.flat_map(lines) {
        if !types.contains(&one) {
            types.push(one);
        }
    }
    Ok(types)
}

/// The form as it was entered, with what would be sent.
pub async fn show(app: &App, visit: &Visit, status: StatusCode, kind: &'static Kind, form: Form, preview: Pane) -> PageResult {
    let types = if kind.word == "testmonitor" {
        types(app, visit, form.values_of("events")).await?
    } else {
        Vec::new()
    };
    let mut monitors_and_all = options(&[("", "All monitors of this workspace")]);
    monitors_and_all.extend(monitors::list(app, &visit.caller).await?.items.into_iter().map(|m| (m.id, m.name)));
    let collections = collections::list(app, &visit.caller).await?.items;
    let rules = app.engine.rules(&visit.caller.workspace.id).await.map_err(ActionError::from)?;
    render_as(
        status,
        &WebhookForm {
            frame: visit.frame(kind.title, "/integrations"),
            kind: kind.word,
            about: kind.about,
            form,
            monitors: monitors_and_all,
            collections: collections.into_iter().map(|c| (c.uid, c.name)).collect(),
            triggers: match kind.word {
                "results" => TRIGGERS[..2].to_vec(),
                "flow-task" => TASK_TRIGGERS.to_vec(),
                _ => TRIGGERS.to_vec(),
            },
            types,
            methods: fields::methods(),
            signatures: fields::signatures(),
            retry_choices: fields::retry_choices(),
            samples: fields::samples(),
            preview,
            bind: rules.policy.bind.map(|ip| ip.to_string()).unwrap_or_default(),
            tests: rules.settings.test_webhook,
        },
    )
}

/// `POST /webhooks/new`.
pub async fn create(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let kind = kind(form.value("type"));
    let task = task_of(&app, &visit).await?;
    let made = match input(kind, &form, &task) {
        Ok(input) => webhooks::create(&app, &visit.caller, input).await,
        Err(problem) => Err(problem.into()),
    };
    match made {
        Ok(created) => match created.secret {
            Some(secret) => secret_page(&visit, &created.webhook, "Webhook created", &secret),
            None => done(&format!("/webhooks/{}", created.webhook.id), "created"),
        },
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, form.status(), kind, form, Pane::default()).await
        }
    }
}

/// What flow tasks of the visitor's workspace have.
pub async fn task_of(app: &App, visit: &Visit) -> Result<FlowTaskDefaults, PageError> {
    let rules = app.engine.rules(&visit.caller.workspace.id).await.map_err(ActionError::from)?;
    Ok(rules.flow_task())
}

/// What the form says. What is as the workspace has it for its flow tasks (`task`) is not made the webhook's own: then it
/// follows when that changes.
pub fn input(kind: &Kind, form: &Form, task: &FlowTaskDefaults) -> Result<WebhookInput, Problem> {
    let profile = profile(kind);
    let mut options = fields::options_of(form, profile.has_template())?;
    let usual = WebhookOptions::default().limit_ms(profile, task);
    options.timeout_ms = options.timeout_ms.filter(|limit| *limit != Some(usual));
    let of_task = |policy: &RetryPolicy| profile == Profile::FlowTask && *policy == task.retry_policy();
    let own = fields::secret_of(form, "secret", fields::style_of(profile, form));
    let secret = match form.value("signing") {
        // Kinds with one field for the secret: empty is unsigned.
        "" => own,
        "none" => None,
        "own" if own.is_none() => return Err(Problem::invalid("secret", "the secret is empty")),
        "own" => own,
        _ => Some("generate".to_owned()),
    };
    let events = match kind.word {
        "results" => vec![event::RUN_FINISHED.to_owned()],
        "feed" | "team" => vec![event::ACTIVITY.to_owned()],
        _ => form.values_of("events").flat_map(lines).collect(),
    };
    if kind.word == "feed" && form.value("subject").is_empty() {
        return Err(Problem::invalid("subject", "choose a collection").hint("import one first, if there is none"));
    }
    Ok(WebhookInput {
        name: form.value("name").to_owned(),
        profile,
        url: form.value("url").to_owned(),
        events,
        subject: Some(form.value("subject").to_owned()).filter(|subject| !subject.is_empty() && kind.word != "team"),
        trigger: trigger(form)?,
        filter: Some(form.value("filter").trim().to_owned()).filter(|filter| !filter.is_empty()),
        options,
        retry_policy: fields::retry_of(form)?.filter(|policy| !of_task(policy)),
        secret,
        headers: headers(form.value("headers"))?,
        client_certificate: fields::certificate_of(form),
        enabled: profile != Profile::Testmonitor || form.has("enabled", "on"),
    })
}

#[cfg(test)]
mod tests;
