//! One run from its claim to its end: tries until one succeeds or they are used up, within one time limit for all of them.
//!
//! A run is never lost: whatever goes wrong (a document that cannot be read, a panic of the runner) is a result with a
//! sentence that says so.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use collection::{
    RunOptions as RunnerOptions, RunSpec, Runner,
    files::NoFiles,
    report::{CollectAll, RunResult},
};
use domain::run::{AfterTry, RunOptions, after_try};
use futures::FutureExt as _;
use store::tables::runs::{self, ExecutionRow, Run};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, field::Empty};

use super::{
    end::{end, patiently},
    finish::Outcome,
    prepare::{self, Prepared},
    record::Record,
    transport::GuardedTransport,
};
use crate::{engine::Engine, spans::span};

/// Bytes of each body that the store keeps.
const BODY_KEPT: usize = 64 * 1024;

/// Executes a claimed run and commits its end.
pub(super) async fn to_the_end(engine: &Engine, run: Run) {
    let span = span!(
        "run",
        run.id = run.id.as_str(),
        monitor.id = run.monitor_id.as_deref(),
        status = Empty
    );
    let outcome = match AssertUnwindSafe(tries(engine, &run)).catch_unwind().instrument(span.clone()).await {
        Ok(outcome) => outcome,
        Err(_) => {
            tracing::error!(run = run.id, "the runner panicked");
            Outcome::error("the runner stopped unexpectedly; the server's log says where")
        }
    };
    span.record("status", outcome.status.as_str());
    end(engine, run, outcome).instrument(span).await;
}

async fn tries(engine: &Engine, run: &Run) -> Outcome {
    let begun = Instant::now();
    let prepared = match patiently(|| prepare::prepare(engine, run)).await {
        Ok(Ok(prepared)) => prepared,
        Ok(Err(why)) => return Outcome::error(why),
        Err(error) => {
            tracing::error!(run = run.id, %error, "a run could not be prepared");
            return Outcome::error("the server could not read what the run needs; its log says why");
        }
    };
    let options = prepared.monitor.options.clone();
    let limit = Duration::from_millis(options.run_timeout);
    let mut finished_tries = run.tries.max(0);
    loop {
        let left = limit.saturating_sub(begun.elapsed());
        let observer = Arc::new(CollectAll::default());
        let result = one_try(engine, run, &prepared, left, Arc::clone(&observer)).await;
        let record = Record::of(run, finished_tries + 1, &observer.take(), &prepared.secrets);
        let outcome = Outcome::of(result, record, &prepared);
        finished_tries += 1;
        if after_try(&options, finished_tries.unsigned_abs(), outcome.status) == AfterTry::Finish {
            return outcome;
        }
        if let Err(error) = keep_try(engine, run, outcome.executions.clone(), finished_tries).await {
            tracing::error!(run = run.id, %error, "a try could not be stored; the run ends with it");
            return outcome;
        }
    }
}

/// Stores a try that another one follows: it is in the log, but it notifies nobody.
async fn keep_try(engine: &Engine, run: &Run, rows: Vec<ExecutionRow>, finished_tries: i64) -> store::Result<()> {
    let (id, rows) = (Arc::new(run.id.clone()), Arc::new(rows));
    patiently(|| {
        let (id, rows) = (Arc::clone(&id), Arc::clone(&rows));
        engine.store().write(move |tx| {
            // Deleted meanwhile, with its monitor: there is nothing to keep it for. Or kept already, by a commit whose answer
            // was lost.
            if runs::by_id(tx, &id)?.is_some_and(|run| run.tries < finished_tries) {
                runs::insert_executions(tx, &rows)?;
                runs::set_try(tx, &id, finished_tries)?;
            }
            Ok(())
        })
    })
    .await
}

async fn one_try(engine: &Engine, run: &Run, prepared: &Prepared, left: Duration, observer: Arc<CollectAll>) -> RunResult {
    let clock = engine.clock();
    let previous_request = run
        .input
        .as_ref()
        .map(|input| serde_json::from_str(input).unwrap_or_else(|_| serde_json::Value::String(input.clone())));
    let spec = RunSpec {
        collection: prepared.collection.clone(),
        environment: prepared.environment.clone(),
        globals: None,
        data: collection::IterationData::default(),
        iterations: None,
        folders: Vec::new(),
        options: options(&prepared.monitor.options, left),
        cookies: collection::cookies::Jar::default(),
        previous_request,
        seed: rand::random(),
        now: Arc::new(move || clock.now()),
    };
    let transport = Arc::new(GuardedTransport::new(
        engine.client().clone(),
        engine.runner_policy(&run.workspace_id),
    ));
    let cancel = CancellationToken::new();
    Runner::new(spec, transport, engine.scripts(), Arc::new(NoFiles), observer, cancel)
        .run()
        .await
}

fn options(options: &RunOptions, left: Duration) -> RunnerOptions {
    RunnerOptions {
        follow_redirects: options.follow_redirects,
        strict_ssl: options.strict_ssl,
        request_delay: Duration::from_millis(options.request_delay),
        request_timeout: (options.request_timeout > 0).then(|| Duration::from_millis(options.request_timeout)),
        run_timeout: Some(left),
        max_report_bytes: BODY_KEPT,
        ..RunnerOptions::default()
    }
}
