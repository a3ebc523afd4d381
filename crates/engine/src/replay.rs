//! The replay stage: jobs that send again what failed since a time, or a range of events.
//!
//! A step looks a little further along the log (`scan`), and one transaction queues the next few deliveries and moves the
//! job's place, so that a crash sends no part twice. Only a few wait for their first attempt at a time: the lane sends them
//! one after the other and lets everything else go first, and a job that is paused has almost nothing under way. What was
//! attempted once and is tried again does not hold the job up.

mod control;
mod scan;

pub use control::{Order, cancel, pause, resume, start};
pub(crate) use control::{pause_with_webhook, resumed};
pub use scan::{Range, count};

use domain::{
    Micros,
    delivery::{DeliveryKind, DeliveryState},
    id,
    replay::{self, ReplayState},
    settings::SWITCHED_OFF,
};
use store::{
    Result, Signal, Tx,
    tables::{
        deliveries::{self, Delivery},
        events,
        replays::{self, Replay},
        settings,
        webhooks::{self, Webhook},
    },
};

use crate::{
    engine::Engine,
    stage::{Next, Stage},
};
use scan::{Batch, scan};

/// The stage.
pub(crate) struct ReplayStage {
    pub engine: Engine,
}

/// A running job, with what is to be known of it.
struct Standing {
    job: Replay,
    outstanding: usize,
    webhook: Option<Webhook>,
    /// Whether its workspace has webhooks switched on.
    on: bool,
}

impl Stage for ReplayStage {
    const NAME: &'static str = "replay";

    async fn step(&mut self) -> Result<Next> {
        let running = self.engine.store().read(standings).await?;
        let (mut next, mut failed) = (Next::Idle, None);
        for standing in running {
            let id = standing.job.id.clone();
            match advance(&self.engine, standing).await {
                Ok(Next::Again) => next = Next::Again,
                Ok(_) => {}
                // The others go on.
                Err(error) => {
                    tracing::warn!(replay = id, %error, "a replay could not go on and is tried again");
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(next), Err)
    }
}

fn standings(tx: &mut dyn Tx) -> Result<Vec<Standing>> {
    let standing = |job: Replay, tx: &mut dyn Tx| {
        Ok(Standing {
            outstanding: deliveries::outstanding_of_replay(tx, &job.id)?,
            webhook: webhooks::by_id(tx, &job.webhook_id)?,
            on: is_on(tx, &job.workspace_id)?,
            job,
        })
    };
    replays::running(tx)?.into_iter().map(|job| standing(job, tx)).collect()
}

fn is_on(tx: &mut dyn Tx, workspace_id: &str) -> Result<bool> {
    settings::of_workspace(tx, workspace_id).map(|(settings, _)| settings.webhooks_enabled)
}

async fn advance(engine: &Engine, standing: Standing) -> Result<Next> {
    let Standing {
        job,
        outstanding,
        webhook,
        on,
    } = standing;
    let webhook = match webhook {
        Some(webhook) if webhook.enabled && on => webhook,
        other => return stop(engine, job, other).await.map(|()| Next::Idle),
    };
    let slots = replay::ahead(job.per_second, webhook.options.ordered).saturating_sub(outstanding);
    if slots == 0 {
        return Ok(Next::Idle);
    }
    let batch = scan(engine, &Range::of(&job, &webhook), job.cursor.clone(), slots).await?;
    if batch.ended && batch.lines.is_empty() && outstanding > 0 {
        return Ok(Next::Idle);
    }
    let next = if batch.lines.len() < slots && !batch.ended {
        Next::Again
    } else {
        Next::Idle
    };
    let now = engine.now();
    engine.store().write(move |tx| queue(tx, &job, &batch, now)).await?;
    Ok(next)
}

/// Queues what was found, unless somebody paused the job or another step came first.
fn queue(tx: &mut dyn Tx, seen: &Replay, batch: &Batch, now: Micros) -> Result<()> {
    replays::lock(tx, &seen.id)?;
    let job = replays::by_id(tx, &seen.id)?.filter(|job| job.state == ReplayState::Running && job.cursor == seen.cursor);
    let webhook = webhooks::by_id(tx, &seen.webhook_id)?.filter(|webhook| webhook.enabled);
    let (Some(mut job), Some(webhook), true) = (job, webhook, is_on(tx, &seen.workspace_id)?) else {
        return Ok(());
    };
    events::hold(tx)?;
    let (times, next_at) = replay::due_times(job.due_at, now, job.per_second, batch.lines.len());
    let mut rows = Vec::with_capacity(batch.lines.len());
    for (line, due_at) in batch.lines.iter().zip(times) {
        // It may have reached the end of its retention just now.
        if events::get(tx, &job.workspace_id, &line.event_id)?.is_some() {
            rows.push(delivery(&job, line, due_at, now));
        }
    }
    deliveries::insert_many(tx, &rows)?;
    job.done += rows.len() as u64;
    job.cursor.clone_from(&batch.cursor);
    if !rows.is_empty() {
        job.due_at = next_at;
        tx.signal(Signal::Deliveries(vec![webhook.id]));
    } else if batch.ended {
        job.state = ReplayState::Finished;
        job.finished_at = Some(now);
        job.gone = job.total.saturating_sub(job.done);
    }
    store_job(tx, &job)
}

fn delivery(job: &Replay, line: &scan::Line, due_at: Micros, now: Micros) -> Delivery {
    Delivery {
        id: id::new(id::DELIVERY, now),
        workspace_id: job.workspace_id.clone(),
        webhook_id: job.webhook_id.clone(),
        event_id: line.event_id.clone(),
        event_type: line.event_type.clone(),
        kind: DeliveryKind::Replay,
        state: DeliveryState::Pending,
        reason: Some(format!("{} by `{}`", job.kind, job.id)),
        attempts: 0,
        due_at,
        created_at: now,
        finished_at: None,
        replay_id: Some(job.id.clone()),
    }
}

/// The webhook is off (it alone, or all of its workspace) or gone: the job waits for a person, or has come to its end.
async fn stop(engine: &Engine, seen: Replay, webhook: Option<Webhook>) -> Result<()> {
    let now = engine.now();
    let stopped = move |tx: &mut dyn Tx| {
        replays::lock(tx, &seen.id)?;
        let job = replays::by_id(tx, &seen.id)?.filter(|job| job.state == ReplayState::Running);
        let Some(mut job) = job else { return Ok(()) };
        match webhook {
            Some(webhook) => {
                job.state = ReplayState::Paused;
                job.reason = Some(if webhook.enabled {
                    SWITCHED_OFF.to_owned()
                } else {
                    let why = webhook.disabled_reason.unwrap_or_else(|| "switched off".to_owned());
                    format!("the webhook was disabled: {why}")
                });
            }
            None => {
                job.state = ReplayState::Cancelled;
                job.reason = Some("the webhook was deleted".to_owned());
                job.finished_at = Some(now);
            }
        }
        store_job(tx, &job)
    };
    engine.store().write(stopped).await
}

fn store_job(tx: &mut dyn Tx, job: &Replay) -> Result<()> {
    replays::update(tx, job)?;
    tx.signal(Signal::changed(&*job.workspace_id, "replay"));
    Ok(())
}
