//! Settings of a workspace, its event types, and how long it keeps things.

use domain::settings::{UnregisteredEvents, WebhookSettings, exceptions::Exceptions};
use store::tables::{attempts, event_types, settings, webhooks};

use super::{
    deliveries::attempt,
    fixture::{self, WEBHOOK, WORKSPACE},
};
use crate::{on_each, read, write};

#[tokio::test]
async fn settings_come_back_as_they_were_set_and_the_count_of_changes_follows_the_commit() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        let unset = read(&store, |tx| settings::of_workspace(tx, WORKSPACE)).await.expect("settings");
        assert_eq!(unset, (WebhookSettings::default(), Exceptions::default()));
        let before = store.settings_changes();
        let set = WebhookSettings {
            webhooks_enabled: false,
            forbidden_ips: "203.0.113.7".to_owned(),
            allowed_url_regexes: vec!["^https://\"'".to_owned()],
            unregistered_events: UnregisteredEvents::Refuse,
            log_days: Some(3),
            version: 2,
            ..WebhookSettings::default()
        };
        let exceptions = Exceptions {
            allow: vec!["10.0.0.0/8".parse().expect("a network")],
            version: 2,
        };
        let stored = (set.clone(), exceptions.clone());
        write(&store, move |tx| {
            settings::lock(tx, WORKSPACE)?;
            settings::set_webhooks(tx, WORKSPACE, &stored.0)?;
            settings::set_exceptions(tx, WORKSPACE, &stored.1)
        })
        .await
        .expect("a write");
        assert!(store.settings_changes() > before);
        let now = read(&store, |tx| settings::of_workspace(tx, WORKSPACE)).await.expect("settings");
        assert_eq!(now, (set, exceptions));
        let before = store.settings_changes();
        let failed = write(&store, |tx| {
            settings::set_webhooks(tx, WORKSPACE, &WebhookSettings::default())?;
            Err::<(), _>(store::Error::NotFound("anything"))
        });
        failed.await.expect_err("it is rolled back");
        assert_eq!(store.settings_changes(), before);
        write(&store, |tx| settings::set_webhooks(tx, WORKSPACE, &WebhookSettings::default()))
            .await
            .expect("a write");
        let (webhooks, exceptions) = read(&store, |tx| settings::of_workspace(tx, WORKSPACE)).await.expect("settings");
        assert_eq!((webhooks, exceptions.version), (WebhookSettings::default(), 2));
    })
    .await;
}

#[tokio::test]
async fn with_webhooks_off_every_subscriber_counts_as_disabled() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        let off = WebhookSettings {
            webhooks_enabled: false,
            ..WebhookSettings::default()
        };
        let seen = write(&store, move |tx| {
            let webhook = webhooks::get(tx, WORKSPACE, WEBHOOK)?.expect("the webhook");
            let event_type = webhook.events[0].replace(".*", ".x");
            let on = webhooks::subscribers(tx, WORKSPACE, &event_type, &webhook.subject)?;
            settings::set_webhooks(tx, WORKSPACE, &off)?;
            Ok((on, webhooks::subscribers(tx, WORKSPACE, &event_type, &webhook.subject)?))
        })
        .await
        .expect("subscribers");
        assert!(seen.0[0].enabled && !seen.1[0].enabled);
        let reason = seen.1[0].disabled_reason.as_deref();
        assert_eq!(reason, Some(domain::settings::SWITCHED_OFF));
    })
    .await;
}

#[tokio::test]
async fn a_workspace_starts_with_its_event_types_and_knows_who_uses_one() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            assert_eq!(event_types::list(tx, WORKSPACE)?.len(), 21);
            let again = event_types::EventType {
                event_type: "issue-created".to_owned(),
                description: String::new(),
                version: 1,
                created_at: 1,
            };
            assert!(!event_types::insert(tx, WORKSPACE, &again)?);
            assert!(event_types::describe(tx, WORKSPACE, "issue-created", "new")?);
            assert_eq!(event_types::get(tx, WORKSPACE, "issue-created")?.map(|one| one.version), Some(2));
            let mut webhook = webhooks::get(tx, WORKSPACE, WEBHOOK)?.expect("the webhook");
            webhook.events = vec!["issue-created".to_owned()];
            webhooks::update(tx, &webhook)?;
            assert_eq!(event_types::used_by(tx, WORKSPACE, "issue-created")?, [webhook.name]);
            assert!(event_types::used_by(tx, WORKSPACE, "issue-updated")?.is_empty());
            assert!(event_types::delete(tx, WORKSPACE, "issue-updated")? && !event_types::delete(tx, WORKSPACE, "issue-updated")?);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn attempts_are_kept_as_long_as_their_workspace_says() {
    on_each(|store, _database| async move {
        const DAY: i64 = domain::clock::DAY;
        fixture::fill(&store).await;
        let own = WebhookSettings {
            log_days: Some(20),
            ..WebhookSettings::default()
        };
        write(&store, move |tx| {
            for age in [13, 15, 19, 21] {
                let mut attempt = attempt(age);
                attempt.at = (100 - i64::from(age)) * DAY;
                attempts::insert(tx, &attempts::log_row(attempt))?;
            }
            settings::set_webhooks(tx, WORKSPACE, &own)?;
            assert_eq!(attempts::prune(tx, 100 * DAY, 14 * DAY, fixture::step(100))?.rows, 1, "day 21");
            settings::set_webhooks(tx, WORKSPACE, &WebhookSettings::default())?;
            assert_eq!(
                attempts::prune(tx, 100 * DAY, 14 * DAY, fixture::step(100))?.rows,
                2,
                "days 15 and 19"
            );
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
