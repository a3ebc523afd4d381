//! Sources: the list, one source with its receipts, and its URL, shown once.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use domain::{Problem, source::Provider};
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done, older, render, render_as,
    settings::Shown,
    ui::{self, Form},
};
use crate::{
    actions::{
        PageQuery, monitors,
        receipts::ReceiptDetail,
        sources::{self, ConnectInput, CreatedSource, RotateTokenInput, SourceInput, SourcePatch, SourceView},
        webhooks,
    },
    app::App,
};

/// Receipts on one page.
const RECEIPTS_SHOWN: usize = 30;

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    frame: Frame,
    sources: Vec<SourceView>,
}

#[derive(Template)]
#[template(path = "source_form.html")]
struct SourceForm {
    frame: Frame,
    form: Form,
}

#[derive(Template)]
#[template(path = "source.html")]
struct SourcePage {
    frame: Frame,
    s: SourceView,
    enable_url: String,
    disable_url: String,
    dialogs: Vec<ui::Html>,
    receipts: Vec<ReceiptDetail>,
    next: Option<String>,
    /// Monitors that do not report here yet.
    monitors: Vec<(String, String)>,
    /// Webhooks that do: id and name.
    connected: Vec<(String, String)>,
    form: Form,
    rename: Form,
}

/// What a post to this page refused, and which of its forms it was.
enum Refused {
    Connect(Form),
    Rename(Form),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    provider: String,
    before: Option<String>,
}

/// `GET /sources`.
pub async fn list(State(app): State<App>, visit: Visit) -> PageResult {
    let sources = sources::list(&app, &visit.caller).await?.items;
    render(&SourcesPage {
        frame: visit.frame("Sources", "/sources"),
        sources,
    })
}

/// `GET /sources/new`.
pub async fn new_page(visit: Visit, Query(chosen): Query<Chosen>) -> PageResult {
    let provider = Provider::parse(&chosen.provider).unwrap_or(Provider::Postman);
    let form = Form::with(&[("name", provider.title()), ("provider", provider.as_str())]);
    render(&SourceForm {
        frame: visit.frame("New source", "/sources"),
        form,
    })
}

/// `POST /sources/new`.
pub async fn create(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let provider = Provider::parse(form.value("provider")).ok_or_else(|| Problem::invalid("provider", "choose what reports there"));
    let made = match provider {
        Ok(provider) => {
            sources::create(
                &app,
                &visit.caller,
                SourceInput {
                    name: form.value("name").to_owned(),
                    provider,
                },
            )
            .await
        }
        Err(problem) => Err(problem.into()),
    };
    match made {
        Ok(created) => url_page(&visit, "Source created", created),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            render_as(
                form.status(),
                &SourceForm {
                    frame: visit.frame("New source", "/sources"),
                    form,
                },
            )
        }
    }
}

fn url_page(visit: &Visit, title: &str, created: CreatedSource) -> PageResult {
    let steps = match created.source.provider {
        Provider::Postman => vec![
            "In Postman, open Home → Integrations → Webhooks, and add “Post monitoring results”.",
            "Choose the monitor, paste this URL, and choose “Notify for all completed monitor runs”: then the first good run resolves the incident.",
        ],
        Provider::Watchbell => vec![
            "In the other Watchbell, add a Webhook (Standard Webhooks) for the event monitor.run.finished with this URL.",
            "A monitor of this instance needs no URL: connect it on the source’s page with one click.",
        ],
    };
    Shown {
        frame: visit.frame(title, "/sources"),
        lead: format!("“{}” receives at this URL. It is all that a sender needs.", created.source.name),
        label: "URL with its secret token",
        steps: steps.into_iter().map(str::to_owned).collect(),
        sample_title: "Try it: this opens an incident",
        sample: sample(&created),
        secret: created.url,
        back: format!("/sources/{}", created.source.id),
        back_label: "To the source",
    }
    .page()
}

fn sample(created: &CreatedSource) -> String {
    if created.source.provider != Provider::Postman {
        return String::new();
    }
    format!(
        "curl -X POST '{}' -H 'content-type: application/json' -d '{{\"collection_name\":\"Orders API\",\"collection_uid\":\"1-a\",\
         \"environment_name\":\"\",\"environment_uid\":\"\",\"metrics\":{{\"errors\":0,\"failedTests\":1,\"passedTests\":11,\"requestCount\":6,\
         \"totalLatency\":842,\"warnings\":0}},\"monitor_name\":\"Orders hourly\",\"monitor_uid\":\"1-b\",\"user_id\":\"1\",\"user_name\":\"Ada\"}}'",
        created.url
    )
}

