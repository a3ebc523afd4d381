//! Filters: what is sent, what is not and leaves no trace, and that no filter holds up the store's writer.

use domain::{delivery::DeliveryState, event::RUN_FINISHED, trigger::TriggerRule};
use engine::{filters, publish::NewEvent};
use store::tables::{deliveries, events, webhooks};

use crate::support::{House, START, WORKSPACE, on_each, webhook};

fn filtered(id: &str, filter: &str) -> webhooks::Webhook {
    webhooks::Webhook {
        filter: filter.to_owned(),
        ..webhook(id, "https://example.org")
    }
}

fn event(event_type: &str, data: String) -> NewEvent {
    NewEvent::internal(WORKSPACE, event_type, "", START, data)
}

/// The webhooks that have a delivery of the event, each with its state and reason.
async fn told(house: &House, event_id: &str) -> Vec<(String, DeliveryState, String)> {
    let event_id = event_id.to_owned();
    house
        .read(move |tx| {
            let of_event = deliveries::of_event(tx, &event_id)?.into_iter();
            Ok(of_event.map(|d| (d.webhook_id, d.state, d.reason.unwrap_or_default())).collect())
        })
        .await
}

async fn sent(house: &House, published: NewEvent) -> Vec<String> {
    let answer = house.engine.publish(published).await.unwrap();
    let told = told(house, &answer.event_id).await;
    assert!(told.iter().all(|(_, state, _)| *state == DeliveryState::Pending), "{told:?}");
    assert_eq!(answer.deliveries, told.len());
    told.into_iter().map(|(webhook, ..)| webhook).collect()
}

#[tokio::test]
async fn a_webhook_hears_of_what_its_filter_matches_and_of_nothing_else() {
    on_each(|house| async move {
        for (id, filter) in [
            ("w1", ""),
            ("w2", "data.priority > 3"),
            ("w3", "data.items.exists(i, i == 7)"),
            ("w4", "data.owner == 'ada'"),
            ("w5", "this is no filter"),
        ] {
            house.webhook(filtered(id, filter)).await;
        }
        // Twice: the first publish has to ask, the second remembers what.
        for _ in 0..2 {
            assert_eq!(
                sent(&house, event("a", r#"{"priority": 4, "items": [1, 7]}"#.to_owned())).await,
                ["w1", "w2", "w3"]
            );
            assert_eq!(sent(&house, event("a", r#"{"priority": 1, "items": []}"#.to_owned())).await, ["w1"]);
            let large = format!(
                r#"{{"priority": 9, "items": [], "owner": "ada", "text": "{}"}}"#,
                "x".repeat(100_000)
            );
            assert_eq!(sent(&house, event("a", large)).await, ["w1", "w2", "w4"]);
        }
        // A batch has an answer for each of its events.
        let batch = (0..5).map(|priority| event("a", format!(r#"{{"priority": {priority}, "items": [{priority}, 7]}}"#)));
        let answers = house.engine.publish_each(batch.collect()).await.unwrap();
        let counts: Vec<usize> = answers.into_iter().map(|one| one.unwrap().deliveries).collect();
        assert_eq!(counts, [2, 2, 2, 2, 3]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_filter_holds_back_leaves_no_trace_in_the_memory_of_the_rule() {
    on_each(|house| async move {
        let hook = webhooks::Webhook {
            trigger_rule: TriggerRule::ThreeFailuresThenSuccess { first: 1 },
            ..filtered("w", "data.region == 'eu'")
        };
        house.webhook(hook).await;
        let run = |region: &str, status: &str| {
            let data = format!(r#"{{"status": "{status}", "region": "{region}"}}"#);
            NewEvent::internal(WORKSPACE, RUN_FINISHED, "monitor", START, data)
        };
        let none: [&str; 0] = [];
        assert_eq!(sent(&house, run("us", "failure")).await, none);
        assert_eq!(
            sent(&house, run("eu", "failure")).await,
            ["w"],
            "the first failure that it hears of"
        );
        assert_eq!(sent(&house, run("us", "success")).await, none);
        assert_eq!(sent(&house, run("eu", "success")).await, ["w"]);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_filter_that_takes_too_long_is_a_dropped_delivery_that_says_so() {
    on_each(|house| async move {
        let hostile = "data.items.all(x, data.items.all(y, x + y >= 0 && data == data))";
        house.webhook(filtered("w", hostile)).await;
        let items = vec!["1"; 20_000].join(",");
        let data = format!(r#"{{"items": [{items}]}}"#);
        let answer = house.engine.publish(event("a", data.clone())).await.unwrap();
        let told = told(&house, &answer.event_id).await;
        assert_eq!(told.len(), 1);
        assert!(
            told[0].1 == DeliveryState::Dropped && told[0].2.starts_with("filter: it took too long"),
            "{told:?}"
        );
        // Watchbell's own events are asked about in the transaction, for a bounded number of turns.
        let id = house
            .write(move |tx| engine::publish::publish_each(tx, &[event("b", data)], START))
            .await
            .remove(0)
            .unwrap()
            .event_id;
        let told = self::told(&house, &id).await;
        assert!(told[0].2.starts_with("filter: it took too long"), "{told:?}");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_filter_holds_for_the_next_event() {
    on_each(|house| async move {
        let mut hook = house.webhook(filtered("w", "data.items.exists(i, i == 1)")).await;
        let data = || event("a", r#"{"items": [1, 2]}"#.to_owned());
        let none: [&str; 0] = [];
        assert_eq!(sent(&house, data()).await, ["w"]);
        for (filter, expected) in [
            ("data.items.exists(i, i == 3)", &none[..]),
            ("data.items.all(i, i > 0)", &["w"]),
            ("", &["w"]),
        ] {
            filter.clone_into(&mut hook.filter);
            let changed = hook.clone();
            house.write(move |tx| webhooks::update(tx, &changed)).await;
            assert_eq!(sent(&house, data()).await, expected, "{filter}");
        }
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeat_of_a_filtered_event_is_harmless_and_a_stored_one_can_be_asked_again() {
    on_each(|house| async move {
        house.webhook(filtered("w", "data.items.exists(i, i == 9)")).await;
        let keyed = || NewEvent {
            publish_key: Some(("k".to_owned(), "d".to_owned())),
            ..event("a", r#"{"items": [1, 2]}"#.to_owned())
        };
        let first = house.engine.publish(keyed()).await.unwrap();
        let again = house.engine.publish(keyed()).await.unwrap();
        assert_eq!((first.deliveries, &again.event_id, again.repeat), (0, &first.event_id, true));
        let stored = house.read(move |tx| events::get(tx, WORKSPACE, &first.event_id)).await.unwrap();
        let questions = vec!["data.items.exists(i, i == 9)".to_owned(), "data.items.exists(i, i == 2)".to_owned()];
        let said = filters::ask_now(&house.engine, stored, questions).await.unwrap();
        assert_eq!(said.iter().map(domain::filter::Verdict::matches).collect::<Vec<_>>(), [false, true]);
        house.close().await;
    })
    .await;
}
