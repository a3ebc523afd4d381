//! Collections and environments: versions, what is wrong with a document, masked secrets.

use serde_json::json;

use crate::support::{Instance, collection};

#[tokio::test]
async fn a_document_with_a_known_id_is_the_next_version_and_the_same_one_is_none() {
    let instance = Instance::new().await;
    let first = instance.post("/api/v1/collections", collection("Orders")).await.expect(201).json();
    assert_eq!((first["version"].as_i64(), first["requests"].as_i64()), (Some(1), Some(1)));
    assert_eq!(first["uid"], "10000001-0fa12345-0000-4000-8000-000000000001");
    let same = instance
        .post("/api/v1/collections", json!({"collection": collection("Orders")}))
        .await
        .expect(200)
        .json();
    assert_eq!(same["version"], 1);
    let renamed = instance
        .post("/api/v1/collections", collection("Orders 2"))
        .await
        .expect(200)
        .json();
    assert_eq!((&renamed["id"], renamed["version"].as_i64()), (&first["id"], Some(2)));
    let path = format!("/api/v1/collections/{}", first["id"].as_str().unwrap());
    assert_eq!(instance.items(&format!("{path}/versions")).await.len(), 2);
    let old = instance.get(&format!("{path}/document?version=1")).await.expect(200).json();
    assert_eq!(old, collection("Orders"));
    let feed = instance.items("/api/v1/activity").await;
    assert_eq!(feed[0]["message"], "Ada imported collection \"Orders 2\"");
    assert_eq!(feed.len(), 2);
}

#[tokio::test]
async fn the_same_document_in_two_workspaces_is_two_collections() {
    let mut instance = Instance::new().await;
    let mine = instance.post("/api/v1/collections", collection("Orders")).await.expect(201).json();
    instance.token = instance.stranger().await;
    let theirs = instance.post("/api/v1/collections", collection("Orders")).await.expect(201).json();
    assert_ne!(mine["id"], theirs["id"]);
    assert_eq!(theirs["version"], 1);
    // It is known again by the document's own id, here too.
    let next = instance
        .post("/api/v1/collections", collection("Orders 2"))
        .await
        .expect(200)
        .json();
    assert_eq!((&next["id"], next["version"].as_i64()), (&theirs["id"], Some(2)));
    assert_eq!(instance.items("/api/v1/collections").await.len(), 1);
}

#[tokio::test]
async fn the_later_of_two_changes_is_told_of_the_first() {
    let instance = Instance::new().await;
    let environment = |name: &str| json!({"name": name, "values": []});
    let source = json!({"name": "a", "provider": "postman"});
    for (kind, method, made, change) in [
        ("collections", "PUT", collection("a"), [collection("b"), collection("c")]),
        ("environments", "PUT", environment("a"), [environment("b"), environment("c")]),
        ("sources", "PATCH", source, [json!({"name": "b"}), json!({"name": "c"})]),
        ("bins", "PATCH", json!({"name": "a"}), [json!({"name": "b"}), json!({"name": "c"})]),
    ] {
        let made = instance.post(&format!("/api/v1/{kind}"), made).await.expect(201).json();
        let path = format!("/api/v1/{kind}/{}", made["id"].as_str().unwrap());
        let tag = instance.get(&path).await.expect(200).header("etag").to_owned();
        let [first, second] = change.map(|change| change.to_string());
        let done = instance.with(method, &path, &[("if-match", &tag)], first).await.expect(200);
        assert_ne!(done.header("etag"), tag, "{kind}");
        instance
            .with(method, &path, &[("if-match", &tag)], second.clone())
            .await
            .problem(412);
        assert_eq!(instance.get(&path).await.json()["name"], "b", "{kind}");
        instance
            .with(method, &path, &[("if-match", done.header("etag"))], second)
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_wrong_document_is_refused_with_its_place() {
    let instance = Instance::new().await;
    let (_, detail) = instance
        .with("POST", "/api/v1/collections", &[], "{\"info\": {\"name\": \"x\",}}")
        .await
        .problem(422);
    assert!(detail.starts_with("line 1, column"), "{detail}");
    instance.post("/api/v1/collections", json!({"item": "nothing"})).await.problem(422);
    assert!(instance.items("/api/v1/collections").await.is_empty());
}

#[tokio::test]
async fn a_collection_in_use_stays() {
    let instance = Instance::new().await;
    let monitor = instance.monitor().await;
    let id = instance.items("/api/v1/collections").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/collections/{id}");
    assert!(instance.delete(&path).await.problem(409).1.contains("Orders hourly"));
    instance.delete(&format!("/api/v1/monitors/{monitor}")).await.expect(204);
    instance.delete(&path).await.expect(204);
    instance.get(&path).await.problem(404);
}

#[tokio::test]
async fn secret_values_of_an_environment_never_come_out_and_survive_an_edit() {
    let instance = Instance::new().await;
    let document = |token: &str, host: &str| {
        json!({"name": "prod", "values": [
            {"key": "token", "value": token, "type": "secret", "enabled": true},
            {"key": "host", "value": host, "enabled": true},
        ]})
    };
    let made = instance
        .post("/api/v1/environments", document("s3cr3t", "a"))
        .await
        .expect(201)
        .json();
    let path = format!("/api/v1/environments/{}", made["id"].as_str().unwrap());
    let shown = instance.get(&format!("{path}/document")).await.expect(200);
    assert!(!shown.text().contains("s3cr3t"), "{}", shown.text());
    let mut edited = shown.json();
    edited["values"][1]["value"] = json!("b");
    let next = instance.with("PUT", &path, &[], edited.to_string()).await.expect(200).json();
    assert_eq!(next["version"], 2);
    // The masked value stood for the one that is there, so the plain document now is no change.
    let same = instance
        .with("PUT", &path, &[], document("s3cr3t", "b").to_string())
        .await
        .expect(200)
        .json();
    assert_eq!(same["version"], 2);
    let changed = instance
        .with("PUT", &path, &[], document("other", "b").to_string())
        .await
        .expect(200)
        .json();
    assert_eq!(changed["version"], 3);
}
