//! A deleted webhook: gone at once, its rows in steps, also when the node was away in between.

use std::time::Duration;

use store::tables::{deliveries, webhooks};

use crate::support::{Answer, Receiver, on_each, webhook};

#[tokio::test]
async fn a_deleted_webhook_is_swept_away_with_its_log_and_queue_also_after_a_restart() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200), Answer::Hang]).await;
        let hook = house.webhook(webhook("w", &receiver.url())).await;
        let running = house.engine.start();
        let sent = house.publish("a", "{}").await;
        receiver.next().await;
        let of = sent.clone();
        house
            .until("a success", move |tx| {
                Ok((deliveries::of_event(tx, &of)?[0].attempts == 1).then_some(()))
            })
            .await;
        running.shutdown(Duration::from_secs(10)).await;
        // Nobody sweeps now.
        house.publish("a", "{}").await;
        let now = house.engine.now();
        house.write(move |tx| engine::webhooks::delete(tx, &hook, now)).await;
        assert_eq!(house.read(|tx| webhooks::by_id(tx, "w")).await, None);
        assert_eq!(house.read(move |tx| deliveries::of_event(tx, &sent)).await.len(), 1);
        let later = house.publish("a", "{}").await;
        assert!(house.read(move |tx| deliveries::of_event(tx, &later)).await.is_empty());

        let running = house.restarted().start();
        tokio::time::timeout(Duration::from_secs(30), async {
            while house.read(webhooks::being_deleted).await.is_some() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("it is swept away");
        assert_eq!(house.read(deliveries::pending_webhooks).await, []);
        assert_eq!(receiver.waiting(), 0, "nothing of it went out");
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
