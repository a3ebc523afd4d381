//! One webhook: how it does, its log with every request and response, why it heard of an event,
//! its settings.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use domain::{clock::DAY, delivery::DeliveryState, profile::Profile, webhook::SignatureStyle};
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Visit, assets, older, options, render_as, replays,
    ui::{self, Form},
    webhook_fields as fields,
    webhook_form::types,
    webhook_preview::Pane,
    webhook_why::{self, Explained},
    webhooks as shared,
};
use crate::{
    actions::{
        PageQuery,
        attempts::{self, AttemptDetail, AttemptStats, DeliveryQuery, DeliveryView},
        collections, monitors,
        webhooks::{self, WebhookView},
    },
    app::App,
    chart::{self, Bar, Outcome},
    time::Time,
};

/// Deliveries on one page of the log.
const DELIVERIES_SHOWN: usize = 25;
/// Newest attempts that are read for chart and log.
const ATTEMPTS_READ: usize = 120;
const BARS: usize = 60;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Filter {
    state: String,
    before: Option<String>,
    event: String,
    /// One to try on that event.
    filter: String,
    /// When it went off, after it was switched on.
    since: String,
}

struct DeliveryLine {
    view: DeliveryView,
    kind: &'static str,
    note: String,
    attempts: Vec<AttemptDetail>,
    resendable: bool,
    resend_url: String,
    curl_url: String,
}

#[derive(Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    frame: Frame,
    w: WebhookView,
    kind: &'static str,
    target: String,
    health: ui::Html,
    enable_url: String,
    dialogs: Vec<ui::Html>,
    stats: Vec<(&'static str, String, String)>,
    bars: usize,
    chart: ui::Html,
    again: replays::Card,
    missed_since: String,
    deliveries: Vec<DeliveryLine>,
    state: String,
    states: Vec<(String, String)>,
    next: Option<String>,
    explained: Explained,
    form: Form,
    types: Vec<String>,
    methods: Vec<(String, String)>,
    signatures: Vec<(String, String)>,
    retry_choices: [Vec<(String, String)>; 2],
    samples: Vec<(String, String)>,
    preview: Pane,
    /// How its secret signs; `None`: it does not.
    style: Option<SignatureStyle>,
    subjects: Vec<(String, String)>,
    triggers: Vec<(String, String)>,
    retries: String,
    /// The workspace has its webhooks switched off.
    off: bool,
    /// Whether test events may be sent.
    tests: bool,
    /// Where calls leave from, if that is fixed.
    bind: String,
}

/// `GET /webhooks/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>, Query(filter): Query<Filter>) -> PageResult {
    show(&app, &visit, &id, filter, StatusCode::OK, None).await
}

