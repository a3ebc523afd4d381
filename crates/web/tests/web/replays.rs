//! Sending again: what is counted and started, what is refused; and a request as a command that a real curl sends.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::{Command, Stdio},
    thread,
};

use domain::{Micros, clock, secret};
use serde_json::{Value, json};
use store::tables::webhooks;

use crate::support::Instance;

async fn webhook(instance: &Instance, more: Value) -> (String, Value) {
    let mut input = json!({"name": "Ops", "url": "https://1.1.1.1/hook", "events": ["order.*"]});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    let made = instance.post("/api/v1/webhooks", input).await.expect(201).json();
    (made["id"].as_str().unwrap().to_owned(), made)
}

async fn publish(instance: &Instance, event_type: &str, data: Value) {
    let event = json!({"type": event_type, "data": data});
    instance.post("/api/v1/events", event).await.expect(202);
    instance.clock.turn(clock::SECOND);
}

fn ago(instance: &Instance, seconds: i64) -> String {
    clock::rfc3339(now(instance) - seconds * clock::SECOND)
}

fn now(instance: &Instance) -> Micros {
    instance.app.engine.now()
}

#[tokio::test]
async fn a_range_is_counted_before_it_is_sent_and_a_webhook_has_one_job_at_a_time() {
    let instance = Instance::new().await;
    for number in 0..3 {
        publish(&instance, "order.made", json!({"n": number})).await;
        publish(&instance, "other", json!({})).await;
    }
    let (id, _) = webhook(&instance, json!({"filter": "data.n > 0"})).await;
    let path = format!("/api/v1/webhooks/{id}/replay");
    let since = ago(&instance, 60);
    let dry = instance
        .post(&path, json!({"since": since, "dry_run": true}))
        .await
        .expect(200)
        .json();
    assert_eq!((&dry["count"], &dry["job"]), (&json!(2), &Value::Null));
    let none = instance
        .post(&path, json!({"since": since, "event_type": "order.sent", "dry_run": true}))
        .await
        .expect(200)
        .json();
    assert_eq!(none["count"], 0);
    let started = instance
        .post(&path, json!({"since": since, "per_second": 5}))
        .await
        .expect(202)
        .json();
    let job = started["job"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&started["job"]["state"], &started["job"]["total"], &started["job"]["per_second"]),
        (&json!("running"), &json!(2), &json!(5))
    );
    let (_, detail) = instance.post(&path, json!({"since": since})).await.problem(409);
    assert!(detail.contains(&job), "{detail}");

    let job_path = format!("/api/v1/replays/{job}");
    assert_eq!(instance.get(&job_path).await.expect(200).json()["state"], "running");
    let paused = instance.post(&format!("{job_path}/pause"), json!({})).await.expect(200).json();
    assert_eq!((&paused["state"], &paused["reason"]), (&json!("paused"), &json!("paused by Ada")));
    instance.post(&format!("{job_path}/pause"), json!({})).await.problem(409);
    instance.post(&format!("{job_path}/resume"), json!({})).await.expect(200);
    instance.post(&format!("{job_path}/cancel"), json!({})).await.expect(200);
    instance.post(&format!("{job_path}/resume"), json!({})).await.problem(409);
    let listed = instance.items(&format!("/api/v1/webhooks/{id}/replays")).await;
    assert_eq!((listed.len(), &listed[0]["state"]), (1, &json!("cancelled")));
}

#[tokio::test]
async fn what_a_webhook_missed_while_it_was_off_is_recovered_only_when_asked() {
    let instance = Instance::new().await;
    let (id, _) = webhook(&instance, json!({})).await;
    let path = format!("/api/v1/webhooks/{id}");
    instance.post(&format!("{path}/disable"), json!({})).await.expect(200);
    publish(&instance, "order.made", json!({})).await;
    let since = ago(&instance, 60);
    let recover = format!("{path}/recover");
    assert_eq!(
        instance
            .post(&recover, json!({"since": since, "dry_run": true}))
            .await
            .expect(200)
            .json()["count"],
        1
    );
    let (_, detail) = instance.post(&recover, json!({"since": since})).await.problem(409);
    assert!(detail.contains("disabled"), "{detail}");
    instance.post(&format!("{path}/enable"), json!({})).await.expect(200);
    assert!(instance.items(&format!("{path}/replays")).await.is_empty(), "nothing by itself");
    instance.post(&recover, json!({"since": since})).await.expect(202);
}

#[tokio::test]
async fn with_the_workspaces_webhooks_off_jobs_are_counted_but_neither_started_nor_resumed() {
    let instance = Instance::new().await;
    let (id, _) = webhook(&instance, json!({})).await;
    let path = format!("/api/v1/webhooks/{id}");
    publish(&instance, "order.made", json!({})).await;
    let body = json!({"since": ago(&instance, 60)});
    let job = instance.post(&format!("{path}/replay"), body.clone()).await.expect(202).json()["job"]["id"].clone();
    let job = format!("/api/v1/replays/{}", job.as_str().unwrap());
    instance.post(&format!("{job}/pause"), json!({})).await.expect(200);
    let switch = async |on: bool| {
        instance
            .with(
                "PATCH",
                "/api/v1/settings/webhooks",
                &[],
                json!({"webhooksEnabled": on}).to_string(),
            )
            .await
            .expect(200);
    };
    switch(false).await;
    let (_, detail) = instance.post(&format!("{job}/resume"), json!({})).await.problem(409);
    assert!(detail.contains("switched off in this workspace"), "{detail}");
    instance.post(&format!("{job}/cancel"), json!({})).await.expect(200);
    for kind in ["replay", "recover"] {
        let path = format!("{path}/{kind}");
        let (_, detail) = instance.post(&path, body.clone()).await.problem(409);
        assert!(detail.contains("switched off in this workspace"), "{detail}");
        let mut dry = body.clone();
        dry["dry_run"] = json!(true);
        assert_eq!(instance.post(&path, dry).await.expect(200).json()["count"], 1, "{kind}");
    }
    switch(true).await;
    instance.post(&format!("{path}/recover"), body).await.expect(202);
}

