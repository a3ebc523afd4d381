//! The main job, end to end: a collection is imported, a monitor runs it, the run becomes an
//! event, the event a signed webhook, a source receives it, an incident opens, and the first
//! good run resolves it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::sign::hmac_sha256;
use serde_json::{Value, json};

use crate::support::{Api, Database, Http, Receiver, Server, kinds, receiver::Received, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_api_opens_an_incident_and_the_first_good_run_resolves_it() {
    for database in kinds() {
        break_and_mend(database).await;
    }
}

async fn break_and_mend(database: Database) {
    let (api, receiver) = (Api::start().await, Receiver::start().await);
    let mut server = Server::start(database).await;
    let http = server.http();
    let monitor = monitor(&http, &api).await;
    let secret = webhook(
        &http,
        &receiver.url("/results"),
        &["monitor.run.finished"],
        json!("every_run"),
        &monitor,
    )
    .await;
    webhook(&http, &receiver.url("/incidents"), &["incident.*"], json!("every_run"), "").await;
    let source = http
        .post("/api/v1/sources", json!({"name": "own monitors", "provider": "watchbell"}))
        .await;
    let source_id = source["id"].as_str().unwrap().to_owned();
    http.post(&format!("/api/v1/sources/{source_id}/connect"), json!({"monitor_id": monitor}))
        .await;

    let results = receiver
        .wait_until("a good run", |all| on(all, "/results").any(|r| status(r) == "success"))
        .await;
    let first = on(&results, "/results").next().unwrap();
    assert_signed(first, &secret);
    assert_eq!(http.get("/api/v1/incidents").await["items"], json!([]), "a good run opens nothing");

    api.set_broken(true);
    let told = receiver
        .wait_until("the incident to be told", |all| {
            on(all, "/incidents").any(|r| r.json()["type"] == "incident.opened")
        })
        .await;
    let opened = on(&told, "/incidents")
        .find(|r| r.json()["type"] == "incident.opened")
        .unwrap()
        .json();
    receiver
        .wait_until("a second failing run", |all| {
            on(all, "/results").filter(|r| status(r) == "failure").count() >= 2
        })
        .await;
    let incident = one_incident(&http).await;
    assert_eq!(incident["state"], "open");
    assert!(opened.to_string().contains(incident["id"].as_str().unwrap()));

    server.kill().await;
    server.restart().await;
    let http = server.http();
    api.set_broken(false);
    receiver
        .wait_until("the resolution to be told", |all| {
            on(all, "/incidents").any(|r| r.json()["type"] == "incident.resolved")
        })
        .await;
    let incident = one_incident(&http).await;
    assert_eq!(incident["state"], "resolved");
    let timeline = http.get(&format!("/api/v1/incidents/{}", incident["id"].as_str().unwrap())).await;
    let kinds: Vec<_> = timeline["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        (kinds.first().map(String::as_str), kinds.last().map(String::as_str)),
        (Some("opened"), Some("resolved")),
        "{kinds:?}"
    );
    check_sequence(&http, &monitor, &api).await;
}

async fn monitor(http: &Http, api: &Api) -> String {
    let collection = http.post("/api/v1/collections", api.collection("Orders")).await;
    let monitor = json!({"name": "Orders every second", "collection_id": collection["id"], "schedule": {"interval": {"seconds": 1}}});
    http.post("/api/v1/monitors", monitor).await["id"].as_str().unwrap().to_owned()
}

async fn webhook(http: &Http, url: &str, events: &[&str], trigger: Value, subject: &str) -> String {
    let webhook = json!({"name": url, "profile": "standard", "url": url, "events": events, "trigger": trigger, "subject": subject, "secret": "generate"});
    http.post("/api/v1/webhooks", webhook).await["secret"].as_str().unwrap().to_owned()
}

fn on<'a>(all: &'a [Received], path: &'a str) -> impl Iterator<Item = &'a Received> {
    all.iter().filter(move |r| r.path == path)
}

fn status(received: &Received) -> String {
    received.json()["data"]["status"].as_str().unwrap_or_default().to_owned()
}

/// As the Standard Webhooks specification says it, apart from the code that signs.
fn assert_signed(received: &Received, secret: &str) {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut content = format!("{}.{}.", received.header("webhook-id"), received.header("webhook-timestamp")).into_bytes();
    content.extend_from_slice(&received.body);
    assert_eq!(
        received.header("webhook-signature"),
        format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &content)))
    );
}

async fn one_incident(http: &Http) -> Value {
    let all = http.get("/api/v1/incidents").await;
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{all}");
    items[0].clone()
}

/// Runs are numbered 1, 2, 3 … over the restart, and none ran beside another.
async fn check_sequence(http: &Http, monitor: &str, api: &Api) {
    let runs = http.get(&format!("/api/v1/monitors/{monitor}/runs?limit=200")).await;
    let mut numbers: Vec<_> = runs["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["sequence"].as_u64().unwrap())
        .collect();
    numbers.reverse();
    let wanted: Vec<_> = (1..=u64::try_from(numbers.len()).unwrap()).collect();
    assert_eq!(numbers, wanted);
    assert!(
        api.requests() >= numbers.len() - 1,
        "every run but one that may still wait has asked the API"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn three_failures_and_then_the_first_success_survive_a_restart() {
    for database in kinds() {
        let (api, receiver) = (Api::start().await, Receiver::start().await);
        let mut server = Server::start(database).await;
        let mut http = server.http();
        let collection = http.post("/api/v1/collections", api.collection("Orders")).await;
        let monitor = json!({"name": "by hand", "collection_id": collection["id"], "schedule": {"interval": {"seconds": 86_400}}});
        let monitor = http.post("/api/v1/monitors", monitor).await["id"].as_str().unwrap().to_owned();
        let results = json!({"name": "results", "profile": "postman", "url": receiver.url("/"), "events": ["monitor.run.finished"], "subject": monitor});
        let made = http.post("/api/v1/webhooks", results).await;
        assert!(
            made["trigger"].to_string().contains("three_failures_then_success"),
            "the default: {made}"
        );
        let mut sent = Vec::new();
        for (number, broken) in [true, true, true, true, true, false, false].into_iter().enumerate() {
            if number == 2 {
                server.kill().await;
                server.restart().await;
                http = server.http();
            }
            api.set_broken(broken);
            let run = http.post(&format!("/api/v1/monitors/{monitor}/run"), json!({})).await;
            let id = run["id"].as_str().unwrap().to_owned();
            until("the run to finish", || async {
                Some(http.get(&format!("/api/v1/runs/{id}")).await).filter(|r| r["state"] == "finished")
            })
            .await;
            if [0, 1, 2, 5].contains(&number) {
                sent.push(number);
            }
        }
        let all = receiver.wait_until("the four results", |all| all.len() >= sent.len()).await;
        let failed: Vec<_> = all
            .iter()
            .map(|r| r.json()["metrics"]["failedTests"].as_u64().unwrap() > 0)
            .collect();
        assert_eq!(failed, [true, true, true, false], "{database:?}");
        assert_eq!(all[0].json()["monitor_name"], "by hand");
    }
}
