//! The first page: what fails, what is up, how it went lately; or the ways in.

use askama::Template;
use axum::extract::{Query, State};

use super::{
    Frame, PageResult, Visit, assets,
    monitor_list::{Card, Filter, cards, standings},
    render, ui,
};
use crate::{
    actions::overview::{self, Counts},
    app::App,
};

/// A number on top, which leads to what it counts.
struct Count {
    label: &'static str,
    value: String,
    icon: &'static str,
    tone: &'static str,
    href: &'static str,
    current: bool,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    headline: String,
    counts: Vec<Count>,
    cards: Vec<Card>,
    empty: bool,
    search: String,
    standing: String,
    standings: Vec<(String, String)>,
}

/// `GET /`.
pub async fn page(State(app): State<App>, visit: Visit, Query(filter): Query<Filter>) -> PageResult {
    let overview = overview::overview(&app, &visit.caller).await?;
    render(&OverviewPage {
        frame: visit.frame("Overview", "/"),
        headline: headline(&overview.counts),
        counts: counts(&overview.counts, &filter.standing),
        empty: overview.monitors.is_empty(),
        cards: cards(overview.monitors, &filter),
        search: filter.q,
        standing: filter.standing,
        standings: standings(),
    })
}

fn headline(counts: &Counts) -> String {
    match (counts.failing, counts.up) {
        (0, 0) => "No monitor has finished a run yet.".to_owned(),
        (0, _) if counts.unknown == 0 => "Everything that is watched is up.".to_owned(),
        (0, up) => format!("{up} up, none failing, {} not known yet.", counts.unknown),
        (1, _) => "One monitor is failing.".to_owned(),
        (n, _) => format!("{n} monitors are failing."),
    }
}

fn counts(counts: &Counts, standing: &str) -> Vec<Count> {
    let monitors = [
        ("failing", "Failing", counts.failing, "cross", "bad", "/?standing=failing"),
        ("up", "Up", counts.up, "check", "good", "/?standing=up"),
        ("unknown", "Unknown", counts.unknown, "question", "muted", "/?standing=unknown"),
        ("paused", "Paused", counts.paused, "pause", "muted", "/?standing=paused"),
    ];
    let mut all: Vec<Count> = monitors
        .into_iter()
        .map(|(word, label, value, icon, tone, href)| Count {
            label,
            value: value.to_string(),
            icon,
            tone,
            href,
            current: word == standing,
        })
        .collect();
    let tone = if counts.incidents > 0 { "bad" } else { "muted" };
    all.push(Count {
        label: "Open incidents",
        value: counts.incidents.to_string(),
        icon: "incident",
        tone,
        href: "/incidents",
        current: false,
    });
    let tone = if counts.webhooks_in_trouble > 0 { "warn" } else { "muted" };
    let value = match counts.webhooks_in_trouble {
        0 => counts.webhooks.to_string(),
        trouble => format!("{} · {trouble} in trouble", counts.webhooks),
    };
    all.push(Count {
        label: "Webhooks",
        value,
        icon: "webhook",
        tone,
        href: "/integrations",
        current: false,
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_knowing_is_not_called_up() {
        assert_eq!(
            headline(&Counts {
                unknown: 2,
                ..Counts::default()
            }),
            "No monitor has finished a run yet."
        );
        assert_eq!(
            headline(&Counts {
                up: 1,
                unknown: 1,
                ..Counts::default()
            }),
            "1 up, none failing, 1 not known yet."
        );
        assert_eq!(
            headline(&Counts {
                up: 1,
                failing: 1,
                ..Counts::default()
            }),
            "One monitor is failing."
        );
    }
}
