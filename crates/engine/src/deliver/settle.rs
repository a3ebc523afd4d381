//! Settle: finished attempts become log rows, delivery states and webhook totals, many in one commit.
//!
//! One task takes everything that is waiting, so that under load a commit serves many attempts, and alone an attempt waits
//! for nobody. What the store cannot take now is kept and tried again: until then the delivery is pending in the store, and
//! a crash sends it once more with the same id.

mod commit;
mod tell;

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use domain::{
    Micros,
    delivery::{DeliveryKind, DeliveryState, Verdict},
    profile::{FlowTaskDefaults, Profile},
    retry::NextStep,
    settlement::{self, Attempted, Standing},
};
use store::{
    Result, Signal, Tx,
    tables::{
        attempts::{self, LogRow},
        deliveries::{self, Delivery, Settled},
        settings,
        webhooks::{self, Webhook},
    },
};
use tokio::sync::mpsc;

use commit::commit;
use tell::Tidings;

use super::{Finished, totals::Totals};
use crate::{
    engine::Engine,
    lanes::{Lanes, Outcome},
    metrics::Counters,
    notify::Desk,
    webhooks as switch,
};

/// Attempts in one transaction at most: a commit of some milliseconds.
const BATCH: usize = 512;

/// Settles until all senders are gone.
pub(crate) async fn settle_all(engine: Engine, lanes: Arc<Lanes>, mut finished: mpsc::UnboundedReceiver<Finished>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while finished.recv_many(&mut waiting, BATCH).await > 0 {
        count(engine.counters(), &waiting);
        let batch = Arc::new(Batch::of(waiting.drain(..), &lanes, engine.desk()));
        for (webhook_id, outcome) in commit(&engine, batch).await {
            lanes.settled(&webhook_id, outcome);
        }
    }
}

fn count(counters: &Counters, finished: &[Finished]) {
    counters.attempted(finished.iter().map(|one| one.verdict.code.as_str()));
    for Finished { job, attempt, .. } in finished {
        let first = job.delivery.attempts == 0 && job.delivery.kind == DeliveryKind::Event;
        counters.attempt_timed(attempt.duration_us, first.then_some(attempt.at - job.delivery.created_at));
    }
}

/// Attempts that are committed together.
struct Batch {
    /// In the order in which they ended.
    items: Vec<Item>,
    /// Their lines in the log, at the same positions.
    log: Vec<LogRow>,
    /// When the open ones of their lanes are probed next.
    probes: HashMap<String, Micros>,
    /// Where notices go.
    desk: Desk,
}

/// What the decision about one attempt needs.
struct Item {
    delivery: Delivery,
    verdict: Verdict,
    charged: bool,
    status_code: Option<u16>,
    ended_at: Micros,
    seed: u64,
}

impl Batch {
    fn of(finished: impl Iterator<Item = Finished>, lanes: &Lanes, desk: &Desk) -> Self {
        let (mut items, mut log) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        let mut probes = HashMap::new();
        for one in finished {
            let Finished {
                job,
                verdict,
                charged,
                ended_at,
                seed,
                attempt,
            } = one;
            let webhook_id = &job.delivery.webhook_id;
            // Only a failure can have opened a lane or moved its probe.
            if !verdict.success
                && let Some(at) = lanes.probe_at(webhook_id)
            {
                probes.insert(webhook_id.clone(), at);
            }
            items.push(Item {
                delivery: job.delivery,
                verdict,
                charged,
                status_code: attempt.status_code,
                ended_at,
                seed,
            });
            log.push(attempts::log_row(attempt));
        }
        Self {
            items,
            log,
            probes,
            desk: desk.clone(),
        }
    }
}

fn settle(tx: &mut dyn Tx, batch: &Batch, range: Range<usize>, again: bool) -> Result<Vec<(String, Outcome)>> {
    let (Some(items), Some(rows)) = (batch.items.get(range.clone()), batch.log.get(range)) else {
        return Ok(Vec::new());
    };
    let fresh = if again {
        rows.iter().map(|row| attempts::insert(tx, row)).collect::<Result<Vec<_>>>()?
    } else {
        attempts::insert_many(tx, rows)?;
        vec![true; rows.len()]
    };
    // In one order, so that two transactions never wait for each other.
    let mut by_webhook: BTreeMap<&str, (Vec<&Item>, Vec<String>)> = BTreeMap::new();
    for (item, fresh) in items.iter().zip(fresh) {
        let (items, known) = by_webhook.entry(&item.delivery.webhook_id).or_default();
        if fresh {
            items.push(item);
        } else {
            known.push(item.delivery.id.clone());
        }
    }
    let mut outcomes = Vec::with_capacity(by_webhook.len());
    for (webhook_id, (items, known)) in by_webhook {
        let outcome = match webhooks::by_id(tx, webhook_id)? {
            Some(webhook) => {
                let outcome = settle_webhook(tx, &batch.desk, &webhook, &items, batch.probes.get(webhook_id).copied())?;
                with_known(tx, &webhook, outcome, known)?
            }
            // Deleted meanwhile, with its deliveries.
            None => Outcome {
                delivery_ids: ids(&items).chain(known).collect(),
                retry_at: None,
                disabled: true,
                resting: false,
            },
        };
        outcomes.push((webhook_id.to_owned(), outcome));
    }
    Ok(outcomes)
}

