//! Sources: rotation with an overlap, connecting a monitor by one click, the advice on "3 failures".

use axum::body::Body;
use domain::clock::SECOND;
use serde_json::{Value, json};

use crate::support::Instance;

async fn created(instance: &Instance, provider: &str) -> Value {
    instance
        .post("/api/v1/sources", json!({"name": "In", "provider": provider}))
        .await
        .expect(201)
        .json()
}

fn failing() -> String {
    json!({
        "collection_name": "", "collection_uid": "", "environment_name": "", "environment_uid": "", "monitor_name": "m", "monitor_uid": "1-m",
        "metrics": {"errors": 1, "failedTests": 0, "passedTests": 0, "requestCount": 1, "totalLatency": 0, "warnings": 0},
        "user_id": "1", "user_name": "A",
    })
    .to_string()
}

#[tokio::test]
async fn after_a_rotation_both_tokens_work_until_the_overlap_ends() {
    let instance = Instance::new().await;
    let old = created(&instance, "postman").await;
    let path = format!("/api/v1/sources/{}", old["id"].as_str().unwrap());
    let new = instance
        .post(&format!("{path}/rotate-token"), json!({"overlap_s": 60}))
        .await
        .expect(200)
        .json();
    let report = async |source: &Value| {
        let url = format!("/in/{}", source["token"].as_str().unwrap());
        instance.with("POST", &url, &[], failing()).await.status.as_u16()
    };
    assert_eq!((report(&old).await, report(&new).await), (200, 200));
    instance.clock.turn(61 * SECOND);
    assert_eq!((report(&old).await, report(&new).await), (404, 200));
    let shown = instance.get(&path).await.expect(200);
    assert!(!shown.text().contains(new["token"].as_str().unwrap()));
    let at_once = instance
        .with("POST", &format!("{path}/rotate-token"), &[], json!({"overlap_s": 0}).to_string())
        .await
        .expect(200)
        .json();
    assert_eq!((report(&new).await, report(&at_once).await), (404, 200));
}

#[tokio::test]
async fn a_source_that_only_hears_of_failures_says_so() {
    let instance = Instance::new().await;
    let source = created(&instance, "postman").await;
    let path = format!("/api/v1/sources/{}", source["id"].as_str().unwrap());
    for expected in [false, false, true] {
        let url = format!("/in/{}", source["token"].as_str().unwrap());
        instance.with("POST", &url, &[], failing()).await.expect(200);
        assert_eq!(instance.get(&path).await.json()["only_failures"], expected);
    }
}

#[tokio::test]
async fn one_click_points_a_monitor_at_a_source_without_showing_the_token() {
    let instance = Instance::new().await;
    let monitor = instance.monitor().await;
    for (provider, profile) in [("watchbell", "standard"), ("postman", "postman")] {
        let source = created(&instance, provider).await;
        let path = format!("/api/v1/sources/{}/connect", source["id"].as_str().unwrap());
        let made = instance.post(&path, json!({"monitor_id": monitor})).await.expect(201);
        assert!(!made.text().contains(source["token"].as_str().unwrap()));
        let webhook = made.json();
        assert_eq!((&webhook["profile"], &webhook["trigger"]), (&json!(profile), &json!("every_run")));
        assert_eq!((&webhook["subject"], &webhook["source_id"]), (&json!(monitor), &source["id"]));
        instance.post(&path, json!({"monitor_id": monitor})).await.problem(409);
        assert_eq!(instance.post(&path, json!({"monitor_id": "x"})).await.problem(422).0, "monitor_id");
    }
}

#[tokio::test]
async fn deleting_a_source_ends_its_url() {
    let instance = Instance::new().await;
    let source = created(&instance, "postman").await;
    let url = format!("/in/{}", source["token"].as_str().unwrap());
    instance.with("POST", &url, &[], failing()).await.expect(200);
    instance
        .delete(&format!("/api/v1/sources/{}", source["id"].as_str().unwrap()))
        .await
        .expect(204);
    instance.with("POST", &url, &[], failing()).await.expect(404);
    assert!(instance.items("/api/v1/incidents").await.is_empty());
    instance
        .with("POST", "/api/v1/sources/x/rotate-token", &[("content-type", "")], Body::empty())
        .await
        .problem(404);
}
