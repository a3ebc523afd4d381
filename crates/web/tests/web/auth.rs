//! Who may come in: tokens, scopes, sessions, CSRF, and the brake on guessing.

use axum::body::Body;
use domain::clock::SECOND;
use serde_json::json;
use web::{
    actions::accounts::{self, LoginInput, SetupInput},
    guard::session,
};

use crate::support::Instance;

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn without_a_good_token_there_is_a_401_that_says_what_to_send() {
    let instance = Instance::new().await;
    for token in ["", "Bearer wbt_0000", "Bearer something", "Basic YTpi"] {
        let reply = instance.with("GET", "/api/v1/me", &[("authorization", token)], Body::empty()).await;
        assert_eq!(reply.header("www-authenticate"), "Bearer", "{token}");
        reply.problem(401);
    }
    let token = instance.token.clone();
    instance
        .with("GET", "/api/v1/me", &[("authorization", ""), ("x-api-key", &token)], Body::empty())
        .await
        .expect(200);
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_until_it_is_deleted_or_expires() {
    let mut instance = Instance::new().await;
    let admin = instance.token.clone();
    let event = || json!({"type": "issue-created", "data": {}});
    let scopes = [("read", 200, 403), ("write", 200, 202), ("publish", 403, 202)];
    for (scope, list, publish) in scopes {
        instance.token = admin.clone();
        instance.token = instance.token_with(&[scope]).await;
        instance.get("/api/v1/monitors").await.expect(list);
        instance.post("/api/v1/events", event()).await.expect(publish);
        instance.get("/api/v1/tokens").await.expect(403);
    }
    instance.token = admin.clone();
    let expires_at = domain::clock::rfc3339(instance.app.now() + 60 * SECOND);
    let made = instance
        .post(
            "/api/v1/tokens",
            json!({"name": "short", "scopes": ["read"], "expires_at": expires_at}),
        )
        .await
        .expect(201)
        .json();
    instance.token = made["token"].as_str().unwrap().to_owned();
    instance.get("/api/v1/monitors").await.expect(200);
    instance.clock.turn(61 * SECOND);
    instance.get("/api/v1/monitors").await.problem(401);

    instance.token = admin.clone();
    let shown = instance.items("/api/v1/tokens").await;
    assert!(
        shown
            .iter()
            .all(|token| token.get("token").is_none() && token.get("token_hash").is_none())
    );
    let publisher = shown.iter().find(|token| token["scopes"] == json!(["publish"])).unwrap();
    let secret = instance.token_with(&["read"]).await;
    instance.token = secret;
    instance.get("/api/v1/me").await.expect(200);
    let id = instance.get("/api/v1/me").await.json();
    assert_eq!(id["scopes"], json!(["read"]));
    let reader = std::mem::replace(&mut instance.token, admin);
    for token in instance
        .items("/api/v1/tokens")
        .await
        .iter()
        .filter(|token| token["scopes"] == json!(["read"]))
    {
        instance
            .delete(&format!("/api/v1/tokens/{}", token["id"].as_str().unwrap()))
            .await
            .expect(204);
    }
    instance
        .delete(&format!("/api/v1/tokens/{}", publisher["id"].as_str().unwrap()))
        .await
        .expect(204);
    instance.token = reader;
    instance.get("/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn what_is_another_workspaces_does_not_exist() {
    let mut instance = Instance::new().await;
    let monitor = instance.monitor().await;
    let source = instance
        .post("/api/v1/sources", json!({"name": "s", "provider": "postman"}))
        .await
        .expect(201)
        .json();
    let bin = instance.post("/api/v1/bins", json!({"name": "b"})).await.expect(201).json();
    let collection = instance.items("/api/v1/collections").await[0].clone();
    let text = |value: &serde_json::Value| value["id"].as_str().unwrap().to_owned();
    let paths = [
        format!("monitors/{monitor}"),
        format!("monitors/{monitor}/runs"),
        format!("sources/{}", text(&source)),
        format!("sources/{}/receipts", text(&source)),
        format!("bins/{}/requests", text(&bin)),
        format!("collections/{}/document", text(&collection)),
    ];
    instance.token = instance.stranger().await;
    for path in paths {
        let theirs = instance.get(&format!("/api/v1/{path}")).await.problem(404);
        assert!(theirs.1.starts_with("there is no such"), "{}", theirs.1);
    }
    let input = json!({"name": "m", "collection_id": text(&collection), "schedule": {"interval": {"seconds": 60}}});
    assert_eq!(instance.post("/api/v1/monitors", input).await.problem(422).0, "collection_id");
}

#[tokio::test]
async fn the_first_admin_is_made_once_and_logs_in() {
    let instance = Instance::empty().await;
    let app = &instance.app;
    assert!(accounts::needs_setup(app).await.unwrap());
    let input = || SetupInput {
        email: " Ada@Example.org ".into(),
        name: "Ada".into(),
        password: PASSWORD.into(),
        workspace: None,
    };
    let short = SetupInput {
        password: "short".into(),
        ..input()
    };
    assert!(
        accounts::setup_first_admin(app, short)
            .await
            .unwrap_err()
            .to_string()
            .contains("12 characters")
    );
    let first = accounts::setup_first_admin(app, input()).await.unwrap();
    assert_eq!(first.account.email, "ada@example.org");
    assert!(
        accounts::setup_first_admin(app, input())
            .await
            .unwrap_err()
            .to_string()
            .contains("admin already")
    );

    let login = |password: &str| LoginInput {
        email: "ADA@example.org".into(),
        password: password.into(),
    };
    let wrong = accounts::login(app, login("wrong"), None).await.unwrap_err().to_string();
    let unknown = LoginInput {
        email: "eve@example.org".into(),
        password: PASSWORD.into(),
    };
    assert_eq!(accounts::login(app, unknown, None).await.unwrap_err().to_string(), wrong);
    let in_again = accounts::login(app, login(PASSWORD), None).await.unwrap();

    let cookie = format!("other=1; watchbell_session={}", in_again.token);
    let with_cookie = [("authorization", ""), ("cookie", cookie.as_str())];
    instance.with("GET", "/api/v1/me", &with_cookie, Body::empty()).await.expect(200);
    let body = json!({"name": "b"}).to_string();
    let refused = instance.with("POST", "/api/v1/bins", &with_cookie, body.clone()).await;
    assert!(refused.problem(403).1.contains("session"));
    let stolen = [with_cookie[0], with_cookie[1], ("x-csrf-token", first.csrf.as_str())];
    instance.with("POST", "/api/v1/bins", &stolen, body.clone()).await.problem(403);
    let proven = [with_cookie[0], with_cookie[1], ("x-csrf-token", in_again.csrf.as_str())];
    instance.with("POST", "/api/v1/bins", &proven, body).await.expect(201);

    let opening = session::set_cookie(app, &in_again.token).to_str().unwrap().to_owned();
    assert!(
        opening.contains("; HttpOnly; SameSite=Lax;") && opening.contains("Max-Age=2592000"),
        "{opening}"
    );
    assert!(session::clear_cookie(app).to_str().unwrap().contains("Max-Age=0"));
    let open = accounts::session(app, &in_again.token).await.unwrap().unwrap();
    accounts::logout(app, &open).await.unwrap();
    instance.with("GET", "/api/v1/me", &with_cookie, Body::empty()).await.problem(401);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_password_is_held_up_too() {
    let instance = Instance::empty().await;
    let guess = || LoginInput {
        email: "a@b".into(),
        password: "guess".into(),
    };
    for _ in 0..5 {
        accounts::login(&instance.app, guess(), None).await.unwrap_err();
    }
    let refused = accounts::login(&instance.app, guess(), None).await.unwrap_err();
    let (problem, retry_after) = web::problem::describe(refused);
    assert_eq!((problem.status, retry_after), (429, Some(1)));
}

#[tokio::test]
async fn a_name_that_was_pointed_here_cannot_set_the_instance_up() {
    let instance = Instance::empty().await;
    let form = "name=Eve&email=eve%40evil.example&password=correct+horse+battery&workspace=";
    let kind = "application/x-www-form-urlencoded";
    let setup = async |host: &str| {
        let headers = [("host", host), ("content-type", kind), ("authorization", "")];
        instance.with("POST", "/setup", &headers, form).await
    };
    for host in [
        "evil.example",
        "evil.example:8484",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8484",
    ] {
        setup(host).await.problem(421);
    }
    assert!(accounts::needs_setup(&instance.app).await.unwrap());
    // What holds its own secret may be known by another name, such as one within a network of containers.
    for (path, status) in [("/healthz", 200), ("/in/x", 405), ("/b/x", 404)] {
        instance.with("GET", path, &[("host", "bell")], Body::empty()).await.expect(status);
    }
    setup("watchbell.test").await.expect(303);
    assert!(!accounts::needs_setup(&instance.app).await.unwrap());
}

#[tokio::test]
async fn a_form_of_another_origin_does_not_log_in_or_set_up() {
    let instance = Instance::empty().await;
    let kind = "application/x-www-form-urlencoded";
    let setup = "name=Ada&email=ada%40example.org&password=correct+horse+battery&workspace=";
    let login = "email=ada%40example.org&password=correct+horse+battery&next=";
    let post = async |path: &str, origin: &str, body: &'static str| {
        let headers = [
            ("host", "localhost:8484"),
            ("origin", origin),
            ("content-type", kind),
            ("authorization", ""),
        ];
        instance.with("POST", path, &headers, body).await.status.as_u16()
    };
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost:9",
        "http://localhost:8484.evil.example",
    ] {
        assert_eq!(post("/setup", origin, setup).await, 403, "{origin}");
    }
    assert!(accounts::needs_setup(&instance.app).await.unwrap());
    assert_eq!(post("/setup", "http://localhost:8484", setup).await, 303);
    assert_eq!(post("/login", "https://evil.example", login).await, 403);
    // The public address is ours too, by whatever name the proxy in front of us calls.
    assert_eq!(post("/login", "http://watchbell.test", login).await, 303);
}

#[tokio::test]
async fn wrong_tokens_of_one_address_are_slowed_down_and_right_ones_are_not() {
    let instance = Instance::new().await;
    let ask = async |token: &str| {
        let mut request = axum::http::Request::get("/api/v1/me")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        let peer = std::net::SocketAddr::from(([192, 0, 2, 1], 9));
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        instance.send(request).await
    };
    for number in 0..60 {
        ask(&format!("wbt_{number}")).await.problem(401);
    }
    let refused = ask("wbt_60").await;
    assert_eq!(refused.header("retry-after"), "1");
    refused.problem(429);
    ask(&instance.token).await.expect(200);
}
