//! A webhook's attempts in figures, for its page.

use domain::Micros;
use serde::Serialize;

use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
    tables::all,
};

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

/// Percentiles look at so many successes, the newest: enough for a chart, and bounded however long the log is.
const SAMPLE: usize = 10_000;

/// Counts the webhook's attempts since `since`; the percentiles are those of the newest 10,000 successes among them. (A
/// refused connection is fast, and says nothing about the receiver.)
pub fn stats(tx: &mut dyn Tx, webhook_id: &str, since: Micros) -> Result<AttemptStats> {
    let mut stats = AttemptStats::default();
    for (success, count) in all(tx, COUNTS, &params![webhook_id, since], |row| Ok((row.bool(0)?, row.number(1)?)))? {
        *(if success { &mut stats.successes } else { &mut stats.failures }) = count;
    }
    let mut durations = all(
        tx,
        "SELECT duration_us FROM attempts WHERE webhook_id = $1 AND at >= $2 AND success = 1 ORDER BY at DESC LIMIT $3",
        &params![webhook_id, since, SAMPLE],
        |row| row.int(0),
    )?;
    durations.sort_unstable();
    stats.p50_us = percentile(&durations, 50);
    stats.p95_us = percentile(&durations, 95);
    Ok(stats)
}

pub(in crate::tables) const COUNTS: &str = "SELECT success, COUNT(*) FROM attempts WHERE webhook_id = $1 AND at >= $2 GROUP BY success";

/// Nearest rank: the smallest value that so many percent do not exceed.
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// The newest attempts at the webhook as points of a chart, oldest first.
pub fn latency_points(tx: &mut dyn Tx, webhook_id: &str, limit: usize) -> Result<Vec<LatencyPoint>> {
    let read = |row: &Row| {
        Ok(LatencyPoint {
            at: row.int(0)?,
            duration_us: row.int(1)?,
            success: row.bool(2)?,
        })
    };
    let mut points = all(tx, POINTS, &params![webhook_id, limit], read)?;
    points.reverse();
    Ok(points)
}

pub(in crate::tables) const POINTS: &str = "SELECT at, duration_us, success FROM attempts WHERE webhook_id = $1 ORDER BY at DESC LIMIT $2";

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let to_hundred: Vec<i64> = (1..=100).collect();
        assert_eq!(percentile(&to_hundred, 50), Some(50));
        assert_eq!(percentile(&to_hundred, 95), Some(95));
        assert_eq!(percentile(&[7], 95), Some(7));
        assert_eq!(percentile(&[1, 9], 50), Some(1));
        assert_eq!(percentile(&[], 50), None);
    }
}
