//! The log with many attempts in it: how long its first page and a page in the middle take, and what deliveries notice
//! while a tenth of it is being pruned.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};

use crate::{
    client::Client,
    fill::{self, Fill},
    load,
    receiver::Receiver,
    report,
    server::Server,
};

/// Requests for each figure.
const QUERIES: usize = 500;

pub async fn run(program: &Path, attempts: u64, rate: usize, seconds: u64) -> Result<()> {
    let receiver = Receiver::start().await?;
    let mut server = Server::start(program, None).await?;
    let mut client = server.client().await?;
    let webhook = server
        .webhook(&mut client, "filled", &format!("http://{}/", receiver.address()), "bench.event", 8)
        .await?;
    let path = format!("/api/v1/webhooks/{webhook}/attempts?limit=50");
    queries("log page, nothing in it", &mut client, &path).await?;
    let before = steady(&server, &receiver, rate, seconds).await?;
    report::percentiles("delivered, empty log", &before);

    let me: serde_json::Value = serde_json::from_slice(&client.get("/api/v1/workspaces").await?)?;
    let fill = Fill {
        webhook: webhook.clone(),
        workspace: me["items"][0]["id"].as_str().context("no workspace")?.to_owned(),
        attempts,
        old: attempts / 10,
        now: i64::try_from(now().as_micros())?,
    };
    let data = server.data();
    let began = Instant::now();
    server.restart(async || fill::log(&data, &fill).await).await?;
    println!("filled in {attempts} attempts in {:.0} s", began.elapsed().as_secs_f64());

    let mut client = server.client().await?;
    // The sweep began with the server: this is measured beside it.
    let during = steady(&server, &receiver, rate, seconds).await?;
    report::percentiles("delivered, beside pruning", &during);
    queries("log page, beside pruning", &mut client, &path).await?;
    let cursor: serde_json::Value = serde_json::from_slice(&client.get(&path).await?)?;
    if let Some(next) = cursor["next"].as_str() {
        queries("its second page", &mut client, &format!("{path}&before={next}")).await?;
    }
    queries(
        "deliveries of the log",
        &mut client,
        &format!("/api/v1/webhooks/{webhook}/deliveries?limit=50"),
    )
    .await?;
    let usage = server.usage()?;
    println!(
        "server                    {:>9.1} MB RSS, {:.1} MB peak",
        usage.rss_mb, usage.peak_mb
    );
    server.stop().await
}

async fn steady(server: &Server, receiver: &Receiver, rate: usize, seconds: u64) -> Result<Vec<Duration>> {
    let length = Duration::from_secs(seconds);
    Ok(load::steady(server, receiver, rate, length, 1_024, 1).await?.latencies)
}

async fn queries(what: &str, client: &mut Client, path: &str) -> Result<()> {
    let mut times = Vec::with_capacity(QUERIES);
    for _ in 0..QUERIES {
        let at = Instant::now();
        client.get(path).await?;
        times.push(at.elapsed());
    }
    times.sort_unstable();
    report::percentiles(what, &times);
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "a tool that measures needs the time")]
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
