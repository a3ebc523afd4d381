//! What a receiver's answer says beyond yes and no: come back later, go elsewhere.

use domain::{
    Micros,
    clock::{DAY, SECOND},
    delivery::DeliveryState,
};
use store::tables::{
    attempts::{self, Attempt},
    deliveries::{self, Delivery},
    webhooks,
};

use crate::{
    raw::{Raw, behave},
    support::{Answer, House, Receiver, START, on_each, webhook},
};

/// A receiver that answers everything with this head and no body.
async fn answering(head: &str) -> Raw {
    let answer = format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n");
    Raw::new(behave(move |mut line| {
        let answer = answer.clone();
        async move {
            while !line.request().await.is_empty() {
                line.say(&answer).await;
            }
        }
    }))
    .await
}

/// The delivery of an event to a webhook after its first attempt.
async fn attempted(house: &House, event_id: &str, webhook_id: &str) -> (Delivery, Attempt) {
    let (event_id, webhook_id) = (event_id.to_owned(), webhook_id.to_owned());
    house
        .until("an attempt", move |tx| {
            let found = deliveries::of_event(tx, &event_id)?;
            let Some(delivery) = found.into_iter().find(|delivery| delivery.webhook_id == webhook_id) else {
                return Ok(None);
            };
            let attempt = attempts::of_delivery(tx, &delivery.id)?.pop();
            Ok(attempt.map(|attempt| (delivery, attempt)))
        })
        .await
}

#[tokio::test]
async fn retry_after_is_heeded_in_seconds_and_as_a_date_up_to_a_day() {
    /// The pause without one: the policy's first, varied by a fifth.
    const OWN: (Micros, Micros) = (4 * SECOND, 6 * SECOND);
    on_each(|house| async move {
        // The clock stands at Fri, 15 Jan 2027 08:00:00 GMT.
        let table: Vec<(&str, (Micros, Micros))> = vec![
            ("503 Later\r\nRetry-After: 120", (120 * SECOND, 120 * SECOND)),
            ("429 Less\r\nRetry-After: 120", (120 * SECOND, 120 * SECOND)),
            (
                "503 Later\r\nRetry-After: Fri, 15 Jan 2027 08:05:00 GMT",
                (300 * SECOND, 300 * SECOND),
            ),
            ("503 Later\r\nRetry-After: Fri, 15 Jan 2027 07:00:00 GMT", OWN),
            ("503 Later\r\nRetry-After: 9999999", (DAY, DAY)),
            ("503 Later\r\nRetry-After: Fri, 15 Jan 2038 08:05:00 GMT", (DAY, DAY)),
            ("503 Later\r\nRetry-After: soon", OWN),
            ("500 Oh\r\nRetry-After: 120", OWN),
        ];
        let mut receivers = Vec::new();
        for (at, (head, _)) in table.iter().enumerate() {
            let receiver = answering(head).await;
            house.webhook(webhook(&format!("w{at}"), &receiver.url())).await;
            receivers.push(receiver);
        }
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        for (at, (head, (least, most))) in table.iter().enumerate() {
            let (delivery, attempt) = attempted(&house, &event_id, &format!("w{at}")).await;
            assert_eq!(
                (delivery.state, attempt.verdict.as_str()),
                (DeliveryState::Pending, "http_status"),
                "{head}"
            );
            let pause = delivery.due_at - START;
            assert!((*least..=*most).contains(&pause), "{head}: {pause} µs");
        }
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn redirects_are_failures_that_say_so_and_are_never_followed() {
    on_each(|house| async move {
        let elsewhere = Receiver::new(&[Answer::Status(200)]).await;
        let statuses = [301, 302, 303, 307, 308];
        let mut receivers = Vec::new();
        for status in statuses {
            let receiver = answering(&format!("{status} Elsewhere\r\nLocation: {}", elsewhere.url())).await;
            house.webhook(webhook(&format!("w{status}"), &receiver.url())).await;
            receivers.push(receiver);
        }
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        for status in statuses {
            let (delivery, attempt) = attempted(&house, &event_id, &format!("w{status}")).await;
            assert_eq!((attempt.status_code, attempt.verdict.as_str()), (Some(status), "http_status"));
            let message = attempt.message.unwrap();
            assert!(
                message.contains(&status.to_string()) && message.contains("redirects are never followed"),
                "{message}"
            );
            assert_eq!(delivery.state, DeliveryState::Pending, "a mended receiver gets it");
        }
        running.shutdown(std::time::Duration::from_secs(10)).await;
        assert_eq!(elsewhere.waiting(), 0);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn credentials_in_a_stored_url_go_into_a_header_and_into_no_log() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let url = format!("http://ann:s3same%21@{}/hook", receiver.addr);
        house.webhook(webhooks::Webhook { ..webhook("w", &url) }).await;
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        let got = receiver.next().await;
        // `ann:s3same!`
        assert_eq!(got.header("authorization"), Some("Basic YW5uOnMzc2FtZSE="));
        let (_, attempt) = attempted(&house, &event_id, "w").await;
        let logged = format!("{attempt:?}");
        assert!(!logged.contains("s3same") && !logged.contains("YW5uOnMzc2FtZSE"), "{logged}");
        assert_eq!(attempt.request_url, receiver.url());
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
