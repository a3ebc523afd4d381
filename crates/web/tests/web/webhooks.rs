//! Webhooks: what may be saved, secrets that are shown once, switching, the log.

use serde_json::{Value, json};
use store::tables::attempts::{self, Attempt};

use crate::support::Instance;

fn input() -> Value {
    // An address, so that no name has to be resolved.
    json!({"name": "Ops", "url": "https://1.1.1.1/hook", "events": ["monitor.run.finished"]})
}

fn with(changes: Value) -> Value {
    let mut input = input();
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

async fn created(instance: &Instance, changes: Value) -> (String, Value) {
    let webhook = instance.post("/api/v1/webhooks", with(changes)).await.expect(201).json();
    (format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap()), webhook)
}

#[tokio::test]
async fn the_guard_judges_the_url_when_it_is_saved() {
    let instance = Instance::new().await;
    for (url, rule) in [
        ("http://1.1.1.1/", "scheme_http"),
        ("https://127.0.0.1/", "own_address"),
        ("https://127.0.0.2/", "address_loopback"),
        ("https://2130706434/", "address_loopback"),
        ("https://[::ffff:10.0.0.1]/", "address_"),
        ("https://169.254.169.254/latest", "address_"),
        ("https://localhost:9/", "address_loopback"),
        ("ftp://1.1.1.1/", "scheme_unknown"),
        ("not a url", "url_invalid"),
    ] {
        let (field, detail) = instance.post("/api/v1/webhooks", with(json!({"url": url}))).await.problem(422);
        assert_eq!(field, "url");
        assert!(detail.contains(rule), "{url}: {detail}");
    }
    let (path, _) = created(&instance, json!({})).await;
    assert_eq!(
        instance.patch(&path, json!({"url": "https://10.0.0.1/"})).await.problem(422).0,
        "url"
    );
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let instance = Instance::new().await;
    for (changes, field) in [
        (json!({"name": ""}), "name"),
        (json!({"events": []}), "events"),
        (json!({"events": ["ok", "Not OK"]}), "events[1]"),
        (json!({"subject": "nobody"}), "subject"),
        (json!({"secret": "abc"}), "secret"),
        (json!({"headers": [{"name": "Host", "value": "x"}]}), "headers.Host"),
        (json!({"headers": [{"name": "x-a", "value": "a\r\nb: c"}]}), "headers.x-a"),
        (json!({"options": {"timeout_ms": 5}}), "options.timeout_ms"),
        (
            json!({"retry_policy": {"delays_ms": [1], "used_up": "keep", "jitter_percent": 99}}),
            "retry_policy.jitter_percent",
        ),
        (json!({"trigger": {"after_failures": {"failures": 0}}}), "trigger.failures"),
        (json!({"trigger": {"after_failures": {"failures": 1_001}}}), "trigger.failures"),
        (
            json!({"trigger": {"three_failures_then_success": {"first": u64::MAX}}}),
            "trigger.first",
        ),
        (
            json!({"retry_policy": {"delays_ms": [1], "used_up": "keep", "disable_after_ms": u64::MAX}}),
            "retry_policy.disable_after_ms",
        ),
        (json!({"url": ""}), "url"),
    ] {
        assert_eq!(
            instance.post("/api/v1/webhooks", with(changes.clone())).await.problem(422).0,
            field,
            "{changes}"
        );
    }
    assert!(instance.items("/api/v1/webhooks").await.is_empty());
}

