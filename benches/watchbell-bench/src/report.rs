//! What is printed: rates as ratios to the pump, latency percentiles, CPU per delivery, memory.

use std::time::Duration;

use crate::{load::Outcome, server::Usage};

pub fn full(outcome: &Outcome, pump: f64, after: &Usage, before: &Usage) {
    let rate = outcome.deliveries as f64 / outcome.elapsed.as_secs_f64();
    println!("publish → delivered       {rate:>9.0} deliveries/s   {:.3} × pump", rate / pump);
    println!(
        "all accepted after        {:>9.2} s of {:.2} s",
        outcome.accepted.as_secs_f64(),
        outcome.elapsed.as_secs_f64()
    );
    percentiles("latency under full load", &outcome.latencies);
    cpu(outcome, after, before);
    println!("server peak               {:>9.1} MB RSS", after.peak_mb);
}

pub fn steady(outcome: &Outcome, rate: usize, after: &Usage, before: &Usage) {
    println!("steady {rate}/s, {} deliveries", outcome.deliveries);
    percentiles("latency at steady rate", &outcome.latencies);
    cpu(outcome, after, before);
}

fn cpu(outcome: &Outcome, after: &Usage, before: &Usage) {
    let micros = (after.cpu - before.cpu).as_secs_f64() * 1e6 / outcome.deliveries as f64;
    println!("server CPU                {micros:>9.1} µs/delivery");
}

/// The value that this part of a sorted list does not exceed.
pub fn percentile(sorted: &[Duration], part: f64) -> Duration {
    let at = ((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

pub fn percentiles(what: &str, sorted: &[Duration]) {
    let ms = |part| percentile(sorted, part).as_secs_f64() * 1e3;
    println!(
        "{what:<25} p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        ms(0.5),
        ms(0.9),
        ms(0.99),
        ms(1.0)
    );
}
