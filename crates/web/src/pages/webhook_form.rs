//! Adding a webhook: one form for each kind of the catalogue.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
};
use domain::{Problem, event, profile::Profile, webhook::WebhookOptions};
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done,
    monitor_form::number,
    options, render_as,
    settings::Shown,
    ui::{self, Form},
    webhooks::{KINDS, Kind, TRIGGERS, trigger},
};
use crate::{
    actions::{
        collections, monitors,
        webhooks::{self, Header, WebhookInput},
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
    /// The address that calls leave from, if it is fixed.
    bind: String,
}

fn kind(word: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.word == word).unwrap_or(&KINDS[KINDS.len() - 1])
}

/// `GET /webhooks/new?type=…`.
pub async fn new_page(State(app): State<App>, visit: Visit, Query(chosen): Query<Chosen>) -> PageResult {
    let kind = kind(&chosen.r#type);
    let rule = if kind.word == "results" {
        "three_failures_then_success"
    } else {
        "every_run"
    };
    let limits = WebhookOptions::default();
    let form = Form::with(&[
        ("subject", &chosen.monitor),
        ("trigger", rule),
        ("signing", "generate"),
        ("events", event::RUN_FINISHED),
        ("options.timeout_ms", &limits.timeout_ms.to_string()),
        ("options.verify_tls", "on"),
    ]);
    show(&app, &visit, StatusCode::OK, kind, form).await
}

async fn show(app: &App, visit: &Visit, status: StatusCode, kind: &'static Kind, form: Form) -> PageResult {
    let mut monitors_and_all = options(&[("", "All monitors of this workspace")]);
    monitors_and_all.extend(monitors::list(app, &visit.caller).await?.items.into_iter().map(|m| (m.id, m.name)));
    let collections = collections::list(app, &visit.caller).await?.items;
    let bind = app
        .engine
        .policy(&visit.caller.workspace.id)
        .bind
        .map(|ip| ip.to_string())
        .unwrap_or_default();
    render_as(
        status,
        &WebhookForm {
            frame: visit.frame(kind.title, "/integrations"),
            kind: kind.word,
            about: kind.about,
            form,
            monitors: monitors_and_all,
            collections: collections.into_iter().map(|c| (c.uid, c.name)).collect(),
            triggers: if kind.word == "results" {
                TRIGGERS[..2].to_vec()
            } else {
                TRIGGERS.to_vec()
            },
            bind,
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
            show(&app, &visit, form.status(), kind, form).await
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

fn input(kind: &Kind, form: &Form) -> Result<WebhookInput, Problem> {
    let secret = match form.value("signing") {
        "none" => None,
        "own" if form.value("secret").trim().is_empty() => return Err(Problem::invalid("secret", "the secret is empty")),
        "own" => Some(form.value("secret").trim().to_owned()),
        _ => Some("generate".to_owned()),
    };
    let (profile, events) = match kind.word {
        "results" => (Profile::Postman, vec![event::RUN_FINISHED.to_owned()]),
        "feed" | "team" => (Profile::Postman, vec![event::ACTIVITY.to_owned()]),
        _ => (Profile::Standard, lines(form.value("events"))),
    };
    if kind.word == "feed" && form.value("subject").is_empty() {
        return Err(Problem::invalid("subject", "choose a collection").hint("import one first, if there is none"));
    }
    let limits = WebhookOptions::default();
    Ok(WebhookInput {
        name: form.value("name").to_owned(),
        profile,
        url: form.value("url").to_owned(),
        events,
        subject: Some(form.value("subject").to_owned()).filter(|subject| !subject.is_empty() && kind.word != "team"),
        trigger: trigger(form.value("trigger")),
        options: WebhookOptions {
            timeout_ms: number(form, "options.timeout_ms")?,
            verify_tls: form.has("options.verify_tls", "on"),
            ..limits
        },
        retry_policy: None,
        secret,
        headers: headers(form.value("headers"))?,
        enabled: true,
    })
}

/// Words of a field, one a line or parted by commas.
pub fn lines(text: &str) -> Vec<String> {
    text.split([',', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `Name: value` lines.
pub fn headers(text: &str) -> Result<Vec<Header>, Problem> {
    let line = |line: &str| {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| Problem::invalid("headers", format!("`{line}` is no header line")).hint("one a line, `Name: value`"))?;
        Ok(Header {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
        })
    };
    text.lines().map(str::trim).filter(|l| !l.is_empty()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_lines() {
        let read = headers("X-Team: payments\n\n Authorization:  Basic a:b \n").unwrap();
        assert_eq!(
            read.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect::<Vec<_>>(),
            [("X-Team", "payments"), ("Authorization", "Basic a:b")]
        );
        assert_eq!(headers("nonsense").unwrap_err().field.as_deref(), Some("headers"));
    }

    #[test]
    fn each_kind_subscribes_to_its_events() {
        let form = Form::with(&[
            ("name", "n"),
            ("url", "https://example.com"),
            ("subject", "s"),
            ("options.timeout_ms", "1000"),
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