#[tokio::test]
async fn headers_that_are_ours_to_set_or_break_lines_are_refused_by_name() {
    let instance = Instance::new().await;
    let (path, _) = created(&instance, json!({"headers": [{"name": "X-Team", "value": "red"}]})).await;
    let reserved = [
        "hOST",
        "Content-Length",
        "Connection",
        "Keep-Alive",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Expect",
        "webhook-id",
        "Webhook-Timestamp",
        "WEBHOOK-SIGNATURE",
        "Signature",
        "Signature-Old",
        "X-Watchbell-Signature",
        "X-Hub-Signature",
        "X-Hub-Signature-256",
        "Watchbell-Hops",
        "Watchbell-Replay",
    ];
    let mut table: Vec<(&str, &str, String)> = reserved.map(|name| (name, "x", format!("headers.{name}"))).into();
    for value in ["a\r\nb: c", "a\nb: c", "a\rb", "a\0b", "a\u{7f}"] {
        table.push(("X-A", value, "headers.X-A".to_owned()));
    }
    for name in ["", "X A", "X:A", "X-\u{e4}", "X\r\nHost"] {
        table.push((name, "x", "headers".to_owned()));
    }
    for (name, value, field) in table {
        let headers = json!({"headers": [{"name": "X-Ok", "value": "ok"}, {"name": name, "value": value}]});
        let refused = instance.post("/api/v1/webhooks", with(headers.clone())).await.problem(422);
        assert_eq!(refused.0, field, "{name:?}: {value:?}");
        assert_eq!(instance.patch(&path, headers).await.problem(422).0, field, "{name:?}: {value:?}");
    }
    assert_eq!(instance.get(&path).await.json()["version"], 1);
}

/// NUL, no UTF-8, half a character.
const ODD: [u8; 6] = [0, b'a', 0xff, 0, 0xc3, b'"'];

#[tokio::test]
async fn any_bytes_that_a_receiver_answers_are_shown_as_they_were() {
    let instance = Instance::new().await;
    let (path, webhook) = created(&instance, json!({})).await;
    let attempt = |number: u64, body: &[u8]| Attempt {
        id: format!("att_{number}"),
        delivery_id: "dlv_1".to_owned(),
        webhook_id: webhook["id"].as_str().unwrap().to_owned(),
        event_id: "evt_1".to_owned(),
        event_type: "a".to_owned(),
        number,
        at: 1,
        duration_us: 1,
        phases: "{}".to_owned(),
        success: true,
        verdict: "ok".to_owned(),
        status_code: Some(200),
        message: None,
        remote: None,
        http_version: None,
        method: "POST".to_owned(),
        request_url: "https://1.1.1.1/hook".to_owned(),
        request_headers: Vec::new(),
        request_body: ODD.to_vec(),
        response_headers: Some(Vec::new()),
        response_body: Some(body.to_vec()),
        response_truncated: false,
    };
    let rows = [attempt(1, &ODD), attempt(2, b"a\0b")].map(attempts::log_row);
    instance.app.store.write(move |tx| attempts::insert_many(tx, &rows)).await.unwrap();
    let odd = instance.get("/api/v1/deliveries/dlv_1/attempts/att_1").await.expect(200).json();
    for body in ["request_body", "response_body"] {
        assert_eq!(odd[body], json!({"base64": "AGH/AMMi", "bytes": 6}));
    }
    let text = instance.get("/api/v1/deliveries/dlv_1/attempts/att_2").await.expect(200).json();
    assert_eq!(text["response_body"], json!({"text": "a\0b", "bytes": 3}));
    assert_eq!(instance.items(&format!("{path}/attempts")).await.len(), 2);
}

#[tokio::test]
async fn postmans_default_is_three_failures_and_everything_elses_every_run() {
    let instance = Instance::new().await;
    let (_, postman) = created(&instance, json!({"profile": "postman"})).await;
    assert_eq!(postman["trigger"], json!({"three_failures_then_success": {"first": 3}}));
    let (_, standard) = created(&instance, json!({})).await;
    assert_eq!(standard["trigger"], json!("every_run"));
    let (_, chosen) = created(&instance, json!({"profile": "postman", "trigger": "every_run"})).await;
    assert_eq!(chosen["trigger"], json!("every_run"));
    let (_, activity) = created(&instance, json!({"profile": "postman", "events": ["activity"]})).await;
    assert_eq!(activity["trigger"], json!("every_run"));
}

