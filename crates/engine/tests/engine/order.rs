//! Strict order and the rate: what a receiver sees, whatever fails, over a restart too.

use std::time::Duration;

use domain::{
    clock::SECOND,
    retry::{RetryPolicy, UsedUp},
    webhook::WebhookOptions,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use store::{
    Signal,
    tables::{deliveries, webhooks},
};

use crate::support::{Answer, House, Receiver, START, on_each, webhook};

fn wake() -> Signal {
    Signal::Deliveries(vec!["w".to_owned()])
}

fn ordered() -> WebhookOptions {
    WebhookOptions {
        ordered: true,
        ..WebhookOptions::default()
    }
}

/// Many retries at once, so that the clock need not be turned far.
fn patient() -> Option<RetryPolicy> {
    Some(RetryPolicy {
        delays_ms: vec![1_000; 40],
        jitter_percent: 0,
        used_up: UsedUp::Keep,
        disable_after_ms: None,
    })
}

async fn pending(house: &House) -> u64 {
    house.read(|tx| deliveries::pending_count(tx, "w")).await
}

#[tokio::test]
async fn first_successes_come_in_published_order_whatever_fails_and_over_restarts() {
    on_each(|house| async move {
        for seed in 0..3 {
            let mut random = StdRng::seed_from_u64(seed);
            let answers: Vec<Answer> = (0..200)
                .map(|_| Answer::Status(if random.random_bool(0.3) { 500 } else { 200 }))
                .chain([Answer::Status(200)])
                .collect();
            let mut receiver = Receiver::new(&answers).await;
            let id = format!("w{seed}");
            house
                .webhook(webhooks::Webhook {
                    options: ordered(),
                    retry_policy: patient(),
                    ..webhook(&id, &receiver.url())
                })
                .await;
            let mut published = Vec::new();
            let mut running = Some(house.engine.start());
            for number in 0..40 {
                published.push(house.publish("a", &format!(r#"{{"n":{number}}}"#)).await);
                if number == 20 {
                    running.take().unwrap().shutdown(Duration::from_secs(10)).await;
                    running = Some(house.restarted().start());
                }
            }
            let (mut succeeded, mut now) = (Vec::new(), house.engine.now());
            let mut got = 0;
            while succeeded.len() < published.len() {
                while receiver.waiting() > 0 {
                    let request = receiver.next().await;
                    let answer = answers[got.min(answers.len() - 1)];
                    got += 1;
                    if matches!(answer, Answer::Status(200)) {
                        succeeded.push(request.header("webhook-id").unwrap().to_owned());
                    }
                }
                // Whatever it waits for (a retry, a probe), time passes.
                now += 10 * SECOND;
                house.turn_to(now, Signal::Deliveries(vec![id.clone()])).await;
                tokio::task::yield_now().await;
            }
            assert_eq!(succeeded, published, "seed {seed}");
            running.unwrap().shutdown(Duration::from_secs(10)).await;
            let off = id.clone();
            house
                .write(move |tx| webhooks::set_enabled(tx, &off, false, Some("done"), START))
                .await;
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_overtakes_a_failure_until_it_failed_for_good() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500), Answer::Status(500), Answer::Status(200)]).await;
        let policy = RetryPolicy {
            delays_ms: vec![10_000],
            ..patient().unwrap()
        };
        house
            .webhook(webhooks::Webhook {
                options: ordered(),
                retry_policy: Some(policy),
                ..webhook("w", &receiver.url())
            })
            .await;
        let running = house.engine.start();
        let first = house.publish("a", "{}").await;
        assert_eq!(receiver.next().await.header("webhook-id"), Some(first.as_str()));
        let settled = first.clone();
        house
            .until("the first failure", move |tx| {
                let found = deliveries::of_event(tx, &settled)?;
                Ok((found[0].attempts == 1).then_some(()))
            })
            .await;
        let second = house.publish("a", "{}").await;
        house.turn_to(START + 9 * SECOND, wake()).await;
        assert_eq!(pending(&house).await, 2);
        assert_eq!(receiver.waiting(), 0);
        house.turn_to(START + 10 * SECOND, wake()).await;
        assert_eq!(receiver.next().await.header("webhook-id"), Some(first.as_str()));
        assert_eq!(receiver.next().await.header("webhook-id"), Some(second.as_str()));
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_edit_switches_order_off_at_the_next_look() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500), Answer::Status(200)]).await;
        let hook = house
            .webhook(webhooks::Webhook {
                options: ordered(),
                retry_policy: patient(),
                ..webhook("w", &receiver.url())
            })
            .await;
        let running = house.engine.start();
        house.publish("a", "{}").await;
        receiver.next().await;
        let second = house.publish("a", "{}").await;
        let edited = webhooks::Webhook {
            options: WebhookOptions::default(),
            ..hook
        };
        house
            .write(move |tx| {
                webhooks::update(tx, &edited)?;
                tx.signal(wake());
                Ok(())
            })
            .await;
        assert_eq!(receiver.next().await.header("webhook-id"), Some(second.as_str()));
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_rate_lets_a_seconds_worth_go_and_then_waits_for_the_clock() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let options = WebhookOptions {
            per_second: Some(2),
            ..WebhookOptions::default()
        };
        house
            .webhook(webhooks::Webhook {
                options,
                ..webhook("w", &receiver.url())
            })
            .await;
        let running = house.engine.start();
        for _ in 0..5 {
            house.publish("a", "{}").await;
        }
        receiver.next().await;
        receiver.next().await;
        let left = |count| move |tx: &mut dyn store::Tx| Ok((deliveries::pending_count(tx, "w")? == count).then_some(()));
        house.until("two sent", left(3)).await;
        house.turn_to(START + SECOND / 2, wake()).await;
        receiver.next().await;
        house.until("three sent", left(2)).await;
        assert_eq!(receiver.waiting(), 0);
        house.turn_to(START + 2 * SECOND, wake()).await;
        receiver.next().await;
        receiver.next().await;
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

/// Names are found, but for the first time: then it panics.
struct Stumbling(std::sync::atomic::AtomicBool);

impl egress::Resolver for Stumbling {
    fn resolve<'a>(&'a self, _name: &'a str) -> futures::future::BoxFuture<'a, Result<Vec<std::net::IpAddr>, egress::ResolveError>> {
        assert!(self.0.swap(true, std::sync::atomic::Ordering::SeqCst), "the first time");
        Box::pin(async { Ok(vec![std::net::Ipv4Addr::LOCALHOST.into()]) })
    }
}

#[tokio::test]
async fn a_panic_while_sending_is_tried_again_and_keeps_the_order() {
    for kind in store::testing::kinds() {
        let client = egress::Client::new(egress::ClientConfig {
            resolver: std::sync::Arc::new(Stumbling(false.into())),
            ..egress::ClientConfig::default()
        });
        let scripts = std::sync::Arc::new(crate::support::NoScripts);
        let house = House::with_client(kind, crate::support::config(), scripts, client.unwrap()).await;
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let url = receiver.url().replace("127.0.0.1", "receiver.example");
        house
            .webhook(webhooks::Webhook {
                options: ordered(),
                retry_policy: patient(),
                ..webhook("w", &url)
            })
            .await;
        let published = [house.publish("a", "{}").await, house.publish("a", "{}").await];
        let running = house.engine.start();
        let log = house
            .until("the panic in the log", |tx| {
                let log = store::tables::attempts::of_webhook(tx, "w", &store::Page::first(10))?;
                Ok(log.items.into_iter().next())
            })
            .await;
        assert_eq!((log.verdict.as_str(), log.success), ("panicked", false));
        assert_eq!(house.webhook_now("w").await.failing_since, None, "the receiver is not to blame");
        assert_eq!(receiver.waiting(), 0, "nothing overtakes it");
        house.turn_to(START + 2 * SECOND, wake()).await;
        for id in published {
            assert_eq!(receiver.next().await.header("webhook-id"), Some(id.as_str()));
        }
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    }
}
