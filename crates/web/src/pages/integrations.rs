//! The catalogue of integrations, searchable, and the list of those that are configured.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{
    Frame, PageResult, Visit, assets, render, ui,
    webhooks::{self as shared, KINDS},
};
use crate::{
    actions::{sources, webhooks},
    app::App,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
}

struct Entry {
    group: &'static str,
    title: &'static str,
    about: &'static str,
    icon: &'static str,
    href: String,
    /// What the search looks at.
    text: String,
}

struct Row {
    name: String,
    kind: &'static str,
    target: String,
    url: String,
    href: String,
    state: ui::Html,
}

#[derive(Template)]
#[template(path = "integrations.html")]
struct IntegrationsPage {
    frame: Frame,
    search: String,
    kinds: Vec<Entry>,
    rows: Vec<Row>,
    /// The workspace has its webhooks switched off.
    off: bool,
}

/// `GET /integrations`.
pub async fn page(State(app): State<App>, visit: Visit, Query(search): Query<Search>) -> PageResult {
    let words: Vec<String> = search.q.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let mut rows: Vec<Row> = webhooks::list(&app, &visit.caller).await?.items.iter().map(webhook_row).collect();
    rows.extend(
        sources::list(&app, &visit.caller)
            .await?
            .items
            .into_iter()
            .map(|source| source_row(&app, source)),
    );
    let rules = app
        .engine
        .rules(&visit.caller.workspace.id)
        .await
        .map_err(crate::actions::ActionError::from)?;
    render(&IntegrationsPage {
        frame: visit.frame("Integrations", "/integrations"),
        kinds: catalogue()
            .into_iter()
            .filter(|k| words.iter().all(|word| k.text.to_lowercase().contains(word)))
            .collect(),
        search: search.q,
        off: !rules.settings.webhooks_enabled,
        rows,
    })
}

fn catalogue() -> Vec<Entry> {
    let webhooks = KINDS.iter().map(|k| Entry {
        group: "Webhooks",
        title: k.title,
        about: k.about,
        icon: k.icon,
        href: format!("/webhooks/new?type={}", k.word),
        text: format!("Webhooks {} {}", k.title, k.about),
    });
    let sources = [
        (
            "postman",
            "Postman Monitors",
            "Receives the results of monitors that run at Postman. A failing monitor opens an incident; its first good run resolves it.",
            "source",
        ),
        (
            "watchbell",
            "Watchbell",
            "Receives the signed run events of another Watchbell, in order and without repeats.",
            "source",
        ),
    ];
    let sources = sources.into_iter().map(|(word, title, about, icon)| Entry {
        group: "Sources",
        title,
        about,
        icon,
        href: format!("/sources/new?provider={word}"),
        text: format!("Sources incidents {title} {about}"),
    });
    webhooks.chain(sources).collect()
}

fn webhook_row(webhook: &webhooks::WebhookView) -> Row {
    Row {
        name: webhook.name.clone(),
        kind: shared::kind_of(webhook),
        target: webhook.subject_name.clone().unwrap_or_else(|| "the workspace".to_owned()),
        url: shared::target(webhook),
        href: format!("/webhooks/{}", webhook.id),
        state: shared::health(webhook),
    }
}

fn source_row(app: &App, source: sources::SourceView) -> Row {
    Row {
        kind: source.provider_title,
        target: "incidents".to_owned(),
        url: app.url(&format!("/in/{}", source.token_hint)),
        href: format!("/sources/{}", source.id),
        state: ui::enabled_badge(&source.enabled),
        name: source.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searching_for_web_finds_the_webhooks() {
        let found: Vec<&str> = catalogue()
            .into_iter()
            .filter(|k| k.text.to_lowercase().contains("web"))
            .map(|k| k.title)
            .collect();
        for title in ["Collection activity feed", "Post monitoring results", "Post team activity"] {
            assert!(found.contains(&title), "{found:?}");
        }
    }
}
