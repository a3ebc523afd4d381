//! Exceptions from the guard for one workspace: made by admins of the instance, held nowhere else, written down.

use serde_json::{Value, json};

use crate::support::Instance;

async fn workspace(instance: &Instance) -> String {
    let mine = instance.items("/api/v1/workspaces").await;
    mine[0]["id"].as_str().unwrap().to_owned()
}

fn webhook(url: &str) -> Value {
    json!({"name": "W", "url": url, "events": ["*"]})
}

async fn put(instance: &Instance, path: &str, allow: Value) -> crate::support::Reply {
    instance.with("PUT", path, &[], json!({"allow": allow}).to_string()).await
}

#[tokio::test]
async fn only_who_runs_the_instance_makes_exceptions() {
    let instance = Instance::new().await;
    let path = format!("/api/v1/admin/workspaces/{}/egress", workspace(&instance).await);
    instance.get(&path).await.problem(403);
    put(&instance, &path, json!(["10.0.0.0/8"])).await.problem(403);
    instance.post("/api/v1/webhooks", webhook("https://10.0.0.1/")).await.problem(422);
}

#[tokio::test]
async fn an_exception_holds_for_its_workspace_and_is_written_down() {
    let mut instance = Instance::new().await;
    instance.run_by_its_user().await;
    let id = workspace(&instance).await;
    let path = format!("/api/v1/admin/workspaces/{id}/egress");
    put(&instance, "/api/v1/admin/workspaces/wsp_none/egress", json!([]))
        .await
        .problem(404);
    for wrong in ["0.0.0.0/0", "example.org", "10.0.0.0/33"] {
        assert_eq!(put(&instance, &path, json!(["10.0.0.0/8", wrong])).await.problem(422).0, "allow[1]");
    }
    let set = put(&instance, &path, json!(["10.1.2.3/8", "169.254.0.0/16"])).await.expect(200);
    assert_eq!(set.json()["allow"], json!(["10.0.0.0/8", "169.254.0.0/16"]));
    instance.post("/api/v1/webhooks", webhook("https://10.0.0.1/")).await.expect(201);
    let metadata = webhook("https://169.254.169.254/");
    let refused = instance.post("/api/v1/webhooks", metadata.clone()).await.problem(422).1;
    assert!(refused.contains("address_metadata"), "{refused}");
    put(&instance, &path, json!(["10.0.0.0/8", "169.254.169.254"])).await.expect(200);
    instance.post("/api/v1/webhooks", metadata).await.expect(201);
    let settings = instance.get("/api/v1/settings/webhooks").await.expect(200).json();
    assert_eq!(settings["egressExceptions"], json!(["10.0.0.0/8", "169.254.169.254/32"]));
    let activity = instance.items("/api/v1/activity").await;
    assert!(
        activity.iter().any(|one| one["message"]
            .as_str()
            .unwrap()
            .contains("set the egress exceptions to `10.0.0.0/8`, `169.254.169.254/32`")),
        "{activity:?}"
    );
    // What the workspace forbids by name stays forbidden.
    instance
        .patch("/api/v1/settings/webhooks", json!({"forbiddenIPs": "10.0.0.1"}))
        .await
        .expect(200);
    instance.post("/api/v1/webhooks", webhook("https://10.0.0.1/")).await.problem(422);
    instance
        .with("PUT", &path, &[("if-match", "\"1\"")], json!({"allow": []}).to_string())
        .await
        .problem(412);
    instance.token = instance.stranger().await;
    instance.post("/api/v1/webhooks", webhook("https://10.0.0.2/")).await.problem(422);
}
