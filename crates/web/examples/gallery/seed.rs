//! Sample data for the gallery and for the tests of the pages: one of everything, with a history.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use collection::script::{ScriptCalls, ScriptHost, ScriptInput, ScriptOutcome, ScriptSession};
use domain::{
    Clock, Micros,
    account::Scope,
    clock::{HOUR, MINUTE, SECOND},
    delivery::{DeliveryKind, DeliveryState},
    event::{Event, RUN_FINISHED},
    id,
    profile::Profile,
    run::{FailureLine, Metrics, RunKind, RunOptions, RunState, RunStatus, RunType},
    schedule::Schedule,
    source::Provider,
};
use engine::{EgressSettings, Engine, EngineConfig};
use serde_json::json;
use store::{
    Store, Tx,
    tables::{attempts, bins, deliveries, events, monitors as monitor_table, notices, runs, webhooks as webhook_table},
};
use web::{
    App, WebConfig,
    actions::{
        Caller, accounts::{self, SetupInput},
        bins::BinInput,
        collections, environments,
        incidents::{self, IncidentQuery, NoteInput},
        monitors::{self, MonitorInput, MonitorView},
        sources::{self, SourceInput},
        tokens::{self, TokenInput},
        webhooks::{self, WebhookInput},
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
    let egress = EgressSettings { allow_http: true, allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressSettings::default() };
    let config = EngineConfig { egress, ..EngineConfig::default() };
    let client = egress::Client::new(egress::ClientConfig::default()).unwrap();
    let engine = Engine::new(config, store.clone(), Arc::clone(&clock), client, Arc::new(NoScripts));
    let config = WebConfig { public_url: public_url.to_owned(), secure_cookies: false, demo: None, version: "0.1.0".to_owned(), open_metrics: false };
    App::new(store, clock, engine, config)
}

/// Fills it. `hostile` is appended to every name that a person or the outside gives.
pub async fn fill(app: &App, hostile: &str) -> Seeded {
    let caller = first_admin(app, hostile).await;
    let (session, caller) = caller;
    let collection = collections::import(app, &caller, document(hostile)).await.unwrap();
    let environment = environments::import(app, &caller, variables(hostile)).await.unwrap();
    let orders = monitor(app, &caller, &format!("Orders hourly{hostile}"), &collection.id, Some(environment.id.clone()), &["orders", "prod"]).await;
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
    tokens::create(app, &caller, TokenInput { name: format!("CI{hostile}"), scopes: vec![Scope::Publish], expires_at: None }).await.unwrap();
    notice(app, &caller, &webhook, hostile).await;
    let mut paths: Vec<String> = [
        "/", "/monitors", "/monitors/new", "/integrations", "/webhooks/new?type=results", "/webhooks/new?type=standard", "/sources", "/sources/new", "/incidents",
        "/incidents?state=all", "/collections", "/environments", "/activity", "/bins", "/notices", "/settings",
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
        format!("/bins/{bin}"),
    ]);
    Seeded { cookie: format!("watchbell_session={session}"), paths }
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
    let request = |name: &str, method: &str, path: &str| {
        json!({"name": format!("{name}{hostile}"), "request": {"method": method, "url": {"raw": format!("{{{{base}}}}{path}"), "host": ["{{base}}"], "path": [path.trim_start_matches('/')]}}})
    };
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
    let schedule = if environment.is_some() { Schedule::Cron { expression: "0 * * * *".to_owned(), zone: "Europe/Berlin".to_owned() } } else { Schedule::Interval { seconds: 300 } };
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

/// Runs every half hour up to now; those of `bad` failed. Answers the newest's id.
async fn history(app: &App, monitor: &MonitorView, count: i64, bad: &[i64], hostile: &str) -> String {
    let (now, monitor, bad, hostile) = (app.now(), monitor.clone(), bad.to_vec(), hostile.to_owned());
    write(app, move |tx| {
        let stored = monitor_table::by_id(tx, &monitor.id)?.expect("the monitor");
        let mut newest = String::new();
        for at in 0..count {
            let time = now - (count - at) * 30 * MINUTE + 11 * MINUTE;
            let status = match bad.iter().position(|n| *n == at) {
                Some(3) => RunStatus::Abort,
                Some(2) => RunStatus::Error,
                Some(_) => RunStatus::Failure,
                None => RunStatus::Success,
            };
            let run = run(&stored, at + 1, time, status, &hostile);
            runs::insert(tx, &run)?;
            monitor_table::finished(tx, &monitor.id, &run.id, status, time)?;
            newest = run.id;
        }
        runs::insert_executions(tx, &executions(&newest, &hostile))?;
        Ok(newest)
    })
    .await
}

fn run(monitor: &monitor_table::Monitor, sequence: i64, time: Micros, status: RunStatus, hostile: &str) -> runs::Run {
    let failed = status != RunStatus::Success;
    let latency = 380 + (sequence * 7_919 % 420) + if failed { 900 } else { 0 };
    runs::Run {
        id: id::new(id::RUN, time),
        workspace_id: monitor.workspace_id.clone(),
        kind: RunKind::Monitor,
        monitor_id: Some(monitor.id.clone()),
        run_type: if sequence % 9 == 0 { RunType::Manual } else { RunType::Scheduled },
        series: monitor.series.clone(),
        sequence,
        state: RunState::Finished,
        status: Some(status),
        tries: 0,
        starts: 1,
        queued_at: time,
        due_at: time,
        started_at: Some(time),
        finished_at: Some(time + 2 * SECOND),
        started_by: None,
        metrics: Some(Metrics {
            errors: u64::from(status == RunStatus::Error),
            failed_tests: u64::from(failed),
            passed_tests: 11,
            request_count: 5,
            total_latency: u64::try_from(latency).unwrap_or(0),
            warnings: 0,
            skipped_tests: 0,
            response_bytes: 9_120,
        }),
        failures: if failed { vec![failure(hostile)] } else { Vec::new() },
        error: None,
        input: None,
        collection_version: Some(1),
        environment_version: None,
    }
}

fn failure(hostile: &str) -> FailureLine {
    FailureLine {
        request: format!("Create an order{hostile}"),
        test: format!("status is 201{hostile}"),
        message: format!("expected response to have status code 201 but got 503{hostile}"),
    }
}

fn executions(run_id: &str, hostile: &str) -> Vec<runs::ExecutionRow> {
    let requests = [("Status", "GET", "/status", 200), ("List orders", "GET", "/orders", 200), ("Create an order", "POST", "/orders", 503), ("Stock level", "GET", "/stock", 200)];
    let row = |(position, (name, method, path, status)): (usize, (&str, &str, &str, i64))| {
        let failed = status != 200;
        let url = format!("https://api.shop.example{path}");
        let error = json!({"name": "AssertionError", "message": failure(hostile).message});
        let detail = json!({
            "iteration": 0, "position": position, "item_id": "", "item_name": name, "path": ["Orders API", "Orders", name], "started_at": 0,
            "request": {"method": method, "url": url, "headers": [["accept", "*/*"], ["x-name", hostile]], "body": failed.then(|| format!("{{\"sku\":\"A-1{hostile}\",\"count\":2}}"))},
            "response": {"status": status, "reason": if failed { "Service Unavailable" } else { "OK" }, "http_version": "HTTP/1.1", "headers": [["content-type", "application/json"]],
                "body": format!("{{\"ok\":{},\"note\":\"{hostile}\"}}", !failed), "size": 1_824, "time_ms": 121, "redirects": 0,
                "phases": {"resolve_us": 900, "connect_us": 11_000, "tls_us": 23_000, "first_byte_us": 80_000, "body_us": 6_100}},
            "error": null, "sub_requests": [],
            "assertions": [
                {"name": format!("status is {}{hostile}", if failed { 201 } else { 200 }), "index": 0, "status": if failed { "failed" } else { "passed" }, "error": failed.then_some(error)},
                {"name": "answers within a second", "index": 1, "status": "passed", "error": null}
            ],
            "console": [{"level": "log", "text": format!("trace id 7f3a{hostile}")}, {"level": "warn", "text": "deprecated field `qty`"}],
            "script_errors": [], "warnings": [], "skipped": false, "scripts": [0, 1]
        });
        runs::ExecutionRow {
            run_id: run_id.to_owned(),
            try_number: 1,
            position: i64::try_from(position).unwrap_or(0),
            name: format!("{name}{hostile}"),
            method: method.to_owned(),
            url: format!("{url}{hostile}"),
            status_code: Some(status),
            response_time_us: Some(121_400),
            response_size: Some(1_824),
            failed,
            detail: detail.to_string(),
        }
    };
    requests.into_iter().enumerate().map(row).collect()
}

async fn webhook(app: &App, caller: &Caller, monitor: &MonitorView, hostile: &str) -> String {
    let input = WebhookInput {
        name: format!("On-call channel{hostile}"),
        profile: Profile::Postman,
        url: "http://127.0.0.1:9/hooks/watchbell".to_owned(),
        events: vec![RUN_FINISHED.to_owned()],
        subject: Some(monitor.id.clone()),
        trigger: None,
        options: domain::webhook::WebhookOptions::default(),
        retry_policy: None,
        secret: Some("generate".to_owned()),
        headers: Vec::new(),
        enabled: true,
    };
    webhooks::create(app, caller, input).await.unwrap().webhook.id
}

async fn log(app: &App, caller: &Caller, webhook_id: &str, hostile: &str) {
    let (now, workspace, webhook_id, hostile) = (app.now(), caller.workspace.id.clone(), webhook_id.to_owned(), hostile.to_owned());
    write(app, move |tx| {
        for n in 0..24_i64 {
            let at = now - (24 - n) * HOUR / 2;
            let good = !matches!(n, 9 | 10 | 22);
            let event = Event { id: id::new(id::EVENT, at), workspace_id: workspace.clone(), event_type: RUN_FINISHED.to_owned(), subject: String::new(), at, data: "{}".to_owned(), import: false, hops: 0 };
            events::insert(tx, &event, None)?;
            let delivery = delivery(&event, &webhook_id, at, good);
            attempts_of(tx, &delivery, at, n, good, &hostile)?;
        }
        webhook_table::record_attempts(tx, &webhook_id, &webhook_table::AttemptTotals { success_at: Some(now - HOUR / 2), failure_at: None, failures: 0, last_attempt_at: now - HOUR / 2 })
    })
    .await;
}

fn delivery(event: &Event, webhook_id: &str, at: Micros, good: bool) -> deliveries::Delivery {
    deliveries::Delivery {
        id: id::new(id::DELIVERY, at),
        workspace_id: event.workspace_id.clone(),
        webhook_id: webhook_id.to_owned(),
        event_id: event.id.clone(),
        event_type: event.event_type.clone(),
        kind: DeliveryKind::Event,
        state: if good { DeliveryState::Delivered } else { DeliveryState::Failed },
        reason: (!good).then(|| "the receiver refused it".to_owned()),
        attempts: 1,
        due_at: at,
        created_at: at,
        finished_at: Some(at + SECOND),
    }
}

fn attempts_of(tx: &mut dyn Tx, delivery: &deliveries::Delivery, at: Micros, n: i64, good: bool, hostile: &str) -> store::Result<()> {
    deliveries::insert_many(tx, std::slice::from_ref(delivery))?;
    let attempt = attempts::Attempt {
        id: id::new(id::ATTEMPT, at),
        delivery_id: delivery.id.clone(),
        webhook_id: delivery.webhook_id.clone(),
        event_id: delivery.event_id.clone(),
        event_type: delivery.event_type.clone(),
        number: 1,
        at,
        duration_us: 40_000 + n * 7_919 % 90_000,
        phases: "{}".to_owned(),
        success: good,
        verdict: if good { "ok" } else { "http_status" }.to_owned(),
        status_code: Some(if good { 204 } else { 500 }),
        message: (!good).then(|| format!("answered 500{hostile}")),
        remote: Some("127.0.0.1:9".to_owned()),
        http_version: Some("HTTP/1.1".to_owned()),
        request_url: "http://127.0.0.1:9/hooks/watchbell".to_owned(),
        request_headers: vec![("content-type".to_owned(), "application/json".to_owned()), ("webhook-id".to_owned(), delivery.event_id.clone())],
        request_body: format!("{{\"monitor_name\":\"Orders hourly{hostile}\",\"metrics\":{{\"failedTests\":1}}}}").into_bytes(),
        response_headers: Some(vec![("server".to_owned(), format!("example{hostile}"))]),
        response_body: Some(if good { Vec::new() } else { format!("{{\"error\":\"no such channel{hostile}\"}}").into_bytes() }),
        response_truncated: false,
    };
    attempts::insert_many(tx, &[attempt])
}

async fn source(app: &App, caller: &Caller, monitor: &MonitorView, hostile: &str) -> (String, String, String) {
    let created = sources::create(app, caller, SourceInput { name: format!("Postman Monitors{hostile}"), provider: Provider::Postman }).await.unwrap();
    let hash = domain::secret::token_hash(&created.token);
    let now = app.now();
    let row = app.store.read(move |tx| store::tables::sources::by_token_hash(tx, &hash, now)).await.unwrap().unwrap();
    for (uid, name, failed) in [("1-gone", "Checkout", 2), ("1-gone", "Checkout", 0), (monitor.uid.as_str(), "Orders hourly", 1), (monitor.uid.as_str(), "Orders hourly", 2)] {
        let body = json!({"collection_name": "Orders API", "collection_uid": "1-c", "environment_name": "", "environment_uid": "", "metrics": {"errors": 0, "failedTests": failed, "passedTests": 11, "requestCount": 6, "totalLatency": 842, "warnings": 0},
            "monitor_name": format!("{name}{hostile}"), "monitor_uid": uid, "user_id": "1", "user_name": "Ada"});
        receive(app, &row, body.to_string()).await;
    }
    receive(app, &row, format!("{{\"metrics\":{{\"errors\":\"none{hostile}\"}}}}")).await;
    let listed = incidents::list(app, caller, IncidentQuery { state: Some("open".to_owned()), ..IncidentQuery::default() }).await.unwrap();
    let incident = listed.items[0].id.clone();
    incidents::note(app, caller, &incident, NoteInput { note: Some(format!("The stock service was deployed at 10:40{hostile}")) }).await.unwrap();
    let receipts = sources::receipts(app, caller, &created.source.id, web::actions::PageQuery::first(5)).await.unwrap();
    (created.source.id, incident, receipts.items[0].receipt.id.clone())
}

async fn receive(app: &App, source: &store::tables::sources::Source, body: String) {
    let inbound = engine::receive::Inbound {
        method: "POST".to_owned(),
        query: String::new(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned()), ("user-agent".to_owned(), "PostmanMonitors/1.0".to_owned())],
        body: Bytes::from(body),
        remote: "203.0.113.9".to_owned(),
        content_type: Some("application/json".to_owned()),
        encoding: None,
    };
    app.engine.receive(source.clone(), inbound).await.unwrap();
}

async fn bin(app: &App, caller: &Caller, hostile: &str) -> String {
    let input = BinInput { name: format!("Try-out{hostile}"), status: 200, headers: Vec::new(), body: None };
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
        read_at: None,
    };
    write(app, move |tx| notices::insert(tx, &notice)).await;
}
