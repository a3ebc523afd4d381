//! What must never be written down: with the log at its most talkative, nothing that the program prints, and nothing that a
//! list of the API shows, holds a credential that was given to it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::Method;
use serde_json::{Value, json};

use crate::support::{Api, Database, Http, Receiver, Server, kinds, mail, until};

/// Each appears nowhere else.
const IN_URL: &str = "leak-in-the-url";
const IN_QUERY: &str = "leak-in-the-query";
const IN_HEADER: &str = "leak-in-a-header";
const IN_AUTHORIZATION: &str = "leak-in-authorization";
const ROUTING_KEY: &str = "0leak0routing0key0leak0routing00";
const SIGNING: &str = "leak-signing-secret";
const OF_PROXY: &str = "leak-of-the-proxy";
const OF_MAIL: &str = "leak-of-the-mail-server";
const OF_RUN: &str = "leak-of-the-monitors-environment";

/// The secrets of one server, as they are and as they travel.
struct Secrets(Vec<String>);

impl Secrets {
    fn known() -> Self {
        let plain = [
            IN_URL,
            IN_QUERY,
            IN_HEADER,
            IN_AUTHORIZATION,
            ROUTING_KEY,
            SIGNING,
            OF_PROXY,
            OF_MAIL,
            OF_RUN,
        ];
        let pairs = [format!("user:{IN_URL}"), format!("user:{OF_PROXY}"), format!("\0user\0{OF_MAIL}")];
        let alone = [OF_MAIL, SIGNING].map(str::to_owned);
        let encoded = pairs.iter().chain(&alone).map(|text| STANDARD.encode(text));
        Self(plain.iter().map(|text| (*text).to_owned()).chain(encoded).collect())
    }

    fn also(&mut self, value: &Value) {
        let text = value.as_str().unwrap_or_else(|| panic!("no secret: {value}"));
        assert!(text.len() > 20, "{text}");
        self.0.push(text.to_owned());
        if let Some(key) = text.strip_prefix("whsec_") {
            self.0.push(key.to_owned());
        }
    }

    /// A line in the middle of a PEM.
    fn also_pem(&mut self, pem: &str) {
        self.0.push(pem.lines().nth(3).unwrap().to_owned());
    }

    fn assert_none_in(&self, what: &str, text: &str) {
        for secret in &self.0 {
            let at = text.find(secret.as_str());
            let around = |at: usize| {
                text.char_indices()
                    .filter(|(n, _)| n.abs_diff(at) < 300)
                    .map(|(_, c)| c)
                    .collect::<String>()
            };
            assert!(at.is_none(), "{what} holds `{secret}`: … {} …", around(at.unwrap_or_default()));
        }
    }
}

/// Webhooks with every credential that one can hold.
async fn webhooks(http: &Http, receiver: &Receiver, secrets: &mut Secrets) -> Vec<String> {
    let own = rcgen::generate_simple_self_signed(["client.test".to_owned()]).unwrap();
    let (certificate, key) = (own.cert.pem(), own.signing_key.serialize_pem());
    secrets.also_pem(&key);
    let all = [
        json!({"name": "url", "url": format!("http://user:{IN_URL}@{}/hook?token={IN_QUERY}", receiver.address), "secret": "generate"}),
        json!({"name": "headers", "url": receiver.url("/hook"), "profile": "custom", "secret": SIGNING,
               "options": {"signature": "github", "body": "{\"a\": {{ event.id }}}"},
               "headers": [{"name": "Authorization", "value": format!("Bearer {IN_AUTHORIZATION}")}, {"name": "X-Own", "value": IN_HEADER}]}),
        json!({"name": "certificate", "url": format!("https://{}/hook", receiver.address),
               "client_certificate": {"certificate": certificate, "key": key}}),
        json!({"name": "pager", "url": receiver.url("/pager"), "profile": "pagerduty", "secret": ROUTING_KEY}),
    ];
    let mut ids = Vec::new();
    for mut webhook in all {
        webhook["events"] = json!(["secret.test", "test-event"]);
        // Only what is said once holds the secret that was made.
        for action in ["try", "preview"] {
            let answer = http
                .send(Method::POST, &format!("/api/v1/webhooks/{action}"), trial(&webhook), &[])
                .await
                .unwrap();
            secrets_in_answer(secrets, action, &answer.body);
        }
        let made = http.post("/api/v1/webhooks", webhook.clone()).await;
        if webhook["secret"] == "generate" {
            secrets.also(&made["secret"]);
        }
        let id = made["id"].as_str().unwrap().to_owned();
        http.post(&format!("/api/v1/webhooks/{id}/test"), json!({})).await;
        if webhook["name"] == "url" {
            let rotated = http
                .post(&format!("/api/v1/webhooks/{id}/rotate-secret"), json!({"overlap_s": 60}))
                .await;
            secrets.also(&rotated["secret"]);
        }
        ids.push(id);
    }
    let wrong = json!({"name": "wrong", "url": format!("http://user:{IN_URL}@exa mple/?token={IN_QUERY}"), "events": ["a"]});
    let refused = http.send(Method::POST, "/api/v1/webhooks", wrong.to_string(), &[]).await.unwrap();
    assert_eq!(refused.status, 422);
    secrets_in_answer(secrets, "the refusal", &refused.body);
    ids
}

