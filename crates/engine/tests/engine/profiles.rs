//! Profiles on the wire: what is sent is what is signed and logged, on every attempt.

use domain::{
    delivery::DeliveryState,
    profile::Profile,
    sign,
    webhook::{Method, SignatureStyle, WebhookOptions},
};
use engine::{
    deliver::{self, Trial},
    sealed,
};
use store::tables::{attempts, deliveries, page::Page, webhooks};

use crate::support::{Answer, House, Receiver, WORKSPACE, on_each, webhook};

fn hook(house: &House, profile: Profile, url: &str, secret: &str, options: WebhookOptions) -> webhooks::Webhook {
    let vault = house.store.vault_handle();
    webhooks::Webhook {
        profile,
        options,
        secret_sealed: Some(vault.seal(sealed::webhook_secret("w"), secret.as_bytes()).unwrap()),
        ..webhook("w", url)
    }
}

#[tokio::test]
async fn testmonitor_names_the_subject_and_signs_the_raw_body() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let hook = hook(&house, Profile::Testmonitor, &receiver.url(), "abc", WebhookOptions::default());
        house.webhook(hook).await;
        let running = house.engine.start();
        house.publish("test-result-updated", r#"{"id": 7}"#).await;
        let got = receiver.next().await;
        assert_eq!(got.body, br#"{"event":"test-result-updated","test_result":{"id": 7}}"#);
        assert_eq!(got.header("signature"), Some(sign::testmonitor(b"abc", &got.body).as_str()));
        assert_eq!(got.header("content-type"), Some("application/json"));
        assert_eq!(got.header("webhook-signature"), None);
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_flow_task_sends_its_own_method_and_body_and_a_get_none() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let options = WebhookOptions {
            method: Some(Method::Put),
            body: Some(r#"{"job": $jobId, "flow": "$flowName", "gone": $error}"#.to_owned()),
            ..WebhookOptions::default()
        };
        let hook = hook(&house, Profile::FlowTask, &receiver.url(), "key", options.clone());
        house.webhook(hook).await;
        let running = house.engine.start();
        let id = house.publish("job.finished", r#"{"jobId": 7, "flowName": "a \"b\"\n"}"#).await;
        let got = receiver.next().await;
        assert_eq!(got.method, "PUT");
        assert_eq!(
            String::from_utf8_lossy(&got.body),
            r#"{"job": 7, "flow": "a \"b\"\n", "gone": null}"#
        );
        let t = house.engine.now() / 1_000;
        let content = [format!("{t}.").as_bytes(), &got.body].concat();
        let wanted = format!("t={t},v1={}", hex(&sign::hmac_sha256(b"key", &content)));
        assert_eq!(got.header("x-watchbell-signature"), Some(wanted.as_str()));
        assert_eq!(got.header("webhook-id"), Some(id.as_str()));

        house
            .write(|tx| {
                let mut hook = webhooks::by_id(tx, "w")?.expect("the webhook");
                hook.options = WebhookOptions {
                    method: Some(Method::Get),
                    body: None,
                    ..hook.options
                };
                webhooks::update(tx, &hook)
            })
            .await;
        house.publish("job.finished", "{}").await;
        let got = receiver.next().await;
        assert_eq!((got.method.as_str(), got.body.len(), got.header("content-type")), ("GET", 0, None));
        running.shutdown(std::time::Duration::from_secs(10)).await;
        // The log keeps what was sent, whatever the webhook's method is by now.
        let logged = house.write(|tx| attempts::of_webhook(tx, "w", &Page::first(10))).await;
        let mut methods: Vec<_> = logged.items.into_iter().map(|attempt| attempt.row.method).collect();
        methods.sort();
        assert_eq!(methods, ["GET", "PUT"]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn pagerdutys_routing_key_goes_out_and_into_no_log() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(202)]).await;
        let hook = hook(
            &house,
            Profile::Pagerduty,
            &receiver.url(),
            "0123456789abcdef",
            WebhookOptions::default(),
        );
        house.webhook(hook).await;
        let running = house.engine.start();
        let event_id = house.publish("issue-created", r#"{"title": "x"}"#).await;
        let got = receiver.next().await;
        assert!(String::from_utf8_lossy(&got.body).contains(r#""routing_key":"0123456789abcdef""#));
        let logged = house
            .until("a settled delivery", move |tx| {
                let found = deliveries::of_event(tx, &event_id)?
                    .into_iter()
                    .find(|d| d.state == DeliveryState::Delivered);
                found.map(|d| attempts::of_delivery(tx, &d.id)).transpose()
            })
            .await;
        let shown = String::from_utf8_lossy(&logged[0].request_body).into_owned();
        assert!(
            shown.contains(r#""routing_key":"•••""#) && !shown.contains("0123456789abcdef"),
            "{shown}"
        );
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_try_sends_once_and_leaves_nothing_behind() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500)]).await;
        let trial = Trial {
            profile: Profile::Custom,
            options: WebhookOptions {
                signature: Some(SignatureStyle::Github),
                ..WebhookOptions::default()
            },
            url: receiver.url(),
            headers: vec![("X-Key".to_owned(), "hush".to_owned())],
            secret: Some("s".to_owned()),
            certificate: None,
            event: domain::profile::sample::of_type("issue-created"),
        };
        let tried = deliver::try_once(&house.engine, WORKSPACE, trial).await.unwrap();
        let got = receiver.next().await;
        assert_eq!(
            (tried.success, tried.status, tried.verdict.as_str()),
            (false, Some(500), "http_status")
        );
        assert_eq!((tried.body.as_deref(), &tried.request.body), (Some(b"ok".as_slice()), &got.body));
        assert_eq!(got.header("x-key"), Some("hush"));
        assert!(!format!("{:?}", tried.request).contains("hush"));
        let wanted = format!("sha256={}", hex(&sign::hmac_sha256(b"s", &got.body)));
        assert_eq!(got.header("x-hub-signature-256"), Some(wanted.as_str()));
        assert_eq!(house.read(deliveries::oldest_pending).await, None);
        house.close().await;
    })
    .await;
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
