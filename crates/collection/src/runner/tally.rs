//! Sums, failures and the observer: everything that a finished piece of work leaves behind.

use std::sync::Arc;

use serde_json::Value;

use crate::cookies::Jar;
use crate::report::{Execution, Failure, MAX_FAILURES, RequestError, RunObserver, RunResult, Status, SubRequest, Totals};
use crate::script::{Assertion, AssertionStatus, ConsoleLine, Listen, Scopes, ScriptError, ScriptOutcome};

/// Counts a run as it goes.
pub struct Tally {
    pub observer: Arc<dyn RunObserver>,
    totals: Totals,
    failures: Vec<Failure>,
    failed: u64,
    aborted: bool,
    warnings: Vec<String>,
}

impl Tally {
    pub fn new(observer: Arc<dyn RunObserver>) -> Self {
        Self {
            observer,
            totals: Totals::default(),
            failures: Vec::new(),
            failed: 0,
            aborted: false,
            warnings: Vec::new(),
        }
    }

    /// Failures so far, those that are no longer kept included.
    pub fn failure_count(&self) -> u64 {
        self.failed
    }

    /// The run could not start.
    pub fn fatal(&mut self) {
        self.totals.errors += 1;
        self.failed += 1;
    }

    pub fn aborted(&mut self) {
        self.aborted = true;
    }

    /// Takes over what a script left: assertions, console, error.
    pub fn script(&mut self, execution: &mut Execution, listen: Listen, outcome: &ScriptOutcome) {
        let count = match listen {
            Listen::Prerequest => {
                execution.scripts.0 += 1;
                &mut self.totals.prerequest_scripts
            }
            Listen::Test => {
                execution.scripts.1 += 1;
                &mut self.totals.test_scripts
            }
        };
        count.add(outcome.error.is_some());
        for line in &outcome.console {
            self.console(execution, line.clone());
        }
        for assertion in &outcome.assertions {
            self.assertion(execution, listen, assertion);
        }
        if let Some(error) = &outcome.error {
            self.totals.errors += 1;
            self.fail(execution, &format!("{}-script", word(listen)), error);
            execution.script_errors.push(crate::report::ScriptFailure {
                listen,
                error: error.clone(),
            });
        }
        execution.warnings.extend(outcome.warnings.iter().cloned());
        if outcome.visualizer.is_some() {
            execution.visualizer.clone_from(&outcome.visualizer);
        }
    }

    fn assertion(&mut self, execution: &mut Execution, listen: Listen, assertion: &Assertion) {
        let failed = assertion.status == AssertionStatus::Failed;
        match assertion.status {
            AssertionStatus::Passed => self.totals.passed_tests += 1,
            AssertionStatus::Failed => self.totals.failed_tests += 1,
            AssertionStatus::Skipped => {
                self.totals.skipped_tests += 1;
                self.totals.warnings += 1;
            }
        }
        self.totals.assertions.add(failed);
        if failed {
            let unnamed = ScriptError {
                name: "AssertionError".into(),
                message: String::new(),
                stack: None,
            };
            let error = assertion.error.as_ref().unwrap_or(&unnamed);
            let at = format!("assertion:{} in {}-script", assertion.index, word(listen));
            self.note(Failure {
                test: Some((assertion.index, assertion.name.clone())),
                ..failure(execution, &at, error)
            });
        }
        self.observer.assertion(execution, assertion);
        execution.assertions.push(assertion.clone());
    }

    /// Notes a console line, also of our own.
    pub fn console(&mut self, execution: &mut Execution, line: ConsoleLine) {
        self.observer.console(execution, &line);
        execution.console.push(line);
    }

    /// Counts the item's own request once it is answered or failed.
    pub fn request(&mut self, execution: &mut Execution) {
        for replay in &execution.replays {
            self.count_request(None, Some(replay.response.size));
        }
        self.count_request(execution.error.as_ref(), execution.response.as_ref().map(|r| r.size));
        self.totals.total_latency += execution.response.as_ref().map_or(0, |r| r.time_ms);
        if let Some(error) = execution.error.clone() {
            self.fail(execution, "request", &as_script_error(&error));
        }
        self.observer.request_done(execution);
    }

    /// Counts a request of a script.
    pub fn sub_request(&mut self, execution: &mut Execution, sub: SubRequest) {
        for replay in &sub.replays {
            self.count_request(None, Some(replay.response.size));
        }
        self.count_request(sub.error.as_ref(), sub.response.as_ref().map(|r| r.size));
        if let Some(error) = &sub.error {
            // The reference names no item for these.
            self.note(Failure {
                item_name: None,
                ..failure(execution, "request", &as_script_error(error))
            });
        }
        execution.sub_requests.push(sub);
    }

    fn count_request(&mut self, error: Option<&RequestError>, bytes: Option<u64>) {
        self.totals.request_count += 1;
        self.totals.requests.add(error.is_some());
        self.totals.errors += u64::from(error.is_some());
        self.totals.bytes += bytes.unwrap_or(0);
    }

    pub fn item_finished(&mut self, execution: Execution) {
        self.totals.items.add(false);
        self.totals.warnings += execution.warnings.len() as u64;
        self.observer.item_finished(execution);
    }

    pub fn iteration_finished(&mut self, iteration: u64, _failed: bool) {
        // The reference counts an iteration as failed only when it could not be run.
        self.totals.iterations.add(false);
        self.observer.iteration_finished(iteration);
    }

    fn fail(&mut self, execution: &Execution, at: &str, error: &ScriptError) {
        self.note(failure(execution, at, error));
    }

    fn note(&mut self, failure: Failure) {
        self.failed += 1;
        self.observer.failure(&failure);
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(failure);
        }
    }

    /// The result; an abort outranks an error, an error a failed test.
    pub fn finish(
        self,
        (scopes, cookies): (Scopes, Jar),
        ended_by: Option<String>,
        (started_at, finished_at): (i64, i64),
    ) -> (RunResult, Arc<dyn RunObserver>) {
        let status = match &self.totals {
            _ if self.aborted => Status::Abort,
            totals if totals.errors > 0 => Status::Error,
            totals if totals.failed_tests > 0 => Status::Failure,
            _ => Status::Success,
        };
        let values = |scope: crate::script::Scope| -> Vec<(String, Value)> { scope.values };
        let result = RunResult {
            status,
            totals: self.totals,
            failures: self.failures,
            ended_by,
            started_at,
            finished_at,
            environment: values(scopes.environment),
            globals: values(scopes.globals),
            collection_variables: values(scopes.collection),
            cookies,
            warnings: self.warnings,
        };
        (result, self.observer)
    }
}

fn failure(execution: &Execution, at: &str, error: &ScriptError) -> Failure {
    Failure {
        at: at.to_owned(),
        name: error.name.clone(),
        message: error.message.clone(),
        item_id: execution.item_id.clone(),
        item_name: Some(execution.item_name.clone()),
        iteration: execution.iteration,
        position: execution.position,
        test: None,
        stack: error.stack.clone(),
    }
}

fn word(listen: Listen) -> &'static str {
    match listen {
        Listen::Prerequest => "prerequest",
        Listen::Test => "test",
    }
}

fn as_script_error(error: &RequestError) -> ScriptError {
    ScriptError {
        name: "Error".into(),
        message: error.message.clone(),
        stack: None,
    }
}
