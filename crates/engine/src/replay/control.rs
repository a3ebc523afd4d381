//! What a person does with replay jobs: start, pause, resume, cancel. Each in the caller's transaction.

use std::collections::BTreeSet;

use domain::{
    Micros, Problem, id,
    replay::{ReplayKind, ReplayState},
};
use store::{
    Signal, Tx,
    tables::{
        deliveries::{self, Delivery},
        replays::{self, Replay},
        webhooks::{self, Webhook},
    },
};

use super::store_job;
use crate::error::Result;

/// What is to be sent again.
#[derive(Debug, Clone)]
pub struct Order {
    pub kind: ReplayKind,
    pub since: Micros,
    pub until: Micros,
    /// Only events of this type; empty for any.
    pub event_type: String,
    /// Deliveries that begin in a second, at most.
    pub per_second: u32,
    /// How many were counted.
    pub total: u64,
}

/// Starts a job.
///
/// # Errors
/// 409 while the webhook is off or has another job.
pub fn start(tx: &mut dyn Tx, webhook: &Webhook, order: Order, user_id: &str, now: Micros) -> Result<Replay> {
    webhooks::lock(tx, &webhook.id)?;
    enabled(webhook)?;
    if let Some(other) = replays::open_of_webhook(tx, &webhook.id)? {
        return Err(
            Problem::conflict(format!("the webhook has the job `{}`, which is {}", other.id, other.state))
                .hint("wait for its end, or cancel it")
                .into(),
        );
    }
    let job = Replay {
        id: id::new(id::REPLAY, now),
        workspace_id: webhook.workspace_id.clone(),
        webhook_id: webhook.id.clone(),
        kind: order.kind,
        state: ReplayState::Running,
        since: order.since,
        until: order.until,
        event_type: order.event_type,
        per_second: order.per_second,
        total: order.total,
        done: 0,
        gone: 0,
        cursor: (order.since, String::new()),
        due_at: now,
        reason: None,
        created_by: user_id.to_owned(),
        created_at: now,
        finished_at: None,
    };
    replays::insert(tx, &job)?;
    tx.signal(Signal::Replays);
    tx.signal(Signal::changed(&*job.workspace_id, "replay"));
    Ok(job)
}

/// Pauses a running job: the few deliveries that it has queued still go out.
///
/// # Errors
/// 404; 409 if it does not run.
pub fn pause(tx: &mut dyn Tx, workspace_id: &str, id: &str, by: &str) -> Result<Replay> {
    let mut job = held(tx, workspace_id, id, &[ReplayState::Running])?;
    job.state = ReplayState::Paused;
    job.reason = Some(format!("paused by {by}"));
    store_job(tx, &job)?;
    Ok(job)
}

/// Pauses the running job of a webhook that is being switched off, if it has one: what it has queued is dropped with the rest,
/// and queued again when it is resumed.
///
/// # Errors
/// The store's.
pub(crate) fn pause_with_webhook(tx: &mut dyn Tx, webhook_id: &str, reason: &str) -> store::Result<()> {
    let Some(seen) = replays::open_of_webhook(tx, webhook_id)? else {
        return Ok(());
    };
    replays::lock(tx, &seen.id)?;
    let job = replays::by_id(tx, &seen.id)?.filter(|job| job.state == ReplayState::Running);
    let Some(mut job) = job else { return Ok(()) };
    job.state = ReplayState::Paused;
    job.reason = Some(reason.to_owned());
    store_job(tx, &job)
}

/// Those of these deliveries' jobs that run, each held until the end of the transaction: a look that saw the webhook off may
/// have begun before they were resumed, and what it would drop nobody queues again. A job that must not run pauses by itself.
///
/// # Errors
/// The store's.
pub(crate) fn resumed<'d>(tx: &mut dyn Tx, deliveries: impl Iterator<Item = &'d Delivery>) -> store::Result<BTreeSet<String>> {
    let jobs: BTreeSet<&String> = deliveries.filter_map(|delivery| delivery.replay_id.as_ref()).collect();
    let mut running = BTreeSet::new();
    for id in jobs {
        replays::lock(tx, id)?;
        if replays::by_id(tx, id)?.is_some_and(|job| job.state == ReplayState::Running) {
            running.insert(id.clone());
        }
    }
    Ok(running)
}

/// Lets a paused job go on where it was.
///
/// # Errors
/// 404; 409 if it is not paused, or its webhook is off.
pub fn resume(tx: &mut dyn Tx, workspace_id: &str, id: &str, now: Micros) -> Result<Replay> {
    let mut job = held(tx, workspace_id, id, &[ReplayState::Paused])?;
    let webhook = webhooks::by_id(tx, &job.webhook_id)?.ok_or_else(|| Problem::not_found("webhook"))?;
    enabled(&webhook)?;
    job.state = ReplayState::Running;
    job.reason = None;
    // What it had queued when the webhook was switched off was dropped then.
    deliveries::requeue_of_replay(tx, &job.id, now)?;
    store_job(tx, &job)?;
    tx.signal(Signal::Deliveries(vec![webhook.id]));
    tx.signal(Signal::Replays);
    Ok(job)
}

/// Ends a job: what it has queued and is not loaded yet is dropped.
///
/// # Errors
/// 404; 409 if it came to its end before.
pub fn cancel(tx: &mut dyn Tx, workspace_id: &str, id: &str, by: &str, now: Micros) -> Result<Replay> {
    let mut job = held(tx, workspace_id, id, &[ReplayState::Running, ReplayState::Paused])?;
    job.state = ReplayState::Cancelled;
    job.reason = Some(format!("cancelled by {by}"));
    job.finished_at = Some(now);
    deliveries::drop_of_replay(tx, &job.id, "the replay was cancelled", now)?;
    store_job(tx, &job)?;
    tx.signal(Signal::changed(&*job.workspace_id, "delivery"));
    Ok(job)
}

fn held(tx: &mut dyn Tx, workspace_id: &str, id: &str, states: &[ReplayState]) -> Result<Replay> {
    replays::lock(tx, id)?;
    let job = replays::get(tx, workspace_id, id)?.ok_or_else(|| Problem::not_found("replay"))?;
    if states.contains(&job.state) {
        return Ok(job);
    }
    Err(Problem::conflict(format!("the job is {}", job.state)).into())
}

fn enabled(webhook: &Webhook) -> Result<(), Problem> {
    if !webhook.enabled {
        return Err(Problem::conflict("the webhook is disabled").hint("enable it first"));
    }
    // A job would pass over what is still pending, and what it queues again would be dropped with the rest.
    if webhook.drop_before.is_some() {
        let what = "what waited when the webhook was switched off is still being dropped";
        return Err(Problem::conflict(what).hint("try again in a moment"));
    }
    Ok(())
}