/// The page, with the form of its settings as it was entered if that was refused.
pub async fn show(app: &App, visit: &Visit, id: &str, filter: Filter, status: StatusCode, entered: Option<(Form, Pane)>) -> PageResult {
    let w = webhooks::get(app, &visit.caller, id).await?;
    let query = DeliveryQuery {
        state: DeliveryState::parse(&filter.state),
        limit: Some(DELIVERIES_SHOWN),
        before: filter.before.clone(),
    };
    let deliveries = attempts::deliveries(app, &visit.caller, id, query).await?;
    let log = attempts::attempts(app, &visit.caller, id, PageQuery::first(ATTEMPTS_READ))
        .await?
        .items;
    let day = attempts::stats(app, &visit.caller, id, Time(app.now() - DAY)).await?;
    let explained = webhook_why::explain(app, visit, &filter.event, &filter.filter).await?;
    let bars = bars(&log);
    let frame = visit.frame(&w.name, "/integrations");
    let (form, preview) = entered.unwrap_or_else(|| (Form::new(values(&w)), Pane::default()));
    let types = types(app, visit, form.values_of("events")).await?;
    let ends = (
        log.iter().take(BARS).next_back().map(|a| ui::short(a.attempt.at.micros())),
        log.first().map(|a| ui::short(a.attempt.at.micros())),
    );
    let mut by_delivery: HashMap<String, Vec<AttemptDetail>> = HashMap::new();
    for attempt in log.into_iter().rev() {
        by_delivery.entry(attempt.attempt.delivery_id.clone()).or_default().push(attempt);
    }
    let path = format!("/webhooks/{}", w.id);
    let rules = app
        .engine
        .rules(&visit.caller.workspace.id)
        .await
        .map_err(crate::actions::ActionError::from)?;
    let page = WebhookPage {
        kind: shared::kind_of(&w),
        target: shared::target(&w),
        health: shared::health(&w),
        enable_url: format!("{path}/enable"),
        // The first one is the test's.
        dialogs: dialogs(&w, &path, &frame.csrf)
            .into_iter()
            .skip(usize::from(!rules.settings.test_webhook))
            .collect(),
        stats: stats(&w, &day),
        bars: bars.len(),
        chart: chart::history(
            &bars,
            "Attempts and how long they took",
            &ends.0.unwrap_or_default(),
            &ends.1.unwrap_or_default(),
        ),
        next: older(&path, &[("state", &filter.state)], deliveries.next),
        deliveries: deliveries.items.into_iter().map(|d| line(d, &mut by_delivery, w.enabled)).collect(),
        state: filter.state,
        states: options(&[
            ("", "Any state"),
            ("pending", "Pending"),
            ("delivered", "Delivered"),
            ("failed", "Failed"),
            ("dropped", "Dropped"),
        ]),
        again: replays::card(app, visit, id, &filter.since).await?,
        missed_since: filter.since,
        explained,
        form,
        types,
        methods: fields::methods(),
        signatures: fields::signatures(),
        retry_choices: fields::retry_choices(),
        samples: fields::samples(),
        preview,
        style: w.profile.signature(&w.options),
        subjects: subjects(app, visit, &w).await?,
        triggers: shared::trigger_options(&w.trigger),
        retries: shared::retries(&w.retry_policy.clone().unwrap_or_else(|| w.profile.retry_policy(&rules.flow_task()))),
        off: !rules.settings.webhooks_enabled,
        tests: rules.settings.test_webhook,
        bind: rules.policy.bind.map(|ip| ip.to_string()).unwrap_or_default(),
        frame,
        w,
    };
    render_as(status, &page)
}

async fn subjects(app: &App, visit: &Visit, w: &WebhookView) -> Result<Vec<(String, String)>, PageError> {
    let mut all = options(&[("", "Anything in this workspace")]);
    all.extend(
        monitors::list(app, &visit.caller)
            .await?
            .items
            .into_iter()
            .map(|m| (m.id, format!("Monitor: {}", m.name))),
    );
    all.extend(
        collections::list(app, &visit.caller)
            .await?
            .items
            .into_iter()
            .map(|c| (c.uid, format!("Collection: {}", c.name))),
    );
    // Without it the form would say "anything", and saving it would make it so.
    if let Some(gone) = w.subject.as_ref().filter(|subject| !all.iter().any(|(id, _)| id == *subject)) {
        all.push((gone.clone(), "(deleted)".to_owned()));
    }
    Ok(all)
}

fn dialogs(w: &WebhookView, path: &str, csrf: &str) -> Vec<ui::Html> {
    let rotated = if w.has_secret {
        "A new secret is made and shown once. The present one signs too for 24 hours, so that receivers can change without a gap."
    } else {
        "A secret is made and shown once; from then on calls are signed."
    };
    vec![
        ui::confirm(
            "test-webhook",
            "Send a test event?",
            &format!(
                "One event of type test-event is sent to {}, signed like any other. It does not count towards disabling.",
                shared::target(w)
            ),
            &format!("{path}/test"),
            csrf,
            "primary",
            "Send test",
        ),
        ui::confirm(
            "disable-webhook",
            &format!("Disable “{}”?", w.name),
            "What is queued is dropped, and nothing is sent until it is enabled again. The log stays.",
            &format!("{path}/disable"),
            csrf,
            "danger",
            "Disable",
        ),
        ui::confirm(
            "rotate-webhook",
            "Rotate the secret?",
            rotated,
            &format!("{path}/rotate"),
            csrf,
            "primary",
            "Make a new secret",
        ),
        ui::confirm(
            "delete-webhook",
            &format!("Delete “{}”?", w.name),
            "The webhook, its queue and its log are deleted. This cannot be undone.",
            &format!("{path}/delete"),
            csrf,
            "danger",
            "Delete webhook",
        ),
    ]
}

