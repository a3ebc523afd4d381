//! Publish → deliver → log: what goes out, what is written down, and what switches a webhook off.

use domain::{delivery::DeliveryState, secret::parse_standard, sign};
use engine::sealed;
use store::tables::{attempts, deliveries, events, notices, webhooks};

use crate::support::{Answer, House, Receiver, SECRET, START, WORKSPACE, config, on_each, source, webhook};

#[tokio::test]
async fn an_event_arrives_signed_and_is_logged_as_it_was_sent() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(204)]).await;
        let vault = house.store.vault_handle();
        let headers = r#"[["Authorization","Bearer hush"],["X-Team","red"]]"#;
        let hook = webhooks::Webhook {
            secret_sealed: Some(vault.seal(sealed::webhook_secret("w"), SECRET.as_bytes()).unwrap()),
            headers_sealed: Some(vault.seal(sealed::webhook_headers("w"), headers.as_bytes()).unwrap()),
            ..webhook("w", &receiver.url())
        };
        house.webhook(hook).await;
        let running = house.engine.start();
        let event_id = house.publish("issue-created", r#"{"title":"a ü"}"#).await;

        let got = receiver.next().await;
        assert_eq!(got.path, "/hook");
        assert_eq!(got.header("webhook-id"), Some(event_id.as_str()));
        assert_eq!(got.header("watchbell-hops"), Some("1"));
        assert_eq!(got.header("authorization"), Some("Bearer hush"));
        assert_eq!(got.header("x-team"), Some("red"));
        let key = parse_standard("secret", SECRET).unwrap();
        let expected = sign::standard(&[key], &event_id, START, &got.body).unwrap();
        assert_eq!(got.header("webhook-signature"), Some(expected.as_str()));

        let (delivery, logged) = house
            .until("a settled delivery", move |tx| {
                let found = deliveries::of_event(tx, &event_id)?
                    .into_iter()
                    .find(|d| d.state == DeliveryState::Delivered);
                found.map(|d| Ok((d.clone(), attempts::of_delivery(tx, &d.id)?))).transpose()
            })
            .await;
        assert_eq!((delivery.attempts, logged.len()), (1, 1));
        let attempt = &logged[0];
        assert_eq!(
            (attempt.status_code, attempt.verdict.as_str(), attempt.number),
            (Some(204), "ok", 1)
        );
        assert_eq!(attempt.request_body, got.body);
        let shown = |name: &str| attempt.request_headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        assert_eq!(shown("webhook-signature"), Some(expected.as_str()));
        assert_eq!(shown("Authorization"), Some("•••"));
        assert_eq!(shown("X-Team"), Some("•••"), "who knows what it is");
        let cookie = attempt.response_headers.iter().flatten().find(|(name, _)| name == "set-cookie");
        assert_eq!(cookie.map(|(_, value)| value.as_str()), Some("•••"));
        assert_eq!(house.webhook_now("w").await.last_success_at, Some(START));
        running.shutdown(std::time::Duration::from_secs(10)).await;
        assert_eq!(house.engine.metrics().attempts.get("ok"), Some(&1));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn gone_switches_the_webhook_off_and_drops_what_waits() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(410)]).await;
        house.webhook(webhook("w", &receiver.url())).await;
        house.publish("a", "{}").await;
        house.publish("b", "{}").await;
        let running = house.engine.start();
        receiver.next().await;
        let hook = house
            .until("a webhook that is off", |tx| {
                Ok(webhooks::by_id(tx, "w")?.filter(|hook| !hook.enabled))
            })
            .await;
        assert_eq!(hook.disabled_reason.as_deref(), Some("the receiver answered 410 Gone"));
        let (states, notices, told) = house
            .read(|tx| {
                let page = store::tables::page::Page::first(10);
                let listed = deliveries::list_of_webhook(tx, "w", None, &page)?;
                let states: Vec<_> = listed.items.into_iter().map(|d| (d.event_type, d.state)).collect();
                let told = events::list(tx, WORKSPACE, Some("webhook.disabled"), &page)?.items.len();
                Ok((states, notices::list(tx, WORKSPACE, 10)?, told))
            })
            .await;
        // The second may have been on its way already.
        assert!(states.iter().any(|(_, state)| *state == DeliveryState::Failed));
        assert!(
            states
                .iter()
                .all(|(_, state)| matches!(state, DeliveryState::Failed | DeliveryState::Dropped)),
            "{states:?}"
        );
        assert_eq!((notices.len(), told), (1, 1));
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_test_goes_out_before_the_backlog_even_to_a_webhook_that_is_off_and_counts_for_nothing() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500)]).await;
        let hook = house
            .webhook(webhooks::Webhook {
                enabled: false,
                ..webhook("w", &receiver.url())
            })
            .await;
        let running = house.engine.start();
        let delivery = house.write(move |tx| engine::deliver::test(tx, &hook, "Ada", START)).await;
        let got = receiver.next().await;
        let body: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
        assert_eq!(
            (body["type"].as_str(), body["data"]["requested_by"].as_str()),
            (Some("test-event"), Some("Ada"))
        );
        let settled = house
            .until("the test's end", move |tx| {
                let found = deliveries::get(tx, WORKSPACE, &delivery.id)?;
                Ok(found.filter(|delivery| delivery.state != DeliveryState::Pending))
            })
            .await;
        assert_eq!((settled.state, settled.attempts), (DeliveryState::Failed, 1));
        let hook = house.webhook_now("w").await;
        assert_eq!((hook.failing_since, hook.failed_attempts), (None, 0));
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_points_to_an_own_source_without_its_token_in_the_log() {
    for kind in store::testing::kinds() {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let mut config = config();
        // Nothing is allowed but what the one click allows.
        config.egress = engine::EgressSettings::default();
        config.self_addr = Some(receiver.addr);
        config.self_url = format!("http://{}", receiver.addr);
        let house = House::new(kind, config, std::sync::Arc::new(crate::support::NoScripts)).await;
        let token = "src_0123456789abcdef";
        let own = source(&house, "src_1", domain::source::Provider::Watchbell, token);
        house.write(move |tx| store::tables::sources::insert(tx, &own)).await;
        house
            .webhook(webhooks::Webhook {
                source_id: Some("src_1".to_owned()),
                // Not that the other one failed.
                events: vec!["a".to_owned()],
                ..webhook("w", "")
            })
            .await;
        house.webhook(webhook("other", &receiver.url())).await;
        let running = house.engine.start();
        let event_id = house.publish("a", "{}").await;
        assert_eq!(receiver.next().await.path, format!("/in/{token}"));
        let logged = house
            .until("two settled deliveries", move |tx| {
                let mut logged = Vec::new();
                for delivery in deliveries::of_event(tx, &event_id)? {
                    logged.extend(attempts::of_delivery(tx, &delivery.id)?);
                }
                Ok(Some(logged).filter(|logged| logged.len() == 2))
            })
            .await;
        let own = logged.iter().find(|attempt| attempt.webhook_id == "w").unwrap();
        assert!(own.success && !own.request_url.contains(token), "{}", own.request_url);
        // The same address, entered as a URL, is refused and not tried again.
        let other = logged.iter().find(|attempt| attempt.webhook_id == "other").unwrap();
        assert_eq!(other.verdict, "guard_refused");
        assert_eq!(receiver.waiting(), 0);
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    }
}

#[tokio::test]
async fn a_resend_carries_the_same_id_and_body() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let running = house.engine.start();
        let event_id = house.publish("a", r#"{"by":1}"#).await;
        let first = receiver.next().await;
        let id = event_id.clone();
        let delivery = house
            .until("a delivery", move |tx| Ok(deliveries::of_event(tx, &id)?.into_iter().next()))
            .await;
        house.write(move |tx| engine::deliver::resend(tx, &delivery, START)).await;
        let again = receiver.next().await;
        assert_eq!((again.header("webhook-id"), &again.body), (first.header("webhook-id"), &first.body));
        running.shutdown(std::time::Duration::from_secs(10)).await;
        let all = house.read(move |tx| deliveries::of_event(tx, &event_id)).await;
        assert!(all.len() == 2 && all.iter().all(|d| d.state == DeliveryState::Delivered), "{all:?}");
        house.close().await;
    })
    .await;
}
