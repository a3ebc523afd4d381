//! `watchbell event`: one event, many events, and looking back.

use serde_json::{Value, json};

use super::{script::Script, shell::Shell};
use crate::support::{Database, Receiver, Server};

#[tokio::test]
async fn an_event_is_published_as_it_is_given() {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let shell = Shell::of(&server);
    let url = receiver.url("/hook");
    shell
        .run(&format!(
            "webhook create --name Results --url {url} --events issue-created --filter 'data.id == 7'"
        ))
        .await
        .ended(0);
    let data = r#"{"id": 7, "long": 12345678901234567890.10}"#;
    let words = format!("event publish issue-created --data '{data}' --subject issue-7 --at 2026-01-31T12:00:00Z --key k1 --output json");
    let made = shell.run(&words).await.ended(0).json();
    assert_eq!(made["deliveries"], 1);
    let sent = receiver.wait_until("the event", |all| !all.is_empty()).await;
    let body = String::from_utf8(sent[0].body.to_vec()).unwrap();
    assert!(
        body.contains("12345678901234567890.10") && body.contains("2026-01-31T12:00:00"),
        "{body}"
    );
    assert_eq!(shell.run(&words).await.ended(0).json(), made, "the same key again is harmless");
    let other = shell
        .run("event publish issue-created --data '{\"id\": 8}' --key k1")
        .await
        .ended(1);
    assert!(!other.err.is_empty());
    let id = made["id"].as_str().unwrap();
    let shown = shell.run(&format!("event show {id}")).await.ended(0).out;
    assert!(
        shown.contains("issue-7") && shown.contains("\"long\": 12345678901234567890.10"),
        "{shown}"
    );

    // By file and by standard input, with an id of one's own, and as an import.
    shell.write("event.json", r#"{"type": "issue-created", "data": {"id": 9}, "id": "mine-1"}"#);
    shell.run("event publish --from event.json --subject s").await.ended(0);
    shell
        .fed("event publish issue-created --data - --import", r#"{"id": 7}"#)
        .await
        .ended(0);
    shell.run("event publish issue-closed").await.ended(0);
    let listed = shell.run("event list --type issue-created --output json").await.ended(0).json();
    assert_eq!(listed, server.http().get("/api/v1/events?type=issue-created").await);
    let imports: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["import"].clone())
        .collect();
    assert_eq!(imports, [json!(true), json!(false), json!(false)]);
    let held = listed["items"][1]["id"].as_str().unwrap();
    let why = shell.run(&format!("webhook why Results {held}")).await.ended(0).out;
    assert!(why.contains("filter") && why.contains("Results"), "{why}");
    let all = shell.run(&format!("event why {held} --output json")).await.ended(0).json();
    assert_eq!(all["items"][0]["rule"], "filter");
}

#[tokio::test]
async fn pages_are_followed() {
    let server = Server::start(Database::Sqlite).await;
    let shell = Shell::of(&server);
    let lines: String = (0..450)
        .map(|n| format!("{{\"type\": \"n.made\", \"data\": {{\"n\": {n}}}}}\n"))
        .collect();
    let sent = shell.fed("event publish --batch -", &lines).await.ended(0);
    assert_eq!((sent.out.lines().count(), sent.err.trim()), (450, "450 accepted, 0 refused"));
    let numbers = |said: &Value| -> Vec<u64> {
        let items = said["items"].as_array().unwrap();
        items.iter().map(|event| event["data"]["n"].as_u64().unwrap()).collect()
    };
    let all = shell.run("event list --type n.made --all --output json").await.ended(0).json();
    let all = (numbers(&all), all["next"].is_null());
    assert_eq!(all, ((0..450).rev().collect::<Vec<_>>(), true), "those of one request too");
    let some = shell
        .run("event list --type n.made --limit 250 --output json")
        .await
        .ended(0)
        .json();
    assert_eq!(numbers(&some), all.0[..250]);
    let next = some["next"].as_str().unwrap();
    let rest = shell
        .run(&format!("event list --type n.made --before {next} --limit 3"))
        .await
        .ended(0);
    assert_eq!(rest.out.lines().count(), 4, "a head and three rows: {}", rest.out);
    assert!(rest.err.contains("--before"), "{}", rest.err);
    let table = shell.run("event list --type n.made --all").await.ended(0);
    assert_eq!((table.out.lines().count(), table.err.as_str()), (451, ""), "one head for all pages");
}

#[tokio::test]
async fn a_batch_answers_for_each_event_and_exits_by_them() {
    let server = Server::start(Database::Sqlite).await;
    let shell = Shell::of(&server);
    shell.write(
        "events.ndjson",
        "{\"type\": \"a.b\", \"data\": {}}\n\n{\"type\": \"a.b\", \"data\": {}\n{\"type\": \"No Type\", \"data\": {}}\n{\"type\": \"a.b\", \"data\": {}}\n",
    );
    let said = shell.run("event publish --batch events.ndjson").await.ended(1);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with("1  evt_") && lines[3].starts_with("5  evt_"), "{}", said.out);
    assert!(
        lines[1].starts_with("3  refused: the event is not JSON: line 3, column 26"),
        "{}",
        said.out
    );
    assert!(
        lines[2].starts_with("4  refused: `No Type` is no event type (field `type`); "),
        "{}",
        said.out
    );
    assert_eq!(said.err.trim(), "2 accepted, 2 refused");
    let answers = shell.run("event publish --batch events.ndjson --output json").await.ended(1);
    let answers: Vec<Value> = answers.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        answers
            .iter()
            .map(|answer| answer["problem"]["status"].as_u64())
            .collect::<Vec<_>>(),
        [None, Some(400), Some(422), None]
    );
    assert_eq!(answers[2]["problem"]["field"], "[2].type");

    let array = "[ {\"type\": \"c.d\",\n \"data\": {\"a\": \"],\"}},\n{\"type\": \"c.d\", \"data\": {}, \"id\": \"own\"}]";
    assert!(
        shell
            .fed("event publish --batch -", array)
            .await
            .ended(0)
            .out
            .lines()
            .nth(1)
            .unwrap()
            .starts_with("3  evt_")
    );
    let broken = shell
        .fed(
            "event publish --batch -",
            "[{\"type\": \"e.f\", \"data\": {}},\n{\"type\": \"e.f\" \"data\"}",
        )
        .await
        .ended(1);
    assert!(
        broken.out.starts_with("1  evt_") && broken.out.contains("\n2  refused: the event is not JSON: line 2, column 16"),
        "what came before is sent: {}",
        broken.out
    );
    assert!(
        broken.err.contains("line 2: the array has no end; `]` is missing") && broken.err.contains("up to line 2 are answered"),
        "{}",
        broken.err
    );
}

