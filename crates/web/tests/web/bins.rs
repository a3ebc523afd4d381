//! Request bins: they answer what they are told to, and what they show is what was sent.

use axum::body::Body;
use serde_json::json;

use crate::support::Instance;

#[tokio::test]
async fn any_method_path_query_and_body_is_recorded_byte_for_byte() {
    let instance = Instance::new().await;
    let bin = json!({"name": "b", "status": 418, "headers": [{"name": "x-tea", "value": "pot"}], "body": "short"});
    let made = instance.post("/api/v1/bins", bin).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["url"], format!("http://watchbell.test/b/{id}"));
    let reply = instance
        .with(
            "PATCH",
            &format!("/b/{id}/a%20b/../c?x=1&y"),
            &[("x-own", "v")],
            vec![0_u8, 159, 146, 150],
        )
        .await
        .expect(418);
    assert_eq!((reply.text().as_str(), reply.header("x-tea")), ("short", "pot"));
    assert!(reply.header("content-security-policy").starts_with("sandbox"));
    instance.with("PURGE", &format!("/b/{id}"), &[], "text").await.expect(418);
    let seen = instance.items(&format!("/api/v1/bins/{id}/requests")).await;
    assert_eq!(
        (&seen[0]["method"], &seen[0]["path"], &seen[0]["body"]["text"]),
        (&json!("PURGE"), &json!(""), &json!("text"))
    );
    assert_eq!((&seen[1]["path"], &seen[1]["query"]), (&json!("/a%20b/../c"), &json!("x=1&y")));
    assert_eq!(
        (&seen[1]["body"]["base64"], &seen[1]["body"]["bytes"]),
        (&json!("AJ+Slg=="), &json!(4))
    );
    let headers = seen[1]["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["x-own", "v"])), "{headers:?}");
}

