//! What Watchbell tells of its own deliveries, and that this feeds nothing.

use std::time::Duration;

use domain::{
    clock::{HOUR, MINUTE, SECOND},
    delivery::DeliveryState,
    event::{DELIVERY_FAILED, WEBHOOK_RECOVERED},
    retry::{RetryPolicy, UsedUp},
};
use serde_json::Value;
use store::{
    Signal,
    tables::{
        deliveries, events,
        notices::{self, Notice},
        page::Page,
        webhooks::Webhook,
    },
};

use crate::support::{Answer, House, Receiver, START, WORKSPACE, on_each, webhook};

fn policy(delays_ms: Vec<u64>) -> Option<RetryPolicy> {
    Some(RetryPolicy {
        delays_ms,
        jitter_percent: 0,
        used_up: UsedUp::Keep,
        disable_after_ms: None,
    })
}

/// Fails for good at the first attempt.
fn brittle(id: &str, url: &str) -> Webhook {
    Webhook {
        retry_policy: policy(Vec::new()),
        ..webhook(id, url)
    }
}

async fn of_type(house: &House, event_type: &'static str) -> Vec<domain::event::Event> {
    house
        .read(move |tx| {
            let page = Page { before: None, limit: 100 };
            Ok(events::list(tx, WORKSPACE, Some(event_type), &page)?.items)
        })
        .await
}

async fn notice(house: &House, kind: &'static str, count: u64) -> Notice {
    house
        .until("the notice", move |tx| {
            let all = notices::list(tx, WORKSPACE, 10)?;
            Ok(all.into_iter().find(|notice| notice.kind == kind && notice.count == count))
        })
        .await
}

#[tokio::test]
async fn a_final_failure_is_told_to_the_others_and_one_notice_an_hour_counts_them() {
    on_each(|house| async move {
        let broken = Receiver::new(&[Answer::Status(500)]).await;
        let mut hearer = Receiver::new(&[Answer::Status(200)]).await;
        house.webhook(brittle("broken", &broken.url())).await;
        let told = Webhook {
            events: vec!["delivery.*".to_owned(), "webhook.*".to_owned()],
            ..webhook("hearer", &hearer.url())
        };
        house.webhook(told).await;
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        let body: Value = serde_json::from_slice(&hearer.next().await.body).unwrap();
        assert_eq!(body["type"], DELIVERY_FAILED);
        for (key, value) in [
            ("webhook_id", "broken"),
            ("event_id", &event_id),
            ("event_type", "a"),
            ("verdict", "http_status"),
            ("kind", "event"),
        ] {
            assert_eq!(body["data"][key], value, "{body}");
        }
        assert_eq!((&body["data"]["attempts"], &body["data"]["status_code"]), (&1.into(), &500.into()));
        let first = notice(&house, "delivery_failed", 1).await;
        assert_eq!((first.link.as_str(), first.read_at), ("/webhooks/broken", None));

        // It is not told of itself, and the log says so.
        let failed = of_type(&house, DELIVERY_FAILED).await.remove(0);
        let made = house.read(move |tx| deliveries::of_event(tx, &failed.id)).await;
        let own = made.iter().find(|delivery| delivery.webhook_id == "broken").unwrap();
        assert_eq!(own.state, DeliveryState::Dropped);
        assert!(own.reason.as_deref().unwrap().starts_with("itself:"), "{own:?}");

        house.publish("b", "{}").await;
        let second = notice(&house, "delivery_failed", 2).await;
        assert!(second.id == first.id && second.text.contains("2 deliveries"), "{second:?}");
        house
            .turn_to(START + HOUR + SECOND, Signal::Deliveries(vec!["broken".to_owned()]))
            .await;
        house.publish("c", "{}").await;
        hearer.next().await;
        hearer.next().await;
        assert_eq!(house.read(|tx| notices::list(tx, WORKSPACE, 10)).await.len(), 2);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn two_webhooks_that_fail_do_not_keep_each_other_busy() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(500)]).await;
        for id in ["one", "two"] {
            house.webhook(brittle(id, &receiver.url())).await;
        }
        let running = house.engine.start();
        house.publish("a", "{}").await;
        // Each fails at `a`, and is told that the other one did, which fails too.
        for id in ["one", "two"] {
            house
                .until("the end", move |tx| {
                    let notices = notices::list(tx, WORKSPACE, 10)?;
                    let link = format!("/webhooks/{id}");
                    Ok(notices.into_iter().find(|notice| notice.link == link && notice.count == 2))
                })
                .await;
        }
        assert_eq!(of_type(&house, DELIVERY_FAILED).await.len(), 2);
        assert!(house.read(|tx| deliveries::oldest_pending(tx)).await.is_none());
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_recovery_is_told_after_a_minute_of_failing_and_a_blip_is_not() {
    on_each(|house| async move {
        let answers = [500, 200, 500, 500, 200].map(Answer::Status);
        let mut shaky = Receiver::new(&answers).await;
        let mut hearer = Receiver::new(&[Answer::Status(200)]).await;
        let hook = Webhook {
            retry_policy: policy(vec![10_000, 2 * 60_000]),
            ..webhook("shaky", &shaky.url())
        };
        house.webhook(hook).await;
        let told = Webhook {
            events: vec!["webhook.*".to_owned()],
            ..webhook("hearer", &hearer.url())
        };
        house.webhook(told).await;
        let running = house.engine.start();
        let ended = |attempts: u64, state| {
            let house = &house;
            async move {
                house
                    .until("the attempt", move |tx| {
                        let mut all = Vec::new();
                        for event in events::list(tx, WORKSPACE, None, &Page { before: None, limit: 9 })?.items {
                            all.extend(deliveries::of_event(tx, &event.id)?);
                        }
                        let shaky = all.into_iter().filter(|delivery| delivery.webhook_id == "shaky");
                        Ok(shaky
                            .max_by(|a, b| a.id.cmp(&b.id))
                            .filter(|d| (d.attempts, d.state) == (attempts, state)))
                    })
                    .await
            }
        };
        let wake = || Signal::Deliveries(vec!["shaky".to_owned()]);
        house.publish("a", "{}").await;
        ended(1, DeliveryState::Pending).await;
        house.turn_to(START + 10 * SECOND, wake()).await;
        ended(2, DeliveryState::Delivered).await;
        assert!(of_type(&house, WEBHOOK_RECOVERED).await.is_empty(), "ten seconds are a blip");

        house.publish("b", "{}").await;
        ended(1, DeliveryState::Pending).await;
        house.turn_to(START + 20 * SECOND, wake()).await;
        ended(2, DeliveryState::Pending).await;
        house.turn_to(START + 3 * MINUTE, wake()).await;
        let body: Value = serde_json::from_slice(&hearer.next().await.body).unwrap();
        assert_eq!(
            (&body["type"], &body["data"]["webhook_id"]),
            (&WEBHOOK_RECOVERED.into(), &"shaky".into())
        );
        assert_eq!(body["data"]["failed_attempts"], 2, "{body}");
        assert_eq!(body["data"]["failing_since"], domain::clock::rfc3339(START + 10 * SECOND), "{body}");
        let told = notice(&house, "webhook_recovered", 1).await;
        assert_eq!(told.link, "/webhooks/shaky");
        for _ in 0..5 {
            shaky.next().await;
        }
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
