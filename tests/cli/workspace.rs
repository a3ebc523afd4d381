//! A collection and its environment out of the workspace of a running server.

use serde_json::json;

use super::{text, watchbell};
use crate::support::{Api, Database, Server};

#[tokio::test]
async fn a_collection_and_its_environment_come_from_a_server() {
    let (api, server) = (Api::start().await, Server::start(Database::Sqlite).await);
    let folder = tempfile::tempdir().unwrap();
    let http = server.http();
    let mut collection = api.collection("Orders");
    collection["item"][0]["request"]["url"] = json!("{{base}}/orders?key={{key}}");
    collection["item"][0]["event"][0]["script"]["exec"] =
        json!(["pm.test('has the key', () => pm.expect(pm.request.url.toString()).to.include('key=k1'));"]);
    let stored = http.post("/api/v1/collections", collection).await;
    let environment = json!({"name": "Production", "values": [
        {"key": "base", "value": format!("http://{}", api.address)}, {"key": "key", "value": "k0", "type": "secret"}]});
    http.post("/api/v1/environments", environment).await;
    let run = async |collection: &str, more: &[&str]| {
        let words = ["run", collection, "--server", &server.url];
        let ran = watchbell(folder.path(), &[&words[..], more].concat()).await;
        (ran.status.code(), text(&ran.stdout), text(&ran.stderr))
    };
    let token = server.token.as_str();
    for name in ["Orders", "orders", stored["id"].as_str().unwrap(), stored["uid"].as_str().unwrap()] {
        let (code, printed, said) = run(name, &["--token", token, "-e", "production", "--env-var", "key=k1"]).await;
        assert_eq!(code, Some(0), "{name}: {printed}{said}");
        assert!(printed.contains("✓  has the key") && said.is_empty(), "{printed}{said}");
    }
    let (code, _, said) = run("Orders", &["--token", token, "-e", "Production"]).await;
    assert_eq!(code, Some(1), "without its secret the test fails");
    assert!(said.contains("`key` is secret") && said.contains("--env-var key=VALUE"), "{said}");
    let (code, _, said) = run("Ordesr", &["--token", token]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("has no collection `Ordesr`") && said.contains("did you mean `Orders`?"),
        "{said}"
    );
    let (code, _, said) = run("Orders", &["--token", token, "-e", "Produktion"]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("has no environment `Produktion`") && said.contains("`Production`"),
        "{said}"
    );
    let (code, _, said) = run("Orders", &["--token", "wrong"]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("401") && said.contains("hint: the server does not know this token"),
        "{said}"
    );
    let url = format!("{}/api/v1/collections/{}/document", server.url, stored["id"].as_str().unwrap());
    let (code, printed, said) = run(
        &url,
        &[
            "--token",
            token,
            "--env-var",
            "key=k1",
            "--env-var",
            &format!("base=http://{}", api.address),
        ],
    )
    .await;
    assert_eq!(code, Some(0), "{printed}{said}");
}