#[tokio::test]
async fn the_newest_hundred_are_kept() {
    let instance = Instance::new().await;
    let made = instance.post("/api/v1/bins", json!({"name": "b"})).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    for number in 0..150 {
        instance.clock.turn(1);
        let reply = instance
            .with("POST", &format!("/b/{id}"), &[], number.to_string())
            .await
            .expect(200);
        assert_eq!((reply.text().as_str(), reply.header("content-type")), ("OK", "text/plain"));
    }
    let seen = instance.items(&format!("/api/v1/bins/{id}/requests")).await;
    let texts: Vec<&str> = seen.iter().map(|request| request["body"]["text"].as_str().unwrap()).collect();
    let expected: Vec<String> = (50..150).rev().map(|number| number.to_string()).collect();
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn limits_changes_and_the_end() {
    let instance = Instance::new().await;
    let made = instance.post("/api/v1/bins", json!({"name": "b"})).await.expect(201).json();
    let (id, path) = (
        made["id"].as_str().unwrap(),
        format!("/api/v1/bins/{}", made["id"].as_str().unwrap()),
    );
    instance
        .with("POST", &format!("/b/{id}"), &[], vec![0_u8; 1_048_577])
        .await
        .problem(413);
    assert!(instance.items(&format!("{path}/requests")).await.is_empty());
    assert_eq!(instance.patch(&path, json!({"status": 99})).await.problem(422).0, "status");
    instance.delete(&path).await.expect(204);
    instance.with("POST", &format!("/b/{id}"), &[], "x").await.problem(404);
}

#[tokio::test]
async fn an_answer_does_not_reach_beyond_its_bin() {
    let instance = Instance::new().await;
    let with = |name: &str, value: &str| json!({"name": "b", "headers": [{"name": name, "value": value}]});
    for name in [
        "Set-Cookie",
        "Clear-Site-Data",
        "Strict-Transport-Security",
        "Refresh",
        "Service-Worker-Allowed",
        "Date",
        "Connection",
        "Transfer-Encoding",
        "Content-Security-Policy",
        "X-Content-Type-Options",
    ] {
        let field = instance.post("/api/v1/bins", with(name, "x")).await.problem(422).0;
        assert_eq!(field, format!("headers.{name}"));
    }
    let made = instance
        .post("/api/v1/bins", with("content-type", "text/html"))
        .await
        .expect(201)
        .json();
    let id = made["id"].as_str().unwrap().to_owned();
    // One that is stored nevertheless does not get out.
    let (bin_id, workspace) = (
        id.clone(),
        instance.get("/api/v1/me").await.json()["workspace"]["id"]
            .as_str()
            .unwrap()
            .to_owned(),
    );
    instance
        .app
        .store
        .write(move |tx| -> store::Result<()> {
            let mut bin = store::tables::bins::get(tx, &workspace, &bin_id)?.unwrap();
            bin.headers.push(("set-cookie".to_owned(), "watchbell_theme=x".to_owned()));
            bin.headers.push(("x-content-type-options".to_owned(), "none".to_owned()));
            store::tables::bins::update(tx, &bin).map(drop)
        })
        .await
        .unwrap();
    let reply = instance.with("GET", &format!("/b/{id}"), &[], Body::empty()).await.expect(200);
    assert_eq!(
        (reply.header("set-cookie"), reply.header("x-content-type-options")),
        ("", "nosniff")
    );
    assert!(reply.header("content-security-policy").starts_with("sandbox"));
    assert_eq!(reply.header("content-type"), "text/html");
}

#[tokio::test]
async fn pages_take_scripts_from_the_assets_only() {
    let instance = Instance::new().await;
    let at = async |host: &str| {
        let reply = instance
            .with("GET", "/api/docs", &[("host", host)], Body::empty())
            .await
            .expect(200);
        reply.header("content-security-policy").to_owned()
    };
    assert!(at("watchbell.test").await.contains("script-src watchbell.test/assets/;"));
    assert!(at("localhost:8484").await.contains("script-src localhost:8484/assets/;"));
    // A policy cannot name these addresses by path.
    assert!(at("[::1]:8484").await.contains("script-src 'self';"));
}

#[tokio::test]
async fn a_list_of_large_requests_is_small_and_each_is_there_in_full() {
    let instance = Instance::new().await;
    let made = instance.post("/api/v1/bins", json!({"name": "b"})).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    let large = "é".repeat(500_000);
    for _ in 0..10 {
        instance.clock.turn(1);
        instance.with("POST", &format!("/b/{id}"), &[], large.clone()).await.expect(200);
    }
    let list = instance.get(&format!("/api/v1/bins/{id}/requests")).await.expect(200);
    assert!(list.bytes.len() < 100_000, "{}", list.bytes.len());
    let first = list.json()["items"][0].clone();
    assert_eq!((&first["body"]["bytes"], &first["body"]["cut"]), (&json!(1_000_000), &json!(true)));
    assert!(large.starts_with(first["body"]["text"].as_str().unwrap()));
    let path = format!("/api/v1/bins/{id}/requests/{}", first["id"].as_str().unwrap());
    let whole = instance.get(&path).await.expect(200).json();
    assert_eq!((&whole["body"]["text"], whole["body"].get("cut")), (&json!(large), None));
    instance.get(&format!("/api/v1/bins/{id}/requests/req_0")).await.problem(404);
}

#[tokio::test]
async fn a_bin_that_is_flooded_says_how_long_to_wait() {
    let instance = Instance::new().await;
    let made = instance.post("/api/v1/bins", json!({"name": "b"})).await.expect(201).json();
    let path = format!("/b/{}", made["id"].as_str().unwrap());
    let send = async || instance.with("POST", &path, &[], "x").await;
    let first = send().await.expect(200);
    assert_eq!(
        (first.header("ratelimit-policy"), first.header("ratelimit")),
        ("\"default\";q=600;w=60", "\"default\";r=599;t=1")
    );
    for _ in 1..600 {
        send().await.expect(200);
    }
    let refused = send().await;
    assert_eq!(refused.header("retry-after"), "1");
    refused.problem(429);
    instance.clock.turn(domain::clock::SECOND);
    send().await.expect(200);
}
