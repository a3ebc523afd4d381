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
    let stolen = json!({"headers": [{"name": "set-cookie", "value": "watchbell_session=x"}, {"name": "set-cookie", "value": "mine=1"}]});
    instance.patch(&path, stolen).await.expect(200);
    let reply = instance.with("GET", &format!("/b/{id}"), &[], Body::empty()).await.expect(200);
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["mine=1"]);
    assert_eq!(instance.patch(&path, json!({"status": 99})).await.problem(422).0, "status");
    instance.delete(&path).await.expect(204);
    instance.with("POST", &format!("/b/{id}"), &[], "x").await.problem(404);
}
