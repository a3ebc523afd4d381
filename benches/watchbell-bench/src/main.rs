//! `watchbell-bench`: publish → delivered, through the real server, beside a bare pump.
//!
//! One run measures, on the same machine and one after another: how fast a bare hyper client
//! posts to a bare hyper receiver (the pump: what any sender could reach at best), and how
//! fast the server takes events, signs them and delivers them to that same receiver. The
//! figures to compare are the ratios; absolute ones belong to the machine.

#![allow(clippy::print_stdout, reason = "a command line tool whose product is its output")]

mod client;
mod fill;
mod isolation;
mod load;
mod log;
mod pump;
mod receiver;
mod report;
mod server;

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use clap::{Parser, ValueEnum};

/// What is measured.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scenario {
    /// Publish → delivered at full speed and at a steady rate, beside the bare pump.
    Throughput,
    /// What the healthy receivers notice when nine tenths of all hang.
    Isolation,
    /// The log's queries and pruning with many attempts in it (SQLite).
    Log,
}

/// Measures deliveries/s, latency, CPU and memory of a Watchbell server.
#[derive(Debug, Parser)]
struct Args {
    /// The server's program.
    #[arg(long, default_value = "target/release/watchbell")]
    server: PathBuf,
    #[arg(long, value_enum, default_value = "throughput")]
    scenario: Scenario,
    /// Attempts that the log scenario fills in.
    #[arg(long, default_value_t = 10_000_000)]
    attempts: u64,
    /// Events to publish at full speed.
    #[arg(long, default_value_t = 20_000)]
    events: usize,
    /// Publishing connections.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Bytes of an event's data.
    #[arg(long, default_value_t = 1_024)]
    size: usize,
    /// Events per publish request; 1 publishes singly.
    #[arg(long, default_value_t = 1)]
    batch: usize,
    /// Webhooks that each get every event.
    #[arg(long, default_value_t = 1)]
    webhooks: usize,
    /// Webhooks that never answer, beside the healthy ones.
    #[arg(long, default_value_t = 0)]
    hanging: usize,
    /// Events/s of the steady part; 0 leaves it out.
    #[arg(long, default_value_t = 200)]
    rate: usize,
    /// Length of the steady part, seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Use this PostgreSQL database instead of SQLite (it is filled).
    #[arg(long)]
    postgres: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    match args.scenario {
        Scenario::Throughput => throughput(args).await,
        Scenario::Isolation => isolation::run(&args.server, args.postgres.as_deref(), args.rate, args.seconds).await,
        Scenario::Log => log::run(&args.server, args.attempts, args.rate, args.seconds).await,
    }
}

async fn throughput(args: Args) -> Result<()> {
    let receiver = receiver::Receiver::start().await?;
    let pump = pump::run(&receiver, args.events, args.connections, args.size).await?;
    println!("bare pump                 {:>9.0} requests/s", pump);
    let server = server::Server::start(&args.server, args.postgres.as_deref()).await?;
    server.subscribe(receiver.address(), args.webhooks, args.hanging).await?;
    let idle = server.usage()?;
    println!("server idle               {:>9.1} MB RSS", idle.rss_mb);
    let wanted = args.events * args.webhooks;
    let full = load::full_speed(&server, &receiver, &args_load(&args), wanted).await?;
    report::full(&full, pump, &server.usage()?, &idle);
    if args.rate > 0 {
        let before = server.usage()?;
        let steady = load::steady(
            &server,
            &receiver,
            args.rate,
            Duration::from_secs(args.seconds),
            args.size,
            args.webhooks,
        )
        .await?;
        report::steady(&steady, args.rate, &server.usage()?, &before);
    }
    server.stop().await
}

fn args_load(args: &Args) -> load::Load {
    load::Load {
        events: args.events,
        connections: args.connections,
        size: args.size,
        batch: args.batch,
    }
}
