//! Sample data for the gallery and for the tests of the pages: one of everything, with a history.

#[path = "seed_runs.rs"]
mod seed_runs;
#[path = "seed_webhook.rs"]
mod seed_webhook;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use collection::script::{ScriptCalls, ScriptHost, ScriptInput, ScriptOutcome, ScriptSession};
use domain::{
    Clock,
    account::Scope,
    clock::{HOUR, MINUTE},
    id,
    run::RunOptions,
    schedule::Schedule,
    source::Provider,
};
use engine::{EgressSettings, Engine, EngineConfig};
use seed_runs::history;
use seed_webhook::{log, webhook};
use serde_json::json;
use store::{
    Store, Tx,
    tables::{bins, notices},
};
use web::{
    App, WebConfig,
    actions::{
        Caller,
        accounts::{self, SetupInput},
        bins::BinInput,
        collections, environments,
        incidents::{self, IncidentQuery, NoteInput},
        monitors::{self, MonitorInput, MonitorView},
        sources::{self, SourceInput},
        tokens::{self, TokenInput},
    },
};

pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "correct horse battery staple";

/// What a browser needs to see it all.
pub struct Seeded {
    /// Value of the `Cookie` header.
    pub cookie: String,
    /// One path for each kind of page.
    pub paths: Vec<String>,
}

struct NoScripts;

#[async_trait]
impl ScriptHost for NoScripts {
    async fn session(&self) -> Box<dyn ScriptSession> {
        Box::new(Self)
    }
}

#[async_trait]
impl ScriptSession for NoScripts {
    async fn run(&mut self, _: ScriptInput, _: Duration, _: &dyn ScriptCalls) -> ScriptOutcome {
        ScriptOutcome::default()
    }
}

/// The web part over a store, its engine standing still.
pub fn app(store: Store, clock: Arc<dyn Clock>, public_url: &str) -> App {
    let egress = EgressSettings {
        allow_http: true,
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        ..EgressSettings::default()
    };
    let config = EngineConfig {
        egress,
        ..EngineConfig::default()
    };
    let client = egress::Client::new(egress::ClientConfig::default()).unwrap();
    let engine = Engine::new(config, store.clone(), Arc::clone(&clock), client, Arc::new(NoScripts));
    let config = WebConfig {
        public_url: public_url.to_owned(),
        secure_cookies: false,
        version: "0.1.0".to_owned(),
        open_metrics: false,
    };
    App::new(store, clock, engine, config)
}

