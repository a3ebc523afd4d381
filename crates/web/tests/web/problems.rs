//! Bad input: a problem document that says where and why, and never a 500.

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::Instance;

#[tokio::test]
async fn json_that_is_none_is_refused_with_line_and_column() {
    let instance = Instance::new().await;
    let reply = instance.with("POST", "/api/v1/bins", &[], "{\n  \"name\": \"a\",\n}").await;
    let (_, detail) = reply.problem(400);
    assert!(detail.contains("line 3, column 1"), "{detail}");
    assert!(
        instance
            .with("POST", "/api/v1/bins", &[], "")
            .await
            .problem(400)
            .1
            .contains("empty")
    );
}

#[tokio::test]
async fn a_field_that_does_not_fit_is_named() {
    let instance = Instance::new().await;
    let reply = instance.post("/api/v1/bins", json!({"nmae": "a"})).await.expect(422);
    assert_eq!(
        (reply.json()["field"].as_str(), reply.json()["hint"].as_str()),
        (Some("nmae"), Some("did you mean `name`?"))
    );
    assert_eq!(instance.post("/api/v1/bins", json!({"name": 7})).await.problem(422).0, "name");
    assert_eq!(
        instance
            .post("/api/v1/bins", json!({"name": "a", "headers": [{"name": "x"}]}))
            .await
            .problem(422)
            .0,
        "headers[0].value"
    );
    assert_eq!(instance.post("/api/v1/bins", json!({})).await.problem(422).0, "name");
    assert_eq!(instance.post("/api/v1/bins", json!({"name": " "})).await.problem(422).0, "name");
    let monitor = json!({"name": "m", "collection_id": "c", "schedule": {"cron": {"expression": "* * * *", "zone": "UTC"}}});
    assert_eq!(
        instance.post("/api/v1/monitors", monitor).await.problem(422).0,
        "schedule.cron.expression"
    );
    let token = json!({"name": "t", "scopes": ["reed"]});
    let reply = instance.post("/api/v1/tokens", token).await;
    assert!(reply.text().contains("`publish`"), "{}", reply.text());
    assert_eq!(reply.problem(422).0, "scopes[0]");
}

#[tokio::test]
async fn queries_are_read_as_strictly() {
    let instance = Instance::new().await;
    assert_eq!(instance.get("/api/v1/runs?limit=none").await.problem(422).0, "limit");
    assert_eq!(instance.get("/api/v1/runs?limit=0").await.problem(422).0, "limit");
    assert_eq!(instance.get("/api/v1/runs?limt=5").await.problem(422).0, "limt");
    assert_eq!(instance.get("/api/v1/runs?before=xyz").await.problem(422).0, "before");
    assert_eq!(instance.get("/api/v1/incidents?state=closed").await.problem(422).0, "state");
}

#[tokio::test]
async fn type_size_method_and_path() {
    let instance = Instance::new().await;
    let xml = instance.with("POST", "/api/v1/bins", &[("content-type", "text/xml")], "<a/>").await;
    assert_eq!(xml.problem(415).0, "content-type");
    instance.with("POST", "/api/v1/bins", &[], vec![b' '; 3_000_000]).await.problem(413);
    let wrong = instance.with("PUT", "/api/v1/bins", &[], "{}").await;
    let allow = wrong.header("allow").to_owned();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    wrong.problem(405);
    instance.get("/api/v1/nothing").await.problem(404);
}

