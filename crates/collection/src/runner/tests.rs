//! The runner against a table of answers and a script engine of a few words.
//!
//! The words of the fake engine: one command a line, such as `set environment k v`,
//! `pass name`, `fail name`, `throw message`, `next name`, `stop`, `skip`, `log text`,
//! `url http://…`, `send url`, `saw` (keeps what the script was shown).

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::files::NoFiles;
use crate::report::{CollectAll, Execution, Status};
use crate::script::{Assertion, AssertionStatus, Call, ConsoleLine, ScriptCalls, ScriptError, ScriptInput, ScriptOutcome, ScriptSession};
use crate::transport::{Phases, TransportError, WireRequest, WireResponse};

mod long;
mod rules;

/// Answers by path; remembers what was asked.
#[derive(Default)]
struct Table {
    asked: Mutex<Vec<WireRequest>>,
    answers: Mutex<VecDeque<Result<WireResponse, TransportError>>>,
    hangs: bool,
}

#[async_trait]
impl Transport for Table {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.asked.lock().unwrap().push(request);
        if self.hangs {
            std::future::pending::<()>().await;
        }
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or_else(|| Ok(answer(200, &[], "{}")))
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> WireResponse {
    WireResponse {
        status,
        reason: "OK".into(),
        http_version: "1.1".into(),
        headers: headers.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        truncated: false,
        remote_address: None,
        phases: Phases::default(),
        total_us: 2_000,
    }
}

fn refused() -> Result<WireResponse, TransportError> {
    Err(TransportError {
        code: "ECONNREFUSED".into(),
        message: "connect ECONNREFUSED".into(),
    })
}

#[derive(Default)]
struct Words {
    seen: Arc<Mutex<Vec<ScriptInput>>>,
}

#[async_trait]
impl ScriptHost for Words {
    async fn session(&self) -> Box<dyn ScriptSession> {
        Box::new(Session {
            seen: Arc::clone(&self.seen),
        })
    }
}

struct Session {
    seen: Arc<Mutex<Vec<ScriptInput>>>,
}

#[async_trait]
impl ScriptSession for Session {
    async fn run(&mut self, input: ScriptInput, _limit: Duration, calls: &dyn ScriptCalls) -> ScriptOutcome {
        let mut out = ScriptOutcome::default();
        let mut scopes = input.scopes.clone();
        for line in input.code.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let rest = words[1..].join(" ");
            match words[0] {
                "set" => {
                    let scope = match words[1] {
                        "environment" => &mut scopes.environment,
                        "globals" => &mut scopes.globals,
                        "collection" => &mut scopes.collection,
                        _ => &mut scopes.local,
                    };
                    variables::set(scope, words[2], json!(words[3]));
                }
                "pass" | "fail" => {
                    let failed = words[0] == "fail";
                    let error = failed.then(|| ScriptError {
                        name: "AssertionError".into(),
                        message: rest.clone(),
                        stack: None,
                    });
                    let status = if failed { AssertionStatus::Failed } else { AssertionStatus::Passed };
                    out.assertions.push(Assertion {
                        name: rest,
                        index: out.assertions.len() as u64,
                        status,
                        error,
                    });
                }
                "throw" => {
                    out.error = Some(ScriptError {
                        name: "Error".into(),
                        message: rest,
                        stack: None,
                    });
                    break;
                }
                "next" => out.next_request = NextRequest::To(rest),
                "stop" => out.next_request = NextRequest::Stop,
                "skip" => {
                    out.skip_request = true;
                    break;
                }
                "log" => out.console.push(ConsoleLine {
                    level: "log".into(),
                    text: rest,
                }),
                "url" => {
                    let mut request = input.request.clone();
                    request["url"] = json!(rest);
                    out.request = Some(request);
                }
                "send" => {
                    let text = match calls.call(Call::SendRequest { request: json!(rest) }).await {
                        Ok(response) => response["code"].to_string(),
                        Err(error) => error.name,
                    };
                    out.console.push(ConsoleLine { level: "log".into(), text });
                }
                _ => self.seen.lock().unwrap().push(input.clone()),
            }
        }
        out.scopes = Some(scopes);
        out
    }
}

/// One run over a collection's items, and what is left of it.
struct Ran {
    result: RunResult,
    executions: Vec<Execution>,
    asked: Vec<WireRequest>,
    seen: Vec<ScriptInput>,
}

fn item(name: &str, before: &str, after: &str) -> Value {
    json!({"name": name, "request": {"method": "GET", "url": format!("http://h/{name}")}, "event": [
        {"listen": "prerequest", "script": {"exec": before}}, {"listen": "test", "script": {"exec": [after]}}]})
}

fn spec(collection: Value) -> RunSpec {
    RunSpec {
        collection: Collection::from_value(collection),
        environment: None,
        globals: None,
        data: IterationData::default(),
        iterations: None,
        folders: Vec::new(),
        options: RunOptions::default(),
        cookies: Jar::default(),
        previous_request: None,
        seed: 1,
        now: Arc::new(|| 1_700_000_000_000_000),
    }
}

async fn run(spec: RunSpec, answers: Vec<Result<WireResponse, TransportError>>) -> Ran {
    let table = Table {
        answers: Mutex::new(answers.into()),
        ..Table::default()
    };
    run_with(spec, table, CancellationToken::new()).await
}

async fn run_with(spec: RunSpec, table: Table, cancel: CancellationToken) -> Ran {
    let (table, words, all) = (Arc::new(table), Words::default(), Arc::new(CollectAll::default()));
    let seen = Arc::clone(&words.seen);
    let observer: Arc<dyn RunObserver> = Arc::clone(&all) as _;
    let runner = Runner::new(spec, Arc::clone(&table) as _, Arc::new(words), Arc::new(NoFiles), observer, cancel);
    let result = runner.run().await;
    let asked = std::mem::take(&mut *table.asked.lock().unwrap());
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    Ran {
        result,
        executions: all.take(),
        asked,
        seen,
    }
}

fn urls(ran: &Ran) -> Vec<&str> {
    ran.asked.iter().map(|r| r.url.as_str()).collect()
}
