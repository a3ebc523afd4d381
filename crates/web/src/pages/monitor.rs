//! One monitor: its bars, latency, uptime, runs, settings and changes.

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::run::{RunStatus, RunType};
use serde::Deserialize;

use super::{Frame, PageResult, Posted, Visit, assets, done, monitor_list, older, options, render, schedule, ui};
use crate::{
    actions::{
        ActionError, PageQuery,
        activity::{self, ActivityView},
        monitors::{self, MonitorView},
        overview::{self, Uptime},
        runs::{self, RunQuery, RunView},
    },
    app::App,
    chart::{self, Bar, Outcome},
};

/// Runs on one page.
const RUNS_SHOWN: usize = 25;
/// Newest activities of the workspace that are looked through for this monitor's.
const ACTIVITIES_READ: usize = 200;
const ACTIVITIES_SHOWN: usize = 6;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    status: String,
    run_type: String,
    before: Option<String>,
}

struct UptimeView {
    span: &'static str,
    figure: String,
    meter: ui::Html,
    note: String,
}

#[derive(Template)]
#[template(path = "monitor.html")]
struct MonitorPage {
    frame: Frame,
    m: MonitorView,
    environment: String,
    schedule: String,
    run_url: String,
    pause_url: String,
    resume_url: String,
    delete: ui::Html,
    key_good: ui::Html,
    key_bad: ui::Html,
    key_abort: ui::Html,
    bars: usize,
    chart: ui::Html,
    stats: Vec<(&'static str, String, String)>,
    uptimes: Vec<UptimeView>,
    runs: Vec<RunView>,
    filtered: bool,
    status: String,
    statuses: Vec<(String, String)>,
    run_type: String,
    types: Vec<(String, String)>,
    next: Option<String>,
    activity: Vec<ActivityView>,
}

/// `GET /monitors/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>, Query(filter): Query<Filter>) -> PageResult {
    let (card, uptimes) = overview::monitor(&app, &visit.caller, &id).await?;
    let query = RunQuery {
        status: RunStatus::parse(&filter.status),
        run_type: RunType::parse(&filter.run_type),
        limit: Some(RUNS_SHOWN),
        before: filter.before,
    };
    let runs = runs::list(&app, &visit.caller, &id, query).await?;
    let changes = activity::list(&app, &visit.caller, PageQuery::first(ACTIVITIES_READ)).await?;
    let m = card.monitor;
    let bars = monitor_list::bars(&card.bars);
    let frame = visit.frame(&m.name, "/monitors");
    let url = |verb: &str| format!("/monitors/{}/{verb}", m.id);
    let since = card.bars.first().map_or(m.created_at, |bar| bar.at.min(m.created_at)).micros();
    let ends = (
        card.bars.first().map(|b| ui::short(b.at.micros())),
        card.bars.last().map(|b| ui::short(b.at.micros())),
    );
    render(&MonitorPage {
        delete: ui::confirm(
            "delete-monitor",
            &format!("Delete “{}”?", m.name),
            "Its runs and their logs are deleted with it. To keep them, pause it instead.",
            &url("delete"),
            &frame.csrf,
            "danger",
            "Delete monitor",
        ),
        environment: m.environment_id.clone().unwrap_or_default(),
        schedule: schedule::words(&m.schedule),
        run_url: url("run"),
        pause_url: url("pause"),
        resume_url: url("resume"),
        key_good: key(Outcome::Success),
        key_bad: key(Outcome::Failure),
        key_abort: key(Outcome::Abort),
        bars: bars.len(),
        chart: chart::history(
            &bars,
            "Runs and their latency",
            &ends.0.unwrap_or_default(),
            &ends.1.unwrap_or_default(),
        ),
        stats: latency(&bars),
        uptimes: uptimes.iter().map(|u| uptime(u, app.now() - since)).collect(),
        next: older(
            &format!("/monitors/{}", m.id),
            &[("status", &filter.status), ("run_type", &filter.run_type)],
            runs.next,
        ),
        runs: runs.items,
        filtered: !filter.status.is_empty() || !filter.run_type.is_empty(),
        status: filter.status,
        statuses: options(&[
            ("", "Any result"),
            ("success", "Successful"),
            ("failure", "Failure"),
            ("error", "Error"),
            ("abort", "Abort"),
        ]),
        run_type: filter.run_type,
        types: options(&[
            ("", "Any type"),
            ("scheduled", "Scheduled"),
            ("manual", "Manual"),
            ("webhook", "Webhook"),
        ]),
        activity: changes
            .items
            .into_iter()
            .filter(|a| a.model_uid == m.uid)
            .take(ACTIVITIES_SHOWN)
            .collect(),
        frame,
        m,
    })
}

