//! A deleted webhook: gone at once, its rows in steps, also when the node was away in between.

use std::time::Duration;

use domain::{clock::SECOND, delivery::DeliveryState};
use store::tables::{deliveries, webhooks};

use crate::support::{Answer, Receiver, START, on_each, webhook};

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

#[tokio::test]
async fn a_large_backlog_is_dropped_in_steps_and_never_goes_out_even_when_it_is_on_again() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let hook = house.webhook(webhook("w", &receiver.url())).await;
        let old = house.publish("a", "{}").await;
        let event_id = old.clone();
        let count = 1_500_usize;
        house
            .write(move |tx| {
                let first = deliveries::of_event(tx, &event_id)?.remove(0);
                let row = |number: usize| deliveries::Delivery {
                    id: format!("dlv_{number:05}"),
                    ..first.clone()
                };
                deliveries::insert_many(tx, &(1..count).map(row).collect::<Vec<_>>())
            })
            .await;
        let (off, now) = (hook.clone(), START + SECOND);
        let dropped = house.write(move |tx| engine::webhooks::disable(tx, &off, "by hand", now)).await;
        assert_eq!(dropped, Some(200), "one transaction drops only a few");
        assert_eq!(house.read(|tx| deliveries::pending_count(tx, "w")).await, (count - 200) as u64);
        // On again before anybody swept: nobody sends what waited.
        house.clock.turn_on(2 * SECOND);
        let now = house.engine.now();
        house.write(move |tx| engine::webhooks::enable(tx, &hook, now)).await;
        let new = house.publish("b", "{}").await;
        let running = house.restarted().start();
        let of = new.clone();
        house
            .until("the new event", move |tx| {
                let found = deliveries::of_event(tx, &of)?;
                Ok((found[0].state == DeliveryState::Delivered).then_some(()))
            })
            .await;
        house
            .until("an empty queue", |tx| {
                let empty = webhooks::dropping(tx)?.is_none() && deliveries::pending_count(tx, "w")? == 0;
                Ok(empty.then_some(()))
            })
            .await;
        let event_id = old.clone();
        let of_old = house.read(move |tx| deliveries::of_event(tx, &event_id)).await;
        assert_eq!(of_old.len(), count);
        let dropped =
            |row: &deliveries::Delivery| row.state == DeliveryState::Dropped && row.reason.as_deref() == Some("disabled: by hand");
        assert!(of_old.iter().all(dropped));
        running.shutdown(Duration::from_secs(10)).await;
        while receiver.waiting() > 0 {
            assert_ne!(receiver.next().await.header("webhook-id"), Some(old.as_str()));
        }
        house.close().await;
    })
    .await;
}