#[tokio::test]
async fn wrong_fields_are_named_and_strangers_see_nothing() {
    let instance = Instance::new().await;
    let (id, _) = webhook(&instance, json!({})).await;
    let path = format!("/api/v1/webhooks/{id}/replay");
    let (past, future) = (ago(&instance, 60), ago(&instance, -60));
    for (body, field) in [
        (json!({}), "since"),
        (json!({"since": "yesterday"}), "since"),
        (json!({"since": future}), "since"),
        (json!({"since": past, "until": ago(&instance, 120)}), "until"),
        (json!({"since": past, "per_second": 0}), "per_second"),
        (json!({"since": past, "event_type": "Not OK"}), "event_type"),
    ] {
        assert_eq!(instance.post(&path, body.clone()).await.problem(422).0, field, "{body}");
    }
    let job = instance.post(&path, json!({"since": past})).await.expect(202).json()["job"]["id"].clone();
    let reader = instance.token_with(&["read"]).await;
    let bearer = format!("Bearer {reader}");
    let cancel = format!("/api/v1/replays/{}/cancel", job.as_str().unwrap());
    instance
        .with("POST", &cancel, &[("authorization", bearer.as_str())], "{}")
        .await
        .problem(403);
    let stranger = format!("Bearer {}", instance.stranger().await);
    instance
        .with("POST", &cancel, &[("authorization", stranger.as_str())], "{}")
        .await
        .problem(404);
}

/// One request as it came in: its head, and its body's bytes.
fn received(listener: TcpListener) -> thread::JoinHandle<(Vec<String>, Vec<u8>)> {
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim_end().is_empty() {
                break;
            }
            head.push(line.trim_end().to_owned());
        }
        let length = head
            .iter()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).unwrap();
        reader.get_mut().write_all(b"HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n").unwrap();
        (head, body)
    })
}

#[tokio::test]
async fn a_copied_command_sends_exactly_the_request_signed_and_is_recorded() {
    let instance = Instance::new().await;
    let headers = json!([{"name": "X-Own", "value": "it's \"$HOME\" `x`"}]);
    let (id, made) = webhook(&instance, json!({"secret": "generate", "headers": headers})).await;
    let plain = made["secret"].as_str().unwrap().to_owned();
    for text in ["it's $HOME", "tab\tline\nend", &"x".repeat(200_000)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook?a=[1]&b={{2}}", listener.local_addr().unwrap());
        let (stored, to) = (id.clone(), url.clone());
        instance
            .app
            .store
            .write(move |tx| {
                let webhook = webhooks::by_id(tx, &stored)?.unwrap();
                webhooks::update(tx, &webhooks::Webhook { url: to, ..webhook })
            })
            .await
            .unwrap();
        publish(&instance, "order.made", json!({"text": text})).await;
        let list = format!("/api/v1/webhooks/{id}/deliveries?limit=1");
        let delivery = instance.items(&list).await[0]["id"].as_str().unwrap().to_owned();
        let reply = instance.get(&format!("/api/v1/deliveries/{delivery}/curl")).await.expect(200);
        assert!(reply.header("content-type").starts_with("text/plain"));
        let command = reply.text();
        assert!(command.contains("signed for that time"), "{command}");

        let receiver = received(listener);
        let mut shell = Command::new("bash")
            .args(["-s"])
            .env_remove("http_proxy")
            .env("HOME", "/nowhere")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        shell.stdin.take().unwrap().write_all(command.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success(), "{command}");
        let (head, body) = receiver.join().unwrap();
        let path = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).unwrap().1;
        assert_eq!(head[0], format!("POST /{path} HTTP/1.1"));
        let header = |name: &str| {
            let found = head
                .iter()
                .filter_map(|line| line.split_once(": "))
                .find(|(n, _)| n.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_owned())
        };
        assert_eq!(header("x-own").as_deref(), Some("it's \"$HOME\" `x`"));
        assert_eq!((header("accept"), header("expect")), (None, None));
        let sent: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(sent["data"]["text"], *text);
        let key = secret::parse_standard("secret", &plain).unwrap();
        let signature = domain::sign::standard(&[key], &header("webhook-id").unwrap(), now(&instance), &body).unwrap();
        assert_eq!(header("webhook-signature"), Some(signature));
    }
    let activity = instance.items("/api/v1/activity").await;
    assert!(
        activity
            .iter()
            .any(|entry| entry.to_string().contains("copied a request of webhook")),
        "{activity:?}"
    );
    let reader = format!("Bearer {}", instance.token_with(&["read"]).await);
    let delivery = instance.items(&format!("/api/v1/webhooks/{id}/deliveries?limit=1")).await[0]["id"].clone();
    let path = format!("/api/v1/deliveries/{}/curl", delivery.as_str().unwrap());
    instance
        .with("GET", &path, &[("authorization", reader.as_str()), ("content-type", "")], "")
        .await
        .problem(403);
}
