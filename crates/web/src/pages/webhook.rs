//! One webhook: how it does, its log with every request and response, why it heard of an event,
//! its settings.

mod fields;
mod log;

use self::{fields as own, log::DeliveryLine};
pub use log::phases;

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use domain::{clock::DAY, delivery::DeliveryState, webhook::SignatureStyle};
use serde::Deserialize;

use super::{
    Frame, PageResult, Visit, assets, older, options, render_as, replays,
    ui::{self, Form},
    webhook_fields as choices,
    webhook_form::types,
    webhook_preview::Pane,
    webhook_why::{self, Explained},
    webhooks as shared,
};
use crate::{
    actions::{
        PageQuery,
        attempts::{self, AttemptDetail, DeliveryQuery},
        webhooks::{self, WebhookView},
    },
    app::App,
    chart,
    time::Time,
};

/// Deliveries on one page of the log.
const DELIVERIES_SHOWN: usize = 25;
/// Newest attempts in the chart.
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
    rotation: Form,
    rotation_lead: &'static str,
    /// Its form was refused: it stands on the page, not in a dialog.
    rotating: bool,
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
    show(&app, &visit, &id, filter, StatusCode::OK, Entered::Nothing).await
}

/// A form that was refused or is tried: the page shows it as it was entered.
pub enum Entered {
    Nothing,
    Settings(Form, Box<Pane>),
    Rotation(Form),
}

/// The page, with a form as it was entered if that was refused.
pub async fn show(app: &App, visit: &Visit, id: &str, filter: Filter, status: StatusCode, entered: Entered) -> PageResult {
    let w = webhooks::get(app, &visit.caller, id).await?;
    let query = DeliveryQuery {
        state: DeliveryState::parse(&filter.state),
        limit: Some(DELIVERIES_SHOWN),
        before: filter.before.clone(),
    };
    let deliveries = attempts::deliveries(app, &visit.caller, id, query).await?;
    let log = attempts::attempts(app, &visit.caller, id, PageQuery::first(BARS)).await?.items;
    let day = attempts::stats(app, &visit.caller, id, Time(app.now() - DAY)).await?;
    let explained = webhook_why::explain(app, visit, &filter.event, &filter.filter).await?;
    let bars = log::bars(&log);
    let frame = visit.frame(&w.name, "/integrations");
    let (mut form, mut preview, mut rotation, mut rotating) = (Form::new(own::values(&w)), Pane::default(), own::rotation(), false);
    match entered {
        Entered::Nothing => {}
        Entered::Settings(entered, pane) => (form, preview) = (entered, *pane),
        Entered::Rotation(entered) => (rotation, rotating) = (entered, true),
    }
    let types = types(app, visit, form.values_of("events")).await?;
    let ends = (
        log.last().map(|a| ui::short(a.attempt.at.micros())),
        log.first().map(|a| ui::short(a.attempt.at.micros())),
    );
    let mut by_delivery: HashMap<String, Vec<AttemptDetail>> = HashMap::new();
    for attempt in attempts::of_deliveries(app, &visit.caller, id, &deliveries.items).await? {
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
        dialogs: own::dialogs(&w, &path, &frame.csrf)
            .into_iter()
            .skip(usize::from(!rules.settings.test_webhook))
            .collect(),
        rotation,
        rotation_lead: own::rotation_lead(&w),
        rotating,
        stats: log::stats(&w, &day),
        bars: bars.len(),
        chart: chart::history(
            &bars,
            "Attempts and how long they took",
            &ends.0.unwrap_or_default(),
            &ends.1.unwrap_or_default(),
        ),
        next: older(&path, &[("state", &filter.state)], deliveries.next),
        deliveries: deliveries
            .items
            .into_iter()
            .map(|d| log::line(d, &mut by_delivery, w.enabled))
            .collect(),
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
        methods: choices::methods(),
        signatures: choices::signatures(),
        retry_choices: choices::retry_choices(),
        samples: choices::samples(),
        preview,
        style: w.profile.signature(&w.options),
        subjects: own::subjects(app, visit, &w).await?,
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
