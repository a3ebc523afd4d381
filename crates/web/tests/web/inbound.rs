//! Where senders report: tokens, what is taken, what is refused, and that doubt never resolves.

use std::io::Write as _;

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::{Instance, Reply};

fn result(failed: Value, errors: Value) -> Value {
    json!({
        "collection_name": "Orders", "collection_uid": "1-c", "environment_name": "", "environment_uid": "",
        "metrics": {"errors": errors, "failedTests": failed, "passedTests": 1, "requestCount": 1, "totalLatency": 5, "warnings": 0},
        "monitor_name": "Orders hourly", "monitor_uid": "1-m", "user_id": "1", "user_name": "Ada",
    })
}

async fn source(instance: &Instance) -> (String, String) {
    let made = instance
        .post("/api/v1/sources", json!({"name": "Postman", "provider": "postman"}))
        .await
        .expect(201)
        .json();
    let token = made["token"].as_str().unwrap().to_owned();
    assert_eq!(made["url"], format!("http://watchbell.test/in/{token}"));
    (made["id"].as_str().unwrap().to_owned(), token)
}

async fn report(instance: &Instance, token: &str, body: impl Into<Body>) -> Reply {
    instance.with("POST", &format!("/in/{token}"), &[("authorization", "")], body).await
}

#[tokio::test]
async fn a_failure_opens_and_the_first_success_resolves() {
    let instance = Instance::new().await;
    let (_, token) = source(&instance).await;
    let opened = report(&instance, &token, result(json!(1), json!(0)).to_string())
        .await
        .expect(200)
        .json();
    assert_eq!(opened["action"], "opened");
    let id = opened["incident_id"].as_str().unwrap().to_owned();
    let again = report(&instance, &token, result(json!(0), json!(2)).to_string())
        .await
        .expect(200)
        .json();
    assert_eq!((&again["action"], &again["incident_id"]), (&json!("updated"), &json!(id)));
    let path = format!("/api/v1/incidents/{id}");
    let incident = instance.get(&path).await.expect(200).json();
    assert_eq!(
        (&incident["title"], &incident["failures"], &incident["source_name"]),
        (&json!("Orders hourly"), &json!(2), &json!("Postman"))
    );
    assert_eq!(incident["receipts"].as_array().unwrap().len(), 2);

    let acknowledged = instance
        .post(&format!("{path}/acknowledge"), json!({"note": "on it"}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&acknowledged["state"], &acknowledged["acknowledged_by"]),
        (&json!("acknowledged"), &json!("Ada"))
    );
    instance
        .with("POST", &format!("{path}/acknowledge"), &[("content-type", "")], Body::empty())
        .await
        .problem(409);
    instance.post(&format!("{path}/note"), json!({"note": "looking"})).await.expect(200);
    assert_eq!(
        instance.post(&format!("{path}/note"), json!({"note": " "})).await.problem(422).0,
        "note"
    );

    let resolved = report(&instance, &token, result(json!(0), json!(0)).to_string())
        .await
        .expect(200)
        .json();
    assert_eq!(resolved["action"], "resolved");
    let nothing = report(&instance, &token, result(json!(0), json!(0)).to_string())
        .await
        .expect(200)
        .json();
    assert_eq!((&nothing["action"], nothing["incident_id"].is_null()), (&json!("none"), true));
    assert_eq!(instance.items("/api/v1/incidents?state=open,acknowledged").await.len(), 0);
    assert_eq!(instance.items("/api/v1/incidents?state=resolved").await.len(), 1);
    let reopened = instance.post(&format!("{path}/reopen"), json!({})).await.expect(200).json();
    assert_eq!(reopened["state"], "open");
    let by_hand = instance.post(&format!("{path}/resolve"), json!({})).await.expect(200).json();
    assert_eq!((&by_hand["state"], &by_hand["resolved_by"]), (&json!("resolved"), &json!("Ada")));
}

#[tokio::test]
async fn doubt_never_resolves_and_is_kept_with_the_path_that_failed() {
    let instance = Instance::new().await;
    let (id, token) = source(&instance).await;
    report(&instance, &token, result(json!(1), json!(0)).to_string()).await.expect(200);
    let doubts = [json!(null), json!("0"), json!(-1), json!(0.5), json!({}), json!(false)];
    for doubt in &doubts {
        let refused = report(&instance, &token, result(doubt.clone(), json!(0)).to_string())
            .await
            .expect(422);
        assert_eq!(refused.json()["field"], "$.metrics.failedTests", "{doubt}");
        assert!(refused.json()["receipt_id"].as_str().unwrap().starts_with("rcp_"));
    }
    let twice = result(json!(1), json!(0))
        .to_string()
        .replace("\"failedTests\":1", "\"failedTests\":1,\"failedTests\":0");
    report(&instance, &token, twice).await.expect(422);
    report(&instance, &token, "not json").await.expect(400);
    report(&instance, &token, "").await.expect(400);
    assert_eq!(instance.items("/api/v1/incidents?state=open").await.len(), 1);
    let receipts = instance.items(&format!("/api/v1/sources/{id}/receipts")).await;
    let quarantined = receipts.iter().filter(|receipt| receipt["verdict"] == "quarantined").count();
    assert_eq!((receipts.len(), quarantined), (doubts.len() + 4, doubts.len() + 3));
    assert_eq!(receipts[0]["problem"]["status"], 400);
}