#[tokio::test]
async fn a_busy_server_is_asked_again_with_the_same_ids() {
    let stored = r#"{"accepted":1,"refused":0,"items":[{"id":"evt_1","deliveries":0}]}"#;
    let script = Script::start(&[("503 Busy", "retry-after: 1\r\n", "{}"), ("202 Accepted", "", stored)]).await;
    let shell = Shell::new(&script.url, "wbt_x");
    let said = shell
        .fed("event publish --batch -", "{\"type\": \"a.b\", \"data\": {}}")
        .await
        .ended(0);
    assert_eq!(
        (said.out.trim(), said.err.trim()),
        ("1  evt_1: 0 deliveries", "1 accepted, 0 refused")
    );
    let asked = script.ended().await;
    let bodies: Vec<Value> = asked.iter().map(|request| request.json()).collect();
    assert!(bodies[0][0]["id"].as_str().unwrap().starts_with("evt_"), "{bodies:?}");
    assert_eq!(bodies[0], bodies[1], "what was stored all the same is known again");
    let gone = shell
        .fed("event publish --batch -", "{\"type\": \"a.b\", \"data\": {}}")
        .await
        .ended(1);
    assert!(
        gone.err.contains("does not answer") && gone.err.contains("no event was answered"),
        "{}",
        gone.err
    );
}

#[tokio::test]
async fn an_event_that_is_too_long_is_refused_and_the_others_go() {
    let server = Server::start(Database::Sqlite).await;
    let shell = Shell::of(&server);
    let good = "{\"type\": \"a.b\", \"data\": {}}";
    let long = format!("{{\"type\": \"a.b\", \"data\": {{\"x\": \"{}\"}}}}", "x".repeat(3 << 20));
    let said = shell
        .fed("event publish --batch -", &format!("\u{feff}{good}\n{long}\n{good}\n"))
        .await
        .ended(1);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with("1  evt_") && lines[2].starts_with("3  evt_"), "{}", said.out);
    assert_eq!(lines[1], "2  refused: the event is longer than 2 MiB");
    assert_eq!(said.err.trim(), "2 accepted, 1 refused");
}

#[tokio::test]
async fn an_empty_page_has_its_cursor_told() {
    let script = Script::start(&[("200 OK", "", r#"{"items":[],"next":"c1"}"#)]).await;
    let said = Shell::new(&script.url, "wbt_x").run("event list").await.ended(0);
    assert!(
        said.err.contains("--before c1") && !said.out.contains("no events"),
        "{}{}",
        said.out,
        said.err
    );
    script.ended().await;
}

#[tokio::test]
async fn a_slow_pipe_is_sent_as_it_comes() {
    use std::process::Stdio;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let server = Server::start(Database::Sqlite).await;
    let mut child = tokio::process::Command::new(crate::support::server::PROGRAM)
        .args(["event", "publish", "--batch", "-", "--server", &server.url])
        .env("WATCHBELL_TOKEN", &server.token)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in 1..=2 {
        stdin.write_all(b"{\"type\": \"a.b\", \"data\": {}}\n").await.unwrap();
        let answer = crate::support::soon("an answer while the pipe is open", answers.next_line())
            .await
            .unwrap()
            .unwrap();
        assert!(answer.starts_with(&format!("{line}  evt_")), "{answer}");
    }
    drop(stdin);
    assert!(child.wait().await.unwrap().success());
}
