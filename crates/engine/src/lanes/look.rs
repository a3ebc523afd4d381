//! A look into the store for one lane: its webhook as it is now, and what is due, by due time or in strict order.

use std::sync::Arc;

use domain::{Micros, delivery::DeliveryKind, event::Event, limits};
use store::{
    Result, Tx,
    tables::{
        deliveries::{self, Delivery},
        sources::{self, Source},
        webhooks::{self, Webhook},
    },
};

use crate::deliver::Job;

/// Sorts behind every delivery id, in every collation.
const LAST: &str = "z";

/// Bytes of bodies that one read brings, for all its lanes together. Beyond, each lane gets one row.
const BYTES_AT_ONCE: usize = 32 * 1024 * 1024;

/// What a look into the store should bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// Rows to read at most, those of replay jobs left out unless order is strict.
    pub limit: usize,
    /// Rows of replay jobs to read at most, always from the start.
    pub replays: usize,
    /// After this due time and id.
    pub after: Option<(Micros, String)>,
    /// Also the first due time of the future.
    pub later: bool,
    /// Nothing was under way when the look began.
    pub clear: bool,
}

/// What follows from a look.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What must not go out.
    pub refused: Vec<Job>,
    /// A due time to wait for.
    pub due_at: Option<Micros>,
    /// The look came too early: another one is to follow.
    pub again: bool,
}

/// What was found for one lane.
pub(super) struct Look {
    pub id: Arc<str>,
    pub wish: Wish,
    pub webhook: Option<Webhook>,
    pub source: Option<Source>,
    pub brought: Brought,
}

/// Deliveries that a look brought.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// What is due; without strict order the deliveries of replay jobs stand last.
    pub due: Vec<Job>,
    /// There may be more of it, replays left out.
    pub full: bool,
    /// There may be more of replay jobs.
    pub full_replays: bool,
    /// The first due time after now, if it was wished for and nothing was left in the store.
    pub later: Option<Micros>,
    /// What was made until then must not go out, tests left out.
    pub drop_before: Option<Micros>,
}

impl Brought {
    /// Whether the webhook was switched off after this delivery was made, and its queue is not dropped yet.
    pub fn is_dropped(&self, delivery: &Delivery) -> bool {
        let before = self.drop_before.is_some_and(|before| delivery.created_at <= before);
        before && delivery.kind != DeliveryKind::Test
    }
}

/// Bytes that a read may still bring.
struct Budget(usize);

impl Budget {
    /// How many rows surely fit, however large they are; at least one.
    fn rows(&self) -> usize {
        self.0.div_ceil(limits::EVENT_BYTES).max(1)
    }

    fn spend(&mut self, rows: &[Job]) {
        self.0 = self.0.saturating_sub(rows.iter().map(|job| job.event.data.len()).sum());
    }
}

/// Looks for several lanes in one read.
pub(super) fn look_for(tx: &mut dyn Tx, wishes: Vec<(Arc<str>, Wish)>, now: Micros) -> Result<Vec<Look>> {
    let mut budget = Budget(BYTES_AT_ONCE);
    let look = |(id, wish)| look_within(tx, id, wish, now, &mut budget);
    wishes.into_iter().map(look).collect()
}

/// Looks for one lane.
pub(super) fn look_for_one(tx: &mut dyn Tx, id: Arc<str>, wish: Wish, now: Micros) -> Result<Look> {
    look_within(tx, id, wish, now, &mut Budget(BYTES_AT_ONCE))
}

fn look_within(tx: &mut dyn Tx, id: Arc<str>, wish: Wish, now: Micros, budget: &mut Budget) -> Result<Look> {
    let Some(webhook) = webhooks::by_id(tx, &id)? else {
        return Ok(Look {
            id,
            wish,
            webhook: None,
            source: None,
            brought: Brought::default(),
        });
    };
    let source = match &webhook.source_id {
        Some(source_id) => sources::by_id(tx, source_id)?,
        None => None,
    };
    let brought = if webhook.options.ordered {
        in_order(tx, &webhook, &wish, now, budget)?
    } else {
        by_due_time(tx, &webhook, &wish, now, budget)?
    };
    Ok(Look {
        id,
        wish,
        webhook: Some(webhook),
        source,
        brought,
    })
}

