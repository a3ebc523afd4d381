//! Replay jobs: what they choose, their order at the receiver, live events beside them, pauses, and a node that dies.

use std::time::Duration;

use domain::{
    clock::SECOND,
    delivery::DeliveryState,
    replay::{ReplayKind, ReplayState},
    retry::{RetryPolicy, UsedUp},
};
use engine::{
    Running,
    replay::{self, Order, Range},
};
use store::{
    Signal,
    tables::{deliveries, events, replays, webhooks},
};

use crate::support::{Answer, House, Receiver, START, USER, WORKSPACE, on_each, webhook};

pub const COUNT: usize = 30;

/// Publishes at an own instant each, while nobody sends.
pub async fn published(house: &House, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let now = house.engine.now() + 1;
        house.turn_to(now, Signal::Schedule).await;
        ids.push(house.publish("a", &format!(r#"{{"n":{number}}}"#)).await);
    }
    ids
}

fn range(hook: &webhooks::Webhook, kind: ReplayKind, until: i64) -> Range {
    Range::new(hook, kind, START, until, "")
}

/// Counts, and starts a job over everything until now.
pub async fn begun(house: &House, kind: ReplayKind) -> replays::Replay {
    let now = house.engine.now();
    let hook = house.webhook_now("w").await;
    let total = replay::count(&house.engine, &range(&hook, kind, now)).await.unwrap();
    let order = Order {
        kind,
        since: START,
        until: now,
        event_type: String::new(),
        per_second: 1_000,
        total,
    };
    house
        .store
        .write(move |tx| replay::start(tx, &hook, order, USER, now))
        .await
        .unwrap()
}

pub async fn job_is(house: &House, id: &str, state: ReplayState) -> replays::Replay {
    let id = id.to_owned();
    house
        .until("the job's state", move |tx| {
            Ok(replays::by_id(tx, &id)?.filter(|job| job.state == state))
        })
        .await
}

/// Lets the clock run while `what` goes on: a job's deliveries are spaced by it.
pub async fn ticking<T>(house: &House, what: impl Future<Output = T>) -> T {
    let mut what = std::pin::pin!(what);
    loop {
        tokio::select! {
            done = &mut what => return done,
            () = tokio::time::sleep(Duration::from_millis(2)) => {
                house.turn_to(house.engine.now() + SECOND / 10, Signal::Deliveries(vec!["w".to_owned()])).await;
            }
        }
    }
}

#[tokio::test]
async fn a_replay_sends_a_range_in_order_with_its_header_and_the_same_ids_over_a_restart() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let ids = published(&house, COUNT).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let job = begun(&house, ReplayKind::Replay).await;
        assert_eq!(job.total, COUNT as u64);

        let running = house.engine.start();
        let mut got = Vec::new();
        ticking(&house, async {
            for _ in 0..COUNT / 2 {
                got.push(receiver.next().await);
            }
        })
        .await;
        running.shutdown(Duration::from_secs(10)).await;
        while receiver.waiting() > 0 {
            got.push(receiver.next().await);
        }
        let running = house.restarted().start();
        ticking(&house, async {
            while got.len() < COUNT {
                got.push(receiver.next().await);
            }
        })
        .await;
        let finished = ticking(&house, job_is(&house, &job.id, ReplayState::Finished)).await;
        assert_eq!((finished.done, finished.gone), (COUNT as u64, 0));
        assert_eq!(receiver.waiting(), 0, "nothing was sent twice");
        assert!(
            got.iter()
                .all(|request| request.header("watchbell-replay") == Some(job.id.as_str()))
        );
        let order: Vec<_> = got.iter().map(|request| request.header("webhook-id").unwrap().to_owned()).collect();
        assert_eq!(order, ids);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_recovery_sends_what_failed_or_met_a_webhook_that_was_off_once_each() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500), Answer::Status(200)]).await;
        let policy = RetryPolicy {
            delays_ms: Vec::new(),
            jitter_percent: 0,
            used_up: UsedUp::Keep,
            disable_after_ms: None,
        };
        let hook = house
            .webhook(webhooks::Webhook {
                retry_policy: Some(policy),
                ..webhook("w", &receiver.url())
            })
            .await;
        let running = house.engine.start();
        let mut lost = published(&house, 1).await;
        receiver.next().await;
        let failed = lost[0].clone();
        house
            .until("a final failure", move |tx| {
                let found = deliveries::of_event(tx, &failed)?;
                Ok((found[0].state == DeliveryState::Failed).then_some(()))
            })
            .await;
        let arrived = published(&house, 1).await.remove(0);
        receiver.next().await;
        // Before it is settled, it would count as what the webhook missed.
        house
            .until("a success", move |tx| {
                let found = deliveries::of_event(tx, &arrived)?;
                Ok((found[0].state == DeliveryState::Delivered).then_some(()))
            })
            .await;
        let now = house.engine.now();
        let off = hook.clone();
        house.write(move |tx| engine::webhooks::disable(tx, &off, "by hand", now)).await;
        lost.extend(published(&house, 3).await);
        let now = house.engine.now();
        let hook = house.webhook_now("w").await;
        let refused = house
            .store
            .write({
                let hook = hook.clone();
                let order = Order {
                    kind: ReplayKind::Recover,
                    since: START,
                    until: now,
                    event_type: String::new(),
                    per_second: 50,
                    total: 0,
                };
                move |tx| replay::start(tx, &hook, order, USER, now)
            })
            .await;
        assert!(refused.is_err(), "not while it is off");
        house.write(move |tx| engine::webhooks::enable(tx, &hook, now)).await;
        let job = begun(&house, ReplayKind::Recover).await;
        let mut got = Vec::new();
        ticking(&house, async {
            // Its own switching is told of live, and is among what it missed.
            while (got.len() as u64) < job.total {
                let request = receiver.next().await;
                if request.header("watchbell-replay").is_some() {
                    got.push(request.header("webhook-id").unwrap().to_owned());
                }
            }
        })
        .await;
        got.retain(|id| lost.contains(id));
        assert_eq!(got, lost);
        ticking(&house, job_is(&house, &job.id, ReplayState::Finished)).await;
        let hook = house.webhook_now("w").await;
        let left = replay::count(&house.engine, &range(&hook, ReplayKind::Recover, house.engine.now())).await;
        assert_eq!(left.unwrap(), 0);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

