//! A workspace's settings for its webhooks: each changed, its effect seen; wrong ones refused by name and position.

use serde_json::{Value, json};

use crate::support::Instance;

const PATH: &str = "/api/v1/settings/webhooks";

fn webhook() -> Value {
    json!({"name": "Ops", "url": "https://1.1.1.1/hook", "events": ["issue-created"]})
}

async fn set(instance: &Instance, change: Value) -> Value {
    instance.patch(PATH, change).await.expect(200).json()
}

async fn created(instance: &Instance) -> String {
    let made = instance.post("/api/v1/webhooks", webhook()).await.expect(201).json();
    format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_defaults_are_shown_with_what_is_always_forbidden() {
    let instance = Instance::new().await;
    let shown = instance.get(PATH).await.expect(200).json();
    for (name, value) in [
        ("webhooksEnabled", json!(true)),
        ("forbiddenIPs", json!("")),
        ("allowedUrlRegexes", json!([])),
        ("maxRetries", json!(1)),
        ("retryDelayMs", json!(1_000)),
        ("timeoutMs", json!(30_000)),
        ("testWebhook", json!(true)),
        ("maxActiveWebhooks", json!(5)),
        ("unregisteredEvents", json!("accept")),
        ("logDays", Value::Null),
        ("egressExceptions", json!([])),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let built_in = shown["builtInForbiddenIPs"].as_array().unwrap();
    for network in ["127.0.0.0/8", "10.0.0.0/8", "169.254.169.254/32", "fc00::/7", "64:ff9b::/96"] {
        assert!(built_in.iter().any(|one| one["network"] == network), "{network}");
    }
}

#[tokio::test]
async fn a_wrong_value_is_refused_by_name_and_position_and_changes_nothing() {
    let instance = Instance::new().await;
    for (change, field, said) in [
        (json!({"forbiddenIPs": "203.0.113.0/24; 10.0.0.300"}), "forbiddenIPs", "position 17"),
        (
            json!({"allowedUrlRegexes": ["^https://a", "^https://(b"]}),
            "allowedUrlRegexes[1]",
            "position 10",
        ),
        (json!({"maxRetries": 21}), "maxRetries", "0 to 20"),
        (json!({"retryDelayMs": 86_400_001}), "retryDelayMs", "0 to 86400000"),
        (json!({"timeoutMs": 99}), "timeoutMs", "100 to 120000"),
        (json!({"maxActiveWebhooks": 1_001}), "maxActiveWebhooks", "0 to 1000"),
        (json!({"logDays": 0}), "logDays", "1 to 3650"),
        (json!({"runDays": 3_651}), "runDays", "1 to 3650"),
        (json!({"unregisteredEvents": "maybe"}), "unregisteredEvents", ""),
        (json!({"maxRetries": -1}), "maxRetries", ""),
        (json!({"testWebhook": "no"}), "testWebhook", ""),
    ] {
        let whole = json!({"testWebhook": false});
        let mut change = change;
        if change.get("testWebhook").is_none() {
            change["testWebhook"] = whole["testWebhook"].clone();
        }
        let (named, detail) = instance.patch(PATH, change.clone()).await.problem(422);
        assert_eq!(named, field, "{change}: {detail}");
        assert!(detail.contains(said), "{change}: {detail}");
    }
    let unknown = instance.patch(PATH, json!({"forbiddenIps": ""})).await;
    assert_eq!(unknown.status, 422, "{}", unknown.text());
    assert_eq!(instance.get(PATH).await.json()["testWebhook"], true);
}

#[tokio::test]
async fn only_admins_see_and_change_them_and_a_change_names_its_version() {
    let instance = Instance::new().await;
    let mut writer = Instance::new().await;
    let token = writer.token_with(&["write"]).await;
    writer.token = token;
    writer.get(PATH).await.problem(403);
    writer.patch(PATH, json!({"maxRetries": 2})).await.problem(403);

    let tag = instance.get(PATH).await.header("etag").to_owned();
    let changed = instance
        .with("PATCH", PATH, &[("if-match", &tag)], json!({"maxRetries": 2}).to_string())
        .await
        .expect(200);
    assert_ne!(changed.header("etag"), tag);
    instance
        .with("PATCH", PATH, &[("if-match", &tag)], json!({"maxRetries": 3}).to_string())
        .await
        .problem(412);
    assert_eq!(instance.get(PATH).await.json()["maxRetries"], 2);
    let activity = instance.items("/api/v1/activity").await;
    assert_eq!(
        activity[0]["message"], "Ada changed webhook settings (maxRetries) of workspace \"Ada's\"",
        "{}",
        activity[0]
    );
    // The same again is no change.
    set(&instance, json!({"maxRetries": 2})).await;
    assert_eq!(instance.items("/api/v1/activity").await.len(), activity.len());
}

#[tokio::test]
async fn forbidden_addresses_and_allowed_urls_hold_at_once_and_only_there() {
    let instance = Instance::new().await;
    created(&instance).await;
    set(&instance, json!({"forbiddenIPs": "1.1.1.0/24; 2606:4700::/32"})).await;
    let (field, detail) = instance.post("/api/v1/webhooks", webhook()).await.problem(422);
    assert!(field == "url" && detail.contains("address_forbidden"), "{field} {detail}");
    let mut mapped = webhook();
    mapped["url"] = json!("https://[2606:4700::1]/");
    assert!(
        instance
            .post("/api/v1/webhooks", mapped)
            .await
            .problem(422)
            .1
            .contains("address_forbidden")
    );
    set(&instance, json!({"forbiddenIPs": ""})).await;
    created(&instance).await;
    // What protects the platform cannot be taken away.
    let mut loopback = webhook();
    loopback["url"] = json!("https://127.0.0.2/");
    assert!(
        instance
            .post("/api/v1/webhooks", loopback)
            .await
            .problem(422)
            .1
            .contains("address_loopback")
    );

    set(&instance, json!({"allowedUrlRegexes": ["^https://hooks\\.example\\.com/"]})).await;
    // Before any look-up: a name that nobody has is refused by its text.
    let mut unknown = webhook();
    unknown["url"] = json!("https://no-such-host.invalid/");
    assert!(
        instance
            .post("/api/v1/webhooks", unknown)
            .await
            .problem(422)
            .1
            .contains("url_not_allowed")
    );
    let mut stranger = Instance::new().await;
    stranger.token = stranger.stranger().await;
    created(&stranger).await;
    set(&instance, json!({"allowedUrlRegexes": []})).await;
    created(&instance).await;
}

#[tokio::test]
async fn tests_can_be_switched_off() {
    let instance = Instance::new().await;
    let path = created(&instance).await;
    set(&instance, json!({"testWebhook": false})).await;
    instance.post(&format!("{path}/test"), json!({})).await.problem(404);
    instance.post("/api/v1/webhooks/try", webhook()).await.problem(404);
    assert!(instance.items(&format!("{path}/deliveries")).await.is_empty());
    set(&instance, json!({"testWebhook": true})).await;
    instance.post(&format!("{path}/test"), json!({})).await.expect(202);
}

#[tokio::test]
async fn switched_off_events_are_stored_and_their_deliveries_dropped_with_the_reason() {
    let instance = Instance::new().await;
    let path = created(&instance).await;
    let publish = async || {
        let event = json!({"type": "issue-created", "data": {}});
        instance.post("/api/v1/events", event).await.expect(202).json()
    };
    publish().await;
    set(&instance, json!({"webhooksEnabled": false})).await;
    let off = publish().await;
    assert_eq!(off["deliveries"], 0);
    let id = off["id"].as_str().unwrap();
    instance.get(&format!("/api/v1/events/{id}")).await.expect(200);
    let log = instance.items(&format!("{path}/deliveries")).await;
    assert_eq!(log.len(), 2);
    for delivery in &log {
        assert_eq!(delivery["state"], "dropped");
        let reason = delivery["reason"].as_str().unwrap();
        assert!(reason.contains("webhooks are switched off in this workspace"), "{reason}");
    }
    let why = instance.items(&format!("/api/v1/events/{id}/why")).await;
    assert!(
        why[0]["because"].as_str().unwrap().contains("switched off in this workspace"),
        "{}",
        why[0]
    );
    instance.post(&format!("{path}/test"), json!({})).await.problem(409);
    let dropped = format!("/api/v1/deliveries/{}", log[0]["id"].as_str().unwrap());
    instance.post(&format!("{dropped}/resend"), json!({})).await.problem(409);
    set(&instance, json!({"webhooksEnabled": true})).await;
    assert_eq!(publish().await["deliveries"], 1);
    let pending = instance.items(&format!("{path}/deliveries?state=pending")).await;
    assert_eq!(pending.len(), 1, "nothing is replayed by itself");
}

#[tokio::test]
async fn a_flow_task_has_the_workspaces_time_limit_as_it_is_until_it_has_its_own() {
    let instance = Instance::new().await;
    set(&instance, json!({"timeoutMs": 7_000, "maxRetries": 3, "retryDelayMs": 250})).await;
    let mut task = webhook();
    task["profile"] = json!("flow-task");
    let made = instance.post("/api/v1/webhooks", task).await.expect(201).json();
    assert_eq!(made["options"]["timeout_ms"], 7_000);
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let limit = async || {
        let listed = instance.items("/api/v1/webhooks").await;
        let one = instance.get(&path).await.expect(200).json();
        assert_eq!(listed[0]["options"]["timeout_ms"], one["options"]["timeout_ms"]);
        one["options"]["timeout_ms"].as_u64().unwrap()
    };
    let patch = async |limit: serde_json::Value| {
        let body = json!({"options": {"timeout_ms": limit}}).to_string();
        instance.with("PATCH", &path, &[], body).await
    };
    set(&instance, json!({"timeoutMs": 8_000})).await;
    assert_eq!(limit().await, 8_000);
    patch(json!(500)).await.expect(200);
    set(&instance, json!({"timeoutMs": 9_000})).await;
    assert_eq!(limit().await, 500, "its own stays");
    assert_eq!(patch(json!(0)).await.problem(422).0, "options.timeout_ms");
    patch(json!(null)).await.expect(200);
    assert_eq!(limit().await, 9_000);
}

#[tokio::test]
async fn a_flow_task_hears_of_the_outputs_that_it_names() {
    let instance = Instance::new().await;
    let mut task = webhook();
    (task["profile"], task["options"]) = (json!("flow-task"), json!({"outputs": ["3", "Orders"]}));
    let made = instance.post("/api/v1/webhooks", task).await.expect(201).json();
    assert_eq!(made["options"]["outputs"], json!(["3", "Orders"]));
    let event = made["events"][0].as_str().unwrap().to_owned();
    let why = async |data: serde_json::Value| {
        let published = instance
            .post("/api/v1/events", json!({"type": event, "data": data}))
            .await
            .expect(202)
            .json();
        let path = format!("/api/v1/events/{}/why", published["id"].as_str().unwrap());
        let why = instance.items(&path).await.remove(0);
        (published["deliveries"].as_u64().unwrap(), why["rule"].as_str().unwrap().to_owned())
    };
    assert_eq!(why(json!({"outputId": 3})).await, (1, "sent".to_owned()));
    assert_eq!(why(json!({"outputId": 4, "outputName": "Orders"})).await, (1, "sent".to_owned()));
    assert_eq!(why(json!({"outputId": 4})).await, (0, "other_output".to_owned()));
    assert_eq!(why(json!({})).await, (0, "other_output".to_owned()));
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let all = json!({"options": {"outputs": []}}).to_string();
    let changed = instance.with("PATCH", &path, &[], all).await.expect(200).json();
    assert!(changed["options"]["outputs"].is_null(), "{changed}");
    assert_eq!(why(json!({"outputId": 4})).await, (1, "sent".to_owned()));
}
