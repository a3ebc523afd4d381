//! The overview: what is up, what fails, and how it went lately.

use std::collections::HashMap;

use domain::{
    Micros,
    account::Need,
    clock::DAY,
    run::{RunState, RunStatus},
};
use serde::Serialize;
use store::{
    Tx,
    tables::{incidents, runs, webhooks},
};
use utoipa::ToSchema;

use super::{
    Caller, Result, found,
    monitors::{self, MonitorView},
};
use crate::{app::App, schema, time::Time};

/// Bars shown of each monitor.
pub const BARS: usize = 50;

/// How a monitor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Failing,
    Up,
    /// It has not finished a run yet.
    Unknown,
    Paused,
}

impl Standing {
    /// The word in the API and the page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Up => "up",
            Self::Unknown => "unknown",
            Self::Paused => "paused",
        }
    }

    fn of(monitor: &MonitorView) -> Self {
        match (monitor.active, monitor.last_status) {
            (false, _) => Self::Paused,
            (true, None) => Self::Unknown,
            (true, Some(RunStatus::Success)) => Self::Up,
            (true, Some(_)) => Self::Failing,
        }
    }
}

/// One run in a monitor's bar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BarView {
    pub run_id: String,
    #[schema(value_type = Option<schema::RunStatus>)]
    pub status: Option<RunStatus>,
    #[schema(value_type = schema::RunState)]
    pub state: RunState,
    pub at: Time,
    pub total_latency_ms: Option<i64>,
}

/// A monitor with its latest runs, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MonitorCard {
    pub monitor: MonitorView,
    pub standing: Standing,
    pub bars: Vec<BarView>,
    /// Good runs of the last 24 h in percent; absent when there were none.
    pub uptime_24h: Option<f64>,
}

/// How many monitors stand how.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Counts {
    pub up: usize,
    pub failing: usize,
    pub paused: usize,
    pub unknown: usize,
    /// Incidents that are open or acknowledged.
    pub incidents: u64,
    pub webhooks: usize,
    /// Webhooks that are disabled or failing.
    pub webhooks_in_trouble: usize,
}

/// The overview of a workspace.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    pub counts: Counts,
    /// Failing first, then by name.
    pub monitors: Vec<MonitorCard>,
}

/// Good runs of a span.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Uptime {
    /// `24h`, `7d`, `30d`, `90d`.
    pub span: &'static str,
    pub success: i64,
    pub failure: i64,
    pub error: i64,
    pub abort: i64,
    /// Absent when there was no run: unknown, not perfect.
    pub percent: Option<f64>,
}

/// Everything the first page shows.
///
/// # Errors
/// The store's.
pub async fn overview(app: &App, caller: &Caller) -> Result<Overview> {
    caller.need(Need::View)?;
    let workspace = caller.workspace.id.clone();
    let now = app.now();
    app.read(move |tx| {
        let mut cards = cards(tx, &workspace, now)?;
        cards.sort_by(|a, b| a.standing.cmp(&b.standing).then_with(|| a.monitor.name.cmp(&b.monitor.name)));
        let by_state = incidents::counts(tx, &workspace)?;
        let webhooks = webhooks::list(tx, &workspace)?;
        let count = |standing| cards.iter().filter(|card| card.standing == standing).count();
        let counts = Counts {
            up: count(Standing::Up),
            failing: count(Standing::Failing),
            paused: count(Standing::Paused),
            unknown: count(Standing::Unknown),
            incidents: by_state.open + by_state.acknowledged,
            webhooks_in_trouble: webhooks.iter().filter(|w| !w.enabled || w.failing_since.is_some()).count(),
            webhooks: webhooks.len(),
        };
        Ok(Overview { counts, monitors: cards })
    })
    .await
}

/// One monitor with its latest runs.
///
/// # Errors
/// 404.
pub async fn monitor(app: &App, caller: &Caller, id: &str) -> Result<(MonitorCard, Vec<Uptime>)> {
    caller.need(Need::View)?;
    let monitor = monitors::get(app, caller, id).await?;
    let now = app.now();
    app.read(move |tx| {
        let id = monitor.id.clone();
        let card = found("monitor", build(tx, vec![monitor], now)?.pop())?;
        let spans = [("24h", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY), ("90d", 90 * DAY)];
        let uptimes = spans
            .into_iter()
            .map(|(span, length)| uptime(tx, &id, span, now - length))
            .collect::<Result<_>>()?;
        Ok((card, uptimes))
    })
    .await
}

fn uptime(tx: &mut dyn Tx, monitor_id: &str, span: &'static str, since: Micros) -> Result<Uptime> {
    let counts = runs::counts(tx, monitor_id, since)?;
    Ok(Uptime {
        span,
        success: counts.success,
        failure: counts.failure,
        error: counts.error,
        abort: counts.abort,
        percent: percent(counts.success, finished(counts)),
    })
}

const fn finished(counts: runs::RunCounts) -> i64 {
    counts.success + counts.failure + counts.error + counts.abort
}

#[allow(clippy::cast_precision_loss, reason = "counts of runs are far below 2^52")]
fn percent(good: i64, all: i64) -> Option<f64> {
    (all > 0).then(|| good as f64 * 100.0 / all as f64)
}

fn cards(tx: &mut dyn Tx, workspace: &str, now: Micros) -> Result<Vec<MonitorCard>> {
    let views = monitors::views(tx, workspace)?;
    build(tx, views, now)
}

fn build(tx: &mut dyn Tx, views: Vec<MonitorView>, now: Micros) -> Result<Vec<MonitorCard>> {
    let ids: Vec<String> = views.iter().map(|view| view.id.clone()).collect();
    let mut recent: HashMap<String, Vec<runs::RunBar>> = runs::recent(tx, &ids, BARS)?;
    let day = runs::counts_of(tx, &ids, now - DAY)?;
    let cards = views
        .into_iter()
        .map(|monitor| {
            let bars = recent.remove(&monitor.id).unwrap_or_default().into_iter().map(bar).collect();
            let counts = day.get(&monitor.id).copied().unwrap_or_default();
            MonitorCard {
                standing: Standing::of(&monitor),
                bars,
                uptime_24h: percent(counts.success, finished(counts)),
                monitor,
            }
        })
        .collect();
    Ok(cards)
}

fn bar(bar: runs::RunBar) -> BarView {
    BarView {
        run_id: bar.id,
        status: bar.status,
        state: bar.state,
        at: Time(bar.finished_at.unwrap_or(bar.queued_at)),
        total_latency_ms: bar.total_latency_ms,
    }
}
