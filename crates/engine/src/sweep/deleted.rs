//! What is left of a deleted webhook: its log, then its queue, then the row. People see none of it any more; a crash in between
//! leaves the mark, and the next step goes on.

use store::{
    Result, Tx,
    tables::{attempts, deliveries, webhooks},
};

use super::{STEP, STEP_BYTES, STEP_OF_LONG, Step};

/// One step. Returns whether there is more to do.
pub(super) fn step(tx: &mut dyn Tx) -> Result<bool> {
    let Some(id) = webhooks::being_deleted(tx)? else {
        return Ok(false);
    };
    let long = Step {
        rows: STEP_OF_LONG,
        bytes: STEP_BYTES,
    };
    if attempts::delete_some(tx, &id, long)?.rows == 0 && deliveries::delete_some(tx, &id, STEP)? == 0 {
        webhooks::delete(tx, &id)?;
    }
    Ok(true)
}
