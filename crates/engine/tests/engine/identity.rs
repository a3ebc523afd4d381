//! A webhook's client certificate: shown to the receiver that asks for it, by that webhook alone.

use std::sync::Arc;

use domain::delivery::DeliveryState;
use engine::{certificate::Identity, sealed};
use store::{
    tables::{
        attempts::{self, Attempt},
        deliveries, webhooks,
    },
    testing,
};

use crate::{
    certificates::{Leaf, authority, leaf, server, trusting},
    raw::{Raw, behave},
    support::{House, NoScripts, config, webhook},
};

/// The text that is kept of a certificate.
fn kept(leaf: &Leaf) -> String {
    let identity = Identity {
        certificate: leaf.pem.clone(),
        key: leaf.key.serialize_pem(),
        passphrase: None,
    };
    serde_json::to_string(&identity).unwrap()
}

async fn hook(house: &House, id: &str, url: &str, kept: Option<String>) {
    let vault = house.store.vault_handle();
    let hook = webhooks::Webhook {
        events: vec![id.to_owned()],
        certificate_sealed: kept.map(|text| vault.seal(sealed::webhook_certificate(id), text.as_bytes()).unwrap()),
        ..webhook(id, url)
    };
    house.webhook(hook).await;
}

/// Publishes the event that this webhook alone hears of, and waits for its attempt.
async fn sent(house: &House, webhook_id: &str) -> (DeliveryState, Attempt) {
    let event_id = house.publish(webhook_id, "{}").await;
    house
        .until("an attempt", move |tx| {
            let Some(delivery) = deliveries::of_event(tx, &event_id)?.pop() else {
                return Ok(None);
            };
            let attempt = attempts::of_delivery(tx, &delivery.id)?.pop();
            Ok(attempt.map(|attempt| (delivery.state, attempt)))
        })
        .await
}

#[tokio::test]
async fn it_is_shown_by_its_webhook_and_by_no_other() {
    let authority = authority();
    let (ada, bob) = (leaf("ada", Some(&authority), |_| {}), leaf("bob", Some(&authority), |_| {}));
    let config_of_receiver = server(&leaf("localhost", Some(&authority), |_| {}), Some(&authority));
    for kind in testing::kinds() {
        // Tells whose certificate it was shown, and keeps the connection.
        let behaviour = behave(|mut line| async move {
            let shown = line.shown.take().unwrap_or_default();
            while !line.request().await.is_empty() {
                line.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", shown.len()))
                    .await;
                line.say(&shown).await;
            }
        });
        let receiver = Raw::over_tls(behaviour, Arc::clone(&config_of_receiver)).await;
        let house = House::with_client(kind, config(), Arc::new(NoScripts), trusting(&authority)).await;
        hook(&house, "ada", &receiver.url(), Some(kept(&ada))).await;
        hook(&house, "bob", &receiver.url(), Some(kept(&bob))).await;
        hook(&house, "nobody", &receiver.url(), None).await;
        hook(&house, "broken", &receiver.url(), Some("{}".to_owned())).await;
        let running = house.engine.start();
        // In turn and again: a kept connection of one must not carry another's call.
        for (id, leaf) in [("ada", &ada), ("bob", &bob), ("ada", &ada), ("bob", &bob)] {
            let (state, attempt) = sent(&house, id).await;
            assert_eq!(
                (state, attempt.verdict.as_str()),
                (DeliveryState::Delivered, "ok"),
                "{:?}",
                attempt.message
            );
            assert_eq!(attempt.response_body.as_deref(), Some(leaf.der.as_ref()), "{id}");
        }
        assert_eq!(receiver.came(), 2, "each keeps its connection");
        let (_, attempt) = sent(&house, "nobody").await;
        assert_eq!(attempt.verdict, "tls_handshake");
        assert!(
            attempt.message.as_ref().unwrap().contains("wants a client certificate"),
            "{:?}",
            attempt.message
        );
        let (state, attempt) = sent(&house, "broken").await;
        assert_eq!((state, attempt.verdict.as_str()), (DeliveryState::Pending, "not_sent"));
        assert!(
            attempt.message.as_ref().unwrap().contains("client certificate cannot be read"),
            "{:?}",
            attempt.message
        );
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    }
}
