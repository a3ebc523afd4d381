//! `watchbell webhook`, from making one to deleting it.

use serde_json::json;

use super::shell::Shell;
use crate::support::{Database, Receiver, Server};

#[tokio::test]
async fn a_webhook_is_made_changed_tried_and_deleted() {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let (shell, http) = (Shell::of(&server), server.http());
    assert!(shell.run("webhook list").await.ended(0).out.contains("no webhooks"));
    shell.write("headers.txt", "X-Team: red\n\nX-Key: s3cret\n");
    shell.write("secret.txt", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
    let url = receiver.url("/hook");
    let made = shell
        .run(&format!(
            "webhook create --name Results --url {url} --events issue-created,issue-updated --event a.* --filter 'data.n > 3' \
             --trigger after_failures:2 --header-file headers.txt --secret-file secret.txt --rate 20 --ordered --coalesce 1s \
             --timeout 5s --in-flight 4 --retry-delays 1s,1m --retry-jitter 5 --retry-used-up disable --output json"
        ))
        .await
        .ended(0);
    assert!(!made.out.contains("s3cret") && !made.out.contains("MfKQ"), "{}", made.out);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let stored = http.get(&format!("/api/v1/webhooks/{id}")).await;
    assert_eq!(stored["events"], json!(["issue-created", "issue-updated", "a.*"]));
    assert_eq!(
        (&stored["filter"], &stored["has_headers"], &stored["has_secret"]),
        (&json!("data.n > 3"), &json!(true), &json!(true))
    );
    assert_eq!(stored["trigger"], json!({"after_failures": {"failures": 2}}));
    let options = &stored["options"];
    assert_eq!(
        (&options["per_second"], &options["ordered"], &options["coalesce_ms"]),
        (&json!(20), &json!(true), &json!(1000))
    );
    assert_eq!((&options["timeout_ms"], &options["in_flight"]), (&json!(5000), &json!(4)));
    let policy = json!({"delays_ms": [1000, 60000], "jitter_percent": 5, "used_up": "disable", "disable_after_ms": null});
    assert_eq!(stored["retry_policy"], policy);

    let listed = shell.run("webhook list --output json").await.ended(0);
    assert_eq!(listed.json(), http.get("/api/v1/webhooks").await, "what the API answers");
    let shown = shell.run("webhook show results").await.ended(0).out;
    for part in [
        "after_failures:2",
        "issue-created, issue-updated, a.*",
        "data.n > 3",
        "after 1 s, 60 s; then disable",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    shell
        .run("webhook edit Results --unset filter --unset rate --unset coalesce --unset retries --trigger on_change --ordered=false")
        .await
        .ended(0);
    let changed = http.get(&format!("/api/v1/webhooks/{id}")).await;
    assert_eq!(
        (&changed["filter"], &changed["options"]["per_second"], &changed["retry_policy"]),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(
        (&changed["trigger"], changed["options"]["ordered"] == true),
        (&json!("on_change"), false)
    );
    assert_eq!(changed["options"]["in_flight"], 4, "what is not given stays");
    let late = shell.run("webhook edit Results --rate 3 --if-match 1").await.ended(1);
    assert!(late.err.contains("hint: "), "{}", late.err);

    let tested = shell.run("webhook test Results --wait").await.ended(0).out;
    assert!(
        tested.contains("> POST http://127.0.0.1") && tested.contains("< HTTP/1.1 200"),
        "{tested}"
    );
    receiver.answer(500);
    let failed = shell.run("webhook test Results --wait").await.ended(1).out;
    assert!(failed.contains("verdict") && failed.contains("http_status"), "{failed}");
    let log = shell.run("webhook log Results --limit 1 --output json").await.ended(0).json();
    let [attempt, delivery] = ["id", "delivery_id"].map(|name| log["items"][0][name].as_str().unwrap());
    let table = shell.run("webhook log Results --limit 1").await.ended(0).out;
    assert!(table.contains(attempt) && table.contains(delivery), "{table}");
    let one = shell
        .run(&format!("delivery show {delivery} --attempt {attempt} --output json"))
        .await
        .ended(0)
        .json();
    assert_eq!(one["id"], attempt);
    assert_eq!(one, http.get(&format!("/api/v1/deliveries/{delivery}/attempts/{attempt}")).await);
    let shown = shell
        .run(&format!("delivery show {delivery} --attempt {attempt}"))
        .await
        .ended(0)
        .out;
    assert!(shown.contains(attempt) && shown.contains("> POST http://127.0.0.1"), "{shown}");
    let stats = shell.run("webhook stats Results --output json").await.ended(0).json();
    assert_eq!((&stats["successes"], &stats["failures"]), (&json!(1), &json!(1)));

    assert!(shell.run("webhook disable Results").await.ended(0).out.contains("is disabled"));
    assert_eq!(http.get(&format!("/api/v1/webhooks/{id}")).await["enabled"], false);
    assert!(shell.run("webhook enable Results").await.ended(0).out.contains("is enabled"));

    let asked = shell.fed("webhook delete Results", "y\n").await.ended(1);
    assert!(asked.err.contains("`--yes` deletes without asking"), "{}", asked.err);
    shell.run("webhook delete Results --yes").await.ended(0);
    assert_eq!(http.get("/api/v1/webhooks").await["items"], json!([]));
}

#[tokio::test]
async fn a_secret_that_is_made_is_shown_once_and_rotated() {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let shell = Shell::of(&server);
    let url = receiver.url("/hook");
    let made = shell
        .run(&format!("webhook create --name Results --url {url} --events * --generate-secret"))
        .await
        .ended(0)
        .out;
    let secret = |text: &str| text.split_whitespace().find(|word| word.starts_with("whsec_")).map(str::to_owned);
    let first = secret(&made).unwrap();
    assert_eq!(secret(&shell.run("webhook show Results").await.out), None);
    let rotated = shell.run("webhook rotate Results --overlap 2h").await.ended(0).out;
    assert!(secret(&rotated).is_some_and(|second| second != first), "{rotated}");
    let own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let given = shell
        .fed("webhook rotate Results --overlap 0 --secret-file - --output json", own)
        .await
        .ended(0);
    assert!(
        !given.out.contains(own) && given.json()["old_secret_ends_at"].is_null(),
        "{}",
        given.out
    );
    shell.run("webhook test Results --wait").await.ended(0);
    let received = receiver.received().pop().unwrap();
    let header = |name: &str| received.header(name).to_owned();
    shell.write("body", std::str::from_utf8(&received.body).unwrap());
    let (id, at, signature) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    shell
        .run(&format!(
            "verify --secret {own} --id {id} --timestamp {at} --signature {signature} body"
        ))
        .await
        .ended(0);
}

#[tokio::test]
async fn bodies_of_the_api_come_from_files() {
    let server = Server::start(Database::Sqlite).await;
    let (shell, http) = (Shell::of(&server), server.http());
    shell.write(
        "webhook.json",
        r#"{"name": "From a file", "url": "http://127.0.0.1:9/", "events": ["a"], "options": {"in_flight": 2, "ordered": false}}"#,
    );
    shell
        .run("webhook create --from webhook.json --rate 7 --name Copy --disabled")
        .await
        .ended(0);
    let stored = http.get("/api/v1/webhooks").await["items"][0].clone();
    assert_eq!(
        (&stored["name"], &stored["enabled"]),
        (&json!("Copy"), &json!(false)),
        "flags go before the file"
    );
    assert_eq!(
        (&stored["options"]["in_flight"], &stored["options"]["per_second"]),
        (&json!(2), &json!(7))
    );
    shell
        .fed("webhook edit Copy --from -", r#"{"headers": [{"name": "X-A", "value": "1"}]}"#)
        .await
        .ended(0);
    assert_eq!(http.get("/api/v1/webhooks").await["items"][0]["has_headers"], true);
}

#[tokio::test]
async fn what_would_be_sent_is_shown_before_it_is_saved() {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let shell = Shell::of(&server);
    let url = receiver.url("/hook");
    let sample = shell.run("webhook preview --profile custom --event-type issue-created --body '{\"t\": {{ event.data.title }}}' --data '{\"title\": \"x\"}'").await;
    assert!(sample.ended(0).out.contains("> {\"t\": \"x\"}"));
    shell
        .run(&format!("webhook create --name Results --url {url} --events issue-created"))
        .await
        .ended(0);
    let stored = shell.run("webhook preview Results --output json").await.ended(0).json();
    assert_eq!(stored["event_type"], "issue-created");
    shell
        .run(&format!("webhook try --url {url} --event-type issue-created"))
        .await
        .ended(0);
    assert_eq!(receiver.received().len(), 1, "a preview sends nothing");
    receiver.answer(503);
    let tried = shell
        .run(&format!("webhook try --url {url} --event-type issue-created --output json"))
        .await
        .ended(1);
    assert_eq!(
        (&tried.json()["success"], &tried.json()["status_code"]),
        (&json!(false), &json!(503))
    );
    for (data, says) in [(r#"{"n": 4}"#, "matches: "), ("{}", "does not match: ")] {
        let said = shell
            .run(&format!("webhook check-filter 'data.n > 3' --type a --data '{data}'"))
            .await
            .ended(0)
            .out;
        assert!(said.starts_with(says), "{said}");
    }
}
