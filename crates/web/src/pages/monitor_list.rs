//! The list of monitors with their bars: the overview's main part, and a page of its own.

use askama::Template;
use axum::extract::{Query, State};
use domain::run::{RunState, RunStatus};
use serde::Deserialize;

use super::{Frame, PageResult, Visit, assets, options, render, schedule, ui};
use crate::{
    actions::overview::{self, BarView, MonitorCard, Standing},
    app::App,
    chart::{self, Bar, Outcome},
    time::Time,
};

/// Which monitors.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub q: String,
    pub standing: String,
}

/// A monitor in the list.
pub struct Card {
    pub id: String,
    pub name: String,
    pub collection: String,
    pub schedule: String,
    pub tags: Vec<String>,
    pub last: Option<Time>,
    pub badge: ui::Html,
    pub strip: ui::Html,
    pub spark: ui::Html,
    pub latency: String,
    pub uptime: String,
    /// What the search looks at.
    pub text: String,
}

/// Choices of the status filter.
pub fn standings() -> Vec<(String, String)> {
    options(&[
        ("", "Any status"),
        ("failing", "Failing"),
        ("up", "Up"),
        ("unknown", "Unknown"),
        ("paused", "Paused"),
    ])
}

/// The cards that pass the filter, in the order given.
pub fn cards(monitors: Vec<MonitorCard>, filter: &Filter) -> Vec<Card> {
    let words: Vec<String> = filter.q.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let standing = |card: &MonitorCard| filter.standing.is_empty() || card.standing.as_str() == filter.standing;
    let cards = monitors.into_iter().filter(standing).map(card);
    cards
        .filter(|card| words.iter().all(|word| card.text.to_lowercase().contains(word)))
        .collect()
}

fn card(card: MonitorCard) -> Card {
    let bars = bars(&card.bars);
    let latencies: Vec<f64> = bars.iter().filter_map(|bar| bar.value).collect();
    let monitor = card.monitor;
    Card {
        badge: badge(card.standing),
        strip: chart::strip(&bars, overview::BARS, &format!("Last runs of {}", monitor.name)),
        spark: chart::sparkline(&latencies, "Latency"),
        latency: latencies.last().map_or_else(|| "–".to_owned(), |ms| ui::milliseconds(*ms)),
        uptime: card
            .uptime_24h
            .map_or_else(|| "unknown".to_owned(), |percent| ui::percent(&(percent / 100.0))),
        text: format!(
            "{} {} {} {}",
            monitor.name,
            monitor.collection_name,
            monitor.environment_name.as_deref().unwrap_or_default(),
            monitor.tags.join(" ")
        ),
        schedule: schedule::words(&monitor.schedule),
        last: monitor.last_finished_at,
        id: monitor.id,
        name: monitor.name,
        collection: monitor.collection_name,
        tags: monitor.tags,
    }
}

fn badge(standing: Standing) -> ui::Html {
    match standing {
        Standing::Up => ui::badge("good", "check", "Up"),
        Standing::Failing => ui::badge("bad", "cross", "Failing"),
        Standing::Paused => ui::badge("", "pause", "Paused"),
        Standing::Unknown => ui::badge("", "question", "Unknown"),
    }
}

/// Runs as bars of a chart, oldest first.
pub fn bars(runs: &[BarView]) -> Vec<Bar> {
    runs.iter().map(bar).collect()
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of a run are far below 2^52")]
fn bar(run: &BarView) -> Bar {
    let (outcome, word) = match (run.status, run.state) {
        (Some(RunStatus::Success), _) => (Outcome::Success, "Successful"),
        (Some(RunStatus::Failure), _) => (Outcome::Failure, "Failure"),
        (Some(RunStatus::Error), _) => (Outcome::Error, "Error"),
        (Some(RunStatus::Abort), _) => (Outcome::Abort, "Abort"),
        (None, RunState::Queued) => (Outcome::Running, "Queued"),
        (None, _) => (Outcome::Running, "Running"),
    };
    let latency = run.total_latency_ms.map_or_else(String::new, |ms| format!(", {}", ui::ms(&ms)));
    Bar {
        outcome,
        value: run.total_latency_ms.map(|ms| ms as f64),
        title: format!("{word}{latency}, {}", ui::clock(run.at.micros())),
        href: Some(format!("/runs/{}", run.run_id)),
    }
}

#[derive(Template)]
#[template(path = "monitors.html")]
struct MonitorsPage {
    frame: Frame,
    none: bool,
    cards: Vec<Card>,
    search: String,
    standing: String,
    standings: Vec<(String, String)>,
}

/// `GET /monitors`.
pub async fn page(State(app): State<App>, visit: Visit, Query(filter): Query<Filter>) -> PageResult {
    let overview = overview::overview(&app, &visit.caller).await?;
    let none = overview.monitors.is_empty();
    let mut monitors = overview.monitors;
    monitors.sort_by_key(|card| card.monitor.name.to_lowercase());
    render(&MonitorsPage {
        frame: visit.frame("Monitors", "/monitors"),
        none,
        cards: cards(monitors, &filter),
        search: filter.q,
        standing: filter.standing,
        standings: standings(),
    })
}
