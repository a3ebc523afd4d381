//! What the tests share: the server as a process, a receiver, an API to watch, and a small
//! HTTP client. All waiting is for something that happens, with a bound that only a broken
//! program reaches.

use std::{future::Future, time::Duration};

pub mod api;
pub mod http;
pub mod mail;
pub mod receiver;
pub mod server;

pub use api::Api;
pub use http::Http;
pub use receiver::Receiver;
pub use server::Server;
pub use store::testing::{Kind as Database, kinds};

/// Longest wait for anything: far beyond what a slow machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for a future, and says what for if it never comes.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited {PATIENCE:?} for {what}"),
    }
}

/// Asks again and again until the answer is there.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    soon(what, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}