#[allow(clippy::cast_precision_loss, reason = "counts of attempts")]
fn bars(log: &[AttemptDetail]) -> Vec<Bar> {
    let bar = |a: &AttemptDetail| {
        let a = &a.attempt;
        let said = a
            .message
            .clone()
            .or_else(|| a.status_code.map(|code| code.to_string()))
            .unwrap_or_else(|| a.verdict.clone());
        Bar {
            outcome: if a.success { Outcome::Success } else { Outcome::Failure },
            value: Some(a.duration_us as f64 / 1_000.0),
            title: format!(
                "{} ({said}), {}, {}",
                if a.success { "Delivered" } else { "Failed" },
                ui::us(&a.duration_us),
                ui::clock(a.at.micros())
            ),
            href: Some(format!("#{}", a.delivery_id)),
        }
    };
    log.iter().take(BARS).rev().map(bar).collect()
}

#[allow(clippy::cast_precision_loss, reason = "counts of attempts")]
fn stats(w: &WebhookView, day: &AttemptStats) -> Vec<(&'static str, String, String)> {
    let all = day.successes + day.failures;
    let rate = if all == 0 {
        "unknown".to_owned()
    } else {
        ui::percent(&(day.successes as f64 / all as f64))
    };
    let time = |us: Option<i64>| us.map_or_else(|| "–".to_owned(), |us| ui::us(&us));
    let failing = w
        .failing_since
        .map_or_else(String::new, |at| format!("failing since {}", ui::clock(at.micros())));
    vec![
        ("Success rate", rate, "of attempts, 24 hours".to_owned()),
        ("Attempts", all.to_string(), format!("{} failed", day.failures)),
        ("Median latency", time(day.p50_us), "24 hours".to_owned()),
        ("95th percentile", time(day.p95_us), "24 hours".to_owned()),
        ("Failures in a row", w.failed_attempts.to_string(), failing),
    ]
}

fn line(view: DeliveryView, attempts: &mut HashMap<String, Vec<AttemptDetail>>, enabled: bool) -> DeliveryLine {
    let attempts = attempts.remove(&view.id).unwrap_or_default();
    let last = attempts.last().map(|a| &a.attempt);
    let note = match (view.state, last) {
        (DeliveryState::Dropped, _) => view.reason.clone().unwrap_or_default(),
        (_, Some(last)) if last.success => format!("{} in {}", last.status_code.unwrap_or_default(), ui::us(&last.duration_us)),
        (_, Some(last)) => last.message.clone().unwrap_or_else(|| last.verdict.clone()),
        (_, None) => String::new(),
    };
    DeliveryLine {
        kind: view.kind.as_str(),
        note,
        resendable: enabled && view.state != DeliveryState::Pending,
        resend_url: format!("/deliveries/{}/resend", view.id),
        curl_url: format!("/deliveries/{}/curl", view.id),
        attempts,
        view,
    }
}

fn values(w: &WebhookView) -> Vec<(String, String)> {
    let values = [
        (ui::VERSION, w.version.to_string()),
        ("name", w.name.clone()),
        ("url", w.url.clone()),
        ("subject", w.subject.clone().unwrap_or_default()),
        ("trigger", shared::trigger_word(&w.trigger).to_owned()),
        ("filter", w.filter.clone().unwrap_or_default()),
    ];
    let mut values: Vec<(String, String)> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    values.extend(fields::values(&w.options, w.retry_policy.as_ref()));
    // Boxes to tick, or lines of one field.
    if w.profile == Profile::Testmonitor {
        values.extend(w.events.iter().map(|event| ("events".to_owned(), event.clone())));
    } else {
        values.push(("events".to_owned(), w.events.join("\n")));
    }
    values
}
