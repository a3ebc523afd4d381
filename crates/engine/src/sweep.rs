//! The sweep stage: what is older than its retention goes, and what belonged to a deleted webhook, in small steps with pauses,
//! so that delivery never waits for it.

mod deleted;
mod dropping;

use std::sync::Arc;

use domain::{
    Clock, Micros,
    clock::{DAY, MILLISECOND, MINUTE},
};
use store::{
    Result, Store, Tx,
    tables::{
        accounts, activities, attempts, events, monitors, notices,
        prune::{Pruned, Step},
        receipts, runs,
    },
};

use crate::{
    config::Retention,
    stage::{Next, Stage},
};

/// Rows of one kind that go in one transaction, if they are short.
const STEP: usize = 500;

/// Of those that hold bodies, most of them of some kilobytes.
const STEP_OF_LONG: usize = 200;

/// Of runs, whose requests with their bodies go along.
const STEP_OF_RUNS: usize = 20;

/// Bytes of bodies that go in one transaction: some milliseconds.
const STEP_BYTES: i64 = 2 * 1024 * 1024;

/// Pause between two steps while there is more.
const BETWEEN: Micros = 50 * MILLISECOND;

/// Pause when everything old is gone.
const REST: Micros = 10 * MINUTE;

/// How long it is kept who changed what.
const ACTIVITIES: Micros = 365 * DAY;

/// How long notices are kept, read or not.
const NOTICES: Micros = 90 * DAY;

/// The stage.
pub(crate) struct SweepStage {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub retention: Retention,
}

impl Stage for SweepStage {
    const NAME: &'static str = "sweep";

    async fn step(&mut self) -> Result<Next> {
        let (now, keep) = (self.clock.now(), self.retention);
        let (mut full, mut failed) = (false, None);
        for kind in Kind::ALL {
            // One kind that cannot be pruned is no reason to keep all others for ever.
            match self.store.write(move |tx| kind.prune(tx, keep, now)).await {
                Ok(pruned) => full |= pruned.more,
                Err(error) => {
                    tracing::warn!(?kind, %error, "what is old could not be deleted");
                    failed.get_or_insert(error);
                }
            }
        }
        full |= self.store.write(deleted::step).await?;
        full |= self.store.write(move |tx| dropping::step(tx, now)).await?;
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(Next::At(self.clock.now() + if full { BETWEEN } else { REST }))
    }
}

/// What grows old.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Activities,
    Attempts,
    Events,
    MissedSlots,
    Notices,
    Receipts,
    Runs,
    Sessions,
}

impl Kind {
    /// An event takes its settled deliveries along; while one is pending, it stays.
    const ALL: [Self; 8] = [
        Self::Activities,
        Self::Attempts,
        Self::Events,
        Self::MissedSlots,
        Self::Notices,
        Self::Receipts,
        Self::Runs,
        Self::Sessions,
    ];

    const fn step(self) -> Step {
        let rows = match self {
            Self::Attempts | Self::Events | Self::Receipts => STEP_OF_LONG,
            Self::Runs => STEP_OF_RUNS,
            Self::Activities | Self::MissedSlots | Self::Notices | Self::Sessions => STEP,
        };
        Step { rows, bytes: STEP_BYTES }
    }

