//! The deliveries that a lane has loaded, with their bodies. All lanes together watch one budget: a thousand receivers that
//! hang, with large events waiting for each, must not fill the memory.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::delivery::DeliveryKind;

use crate::deliver::Job;

/// Bytes of bodies that all lanes may have loaded. Beyond, each loads one delivery at a time: nobody stops.
const BUDGET: usize = 64 * 1024 * 1024;

/// What a loaded delivery takes beside the body, about: its ids and those of its event.
const BESIDE_BODY: usize = 700;

/// The bytes that all lanes of a node have loaded.
#[derive(Debug, Clone, Default)]
pub(super) struct Loaded(Arc<AtomicUsize>);

/// The queue of one lane.
#[derive(Default)]
pub(super) struct Queue {
    jobs: VecDeque<Job>,
    loaded: Loaded,
}

impl Queue {
    pub fn sharing(loaded: Loaded) -> Self {
        Self {
            jobs: VecDeque::new(),
            loaded,
        }
    }

    /// More is loaded than should be, in all lanes together.
    pub fn is_scarce(&self) -> bool {
        self.loaded.0.load(Ordering::Relaxed) > BUDGET
    }

    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Why the delivery at this position was made.
    pub fn kind(&self, at: usize) -> Option<DeliveryKind> {
        self.jobs.get(at).map(|job| job.delivery.kind)
    }

    /// How many of them belong to replay jobs.
    pub fn replays(&self) -> usize {
        self.iter().filter(|job| job.delivery.kind == DeliveryKind::Replay).count()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    pub fn push_front(&mut self, job: Job) {
        self.loaded.0.fetch_add(bytes(&job), Ordering::Relaxed);
        self.jobs.push_front(job);
    }

    pub fn push_back(&mut self, job: Job) {
        self.loaded.0.fetch_add(bytes(&job), Ordering::Relaxed);
        self.jobs.push_back(job);
    }

    /// Takes out the one at this position.
    pub fn pop(&mut self, at: usize) -> Option<Job> {
        let job = self.jobs.remove(at)?;
        self.loaded.0.fetch_sub(bytes(&job), Ordering::Relaxed);
        Some(job)
    }

    /// Takes out those that are not to stay; the others keep their order.
    pub fn take_unless(&mut self, stays: impl Fn(&Job) -> bool) -> Vec<Job> {
        let mut gone = Vec::new();
        for _ in 0..self.len() {
            match self.pop(0) {
                Some(job) if stays(&job) => self.push_back(job),
                Some(job) => gone.push(job),
                None => break,
            }
        }
        gone
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.take_unless(|_| false);
    }
}

fn bytes(job: &Job) -> usize {
    BESIDE_BODY + job.event.data.len()
}
