//! The runner with the real script engine: a log-in flow against a table of answers.
//!
//! The engine runs in its child process as it does in the program; only the network is
//! replaced.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use collection::files::NoFiles;
use collection::report::{CollectAll, Status};
use collection::script::AssertionStatus;
use collection::script::pool::{ChildCommand, ChildPool, PoolOptions};
use collection::transport::{Phases, Transport, TransportError, WireRequest, WireResponse};
use collection::{RunOptions, RunSpec, Runner, parse_collection};
use serde_json::{Value, json};

/// Answers a token, then mirrors what it is asked.
#[derive(Default)]
struct Mirror {
    asked: Mutex<Vec<WireRequest>>,
}

#[async_trait]
impl Transport for Mirror {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let body = if request.url.ends_with("/token") {
            json!({"access_token": "t-1"})
        } else {
            json!({"method": request.method, "url": request.url, "body": request.body.as_deref().map(String::from_utf8_lossy)})
        };
        self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(request);
        Ok(WireResponse {
            status: 200,
            reason: "OK".into(),
            http_version: "1.1".into(),
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: Bytes::from(body.to_string()),
            truncated: false,
            remote_address: None,
            phases: Phases::default(),
            total_us: 1_000,
        })
    }
}

fn scripted(name: &str, request: Value, before: &str, after: &str) -> Value {
    json!({"name": name, "request": request, "event": [
        {"listen": "prerequest", "script": {"exec": [before]}}, {"listen": "test", "script": {"exec": [after]}}]})
}

fn flow() -> Value {
    let bearer = json!({"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]});
    let token = json!({"method": "POST", "url": "{{base}}/token", "auth": {"type": "noauth"},
        "body": {"mode": "urlencoded", "urlencoded": [{"key": "id", "value": "client 1"}]}});
    let create = json!({"method": "POST", "url": "{{base}}/things",
        "body": {"mode": "raw", "raw": "{\"n\": {{n}}}", "options": {"raw": {"language": "json"}}}});
    json!({"info": {"name": "flow", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
    "auth": bearer, "variable": [{"key": "base", "value": "http://api.test"}],
    "item": [
        scripted("token", token, "", "pm.environment.set('token', pm.response.json().access_token);
            pm.test('a token', () => pm.expect(pm.response.json()).to.have.property('access_token'));"),
        scripted("create", create, "pm.variables.set('n', 42);
            pm.sendRequest(pm.variables.get('base') + '/side', (err, res) => pm.environment.set('side', res.json().url));",
            "pm.test('sent', () => pm.expect(JSON.parse(pm.response.json().body)).to.eql({n: 42}));
            pm.test('wrong', () => pm.response.to.have.status(404));"),
        scripted("skipped", json!("{{base}}/skipped"), "pm.execution.skipRequest();", "pm.test('never', () => {});"),
        scripted("throws", json!("{{base}}/throws"), "", "nope.thing();"),
    ]})
}

#[tokio::test]
async fn a_flow_runs_through_the_real_engine() {
    let mirror = Arc::new(Mirror::default());
    let all = Arc::new(CollectAll::default());
    let command = ChildCommand {
        program: env!("CARGO_BIN_EXE_script-child").into(),
        arguments: Vec::new(),
    };
    let scripts = ChildPool::new(command, PoolOptions::default());
    let spec = RunSpec {
        collection: parse_collection(flow().to_string().as_bytes(), "flow.json").unwrap(),
        environment: None,
        globals: None,
        data: collection::IterationData::default(),
        iterations: None,
        folders: Vec::new(),
        options: RunOptions {
            script_timeout: Duration::from_secs(30),
            ..RunOptions::default()
        },
        cookies: Default::default(),
        previous_request: None,
        seed: 7,
        now: Arc::new(|| 1_700_000_000_000_000),
    };
    let transport: Arc<dyn Transport> = Arc::clone(&mirror) as _;
    let observer: Arc<dyn collection::report::RunObserver> = Arc::clone(&all) as _;
    let result = Runner::new(spec, transport, Arc::new(scripts), Arc::new(NoFiles), observer, Default::default())
        .run()
        .await;

    let asked = mirror.asked.lock().unwrap();
    let urls: Vec<&str> = asked.iter().map(|r| r.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "http://api.test/token",
            "http://api.test/side",
            "http://api.test/things",
            "http://api.test/throws"
        ]
    );
    assert_eq!(asked[0].body.as_deref(), Some(&b"id=client%201"[..]));
    assert!(asked[2].headers.contains(&("Authorization".into(), "Bearer t-1".into())));

    let totals = &result.totals;
    assert_eq!(
        (totals.request_count, totals.passed_tests, totals.failed_tests, totals.errors),
        (4, 2, 1, 1)
    );
    assert_eq!(result.status, Status::Error);
    assert_eq!(
        result.environment,
        [
            ("token".to_owned(), json!("t-1")),
            ("side".to_owned(), json!("http://api.test/side"))
        ]
    );
    let executions = all.take();
    let failed = executions[1]
        .assertions
        .iter()
        .find(|a| a.status == AssertionStatus::Failed)
        .unwrap();
    assert_eq!(
        failed.error.as_ref().unwrap().message,
        "expected response to have status code 404 but got 200"
    );
    assert!(executions[2].skipped);
    assert_eq!(executions[3].script_errors[0].error.name, "ReferenceError");
}
