//! One webhook: how it does, its log with every request and response, why it heard of an event,
//! its settings.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use domain::{
    clock::DAY,
    delivery::{DeliveryKind, DeliveryState},
};
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Visit, assets, older, options, render_as,
    ui::{self, Form},
    webhooks as shared,
};
use crate::{
    actions::{
        PageQuery,
        attempts::{self, AttemptDetail, AttemptStats, DeliveryQuery, DeliveryView, Why},
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
}

struct DeliveryLine {
    view: DeliveryView,
    kind: &'static str,
    note: String,
    attempts: Vec<AttemptDetail>,
    resendable: bool,
    resend_url: String,
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
    deliveries: Vec<DeliveryLine>,
    state: String,
    states: Vec<(String, String)>,
    next: Option<String>,
    event: String,
    why: Vec<Why>,
    why_problem: Option<String>,
    form: Form,
    subjects: Vec<(String, String)>,
    triggers: Vec<(String, String)>,
    retries: String,
}

/// `GET /webhooks/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>, Query(filter): Query<Filter>) -> PageResult {
    show(&app, &visit, &id, filter, StatusCode::OK, None).await
}

/// The page, with the form of its settings as it was entered if that was refused.
pub async fn show(app: &App, visit: &Visit, id: &str, filter: Filter, status: StatusCode, entered: Option<Form>) -> PageResult {
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
    let (why, why_problem) = explain(app, visit, &filter.event).await?;
    let bars = bars(&log);
    let frame = visit.frame(&w.name, "/integrations");
    let ends = (
        log.iter().take(BARS).next_back().map(|a| ui::short(a.attempt.at.micros())),
        log.first().map(|a| ui::short(a.attempt.at.micros())),
    );
    let mut by_delivery: HashMap<String, Vec<AttemptDetail>> = HashMap::new();
    for attempt in log.into_iter().rev() {
        by_delivery.entry(attempt.attempt.delivery_id.clone()).or_default().push(attempt);
    }
    let path = format!("/webhooks/{}", w.id);
    let page = WebhookPage {
        kind: shared::kind_of(&w),
        target: shared::target(&w),
        health: shared::health(&w),
        enable_url: format!("{path}/enable"),
        dialogs: dialogs(&w, &path, &frame.csrf),
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
        event: filter.event,
        why,
        why_problem,
        form: entered.unwrap_or_else(|| Form::new(values(&w))),
        subjects: subjects(app, visit, &w).await?,
        triggers: shared::trigger_options(&w.trigger),
        retries: shared::retries(&w.retry_policy.clone().unwrap_or_else(|| w.profile.retry_policy())),
        frame,
        w,
    };
    render_as(status, &page)
}

async fn explain(app: &App, visit: &Visit, event: &str) -> Result<(Vec<Why>, Option<String>), PageError> {
    let event = event.trim();
    if event.is_empty() {
        return Ok((Vec::new(), None));
    }
    match attempts::why(app, &visit.caller, event).await {
        Ok(why) => Ok((why.items, None)),
        Err(crate::actions::ActionError::Problem(problem)) => Ok((Vec::new(), Some(problem.detail))),
        Err(error) => Err(error.into()),
    }
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
        kind: match view.kind {
            DeliveryKind::Event => "event",
            DeliveryKind::Test => "test",
            DeliveryKind::Resend => "resend",
        },
        note,
        resendable: enabled && view.state != DeliveryState::Pending,
        resend_url: format!("/deliveries/{}/resend", view.id),
        attempts,
        view,
    }
}

fn values(w: &WebhookView) -> Vec<(String, String)> {
    let values = [
        (ui::VERSION, w.version.to_string()),
        ("name", w.name.clone()),
        ("url", w.url.clone()),
        ("events", w.events.join("\n")),
        ("subject", w.subject.clone().unwrap_or_default()),
        ("trigger", shared::trigger_word(&w.trigger).to_owned()),
        ("options.timeout_ms", w.options.timeout_ms.to_string()),
        ("options.in_flight", w.options.in_flight.to_string()),
        ("options.verify_tls", if w.options.verify_tls { "on" } else { "" }.to_owned()),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
