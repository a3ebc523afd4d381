//! Runs that nobody executes: a commit whose answer was lost left them running in the store.

use async_trait::async_trait;
use collection::script::{ScriptHost, ScriptSession};
use domain::{
    Clock, Micros,
    run::{RunKind, RunState, RunStatus, RunType},
};

use super::*;
use crate::config::EngineConfig;

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Micros {
        100
    }
}

struct NoScripts;

#[async_trait]
impl ScriptHost for NoScripts {
    async fn session(&self) -> Box<dyn ScriptSession> {
        unreachable!("nothing is executed here")
    }
}

fn run(id: &str, starts: i64) -> runs::Run {
    runs::Run {
        id: id.to_owned(),
        workspace_id: "wsp".to_owned(),
        kind: RunKind::Test,
        monitor_id: None,
        run_type: RunType::Manual,
        series: "s".to_owned(),
        sequence: 1,
        state: RunState::Running,
        status: None,
        tries: 0,
        starts,
        queued_at: 1,
        due_at: 1,
        started_at: Some(1),
        finished_at: None,
        started_by: None,
        metrics: None,
        failures: Vec::new(),
        error: None,
        input: None,
        collection_version: None,
        environment_version: None,
    }
}

fn fill(tx: &mut dyn store::Tx) -> Result<()> {
    crate::fixture::people(tx)?;
    for (id, starts) in [("run_here", 1), ("run_lost", 1), ("run_lost_twice", 2)] {
        runs::insert(tx, &run(id, starts))?;
    }
    Ok(())
}

#[tokio::test]
async fn what_nobody_executes_is_queued_again_or_ended_and_what_is_executed_here_is_left_alone() {
    for kind in store::testing::kinds() {
        let (store, _database) = store::testing::store(kind).await;
        store.write(fill).await.unwrap();
        let client = egress::Client::new(egress::ClientConfig::default()).unwrap();
        let engine = Engine::new(EngineConfig::default(), store.clone(), Arc::new(Still), client, Arc::new(NoScripts));
        let executing = Executing::default();
        executing.ids().insert("run_here".to_owned());
        take_up(&engine, &executing).await.unwrap();
        for (id, state, status) in [
            ("run_here", RunState::Running, None),
            ("run_lost", RunState::Queued, None),
            ("run_lost_twice", RunState::Finished, Some(RunStatus::Abort)),
        ] {
            let stored = store.read(move |tx| runs::by_id(tx, id)).await.unwrap().expect("the run");
            assert_eq!((stored.state, stored.status), (state, status), "{id}");
        }
        store.close().await;
    }
}
