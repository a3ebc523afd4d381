//! How a lane is loaded: by what a look brought, and by what was just stored.

use std::sync::Arc;

use domain::{Micros, delivery::DeliveryKind, pace::Pace, settlement::may_send};
use store::tables::deliveries::Delivery;

use super::{
    super::look::{Brought, Found, Wish},
    Failures, Lane,
};
use crate::deliver::{Job, Target};

impl Lane {
    /// Takes a delivery that was just stored when its webhook had this version, unless the store has to say what comes next.
    ///
    /// A look may have been faster and may have brought it, and it may be settled and forgotten by now. So one that a look brought
    /// is left to it, and of one that only may have been brought (ids stand in the order in which they were made) the store knows.
    pub fn offer(&self, job: Job, version: i64) -> bool {
        let mut state = self.state();
        if state.seen.remove(&job.delivery.id) {
            return true;
        }
        if job.delivery.id <= state.seen_up_to {
            return false;
        }
        let takes = state.takes_fresh() && state.target.as_ref().is_some_and(|target| target.takes_fresh(version));
        if takes && !state.claimed.contains_key(&job.delivery.id) {
            state.claimed.insert(job.delivery.id.clone(), job.delivery.kind);
            state.queue.push_back(job);
        }
        takes
    }

    /// A look has ended with what the wish brought.
    pub fn found(&self, target: Arc<Target>, failures: Failures, mut brought: Brought, wish: &Wish, now: Micros) -> Found {
        let mut state = self.state();
        let ordered = target.options.ordered;
        if state.is_ordered() != ordered {
            state.give_back();
        }
        match &state.target {
            None => state.pace = Pace::new(target.in_flight, failures.in_a_row, failures.probe_at.unwrap_or(now)),
            // Somebody mended or enabled it: what its receiver says now is worth a try at once.
            Some(before) if before.version != target.version => {
                state.pace = Pace::new(target.in_flight, failures.in_a_row, now).with_rate_of(&state.pace);
            }
            Some(_) => {}
        }
        state.pace.set_cap(target.in_flight);
        state.pace.set_rate(target.options.per_second);
        let enabled = target.enabled;
        state.target = Some(target);
        state.outdated = false;
        let full = brought.full;
        state.more = full;
        state.more_replays = if ordered || wish.replays > 0 {
            brought.full_replays
        } else {
            state.more_replays
        };
        let mut live = brought.due.iter().filter(|job| job.delivery.kind != DeliveryKind::Replay);
        state.onward = live
            .next_back()
            .filter(|_| full && !ordered)
            .map(|job| (job.delivery.due_at, job.delivery.id.clone()));
        state.looks = if full { state.looks + 1 } else { 0 };
        let (room, replay_room) = (state.room(), state.replay_room());
        let due = std::mem::take(&mut brought.due);
        let stays = |delivery: &Delivery| may_send(delivery.kind, enabled) && !brought.is_dropped(delivery);
        let mut refused = state.withdraw(stays);
        let (mut loaded, mut replays) = (0, 0);
        for job in due {
            state.see(&job.delivery);
            if state.claimed.contains_key(&job.delivery.id) || state.resting.contains(&job.delivery.id) {
                continue;
            }
            let kind = job.delivery.kind;
            let fits = match kind {
                // In strict order one cannot be left out; and what is not settled yet may have to come first.
                _ if ordered => wish.clear && loaded < room,
                DeliveryKind::Replay => replays < replay_room,
                _ => loaded < room,
            };
            if !stays(&job.delivery) {
                refused.push(job);
            } else if kind == DeliveryKind::Test {
                state.claimed.insert(job.delivery.id.clone(), kind);
                state.queue.push_front(job);
            } else if fits {
                loaded += usize::from(ordered || kind != DeliveryKind::Replay);
                replays += usize::from(kind == DeliveryKind::Replay);
                state.claimed.insert(job.delivery.id.clone(), kind);
                state.queue.push_back(job);
            } else if kind == DeliveryKind::Replay && !ordered {
                state.more_replays = true;
            } else {
                // It stays in the store for the next look, which must begin before it.
                (state.more, state.onward) = (true, None);
            }
        }
        if wish.later && !full {
            state.knows_later = true;
        }
        // Where order is strict, only the first one's due time is known.
        state.knows_later &= !ordered;
        state.looking = false;
        state.release();
        Found {
            refused,
            due_at: brought.later.filter(|at| state.arm(*at)),
            again: ordered && !wish.clear && state.wants_look(),
        }
    }
}
