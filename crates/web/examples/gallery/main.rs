//! Every page with sample data, for looking at while the design is worked on:
//! `cargo run -p web --example gallery`, then open what it prints. Nothing is run or sent.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a tool for a developer's terminal"
)]

mod seed;

use std::{net::SocketAddr, sync::Arc};

#[derive(Debug)]
struct SystemClock;

impl domain::Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the gallery is a program of its own, with the one real clock"
    )]
    fn now(&self) -> domain::Micros {
        jiff::Timestamp::now().as_microsecond()
    }
}

#[tokio::main]
async fn main() {
    let address: SocketAddr = std::env::args()
        .nth(1)
        .map_or(SocketAddr::from(([127, 0, 0, 1], 8499)), |a| a.parse().unwrap());
    let (store, _database) = store::testing::store(store::testing::Kind::Sqlite).await;
    let app = seed::app(store, Arc::new(SystemClock), &format!("http://{address}"));
    let seeded = seed::fill(&app, "").await;
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    println!("log in as {} with {}", seed::EMAIL, seed::PASSWORD);
    println!("cookie {}", seeded.cookie);
    for path in &seeded.paths {
        println!("http://{address}{path}");
    }
    let router = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router).await.unwrap();
}
