//! The pages: server-rendered HTML over the same actions that the API calls.
//!
//! A handler asks an action, shapes the answer for its template, and renders. Forms post,
//! are checked for their CSRF token, and answer with a redirect, or with the form again and
//! the problem beside its field.

pub mod ui;

mod account;
mod activity;
mod assets;
mod attempt;
mod bins;
mod collections;
mod documents;
mod environments;
mod error;
mod frame;
mod incidents;
mod integrations;
mod live;
mod monitor;
mod monitor_form;
mod monitor_list;
mod notices;
mod overview;
mod receipts;
mod replays;
mod runs;
mod schedule;
mod settings;
mod sources;
mod visit;
mod webhook;
mod webhook_edit;
mod webhook_fields;
mod webhook_form;
mod webhook_preview;
mod webhook_secret;
mod webhook_why;
mod webhooks;

use askama::Template;
use axum::{
    Router,
    http::{StatusCode, header},
    middleware,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};

pub use error::{PageError, not_found};
use frame::Frame;
use visit::{Posted, Visit};

use crate::app::App;

type PageResult = Result<Response, PageError>;

/// Every page. The binary's router merges it with the API; [`not_found`] is its fallback for people.
pub fn router() -> Router<App> {
    let accounts = Router::new()
        .route("/setup", get(account::setup_form).post(account::setup))
        .route("/login", get(account::login_form).post(account::login))
        .route("/logout", post(account::logout))
        .route("/theme", post(account::theme))
        .route("/assets/{hash}/{name}", get(assets::serve))
        .route("/live", get(live::live));
    let reading = Router::new()
        .route("/", get(overview::page))
        .route("/runs/{id}", get(runs::page))
        .route("/receipts/{id}", get(receipts::page))
        .route("/activity", get(activity::page))
        .route("/integrations", get(integrations::page))
        .route("/notices", get(notices::page))
        .route("/notices/{id}/read", post(notices::read))
        .route("/notices/mail", post(notices::mail))
        .route("/settings", get(settings::page))
        .route("/settings/webhooks", post(settings::webhooks::update))
        .route("/settings/retention", post(settings::webhooks::retention))
        .route("/settings/event-types", post(settings::event_types::create))
        .route(
            "/settings/event-types/{type}",
            get(settings::event_types::page).post(settings::event_types::update),
        )
        .route("/settings/event-types/{type}/delete", post(settings::event_types::delete))
        .route(
            "/settings/egress/{workspace}",
            get(settings::egress::page).post(settings::egress::update),
        )
        .route("/settings/mail", get(settings::mail::page).post(settings::mail::test))
        .route("/settings/tokens", post(settings::create_token))
        .route("/settings/tokens/{id}/delete", post(settings::delete_token));
    accounts
        .merge(reading)
        .merge(monitor_routes())
        .merge(webhook_routes())
        .merge(source_routes())
        .merge(document_routes())
        .layer(middleware::map_response(error::complete))
}

fn monitor_routes() -> Router<App> {
    Router::new()
        .route("/monitors", get(monitor_list::page))
        .route("/monitors/new", get(monitor_form::new_page).post(monitor_form::create))
        .route("/monitors/preview", get(monitor_form::preview))
        .route("/monitors/{id}", get(monitor::page))
        .route("/monitors/{id}/edit", get(monitor_form::edit_page).post(monitor_form::update))
        .route("/monitors/{id}/run", post(monitor::run_now))
        .route("/monitors/{id}/pause", post(monitor::pause))
        .route("/monitors/{id}/resume", post(monitor::resume))
        .route("/monitors/{id}/delete", post(monitor::delete))
}