/// A sample of a bar for the legend.
fn key(outcome: Outcome) -> ui::Html {
    let bar = Bar {
        outcome,
        value: None,
        title: String::new(),
        href: None,
    };
    chart::strip(&[bar], 1, "key")
}

/// Percentiles of the runs that are shown as bars.
fn latency(bars: &[Bar]) -> Vec<(&'static str, String, String)> {
    let mut values: Vec<f64> = bars.iter().filter_map(|bar| bar.value).collect();
    let latest = values.last().copied();
    values.sort_by(f64::total_cmp);
    let show = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), ui::milliseconds);
    let note = |text: &str| {
        if values.is_empty() {
            "no runs yet".to_owned()
        } else {
            text.to_owned()
        }
    };
    vec![
        ("Latest latency", show(latest), note("all requests of the run")),
        (
            "Median",
            show(percentile(&values, 50)),
            note(&format!("of the last {}", ui::plural(&values.len(), "run"))),
        ),
        ("95th percentile", show(percentile(&values, 95)), note("nearest rank")),
        ("99th percentile", show(percentile(&values, 99)), note("nearest rank")),
        ("Slowest", show(values.last().copied()), note("of those runs")),
    ]
}

/// The nearest-rank percentile of sorted values.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[allow(clippy::cast_precision_loss, reason = "shares of a span")]
fn uptime(uptime: &Uptime, age: i64) -> UptimeView {
    let (span, length) = match uptime.span {
        "24h" => ("24 hours", domain::clock::DAY),
        "7d" => ("7 days", 7 * domain::clock::DAY),
        "30d" => ("30 days", 30 * domain::clock::DAY),
        _ => ("90 days", 90 * domain::clock::DAY),
    };
    let bad = uptime.failure + uptime.error + uptime.abort;
    let Some(percent) = uptime.percent else {
        return UptimeView {
            span,
            figure: "unknown".to_owned(),
            meter: chart::meter(0.0, 0.0, &format!("{span}: unknown")),
            note: "no run".to_owned(),
        };
    };
    // What was before the monitor existed is not known, and shown as that.
    let known = (age as f64 / length as f64).clamp(0.0, 1.0);
    let good = percent / 100.0;
    let figure = ui::percent(&good);
    let mut note = ui::plural(&(uptime.success + bad), "run");
    if bad > 0 {
        note.push_str(&format!(", {bad} not good"));
    }
    match known * 100.0 {
        percent if percent < 1.0 => note.push_str("; less than 1 % of the time known"),
        percent if percent < 99.0 => note.push_str(&format!("; {percent:.0} % of the time known")),
        _ => {}
    }
    // Never so short that it cannot be seen.
    let known = known.max(0.02);
    UptimeView {
        meter: chart::meter(known * good, known * (1.0 - good), &format!("{span}: {figure}, {note}")),
        span,
        figure,
        note,
    }
}

/// `POST /monitors/{id}/run`.
pub async fn run_now(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let said = match monitors::run_now(&app, &posted.visit.caller, &id).await {
        Ok(_) => "queued",
        Err(ActionError::Problem(problem)) if problem.status == 409 => "running",
        Err(error) => return Err(error.into()),
    };
    done(&format!("/monitors/{id}"), said)
}

/// `POST /monitors/{id}/pause`.
pub async fn pause(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    monitors::pause(&app, &posted.visit.caller, &id).await?;
    done(&format!("/monitors/{id}"), "paused")
}

/// `POST /monitors/{id}/resume`.
pub async fn resume(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    monitors::resume(&app, &posted.visit.caller, &id).await?;
    done(&format!("/monitors/{id}"), "resumed")
}

/// `POST /monitors/{id}/delete`.
pub async fn delete(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    monitors::delete(&app, &posted.visit.caller, &id).await?;
    done("/monitors", "deleted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_nearest_rank() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(
            [percentile(&values, 50), percentile(&values, 95), percentile(&values, 99)],
            [Some(10.0), Some(19.0), Some(20.0)]
        );
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7.0], 1), Some(7.0));
    }

    #[test]
    fn a_young_monitor_admits_what_it_does_not_know() {
        let spent = Uptime {
            span: "90d",
            success: 9,
            failure: 1,
            error: 0,
            abort: 0,
            percent: Some(90.0),
        };
        let shown = uptime(&spent, 9 * domain::clock::DAY);
        assert_eq!(shown.figure, "90.00 %");
        assert_eq!(shown.note, "10 runs, 1 not good; 10 % of the time known");
        let none = uptime(
            &Uptime {
                percent: None,
                success: 0,
                failure: 0,
                ..spent
            },
            9 * domain::clock::DAY,
        );
        assert_eq!(none.figure, "unknown");
    }
}
