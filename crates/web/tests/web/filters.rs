//! Filters over the API: saved, refused with their place, tried, and part of *why*.

use serde_json::{Value, json};

use crate::support::Instance;

fn webhook(name: &str, filter: &str) -> Value {
    json!({"name": name, "url": "https://example.com/hook", "events": ["issue-created"], "filter": filter})
}

#[tokio::test]
async fn a_filter_is_checked_when_it_is_saved_and_why_asks_it_again() {
    let instance = Instance::new().await;
    let made = instance
        .post("/api/v1/webhooks", webhook("Urgent", " data.priority > 3 "))
        .await
        .expect(201)
        .json();
    assert_eq!(made["filter"], "data.priority > 3");
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let (field, _) = instance
        .post("/api/v1/webhooks", webhook("Wrong", "priority > 3"))
        .await
        .problem(422);
    assert_eq!(field, "filter");
    instance.patch(&path, json!({"filter": "data.priority >"})).await.problem(422);

    let publish = async |data: Value| {
        let event = json!({"type": "issue-created", "data": data});
        instance.post("/api/v1/events", event).await.expect(202).json()
    };
    let why = async |event: &Value| {
        instance
            .items(&format!("/api/v1/events/{}/why", event["id"].as_str().unwrap()))
            .await
    };
    let urgent = publish(json!({"priority": 4})).await;
    let missing = publish(json!({"title": "x"})).await;
    assert_eq!((&urgent["deliveries"], &missing["deliveries"]), (&json!(1), &json!(0)));
    assert_eq!(
        (&why(&urgent).await[0]["rule"], &why(&urgent).await[0]["sent"]),
        (&json!("sent"), &json!(true))
    );
    let answer = &why(&missing).await[0];
    assert_eq!(
        (&answer["rule"], &answer["sent"], &answer["delivery_id"]),
        (&json!("filter"), &json!(false), &Value::Null)
    );
    assert_eq!(answer["because"], "filter: no such key `priority` (asked again now)");
    instance.patch(&path, json!({"filter": null})).await.expect(200);
    assert_eq!(publish(json!({"title": "x"})).await["deliveries"], 1);
    assert_eq!(why(&missing).await[0]["rule"], "changed");
}

#[tokio::test]
async fn a_filter_can_be_tried_on_a_stored_event_or_a_made_up_one() {
    let instance = Instance::new().await;
    let stored = instance
        .post("/api/v1/events", json!({"type": "issue-created", "data": {"tags": ["a"]}}))
        .await
        .expect(202)
        .json();
    let check = async |body: Value| instance.post("/api/v1/webhooks/check-filter", body).await;
    let on_stored = json!({"filter": "data.tags.exists(t, t == 'a')", "event_id": stored["id"]});
    assert_eq!(
        check(on_stored).await.expect(200).json(),
        json!({"matches": true, "because": "filter: it matches"})
    );
    let made_up = json!({"filter": "data.n > 1 && type == 'monitor.run.finished'", "type": "monitor.run.finished", "data": {"n": "x"}});
    let said = check(made_up).await.expect(200).json();
    assert_eq!(said["matches"], false);
    assert!(said["because"].as_str().unwrap().contains("does not take string and int"), "{said}");
    for (body, at) in [
        (json!({"filter": "1 +", "event_id": stored["id"]}), "filter"),
        (json!({"filter": "true", "event_id": stored["id"], "data": {}}), "event_id"),
        (json!({"filter": "true"}), "type"),
        (json!({"filter": "true", "type": "a"}), "data"),
        (json!({"filter": "true", "type": "a", "data": [1]}), "data"),
        (json!({"filter": "true", "type": "A B", "data": {}}), "type"),
    ] {
        assert_eq!(check(body.clone()).await.problem(422).0, at, "{body}");
    }
    check(json!({"filter": "true", "event_id": "evt_none"})).await.problem(404);
}