#[tokio::test]
async fn every_wrong_token_gets_the_same_answer_and_leaves_nothing() {
    let instance = Instance::new().await;
    let (id, token) = source(&instance).await;
    let body = result(json!(1), json!(0)).to_string();
    let first = report(&instance, "wrong", body.clone()).await.expect(404);
    let shorter = &token[1..];
    for path in [
        format!("/in/{shorter}"),
        "/in".to_owned(),
        "/in?token=".to_owned(),
        format!("/in?token={token}x"),
        format!("/in/{id}"),
        "/in/%FF%FE".to_owned(),
        "/in/%00".to_owned(),
    ] {
        let reply = instance
            .with("POST", &path, &[("authorization", "")], body.clone())
            .await
            .expect(404);
        assert_eq!(reply.bytes, first.bytes, "{path}");
    }
    instance
        .patch(&format!("/api/v1/sources/{id}"), json!({"enabled": false}))
        .await
        .expect(200);
    assert_eq!(report(&instance, &token, body).await.expect(404).bytes, first.bytes);
    assert!(instance.items(&format!("/api/v1/sources/{id}/receipts")).await.is_empty());
}

#[tokio::test]
async fn the_token_may_come_in_four_ways_and_is_masked_in_the_log() {
    let instance = Instance::new().await;
    let (id, token) = source(&instance).await;
    let body = result(json!(0), json!(0)).to_string();
    let bearer = format!("Bearer {token}");
    report(&instance, &token, body.clone()).await.expect(200);
    instance
        .with("POST", &format!("/in?token={token}"), &[("authorization", "")], body.clone())
        .await
        .expect(200);
    instance
        .with("POST", "/in", &[("authorization", &bearer)], body.clone())
        .await
        .expect(200);
    instance
        .with("POST", "/in", &[("authorization", ""), ("x-itoc360-token", &token)], body.clone())
        .await
        .expect(200);
    let receipts = instance.get(&format!("/api/v1/sources/{id}/receipts")).await.expect(200);
    assert_eq!(receipts.json()["items"].as_array().unwrap().len(), 4);
    assert!(!receipts.text().contains(&token), "{}", receipts.text());
}

#[tokio::test]
async fn other_methods_types_and_sizes_are_refused() {
    let instance = Instance::new().await;
    let (_, token) = source(&instance).await;
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let reply = instance.with(method, &format!("/in/{token}"), &[], Body::empty()).await.expect(405);
        assert_eq!(reply.header("allow"), "POST", "{method}");
    }
    let body = result(json!(0), json!(0)).to_string();
    let as_type = async |kind: &str| {
        instance
            .with("POST", &format!("/in/{token}"), &[("content-type", kind)], body.clone())
            .await
            .status
            .as_u16()
    };
    assert_eq!(as_type("application/vnd.x+json; charset=utf-8").await, 200);
    assert_eq!(as_type("").await, 200);
    assert_eq!(as_type("text/plain").await, 415);

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(body.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    instance
        .with("POST", &format!("/in/{token}"), &[("content-encoding", "gzip")], packed)
        .await
        .expect(200);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bomb.write_all(&vec![b' '; 2_000_000]).unwrap();
    let bomb = bomb.finish().unwrap();
    instance
        .with("POST", &format!("/in/{token}"), &[("content-encoding", "gzip")], bomb)
        .await
        .expect(413);
}

#[tokio::test]
async fn a_list_of_large_receipts_is_small_and_each_is_there_in_full() {
    let instance = Instance::new().await;
    let (id, token) = source(&instance).await;
    let large = format!("\"{}\"", "x".repeat(900_000));
    let mut last = Value::Null;
    for _ in 0..5 {
        last = report(&instance, &token, large.clone()).await.expect(422).json();
    }
    let list = instance.get(&format!("/api/v1/sources/{id}/receipts")).await.expect(200);
    assert!(list.bytes.len() < 60_000, "{}", list.bytes.len());
    assert_eq!(list.json()["items"][0]["body"]["bytes"], large.len());
    let path = format!("/api/v1/receipts/{}", last["receipt_id"].as_str().unwrap());
    assert_eq!(instance.get(&path).await.expect(200).json()["body"]["text"], large);
}

#[tokio::test]
async fn a_sender_in_a_loop_is_told_to_wait() {
    let instance = Instance::new().await;
    let (_, token) = source(&instance).await;
    let mut refused = None;
    for _ in 0..1_001 {
        let reply = report(&instance, &token, "x").await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
    }
    assert_eq!(refused.unwrap().header("retry-after"), "1");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_its_beginning_kept() {
    let instance = Instance::new().await;
    let (id, token) = source(&instance).await;
    let mut body = result(json!(1), json!(0)).to_string();
    body.push_str(&" ".repeat(1_048_577));
    let refused = report(&instance, &token, body.clone()).await.expect(413);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let receipt = format!("/api/v1/receipts/{}", refused.json()["receipt_id"].as_str().unwrap());
    let receipt = instance.get(&receipt).await.expect(200).json();
    assert_eq!(
        (&receipt["source_id"], &receipt["verdict"], &receipt["problem"]["status"]),
        (&json!(id), &json!("quarantined"), &json!(413))
    );
    assert_eq!(receipt["body"]["text"], body[..65_536]);
    assert!(
        receipt["headers"]
            .as_array()
            .unwrap()
            .contains(&json!(["content-type", "application/json"]))
    );
    assert!(instance.items("/api/v1/incidents").await.is_empty());
}
