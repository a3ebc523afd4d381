//! What healthy receivers notice of others that hang: a thousand webhooks, each with an event type of its own, get events in
//! turn; once all of them answer, once nine tenths read the request and never do. The same hundred are measured.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use bytes::Bytes;
use tokio::sync::Mutex;

use crate::{load::data, receiver::Receiver, report, server::Server};

const WEBHOOKS: usize = 1_000;
const HEALTHY: usize = 100;

pub async fn run(program: &Path, postgres: Option<&str>, rate: usize, seconds: u64) -> Result<()> {
    let mut p99 = Vec::new();
    for hanging in [false, true] {
        let receiver = Receiver::start().await?;
        let server = Server::start(program, postgres).await?;
        let mut client = server.client().await?;
        for number in 0..WEBHOOKS {
            let path = if hanging && number >= HEALTHY { "hang" } else { "" };
            let url = format!("http://{}/{path}", receiver.address());
            server
                .webhook(&mut client, &format!("w{number}"), &url, &event_type(number), 8)
                .await?;
        }
        let latencies = measure(&server, &receiver, rate, seconds).await?;
        let what = if hanging { "900 of 1,000 hang" } else { "none hangs" };
        report::percentiles(what, &latencies);
        let usage = server.usage()?;
        println!("server peak               {:>9.1} MB RSS", usage.peak_mb);
        p99.push(report::percentile(&latencies, 0.99));
        server.stop().await?;
    }
    if let [none, most] = p99.as_slice() {
        println!(
            "healthy p99               {:>9.2} × of none hanging",
            most.as_secs_f64() / none.as_secs_f64()
        );
    }
    Ok(())
}

fn event_type(number: usize) -> String {
    format!("bench.w{number}")
}

/// Publishes to all webhooks in turn; the latencies, publish begun → arrival, of those to the healthy hundred.
async fn measure(server: &Server, receiver: &Receiver, rate: usize, seconds: u64) -> Result<Vec<Duration>> {
    let total = rate * usize::try_from(seconds)?;
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(Arc::new(Mutex::new(server.client().await?)));
    }
    receiver.reset();
    let (started, gap) = (Instant::now(), Duration::from_secs_f64(1.0 / rate as f64));
    let mut tasks = Vec::new();
    for number in 0..total {
        tokio::time::sleep_until((started + gap * u32::try_from(number)?).into()).await;
        let client = clients[number % clients.len()].clone();
        // Spread, so that every tenth event or so is for a healthy one.
        let webhook = number * 7 % WEBHOOKS;
        tasks.push(tokio::spawn(async move {
            let body = format!("{{\"type\":\"{}\",\"data\":{}}}", event_type(webhook), data(number as u64, 1_024));
            let at = Instant::now();
            client.lock().await.post("/api/v1/events", Bytes::from(body), &[]).await?;
            anyhow::Ok((webhook < HEALTHY).then_some((number as u64, at)))
        }));
    }
    let mut sent = Vec::new();
    for task in tasks {
        sent.extend(task.await??);
    }
    let wanted = sent.len();
    let all = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            let arrivals = receiver.arrivals();
            if sent.iter().filter(|(number, _)| arrivals.contains_key(number)).count() == wanted {
                return arrivals;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await?;
    let mut latencies: Vec<_> = sent
        .iter()
        .filter_map(|(n, at)| all.get(n).map(|arrival| arrival.duration_since(*at)))
        .collect();
    latencies.sort_unstable();
    Ok(latencies)
}