fn trial(webhook: &Value) -> String {
    let mut trial = webhook.clone();
    trial["sample"] = json!("issue-created");
    trial.to_string()
}

fn secrets_in_answer(secrets: &Secrets, what: &str, body: &[u8]) {
    secrets.assert_none_in(what, &String::from_utf8_lossy(body));
}

/// A source that gets alerts by its token, in each way that it takes one.
async fn source(http: &Http, secrets: &mut Secrets) -> String {
    let made = http.post("/api/v1/sources", json!({"name": "alerts", "provider": "postman"})).await;
    let id = made["id"].as_str().unwrap().to_owned();
    secrets.also(&made["token"]);
    let token = made["token"].as_str().unwrap();
    let bearer = format!("Bearer {token}");
    for (path, headers) in [
        (format!("/in/{token}"), vec![]),
        (format!("/in?token={token}"), vec![]),
        ("/in".to_owned(), vec![("authorization", bearer.as_str())]),
        (format!("/in/{token}/more"), vec![]),
        (format!("/api/v1/{token}"), vec![]),
    ] {
        http.send(Method::POST, &path, r#"{"metrics": 1}"#, &headers).await.unwrap();
        http.send(Method::GET, &path, "", &headers).await.unwrap();
    }
    let rotated = http
        .post(&format!("/api/v1/sources/{id}/rotate-token"), json!({"overlap_s": 60}))
        .await;
    secrets.also(&rotated["token"]);
    id
}

/// A monitor whose requests carry a secret of its environment.
async fn run(http: &Http, api: &Api) -> String {
    let environment = json!({"name": "prod", "values": [{"key": "token", "value": OF_RUN, "type": "secret", "enabled": true}]});
    let environment = http.post("/api/v1/environments", environment).await;
    let mut collection = api.collection("Orders");
    collection["item"][0]["request"]["header"] = json!([{"key": "Authorization", "value": "Bearer {{token}}"}]);
    collection["item"][0]["request"]["url"] = json!(format!("http://{}/orders?key={{{{token}}}}", api.address));
    let collection = http.post("/api/v1/collections", collection).await;
    let monitor = json!({"name": "by hand", "collection_id": collection["id"], "environment_id": environment["id"],
                         "schedule": {"interval": {"seconds": 86_400}}});
    let monitor = http.post("/api/v1/monitors", monitor).await["id"].as_str().unwrap().to_owned();
    let run = http.post(&format!("/api/v1/monitors/{monitor}/run"), json!({})).await;
    let id = run["id"].as_str().unwrap().to_owned();
    until("the run to finish", || async {
        Some(http.get(&format!("/api/v1/runs/{id}")).await).filter(|run| run["state"] == "finished")
    })
    .await;
    id
}

/// Everything is used, and then everything is read.
async fn nothing_leaks(database: Database, proxy: Option<&str>) {
    let (api, receiver, mail) = (Api::start().await, Receiver::start().await, mail::server_that_refuses().await);
    let mut secrets = Secrets::known();
    let mut settings = proxy.map(|url| format!("proxy = \"{url}\"\n")).unwrap_or_default();
    settings.push_str("[log]\nlevel = \"trace,tokio_postgres=trace\"\n");
    settings.push_str(&format!(
        "[mail]\nurl = \"smtp://user:{OF_MAIL}@{mail}?tls=none\"\nfrom = \"bell@example.com\"\n"
    ));
    let server = Server::start_with(database, &settings).await;
    let http = server.http();
    secrets.0.extend([server.token.clone(), server.password.clone()]);
    let token = http.post("/api/v1/tokens", json!({"name": "other", "scopes": ["read"]})).await;
    secrets.also(&token["token"]);
    let other = Http::new(&server.url, token["token"].as_str());
    other.get("/api/v1/me").await;
    let login = format!("email=ada%40example.com&password={}", server.password);
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", server.url.as_str()),
    ];
    let entered = http.send(Method::POST, "/login", login, &form).await.unwrap();
    assert_eq!(entered.status, 303, "{}", String::from_utf8_lossy(&entered.body));

    let ids = webhooks(&http, &receiver, &mut secrets).await;
    let source = source(&http, &mut secrets).await;
    let run = run(&http, &api).await;
    let tested = http.post("/api/v1/admin/mail/test", json!({})).await;
    assert_eq!(tested["code"], "login_refused", "{tested}");
    secrets.assert_none_in("the mail test", &tested.to_string());
    http.post("/api/v1/events", json!({"type": "secret.test", "data": {"n": 1}})).await;
    for id in &ids {
        let attempts = format!("/api/v1/webhooks/{id}/attempts");
        until("an attempt of each", || async {
            let all = http.get(&attempts).await;
            all["items"].as_array().filter(|all| all.len() >= 2).map(drop)
        })
        .await;
    }
    if proxy.is_none() {
        // The secrets are in use, or this would say nothing.
        let sent = receiver.received();
        let seen = |name: &str, value: &str| sent.iter().any(|one| one.headers.get(name).is_some_and(|held| held == value));
        assert!(seen(
            "authorization",
            &format!("Basic {}", STANDARD.encode(format!("user:{IN_URL}")))
        ));
        assert!(seen("authorization", &format!("Bearer {IN_AUTHORIZATION}")) && seen("x-own", IN_HEADER));
        assert!(sent.iter().any(|one| String::from_utf8_lossy(&one.body).contains(ROUTING_KEY)));
    }

    let mut pages: Vec<String> = [
        "webhooks",
        "sources",
        "runs",
        "events",
        "activity",
        "notices",
        "me",
        "tokens",
        "overview",
        "settings/webhooks",
    ]
    .map(|page| format!("/api/v1/{page}"))
    .into();
    pages.push("/api/v1/admin/mail".to_owned());
    pages.extend([format!("/api/v1/sources/{source}/receipts"), format!("/api/v1/runs/{run}")]);
    let receipts = http.get(&format!("/api/v1/sources/{source}/receipts")).await;
    pages.extend(
        receipts["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("/api/v1/receipts/{}", one["id"].as_str().unwrap())),
    );
    for id in &ids {
        let attempts = http.get(&format!("/api/v1/webhooks/{id}/attempts")).await;
        for one in attempts["items"].as_array().unwrap() {
            let delivery = format!("/api/v1/deliveries/{}", one["delivery_id"].as_str().unwrap());
            pages.push(format!("{delivery}/attempts/{}", one["id"].as_str().unwrap()));
            pages.push(delivery);
        }
    }
    pages.extend(
        ids.iter()
            .flat_map(|id| ["", "/deliveries", "/attempts", "/stats"].map(|part| format!("/api/v1/webhooks/{id}{part}"))),
    );
    for page in pages {
        // A webhook's setting is the URL as it was entered, but for user and password.
        let shown = http.get(&page).await.to_string();
        let setting = format!("\"url\":\"http://{}/hook?token={IN_QUERY}\"", receiver.address);
        secrets.assert_none_in(&page, &shown.replace(&setting, ""));
    }
    let config = server.command(&["config"]).output().await.unwrap();
    assert!(config.status.success());
    secrets.assert_none_in(
        "`watchbell config`",
        &String::from_utf8_lossy(&[config.stdout, config.stderr].concat()),
    );
    let log = server.log();
    assert!(log.contains("TRACE") && log.contains("DEBUG"), "it is talkative: {log}");
    secrets.assert_none_in("the log", &log);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_is_written_down_at_any_level() {
    for database in kinds() {
        nothing_leaks(database, None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_is_the_proxys() {
    // It lets nobody through either.
    let proxy = Receiver::start().await;
    proxy.answer(407);
    for scheme in ["http", "socks5"] {
        let url = format!("{scheme}://user:{OF_PROXY}@{}", proxy.address);
        nothing_leaks(Database::Sqlite, Some(&url)).await;
    }
}
