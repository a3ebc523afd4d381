//! Publishing: one commit for an event and its deliveries, harmless repeats, and trigger rules with their memory.

use domain::{
    delivery::DeliveryState, event::RUN_FINISHED, limits, profile::Profile, replay::ReplayKind, trigger::TriggerRule,
    webhook::WebhookOptions,
};
use engine::{
    ActionError,
    publish::{NewEvent, publish, publish_each},
    replay::Range,
};
use store::tables::{deliveries, webhooks};

use crate::support::{House, START, WORKSPACE, on_each, webhook};

fn run(result: char) -> NewEvent {
    let status = if result == 'S' { "success" } else { "failure" };
    NewEvent::internal(WORKSPACE, RUN_FINISHED, "monitor", START, format!(r#"{{"status":"{status}"}}"#))
}

async fn sent(house: &House, ids: Vec<String>) -> Vec<usize> {
    house
        .read(move |tx| {
            let mut sent = Vec::new();
            for (at, id) in ids.iter().enumerate() {
                let of_event = deliveries::of_event(tx, id)?;
                assert_eq!(of_event.len(), 1);
                assert!(of_event[0].reason.is_some(), "every answer says by which rule");
                if of_event[0].state == DeliveryState::Pending {
                    sent.push(at + 1);
                }
            }
            Ok(sent)
        })
        .await
}

#[tokio::test]
async fn three_failures_then_the_first_success_one_by_one_and_in_one_batch() {
    on_each(|house| async move {
        let rule = TriggerRule::ThreeFailuresThenSuccess { first: 3 };
        let hook = webhooks::Webhook {
            subject: "monitor".to_owned(),
            trigger_rule: rule,
            ..webhook("w", "https://example.org")
        };
        house.webhook(hook).await;
        let mut ids = Vec::new();
        for result in "FFFFFSS".chars() {
            ids.push(house.engine.publish(run(result)).await.unwrap().event_id);
        }
        assert_eq!(sent(&house, ids).await, [1, 2, 3, 6]);
        let batch = house
            .write(|tx| {
                let events: Vec<NewEvent> = "FFFFFSS".chars().map(run).collect();
                publish_each(tx, &events, START)
            })
            .await;
        let ids = batch.into_iter().map(|one| one.unwrap().event_id).collect();
        assert_eq!(sent(&house, ids).await, [1, 2, 3, 6]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeat_is_harmless_and_a_changed_repeat_is_a_conflict() {
    on_each(|house| async move {
        house.webhook(webhook("w", "https://example.org")).await;
        let keyed = |digest: &str| NewEvent {
            publish_key: Some(("k1".to_owned(), digest.to_owned())),
            ..NewEvent::internal(WORKSPACE, "a", "", START, "{}".to_owned())
        };
        let first = house.engine.publish(keyed("d1")).await.unwrap();
        let again = house.engine.publish(keyed("d1")).await.unwrap();
        assert_eq!((again.event_id, again.repeat, again.deliveries), (first.event_id, true, 0));
        assert_eq!(first.deliveries, 1);
        let Err(ActionError::Problem(problem)) = house.engine.publish(keyed("d2")).await else {
            panic!("a conflict")
        };
        assert_eq!(problem.status, 409);
        // In a batch, the conflict concerns its own event only.
        let events = vec![keyed("d2"), NewEvent::internal(WORKSPACE, "b", "", START, "{}".to_owned())];
        let answers = house.write(move |tx| publish_each(tx, &events, START)).await;
        assert!(answers[0].is_err() && answers[1].is_ok());
        let pending = house.read(|tx| deliveries::pending_count(tx, "w")).await;
        assert_eq!(pending, 2);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn imports_call_nobody_loops_are_cut_and_a_rolled_back_publish_leaves_nothing() {
    on_each(|house| async move {
        house.webhook(webhook("w", "https://example.org")).await;
        let plain = NewEvent::internal(WORKSPACE, "a", "", START, "{}".to_owned());
        let import = house
            .engine
            .publish(NewEvent {
                import: true,
                ..plain.clone()
            })
            .await
            .unwrap();
        let looped = house
            .engine
            .publish(NewEvent {
                hops: limits::HOPS,
                ..plain.clone()
            })
            .await
            .unwrap();
        let failed: Result<(), ActionError> = house
            .store
            .write(move |tx| {
                publish(tx, &[plain], START)?;
                Err(domain::Problem::conflict("changed my mind").into())
            })
            .await;
        assert!(failed.is_err());
        let (of_import, of_loop, pending) = house
            .read(move |tx| {
                let of_loop = deliveries::of_event(tx, &looped.event_id)?;
                Ok((
                    deliveries::of_event(tx, &import.event_id)?,
                    of_loop,
                    deliveries::pending_count(tx, "w")?,
                ))
            })
            .await;
        assert!(of_import.is_empty());
        assert!(of_loop.len() == 1 && of_loop[0].state == DeliveryState::Dropped);
        assert!(of_loop[0].reason.as_deref().is_some_and(|reason| reason.starts_with("loop")));
        assert_eq!(pending, 0);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_was_off_or_got_another_rule_hears_of_the_next_outage() {
    on_each(|house| async move {
        let rule = TriggerRule::ThreeFailuresThenSuccess { first: 1 };
        let hook = webhooks::Webhook {
            subject: "monitor".to_owned(),
            trigger_rule: rule.clone(),
            ..webhook("w", "https://example.org")
        };
        let mut hook = house.webhook(hook).await;
        let publish = async |results: &str| {
            let mut ids = Vec::new();
            for result in results.chars() {
                ids.push(house.engine.publish(run(result)).await.unwrap().event_id);
            }
            sent(&house, ids).await
        };
        assert_eq!(publish("FF").await, [1]);
        let off = hook.clone();
        house.write(move |tx| engine::webhooks::disable(tx, &off, "by hand", START)).await;
        assert_eq!(publish("S").await, [] as [usize; 0]);
        let on = hook.clone();
        house.write(move |tx| engine::webhooks::enable(tx, &on, START)).await;
        assert_eq!(publish("FF").await, [1], "a new outage");
        // The same rule again changes nothing; another one begins anew.
        let same = hook.clone();
        house.write(move |tx| webhooks::update(tx, &same)).await;
        assert_eq!(publish("F").await, [] as [usize; 0]);
        hook.trigger_rule = TriggerRule::ThreeFailuresThenSuccess { first: 2 };
        house.write(move |tx| webhooks::update(tx, &hook)).await;
        assert_eq!(publish("FFF").await, [1, 2]);
        house.close().await;
    })
    .await;
}

/// Three tasks of a flow, each with its trigger, and both ends of a job: success and any, failure and any.
#[tokio::test]
async fn tasks_of_a_flow_are_called_at_the_end_that_they_are_for() {
    on_each(|house| async move {
        for (id, rule) in [
            ("success", TriggerRule::Successes),
            ("failure", TriggerRule::Failures),
            ("any", TriggerRule::EveryRun),
        ] {
            let hook = webhooks::Webhook {
                profile: Profile::FlowTask,
                trigger_rule: rule,
                ..webhook(id, "https://example.org")
            };
            house.webhook(hook).await;
        }
        let called = async |data: &str| {
            let event_id = house.publish("job.finished", data).await;
            let due = house
                .read(move |tx| deliveries::of_event(tx, &event_id))
                .await
                .into_iter()
                .filter(|delivery| delivery.state == DeliveryState::Pending);
            let mut names: Vec<String> = due.map(|delivery| delivery.webhook_id).collect();
            names.sort();
            names
        };
        assert_eq!(called(r#"{"jobStatus": "Completed"}"#).await, ["any", "success"]);
        assert_eq!(called(r#"{"jobStatus": "failed"}"#).await, ["any", "failure"]);
        assert_eq!(called(r#"{"status": "canceled"}"#).await, ["any", "failure"]);
        // No outcome: everybody hears of it.
        assert_eq!(called(r#"{"jobStatus": "running"}"#).await, ["any", "failure", "success"]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn jobs_that_change_are_told_once_each_way() {
    on_each(|house| async move {
        let hook = webhooks::Webhook {
            trigger_rule: TriggerRule::OnChange,
            ..webhook("w", "https://example.org")
        };
        house.webhook(hook).await;
        let mut ids = Vec::new();
        for status in ["ok", "failed", "error", "passed", "passed"] {
            ids.push(house.publish("job.finished", &format!(r#"{{"status":"{status}"}}"#)).await);
        }
        assert_eq!(sent(&house, ids).await, [2, 4]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_task_of_a_flow_is_called_for_the_outputs_that_it_names_and_a_replay_knows_them_too() {
    on_each(|house| async move {
        for (id, outputs, filter) in [
            ("all", vec![], ""),
            ("third", vec!["3".to_owned()], ""),
            ("large", vec!["3".to_owned(), "Orders".to_owned()], "data.rowCount > 10"),
        ] {
            let plain = webhook(id, "https://example.org");
            let hook = webhooks::Webhook {
                profile: Profile::FlowTask,
                filter: filter.to_owned(),
                options: WebhookOptions {
                    outputs,
                    ..plain.options.clone()
                },
                ..plain
            };
            house.webhook(hook).await;
        }
        let called = async |data: &str| {
            let event_id = house.publish("job.finished", data).await;
            let made = house.read(move |tx| deliveries::of_event(tx, &event_id)).await;
            let mut names: Vec<String> = made.into_iter().map(|delivery| delivery.webhook_id).collect();
            names.sort();
            names
        };
        assert_eq!(called(r#"{"outputId": 3, "rowCount": 9}"#).await, ["all", "third"]);
        assert_eq!(called(r#"{"outputId": "3", "rowCount": 11}"#).await, ["all", "large", "third"]);
        assert_eq!(
            called(r#"{"outputId": 4, "outputName": "Orders", "rowCount": 11}"#).await,
            ["all", "large"]
        );
        assert_eq!(called(r#"{"outputId": 33}"#).await, ["all"]);
        assert_eq!(called("{}").await, ["all"], "of no output");
        for (id, count) in [("all", 5), ("third", 2), ("large", 2)] {
            let hook = house.webhook_now(id).await;
            let range = Range::new(&hook, ReplayKind::Replay, START, START + 1, "");
            assert_eq!(engine::replay::count(&house.engine, &range).await.unwrap(), count, "{id}");
        }
        house.close().await;
    })
    .await;
}
