//! The sweep stage: what is older than its retention goes, in small steps with pauses, so that delivery never waits for it.

use std::sync::Arc;

use domain::{
    Clock, Micros,
    clock::{MILLISECOND, MINUTE},
};
use store::{
    Result, Store, Tx,
    tables::{accounts, attempts, events, receipts, runs},
};

use crate::{
    config::Retention,
    stage::{Next, Stage},
};

/// Rows of one kind that go in one transaction.
const STEP: usize = 500;

/// Pause between two steps while there is more.
const BETWEEN: Micros = 200 * MILLISECOND;

/// Pause when everything old is gone.
const REST: Micros = 10 * MINUTE;

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
        let mut full = false;
        for kind in Kind::ALL {
            let gone = self.store.write(move |tx| kind.prune(tx, keep, now)).await?;
            full |= gone >= STEP as u64;
        }
        Ok(Next::At(self.clock.now() + if full { BETWEEN } else { REST }))
    }
}

/// What grows old.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Attempts,
    Events,
    Receipts,
    Runs,
    Sessions,
}

impl Kind {
    /// An event takes its settled deliveries along; while one is pending, it stays.
    const ALL: [Self; 5] = [Self::Attempts, Self::Events, Self::Receipts, Self::Runs, Self::Sessions];

    fn prune(self, tx: &mut dyn Tx, keep: Retention, now: Micros) -> Result<u64> {
        match self {
            Self::Attempts => attempts::prune(tx, now - keep.log, STEP),
            Self::Events => events::prune(tx, now - keep.events, STEP),
            Self::Receipts => receipts::prune(tx, now - keep.events, STEP),
            Self::Runs => runs::prune(tx, now - keep.runs, STEP),
            Self::Sessions => accounts::delete_expired_sessions(tx, now, STEP),
        }
    }
}
