//! Webhooks of a test tool, as its users know them: https only, five at once, imports left out, one field in place.

use serde_json::{Value, json};

use crate::support::Instance;

fn webhook(name: &str) -> Value {
    json!({"name": name, "profile": "testmonitor", "url": "https://1.1.1.1/hook", "events": ["issue-created"], "secret": "abc"})
}

async fn created(instance: &Instance, input: Value) -> (String, Value) {
    let made = instance.post("/api/v1/webhooks", input).await.expect(201).json();
    (format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap()), made)
}

#[tokio::test]
async fn plain_http_is_refused_and_the_secret_is_never_shown() {
    let instance = Instance::new().await;
    let mut plain = webhook("Plain");
    plain["url"] = json!("http://1.1.1.1/hook");
    let (field, detail) = instance.post("/api/v1/webhooks", plain).await.problem(422);
    assert!(field == "url" && detail.contains("scheme_http"), "{detail}");
    let mut input = webhook("Secret");
    input["secret"] = json!("do-not-show-this");
    let (path, made) = created(&instance, input).await;
    assert!(!made.to_string().contains("do-not-show-this"), "{made}");
    for path in [&path, "/api/v1/webhooks"] {
        let shown = instance.get(path).await.expect(200).text();
        assert!(!shown.contains("do-not-show-this"), "{shown}");
    }
    assert_eq!(instance.get(&path).await.json()["has_secret"], true);
}

#[tokio::test]
async fn the_sixth_enabled_is_refused_a_disabled_one_is_fine() {
    let instance = Instance::new().await;
    let mut paths = Vec::new();
    for number in 1..=5 {
        paths.push(created(&instance, webhook(&format!("{number}"))).await.0);
    }
    let (field, detail) = instance.post("/api/v1/webhooks", webhook("6")).await.problem(422);
    assert!(
        field == "enabled" && detail.contains("5 enabled") && detail.contains("maxActiveWebhooks"),
        "{detail}"
    );
    let mut off = webhook("6");
    off["enabled"] = json!(false);
    let (sixth, _) = created(&instance, off).await;
    assert_eq!(instance.post(&format!("{sixth}/enable"), json!({})).await.problem(422).0, "enabled");
    // Other profiles do not count.
    created(&instance, json!({"name": "S", "url": "https://1.1.1.1/", "events": ["*"]})).await;
    instance.post(&format!("{}/disable", paths[0]), json!({})).await.expect(200);
    instance.post(&format!("{sixth}/enable"), json!({})).await.expect(200);
    instance.post(&format!("{}/enable", paths[0]), json!({})).await.problem(422);
    // Enabling what is enabled is no further one.
    instance.post(&format!("{sixth}/enable"), json!({})).await.expect(200);
    instance
        .patch("/api/v1/settings/webhooks", json!({"maxActiveWebhooks": 6}))
        .await
        .expect(200);
    instance.post(&format!("{}/enable", paths[0]), json!({})).await.expect(200);
}

#[tokio::test]
async fn ten_at_once_end_with_five() {
    let instance = Instance::new().await;
    let all = futures::future::join_all((0..10).map(|number| {
        let instance = &instance;
        async move {
            instance
                .post("/api/v1/webhooks", webhook(&format!("{number}")))
                .await
                .status
                .as_u16()
        }
    }))
    .await;
    assert_eq!(all.iter().filter(|status| **status == 201).count(), 5, "{all:?}");
    assert_eq!(all.iter().filter(|status| **status == 422).count(), 5, "{all:?}");
    assert_eq!(instance.items("/api/v1/webhooks").await.len(), 5);
}

#[tokio::test]
async fn imports_call_no_webhook() {
    let instance = Instance::new().await;
    let (path, _) = created(&instance, webhook("W")).await;
    let imported: Vec<Value> = (0..100)
        .map(|number| json!({"type": "issue-created", "data": {"issue": {"id": number}}, "import": true}))
        .collect();
    instance.post("/api/v1/events/batch", json!(imported)).await;
    assert_eq!(instance.items("/api/v1/events?type=issue-created&limit=200").await.len(), 100);
    assert!(instance.items(&format!("{path}/deliveries")).await.is_empty());
    let event = json!({"type": "issue-created", "data": {"issue": {"id": 1}}});
    assert_eq!(instance.post("/api/v1/events", event).await.expect(202).json()["deliveries"], 1);
}

#[tokio::test]
async fn test_change_of_one_field_switching_and_deleting() {
    let instance = Instance::new().await;
    let (path, made) = created(&instance, webhook("W")).await;
    let test = instance.post(&format!("{path}/test"), json!({})).await.expect(202).json();
    assert_eq!((&test["event_type"], &test["kind"]), (&json!("test-event"), &json!("test")));
    let renamed = instance.patch(&path, json!({"name": "Renamed"})).await.expect(200).json();
    for same in ["url", "events", "has_secret", "enabled", "options", "profile"] {
        assert_eq!(renamed[same], made[same], "{same}");
    }
    assert_eq!(renamed["name"], "Renamed");
    let event = json!({"type": "issue-created", "data": {"issue": {"id": 1}}});
    instance.post("/api/v1/events", event.clone()).await.expect(202);
    instance.post(&format!("{path}/disable"), json!({})).await.expect(200);
    let log = instance.items(&format!("{path}/deliveries")).await;
    let queued = log.iter().find(|delivery| delivery["kind"] == "event").unwrap();
    assert_eq!(queued["state"], "dropped", "queued calls stop");
    instance.post(&format!("{path}/enable"), json!({})).await.expect(200);
    let log = instance.items(&format!("{path}/deliveries?state=pending")).await;
    assert!(
        log.iter().all(|delivery| delivery["kind"] != "event"),
        "nothing is replayed by itself"
    );
    let delivery = format!("/api/v1/deliveries/{}", queued["id"].as_str().unwrap());
    instance.post(&format!("{delivery}/resend"), json!({})).await.expect(202);
    instance.delete(&path).await.expect(204);
    instance.get(&path).await.problem(404);
    instance.get(&format!("{path}/deliveries")).await.problem(404);
}
