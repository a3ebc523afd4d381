//! `/api/v1`: every action as JSON, described by an OpenAPI 3.1 document that is made from the handlers.

use std::sync::OnceLock;

use axum::{
    Router,
    extract::{FromRequestParts as _, Request, State},
    http::{HeaderValue, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, guard::auth::Auth, problem};

mod bins;
mod collections;
mod deliveries;
mod docs;
mod environments;
mod events;
mod finish;
mod incidents;
pub(crate) mod input;
mod mail;
mod misc;
mod monitors;
mod output;
mod replays;
mod settings;
mod sources;
mod webhooks;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Watchbell",
        description = "Runs Postman collections, sends what happened as signed webhooks, receives webhooks and keeps incidents. \
                       Errors are problem documents (RFC 9457) that name the field.",
    ),
    paths(crate::inbound::with_path, crate::bins::whole),
    components(schemas(crate::schema::Problem)),
    modifiers(&Security),
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let key = ApiKey::Header(ApiKeyValue::new("x-api-key"));
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
        let none: [&str; 0] = [];
        document.security = Some(vec![
            SecurityRequirement::new("bearer", none),
            SecurityRequirement::new("api_key", none),
        ]);
    }
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(things()).merge(flow()).fallback(problem::no_such_path)
}

/// What people make: monitors and what they run, webhooks, sources, bins.
fn things() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(misc::me))
        .routes(routes!(misc::workspaces))
        .routes(routes!(misc::workspace))
        .routes(routes!(misc::members))
        .routes(routes!(misc::tokens, misc::create_token))
        .routes(routes!(misc::delete_token))
        .routes(routes!(settings::webhooks, settings::change_webhooks))
        .routes(routes!(settings::event_types, settings::register_event_type))
        .routes(routes!(
            settings::event_type,
            settings::describe_event_type,
            settings::remove_event_type
        ))
        .routes(routes!(settings::egress, settings::set_egress))
        .routes(routes!(mail::mail_server))
        .routes(routes!(mail::test_mail))
        .routes(routes!(mail::notice_mails, mail::set_notice_mails))
        .routes(routes!(collections::list, collections::import))
        .routes(routes!(collections::get, collections::update, collections::delete))
        .routes(routes!(collections::document))
        .routes(routes!(collections::versions))
        .routes(routes!(environments::list, environments::import))
        .routes(routes!(environments::get, environments::update, environments::delete))
        .routes(routes!(environments::document))
        .routes(routes!(environments::versions))
        .routes(routes!(monitors::list, monitors::create))
        .routes(routes!(monitors::get, monitors::update, monitors::delete))
        .routes(routes!(monitors::pause))
        .routes(routes!(monitors::resume))
        .routes(routes!(monitors::run))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::get, webhooks::update, webhooks::delete))
        .routes(routes!(webhooks::preview))
        .routes(routes!(webhooks::try_once))
        .routes(routes!(webhooks::check_filter))
        .routes(routes!(webhooks::enable))
        .routes(routes!(webhooks::disable))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(sources::list, sources::create))
        .routes(routes!(sources::get, sources::update, sources::delete))
        .routes(routes!(sources::rotate_token))
        .routes(routes!(sources::connect))
        .routes(routes!(bins::list, bins::create))
        .routes(routes!(bins::get, bins::update, bins::delete))
}

/// What happens: runs, events, deliveries, receipts, incidents.
fn flow() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(misc::overview))
        .routes(routes!(misc::activity))
        .routes(routes!(misc::notices))
        .routes(routes!(misc::read_notice))
        .routes(routes!(monitors::missed))
        .routes(routes!(monitors::runs))
        .routes(routes!(monitors::all_runs))
        .routes(routes!(monitors::get_run))
        .routes(routes!(events::list, events::publish))
        .routes(routes!(events::publish_batch))
        .routes(routes!(events::get))
        .routes(routes!(events::why))
        .routes(routes!(deliveries::of_webhook))
        .routes(routes!(deliveries::attempts))
        .routes(routes!(deliveries::attempt))
        .routes(routes!(deliveries::stats))
        .routes(routes!(deliveries::get))
        .routes(routes!(deliveries::resend))
        .routes(routes!(deliveries::curl))
        .routes(routes!(replays::recover))
        .routes(routes!(replays::replay))
        .routes(routes!(replays::of_webhook))
        .routes(routes!(replays::get))
        .routes(routes!(replays::pause))
        .routes(routes!(replays::resume))
        .routes(routes!(replays::cancel))
        .routes(routes!(sources::receipts))
        .routes(routes!(sources::receipt))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::get))
        .routes(routes!(incidents::acknowledge))
        .routes(routes!(incidents::resolve))
        .routes(routes!(incidents::reopen))
        .routes(routes!(incidents::note))
        .routes(routes!(bins::requests))
        .routes(routes!(bins::request))
}

fn split() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", routes())
        .split_for_parts();
    finish::finish(&mut document);
    (router, document)
}

/// The document of the API (OpenAPI 3.1).
pub fn openapi() -> utoipa::openapi::OpenApi {
    split().1
}

/// Where an event is published.
pub(crate) const PUBLISH: &str = "/api/v1/events";

/// Publishes an event, as the router's own route does.
pub(crate) async fn publish(app: App, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let published = match Auth::from_request_parts(&mut parts, &app).await {
        Ok(auth) => events::publish(State(app), auth, Request::from_parts(parts, body)).await,
        Err(refused) => Err(refused),
    };
    published.into_response()
}

pub(crate) fn router() -> Router<App> {
    split()
        .0
        .route("/api/v1/openapi.json", get(document))
        .route("/api/docs", get(docs::page))
        .route("/api/docs.css", get(docs::style))
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(middleware::map_response(problem::complete))
}

async fn document() -> impl IntoResponse {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let text = DOCUMENT.get_or_init(|| openapi().to_json().unwrap_or_default());
    (
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        text.as_str(),
    )
}
