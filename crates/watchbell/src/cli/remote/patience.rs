//! Watching something on a server for long: a server that is busy or restarts meanwhile is asked again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use super::{Answer, Refused, Server, Unreachable};

/// How long it is asked again, and the shortest and longest pause.
const PATIENCE: Duration = Duration::from_secs(60);
const SHORTEST: u64 = 1;
const LONGEST: u64 = 30;

impl Server {
    /// Asks as [`Server::get`], and again for up to a minute while the server is away.
    ///
    /// # Errors
    /// As [`Server::call`], the last one.
    pub async fn get_patiently(&self, path: &str) -> Result<Answer> {
        patiently(async || self.get(path, &[]).await).await
    }
}

async fn patiently<T>(mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    loop {
        let error = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(pause) = pause(&error).filter(|pause| begun.elapsed() + *pause <= PATIENCE) else {
            return Err(error);
        };
        tokio::time::sleep(pause).await;
    }
}

/// How long to wait before it is asked again; `None`: waiting mends nothing.
fn pause(error: &anyhow::Error) -> Option<Duration> {
    let seconds = match (error.downcast_ref::<Unreachable>(), error.downcast_ref::<Refused>()) {
        (Some(away), _) if away.is_transient => SHORTEST,
        (_, Some(busy)) if matches!(busy.status, 429 | 502..=504) => busy.retry_after.unwrap_or(SHORTEST),
        _ => return None,
    };
    Some(Duration::from_secs(seconds.clamp(SHORTEST, LONGEST)))
}
