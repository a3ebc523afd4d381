//! A webhook's attempts in figures, for its page.

use domain::Micros;
use serde::Serialize;

use crate::{error::Result, params, sql::Tx, tables::all};

/// Attempts of a webhook, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AttemptStats {
    /// How many succeeded.
    pub successes: u64,
    /// How many failed.
    pub failures: u64,
    /// Duration that half of the successes stay within, in microseconds.
    pub p50_us: Option<i64>,
    /// Duration that 95 % of the successes stay within, in microseconds.
    pub p95_us: Option<i64>,
}

/// One attempt as a point of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LatencyPoint {
    /// When.
    pub at: Micros,
    /// How long, in microseconds.
    pub duration_us: i64,
    /// Whether it succeeded.
    pub success: bool,
}

/// Counts the webhook's attempts since `since`.
pub fn stats(tx: &mut dyn Tx, webhook_id: &str, since: Micros) -> Result<AttemptStats> {
    let counted = tx.query_one(
        "count",
        "SELECT COUNT(*), COALESCE(SUM(success), 0) FROM attempts WHERE webhook_id = $1 AND at >= $2",
        &params![webhook_id, since],
    )?;
    let (attempts, successes): (u64, u64) = (counted.number(0)?, counted.number(1)?);
    Ok(AttemptStats {
        successes,
        failures: attempts.saturating_sub(successes),
        p50_us: percentile(tx, webhook_id, since, successes, 50)?,
        p95_us: percentile(tx, webhook_id, since, successes, 95)?,
    })
}

/// The nearest-rank percentile of the successes' durations.
fn percentile(
    tx: &mut dyn Tx,
    webhook_id: &str,
    since: Micros,
    successes: u64,
    percent: u64,
) -> Result<Option<i64>> {
    let rank = (successes * percent).div_ceil(100).max(1) - 1;
    let row = tx.query_opt(
        "SELECT duration_us FROM attempts WHERE webhook_id = $1 AND at >= $2 AND success = 1
         ORDER BY duration_us LIMIT 1 OFFSET $3",
        &params![webhook_id, since, rank],
    )?;
    row.map(|row| row.int(0)).transpose()
}

/// The newest `limit` attempts as points, oldest first.
pub fn latency_points(tx: &mut dyn Tx, webhook_id: &str, limit: usize) -> Result<Vec<LatencyPoint>> {
    let mut points = all(
        tx,
        "SELECT at, duration_us, success FROM attempts WHERE webhook_id = $1 ORDER BY at DESC, id DESC LIMIT $2",
        &params![webhook_id, limit],
        |row| Ok(LatencyPoint { at: row.int(0)?, duration_us: row.int(1)?, success: row.bool(2)? }),
    )?;
    points.reverse();
    Ok(points)
}
