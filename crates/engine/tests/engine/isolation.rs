//! Isolation: a receiver that hangs holds one connection and nobody else's turn; one that fails is probed, not stormed.

use std::time::Duration;

use domain::{clock::SECOND, webhook::WebhookOptions};
use store::{Signal, tables::webhooks};

use crate::support::{Answer, Receiver, START, on_each, webhook};

#[tokio::test]
async fn hanging_receivers_do_not_hold_a_healthy_one() {
    on_each(|house| async move {
        let mut hanging = Vec::new();
        let options = WebhookOptions {
            timeout_ms: Some(120_000),
            ..WebhookOptions::default()
        };
        for number in 0..9 {
            let receiver = Receiver::new(&[Answer::Hang]).await;
            let hook = webhook(&format!("hangs{number}"), &receiver.url());
            house
                .webhook(webhooks::Webhook {
                    options: options.clone(),
                    ..hook
                })
                .await;
            hanging.push(receiver);
        }
        let mut healthy = Receiver::new(&[Answer::Status(200)]).await;
        house.webhook(webhook("healthy", &healthy.url())).await;
        let running = house.engine.start();
        for number in 0..200 {
            house.publish("a", &format!(r#"{{"n":{number}}}"#)).await;
        }
        for _ in 0..200 {
            healthy.next().await;
        }
        assert!(hanging.iter().all(|receiver| receiver.waiting() <= 1), "one request each");
        running.shutdown(Duration::ZERO).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_failing_receiver_is_probed_and_a_success_opens_the_floodgate() {
    on_each(|house| async move {
        let answers: Vec<Answer> = [Answer::Status(503); 5].into_iter().chain([Answer::Status(200)]).collect();
        let mut receiver = Receiver::new(&answers).await;
        house.webhook(webhook("w", &receiver.url())).await;
        for number in 0..30 {
            house.publish("a", &format!(r#"{{"n":{number}}}"#)).await;
        }
        let running = house.engine.start();
        for _ in 0..5 {
            receiver.next().await;
        }
        house
            .until("five failures", |tx| {
                Ok(webhooks::by_id(tx, "w")?.filter(|hook| hook.failed_attempts == 5))
            })
            .await;
        // Nothing but a probe, and only when its time has come.
        assert_eq!(house.engine.metrics().open_lanes, 1);
        assert_eq!(receiver.waiting(), 0);
        house.turn_to(START + 4 * SECOND, Signal::Deliveries(vec!["w".to_owned()])).await;
        for _ in 0..25 {
            receiver.next().await;
        }
        house
            .until("a success", |tx| {
                Ok(webhooks::by_id(tx, "w")?.filter(|hook| hook.failed_attempts == 0))
            })
            .await;
        assert_eq!(house.engine.metrics().open_lanes, 0);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