    fn prune(self, tx: &mut dyn Tx, keep: Retention, now: Micros) -> Result<Pruned> {
        let rows = match self {
            Self::Attempts => return attempts::prune(tx, now, keep.log, self.step()),
            Self::Events => return events::prune(tx, now, keep.events, self.step()),
            Self::Receipts => return receipts::prune(tx, now, keep.events, self.step()),
            Self::Runs => return runs::prune(tx, now, keep.runs, self.step()),
            Self::Activities => activities::prune(tx, now - ACTIVITIES, STEP)?,
            Self::MissedSlots => monitors::prune_missed(tx, now, keep.runs, STEP)?,
            Self::Notices => notices::prune(tx, now - NOTICES, STEP)?,
            Self::Sessions => accounts::delete_expired_sessions(tx, now, STEP)?,
        };
        Ok(Pruned {
            rows,
            more: rows >= STEP as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::{event::Event, settings::WebhookSettings};
    use store::{
        tables::{settings, workspaces},
        testing,
    };

    use super::*;

    #[derive(Debug)]
    struct Still(Micros);

    impl Clock for Still {
        fn now(&self) -> Micros {
            self.0
        }
    }

    fn event(id: &str, at: Micros) -> Event {
        Event {
            id: id.to_owned(),
            workspace_id: "wsp".to_owned(),
            event_type: "a".to_owned(),
            subject: String::new(),
            at,
            data: "{}".to_owned(),
            import: false,
            hops: 0,
        }
    }

    fn stage(store: &Store, now: Micros) -> SweepStage {
        SweepStage {
            store: store.clone(),
            clock: Arc::new(Still(now)),
            retention: Retention::default(),
        }
    }

    #[tokio::test]
    async fn what_is_older_than_its_retention_goes_step_by_step_and_the_rest_stays() {
        for kind in testing::kinds() {
            let (store, _database) = testing::store(kind).await;
            let now = 100 * DAY;
            let count = STEP_OF_LONG + 1;
            store
                .write(move |tx| {
                    crate::fixture::people(tx)?;
                    let old: Vec<Event> = (0..count).map(|number| event(&format!("old{number}"), now - 31 * DAY)).collect();
                    let old: Vec<_> = old.iter().map(|event| (event, None)).collect();
                    events::insert_many(tx, &old, now - 31 * DAY)?;
                    events::insert(tx, &event("young", now - 29 * DAY), None, now - 29 * DAY)
                })
                .await
                .unwrap();
            let mut stage = stage(&store, now);
            assert_eq!(stage.step().await.unwrap(), Next::At(now + BETWEEN), "there is more");
            assert_eq!(stage.step().await.unwrap(), Next::At(now + REST));
            let left = store
                .read(|tx| Ok::<_, store::Error>((events::get(tx, "wsp", "old0")?, events::get(tx, "wsp", "young")?)))
                .await
                .unwrap();
            assert!(left.0.is_none() && left.1.is_some());
            store.close().await;
        }
    }

    #[tokio::test]
    async fn a_workspaces_own_days_win_over_the_instances() {
        for kind in testing::kinds() {
            let (store, _database) = testing::store(kind).await;
            let now = 100 * DAY;
            store
                .write(move |tx| {
                    crate::fixture::people(tx)?;
                    for (workspace_id, event_days) in [("short", 5), ("long", 60)] {
                        let workspace = workspaces::Workspace {
                            id: workspace_id.to_owned(),
                            ..workspaces::get(tx, "wsp")?.unwrap()
                        };
                        workspaces::insert(tx, &workspace)?;
                        let own = WebhookSettings {
                            event_days: Some(event_days),
                            ..WebhookSettings::default()
                        };
                        settings::set_webhooks(tx, workspace_id, &own)?;
                    }
                    for workspace_id in ["wsp", "short", "long"] {
                        for age in [4, 6, 29, 31, 59, 61] {
                            let event = Event {
                                workspace_id: workspace_id.to_owned(),
                                ..event(&format!("{workspace_id}{age}"), now - age * DAY)
                            };
                            events::insert(tx, &event, None, now - age * DAY)?;
                        }
                    }
                    Ok::<_, store::Error>(())
                })
                .await
                .unwrap();
            let mut stage = stage(&store, now);
            stage.step().await.unwrap();
            for (workspace_id, left) in [("short", 1), ("wsp", 3), ("long", 5)] {
                let page = store::tables::page::Page { before: None, limit: 100 };
                let kept = store.read(move |tx| events::list(tx, workspace_id, None, &page)).await.unwrap();
                assert_eq!(kept.items.len(), left, "{workspace_id}");
            }
            store.close().await;
        }
    }
}