#[tokio::test]
async fn a_secret_is_shown_once_and_credentials_leave_the_url() {
    let instance = Instance::new().await;
    let (path, made) = created(&instance, json!({"secret": "generate", "url": "https://ann:pw@1.1.1.1/hook"})).await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"));
    assert_eq!(
        (&made["url"], made["has_headers"].as_bool()),
        (&json!("https://1.1.1.1/hook"), Some(true))
    );
    let shown = instance.get(&path).await.expect(200);
    assert_eq!(shown.json()["has_secret"], true);
    assert!(!shown.text().contains(secret) && !shown.text().contains("pw"), "{}", shown.text());

    let rotated = instance
        .post(&format!("{path}/rotate-secret"), json!({"overlap_s": 60}))
        .await
        .expect(200)
        .json();
    assert_ne!(rotated["secret"], made["secret"]);
    assert!(rotated["old_secret_ends_at"].is_string());
    let at_once = instance
        .post(&format!("{path}/rotate-secret"), json!({"overlap_s": 0}))
        .await
        .expect(200)
        .json();
    assert!(at_once["old_secret_ends_at"].is_null());
    let unsigned = instance.patch(&path, json!({"secret": null})).await.expect(200).json();
    assert_eq!(unsigned["has_secret"], false);
}

#[tokio::test]
async fn a_change_names_the_version_it_is_of_and_keeps_the_rest() {
    let instance = Instance::new().await;
    let (path, before) = created(&instance, json!({"secret": "generate", "headers": [{"name": "x-a", "value": "1"}]})).await;
    let tag = instance.get(&path).await.header("etag").to_owned();
    let after = instance
        .with("PATCH", &path, &[("if-match", &tag)], json!({"name": "Ops 2"}).to_string())
        .await
        .expect(200)
        .json();
    assert_eq!(after["name"], "Ops 2");
    assert_eq!(
        (&after["url"], &after["has_secret"], &after["has_headers"]),
        (&before["url"], &json!(true), &json!(true))
    );
    instance
        .with("PATCH", &path, &[("if-match", &tag)], json!({"name": "Ops 3"}).to_string())
        .await
        .problem(412);
    assert_eq!(instance.get(&path).await.json()["name"], "Ops 2");
}

#[tokio::test]
async fn an_event_is_queued_for_those_who_hear_of_it_and_why_says_so() {
    let instance = Instance::new().await;
    let (hears, webhook) = created(&instance, json!({"events": ["issue-created"]})).await;
    let (deaf, _) = created(&instance, json!({"name": "Deaf", "events": ["risk.*"]})).await;
    let published = instance
        .post("/api/v1/events", json!({"type": "issue-created", "data": {"a": 1}}))
        .await
        .expect(202)
        .json();
    assert_eq!(published["deliveries"], 1);
    let queued = instance.items(&format!("{hears}/deliveries")).await;
    assert_eq!((&queued[0]["state"], &queued[0]["event_id"]), (&json!("pending"), &published["id"]));
    assert!(instance.items(&format!("{deaf}/deliveries")).await.is_empty());
    let why = instance
        .items(&format!("/api/v1/events/{}/why", published["id"].as_str().unwrap()))
        .await;
    let of = |sent: bool| why.iter().find(|answer| answer["sent"] == sent).unwrap().clone();
    assert_eq!(of(true)["webhook_id"], webhook["id"]);
    assert_eq!(of(false)["because"], "it is not subscribed to `issue-created`");

    let delivery = format!("/api/v1/deliveries/{}", queued[0]["id"].as_str().unwrap());
    instance.post(&format!("{delivery}/resend"), json!({})).await.problem(409);
    let off = instance.post(&format!("{hears}/disable"), json!({})).await.expect(200).json();
    assert_eq!(
        (&off["enabled"], &off["disabled_reason"]),
        (&json!(false), &json!("disabled by Ada"))
    );
    let dropped = instance.get(&delivery).await.expect(200).json();
    assert_eq!((&dropped["state"], &dropped["log"]), (&json!("dropped"), &json!([])));
    instance.post(&format!("{delivery}/resend"), json!({})).await.problem(409);
    let on = instance.post(&format!("{hears}/enable"), json!({})).await.expect(200).json();
    assert_eq!(on["enabled"], true);
    let again = instance.post(&format!("{delivery}/resend"), json!({})).await.expect(202).json();
    assert_eq!((&again["kind"], &again["event_id"]), (&json!("resend"), &published["id"]));
    let test = instance.post(&format!("{hears}/test"), json!({})).await.expect(202).json();
    assert_eq!((&test["kind"], &test["event_type"]), (&json!("test"), &json!("test-event")));
    let stats = instance
        .get(&format!("{hears}/stats?since=2026-01-01T00:00:00Z"))
        .await
        .expect(200)
        .json();
    assert_eq!((&stats["successes"], stats["p50_us"].is_null()), (&json!(0), true));
    assert_eq!(instance.get(&format!("{hears}/stats?since=monday")).await.problem(422).0, "since");
    instance.delete(&hears).await.expect(204);
    instance.get(&delivery).await.problem(404);
}

