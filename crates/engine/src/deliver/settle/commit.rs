//! Getting a batch of attempts into the store, whatever that answers: while it is away they wait, a connection that is lost
//! during the commit counts nothing twice, and what it refuses for good ends alone.

use std::{ops::Range, sync::Arc, time::Duration};

use domain::retry::NextStep;
use store::{Result, tables::deliveries};

use super::{Batch, row, settle};
use crate::{engine::Engine, lanes::Outcome};

/// Pause before a commit that the store could not take is tried again.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// Commits a batch, however long the store is away. A row that the store refuses for good takes only itself along.
pub(super) async fn commit(engine: &Engine, batch: Arc<Batch>) -> Vec<(String, Outcome)> {
    match commit_range(engine, &batch, 0..batch.items.len(), false).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tracing::error!(%error, attempts = batch.items.len(), "a batch of attempts was refused and is stored one by one");
            let mut outcomes = Vec::new();
            for at in 0..batch.items.len() {
                match commit_range(engine, &batch, at..at + 1, true).await {
                    Ok(more) => outcomes.extend(more),
                    Err(error) => outcomes.extend(give_up(engine, &batch, at, &error).await),
                }
            }
            outcomes
        }
    }
}

/// Commits a part of a batch. `again`: it may be there already, because the connection was lost during a commit.
async fn commit_range(engine: &Engine, batch: &Arc<Batch>, range: Range<usize>, mut again: bool) -> Result<Vec<(String, Outcome)>> {
    loop {
        let (batch, range) = (Arc::clone(batch), range.clone());
        match engine.store().write(move |tx| settle(tx, &batch, range, again)).await {
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "the store cannot take attempts now and is asked again");
                again = true;
                tokio::time::sleep(STORE_PAUSE).await;
            }
            result => return result,
        }
    }
}

/// Ends a delivery whose attempt the store refuses for good: pending, it would be sent for ever, and claimed, it would fill
/// its lane.
async fn give_up(engine: &Engine, batch: &Batch, at: usize, refusal: &store::Error) -> Option<(String, Outcome)> {
    let item = batch.items.get(at)?;
    let delivery = &item.delivery;
    tracing::error!(error = %refusal, delivery = delivery.id, "an attempt could not be stored; its delivery ends with it");
    let step = match item.verdict.success {
        true => NextStep::Delivered,
        false => NextStep::Failed("its attempt could not be stored; the server's log says why".to_owned()),
    };
    let settled = Arc::new([row(delivery, step, item.ended_at)]);
    let ended = loop {
        let settled = Arc::clone(&settled);
        match engine.store().write(move |tx| deliveries::settle_many(tx, &*settled)).await {
            Err(error) if error.is_transient() => tokio::time::sleep(STORE_PAUSE).await,
            result => break result,
        }
    };
    if let Err(error) = &ended {
        // Whatever is wrong with its row, nothing waits for it.
        tracing::error!(%error, delivery = delivery.id, "a delivery could not be ended and rests until the next start");
    }
    let outcome = Outcome {
        delivery_ids: vec![delivery.id.clone()],
        retry_at: None,
        disabled: false,
        resting: ended.is_err(),
    };
    Some((delivery.webhook_id.clone(), outcome))
}