fn webhook_routes() -> Router<App> {
    Router::new()
        .route("/webhooks/new", get(webhook_form::new_page).post(webhook_form::create))
        .route("/webhooks/preview", post(webhook_preview::preview))
        .route("/webhooks/try", post(webhook_preview::try_once))
        .route("/webhooks/{id}/preview", post(webhook_preview::of_saved))
        .route("/webhooks/{id}", get(webhook::page).post(webhook_edit::update))
        .route("/deliveries/{id}/attempts/{attempt}", get(attempt::page))
        .route("/webhooks/{id}/test", post(webhook_edit::test))
        .route("/webhooks/{id}/enable", post(webhook_edit::enable))
        .route("/webhooks/{id}/disable", post(webhook_edit::disable))
        .route("/webhooks/{id}/rotate", post(webhook_secret::rotate))
        .route("/webhooks/{id}/delete", post(webhook_edit::delete))
        .route("/deliveries/{id}/resend", post(webhook_edit::resend))
        .route("/deliveries/{id}/curl", post(replays::curl))
        .route("/webhooks/{id}/again", post(replays::again))
        .route("/replays/{id}/pause", post(replays::pause))
        .route("/replays/{id}/resume", post(replays::resume))
        .route("/replays/{id}/cancel", post(replays::cancel))
}

fn source_routes() -> Router<App> {
    Router::new()
        .route("/sources", get(sources::list))
        .route("/sources/new", get(sources::new_page).post(sources::create))
        .route("/sources/{id}", get(sources::page).post(sources::rename))
        .route("/sources/{id}/connect", post(sources::connect))
        .route("/sources/{id}/rotate", post(sources::rotate))
        .route("/sources/{id}/enable", post(sources::enable))
        .route("/sources/{id}/disable", post(sources::disable))
        .route("/sources/{id}/delete", post(sources::delete))
        .route("/incidents", get(incidents::list))
        .route("/incidents/{id}", get(incidents::page))
        .route("/incidents/{id}/acknowledge", post(incidents::acknowledge))
        .route("/incidents/{id}/resolve", post(incidents::resolve))
        .route("/incidents/{id}/reopen", post(incidents::reopen))
        .route("/incidents/{id}/note", post(incidents::note))
}

fn document_routes() -> Router<App> {
    let size = axum::extract::DefaultBodyLimit::max(domain::limits::COLLECTION_BYTES);
    Router::new()
        .route("/collections", get(collections::list))
        .route("/collections/import", post(collections::import).layer(size))
        .route("/collections/{id}", get(collections::page))
        .route("/collections/{id}/export", get(collections::export))
        .route("/collections/{id}/delete", post(collections::delete))
        .route("/environments", get(environments::list))
        .route("/environments/import", post(environments::import).layer(size))
        .route("/environments/{id}", get(environments::page))
        .route("/environments/{id}/export", get(environments::export))
        .route("/environments/{id}/delete", post(environments::delete))
        .route("/bins", get(bins::list).post(bins::create))
        .route("/bins/{id}", get(bins::page))
        .route("/bins/{id}/requests/{request}", get(bins::request))
        .route("/bins/{id}/delete", post(bins::delete))
}

/// A rendered page; nothing of it may be kept by a cache.
fn render(template: &impl Template) -> PageResult {
    render_as(StatusCode::OK, template)
}

fn render_as(status: StatusCode, template: &impl Template) -> PageResult {
    let html = template.render().map_err(|error| PageError::internal(error.to_string()))?;
    Ok((status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response())
}

/// After a change: to a page of ours, which says what was done (one of [`frame::TOASTS`]).
fn done(to: &str, what: &str) -> PageResult {
    let (path, fragment) = to
        .split_once('#')
        .map_or((to, String::new()), |(path, fragment)| (path, format!("#{fragment}")));
    let joint = if path.contains('?') { '&' } else { '?' };
    Ok(Redirect::to(&format!("{path}{joint}done={what}{fragment}")).into_response())
}

/// The address of this list's next page, its filters kept.
fn older(path: &str, filters: &[(&str, &str)], next: Option<String>) -> Option<String> {
    let next = next?;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .extend_pairs(filters.iter().filter(|(_, value)| !value.is_empty()))
        .append_pair("before", &next);
    Some(format!("{path}?{}", query.finish()))
}

/// Pairs for a select.
fn options(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(value, label)| ((*value).to_owned(), (*label).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests;
