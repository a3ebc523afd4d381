//! A workspace's settings on the way out: what was saved holds for the next attempt, without a restart.

use domain::{delivery::DeliveryState, profile::Profile, settings::WebhookSettings};
use store::tables::{attempts, deliveries, settings};

use crate::support::{Answer, House, Receiver, WORKSPACE, on_each, webhook};

async fn set(house: &House, change: WebhookSettings) {
    let now = house.engine.now();
    house
        .write(move |tx| {
            settings::set_webhooks(tx, WORKSPACE, &change)?;
            engine::webhooks::heed_settings(tx, WORKSPACE, change.webhooks_enabled, now).map(drop)
        })
        .await;
}

/// The delivery of an event once it is settled, with the verdict of each attempt.
async fn settled(house: &House, event_id: String) -> (deliveries::Delivery, Vec<String>) {
    house
        .until("a settled delivery", move |tx| {
            let found = deliveries::of_event(tx, &event_id)?
                .into_iter()
                .find(|delivery| delivery.state != DeliveryState::Pending);
            let with_log = |delivery: deliveries::Delivery| {
                let log = attempts::of_delivery(tx, &delivery.id)?;
                Ok((delivery, log.into_iter().map(|attempt| attempt.verdict).collect()))
            };
            found.map(with_log).transpose()
        })
        .await
}

#[tokio::test]
async fn switched_off_nothing_is_sent_and_switched_on_it_goes_on_with_what_is_new() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(204), Answer::Status(204)]).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let waiting = house.publish("a", "{}").await;
        let off = WebhookSettings {
            webhooks_enabled: false,
            ..WebhookSettings::default()
        };
        set(&house, off).await;
        let running = house.engine.start();
        let meanwhile = house.publish("a", "{}").await;
        for event in [waiting, meanwhile] {
            let (delivery, log) = settled(&house, event).await;
            assert_eq!((delivery.state, log.len()), (DeliveryState::Dropped, 0));
            assert!(delivery.reason.unwrap().contains("webhooks are switched off in this workspace"));
        }
        // Also a test, which goes out while the webhook alone is off.
        let tested = house
            .write(|tx| {
                let webhook = store::tables::webhooks::by_id(tx, "w")?.unwrap();
                engine::deliver::test(tx, &webhook, "Ada", crate::support::START)
            })
            .await;
        assert_eq!(settled(&house, tested.event_id).await.1, ["webhooks_off"]);
        assert_eq!(receiver.waiting(), 0);
        set(&house, WebhookSettings::default()).await;
        let event = house.publish("b", "{}").await;
        assert_eq!(receiver.next().await.header("webhook-id"), Some(event.as_str()));
        assert_eq!(settled(&house, event).await.1, ["ok"]);
        assert_eq!(receiver.waiting(), 0);
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_forbidden_address_and_a_url_that_is_not_allowed_are_refused_at_the_next_attempt() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(204), Answer::Status(204)]).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let running = house.engine.start();
        let first = house.publish("a", "{}").await;
        receiver.next().await;
        assert_eq!(settled(&house, first).await.1, ["ok"]);
        let forbidding = WebhookSettings {
            forbidden_ips: "127.0.0.0/8".to_owned(),
            ..WebhookSettings::default()
        };
        let narrowing = WebhookSettings {
            allowed_url_regexes: vec!["^https://hooks\\.example\\.com/".to_owned()],
            ..WebhookSettings::default()
        };
        for settings in [forbidding, narrowing] {
            set(&house, settings).await;
            let refused = house.publish("a", "{}").await;
            let (delivery, log) = settled(&house, refused).await;
            assert_eq!((delivery.state, log), (DeliveryState::Failed, vec!["guard_refused".to_owned()]));
        }
        assert_eq!(receiver.waiting(), 0);
        set(&house, WebhookSettings::default()).await;
        let again = house.publish("a", "{}").await;
        receiver.next().await;
        assert_eq!(settled(&house, again).await.1, ["ok"]);
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_flow_task_is_tried_again_as_often_as_its_workspace_says() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(500), Answer::Status(500), Answer::Status(500), Answer::Status(500)]).await;
        let mut task = webhook("w", &receiver.url());
        task.profile = Profile::FlowTask;
        task.options.body = Some("{}".to_owned());
        house.webhook(task).await;
        let settings = WebhookSettings {
            max_retries: 2,
            retry_delay_ms: 0,
            ..WebhookSettings::default()
        };
        set(&house, settings).await;
        let running = house.engine.start();
        let event = house.publish("job.finished", "{}").await;
        for _ in 0..3 {
            receiver.next().await;
        }
        let (delivery, log) = settled(&house, event).await;
        assert_eq!((delivery.state, log.len()), (DeliveryState::Failed, 3));
        assert!(house.webhook_now("w").await.enabled);
        assert_eq!(receiver.waiting(), 0);
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_flow_task_without_a_time_limit_of_its_own_has_its_workspaces_as_it_now_is() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Hang]).await;
        let mut task = webhook("w", &receiver.url());
        task.profile = Profile::FlowTask;
        task.options.body = Some("{}".to_owned());
        // Made while the workspace says 30 s.
        house.webhook(task).await;
        let impatient = WebhookSettings {
            timeout_ms: 100,
            max_retries: 0,
            ..WebhookSettings::default()
        };
        set(&house, impatient).await;
        let running = house.engine.start();
        let event = house.publish("job.finished", "{}").await;
        let (delivery, log) = settled(&house, event).await;
        assert_eq!((delivery.state, log), (DeliveryState::Failed, vec!["timeout_headers".to_owned()]));
        running.shutdown(std::time::Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
