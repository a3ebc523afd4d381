//! REST API and pages of Watchbell, and the URLs that the outside calls.
//!
//! `actions` says what one may do; `api` and `pages` are two ways to ask for it. `inbound` takes what
//! senders report, `bins` records what is sent to a bin. `guard` knows who may come in.

pub mod actions;
mod api;
mod app;
mod bins;
mod chart;
mod front;
pub mod guard;
mod health;
mod inbound;
mod pages;
pub mod problem;
pub mod schema;
pub mod time;

pub use api::openapi;
pub use app::{App, WebConfig};
pub use time::Time;

use axum::Router;

/// Everything this instance serves. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`,
/// so that the sender's address is known.
pub fn router(app: App) -> Router {
    let router = Router::new()
        .merge(api::router())
        .merge(inbound::router())
        .merge(bins::router())
        .merge(health::router())
        .merge(pages::router())
        .fallback(pages::not_found)
        .with_state(app.clone());
    Router::new().fallback_service(front::Front { app, router })
}
