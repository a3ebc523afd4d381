//! A look into the store for one lane: its webhook as it is now, and what is due, by due time or in strict order.

use std::sync::Arc;

use domain::{Micros, event::Event};
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

/// What a look into the store should bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// Rows to read at most.
    pub limit: usize,
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
    pub due: Vec<Job>,
    pub later: Option<Micros>,
}

/// Looks for several lanes in one read.
pub(super) fn look_for(tx: &mut dyn Tx, wishes: Vec<(Arc<str>, Wish)>, now: Micros) -> Result<Vec<Look>> {
    wishes.into_iter().map(|(id, wish)| look_for_one(tx, id, wish, now)).collect()
}

/// Looks for one lane.
pub(super) fn look_for_one(tx: &mut dyn Tx, id: Arc<str>, wish: Wish, now: Micros) -> Result<Look> {
    let Some(webhook) = webhooks::by_id(tx, &id)? else {
        return Ok(Look {
            id,
            wish,
            webhook: None,
            source: None,
            due: Vec::new(),
            later: None,
        });
    };
    let source = match &webhook.source_id {
        Some(source_id) => sources::by_id(tx, source_id)?,
        None => None,
    };
    let (due, later) = if webhook.options.ordered {
        in_order(tx, &id, &wish, now)?
    } else {
        by_due_time(tx, &id, &wish, now)?
    };
    Ok(Look {
        id,
        wish,
        webhook: Some(webhook),
        source,
        due,
        later,
    })
}

fn job((delivery, event): (Delivery, Event)) -> Job {
    Job { delivery, event }
}

fn by_due_time(tx: &mut dyn Tx, id: &str, wish: &Wish, now: Micros) -> Result<(Vec<Job>, Option<Micros>)> {
    let after = wish.after.as_ref().map(|(at, id)| (*at, id.as_str()));
    let rows = deliveries::due_of_webhook(tx, id, now, wish.limit, after)?;
    let due: Vec<Job> = rows.into_iter().map(job).collect();
    let mut later = None;
    if wish.later && due.len() < wish.limit {
        // The first that is not due yet: all that are due sort before it.
        let next = deliveries::due_of_webhook(tx, id, Micros::MAX, 1, Some((now, LAST)))?;
        later = next.first().map(|(delivery, _)| delivery.due_at);
    }
    Ok((due, later))
}

/// Up to the first that is not due yet: nothing goes out before that one.
fn in_order(tx: &mut dyn Tx, id: &str, wish: &Wish, now: Micros) -> Result<(Vec<Job>, Option<Micros>)> {
    let mut due: Vec<Job> = deliveries::next_in_order(tx, id, wish.limit)?.into_iter().map(job).collect();
    let waits = due.iter().position(|job| job.delivery.due_at > now);
    let later = waits
        .map(|at| due.split_off(at))
        .and_then(|rest| rest.first().map(|job| job.delivery.due_at));
    Ok((due, later))
}
