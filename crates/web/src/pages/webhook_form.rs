//! Adding a webhook: one form for each kind of the catalogue.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
};
use domain::{
    Problem, event,
    profile::{Profile, custom, flow_task},
    webhook::WebhookOptions,
};
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done, options, render_as,
    settings::Shown,
    ui::{self, Form},
    webhook_fields::{self as fields, headers, lines},
    webhook_preview::Pane,
    webhooks::{Kind, TRIGGERS, kind, trigger},
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
    let task = app
        .engine
        .rules(&visit.caller.workspace.id)
        .await
        .map_err(ActionError::from)?
        .flow_task();
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
    let mut values = fields::values(&WebhookOptions::of(profile, &task), None);
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
    let made = match input(kind, &form) {
        Ok(input) => webhooks::create(&app, &visit.caller, input).await,
        Err(problem) => Err(problem.into()),
    };
    match made {
        Ok(created) => match created.secret {
            Some(secret) => secret_page(&visit, &created.webhook.id, "Webhook created", &secret),
            None => done(&format!("/webhooks/{}", created.webhook.id), "created"),
        },
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, form.status(), kind, form, Pane::default()).await
        }
    }
}

/// The page that shows a signing secret once.
pub fn secret_page(visit: &Visit, webhook_id: &str, title: &str, secret: &str) -> PageResult {
    Shown {
        frame: visit.frame(title, "/integrations"),
        lead: "Give this secret to the receiver, so that it can check that calls are from here.".to_owned(),
        label: "Signing secret",
        secret: secret.to_owned(),
        steps: Vec::new(),
        sample_title: "A receiver checks it like this (Python, pip install standardwebhooks)",
        sample: "from standardwebhooks import Webhook\n\nevent = Webhook(secret).verify(request.body, request.headers)".to_owned(),
        back: format!("/webhooks/{webhook_id}"),
        back_label: "To the webhook",
    }
    .page()
}

/// What the form says.
pub fn input(kind: &Kind, form: &Form) -> Result<WebhookInput, Problem> {
    let profile = profile(kind);
    let own = Some(form.value("secret").trim().to_owned()).filter(|text| !text.is_empty());
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
        trigger: trigger(form.value("trigger")),
        filter: Some(form.value("filter").trim().to_owned()).filter(|filter| !filter.is_empty()),
        options: fields::options_of(form, profile.has_template())?,
        retry_policy: fields::retry_of(form)?,
        secret,
        headers: headers(form.value("headers"))?,
        client_certificate: fields::certificate_of(form),
        enabled: profile != Profile::Testmonitor || form.has("enabled", "on"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_subscribes_to_its_events() {
        let form = Form::with(&[
            ("name", "n"),
            ("url", "https://example.com"),
            ("subject", "s"),
            ("options.timeout_ms", "1000"),
            ("signing", "generate"),
            ("events", "a.b, c.*"),
        ]);
        let of = |word| input(kind(word), &form).unwrap();
        assert_eq!(of("results").events, [event::RUN_FINISHED]);
        assert_eq!(of("team").subject, None);
        assert_eq!(of("feed").subject.as_deref(), Some("s"));
        assert_eq!(of("standard").events, ["a.b", "c.*"]);
        assert_eq!(of("standard").secret.as_deref(), Some("generate"));
    }
}
