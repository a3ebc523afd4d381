//! What a job sends next: a little further along the webhook's log (recover), or along the workspace's events (replay).

use domain::{
    Micros,
    event::Event,
    profile::flow_task,
    replay::{Candidate, ReplayKind, is_lost, wants},
};
use store::{
    Result, Tx,
    tables::{deliveries, events, replays::Replay, webhooks::Webhook},
};

use crate::{engine::Engine, filters};

/// Rows of the log that one step looks at.
const ROWS: usize = 1_000;

/// Events with their data that one step asks a filter about.
const ASKED: usize = 16;

/// What a job goes through.
#[derive(Debug, Clone)]
pub struct Range {
    pub workspace_id: String,
    pub webhook_id: String,
    pub kind: ReplayKind,
    /// From this arrival on.
    pub since: Micros,
    /// Up to this one.
    pub until: Micros,
    /// Only events of this type; empty for any.
    pub event_type: String,
    patterns: Vec<String>,
    subject: String,
    /// Empty: none is asked.
    filter: String,
    /// Of a flow's task that names some.
    outputs: Vec<String>,
}

impl Range {
    /// A range for this webhook, as it subscribes now.
    pub fn new(webhook: &Webhook, kind: ReplayKind, since: Micros, until: Micros, event_type: &str) -> Self {
        let (filter, outputs) = match kind {
            // What is in the log passed them then.
            ReplayKind::Recover => Default::default(),
            ReplayKind::Replay => (webhook.filter.clone(), webhook.options.outputs.clone()),
        };
        Self {
            workspace_id: webhook.workspace_id.clone(),
            webhook_id: webhook.id.clone(),
            kind,
            since,
            until,
            event_type: event_type.to_owned(),
            patterns: webhook.events.clone(),
            subject: webhook.subject.clone(),
            filter,
            outputs,
        }
    }

    /// Whether the data of the events have a say.
    fn asks_data(&self) -> bool {
        !self.filter.is_empty() || !self.outputs.is_empty()
    }

    pub(super) fn of(job: &Replay, webhook: &Webhook) -> Self {
        Self::new(webhook, job.kind, job.since, job.until, &job.event_type)
    }

    /// Where it begins.
    pub fn start(&self) -> (Micros, String) {
        (self.since, String::new())
    }
}

/// One event that is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub event_id: String,
    pub event_type: String,
}

/// A part of a range.
#[derive(Debug)]
pub(super) struct Batch {
    /// What is sent, in its order.
    pub lines: Vec<Line>,
    /// Where the next part begins.
    pub cursor: (Micros, String),
    /// There is no next part.
    pub ended: bool,
}

/// How many events a job would send.
///
/// # Errors
/// The store's.
pub async fn count(engine: &Engine, range: &Range) -> Result<u64> {
    let (mut cursor, mut count) = (range.start(), 0);
    loop {
        let batch = scan(engine, range, cursor, usize::MAX).await?;
        count += batch.lines.len() as u64;
        if batch.ended {
            return Ok(count);
        }
        cursor = batch.cursor;
    }
}

/// Looks at the next part of a range, for at most `wanted` events.
pub(super) async fn scan(engine: &Engine, range: &Range, cursor: (Micros, String), wanted: usize) -> Result<Batch> {
    let wanted = if range.asks_data() { wanted.min(ASKED) } else { wanted };
    let of = range.clone();
    let (found, cursor, ended) = engine.store().read(move |tx| look(tx, &of, cursor, wanted)).await?;
    let mut lines = Vec::with_capacity(found.len());
    for (line, event) in found {
        let passes = match event {
            Some(event) if !flow_task::tells_of(&range.outputs, &event) => false,
            Some(_) if range.filter.is_empty() => true,
            Some(event) => {
                let said = filters::ask_now(engine, event, vec![range.filter.clone()]).await?;
                said.iter().all(domain::filter::Verdict::matches)
            }
            None => true,
        };
        if passes {
            lines.push(line);
        }
    }
    Ok(Batch { lines, cursor, ended })
}

type Found = (Vec<(Line, Option<Event>)>, (Micros, String), bool);

fn look(tx: &mut dyn Tx, range: &Range, mut cursor: (Micros, String), wanted: usize) -> Result<Found> {
    let after = cursor.clone();
    let after = (after.0, after.1.as_str());
    let mut found = Vec::new();
    let rows;
    match range.kind {
        ReplayKind::Recover => {
            let log = deliveries::log_of_webhook(tx, &range.webhook_id, after, range.until, ROWS)?;
            rows = log.len();
            for logged in log {
                if found.len() >= wanted {
                    return Ok((found, cursor, false));
                }
                cursor = (logged.created_at, logged.id.clone());
                if is_lost(logged.kind, logged.state, logged.reason.as_deref())
                    && !deliveries::is_outstanding_or_sent(tx, &range.webhook_id, &logged.event_id)?
                    && !deliveries::was_lost_between(tx, &range.webhook_id, &logged, range.since)?
                {
                    let line = Line {
                        event_id: logged.event_id,
                        event_type: logged.event_type,
                    };
                    found.push((line, None));
                }
            }
        }
        ReplayKind::Replay => {
            let arrived = events::arrived(tx, &range.workspace_id, after, range.until, ROWS)?;
            rows = arrived.len();
            for event in arrived {
                if found.len() >= wanted {
                    return Ok((found, cursor, false));
                }
                cursor = (event.created_at, event.id.clone());
                let candidate = Candidate {
                    event_type: &event.event_type,
                    subject: &event.subject,
                    import: event.import,
                    hops: event.hops,
                };
                if !wants(&range.patterns, &range.subject, &range.event_type, candidate) {
                    continue;
                }
                let whole = if range.asks_data() {
                    events::get(tx, &range.workspace_id, &event.id)?
                } else {
                    None
                };
                let line = Line {
                    event_id: event.id,
                    event_type: event.event_type,
                };
                found.push((line, whole));
            }
        }
    }
    Ok((found, cursor, rows < ROWS))
}
