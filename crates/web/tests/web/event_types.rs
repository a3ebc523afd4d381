//! The registry of event types, and who has to keep to it.

use serde_json::{Value, json};

use crate::support::Instance;

const PATH: &str = "/api/v1/event-types";

fn webhook(profile: &str, events: &[&str]) -> Value {
    json!({"name": format!("{profile} hook"), "profile": profile, "url": "https://1.1.1.1/hook", "events": events})
}

#[tokio::test]
async fn a_workspace_starts_with_21_types_and_registers_more() {
    let instance = Instance::new().await;
    let types = instance.items(PATH).await;
    assert_eq!(types.len(), 21);
    assert!(types.iter().any(|one| one["type"] == "test-result-updated"));
    let made = instance
        .post(PATH, json!({"type": "issue-closed", "description": "An issue was closed"}))
        .await
        .expect(201);
    assert_eq!(made.header("location"), "/api/v1/event-types/issue-closed");
    assert_eq!(instance.post(PATH, json!({"type": "issue-closed"})).await.problem(409).0, "type");
    for (input, field) in [
        (json!({"type": "Issue Closed"}), "type"),
        (json!({"type": "monitor.run.finished"}), "type"),
        (json!({"type": "a", "description": "a\nb"}), "description"),
    ] {
        assert_eq!(instance.post(PATH, input).await.problem(422).0, field);
    }
    let path = format!("{PATH}/issue-closed");
    let one = instance.get(made.header("location")).await.expect(200);
    assert_eq!((one.header("etag"), one.json()["type"].as_str()), ("\"1\"", Some("issue-closed")));
    instance.get(&format!("{PATH}/nothing")).await.problem(404);
    let described = instance
        .with("PUT", &path, &[], json!({"description": "Done"}).to_string())
        .await
        .expect(200);
    assert_eq!(described.json()["description"], "Done");
    let old = instance
        .with("PUT", &path, &[("if-match", "\"1\"")], json!({"description": "x"}).to_string())
        .await;
    old.problem(412);
    instance.delete(&path).await.expect(204);
    instance.delete(&path).await.problem(404);
    instance
        .with("PUT", &path, &[], json!({"description": "x"}).to_string())
        .await
        .problem(404);
}

#[tokio::test]
async fn one_that_a_webhook_uses_stays_and_the_webhook_is_named() {
    let instance = Instance::new().await;
    let made = instance
        .post("/api/v1/webhooks", webhook("testmonitor", &["risk-created"]))
        .await
        .expect(201)
        .json();
    let (_, detail) = instance.delete(&format!("{PATH}/risk-created")).await.problem(409);
    assert!(detail.contains("`testmonitor hook`"), "{detail}");
    instance
        .delete(&format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap()))
        .await
        .expect(204);
    instance.delete(&format!("{PATH}/risk-created")).await.expect(204);
}

#[tokio::test]
async fn a_test_tools_webhook_takes_registered_types_only_and_others_any_pattern() {
    let instance = Instance::new().await;
    let unknown = instance
        .post("/api/v1/webhooks", webhook("testmonitor", &["issue-created", "isue-updated"]))
        .await
        .expect(422)
        .json();
    assert_eq!(unknown["field"], "events[1]");
    assert!(unknown["hint"].as_str().unwrap().contains("`issue-updated`"), "{unknown}");
    let (field, _) = instance.post("/api/v1/webhooks", webhook("testmonitor", &["*"])).await.problem(422);
    assert_eq!(field, "events[0]");
    instance
        .post("/api/v1/webhooks", webhook("standard", &["anything.*", "isue-updated"]))
        .await
        .expect(201);
    let made = instance
        .post("/api/v1/webhooks", webhook("testmonitor", &["issue-created"]))
        .await
        .expect(201)
        .json();
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    assert_eq!(
        instance.patch(&path, json!({"events": ["nothing"]})).await.problem(422).0,
        "events[0]"
    );
    assert_eq!(instance.get(&path).await.json()["events"], json!(["issue-created"]));
}

#[tokio::test]
async fn what_is_not_registered_can_be_refused_for_publishing() {
    let instance = Instance::new().await;
    let event = |event_type: &str| json!({"type": event_type, "data": {}});
    instance.post("/api/v1/events", event("isue-created")).await.expect(202);
    instance
        .patch("/api/v1/settings/webhooks", json!({"unregisteredEvents": "refuse"}))
        .await
        .expect(200);
    let refused = instance.post("/api/v1/events", event("isue-created")).await.expect(422).json();
    assert_eq!(refused["field"], "type");
    assert!(refused["hint"].as_str().unwrap().contains("`issue-created`"), "{refused}");
    instance.post("/api/v1/events", event("issue-created")).await.expect(202);
    let batch = instance
        .post("/api/v1/events/batch", json!([event("issue-created"), event("nothing.known")]))
        .await;
    let answers = batch.json();
    let answers = answers["items"].as_array().or_else(|| answers.as_array()).unwrap();
    assert!(answers[0]["id"].is_string(), "{answers:?}");
    assert_eq!(answers[1]["problem"]["field"], "[1].type", "{answers:?}");
    instance.post(PATH, json!({"type": "nothing.known"})).await.expect(201);
    instance.post("/api/v1/events", event("nothing.known")).await.expect(202);
}

#[tokio::test]
async fn a_repeat_has_the_same_answer_although_its_type_was_removed() {
    let instance = Instance::new().await;
    instance
        .patch("/api/v1/settings/webhooks", json!({"unregisteredEvents": "refuse"}))
        .await
        .expect(200);
    instance.post(PATH, json!({"type": "short-lived"})).await.expect(201);
    let keyed = json!({"type": "short-lived", "data": {"n": 1}});
    let own = json!({"type": "short-lived", "id": "mine", "data": {"n": 2}});
    let send = async |key: &str, body: &Value| {
        let headers = [("idempotency-key", key)];
        instance.with("POST", "/api/v1/events", &headers, body.to_string()).await
    };
    let first = [
        send("k-1", &keyed).await.expect(202).json(),
        instance.post("/api/v1/events", own.clone()).await.expect(202).json(),
    ];
    instance.delete(&format!("{PATH}/short-lived")).await.expect(204);
    let again = [
        send("k-1", &keyed).await.expect(202).json(),
        instance.post("/api/v1/events", own.clone()).await.expect(202).json(),
    ];
    assert_eq!(first, again);
    assert_eq!(send("k-2", &keyed).await.problem(422).0, "type", "a new key is a new event");
    send("k-1", &json!({"type": "short-lived", "data": {"n": 3}})).await.problem(409);
    let batch = instance.post("/api/v1/events/batch", json!([own, keyed])).await.expect(202).json();
    assert_eq!(batch["items"][0]["id"], first[1]["id"]);
    assert_eq!(batch["items"][1]["problem"]["field"], "[1].type");
}