/// Fills it. `hostile` is appended to every name that a person or the outside gives.
pub async fn fill(app: &App, hostile: &str) -> Seeded {
    let caller = first_admin(app, hostile).await;
    let (session, caller) = caller;
    let collection = collections::import(app, &caller, document(hostile)).await.unwrap();
    let environment = environments::import(app, &caller, variables(hostile)).await.unwrap();
    let orders = monitor(
        app,
        &caller,
        &format!("Orders hourly{hostile}"),
        &collection.id,
        Some(environment.id.clone()),
        &["orders", "prod"],
    )
    .await;
    let names = ["Payments smoke test", "Search API", "Login journey", "Nightly contract check"];
    let mut others = Vec::new();
    for name in names {
        others.push(monitor(app, &caller, name, &collection.id, None, &["prod"]).await);
    }
    monitors::pause(app, &caller, &others[3].id).await.unwrap();
    let run = history(app, &orders, 64, &[12, 13, 40, 58, 59, 60, 63], hostile).await;
    history(app, &others[0], 50, &[], "").await;
    history(app, &others[1], 31, &[7], "").await;
    history(app, &others[3], 20, &[18, 19], "").await;
    let webhook = webhook(app, &caller, &orders, hostile).await;
    log(app, &caller, &webhook, hostile).await;
    let (source, incident, receipt) = source(app, &caller, &orders, hostile).await;
    let bin = bin(app, &caller, hostile).await;
    tokens::create(
        app,
        &caller,
        TokenInput {
            name: format!("CI{hostile}"),
            scopes: vec![Scope::Publish],
            expires_at: None,
        },
    )
    .await
    .unwrap();
    notice(app, &caller, &webhook, hostile).await;
    let mut paths: Vec<String> = [
        "/",
        "/monitors",
        "/monitors/new",
        "/integrations",
        "/webhooks/new?type=results",
        "/webhooks/new?type=standard",
        "/sources",
        "/sources/new",
        "/incidents",
        "/incidents?state=all",
        "/collections",
        "/environments",
        "/activity",
        "/bins",
        "/notices",
        "/settings",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend([
        format!("/monitors/{}", orders.id),
        format!("/monitors/{}/edit", orders.id),
        format!("/monitors/{}", others[2].id),
        format!("/runs/{run}"),
        format!("/webhooks/{webhook}"),
        format!("/sources/{source}"),
        format!("/receipts/{receipt}"),
        format!("/incidents/{incident}"),
        format!("/collections/{}", collection.id),
        format!("/environments/{}", environment.id),
        format!("/settings/egress/{}", caller.workspace.id),
        format!("/bins/{bin}"),
    ]);
    Seeded {
        cookie: format!("watchbell_session={session}"),
        paths,
    }
}

async fn first_admin(app: &App, hostile: &str) -> (String, Caller) {
    let input = SetupInput {
        email: EMAIL.to_owned(),
        name: format!("Ada Lovelace{hostile}"),
        password: PASSWORD.to_owned(),
        workspace: Some(format!("Shop platform{hostile}")),
    };
    let token = accounts::setup_first_admin(app, input).await.unwrap().token;
    let session = accounts::session(app, &token).await.unwrap().unwrap();
    (token, accounts::caller(app, &session, None).await.unwrap())
}

fn document(hostile: &str) -> Bytes {
    let request = |name: &str, method: &str, path: &str| json!({"name": format!("{name}{hostile}"), "request": {"method": method, "url": {"raw": format!("{{{{base}}}}{path}"), "host": ["{{base}}"], "path": [path.trim_start_matches('/')]}}});
    let document = json!({
        "info": {"_postman_id": "6f1c2a34-0000-4000-8000-000000000001", "name": format!("Orders API{hostile}"), "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "item": [
            {"name": format!("Health{hostile}"), "item": [request("Status", "GET", "/status")]},
            {"name": "Orders", "item": [request("List orders", "GET", "/orders"), request("Create an order", "POST", "/orders"), request("Cancel an order", "DELETE", "/orders/1")]},
            request("Stock level", "GET", "/stock")
        ]
    });
    Bytes::from(document.to_string())
}

fn variables(hostile: &str) -> Bytes {
    let document = json!({"id": "6f1c2a34-0000-4000-8000-000000000002", "name": format!("prod{hostile}"), "values": [
        {"key": "base", "value": format!("https://api.shop.example{hostile}"), "enabled": true},
        {"key": "token", "value": "very-secret-value", "type": "secret", "enabled": true},
        {"key": "debug", "value": "false", "enabled": false}
    ]});
    Bytes::from(document.to_string())
}

async fn monitor(app: &App, caller: &Caller, name: &str, collection: &str, environment: Option<String>, tags: &[&str]) -> MonitorView {
    let schedule = if environment.is_some() {
        Schedule::Cron {
            expression: "0 * * * *".to_owned(),
            zone: "Europe/Berlin".to_owned(),
        }
    } else {
        Schedule::Interval { seconds: 300 }
    };
    let input = MonitorInput {
        name: name.to_owned(),
        collection_id: collection.to_owned(),
        environment_id: environment,
        schedule,
        options: RunOptions::default(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        active: true,
    };
    monitors::create(app, caller, input).await.unwrap()
}

async fn write<T: Send + 'static>(app: &App, closure: impl FnOnce(&mut dyn Tx) -> store::Result<T> + Send + 'static) -> T {
    app.store.write(closure).await.unwrap()
}

async fn source(app: &App, caller: &Caller, monitor: &MonitorView, hostile: &str) -> (String, String, String) {
    let created = sources::create(
        app,
        caller,
        SourceInput {
            name: format!("Postman Monitors{hostile}"),
            provider: Provider::Postman,
        },
    )
    .await
    .unwrap();
    let hash = domain::secret::token_hash(&created.token);
    let now = app.now();
    let row = app
        .store
        .read(move |tx| store::tables::sources::by_token_hash(tx, &hash, now))
        .await
        .unwrap()
        .unwrap();
    for (uid, name, failed) in [
        ("1-gone", "Checkout", 2),
        ("1-gone", "Checkout", 0),
        (monitor.uid.as_str(), "Orders hourly", 1),
        (monitor.uid.as_str(), "Orders hourly", 2),
    ] {
        let body = json!({"collection_name": "Orders API", "collection_uid": "1-c", "environment_name": "", "environment_uid": "", "metrics": {"errors": 0, "failedTests": failed, "passedTests": 11, "requestCount": 6, "totalLatency": 842, "warnings": 0},
            "monitor_name": format!("{name}{hostile}"), "monitor_uid": uid, "user_id": "1", "user_name": "Ada"});
        receive(app, &row, body.to_string()).await;
    }
    receive(app, &row, format!("{{\"metrics\":{{\"errors\":\"none{hostile}\"}}}}")).await;
    let listed = incidents::list(
        app,
        caller,
        IncidentQuery {
            state: Some("open".to_owned()),
            ..IncidentQuery::default()
        },
    )
    .await
    .unwrap();
    let incident = listed.items[0].id.clone();
    incidents::note(
        app,
        caller,
        &incident,
        NoteInput {
            note: Some(format!("The stock service was deployed at 10:40{hostile}")),
        },
    )
    .await
    .unwrap();
    let receipts = sources::receipts(app, caller, &created.source.id, web::actions::PageQuery::first(5))
        .await
        .unwrap();
    (created.source.id, incident, receipts.items[0].receipt.id.clone())
}

async fn receive(app: &App, source: &store::tables::sources::Source, body: String) {
    let inbound = engine::receive::Inbound {
        method: "POST".to_owned(),
        query: String::new(),
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("user-agent".to_owned(), "PostmanMonitors/1.0".to_owned()),
        ],
        body: Bytes::from(body),
        remote: "203.0.113.9".to_owned(),
        content_type: Some("application/json".to_owned()),
        encoding: None,
    };
    app.engine.receive(source.clone(), inbound).await.unwrap();
}

