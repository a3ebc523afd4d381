//! Publishing: keys that make a repeat harmless, and batches that answer item by item.

use serde_json::{Value, json};

use crate::support::Instance;

fn event(number: u64) -> Value {
    json!({"type": "issue-created", "data": {"number": number}})
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_the_same_event_and_another_body_a_conflict() {
    let instance = Instance::new().await;
    let webhook = json!({"name": "all", "url": "https://1.1.1.1/", "events": ["issue-created"]});
    instance.post("/api/v1/webhooks", webhook.clone()).await.expect(201);
    let mut off = webhook;
    off["enabled"] = json!(false);
    instance.post("/api/v1/webhooks", off).await.expect(201);
    let send = async |body: Value| {
        instance
            .with("POST", "/api/v1/events", &[("idempotency-key", "k-1")], body.to_string())
            .await
    };
    let first = send(event(1)).await.expect(202).json();
    assert_eq!(first["deliveries"], 1);
    let again = send(event(1)).await.expect(202);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.json(), first, "the answer is the same as then");
    send(event(2)).await.problem(409);
    assert_eq!(instance.items("/api/v1/events?type=issue-created").await.len(), 1);
    let bad = instance
        .with("POST", "/api/v1/events", &[("idempotency-key", "a b")], event(1).to_string())
        .await;
    assert_eq!(bad.problem(422).0, "idempotency-key");
}

#[tokio::test]
async fn an_events_own_id_is_a_key_too_within_its_workspace() {
    let mut instance = Instance::new().await;
    let own = |number: u64| json!({"type": "issue-created", "id": "mine-1", "data": {"number": number}});
    let first = instance.post("/api/v1/events", own(1)).await.expect(202).json();
    let again = instance.post("/api/v1/events", own(1)).await.expect(202).json();
    assert_eq!(again["id"], first["id"]);
    instance.post("/api/v1/events", own(2)).await.problem(409);
    instance.token = instance.stranger().await;
    let theirs = instance.post("/api/v1/events", own(2)).await.expect(202).json();
    assert_ne!(theirs["id"], first["id"]);
}

