//! Profiles in the API: what may be saved in each, the preview, the try, signatures and their secrets.

use serde_json::{Value, json};

use crate::support::Instance;

fn with(changes: Value) -> Value {
    let mut input = json!({"name": "Ops", "url": "https://1.1.1.1/hook", "events": ["issue-created"]});
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

#[tokio::test]
async fn each_profile_is_saved_with_its_own_defaults() {
    let instance = Instance::new().await;
    for (profile, timeout_ms) in [
        ("standard", 15_000),
        ("testmonitor", 3_000),
        ("flow-task", 30_000),
        ("custom", 15_000),
        ("slack", 15_000),
        ("teams", 15_000),
        ("discord", 15_000),
    ] {
        let made = instance
            .post("/api/v1/webhooks", with(json!({"profile": profile})))
            .await
            .expect(201)
            .json();
        assert_eq!(
            (&made["profile"], &made["options"]["timeout_ms"]),
            (&json!(profile), &json!(timeout_ms))
        );
    }
    let key = "0123456789abcdef0123456789abcdef";
    let made = with(json!({"profile": "pagerduty", "url": "", "secret": key}));
    // Its host cannot be resolved in a test, which is no reason to refuse it.
    let made = instance.post("/api/v1/webhooks", made).await.expect(201);
    assert_eq!(made.json()["url"], "https://events.pagerduty.com/v2/enqueue");
    assert!(!made.text().contains(key));
}

#[tokio::test]
async fn what_a_profile_does_not_have_is_refused_with_the_field() {
    let instance = Instance::new().await;
    for (changes, field) in [
        (json!({"options": {"method": "PUT"}}), "options.method"),
        (json!({"profile": "slack", "options": {"body": "{}"}}), "options.body"),
        (
            json!({"profile": "teams", "options": {"content_type": "text/plain"}}),
            "options.content_type",
        ),
        (json!({"profile": "custom", "options": {"body": "{\"a\": }"}}), "options.body"),
        (
            json!({"profile": "flow-task", "options": {"body": "{\"a\": $nobody}"}}),
            "options.body",
        ),
        (json!({"profile": "custom", "options": {"outputs": ["3"]}}), "options.outputs"),
        (
            json!({"profile": "flow-task", "options": {"outputs": ["3", ""]}}),
            "options.outputs",
        ),
        (
            json!({"profile": "flow-task", "options": {"outputs": vec!["3"; 101]}}),
            "options.outputs",
        ),
        (json!({"profile": "pagerduty"}), "secret"),
        (json!({"profile": "pagerduty", "secret": "generate"}), "secret"),
        (
            json!({"profile": "pagerduty", "secret": "0123456789", "options": {"signature": "github"}}),
            "options.signature",
        ),
        (json!({"secret": "any text"}), "secret"),
        (json!({"profile": "testmonitor", "secret": "x".repeat(257)}), "secret"),
    ] {
        let refused = instance.post("/api/v1/webhooks", with(changes.clone())).await.problem(422);
        assert_eq!(refused.0, field, "{changes}: {}", refused.1);
    }
    let refused = instance.post(
        "/api/v1/webhooks",
        with(json!({"profile": "flow-task", "options": {"body": "{\n$nobody}"}})),
    );
    assert!(refused.await.problem(422).1.contains("line 2, column 1"));
    assert!(instance.items("/api/v1/webhooks").await.is_empty());
}

#[tokio::test]
async fn a_change_of_the_signature_asks_whether_the_secret_fits() {
    let instance = Instance::new().await;
    let made = instance
        .post(
            "/api/v1/webhooks",
            with(json!({"secret": "any text", "options": {"signature": "github"}})),
        )
        .await
        .expect(201)
        .json();
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let (field, detail) = instance.patch(&path, json!({"options": {"signature": null}})).await.problem(422);
    assert_eq!(field, "options.signature", "{detail}");
    assert_eq!(instance.get(&path).await.json()["options"]["signature"], "github");
    instance
        .patch(&path, json!({"options": {"signature": "timestamped"}}))
        .await
        .expect(200);
    let change = json!({"options": {"signature": null}, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"});
    instance.patch(&path, change).await.expect(200);
    let rotated = instance.post(&format!("{path}/rotate-secret"), json!({})).await.expect(200).json();
    assert!(rotated["secret"].as_str().unwrap().starts_with("whsec_"));
}

#[tokio::test]
async fn the_public_key_of_an_ed25519_webhook_is_served() {
    let instance = Instance::new().await;
    // RFC 8032, test 1.
    let seed = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    let made = instance
        .post("/api/v1/webhooks", with(json!({"secret": seed})))
        .await
        .expect(201)
        .json();
    let shown = instance
        .get(&format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(shown.json()["public_key"], "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert!(!shown.text().contains("whsk_"));
}

#[tokio::test]
async fn a_preview_shows_what_would_be_sent_and_sends_nothing() {
    let instance = Instance::new().await;
    let input = json!({"profile": "testmonitor", "event_type": "test-result-updated", "data": {"id": 1}, "secret": "abc",
        "headers": [{"name": "X-Key", "value": "hush"}]});
    let shown = instance.post("/api/v1/webhooks/preview", input).await.expect(200);
    assert!(!shown.text().contains("hush"));
    let shown = shown.json();
    assert_eq!(shown["method"], "POST");
    assert_eq!(shown["body"]["text"], r#"{"event":"test-result-updated","test_result":{"id":1}}"#);
    let header = |name: &str| {
        let found = shown["headers"].as_array().unwrap().iter().find(|pair| pair[0] == name);
        found.map(|pair| pair[1].as_str().unwrap().to_owned())
    };
    assert_eq!(header("signature").map(|value| value.len()), Some(64));
    assert_eq!(header("X-Key").as_deref(), Some("•••"));

    let event = instance
        .post("/api/v1/events", json!({"type": "issue-created", "data": {"title": "a \"b\""}}))
        .await;
    let id = event.expect(202).json()["id"].clone();
    let body = r#"{"text": "{{ data.title }}"}"#;
    let input = json!({"profile": "custom", "options": {"body": body, "method": "PUT"}, "event_id": id});
    let shown = instance.post("/api/v1/webhooks/preview", input.clone()).await.expect(200).json();
    assert_eq!((&shown["method"], &shown["event_id"]), (&json!("PUT"), &id));
    assert_eq!(shown["body"]["text"], r#"{"text": "a \"b\""}"#);

    let mut wrong = input;
    wrong["options"]["body"] = json!("{{ data.title }");
    assert_eq!(
        instance.post("/api/v1/webhooks/preview", wrong).await.problem(422).0,
        "options.body"
    );
    let missing = json!({"event_id": "evt_0"});
    assert_eq!(instance.post("/api/v1/webhooks/preview", missing).await.problem(404).0, "event_id");
    // PagerDuty's key is in the body, and nowhere in what is shown.
    let pager = json!({"profile": "pagerduty", "secret": "0123456789abcdef", "event_type": "incident.opened"});
    let shown = instance.post("/api/v1/webhooks/preview", pager).await.expect(200);
    assert!(
        !shown.text().contains("0123456789abcdef") && shown.text().contains("trigger"),
        "{}",
        shown.text()
    );
}

#[tokio::test]
async fn a_try_is_guarded_needs_the_right_and_is_braked() {
    let mut instance = Instance::new().await;
    for (url, rule) in [("https://127.0.0.2/", "address_loopback"), ("http://1.1.1.1/", "scheme_http")] {
        let (field, detail) = instance.post("/api/v1/webhooks/try", with(json!({"url": url}))).await.problem(422);
        assert_eq!(field, "url");
        assert!(detail.contains(rule), "{detail}");
    }
    assert_eq!(
        instance
            .post("/api/v1/webhooks/try", json!({"profile": "pagerduty"}))
            .await
            .problem(422)
            .0,
        "secret"
    );
    // What is refused is counted too: it cost a look-up.
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let tried = instance
            .post("/api/v1/webhooks/try", with(json!({"url": "https://127.0.0.2/"})))
            .await;
        statuses.push(tried.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    instance.token = instance.token_with(&["read"]).await;
    instance.post("/api/v1/webhooks/try", with(json!({}))).await.problem(403);
}