fn job((delivery, event): (Delivery, Event)) -> Job {
    Job {
        delivery,
        event: Arc::new(event),
    }
}

fn by_due_time(tx: &mut dyn Tx, webhook: &Webhook, wish: &Wish, now: Micros, budget: &mut Budget) -> Result<Brought> {
    let id = webhook.id.as_str();
    // What was made before is dropped by the sweep stage, and but for tests nothing is due before it was made.
    let dropped = webhook.drop_before.map(|before| (before, LAST.to_owned()));
    let mut tests = Vec::new();
    if dropped.is_some() {
        tests.extend(deliveries::tests(tx, id, wish.limit.min(budget.rows()))?.into_iter().map(job));
        budget.spend(&tests);
    }
    let after = wish.after.clone().max(dropped.clone());
    let live = |rows: usize, after: Option<(Micros, &str)>| deliveries::due_of_webhook(&mut *tx, id, now, rows, after);
    let (mut due, full) = in_parts(wish.limit, after, budget, live)?;
    let replays = |rows: usize, after: Option<(Micros, &str)>| deliveries::due_replays_of_webhook(&mut *tx, id, now, rows, after);
    let (replayed, full_replays) = in_parts(wish.replays, dropped, budget, replays)?;
    due.extend(replayed);
    tests.append(&mut due);
    let later = if wish.later && !full {
        deliveries::next_due_after(tx, id, now)?
    } else {
        None
    };
    Ok(Brought {
        due: tests,
        full,
        full_replays,
        later,
        drop_before: webhook.drop_before,
    })
}

/// Reads at most `limit` rows, in parts that surely fit, until the budget is spent. Returns also whether there may be more.
fn in_parts(
    limit: usize,
    mut after: Option<(Micros, String)>,
    budget: &mut Budget,
    mut read: impl FnMut(usize, Option<(Micros, &str)>) -> Result<Vec<(Delivery, Event)>>,
) -> Result<(Vec<Job>, bool)> {
    let mut found: Vec<Job> = Vec::new();
    while found.len() < limit && (found.is_empty() || budget.0 > 0) {
        let part = budget.rows().min(limit - found.len());
        let rows: Vec<Job> = read(part, after.as_ref().map(|(at, id)| (*at, id.as_str())))?
            .into_iter()
            .map(job)
            .collect();
        let ended = rows.len() < part;
        budget.spend(&rows);
        after = rows.last().map(|job| (job.delivery.due_at, job.delivery.id.clone()));
        found.extend(rows);
        if ended {
            return Ok((found, false));
        }
    }
    Ok((found, limit > 0))
}

/// Up to the first that is not due yet: nothing goes out before that one.
fn in_order(tx: &mut dyn Tx, webhook: &Webhook, wish: &Wish, now: Micros, budget: &mut Budget) -> Result<Brought> {
    let made_after = webhook.drop_before.unwrap_or(Micros::MIN);
    let limit = wish.limit.min(budget.rows());
    let mut due: Vec<Job> = deliveries::next_in_order(tx, &webhook.id, made_after, limit)?
        .into_iter()
        .map(job)
        .collect();
    budget.spend(&due);
    let waits = due.iter().position(|job| job.delivery.due_at > now);
    let later = waits
        .map(|at| due.split_off(at))
        .and_then(|rest| rest.first().map(|job| job.delivery.due_at));
    Ok(Brought {
        full: due.len() >= limit,
        due,
        full_replays: false,
        later,
        drop_before: webhook.drop_before,
    })
}

#[cfg(test)]
mod tests;
