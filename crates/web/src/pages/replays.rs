//! "Send again" of a webhook: what failed since a time, or a range of events. Counted first and started after, with the jobs and
//! how far they are; and one request as a command for the shell.

use askama::Template;
use axum::extract::{Path, State};
use domain::{Problem, clock, replay::ReplayState};

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done,
    monitor_form::number,
    options, render_as,
    ui::{self, Form},
};
use crate::{
    actions::{
        PageQuery, attempts,
        replays::{self, Control, RecoverInput, ReplayInput, ReplayView, Replayed},
        webhooks,
    },
    app::App,
    time::Time,
};

/// Jobs that a webhook's page shows.
const SHOWN: usize = 5;

/// What the card shows.
pub struct Card {
    pub form: Form,
    pub kinds: Vec<(String, String)>,
    pub jobs: Vec<Line>,
}

/// A job on the page.
pub struct Line {
    pub view: ReplayView,
    pub meter: ui::Html,
    pub said: String,
}

impl Line {
    #[allow(clippy::cast_precision_loss, reason = "a percentage")]
    fn of(view: ReplayView) -> Self {
        let percent = view.percent();
        let mut said = format!("{} of {}", view.done, ui::plural(&view.total, "event"));
        if view.gone > 0 {
            said = format!("{said}, {} not kept any more or not asked for", view.gone);
        }
        Self {
            meter: crate::chart::meter(percent as f64 / 100.0, 0.0, &format!("{percent} % sent")),
            said,
            view,
        }
    }

    /// Where `what` is posted to.
    pub fn url(&self, what: &str) -> String {
        format!("/replays/{}/{what}", self.view.id)
    }

    /// Whether it goes on by itself.
    pub fn runs(&self) -> bool {
        self.view.state == ReplayState::Running
    }
}

fn kinds() -> Vec<(String, String)> {
    options(&[
        ("recover", "What failed, or met the webhook while it was off"),
        ("replay", "All events that it subscribes to"),
    ])
}

/// The card of a webhook's page. `since` is when it went off, if it was just switched on.
pub async fn card(app: &App, visit: &Visit, id: &str, since: &str) -> Result<Card, PageError> {
    let jobs = replays::list(app, &visit.caller, id, PageQuery::first(SHOWN)).await?.items;
    Ok(Card {
        form: Form::with(&[("kind", "recover"), ("since", since), ("per_second", "50")]),
        kinds: kinds(),
        jobs: jobs.into_iter().map(Line::of).collect(),
    })
}

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    frame: Frame,
    id: String,
    name: String,
    form: Form,
    kinds: Vec<(String, String)>,
    count: Option<u64>,
}

/// `POST /webhooks/{id}/again`: counts, and starts only what was counted before.
pub async fn again(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let w = webhooks::get(&app, &visit.caller, &id).await?;
    let start = form.has("step", "start");
    let (form, count) = match order(&app, &visit, &id, &form, !start).await {
        Ok(replayed) if replayed.job.is_some() => return done(&format!("/webhooks/{id}#replays"), "replaying"),
        Ok(replayed) => (form, Some(replayed.count)),
        Err(error) => (form.refused(PageError::mendable(error)?), None),
    };
    let page = AgainPage {
        frame: visit.frame("Send again", "/integrations"),
        id,
        name: w.name,
        kinds: kinds(),
        count,
        form,
    };
    render_as(page.form.status(), &page)
}

async fn order(app: &App, visit: &Visit, id: &str, form: &Form, dry_run: bool) -> crate::actions::Result<Replayed> {
    let since = time(form, "since")?.ok_or_else(|| Problem::invalid("since", "`since` is empty"))?;
    let until = time(form, "until")?;
    let per_second = if form.value("per_second").trim().is_empty() {
        None
    } else {
        Some(number(form, "per_second")?)
    };
    if form.value("kind") == "replay" {
        let event_type = Some(form.value("event_type").trim().to_owned());
        let input = ReplayInput {
            since,
            until,
            event_type,
            per_second,
            dry_run,
        };
        return replays::replay(app, &visit.caller, id, input).await;
    }
    let input = RecoverInput {
        since,
        until,
        per_second,
        dry_run,
    };
    replays::recover(app, &visit.caller, id, input).await
}

/// A browser's date and time, which has no zone, is UTC here.
fn time(form: &Form, name: &str) -> Result<Option<Time>, Problem> {
    let text = form.value(name).trim();
    if text.is_empty() {
        return Ok(None);
    }
    let zoned = match text.len() {
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    };
    let parsed = clock::parse_rfc3339(&zoned).map(Time).map(Some);
    parsed.ok_or_else(|| Problem::invalid(name, format!("`{text}` is no time")).hint("such as `2026-01-31T12:00`, in UTC"))
}

/// `POST /replays/{id}/pause`.
pub async fn pause(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    control(&app, &id, &posted, Control::Pause, "halted").await
}

/// `POST /replays/{id}/resume`.
pub async fn resume(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    control(&app, &id, &posted, Control::Resume, "replaying").await
}

/// `POST /replays/{id}/cancel`.
pub async fn cancel(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    control(&app, &id, &posted, Control::Cancel, "cancelled").await
}

async fn control(app: &App, id: &str, posted: &Posted, control: Control, toast: &str) -> PageResult {
    let job = replays::control(app, &posted.visit.caller, id, control).await?;
    done(&format!("/webhooks/{}#replays", job.webhook_id), toast)
}

#[derive(Template)]
#[template(path = "curl.html")]
struct CurlPage {
    frame: Frame,
    command: String,
}

/// `POST /deliveries/{id}/curl`: posted, because it is recorded and holds secrets.
pub async fn curl(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let command = attempts::curl(&app, &posted.visit.caller, &id).await?;
    let frame = posted.visit.frame("Copy as curl", "/integrations");
    render_as(axum::http::StatusCode::OK, &CurlPage { frame, command })
}
