//! REST API and pages of Watchbell, and the URLs that the outside calls.
//!
//! `actions` says what one may do; `api` and `pages` are two ways to ask for it. `inbound` takes what
//! senders report, `bins` records what is sent to a bin. `guard` knows who may come in.

pub mod actions;
mod api;
mod app;
mod bins;
mod chart;
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

use std::time::Duration;

use axum::{Router, middleware};
use tower_http::timeout::RequestBodyDeadlineLayer;

/// Time to send a whole body, whatever it is for: a large document over a slow line must get through. What is received has
/// less.
const BODY_DEADLINE: Duration = Duration::from_secs(60);

/// Everything this instance serves. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`,
/// so that the sender's address is known.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(api::router())
        .merge(inbound::router())
        .merge(bins::router())
        .merge(health::router())
        .merge(pages::router())
        .fallback(pages::not_found)
        .layer(RequestBodyDeadlineLayer::new(BODY_DEADLINE))
        .layer(middleware::from_fn_with_state(app.clone(), guard::host::check))
        .layer(middleware::from_fn(guard::headers::add))
        .with_state(app)
}
