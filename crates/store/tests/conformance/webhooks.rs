//! Webhooks: who hears of what, and how they fare.

use domain::trigger::TriggerState;
use store::tables::webhooks::{self, AttemptTotals, Webhook};

use crate::{fixture, on_each, write};

#[tokio::test]
async fn subscribers_match_by_pattern_and_subject_each_once() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let mut all = fixture::webhook("whk_all");
            all.events = vec!["*".into(), "incident.opened".into(), "incident.*".into()];
            webhooks::insert(tx, &all)?;
            let mut one = fixture::webhook("whk_one");
            (one.events, one.subject) = (vec!["incident.*".into()], "monitor-1".into());
            webhooks::insert(tx, &one)?;
            let mut heard = |event_type: &str, subject: &str| {
                let found = webhooks::subscribers(tx, fixture::WORKSPACE, event_type, subject)?;
                store::Result::Ok(found.into_iter().map(|subscriber| subscriber.id).collect::<Vec<_>>())
            };
            assert_eq!(heard("incident.opened", "monitor-1")?, ["whk_1", "whk_all", "whk_one"]);
            assert_eq!(heard("incident.opened", "monitor-2")?, ["whk_1", "whk_all"]);
            assert_eq!(heard("incident", "")?, ["whk_all"]);
            assert_eq!(heard("incidents.opened", "monitor-1")?, ["whk_all"]);
            assert_eq!(heard("monitor.run.finished", "")?, ["whk_1", "whk_all"]);

            one.events = vec!["activity".into()];
            assert!(webhooks::update(tx, &one)?);
            assert_eq!(webhooks::get(tx, fixture::WORKSPACE, "whk_one")?.expect("a webhook").version, 2);
            let mut heard = |event_type: &str| {
                let found = webhooks::subscribers(tx, fixture::WORKSPACE, event_type, "monitor-1")?;
                store::Result::Ok(found.into_iter().map(|subscriber| subscriber.id).collect::<Vec<_>>())
            };
            assert_eq!(heard("activity")?, ["whk_all", "whk_one"]);
            assert_eq!(heard("incident.opened")?, ["whk_1", "whk_all"]);
            assert!(webhooks::mark_deleted(tx, fixture::WORKSPACE, "whk_all", 9)?);
            assert!(!webhooks::mark_deleted(tx, fixture::WORKSPACE, "whk_all", 10)?);
            assert!(webhooks::subscribers(tx, fixture::WORKSPACE, "none", "")?.is_empty());
            assert_eq!(webhooks::get(tx, fixture::WORKSPACE, "whk_all")?, None);
            assert_eq!(webhooks::by_id(tx, "whk_all")?, None);
            assert!(
                webhooks::list(tx, fixture::WORKSPACE)?
                    .iter()
                    .all(|webhook| webhook.id != "whk_all")
            );
            assert!(!webhooks::set_enabled(tx, "whk_all", true, None, 11)?, "it stays off");
            assert_eq!(webhooks::being_deleted(tx)?.as_deref(), Some("whk_all"));
            assert!(webhooks::delete(tx, "whk_all")?);
            assert_eq!(webhooks::being_deleted(tx)?, None);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_webhook_comes_back_whole_and_tells_none_of_its_secrets() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let webhook = webhooks::by_id(tx, fixture::WEBHOOK)?.expect("a webhook");
            assert_eq!(webhook, fixture::webhook(fixture::WEBHOOK));
            assert_eq!(webhooks::list(tx, fixture::WORKSPACE)?, std::slice::from_ref(&webhook));
            let shown = serde_json::to_string(&webhook).expect("JSON");
            assert!(!shown.contains("sealed") && !shown.contains("v1:"), "{shown}");
            assert!(webhooks::set_enabled(tx, fixture::WEBHOOK, false, Some("410 Gone"), 7)?);
            assert!(!webhooks::set_enabled(tx, fixture::WEBHOOK, false, Some("again"), 8)?);
            let disabled = webhooks::by_id(tx, fixture::WEBHOOK)?.expect("a webhook");
            assert_eq!(
                (disabled.enabled, disabled.disabled_reason.as_deref(), disabled.disabled_at),
                (false, Some("410 Gone"), Some(7))
            );
            assert!(webhooks::set_enabled(tx, fixture::WEBHOOK, true, None, 9)?);
            let enabled = webhooks::by_id(tx, fixture::WEBHOOK)?.expect("a webhook");
            assert_eq!((enabled.enabled, enabled.disabled_reason, enabled.version), (true, None, 3));
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn failing_begins_with_the_first_failure_and_ends_with_a_success() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let id = fixture::WEBHOOK;
            let failed = |at| AttemptTotals {
                success_at: None,
                failure_at: Some(at),
                failures: 2,
                last_attempt_at: at + 1,
            };
            webhooks::record_attempts(tx, id, &failed(10))?;
            webhooks::record_attempts(tx, id, &failed(20))?;
            webhooks::set_probe(tx, id, Some(99))?;
            let webhook = webhooks::by_id(tx, id)?.expect("a webhook");
            assert_eq!(
                (webhook.failing_since, webhook.failed_attempts, webhook.last_attempt_at),
                (Some(10), 4, Some(21))
            );
            assert_eq!(webhook.probe_at, Some(99));
            let mixed = AttemptTotals {
                success_at: Some(30),
                failure_at: Some(31),
                failures: 1,
                last_attempt_at: 31,
            };
            webhooks::record_attempts(tx, id, &mixed)?;
            let webhook = webhooks::by_id(tx, id)?.expect("a webhook");
            assert_eq!(
                (webhook.failing_since, webhook.failed_attempts, webhook.probe_at),
                (Some(31), 1, None)
            );
            let good = AttemptTotals {
                success_at: Some(40),
                failure_at: None,
                failures: 0,
                last_attempt_at: 40,
            };
            webhooks::record_attempts(tx, id, &good)?;
            let webhook = webhooks::by_id(tx, id)?.expect("a webhook");
            assert_eq!(
                (webhook.failing_since, webhook.failed_attempts, webhook.last_success_at),
                (None, 0, Some(40))
            );
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_trigger_rule_remembers_each_subject() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let state = TriggerState {
                streak: 2,
                told: true,
                last_good: Some(false),
            };
            assert_eq!(webhooks::trigger_state(tx, fixture::WEBHOOK, "a")?, TriggerState::default());
            webhooks::set_trigger_state(tx, fixture::WEBHOOK, "a", &TriggerState::default())?;
            webhooks::set_trigger_state(tx, fixture::WEBHOOK, "a", &state)?;
            assert_eq!(webhooks::trigger_state(tx, fixture::WEBHOOK, "a")?, state);
            assert_eq!(webhooks::trigger_state(tx, fixture::WEBHOOK, "b")?, TriggerState::default());
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn the_longest_event_type_finds_all_its_patterns() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let words: Vec<_> = (0..64).map(|_| "a").collect();
            let event_type = words.join(".");
            domain::event::check_type("type", &event_type).expect("a type");
            for (id, pattern) in [
                ("whk_all", "*".to_owned()),
                ("whk_first", "a.*".to_owned()),
                ("whk_last", format!("{}.*", words[1..].join("."))),
                ("whk_whole", event_type.clone()),
                ("whk_other", "b.*".to_owned()),
            ] {
                webhooks::insert(
                    tx,
                    &Webhook {
                        events: vec![pattern],
                        ..fixture::webhook(id)
                    },
                )?;
            }
            let found = webhooks::subscribers(tx, fixture::WORKSPACE, &event_type, "")?;
            let ids: Vec<_> = found.iter().map(|subscriber| subscriber.id.as_str()).collect();
            assert_eq!(ids, ["whk_all", "whk_first", "whk_last", "whk_whole"]);
            assert!(webhooks::subscribers(tx, "wsp_other", &event_type, "")?.is_empty());
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
