//! The runner: iterations of items, one after another, until the end or a limit.
//!
//! [`Runner::run`] is the outermost loop. It races the work against the run's time limit
//! and its cancellation; whatever was in progress then is reported as ended, and the
//! result says why. One item is in `item`, one exchange with redirects in `exchange`,
//! calls back from scripts in `calls`, sums in `tally`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::cookies::Jar;
use crate::data::{IterationData, Repeating};
use crate::dynamic::{Dynamic, Now};
use crate::files::FileAccess;
use crate::format::{Collection, Environment};
use crate::load::LoadError;
use crate::order::{Plan, Step};
use crate::report::{RequestError, RunObserver, RunResult};
use crate::script::{NextRequest, Scope, Scopes, ScriptHost};
use crate::transport::Transport;
use crate::variables;

mod answer;
mod calls;
mod digests;
mod exchange;
mod item;
mod options;
mod route;
mod tally;
mod tokens;

#[cfg(test)]
mod tests;

use exchange::Wire;
pub use options::{Bail, RunOptions};
use tally::Tally;

/// What is to be run.
#[derive(Clone)]
pub struct RunSpec {
    pub collection: Collection,
    pub environment: Option<Environment>,
    pub globals: Option<Environment>,
    /// Values of each iteration; the last row repeats.
    pub data: IterationData,
    /// `None`: one for each row of data, or one.
    pub iterations: Option<u64>,
    /// Folders or requests by name or id; empty for all.
    pub folders: Vec<String>,
    pub options: RunOptions,
    /// Cookies that the run begins with (`Jar::default()`, or `Jar::from_json`).
    pub cookies: Jar,
    /// The body of a webhook that started the run: scripts read it as
    /// `JSON.parse(globals.previousRequest).data`.
    pub previous_request: Option<Value>,
    /// Of the dynamic variables; the same seed gives the same values.
    pub seed: u64,
    /// Wall clock in microseconds since the epoch.
    pub now: Now,
}

/// A run that is ready to go.
pub struct Runner {
    spec: RunSpec,
    transport: Arc<dyn Transport>,
    scripts: Arc<dyn ScriptHost>,
    files: Arc<dyn FileAccess>,
    observer: Arc<dyn RunObserver>,
    cancel: CancellationToken,
}

impl Runner {
    /// Binds a run to its doors to the outside.
    pub fn new(
        spec: RunSpec,
        transport: Arc<dyn Transport>,
        scripts: Arc<dyn ScriptHost>,
        files: Arc<dyn FileAccess>,
        observer: Arc<dyn RunObserver>,
        cancel: CancellationToken,
    ) -> Self {
        Self {
            spec,
            transport,
            scripts,
            files,
            observer,
            cancel,
        }
    }

    /// Runs to the end, the time limit or the cancellation. Never fails: what went wrong
    /// is in the result.
    pub async fn run(self) -> RunResult {
        let Self {
            spec,
            transport,
            scripts,
            files,
            observer,
            cancel,
        } = self;
        let started_at = (spec.now)();
        let dynamic = Dynamic::seeded(spec.seed, Arc::clone(&spec.now));
        let wire = Wire::new(
            transport,
            files,
            spec.options.clone(),
            Arc::clone(&spec.now),
            (dynamic, spec.cookies.clone()),
        );
        let mut state = State {
            scopes: initial_scopes(&spec),
            tally: Tally::new(observer),
            current: None,
        };
        let ended_by = match Plan::new(&spec.collection, &spec.folders) {
            Err(unknown) => {
                state.tally.fatal();
                Some(unknown.to_string())
            }
            Ok(plan) => {
                let work = Work {
                    spec: &spec,
                    plan: &plan,
                    wire: &wire,
                    scripts: scripts.as_ref(),
                };
                let limit = spec.options.run_timeout;
                let ended = tokio::select! {
                    biased;
                    () = cancel.cancelled() => Some("the run was cancelled".to_owned()),
                    () = elapsed(limit) => Some(over_limit(limit)),
                    broken = Box::pin(work.run(&mut state)) => broken.err().map(|error| error.to_string()),
                };
                if let Some(reason) = &ended {
                    state.abort(reason);
                }
                ended
            }
        };
        let State { scopes, tally, .. } = state;
        let cookies = wire.jar().clone();
        let result = tally.finish((scopes, cookies), ended_by, (started_at, (spec.now)()));
        result.1.run_finished(&result.0);
        result.0
    }
}