/// Waits until the job has as many deliveries under way as it ever has.
async fn eight_under_way(house: &House, job_id: &str) {
    let id = job_id.to_owned();
    house
        .until("the job's first deliveries", move |tx| {
            Ok((deliveries::outstanding_of_replay(tx, &id)? == 8).then_some(()))
        })
        .await;
}

/// A job for a receiver that hangs, begun and with as many deliveries under way as it ever has: the events' ids, the webhook,
/// the job and the stages.
async fn hanging_job(house: &House, receiver: &mut Receiver) -> (Vec<String>, webhooks::Webhook, replays::Replay, Running) {
    let ids = published(house, COUNT).await;
    let hook = house.webhook(webhook("w", &receiver.url())).await;
    let job = begun(house, ReplayKind::Replay).await;
    let running = house.engine.start();
    receiver.next().await;
    eight_under_way(house, &job.id).await;
    (ids, hook, job, running)
}

/// The ids that arrive when the whole job does.
async fn all_ids(house: &House, receiver: &mut Receiver) -> Vec<String> {
    let mut got = Vec::new();
    ticking(house, async {
        for _ in 0..COUNT {
            got.push(receiver.next().await.header("webhook-id").unwrap().to_owned());
        }
    })
    .await;
    got
}

#[tokio::test]
async fn a_job_pauses_with_its_webhook_resumes_without_a_loss_and_ends_when_told() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Hang]).await;
        // Only a few deliveries of the job are under way.
        let (ids, hook, job, running) = hanging_job(&house, &mut receiver).await;
        let now = house.engine.now();
        let off = hook.clone();
        house.write(move |tx| engine::webhooks::disable(tx, &off, "by hand", now)).await;
        let paused = job_is(&house, &job.id, ReplayState::Paused).await;
        assert!(paused.reason.unwrap().contains("by hand"));
        running.shutdown(Duration::from_millis(1)).await;

        let mut healthy = Receiver::new(&[Answer::Status(200)]).await;
        let moved = webhooks::Webhook {
            url: healthy.url(),
            events: vec!["a".to_owned()],
            ..house.webhook_now("w").await
        };
        let id = job.id.clone();
        let resumed = house
            .store
            .write(move |tx| {
                assert!(replay::resume(tx, WORKSPACE, &id, now).is_err(), "not while it is off");
                webhooks::update(tx, &moved)?;
                engine::webhooks::enable(tx, &moved, now)?;
                replay::resume(tx, WORKSPACE, &id, now)
            })
            .await
            .unwrap();
        assert_eq!(resumed.state, ReplayState::Running);
        let running = house.restarted().start();
        assert_eq!(all_ids(&house, &mut healthy).await, ids);
        ticking(&house, job_is(&house, &job.id, ReplayState::Finished)).await;

        let again = begun(&house, ReplayKind::Replay).await;
        let id = again.id.clone();
        let now = house.engine.now();
        let ended = house
            .store
            .write(move |tx| replay::cancel(tx, WORKSPACE, &id, "Ada", now))
            .await
            .unwrap();
        assert_eq!(ended.state, ReplayState::Cancelled);
        assert_eq!(house.read(move |tx| deliveries::outstanding_of_replay(tx, &again.id)).await, 0);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn events_whose_retention_ended_under_a_job_are_counted_as_gone() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let ids = published(&house, 5).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let job = begun(&house, ReplayKind::Replay).await;
        let all = store::tables::prune::Step { rows: 3, bytes: i64::MAX };
        house.write(move |tx| events::prune(tx, START + SECOND, 0, all)).await;
        let running = house.engine.start();
        let mut got = Vec::new();
        ticking(&house, async {
            for _ in 0..2 {
                got.push(receiver.next().await.header("webhook-id").unwrap().to_owned());
            }
        })
        .await;
        assert!(got.iter().all(|id| ids.contains(id)));
        let finished = ticking(&house, job_is(&house, &job.id, ReplayState::Finished)).await;
        assert_eq!((finished.total, finished.done, finished.gone), (5, 2, 3));
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

