//! `--parallel N`: so many sessions of the collection at once, in one report.
//!
//! Each session is a run of its own, with its own variables, cookies and script process. Its
//! iterations are numbered behind those of the sessions before it and reach the reporters
//! whole, so that two sessions never stand between each other's lines; no more than one
//! iteration of a session is held at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use collection::report::{Count, Execution, Failure, RunObserver, RunResult, Status, Totals};

/// Gathers the sessions for one observer.
pub struct Sessions {
    to: Arc<dyn RunObserver>,
    count: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    begun: bool,
    results: Vec<RunResult>,
}

impl Sessions {
    pub fn new(count: u64, to: Arc<dyn RunObserver>) -> Arc<Self> {
        Arc::new(Self {
            to,
            count,
            state: Mutex::default(),
        })
    }

    /// The observer of session `number`, from 0.
    pub fn session(self: &Arc<Self>, number: u64) -> Session {
        Session {
            all: Arc::clone(self),
            number,
            held: Mutex::default(),
        }
    }

    /// All sessions as one result; the observer is told that the run is finished.
    pub fn finish(&self) -> Option<RunResult> {
        let results = std::mem::take(&mut self.state().results);
        let all = results.into_iter().reduce(together)?;
        self.to.run_finished(&all);
        Some(all)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches one session.
pub struct Session {
    all: Arc<Sessions>,
    number: u64,
    held: Mutex<Held>,
}

/// One iteration, until it is complete.
#[derive(Default)]
struct Held {
    iterations: u64,
    told: Vec<Told>,
}

enum Told {
    Iteration(u64),
    Item(u64, u64, String, Vec<String>),
    Failure(Failure),
    Finished(Box<Execution>),
}

impl Session {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The iteration's number among those of all sessions.
    fn numbered(&self, iteration: u64) -> u64 {
        self.number * self.held().iterations + iteration
    }

    fn tell(&self, told: Told) {
        self.held().told.push(told);
    }

    fn flush(&self) {
        let told = std::mem::take(&mut self.held().told);
        // Held until all is told, so that another session waits.
        let _order = self.all.state();
        for one in told {
            match one {
                Told::Iteration(iteration) => self.all.to.iteration_started(iteration),
                Told::Item(iteration, position, name, path) => self.all.to.item_started(iteration, position, &name, &path),
                Told::Failure(failure) => self.all.to.failure(&failure),
                Told::Finished(execution) => self.all.to.item_finished(*execution),
            }
        }
    }
}

impl RunObserver for Session {
    fn run_started(&self, iterations: u64, items: u64) {
        self.held().iterations = iterations;
        let mut state = self.all.state();
        if !std::mem::replace(&mut state.begun, true) {
            self.all.to.run_started(iterations * self.all.count, items);
        }
    }

    fn iteration_started(&self, iteration: u64) {
        let iteration = self.numbered(iteration);
        self.tell(Told::Iteration(iteration));
    }

    fn item_started(&self, iteration: u64, position: u64, name: &str, path: &[String]) {
        let iteration = self.numbered(iteration);
        self.tell(Told::Item(iteration, position, name.to_owned(), path.to_vec()));
    }

    fn failure(&self, failure: &Failure) {
        let iteration = self.numbered(failure.iteration);
        self.tell(Told::Failure(Failure {
            iteration,
            ..failure.clone()
        }));
    }

    fn item_finished(&self, execution: Execution) {
        let iteration = self.numbered(execution.iteration);
        self.tell(Told::Finished(Box::new(Execution { iteration, ..execution })));
    }

    fn iteration_finished(&self, _iteration: u64) {
        self.flush();
    }

    fn run_finished(&self, result: &RunResult) {
        self.flush();
        let mut result = result.clone();
        for failure in &mut result.failures {
            failure.iteration = self.numbered(failure.iteration);
        }
        self.all.state().results.push(result);
    }
}

/// Two results as one: sums, the worse status, the scopes of the first.
fn together(mut a: RunResult, b: RunResult) -> RunResult {
    a.status = worse(a.status, b.status);
    add(&mut a.totals, &b.totals);
    a.failures.extend(b.failures);
    a.failures.sort_by_key(|failure| failure.iteration);
    a.ended_by = a.ended_by.or(b.ended_by);
    a.started_at = a.started_at.min(b.started_at);
    a.finished_at = a.finished_at.max(b.finished_at);
    a.warnings.extend(b.warnings);
    a.warnings.dedup();
    a
}

fn worse(a: Status, b: Status) -> Status {
    let rank = |status| match status {
        Status::Success => 0,
        Status::Failure => 1,
        Status::Error => 2,
        Status::Abort => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}

fn add(a: &mut Totals, b: &Totals) {
    let count = |a: &mut Count, b: Count| {
        a.total += b.total;
        a.failed += b.failed;
    };
    a.request_count += b.request_count;
    a.passed_tests += b.passed_tests;
    a.failed_tests += b.failed_tests;
    a.skipped_tests += b.skipped_tests;
    a.errors += b.errors;
    a.warnings += b.warnings;
    a.total_latency += b.total_latency;
    a.bytes += b.bytes;
    count(&mut a.iterations, b.iterations);
    count(&mut a.items, b.items);
    count(&mut a.requests, b.requests);
    count(&mut a.assertions, b.assertions);
    count(&mut a.prerequest_scripts, b.prerequest_scripts);
    count(&mut a.test_scripts, b.test_scripts);
}
