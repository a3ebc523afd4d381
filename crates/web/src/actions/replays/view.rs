//! A replay job as it is shown.

use domain::replay::{ReplayKind, ReplayState};
use serde::Serialize;
use store::{
    Tx,
    tables::{deliveries, replays::Replay},
};
use utoipa::ToSchema;

use super::Result;
use crate::{schema, time::Time};

/// What a job would send, or the job.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Replayed {
    /// Events that are sent.
    pub count: u64,
    /// Absent after a dry run.
    pub job: Option<ReplayView>,
}

/// A job that sends again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReplayView {
    pub id: String,
    pub webhook_id: String,
    #[schema(value_type = schema::ReplayKind)]
    pub kind: ReplayKind,
    #[schema(value_type = schema::ReplayState)]
    pub state: ReplayState,
    /// Why it was paused or cancelled.
    pub reason: Option<String>,
    pub since: Time,
    pub until: Time,
    pub event_type: Option<String>,
    pub per_second: u32,
    /// Events that were counted at the start.
    pub total: u64,
    /// Of those the ones that had their first attempt.
    pub done: u64,
    /// Queued, and waiting for the first attempt.
    pub waiting: u64,
    /// Counted, and not sent: their retention ended meanwhile, or the webhook asks for them no more.
    pub gone: u64,
    pub created_at: Time,
    pub finished_at: Option<Time>,
}

impl ReplayView {
    /// The part that is done, 0 to 100.
    pub fn percent(&self) -> u64 {
        if self.state == ReplayState::Finished {
            return 100;
        }
        (self.done.saturating_mul(100) / self.total.max(1)).min(100)
    }

    /// Whether it may still send.
    pub fn is_open(&self) -> bool {
        matches!(self.state, ReplayState::Running | ReplayState::Paused)
    }
}

/// The view, with what waits counted.
pub(super) fn view(tx: &mut dyn Tx, job: Replay) -> Result<ReplayView> {
    let waiting = deliveries::outstanding_of_replay(tx, &job.id)? as u64;
    Ok(ReplayView {
        waiting,
        done: job.done.saturating_sub(waiting),
        id: job.id,
        webhook_id: job.webhook_id,
        kind: job.kind,
        state: job.state,
        reason: job.reason,
        since: Time(job.since),
        until: Time(job.until),
        event_type: Some(job.event_type).filter(|event_type| !event_type.is_empty()),
        per_second: job.per_second,
        total: job.total,
        gone: job.gone,
        created_at: Time(job.created_at),
        finished_at: Time::option(job.finished_at),
    })
}
