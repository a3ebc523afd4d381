//! Under load: nothing is lost, nothing is sent twice while the node lives, and the queue is empty in the end.

use std::{collections::HashSet, time::Duration};

use domain::delivery::DeliveryState;
use engine::publish::NewEvent;
use store::tables::{deliveries, page::Page};

use crate::support::{Answer, Receiver, WORKSPACE, on_each, webhook};

const PUBLISHERS: usize = 16;
const EACH: usize = 40;
const WEBHOOKS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_published_at_once_arrives_exactly_once_everywhere() {
    on_each(|house| async move {
        let mut receivers = Vec::new();
        for number in 0..WEBHOOKS {
            let receiver = Receiver::new(&[Answer::Status(200)]).await;
            house.webhook(webhook(&format!("w{number}"), &receiver.url())).await;
            receivers.push(receiver);
        }
        let running = house.engine.start();
        let publishers = (0..PUBLISHERS).map(|_| {
            let engine = house.engine.clone();
            tokio::spawn(async move {
                let mut ids = Vec::new();
                for _ in 0..EACH {
                    let event = NewEvent::internal(WORKSPACE, "a", "", engine.now(), "{}".to_owned());
                    ids.push(engine.publish(event).await.unwrap().event_id);
                }
                ids
            })
        });
        let published: HashSet<String> = futures::future::join_all(publishers)
            .await
            .into_iter()
            .flat_map(|ids| ids.unwrap())
            .collect();
        assert_eq!(published.len(), PUBLISHERS * EACH);
        for receiver in &mut receivers {
            let mut got = HashSet::new();
            while got.len() < published.len() {
                let id = receiver.next().await.header("webhook-id").unwrap().to_owned();
                assert!(got.insert(id), "sent twice");
            }
            assert_eq!(got, published);
        }
        house
            .until("an empty queue", |tx| {
                Ok(deliveries::pending_webhooks(tx)?.is_empty().then_some(()))
            })
            .await;
        assert!(receivers.iter().all(|receiver| receiver.waiting() == 0));
        let listed = house
            .read(|tx| deliveries::list_of_webhook(tx, "w0", None, &Page::first(1_000)))
            .await;
        assert!(
            listed
                .items
                .iter()
                .all(|delivery| (delivery.state, delivery.attempts) == (DeliveryState::Delivered, 1))
        );
        assert_eq!(house.engine.metrics().in_flight, 0);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