#[tokio::test]
async fn no_bad_input_to_any_operation_is_a_500() {
    let instance = Instance::new().await;
    let document = instance.get("/api/v1/openapi.json").await.expect(200).json();
    let bodies = [
        "",
        "{",
        "[]",
        "null",
        "\"x\"",
        "{\"name\":null}",
        "{\"name\":\"\\u0000\",\"events\":[\"\"],\"url\":\"x\"}",
        "\u{FEFF}{}",
        "{\"a\":1e999}",
    ];
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|method| item[*method]["responses"].is_object())
        {
            for id in ["x", "%00", "%F0%9F%94%94", "..%2F", "%FF"] {
                let path = path.replace("{id}", id);
                for body in bodies {
                    let reply = instance.with(&method.to_uppercase(), &path, &[], body).await;
                    assert!(
                        reply.status.as_u16() < 500,
                        "{method} {path} {body}: {} {}",
                        reply.status,
                        reply.text()
                    );
                    if reply.status.is_client_error() {
                        assert_eq!(
                            reply.header("content-type"),
                            "application/problem+json",
                            "{method} {path} {body}: {}",
                            reply.text()
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_what_not_to_do() {
    let instance = Instance::new().await;
    for path in ["/api/docs", "/api/v1/openapi.json", "/healthz", "/api/v1/nothing"] {
        let reply = instance.get(path).await;
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!reply.header("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn health_and_metrics() {
    let instance = Instance::new().await;
    instance.get("/healthz").await.expect(200);
    instance.get("/readyz").await.expect(200);
    instance.get("/metrics").await.problem(403);
    let mut request = axum::http::Request::get("/metrics").body(Body::empty()).unwrap();
    let address: std::net::SocketAddr = "127.0.0.1:5000".parse().unwrap();
    request.extensions_mut().insert(axum::extract::ConnectInfo(address));
    let text = instance.send(request).await.expect(200).text();
    assert!(text.contains("watchbell_events_accepted_total 0\n"), "{text}");
}

#[tokio::test]
async fn lists_come_in_pages_that_neither_overlap_nor_leave_out() {
    let instance = Instance::new().await;
    for number in 0..5 {
        instance.clock.turn(1);
        instance
            .post("/api/v1/events", json!({"type": "issue-created", "data": {"number": number}}))
            .await
            .expect(202);
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut path = "/api/v1/events?type=issue-created&limit=2".to_owned();
    loop {
        let page = instance.get(&path).await.expect(200).json();
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["data"]["number"].clone()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/events?type=issue-created&limit=2&before={next}");
    }
    assert_eq!(json!(seen), json!([4, 3, 2, 1, 0]));
}

#[tokio::test]
async fn a_store_that_is_away_is_a_503_that_says_when_to_try_again() {
    let instance = Instance::new().await;
    let source = instance
        .post("/api/v1/sources", json!({"name": "s", "provider": "postman"}))
        .await
        .expect(201)
        .json();
    let event = json!({"type": "issue-created", "data": {}});
    instance.post("/api/v1/events", event.clone()).await.expect(202);
    instance.app.store.close().await;
    let inbound = format!("/in/{}", source["token"].as_str().unwrap());
    for path in ["/api/v1/events", &inbound] {
        let refused = instance.post(path, event.clone()).await;
        assert_eq!(refused.header("retry-after"), "2", "{path}");
        let (_, detail) = refused.problem(503);
        assert_eq!(detail, "the store cannot take it now; nothing was changed");
    }
    instance.get("/readyz").await.expect(503);
    instance.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn metrics_are_not_told_through_a_proxy() {
    let instance = Instance::new().await;
    let from = async |ip: &str, header: Option<&'static str>| {
        let mut request = axum::http::Request::get("/metrics").body(Body::empty()).unwrap();
        let peer = std::net::SocketAddr::new(ip.parse().unwrap(), 9);
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        if let Some(header) = header {
            request.headers_mut().insert(header, "for=198.51.100.7".parse().unwrap());
        }
        instance.send(request).await
    };
    from("127.0.0.1", None).await.expect(200);
    for header in ["forwarded", "x-forwarded-for"] {
        let refused = from("127.0.0.1", Some(header)).await;
        assert!(refused.text().contains("server.metrics_public"), "{}", refused.text());
        refused.problem(403);
    }
    from("10.0.0.1", None).await.problem(403);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_not_called_a_body() {
    let instance = Instance::new().await;
    let refused = instance.get("/api/v1/runs?limit=1&limit=2").await.expect(422);
    assert!(!refused.text().to_lowercase().contains("body"), "{}", refused.text());
}

#[tokio::test]
async fn only_who_may_edit_marks_a_notice_for_everybody() {
    let mut instance = Instance::new().await;
    instance.token = instance.token_with(&["read"]).await;
    instance
        .with("POST", "/api/v1/notices/x/read", &[("content-type", "")], Body::empty())
        .await
        .problem(403);
}
