//! Coalescing: a webhook may wait for newer events of the same type and subject, and get only the newest.
//!
//! The first one waits as long as the webhook says; a newer one takes its place, due time included, so that a steady stream
//! is sent at that pace and never starves. What was attempted already is not replaced. A lane may have loaded the older one
//! when the newer comes: then both go out, and nothing is lost.

use std::collections::HashMap;

use domain::{Micros, clock::MILLISECOND, delivery::DeliveryState, event::Event};
use store::{
    Tx,
    tables::{
        deliveries::{self, Delivery},
        webhooks::Subscriber,
    },
};

/// The newest of each webhook, type and subject in this transaction, by its place among the rows.
#[derive(Default)]
pub(super) struct Coalescing(HashMap<(String, String, String), usize>);

impl Coalescing {
    /// Lets the last row wait, in the place of what waits already.
    pub(super) fn place(
        &mut self,
        tx: &mut dyn Tx,
        rows: &mut [Delivery],
        event: &Event,
        to: &Subscriber,
        now: Micros,
    ) -> store::Result<()> {
        let Some(wait) = to.coalesce_ms else { return Ok(()) };
        let Some((row, before)) = rows.split_last_mut() else {
            return Ok(());
        };
        if row.state != DeliveryState::Pending {
            return Ok(());
        }
        let wait = i64::try_from(wait).unwrap_or(i64::MAX).saturating_mul(MILLISECOND);
        let key = (to.id.clone(), event.event_type.clone(), event.subject.clone());
        let reason = format!("coalesced: {}", event.id);
        let replaced = match self.0.insert(key, before.len()).and_then(|at| before.get_mut(at)) {
            Some(older) => {
                older.state = DeliveryState::Dropped;
                older.reason = Some(reason);
                older.finished_at = Some(now);
                Some(older.due_at)
            }
            None => deliveries::replace(tx, &to.id, &event.event_type, &event.subject, &reason, now)?,
        };
        let own = now.saturating_add(wait);
        row.due_at = replaced.map_or(own, |due_at| due_at.min(own));
        Ok(())
    }

    /// After the rows are stored: lets newer events find those that wait.
    pub(super) fn store(self, tx: &mut dyn Tx, rows: &[Delivery]) -> store::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let waiting: Vec<_> = self
            .0
            .iter()
            .filter_map(|((_, event_type, subject), at)| Some((rows.get(*at)?.id.as_str(), event_type.as_str(), subject.as_str())))
            .collect();
        deliveries::await_newer(tx, &waiting)
    }
}
