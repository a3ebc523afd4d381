//! Workers: each sends one delivery after the other for its lane and hands the results to be settled. The place in the lane
//! is free again at the answer, not at the commit.

use std::sync::{Arc, atomic::Ordering};

use domain::delivery::DeliveryKind;
use futures::future::{Either, select};
use tokio::{sync::OwnedSemaphorePermit, time::sleep};

use super::{Ask, Lanes, PARKED_AFTER, lane::Lane, state::Take};
use crate::deliver::{self, Finished, Job, Target};

impl Lanes {
    /// Starts as many workers as the lane's pace allows now.
    pub(super) fn pump(self: &Arc<Self>, lane: &Arc<Lane>) {
        while !self.stop.is_cancelled() {
            match lane.take_more(self.engine.now(), &self.pool) {
                (Take::Job(job, target), permit) => {
                    let (lanes, lane) = (Arc::clone(self), Arc::clone(lane));
                    let permit = Permit {
                        base: permit.is_none(),
                        held: permit,
                    };
                    self.workers.spawn(async move { work(lanes, lane, *job, target, permit).await });
                }
                (Take::Wait(at, true), _) => return self.ask(Ask::Resume(at, Arc::clone(&lane.id))),
                (Take::Wait(..) | Take::Nothing, _) => return,
            }
        }
    }
}

/// What allows a worker to be there: it is the lane's first, or it holds a permit of the pool.
struct Permit {
    held: Option<OwnedSemaphorePermit>,
    base: bool,
}

async fn work(lanes: Arc<Lanes>, lane: Arc<Lane>, mut job: Job, mut target: Arc<Target>, mut permit: Permit) {
    let Some(finishing) = lanes.finished_sender().clone() else { return };
    loop {
        let kind = job.delivery.kind;
        let finished = exchange(&lanes, &target, job, &mut permit).await;
        if let Some(until) = finished
            .verdict
            .hold_until(finished.ended_at)
            .filter(|_| kind != DeliveryKind::Test)
        {
            lane.hold(until);
        }
        let (success, charged) = (finished.verdict.success, finished.charged);
        let look = lane.exchanged(kind, success, charged, finished.ended_at, finished.seed);
        // The receiver lives as long as there are senders; at the very end the store still has the delivery.
        let _ = finishing.send(finished);
        if look {
            lanes.ask(Ask::Look(Arc::clone(&lane.id)));
        }
        if permit.held.is_none() && !permit.base && !regain(&lanes, &mut permit) && lane.leave() {
            return lanes.pump(&lane);
        }
        let next = if lanes.stop.is_cancelled() {
            None
        } else {
            Some(lane.take_next(lanes.engine.now()))
        };
        match next {
            Some(Take::Job(next, with)) => (job, target) = (*next, with),
            Some(Take::Wait(at, true)) => return lanes.ask(Ask::Resume(at, Arc::clone(&lane.id))),
            _ => return,
        }
        // A success may have widened the window.
        lanes.pump(&lane);
    }
}

fn regain(lanes: &Lanes, permit: &mut Permit) -> bool {
    permit.held = Arc::clone(&lanes.pool).try_acquire_owned().ok();
    permit.held.is_some()
}

/// Sends, and gives the permit back when that takes long.
async fn exchange(lanes: &Lanes, target: &Target, job: Job, permit: &mut Permit) -> Finished {
    let in_flight = &lanes.engine.counters().in_flight;
    in_flight.fetch_add(1, Ordering::Relaxed);
    let sending = Box::pin(deliver::send(&lanes.engine, target, job));
    let finished = if permit.held.is_none() {
        sending.await
    } else {
        match select(sending, Box::pin(sleep(PARKED_AFTER))).await {
            Either::Left((finished, _)) => finished,
            Either::Right(((), sending)) => {
                permit.held = None;
                sending.await
            }
        }
    };
    in_flight.fetch_sub(1, Ordering::Relaxed);
    finished
}
