//! The bench on which scripts are tried: inputs, a parent that records calls, short checks.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use collection::script::pool::{ChildCommand, ChildPool, PoolOptions};
use collection::script::{
    AssertionStatus, Call, Info, Listen, Scope, Scopes, ScriptCalls, ScriptCookie, ScriptError, ScriptHost, ScriptInput, ScriptOutcome,
    ScriptResponse, ScriptSession,
};
use serde_json::{Value, json};

/// A limit that no good script comes near.
pub const AMPLE: Duration = Duration::from_secs(20);

pub fn pool() -> ChildPool {
    pool_with(PoolOptions::default())
}

pub fn pool_with(options: PoolOptions) -> ChildPool {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_script-child"));
    ChildPool::new(
        ChildCommand {
            program,
            arguments: Vec::new(),
        },
        options,
    )
}

/// A parent that remembers the calls and answers with what it was given, in turn.
#[derive(Default)]
pub struct Parent {
    pub calls: Mutex<Vec<Call>>,
    pub answers: Mutex<Vec<Result<Value, ScriptError>>>,
}

impl Parent {
    pub fn answering(answers: impl IntoIterator<Item = Result<Value, ScriptError>>) -> Self {
        Self {
            calls: Mutex::default(),
            answers: Mutex::new(answers.into_iter().collect()),
        }
    }
}

#[async_trait]
impl ScriptCalls for Parent {
    async fn call(&self, call: Call) -> Result<Value, ScriptError> {
        self.calls.lock().unwrap().push(call);
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() { Ok(Value::Null) } else { answers.remove(0) }
    }
}

pub fn scope(name: &str, values: &[(&str, Value)]) -> Scope {
    Scope {
        name: name.to_owned(),
        values: values.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
    }
}

pub fn input(listen: Listen, code: &str) -> ScriptInput {
    ScriptInput {
        listen,
        code: code.to_owned(),
        info: Info {
            iteration: 0,
            iteration_count: 2,
            request_name: "leaf".to_owned(),
            request_id: "r-1".to_owned(),
            path: vec!["col".to_owned(), "folder".to_owned(), "leaf".to_owned()],
            owner: String::new(),
        },
        scopes: Scopes {
            globals: scope("g", &[("where", json!("globals")), ("only_globals", json!(1))]),
            collection: scope("", &[("where", json!("collection")), ("base", json!("http://x.test"))]),
            environment: scope("env", &[("where", json!("environment")), ("seed", json!("s"))]),
            data: scope("", &[("row", json!({"n": 1}))]),
            local: scope("", &[]),
        },
        request: json!({
            "method": "POST",
            "url": "http://x.test:81/a/b?q=1",
            "header": [{"key": "X-A", "value": "1"}],
            "body": {"mode": "raw", "raw": "{\"a\":1}"}
        }),
        response: None,
        cookies: vec![ScriptCookie {
            name: "sid".to_owned(),
            value: "42".to_owned(),
            domain: "x.test".to_owned(),
            path: "/".to_owned(),
            expires: None,
            http_only: true,
            secure: false,
            host_only: true,
        }],
        newman_async: false,
    }
}

pub fn response(code: u16, reason: &str, headers: &[(&str, &str)], body: &[u8]) -> ScriptResponse {
    ScriptResponse {
        code,
        reason: reason.to_owned(),
        headers: headers
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        body: bytes::Bytes::copy_from_slice(body),
        truncated: false,
        response_time_ms: 12.5,
        response_size: body.len() as u64,
    }
}

pub const USER: &str =
    r#"{"id":7,"name":"Ada","roles":["admin","dev"],"address":{"city":"Paris","geo":{"lat":48.85}},"active":true,"manager":null}"#;

/// A test script's input with a JSON response.
pub fn test_input(code: &str) -> ScriptInput {
    let mut input = input(Listen::Test, code);
    let headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("X-One", "1"),
        ("x-multi", "a"),
        ("x-multi", "b"),
        ("Set-Cookie", "t=1; Path=/"),
    ];
    input.response = Some(response(200, "OK", &headers, USER.as_bytes()));
    input
}

/// Runs one test script in a session of its own.
pub async fn run(code: &str) -> ScriptOutcome {
    run_input(test_input(code)).await
}

pub async fn run_input(input: ScriptInput) -> ScriptOutcome {
    pool().session().await.run(input, AMPLE, &Parent::default()).await
}

pub async fn run_in(session: &mut dyn ScriptSession, code: &str) -> ScriptOutcome {
    session.run(test_input(code), AMPLE, &Parent::default()).await
}

/// The script did not throw and all its tests, at least one, passed.
#[track_caller]
pub fn assert_all_pass(outcome: &ScriptOutcome) {
    assert_eq!(outcome.error, None, "console: {:?}", outcome.console);
    let failed: Vec<_> = outcome.assertions.iter().filter(|a| a.status != AssertionStatus::Passed).collect();
    assert!(failed.is_empty(), "{failed:#?}\nwarnings: {:?}", outcome.warnings);
    assert!(
        !outcome.assertions.is_empty(),
        "no test was recorded; warnings: {:?}",
        outcome.warnings
    );
}

/// Names and messages of the failed tests.
pub fn failures(outcome: &ScriptOutcome) -> Vec<(String, String)> {
    let failed = outcome
        .assertions
        .iter()
        .filter_map(|a| a.error.as_ref().map(|e| (a.name.clone(), e.message.clone())));
    failed.collect()
}

pub fn variable<'a>(scope: &'a Scope, key: &str) -> Option<&'a Value> {
    scope.values.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}
