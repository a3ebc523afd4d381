//! What a webhook with strict order sends next: its pending deliveries in the order in which they were made, due or not. The
//! first of them holds up the rest; tests stand beside that order.

use domain::{Micros, event::Event};

use super::{Delivery, columns, read};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
    tables::{all, events},
};

macro_rules! pending_with_events {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", e.id, e.workspace_id, e.type, e.subject, e.at, e.data, e.import, e.hops
     FROM deliveries d CROSS JOIN events e
     WHERE e.id = d.event_id AND d.webhook_id = $1 AND d.state = 'pending' ",
            $rest
        )
    };
}

pub(in crate::tables) const TESTS: &str = pending_with_events!("AND d.kind = 'test' ORDER BY d.id LIMIT $2");
pub(in crate::tables) const IN_ORDER: &str =
    pending_with_events!("AND d.kind <> 'test' AND d.created_at > $2 ORDER BY d.created_at, d.id LIMIT $3");

/// At most `limit` pending tests of a webhook, and then at most `limit` of its other pending deliveries made after `after`, the
/// oldest first.
pub fn next_in_order(tx: &mut dyn Tx, webhook_id: &str, after: Micros, limit: usize) -> Result<Vec<(Delivery, Event)>> {
    let mut found = tests(tx, webhook_id, limit)?;
    found.extend(all(tx, IN_ORDER, &params![webhook_id, after, limit], with_event)?);
    Ok(found)
}

/// At most `limit` pending tests of a webhook.
pub fn tests(tx: &mut dyn Tx, webhook_id: &str, limit: usize) -> Result<Vec<(Delivery, Event)>> {
    all(tx, TESTS, &params![webhook_id, limit], with_event)
}

fn with_event(row: &Row) -> Result<(Delivery, Event)> {
    Ok((read(row)?, events::read(row, 13)?))
}
