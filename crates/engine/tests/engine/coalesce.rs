//! Coalescing: of a burst only the newest goes out, and the last event always does.

use std::time::Duration;

use domain::{clock::MILLISECOND, delivery::DeliveryState, webhook::WebhookOptions};
use engine::publish::NewEvent;
use store::{
    Signal,
    tables::{deliveries, webhooks},
};

use crate::support::{Answer, House, Receiver, START, WORKSPACE, on_each, webhook};

const WAIT: u64 = 1_000;
const DUE: i64 = START + 1_000 * MILLISECOND;

fn coalescing(id: &str, url: &str) -> webhooks::Webhook {
    webhooks::Webhook {
        options: WebhookOptions {
            coalesce_ms: Some(WAIT),
            ..WebhookOptions::default()
        },
        ..webhook(id, url)
    }
}

fn event(house: &House, subject: &str, n: usize) -> NewEvent {
    NewEvent::internal(WORKSPACE, "stock-changed", subject, house.engine.now(), format!(r#"{{"n": {n}}}"#))
}

/// What waits: the data's `n` of each pending delivery with its due time, by due time.
async fn waiting(house: &House) -> Vec<(i64, i64)> {
    house
        .read(|tx| {
            let due = deliveries::due_of_webhook(tx, "w", i64::MAX, 1_000, None)?;
            let n = |data: &str| serde_json::from_str::<serde_json::Value>(data).unwrap()["n"].as_i64().unwrap();
            Ok(due.into_iter().map(|(delivery, event)| (n(&event.data), delivery.due_at)).collect())
        })
        .await
}

fn n_of(body: &[u8]) -> i64 {
    serde_json::from_slice::<serde_json::Value>(body).unwrap()["data"]["n"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn a_burst_arrives_once_with_the_newest_data_and_each_subject_on_its_own() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(204)]).await;
        house.webhook(coalescing("w", &receiver.url())).await;
        let running = house.engine.start();
        let mut first = String::new();
        for n in 0..50 {
            let answer = house.engine.publish(event(&house, "a", n)).await.unwrap();
            assert_eq!(answer.deliveries, 1);
            if n == 0 {
                first = answer.event_id;
            }
        }
        house.engine.publish(event(&house, "b", 100)).await.unwrap();
        assert_eq!(waiting(&house).await, [(49, DUE), (100, DUE)]);
        let of_first = house.read(move |tx| deliveries::of_event(tx, &first)).await;
        assert_eq!(of_first[0].state, DeliveryState::Dropped);
        assert!(
            of_first[0].reason.as_deref().unwrap().starts_with("coalesced: evt_"),
            "{of_first:?}"
        );
        house.turn_to(DUE, Signal::Deliveries(vec!["w".to_owned()])).await;
        let mut got = [n_of(&receiver.next().await.body), n_of(&receiver.next().await.body)];
        got.sort_unstable();
        assert_eq!(got, [49, 100]);
        house
            .until("nothing that waits", |tx| {
                Ok((deliveries::pending_count(tx, "w")? == 0).then_some(()))
            })
            .await;
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_coalesced_within_itself_and_with_what_waits() {
    on_each(|house| async move {
        house.webhook(coalescing("w", "https://example.org")).await;
        house.engine.publish(event(&house, "a", 0)).await.unwrap();
        house.turn_to(START + 400 * MILLISECOND, Signal::Deliveries(Vec::new())).await;
        let batch: Vec<NewEvent> = [("a", 1), ("b", 2), ("a", 3), ("a", 4), ("b", 5)]
            .map(|(s, n)| event(&house, s, n))
            .into();
        let answers = house.engine.publish_each(batch).await.unwrap();
        let due: Vec<usize> = answers.into_iter().map(|one| one.unwrap().deliveries).collect();
        assert_eq!(due, [0, 0, 0, 1, 1]);
        // The newest of `a` stands where the first one stood.
        assert_eq!(waiting(&house).await, [(4, DUE), (5, DUE + 400 * MILLISECOND)]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_steady_stream_is_sent_at_its_pace_and_what_was_attempted_stays() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(204)]).await;
        house.webhook(coalescing("w", &receiver.url())).await;
        let running = house.engine.start();
        let mut arrived = Vec::new();
        for n in 0..30_i64 {
            // Every 100 ms an event, for three seconds; whatever is due has arrived before the next.
            let now = START + n * 100 * MILLISECOND;
            house.turn_to(now, Signal::Deliveries(vec!["w".to_owned()])).await;
            if waiting(&house).await.iter().any(|(_, due_at)| *due_at <= now) {
                arrived.push(n_of(&receiver.next().await.body));
                house
                    .until("a settled delivery", |tx| {
                        Ok((deliveries::pending_count(tx, "w")? == 0).then_some(()))
                    })
                    .await;
            }
            house.engine.publish(event(&house, "a", usize::try_from(n).unwrap())).await.unwrap();
        }
        assert_eq!(arrived, [9, 19], "the newest of each second");
        assert_eq!(waiting(&house).await.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [29]);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_survives_a_restart_and_is_sent_when_it_is_due() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(204)]).await;
        house.webhook(coalescing("w", &receiver.url())).await;
        for n in 0..3 {
            house.engine.publish(event(&house, "a", n)).await.unwrap();
        }
        let again = house.restarted();
        let running = again.start();
        let newer = NewEvent::internal(WORKSPACE, "stock-changed", "a", START, r#"{"n": 7}"#.to_owned());
        again.publish(newer).await.unwrap();
        assert_eq!(waiting(&house).await, [(7, DUE)]);
        house.turn_to(DUE, Signal::Deliveries(vec!["w".to_owned()])).await;
        assert_eq!(n_of(&receiver.next().await.body), 7);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn publishers_at_the_same_time_leave_one_that_waits() {
    on_each(|house| async move {
        house.webhook(coalescing("w", "https://example.org")).await;
        let publishers = (0..20).map(|n| house.engine.publish(event(&house, "a", n)));
        for answer in futures::future::join_all(publishers).await {
            answer.unwrap();
        }
        assert_eq!(waiting(&house).await.len(), 1);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_delivery_that_was_attempted_is_not_replaced() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500)]).await;
        house.webhook(coalescing("w", &receiver.url())).await;
        let running = house.engine.start();
        house.engine.publish(event(&house, "a", 0)).await.unwrap();
        house.turn_to(DUE, Signal::Deliveries(vec!["w".to_owned()])).await;
        receiver.next().await;
        house
            .until("a failed attempt", |tx| {
                let due = deliveries::due_of_webhook(tx, "w", i64::MAX, 10, None)?;
                Ok((due.len() == 1 && due[0].0.attempts == 1).then_some(()))
            })
            .await;
        house.engine.publish(event(&house, "a", 1)).await.unwrap();
        let mut both: Vec<i64> = waiting(&house).await.into_iter().map(|(n, _)| n).collect();
        both.sort_unstable();
        assert_eq!(both, [0, 1]);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