#[tokio::test]
async fn the_data_is_kept_as_it_was_written() {
    let instance = Instance::new().await;
    let data = r#"{ "big": 12345678901234567890123, "z": 1.0, "a": "\u00e9" }"#;
    let body = format!(r#"{{"type":"issue-created","subject":"s","at":"2026-01-31T12:00:00Z","data":{data}}}"#);
    let made = instance.with("POST", "/api/v1/events", &[], body).await.expect(202).json();
    let event = instance
        .get(&format!("/api/v1/events/{}", made["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert!(event.text().contains(data), "{}", event.text());
    assert_eq!(event.json()["at"], "2026-01-31T12:00:00.000000Z");
}

#[tokio::test]
async fn what_is_no_event_is_refused() {
    let instance = Instance::new().await;
    for (body, field) in [
        (json!({"type": "Issue Created", "data": {}}), "type"),
        (json!({"type": "issue-created", "data": [1]}), "data"),
        (json!({"type": "issue-created"}), "data"),
        (json!({"type": "issue-created", "data": {}, "id": "a b"}), "id"),
        (json!({"type": "issue-created", "data": {}, "subject": "x".repeat(600)}), "subject"),
        (json!({"type": "issue-created", "data": {}, "at": "yesterday"}), "at"),
    ] {
        assert_eq!(instance.post("/api/v1/events", body.clone()).await.problem(422).0, field, "{body}");
    }
    instance
        .post("/api/v1/events", json!({"type": "a", "data": {"x": "y".repeat(1_100_000)}}))
        .await
        .problem(413);
}

#[tokio::test]
async fn a_batch_answers_for_each_item_and_stores_the_good_ones() {
    let instance = Instance::new().await;
    let batch = json!([event(1), {"type": "B A D", "data": {}}, {"type": "issue-created", "dta": {}}, event(2)]);
    let answer = instance.post("/api/v1/events/batch", batch).await.expect(202).json();
    assert_eq!((&answer["accepted"], &answer["refused"]), (&json!(2), &json!(2)));
    assert_eq!(answer["items"][1]["problem"]["field"], "[1].type");
    assert_eq!(answer["items"][2]["problem"]["field"], "[2].dta");
    assert!(answer["items"][3]["id"].is_string());
    let lines = format!("{}\n\n{}\nnot json\n", event(3), event(4));
    let answer = instance
        .with("POST", "/api/v1/events/batch", &[("content-type", "application/x-ndjson")], lines)
        .await
        .expect(202)
        .json();
    assert_eq!(
        (&answer["accepted"], answer["items"][2]["problem"]["status"].as_u64()),
        (&json!(2), Some(400))
    );
    assert_eq!(instance.items("/api/v1/events?type=issue-created").await.len(), 4);
    instance.post("/api/v1/events/batch", json!({"type": "a"})).await.problem(422);
}

#[tokio::test]
async fn a_stored_batch_is_accepted_though_its_repeats_cannot_be_counted() {
    let instance = Instance::new().await;
    let webhook = json!({"name": "all", "url": "https://1.1.1.1/", "events": ["issue-created"]});
    instance.post("/api/v1/webhooks", webhook).await.expect(201);
    let own = json!({"type": "issue-created", "id": "mine-1", "data": {}});
    let first = instance.post("/api/v1/events/batch", json!([own])).await.expect(202).json();
    let again = instance.post("/api/v1/events/batch", json!([own])).await.expect(202).json();
    assert_eq!(
        (&again, &again["items"][0]["deliveries"]),
        (&first, &json!(1)),
        "the answer is the same as then"
    );
    let spoil = |tx: &mut dyn store::Tx| tx.execute("UPDATE deliveries SET kind = 'nonsense'", &[]);
    instance.app.store.write(spoil).await.unwrap();
    let answer = instance
        .post("/api/v1/events/batch", json!([own, event(2)]))
        .await
        .expect(202)
        .json();
    assert_eq!(
        (&answer["accepted"], &answer["items"][0]["id"], &answer["items"][1]["deliveries"]),
        (&json!(2), &first["items"][0]["id"], &json!(1))
    );
    assert_eq!(
        instance.items("/api/v1/events?type=issue-created").await.len(),
        2,
        "nothing is doubled"
    );
}

#[tokio::test]
async fn an_import_calls_no_webhook() {
    let instance = Instance::new().await;
    let webhook = json!({"name": "all", "url": "https://1.1.1.1/", "events": ["*"]});
    instance.post("/api/v1/webhooks", webhook).await.expect(201);
    let import = json!({"type": "issue-created", "data": {}, "import": true});
    assert_eq!(instance.post("/api/v1/events", import).await.expect(202).json()["deliveries"], 0);
    assert_eq!(instance.post("/api/v1/events", event(1)).await.expect(202).json()["deliveries"], 1);
}

#[tokio::test]
async fn watchbells_own_events_cannot_be_forged() {
    let mut instance = Instance::new().await;
    let mut webhook = json!({"name": "all", "url": "https://1.1.1.1/", "events": ["*"]});
    webhook["trigger"] = json!({"three_failures_then_success": {}});
    instance.post("/api/v1/webhooks", webhook).await.expect(201);
    let admin = instance.token.clone();
    instance.token = instance.token_with(&["publish"]).await;
    for own in [
        "monitor.run.finished",
        "incident.resolved",
        "webhook.disabled",
        "activity",
        "test-event",
    ] {
        let forged = json!({"type": own, "data": {"status": "success"}});
        assert_eq!(
            instance.post("/api/v1/events", forged.clone()).await.problem(422).0,
            "type",
            "{own}"
        );
        let batch = instance.post("/api/v1/events/batch", json!([forged])).await.expect(202).json();
        assert_eq!(
            (&batch["refused"], &batch["items"][0]["problem"]["field"]),
            (&json!(1), &json!("[0].type"))
        );
    }
    let refused = instance
        .post("/api/v1/events", json!({"type": "delivery.failed", "data": {}}))
        .await;
    let hint = refused.expect(422).json()["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("`delivery.`"), "{hint}");
    instance.token = admin;
    let stored = instance.items("/api/v1/events").await;
    assert!(stored.iter().all(|event| event["data"]["status"] != "success"), "{stored:?}");
}

#[tokio::test]
async fn key_and_own_id_each_make_a_repeat_harmless_and_never_meet() {
    let instance = Instance::new().await;
    let event = |id: Option<&str>, changes: Value| {
        let mut event = json!({"type": "issue-created", "data": {"number": 1}});
        if let Some(id) = id {
            event["id"] = json!(id);
        }
        for (name, value) in changes.as_object().unwrap() {
            event[name] = value.clone();
        }
        event.to_string()
    };
    let send = async |key: &str, body: String| instance.with("POST", "/api/v1/events", &[("idempotency-key", key)], body).await;
    let own = || event(Some("o-1"), json!({}));
    let first = send("k-1", own()).await.expect(202).json();
    // The id counts although a key came along, whatever key comes with the repeat.
    for key in ["k-1", "k-2", ""] {
        let again = send(key, own()).await.expect(202);
        assert_eq!(
            (&again.json()["id"], again.header("idempotent-replayed")),
            (&first["id"], "true"),
            "{key}"
        );
    }
    // The key counts although an id came along.
    send("k-1", event(Some("o-2"), json!({}))).await.problem(409);
    send("", event(Some("o-1"), json!({"at": "2026-01-31T12:00:00Z"})))
        .await
        .problem(409);
    send("", event(Some("o-1"), json!({"import": true}))).await.problem(409);
    // A key that looks like another's id is not that id.
    let by_id = send("", event(Some("x"), json!({}))).await.expect(202).json();
    let by_key = send("id:x", event(None, json!({}))).await.expect(202).json();
    assert_ne!(by_id["id"], by_key["id"]);
    assert_eq!(instance.items("/api/v1/events?type=issue-created").await.len(), 3);
}