#[tokio::test]
async fn a_webhook_outlives_its_monitor_disabled_and_can_still_be_changed() {
    let instance = Instance::new().await;
    let monitor = instance.monitor().await;
    let (path, _) = created(&instance, json!({"subject": monitor})).await;
    let (other, _) = created(&instance, json!({"name": "All"})).await;
    instance.delete(&format!("/api/v1/monitors/{monitor}")).await.expect(204);
    let left = instance.get(&path).await.expect(200).json();
    assert_eq!(
        (&left["subject"], &left["enabled"], &left["disabled_reason"]),
        (&json!(monitor), &json!(false), &json!("the monitor `Orders hourly` was deleted"))
    );
    assert_eq!(instance.get(&other).await.expect(200).json()["enabled"], true);
    // As the page sends it: with the subject that it has.
    let renamed = instance
        .patch(&path, json!({"name": "Ops 2", "subject": monitor}))
        .await
        .expect(200)
        .json();
    assert_eq!((&renamed["name"], &renamed["subject"]), (&json!("Ops 2"), &json!(monitor)));
    assert_eq!(instance.patch(&other, json!({"subject": monitor})).await.problem(422).0, "subject");
}

#[tokio::test]
async fn a_collections_feed_is_sent_what_happens_in_it_and_nothing_of_another() {
    let instance = Instance::new().await;
    let mine = instance
        .post("/api/v1/collections", crate::support::collection("Orders"))
        .await
        .expect(201)
        .json();
    let mut other = crate::support::collection("Risks");
    other["info"]["_postman_id"] = json!("0fa12345-0000-4000-8000-000000000002");
    let other = instance.post("/api/v1/collections", other).await.expect(201).json();
    let feed = json!({"profile": "postman", "events": ["activity"], "subject": mine["uid"]});
    let (feed, made) = created(&instance, feed).await;
    assert_eq!(made["subject_name"], "Orders");
    let (by_id, made) = created(&instance, json!({"name": "By id", "events": ["activity"], "subject": mine["id"]})).await;
    assert_eq!((&made["subject"], &made["subject_name"]), (&mine["uid"], &json!("Orders")));
    let change = async |which: &Value, name: &str| {
        let path = format!("/api/v1/collections/{}", which["id"].as_str().unwrap());
        let document = crate::support::collection(name).to_string();
        instance.with("PUT", &path, &[], document).await.expect(200);
    };
    change(&other, "Risks 2").await;
    assert!(instance.items(&format!("{feed}/deliveries")).await.is_empty());
    change(&mine, "Orders 2").await;
    for path in [&feed, &by_id] {
        let sent = instance.items(&format!("{path}/deliveries")).await;
        assert_eq!((sent.len(), &sent[0]["state"]), (1, &json!("pending")));
        let event = format!("/api/v1/events/{}", sent[0]["event_id"].as_str().unwrap());
        let event = instance.get(&event).await.expect(200).json();
        assert_eq!(
            (&event["subject"], &event["data"]["model_name"]),
            (&mine["uid"], &json!("Orders 2"))
        );
    }
}
