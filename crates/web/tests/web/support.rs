//! An instance with one admin, their workspace and a token; and a client that speaks to it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use domain::{
    Clock, Micros,
    account::{Role, Scope},
    clock::SECOND,
    id, secret,
};
use engine::{Engine, EngineConfig};
use serde_json::Value;
use store::{
    Store,
    tables::{
        accounts::{self, ApiToken, User},
        workspaces::{self, Workspace},
    },
    testing::{self, Kind, TestDatabase},
};
use tower::ServiceExt as _;
use web::{App, WebConfig};

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Micros {
        self.0.load(Ordering::Relaxed)
    }
}

impl TestClock {
    pub fn turn(&self, by: Micros) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }
}

/// No test here runs a collection.
struct NoScripts;

#[async_trait::async_trait]
impl collection::script::ScriptHost for NoScripts {
    async fn session(&self) -> Box<dyn collection::script::ScriptSession> {
        unreachable!("the stages are not started")
    }
}

/// The binary `web` tests on SQLite, its twin on PostgreSQL (or, without a server for tests, on SQLite too).
fn kind() -> Kind {
    match env!("CARGO_CRATE_NAME") {
        "web_on_postgres" => testing::kinds().pop().unwrap_or(Kind::Sqlite),
        _ => Kind::Sqlite,
    }
}

/// An instance, and somebody who may do everything in one workspace of it.
pub struct Instance {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub token: String,
    router: Router,
    _database: TestDatabase,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The reply, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// Field and detail of a problem with this status.
    #[track_caller]
    pub fn problem(self, status: u16) -> (String, String) {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!(problem["status"], status);
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        (text("field"), text("detail"))
    }
}

impl Instance {
    /// With an admin, a workspace and a token of all scopes.
    pub async fn new() -> Self {
        let mut instance = Self::empty().await;
        let store = instance.app.store.clone();
        instance.token = member(&store, "10000001", "Ada", Role::Admin, &[Scope::Admin]).await;
        instance
    }

    /// As after the first start.
    pub async fn empty() -> Self {
        Self::made(EngineConfig::default()).await
    }

    /// With other settings of the engine, an admin, a workspace and a token of all scopes.
    pub async fn with_engine(config: EngineConfig) -> Self {
        let mut instance = Self::made(config).await;
        let store = instance.app.store.clone();
        instance.token = member(&store, "10000001", "Ada", Role::Admin, &[Scope::Admin]).await;
        instance
    }

    async fn made(engine_config: EngineConfig) -> Self {
        let (store, database) = testing::store(kind()).await;
        let clock = Arc::new(TestClock(AtomicI64::new(1_760_000_000 * SECOND)));
        let client = egress::Client::new(egress::ClientConfig::default()).unwrap();
        let shared: Arc<dyn Clock> = clock.clone();
        let engine = Engine::new(engine_config, store.clone(), shared.clone(), client, Arc::new(NoScripts));
        let config = WebConfig {
            public_url: "http://watchbell.test".to_owned(),
            secure_cookies: false,
            version: "0.0.0-test".to_owned(),
            open_metrics: false,
        };
        let app = App::new(store, shared, engine, config);
        Self {
            router: web::router(app.clone()),
            app,
            clock,
            token: String::new(),
            _database: database,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    /// With the token and headers of one's own; a body is JSON unless a header says otherwise.
    pub async fn with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Reply {
        let mut request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
        let own = [
            ("authorization".to_owned(), format!("Bearer {}", self.token)),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        let given = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        for (name, value) in own.into_iter().chain(given) {
            let name: axum::http::HeaderName = name.parse().unwrap();
            if value.is_empty() {
                request.headers_mut().remove(&name);
            } else {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        self.send(request).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.with("GET", path, &[("content-type", "")], Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.with("DELETE", path, &[("content-type", "")], Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.with("POST", path, &[], body.to_string()).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.with("PATCH", path, &[], body.to_string()).await
    }

    /// The items of a list.
    pub async fn items(&self, path: &str) -> Vec<Value> {
        self.get(path).await.expect(200).json()["items"].as_array().unwrap().clone()
    }

    /// Makes the user an admin of the instance. To be called before the token is used.
    pub async fn run_by_its_user(&self) {
        let promote = |tx: &mut dyn store::Tx| tx.execute("UPDATE users SET instance_admin = 1 WHERE id = '10000001'", &[]);
        assert_eq!(self.app.store.write(promote).await.unwrap(), 1);
    }

    /// Somebody else on this instance, with a workspace of their own. Returns their token.
    pub async fn stranger(&self) -> String {
        member(&self.app.store, "10000002", "Eve", Role::Admin, &[Scope::Admin]).await
    }

    /// A token of the same workspace with other scopes.
    pub async fn token_with(&self, scopes: &[&str]) -> String {
        let made = self
            .post("/api/v1/tokens", serde_json::json!({"name": "other", "scopes": scopes}))
            .await
            .expect(201);
        made.json()["token"].as_str().unwrap().to_owned()
    }

    /// A monitor over a small collection. Returns its id.
    pub async fn monitor(&self) -> String {
        let collection = self.post("/api/v1/collections", collection("Orders API")).await.expect(201).json();
        let input = serde_json::json!({
            "name": "Orders hourly",
            "collection_id": collection["id"],
            "schedule": {"interval": {"seconds": 3600}},
        });
        let monitor = self.post("/api/v1/monitors", input).await.expect(201).json();
        monitor["id"].as_str().unwrap().to_owned()
    }
}

/// A collection with one request.
pub fn collection(name: &str) -> Value {
    serde_json::json!({
        "info": {
            "_postman_id": "0fa12345-0000-4000-8000-000000000001",
            "name": name,
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "item": [{"name": "List orders", "request": {"method": "GET", "url": "https://orders.example/orders"}}],
    })
}

async fn member(store: &Store, user_id: &str, name: &str, role: Role, scopes: &[Scope]) -> String {
    let token = secret::generate_token("wbt_");
    let user = User {
        id: user_id.to_owned(),
        email: format!("{}@example.org", name.to_lowercase()),
        name: name.to_owned(),
        password_hash: "none".to_owned(),
        instance_admin: false,
        created_at: 0,
        disabled_at: None,
    };
    let workspace = Workspace {
        id: id::new(id::WORKSPACE, 0),
        name: format!("{name}'s"),
        owner_id: user.id.clone(),
        settings: serde_json::json!({}),
        created_at: 0,
    };
    let row = ApiToken {
        id: id::new(id::TOKEN, 0),
        workspace_id: workspace.id.clone(),
        user_id: user.id.clone(),
        name: "test".to_owned(),
        token_hash: secret::token_hash(&token),
        hint: secret::token_hint(&token),
        scopes: scopes.to_vec(),
        created_at: 0,
        expires_at: None,
        last_used_at: None,
    };
    store
        .write(move |tx| -> store::Result<()> {
            accounts::insert_user(tx, &user)?;
            workspaces::insert(tx, &workspace)?;
            workspaces::set_member(tx, &workspace.id, &user.id, role, 0)?;
            accounts::insert_token(tx, &row)
        })
        .await
        .unwrap();
    token
}
