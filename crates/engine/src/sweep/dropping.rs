//! What waited for a webhook when it was switched off, if that was much: dropped step by step, the oldest first.

use domain::Micros;
use store::{
    Result, Signal, Tx,
    tables::{deliveries, webhooks},
};

use super::STEP;

/// One step. Returns whether there is more to do.
pub(super) fn step(tx: &mut dyn Tx, now: Micros) -> Result<bool> {
    let Some(dropping) = webhooks::dropping(tx)? else {
        return Ok(false);
    };
    let dropped = deliveries::drop_pending(tx, &dropping.id, dropping.before, &dropping.reason, now, STEP)?;
    if dropped < STEP as u64 {
        webhooks::dropped_waiting(tx, &dropping)?;
    }
    tx.signal(Signal::changed(&*dropping.workspace_id, "delivery"));
    Ok(true)
}
