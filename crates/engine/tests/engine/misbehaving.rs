//! Receivers that misbehave in every way we could think of, side by side: each attempt is recorded by its stable code,
//! little is read of each, and a healthy webhook beside them gets all of its deliveries while some of them still hang.

use std::{collections::HashMap, sync::Arc};

use domain::webhook::WebhookOptions;
use serde_json::Value;
use store::{
    tables::{
        attempts::{self, Attempt},
        deliveries, webhooks,
    },
    testing,
};

use crate::{
    case::Case,
    certificates::{authority, trusting},
    misbehaving_h2::over_http2,
    misbehaving_tls::badly_certified,
    misbehaviours::{breaking, large, slow},
    support::{Answer, House, NoScripts, Receiver, config, webhook},
};

/// What may be read of any of them: what is kept of a body, a head's limit, and a buffer or two.
const READ_AT_MOST: u64 = 256 * 1024;
/// What a receiver may get rid of: that, and the kernel's buffers on both sides.
const WRITTEN_AT_MOST: u64 = 32 * 1024 * 1024;

/// The webhook of a case, and its twin with all the time in the world.
async fn hook(house: &House, id: &str, url: &str, timeout_ms: u64) {
    let options = WebhookOptions {
        timeout_ms: Some(timeout_ms),
        ..WebhookOptions::default()
    };
    let hook = webhooks::Webhook {
        options,
        events: vec!["bad".to_owned()],
        ..webhook(id, url)
    };
    house.webhook(hook).await;
}

/// The only attempt of each webhook so far.
async fn logged(house: &House, event_id: &str, count: usize) -> HashMap<String, Attempt> {
    let event_id = event_id.to_owned();
    house
        .until("an attempt of every receiver", move |tx| {
            let mut found = HashMap::new();
            for delivery in deliveries::of_event(tx, &event_id)? {
                for attempt in attempts::of_delivery(tx, &delivery.id)? {
                    let before = found.insert(attempt.webhook_id.clone(), attempt);
                    assert!(before.is_none(), "one attempt each: the clock stands still");
                }
            }
            Ok(Some(found).filter(|found| found.len() == count))
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_recorded_by_its_code_and_holds_nobody_else() {
    let authority = authority();
    let cases: Vec<Case> = [slow(), breaking(), large(), badly_certified(&authority), over_http2(&authority)]
        .into_iter()
        .flatten()
        .collect();
    for kind in testing::kinds() {
        let house = House::with_client(kind, config(), Arc::new(NoScripts), trusting(&authority)).await;
        let mut receivers = Vec::new();
        let mut held = Vec::new();
        for case in &cases {
            let (receiver, url) = case.receiver().await;
            hook(&house, case.name, &url, if case.hangs { 2_000 } else { 60_000 }).await;
            receivers.push(receiver);
            if case.twin {
                let (receiver, url) = case.receiver().await;
                hook(&house, &format!("{}-held", case.name), &url, 120_000).await;
                held.push(receiver);
            }
        }
        let mut healthy = Receiver::new(&[Answer::Status(200)]).await;
        house.webhook(webhook("healthy", &healthy.url())).await;
        let running = house.engine.start();
        let event_id = house.publish("bad", r#"{"n":1}"#).await;
        for number in 0..50 {
            house.publish("good", &format!(r#"{{"n":{number}}}"#)).await;
        }
        for _ in 0..51 {
            healthy.next().await;
        }
        let attempts = logged(&house, &event_id, cases.len() + 1).await;
        for (case, receiver) in cases.iter().zip(&mut receivers) {
            let attempt = &attempts[case.name];
            assert_eq!(attempt.verdict, case.code, "{}: {:?}", case.name, attempt.message);
            assert_eq!(attempt.success, case.code == "ok", "{}", case.name);
            assert_eq!(attempt.message.is_none(), attempt.success, "{}: {:?}", case.name, attempt.message);
            (case.check)(attempt);
            let phases: Value = serde_json::from_str(&attempt.phases).unwrap();
            let read = phases["bytes_received"].as_u64().unwrap();
            assert!(read <= READ_AT_MOST, "{}: {read} bytes were read", case.name);
            if !case.kept {
                receiver.over(case.name).await;
            }
            assert!(
                receiver.written() <= WRITTEN_AT_MOST,
                "{}: {} bytes were written",
                case.name,
                receiver.written()
            );
            assert_eq!(receiver.came(), 1, "{}", case.name);
        }
        // These have their connection still: everything above came to pass beside them.
        assert!(!held.is_empty() && held.iter().all(|receiver| receiver.came() == 1));
        assert!(attempts.keys().all(|id| !id.ends_with("-held")), "{:?}", attempts.keys());
        running.shutdown(std::time::Duration::ZERO).await;
        house.close().await;
    }
}

#[test]
fn the_guide_lists_every_code() {
    let guide = include_str!("../../../../docs/webhooks.md");
    let ours = ["ok", "http_status", "not_sent", "not_rendered", "webhooks_off", "panicked"];
    let transports = egress::FailureCode::ALL.iter().map(|code| code.as_str());
    for code in transports.chain(ours) {
        assert!(
            guide.contains(&format!("| `{code}` |")),
            "docs/webhooks.md does not explain `{code}`"
        );
    }
}