async fn elapsed(limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep(limit).await,
        None => std::future::pending().await,
    }
}

fn over_limit(limit: Option<Duration>) -> String {
    let seconds = limit.unwrap_or_default().as_secs_f64();
    format!("the run took longer than its limit of {seconds} s")
}

/// What changes while a run goes; survives the work being dropped at a limit.
struct State {
    scopes: Scopes,
    tally: Tally,
    /// The item in progress.
    current: Option<crate::report::Execution>,
}

impl State {
    fn abort(&mut self, reason: &str) {
        if let Some(mut execution) = self.current.take() {
            if execution.response.is_none() && execution.error.is_none() && !execution.skipped {
                execution.error = Some(RequestError {
                    code: "EABORT".into(),
                    message: reason.to_owned(),
                });
            }
            self.tally.item_finished(execution);
        }
        self.tally.aborted();
    }
}

/// What stays the same while a run goes.
struct Work<'a> {
    spec: &'a RunSpec,
    plan: &'a Plan<'a>,
    wire: &'a Wire,
    scripts: &'a dyn ScriptHost,
}

impl Work<'_> {
    /// Fails when the iteration data, which was checked before, cannot be read any more.
    async fn run(&self, state: &mut State) -> Result<(), LoadError> {
        let iterations = self.spec.iterations.unwrap_or(self.spec.data.len().max(1));
        let mut rows = Repeating::new(&self.spec.data)?;
        let items = self.plan.entries.len() as u64;
        state.tally.observer.run_started(iterations, items);
        let mut session = self.scripts.session().await;
        let mut first = true;
        for iteration in 0..iterations {
            state.tally.observer.iteration_started(iteration);
            state.scopes.data.values = rows.next_row()?;
            let failed_before = state.tally.failure_count();
            let mut step = self.plan.first();
            while let Step::Run(position) = step {
                if !std::mem::take(&mut first) && !self.spec.options.request_delay.is_zero() {
                    tokio::time::sleep(self.spec.options.request_delay).await;
                }
                let place = item::Place {
                    iteration,
                    iterations,
                    position,
                };
                let next = item::run(self, state, session.as_mut(), place).await;
                let bail = self.spec.options.bail.on_failure() && state.tally.failure_count() > 0;
                step = if bail {
                    self.plan.next(position, &NextRequest::Stop)
                } else {
                    self.plan.next(position, &next)
                };
                // A loop of requests that never waits must still let the limits be seen.
                tokio::task::yield_now().await;
            }
            let failed = state.tally.failure_count() > failed_before;
            state.tally.iteration_finished(iteration, failed);
            if self.spec.options.bail.on_failure() && failed {
                break;
            }
        }
        Ok(())
    }
}

fn initial_scopes(spec: &RunSpec) -> Scopes {
    let document = |d: &Option<Environment>| d.as_ref().map_or_else(Scope::default, |d| variables::scope(&d.name(), d.values()));
    let mut globals = document(&spec.globals);
    if let Some(previous) = &spec.previous_request {
        let text = serde_json::json!({ "data": previous }).to_string();
        variables::set(&mut globals, "previousRequest", Value::String(text));
    }
    Scopes {
        globals,
        collection: variables::scope(spec.collection.name(), spec.collection.variables()),
        environment: document(&spec.environment),
        data: Scope::default(),
        local: Scope::default(),
    }
}

/// Whole milliseconds of a duration, rounded.
fn millis(micros: u64) -> u64 {
    (micros + 500) / 1000
}

/// Microseconds since an instant.
fn micros_since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}
