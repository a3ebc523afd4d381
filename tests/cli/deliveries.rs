//! `watchbell delivery` and `watchbell replay`: what was sent, and sending it again.

use serde_json::json;

use super::{script::Script, shell::Shell};
use crate::support::{Database, Receiver, Server};

#[tokio::test]
async fn a_delivery_is_looked_at_sent_again_and_copied() {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let (shell, http) = (Shell::of(&server), server.http());
    let url = receiver.url("/hook");
    let made = shell
        .run(&format!(
            "webhook create --name Results --url {url} --events a.b --generate-secret --output json"
        ))
        .await
        .ended(0)
        .json();
    let id = made["id"].as_str().unwrap();
    shell.run("event publish a.b --data '{\"n\": 1}'").await.ended(0);
    receiver.wait_until("the event", |all| all.len() == 1).await;
    let listed = shell.run("delivery list --webhook Results --output json").await.ended(0).json();
    let delivery = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let again = shell
        .run(&format!("delivery resend {delivery} --wait --output json"))
        .await
        .ended(0)
        .json();
    assert_eq!((&again["kind"], &again["state"]), (&json!("resend"), &json!("delivered")));
    let shown = shell
        .run(&format!("delivery show {}", again["id"].as_str().unwrap()))
        .await
        .ended(0)
        .out;
    assert!(shown.contains("> webhook-signature: v1,") && shown.contains("\"n\": 1"), "{shown}");
    assert_eq!(
        shell
            .run("delivery list --webhook Results --state delivered --output json")
            .await
            .ended(0)
            .json(),
        http.get(&format!("/api/v1/webhooks/{id}/deliveries?state=delivered")).await
    );
    assert!(
        shell
            .run("delivery list --webhook Results --state dropped")
            .await
            .ended(0)
            .out
            .contains("no deliveries")
    );
    let curl = shell.run(&format!("delivery curl {delivery}")).await.ended(0).out;
    assert!(curl.contains("curl ") && curl.contains("webhook-signature: v1,"), "{curl}");
}

#[tokio::test]
async fn what_was_missed_is_counted_and_recovered() {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let shell = Shell::of(&server);
    let url = receiver.url("/hook");
    shell
        .run(&format!("webhook create --name Results --url {url} --events a.* --disabled"))
        .await
        .ended(0);
    for event in ["a.b", "a.b", "a.c"] {
        shell.run(&format!("event publish {event}")).await.ended(0);
    }
    shell.run("webhook enable Results").await.ended(0);
    let counted = shell.run("replay recover --webhook Results --since 1h --dry-run").await.ended(0);
    assert_eq!(counted.out, "3 events would be sent\n");
    assert_eq!(receiver.received().len(), 0);
    let followed = shell
        .run("replay recover --webhook Results --since 1h --rate 100 --follow --output json")
        .await
        .ended(0)
        .json();
    assert_eq!(
        (&followed["state"], &followed["done"], &followed["per_second"]),
        (&json!("finished"), &json!(3), &json!(100))
    );
    assert_eq!(receiver.received().len(), 3);
    let range = shell
        .run("replay range --webhook Results --since 1h --type a.c --dry-run --output json")
        .await
        .ended(0)
        .json();
    assert_eq!(range, json!({"count": 1, "job": null}));
    let late = shell.run("replay recover --webhook Results --since 1h --until 2h").await.ended(1);
    assert!(late.err.contains("`until`") && late.err.contains("hint: "), "{}", late.err);
}

#[tokio::test]
async fn a_job_is_paused_resumed_and_cancelled() {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let shell = Shell::of(&server);
    let url = receiver.url("/hook");
    let lines = "{\"type\": \"a.b\", \"data\": {}}\n".repeat(40);
    shell.fed("event publish --batch -", &lines).await.ended(0);
    shell
        .run(&format!("webhook create --name Results --url {url} --events a.*"))
        .await
        .ended(0);
    let job = shell
        .run("replay range --webhook Results --since 1h --rate 1 --output json")
        .await
        .ended(0)
        .json();
    assert_eq!(job["count"], 40);
    let id = job["job"]["id"].as_str().unwrap().to_owned();
    assert!(shell.run(&format!("replay pause {id}")).await.ended(0).out.contains("paused"));
    let stopped = shell.run(&format!("replay show {id} --follow")).await.ended(1);
    assert!(
        stopped.out.contains("paused"),
        "a job that stands still is not waited for: {}",
        stopped.out
    );
    shell.run(&format!("replay resume {id}")).await.ended(0);
    let cancelled = shell.run(&format!("replay cancel {id} --output json")).await.ended(0).json();
    assert_eq!(cancelled["state"], "cancelled");
    shell.run(&format!("replay resume {id}")).await.ended(1);
    assert!(shell.run("replay list --webhook Results").await.ended(0).out.contains(&id));
}

#[tokio::test]
async fn a_server_that_restarts_meanwhile_is_waited_for() {
    let running = ("200 OK", "", r#"{"id": "rpl_1", "state": "running"}"#);
    let finished = ("200 OK", "", r#"{"id": "rpl_1", "state": "finished"}"#);
    let (busy, closed) = (("503 Busy", "", "{}"), ("", "", ""));
    let script = Script::start(&[running, running, busy, closed, finished]).await;
    let said = Shell::new(&script.url, "wbt_x").run("replay show rpl_1 --follow").await.ended(0);
    assert!(said.out.contains("finished"), "{}", said.out);
    script.ended().await;

    let made = ("202 Accepted", "", r#"{"id": "dlv_2"}"#);
    let sent = (
        "200 OK",
        "",
        r#"{"id": "dlv_2", "state": "delivered", "log": [{"number": 1, "success": true}]}"#,
    );
    let script = Script::start(&[made, busy, sent]).await;
    let shell = Shell::new(&script.url, "wbt_x");
    shell.run("delivery resend dlv_1 --wait").await.ended(0);
    script.ended().await;
    let gone = shell.run("replay show rpl_1 --follow").await.ended(1);
    assert!(gone.err.contains("does not answer"), "nothing is waited for at first: {}", gone.err);
}
