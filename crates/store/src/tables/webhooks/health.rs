//! How a webhook fares: since when it fails, how often, and when an open lane is probed.

use domain::Micros;

use crate::{error::Result, params, sql::Tx};

/// A batch of attempts to one webhook, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptTotals {
    /// The last success among them.
    pub success_at: Option<Micros>,
    /// The first failure after that success, or of all if there was none.
    pub failure_at: Option<Micros>,
    /// Failures after that success, or all if there was none.
    pub failures: u64,
    /// The last attempt.
    pub last_attempt_at: Micros,
}

/// Records a batch of attempts. A success ends the failing and closes the lane; a failure begins it unless it has begun.
pub fn record_attempts(tx: &mut dyn Tx, webhook_id: &str, totals: &AttemptTotals) -> Result<()> {
    match totals.success_at {
        Some(success_at) => tx.execute(
            "UPDATE webhooks SET last_success_at = $2, failing_since = $3, failed_attempts = $4, last_attempt_at = $5,
             probe_at = NULL WHERE id = $1",
            &params![webhook_id, success_at, totals.failure_at, totals.failures, totals.last_attempt_at],
        )?,
        None => tx.execute(
            "UPDATE webhooks SET failing_since = COALESCE(failing_since, $2), failed_attempts = failed_attempts + $3,
             last_attempt_at = $4 WHERE id = $1",
            &params![webhook_id, totals.failure_at, totals.failures, totals.last_attempt_at],
        )?,
    };
    Ok(())
}

/// Stores when an open lane is probed next; `None` closes it.
pub fn set_probe(tx: &mut dyn Tx, webhook_id: &str, probe_at: Option<Micros>) -> Result<()> {
    tx.execute("UPDATE webhooks SET probe_at = $2 WHERE id = $1", &params![webhook_id, probe_at])?;
    Ok(())
}