async fn bin(app: &App, caller: &Caller, hostile: &str) -> String {
    let input = BinInput {
        name: format!("Try-out{hostile}"),
        status: 200,
        headers: Vec::new(),
        body: None,
    };
    let bin = web::actions::bins::create(app, caller, input).await.unwrap().id;
    let request = bins::BinRequest {
        id: id::new(id::BIN_REQUEST, app.now()),
        bin_id: bin.clone(),
        at: app.now() - MINUTE,
        method: "POST".to_owned(),
        path: format!("/orders{hostile}"),
        query: "a=1".to_owned(),
        headers: vec![("user-agent".to_owned(), format!("curl/8.5{hostile}"))],
        body: format!("{{\"hello\":\"bin{hostile}\"}}").into_bytes(),
        remote: "127.0.0.1".to_owned(),
    };
    write(app, move |tx| bins::add_request(tx, &request)).await;
    bin
}

async fn notice(app: &App, caller: &Caller, webhook: &str, hostile: &str) {
    let notice = notices::Notice {
        id: id::new(id::NOTICE, app.now()),
        workspace_id: caller.workspace.id.clone(),
        at: app.now() - HOUR,
        kind: "webhook_disabled".to_owned(),
        text: format!("The webhook “Billing sync{hostile}” was disabled: the receiver answered 410 Gone."),
        link: format!("/webhooks/{webhook}"),
        count: 1,
        read_at: None,
    };
    write(app, move |tx| notices::insert(tx, &notice)).await;
}
