//! Monitors and the overview.

use domain::clock::{HOUR, parse_rfc3339};
use serde_json::json;

use crate::support::Instance;

#[tokio::test]
async fn a_monitor_is_due_within_its_interval_rests_while_paused_and_can_be_changed() {
    let instance = Instance::new().await;
    let path = format!("/api/v1/monitors/{}", instance.monitor().await);
    let monitor = instance.get(&path).await.expect(200);
    let tag = monitor.header("etag").to_owned();
    let monitor = monitor.json();
    let due = parse_rfc3339(monitor["next_due_at"].as_str().unwrap()).unwrap();
    assert!((1..=HOUR).contains(&(due - instance.app.now())));
    assert_eq!(monitor["collection_name"], "Orders API");
    assert_eq!(monitor["options"]["runTimeout"], 300_000);

    let paused = instance.post(&format!("{path}/pause"), json!({})).await.expect(200).json();
    assert_eq!((paused["active"].as_bool(), paused["next_due_at"].is_null()), (Some(false), true));
    let resumed = instance.post(&format!("{path}/resume"), json!({})).await.expect(200).json();
    assert!(resumed["next_due_at"].is_string());

    let patch =
        json!({"name": "Orders daily", "schedule": {"cron": {"expression": "0 6 * * *", "zone": "Europe/Berlin"}}, "tags": ["prod"]});
    let stale = instance.with("PATCH", &path, &[("if-match", &tag)], patch.to_string()).await;
    stale.problem(412);
    let tag = instance.get(&path).await.header("etag").to_owned();
    let changed = instance
        .with("PATCH", &path, &[("if-match", &tag)], patch.to_string())
        .await
        .expect(200)
        .json();
    assert_eq!((&changed["name"], &changed["tags"]), (&json!("Orders daily"), &json!(["prod"])));
    assert_eq!(changed["options"], monitor["options"]);
}

#[tokio::test]
async fn run_now_queues_one_run_and_refuses_the_next_until_it_is_over() {
    let instance = Instance::new().await;
    let path = format!("/api/v1/monitors/{}", instance.monitor().await);
    let run = instance.post(&format!("{path}/run"), json!({})).await.expect(202).json();
    assert_eq!(
        (&run["state"], &run["run_type"], &run["sequence"]),
        (&json!("queued"), &json!("manual"), &json!(1))
    );
    instance.post(&format!("{path}/run"), json!({})).await.problem(409);
    assert_eq!(instance.items(&format!("{path}/runs")).await.len(), 1);
    assert_eq!(instance.items(&format!("{path}/runs?status=success")).await.len(), 0);
    assert!(instance.items(&format!("{path}/missed")).await.is_empty());
    let one = instance
        .get(&format!("/api/v1/runs/{}", run["id"].as_str().unwrap()))
        .await
        .expect(200)
        .json();
    assert_eq!(one["executions"], json!([]));
    instance.delete(&path).await.expect(204);
    assert!(instance.items("/api/v1/runs").await.is_empty());
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let instance = Instance::new().await;
    let path = format!("/api/v1/monitors/{}", instance.monitor().await);
    for (patch, field) in [
        (json!({"environment_id": "nothing"}), "environment_id"),
        (json!({"collection_id": "nothing"}), "collection_id"),
        (json!({"options": {"retries": 3}}), "options.retries"),
        (json!({"schedule": {"interval": {"seconds": 0}}}), "schedule.interval.seconds"),
        (
            json!({"schedule": {"cron": {"expression": "0 6 31 2 *", "zone": "UTC"}}}),
            "schedule.cron.expression",
        ),
        (
            json!({"schedule": {"cron": {"expression": "0 6 * * *", "zone": "Mars"}}}),
            "schedule.cron.zone",
        ),
        (json!({"name": ""}), "name"),
        (json!({"tags": ["a", " "]}), "tags[1]"),
    ] {
        assert_eq!(instance.patch(&path, patch.clone()).await.problem(422).0, field, "{patch}");
    }
}

#[tokio::test]
async fn the_overview_says_unknown_until_there_was_a_run() {
    let instance = Instance::new().await;
    let path = format!("/api/v1/monitors/{}", instance.monitor().await);
    let overview = instance.get("/api/v1/overview").await.expect(200).json();
    assert_eq!(
        (&overview["counts"]["unknown"], &overview["monitors"][0]["standing"]),
        (&json!(1), &json!("unknown"))
    );
    assert!(overview["monitors"][0]["uptime_24h"].is_null());
    instance.post(&format!("{path}/pause"), json!({})).await.expect(200);
    let overview = instance.get("/api/v1/overview").await.expect(200).json();
    assert_eq!((&overview["counts"]["paused"], &overview["counts"]["up"]), (&json!(1), &json!(0)));
}
