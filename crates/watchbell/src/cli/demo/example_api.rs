//! The example API that the demo watches: a small shop whose orders fail for ten seconds of
//! every minute and recover by themselves.

use std::time::{Duration, Instant};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

/// Where the API stands on the server.
pub const PATH: &str = "/demo/shop";

/// One cycle of working and failing.
const CYCLE: Duration = Duration::from_secs(60);
const FAILS_FROM: Duration = Duration::from_secs(8);
const FAILS_UNTIL: Duration = Duration::from_secs(18);

/// Whether the orders fail so long after the start.
fn is_broken(since_start: Duration) -> bool {
    let within = Duration::from_millis(u64::try_from(since_start.as_millis() % CYCLE.as_millis()).unwrap_or(0));
    (FAILS_FROM..FAILS_UNTIL).contains(&within)
}

/// Routes under [`PATH`].
pub fn router() -> Router {
    let routes = Router::new()
        .route("/health", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(one))
        .with_state(Instant::now());
    Router::new().nest(PATH, routes)
}

fn order(id: u64) -> Value {
    json!({"id": id, "article": "bell", "quantity": 1 + id % 3})
}

fn unless_broken(start: Instant, status: StatusCode, answer: Value) -> Response {
    if is_broken(start.elapsed()) {
        let error = json!({"error": "the database does not answer"});
        return (StatusCode::SERVICE_UNAVAILABLE, Json(error)).into_response();
    }
    (status, Json(answer)).into_response()
}

async fn list(State(start): State<Instant>) -> Response {
    let orders: Vec<_> = (1001..1006).map(order).collect();
    unless_broken(start, StatusCode::OK, json!({ "orders": orders }))
}

async fn one(State(start): State<Instant>, Path(id): Path<u64>) -> Response {
    unless_broken(start, StatusCode::OK, order(id))
}

async fn place(State(start): State<Instant>, Json(mut placed): Json<Value>) -> Response {
    if let Some(order) = placed.as_object_mut() {
        order.insert("id".to_owned(), json!(1006));
    }
    unless_broken(start, StatusCode::CREATED, placed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fails_for_ten_seconds_of_every_minute() {
        let broken = (0..120).filter(|s| is_broken(Duration::from_secs(*s))).collect::<Vec<_>>();
        assert_eq!(broken, (8..18).chain(68..78).collect::<Vec<_>>());
    }
}
