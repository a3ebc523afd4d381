//! What a webhook with strict order sends next: its pending deliveries in the order in which they came, due or not. The first
//! of them holds up the rest; tests stand beside that order.
//!
//! What was tried before is found by its own small index. What was not tried stands in the order of its due time, which is that
//! in which it was made. So no index of all that is pending is needed, which every delivery would pay for.

use domain::{Micros, event::Event};

use super::{
    Delivery, columns,
    pending::{LIVE, REPLAYS, pending_with_events, with_event},
};
use crate::{
    error::{Error, Result},
    params,
    sql::Tx,
    tables::all,
};

pub(in crate::tables) const TESTS: &str = pending_with_events!("AND d.kind = 'test' ORDER BY d.id LIMIT $2");
pub(in crate::tables) const TRIED: &str = pending_with_events!(
    "AND d.queue = $2 AND d.attempts > 0 AND d.kind <> 'test' AND d.created_at > $3
     ORDER BY d.created_at, d.id LIMIT $4"
);
pub(in crate::tables) const UNTRIED: &str = pending_with_events!(
    "AND d.queue = $2 AND d.attempts = 0 AND d.kind <> 'test' AND d.due_at > $3 AND d.created_at > $3
     ORDER BY d.due_at, d.id LIMIT $4"
);

/// At most `limit` pending tests of a webhook, and then at most `limit` of its other pending deliveries made after `after`, the
/// oldest first.
pub fn next_in_order(tx: &mut dyn Tx, webhook_id: &str, after: Micros, limit: usize) -> Result<Vec<(Delivery, Event)>> {
    let mut found = tests(tx, webhook_id, limit)?;
    let mut of_both_queues = |sql| {
        let mut rows = all(tx, sql, &params![webhook_id, LIVE, after, limit], with_event)?;
        rows.extend(all(tx, sql, &params![webhook_id, REPLAYS, after, limit], with_event)?);
        Ok::<_, Error>(rows)
    };
    let mut others = of_both_queues(TRIED)?;
    others.extend(of_both_queues(UNTRIED)?);
    others.sort_by(|(a, _), (b, _)| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    others.truncate(limit);
    found.extend(others);
    Ok(found)
}

/// At most `limit` pending tests of a webhook.
pub fn tests(tx: &mut dyn Tx, webhook_id: &str, limit: usize) -> Result<Vec<(Delivery, Event)>> {
    all(tx, TESTS, &params![webhook_id, limit], with_event)
}