/// A clock that runs with the tests' time, a hundred times as fast, and wakes nobody.
async fn running_on<T>(house: &House, what: impl Future<Output = T>) -> T {
    let mut what = std::pin::pin!(what);
    loop {
        tokio::select! {
            done = &mut what => return done,
            () = tokio::time::sleep(Duration::from_millis(10)) => {
                house.clock.turn_on(SECOND);
            }
        }
    }
}

#[tokio::test]
async fn a_slow_job_keeps_its_pace_on_a_lane_that_was_idle() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let ids = published(&house, 12).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let running = house.engine.start();
        // The lane is used, and knows that nothing is due later.
        for _ in 0..3 {
            house.publish("a", "{}").await;
            receiver.next().await;
        }
        let now = house.engine.now();
        let hook = house.webhook_now("w").await;
        let order = Order {
            kind: ReplayKind::Replay,
            since: START,
            until: START + 12,
            event_type: String::new(),
            per_second: 2,
            total: 12,
        };
        house
            .store
            .write(move |tx| replay::start(tx, &hook, order, USER, now))
            .await
            .unwrap();
        let mut got = Vec::new();
        // Six seconds of the job; without its due times the lane would look every half minute.
        let all = running_on(&house, async {
            for _ in 0..ids.len() {
                got.push(receiver.next().await.header("webhook-id").unwrap().to_owned());
            }
        });
        tokio::time::timeout(Duration::from_secs(25), all)
            .await
            .expect("it goes on by itself");
        assert_eq!(got, ids);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_switched_off_and_on_at_once_keeps_its_job_whole() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Hang]).await;
        let (ids, hook, job, running) = hanging_job(&house, &mut receiver).await;
        running.shutdown(Duration::from_millis(1)).await;
        // No stage has a chance to see it off.
        let mut healthy = Receiver::new(&[Answer::Status(200)]).await;
        let moved = webhooks::Webhook {
            url: healthy.url(),
            events: vec!["a".to_owned()],
            ..hook
        };
        let (id, now) = (job.id.clone(), house.engine.now());
        house
            .store
            .write(move |tx| {
                engine::webhooks::disable(tx, &moved, "by hand", now)?;
                webhooks::update(tx, &moved)?;
                engine::webhooks::enable(tx, &moved, now)?;
                let paused = replays::by_id(tx, &id)?.expect("a job");
                assert_eq!(paused.state, ReplayState::Paused);
                assert_eq!(paused.reason.as_deref(), Some("the webhook was disabled: by hand"));
                replay::resume(tx, WORKSPACE, &id, now)
            })
            .await
            .unwrap();
        let running = house.restarted().start();
        assert_eq!(all_ids(&house, &mut healthy).await, ids);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