/// `GET /sources/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>, Query(chosen): Query<Chosen>) -> PageResult {
    show(&app, &visit, &id, chosen.before, StatusCode::OK, None).await
}

async fn show(app: &App, visit: &Visit, id: &str, before: Option<String>, status: StatusCode, refused: Option<Refused>) -> PageResult {
    let s = sources::get(app, &visit.caller, id).await?;
    let query = PageQuery {
        before,
        ..PageQuery::first(RECEIPTS_SHOWN)
    };
    let receipts = sources::receipts(app, &visit.caller, id, query).await?;
    let here: Vec<_> = webhooks::list(app, &visit.caller)
        .await?
        .items
        .into_iter()
        .filter(|w| w.source_id.as_deref() == Some(id))
        .collect();
    let free = monitors::list(app, &visit.caller)
        .await?
        .items
        .into_iter()
        .filter(|m| !here.iter().any(|w| w.subject.as_ref() == Some(&m.id)));
    let frame = visit.frame(&s.name, "/sources");
    let path = format!("/sources/{}", s.id);
    let named = Form::with(&[("name", &s.name)]);
    let (form, rename) = match refused {
        Some(Refused::Connect(form)) => (form, named),
        Some(Refused::Rename(form)) => (Form::default(), form),
        None => (Form::default(), named),
    };
    let page = SourcePage {
        enable_url: format!("{path}/enable"),
        disable_url: format!("{path}/disable"),
        dialogs: dialogs(&s, &path, &frame.csrf),
        next: older(&path, &[], receipts.next),
        receipts: receipts.items,
        monitors: free.map(|m| (m.id, m.name)).collect(),
        connected: here.into_iter().map(|w| (w.id, w.name)).collect(),
        form,
        rename,
        frame,
        s,
    };
    render_as(status, &page)
}

fn dialogs(s: &SourceView, path: &str, csrf: &str) -> Vec<ui::Html> {
    vec![
        ui::confirm(
            "rotate-source",
            "Rotate the token?",
            "A new URL is made and shown once. The present one is taken for 24 hours more.",
            &format!("{path}/rotate"),
            csrf,
            "primary",
            "Make a new URL",
        ),
        ui::confirm(
            "delete-source",
            &format!("Delete “{}”?", s.name),
            "Its receipts and incidents are deleted with it, and its URL answers 404 from then on.",
            &format!("{path}/delete"),
            csrf,
            "danger",
            "Delete source",
        ),
    ]
}

/// `POST /sources/{id}`.
pub async fn rename(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let patch = SourcePatch {
        name: Some(form.value("name").to_owned()),
        enabled: None,
    };
    match sources::update(&app, &visit.caller, &id, patch, None).await {
        Ok(_) => done(&format!("/sources/{id}"), "saved"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, &id, None, form.status(), Some(Refused::Rename(form))).await
        }
    }
}

/// `POST /sources/{id}/connect`.
pub async fn connect(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let input = ConnectInput {
        monitor_id: form.value("monitor_id").to_owned(),
    };
    match sources::connect(&app, &visit.caller, &id, input).await {
        Ok(_) => done(&format!("/sources/{id}"), "connected"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, &id, None, form.status(), Some(Refused::Connect(form))).await
        }
    }
}

/// `POST /sources/{id}/rotate`.
pub async fn rotate(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let rotated = sources::rotate(&app, &posted.visit.caller, &id, RotateTokenInput::default()).await?;
    url_page(&posted.visit, "Token rotated", rotated)
}

/// `POST /sources/{id}/enable`.
pub async fn enable(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    sources::update(
        &app,
        &posted.visit.caller,
        &id,
        SourcePatch {
            name: None,
            enabled: Some(true),
        },
        None,
    )
    .await?;
    done(&format!("/sources/{id}"), "enabled")
}

/// `POST /sources/{id}/disable`.
pub async fn disable(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    sources::update(
        &app,
        &posted.visit.caller,
        &id,
        SourcePatch {
            name: None,
            enabled: Some(false),
        },
        None,
    )
    .await?;
    done(&format!("/sources/{id}"), "disabled")
}

/// `POST /sources/{id}/delete`.
pub async fn delete(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    sources::delete(&app, &posted.visit.caller, &id).await?;
    done("/sources", "deleted")
}
