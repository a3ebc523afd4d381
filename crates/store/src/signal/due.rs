//! What the deliver stage is told: whose lanes have work in the store, and what was just stored and may be taken as it is, so
//! that nobody has to read it again.

use std::{collections::HashSet, mem, sync::Arc};

use domain::event::Event;

use super::{Signals, Waker};
use crate::tables::deliveries::Delivery;

/// Fresh deliveries that wait for the deliver stage at most, and bytes of their data.
const FRESH_KEPT: usize = 4_096;
const FRESH_BYTES: usize = 8 * 1024 * 1024;

/// A delivery that was just stored and is due, so that nobody has to read it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Fresh {
    /// As it was stored.
    pub delivery: Delivery,
    /// What it is about; deliveries of the same event share it.
    pub event: Arc<Event>,
    /// Version of its webhook in the transaction that made it.
    pub webhook_version: i64,
}

/// The deliver stage's handle, which also tells whose lanes have work. There is one such stage: handles share the list.
#[derive(Clone, Debug)]
pub struct DeliveryWaker {
    waker: Waker,
    signals: Arc<Signals>,
}

impl DeliveryWaker {
    pub(super) fn new(waker: Waker, signals: Arc<Signals>) -> Self {
        Self { waker, signals }
    }

    /// What was signalled since the last return. Cancel safe.
    pub async fn woken(&mut self) -> Due {
        self.waker.woken().await;
        mem::take(&mut *self.signals.due())
    }
}

/// What the deliver stage was told and has not heard yet.
#[derive(Debug, Default)]
pub struct Due {
    /// Ids of webhooks whose deliveries are to be looked for in the store.
    pub webhooks: HashSet<String>,
    /// Deliveries that may be taken as they are, in the order in which they were made.
    pub fresh: Vec<Fresh>,
    /// Bytes of data of these.
    bytes: usize,
}

impl Due {
    /// Keeps a fresh one, unless there are too many: then the store does.
    pub(super) fn add(&mut self, fresh: Fresh) {
        let bytes = self.bytes + fresh.event.data.len();
        if self.fresh.len() < FRESH_KEPT && bytes <= FRESH_BYTES {
            self.fresh.push(fresh);
            self.bytes = bytes;
        } else {
            self.webhooks.insert(fresh.delivery.webhook_id);
        }
    }
}
