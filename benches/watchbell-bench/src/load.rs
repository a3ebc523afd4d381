//! Publishing: at full speed over many connections, or at a steady rate.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use bytes::Bytes;

use crate::{receiver::Receiver, server::Server};

pub struct Load {
    pub events: usize,
    pub connections: usize,
    pub size: usize,
    pub batch: usize,
}

pub struct Outcome {
    pub deliveries: usize,
    /// From the first publish to the last arrival.
    pub elapsed: Duration,
    /// From the first publish to the last 2xx.
    pub accepted: Duration,
    /// Publish request begun → arrival, per event, sorted.
    pub latencies: Vec<Duration>,
}

/// An event's data: its number and padding up to `size` bytes.
pub fn data(number: u64, size: usize) -> String {
    let head = format!("{{\"number\":{number},\"padding\":\"");
    let padding = size.saturating_sub(head.len() + 2);
    format!("{head}{}\"}}", "x".repeat(padding))
}

fn event(number: u64, size: usize) -> String {
    format!("{{\"type\":\"bench.event\",\"data\":{}}}", data(number, size))
}

fn request(numbers: std::ops::Range<usize>, size: usize, batch: usize) -> (&'static str, Bytes) {
    if batch == 1 {
        return ("/api/v1/events", Bytes::from(event(numbers.start as u64, size)));
    }
    let events: Vec<String> = numbers.map(|n| event(n as u64, size)).collect();
    ("/api/v1/events/batch", Bytes::from(format!("[{}]", events.join(","))))
}

pub async fn full_speed(server: &Server, receiver: &Receiver, load: &Load, deliveries: usize) -> Result<Outcome> {
    receiver.reset();
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..load.connections {
        let mut client = server.client().await?;
        let (next, events, size, batch) = (next.clone(), load.events, load.size, load.batch);
        tasks.push(tokio::spawn(async move {
            let mut sent = Vec::new();
            loop {
                let first = next.fetch_add(batch, Ordering::Relaxed);
                if first >= events {
                    return anyhow::Ok(sent);
                }
                let numbers = first..(first + batch).min(events);
                let (path, body) = request(numbers.clone(), size, batch);
                let at = Instant::now();
                client.post(path, body, &[]).await?;
                sent.extend(numbers.map(|n| (n as u64, at)));
            }
        }));
    }
    let mut sent = HashMap::new();
    for task in tasks {
        sent.extend(task.await??);
    }
    let accepted = started.elapsed();
    arrived(receiver, deliveries).await?;
    Ok(Outcome {
        deliveries,
        elapsed: started.elapsed(),
        accepted,
        latencies: latencies(&sent, receiver),
    })
}

pub async fn steady(server: &Server, receiver: &Receiver, rate: usize, length: Duration, size: usize, webhooks: usize) -> Result<Outcome> {
    receiver.reset();
    let total = rate * usize::try_from(length.as_secs())?;
    let gap = Duration::from_secs_f64(1.0 / rate as f64);
    let started = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(Arc::new(tokio::sync::Mutex::new(server.client().await?)));
    }
    let mut tasks = Vec::new();
    for number in 0..total {
        tokio::time::sleep_until((started + gap * u32::try_from(number)?).into()).await;
        let client = clients[number % clients.len()].clone();
        tasks.push(tokio::spawn(async move {
            let at = Instant::now();
            let (path, body) = request(number..number + 1, size, 1);
            client.lock().await.post(path, body, &[]).await?;
            anyhow::Ok((number as u64, at))
        }));
    }
    let mut sent = HashMap::new();
    for task in tasks {
        let (number, at) = task.await??;
        sent.insert(number, at);
    }
    let accepted = started.elapsed();
    arrived(receiver, total * webhooks).await?;
    Ok(Outcome {
        deliveries: total * webhooks,
        elapsed: started.elapsed(),
        accepted,
        latencies: latencies(&sent, receiver),
    })
}

async fn arrived(receiver: &Receiver, deliveries: usize) -> Result<()> {
    if tokio::time::timeout(Duration::from_secs(120), receiver.wait_for(deliveries))
        .await
        .is_err()
    {
        bail!("{} of {deliveries} deliveries arrived within 120 s", receiver.count());
    }
    Ok(())
}

fn latencies(sent: &HashMap<u64, Instant>, receiver: &Receiver) -> Vec<Duration> {
    let arrivals = receiver.arrivals();
    let mut all: Vec<_> = sent
        .iter()
        .filter_map(|(n, at)| arrivals.get(n).map(|arrival| arrival.duration_since(*at)))
        .collect();
    all.sort_unstable();
    all
}
