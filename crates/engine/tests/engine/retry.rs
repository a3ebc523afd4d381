//! Retries: by the stored due time, over a restart, and with what the webhook is at that time.

use std::time::Duration;

use domain::{
    clock::SECOND,
    delivery::DeliveryState,
    retry::{RetryPolicy, UsedUp},
};
use store::{
    Signal,
    tables::{deliveries, webhooks},
};

use crate::support::{Answer, House, Receiver, START, on_each, webhook};

fn policy() -> Option<RetryPolicy> {
    Some(RetryPolicy {
        delays_ms: vec![10_000, 10_000],
        jitter_percent: 0,
        used_up: UsedUp::Disable,
        disable_after_ms: None,
    })
}

fn wake() -> Signal {
    Signal::Deliveries(vec!["w".to_owned()])
}

async fn attempts_of(house: &House, event_id: &str, attempts: u64) -> deliveries::Delivery {
    let id = event_id.to_owned();
    house
        .until("an attempt", move |tx| {
            Ok(deliveries::of_event(tx, &id)?
                .into_iter()
                .find(|delivery| delivery.attempts == attempts))
        })
        .await
}

#[tokio::test]
async fn a_failure_is_tried_again_at_its_stored_time_and_not_before_also_after_a_restart() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500), Answer::Status(200)]).await;
        house
            .webhook(webhooks::Webhook {
                retry_policy: policy(),
                ..webhook("w", &receiver.url())
            })
            .await;
        let running = house.engine.start();
        let event_id = house.publish("a", r#"{"n":1}"#).await;
        let first = receiver.next().await;
        let delivery = attempts_of(&house, &event_id, 1).await;
        assert_eq!((delivery.state, delivery.due_at), (DeliveryState::Pending, START + 10 * SECOND));
        running.shutdown(Duration::from_secs(10)).await;

        let engine = house.restarted();
        let running = engine.start();
        house.turn_to(START + 9 * SECOND, wake()).await;
        // What is published now goes out now: had the retry been due, it would have gone first.
        let later = house.publish("b", "{}").await;
        assert_eq!(receiver.next().await.header("webhook-id"), Some(later.as_str()));

        house.turn_to(START + 10 * SECOND, wake()).await;
        let again = receiver.next().await;
        assert_eq!((again.header("webhook-id"), &again.body), (Some(event_id.as_str()), &first.body));
        assert_ne!(again.header("webhook-timestamp"), first.header("webhook-timestamp"));
        let delivery = attempts_of(&house, &event_id, 2).await;
        assert_eq!(delivery.state, DeliveryState::Delivered);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn used_up_retries_switch_the_webhook_off() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500)]).await;
        house
            .webhook(webhooks::Webhook {
                retry_policy: policy(),
                ..webhook("w", &receiver.url())
            })
            .await;
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        for attempt in 1..=3 {
            receiver.next().await;
            attempts_of(&house, &event_id, attempt).await;
            let passed = i64::try_from(attempt).unwrap() * 10;
            house.turn_to(START + passed * SECOND, wake()).await;
        }
        let hook = house.webhook_now("w").await;
        assert!(!hook.enabled);
        assert_eq!(hook.failed_attempts, 3);
        assert_eq!(attempts_of(&house, &event_id, 3).await.state, DeliveryState::Failed);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_edit_between_two_attempts_reaches_the_next_one() {
    on_each(|house| async move {
        let mut old = Receiver::new(&[Answer::Status(500)]).await;
        let mut new = Receiver::new(&[Answer::Status(200)]).await;
        let hook = house
            .webhook(webhooks::Webhook {
                retry_policy: policy(),
                ..webhook("w", &old.url())
            })
            .await;
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        old.next().await;
        attempts_of(&house, &event_id, 1).await;
        let moved = webhooks::Webhook { url: new.url(), ..hook };
        house.write(move |tx| webhooks::update(tx, &moved)).await;
        house.turn_to(START + 10 * SECOND, wake()).await;
        assert_eq!(new.next().await.header("webhook-id"), Some(event_id.as_str()));
        running.shutdown(Duration::from_secs(10)).await;
        assert_eq!(old.waiting(), 0);
        house.close().await;
    })
    .await;
}