/// Adds what an earlier commit had settled: the store knows what followed.
fn with_known(tx: &mut dyn Tx, webhook: &Webhook, mut outcome: Outcome, known: Vec<String>) -> Result<Outcome> {
    if !known.is_empty() {
        outcome.delivery_ids.extend(known);
        outcome.disabled |= !webhook.enabled;
        let next = deliveries::next_due_of_webhook(tx, &webhook.id)?;
        outcome.retry_at = outcome.retry_at.into_iter().chain(next).min();
    }
    Ok(outcome)
}

/// Settles the attempts of one webhook, in the order in which they ended.
fn settle_webhook(tx: &mut dyn Tx, desk: &Desk, webhook: &Webhook, items: &[&Item], probe_at: Option<Micros>) -> Result<Outcome> {
    let default_policy;
    let policy = match &webhook.retry_policy {
        Some(policy) => policy,
        None => {
            default_policy = webhook.profile.retry_policy(&flow_task(tx, webhook)?);
            &default_policy
        }
    };
    let (mut totals, mut news) = (Totals::new(webhook.failing_since), Tidings::default());
    let (mut settled, mut retry_at, mut disable) = (Vec::with_capacity(items.len()), None::<Micros>, None);
    for item in items {
        let number = item.delivery.attempts + 1;
        let attempt = Attempted {
            kind: item.delivery.kind,
            number,
            verdict: &item.verdict,
            charged: item.charged,
            at: item.ended_at,
            seed: item.seed,
        };
        if settlement::counts(&attempt) {
            if item.verdict.success {
                news.success(webhook, item, &totals);
            }
            totals.add(item.verdict.success, item.ended_at);
        }
        let standing = Standing {
            enabled: webhook.enabled,
            policy,
            failing_since: totals.failing_since,
        };
        let step = settlement::settle(standing, &attempt);
        if let NextStep::RetryAt(at) = step {
            retry_at = Some(retry_at.map_or(at, |earlier| earlier.min(at)));
        }
        if let NextStep::FailedAndDisable(reason) = &step {
            disable.get_or_insert_with(|| reason.clone());
        }
        // Of a webhook that was switched off meanwhile, what waited was dropped and told of then.
        if let NextStep::Failed(reason) | NextStep::FailedAndDisable(reason) = &step
            && settlement::may_send(item.delivery.kind, webhook.enabled)
        {
            news.failure(item, reason);
        }
        settled.push(row(&item.delivery, step, item.ended_at));
    }
    // The webhook before its deliveries, as everywhere.
    if let Some(totals) = totals.sum() {
        webhooks::record_attempts(tx, &webhook.id, &totals)?;
        if probe_at.is_some() && totals.failures > 0 {
            webhooks::set_probe(tx, &webhook.id, probe_at)?;
        }
    }
    deliveries::settle_many(tx, &settled)?;
    let now = items.iter().map(|item| item.ended_at).max().unwrap_or_default();
    news.tell(tx, desk, webhook, disable.is_some(), now)?;
    if let Some(reason) = &disable {
        switch::switch_off(tx, desk, webhook, reason, now)?;
    }
    tx.signal(Signal::changed(&*webhook.workspace_id, "delivery"));
    if items.iter().any(|item| item.delivery.replay_id.is_some()) {
        tx.signal(Signal::Replays);
    }
    Ok(Outcome {
        delivery_ids: ids(items).collect(),
        retry_at,
        disabled: disable.is_some(),
        resting: false,
    })
}

/// What the workspace says for its flow tasks; other profiles do not ask.
fn flow_task(tx: &mut dyn Tx, webhook: &Webhook) -> Result<FlowTaskDefaults> {
    if webhook.profile != Profile::FlowTask {
        return Ok(FlowTaskDefaults::default());
    }
    let (settings, _) = settings::of_workspace(tx, &webhook.workspace_id)?;
    Ok(settings.flow_task())
}

fn ids<'i>(items: &'i [&Item]) -> impl Iterator<Item = String> + 'i {
    items.iter().map(|item| item.delivery.id.clone())
}

fn row(delivery: &Delivery, step: NextStep, now: Micros) -> Settled {
    let (state, reason, due_at) = match step {
        // Why it was sent stays with it.
        NextStep::Delivered => (DeliveryState::Delivered, delivery.reason.clone(), delivery.due_at),
        NextStep::RetryAt(at) => (DeliveryState::Pending, delivery.reason.clone(), at),
        NextStep::Failed(reason) | NextStep::FailedAndDisable(reason) => (DeliveryState::Failed, Some(reason), delivery.due_at),
    };
    let finished_at = (state != DeliveryState::Pending).then_some(now);
    Settled {
        id: delivery.id.clone(),
        state,
        reason,
        attempts: delivery.attempts + 1,
        due_at,
        finished_at,
    }
}

#[cfg(test)]
mod tests;
