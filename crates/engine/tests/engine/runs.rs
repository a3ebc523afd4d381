//! Schedule and run: from a due time to a finished run and its event; what fails, hangs, panics or was cut off ends too.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use collection::script::{ScriptHost, ScriptSession};
use domain::{
    Micros,
    clock::MINUTE,
    event::RUN_FINISHED,
    run::{RunOptions, RunReport, RunState, RunStatus, RunType},
    schedule::MissedReason,
};
use engine::ActionError;
use store::{
    Signal,
    tables::{events, monitors, page::Page, runs},
};

use crate::support::{Answer, House, Receiver, START, WORKSPACE, config, monitor, on_each, webhook};

async fn finished(house: &House, id: &str) -> runs::Run {
    let id = id.to_owned();
    house
        .until("the run's end", move |tx| {
            Ok(runs::by_id(tx, &id)?.filter(|run| run.state == RunState::Finished))
        })
        .await
}

async fn enqueue(house: &House, monitor: &monitors::Monitor) -> Result<runs::Run, ActionError> {
    let monitor = monitor.clone();
    house
        .store
        .write(move |tx| engine::run::enqueue(tx, &monitor, RunType::Manual, Some("1"), None, START))
        .await
}

async fn reports(house: &House) -> Vec<RunReport> {
    let listed = house
        .read(|tx| events::list(tx, WORKSPACE, Some(RUN_FINISHED), &Page::first(50)))
        .await;
    listed
        .items
        .iter()
        .map(|event| serde_json::from_str(&event.data).unwrap())
        .collect()
}

async fn due(house: &House, id: &str, at: Micros) {
    let id = id.to_owned();
    house
        .write(move |tx| {
            monitors::set_due(tx, &id, Some(at))?;
            tx.signal(Signal::Schedule);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn monitors_due_at_one_moment_all_run_and_their_next_times_are_stored() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(200)]).await;
        for id in ["m1", "m2", "m3"] {
            monitor(&house, id, &receiver.url(), RunOptions::default()).await;
            due(&house, id, START).await;
        }
        let running = house.engine.start();
        for id in ["m1", "m2", "m3"] {
            let monitor = house
                .until("a finished run", move |tx| {
                    Ok(monitors::by_id(tx, id)?.filter(|monitor| monitor.last_status.is_some()))
                })
                .await;
            assert_eq!((monitor.last_status, monitor.sequence), (Some(RunStatus::Success), 1));
            let next = monitor.next_due_at.unwrap();
            assert!(next > START && next <= START + MINUTE);
        }
        let reports = reports(&house).await;
        assert_eq!(reports.len(), 3);
        assert_eq!((reports[0].user_name.as_str(), reports[0].metrics.request_count), ("Ada", 1));
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_slot_during_a_run_is_recorded_as_missed_and_a_second_run_by_hand_is_refused() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Hang]).await;
        let monitor = monitor(&house, "m", &receiver.url(), RunOptions::default()).await;
        let running = house.engine.start();
        enqueue(&house, &monitor).await.unwrap();
        receiver.next().await;
        due(&house, "m", START).await;
        let missed = house
            .until("a missed slot", |tx| {
                Ok(Some(monitors::missed(tx, "m", 10)?).filter(|missed| !missed.is_empty()))
            })
            .await;
        let monitor_now = house.read(|tx| monitors::by_id(tx, "m")).await.unwrap();
        assert!(monitor_now.next_due_at > Some(START));
        assert_eq!((missed[0].reason, missed[0].slots), (MissedReason::Overlap, 1));
        let Err(ActionError::Problem(problem)) = enqueue(&house, &monitor).await else {
            panic!("a conflict")
        };
        assert_eq!(problem.status, 409);
        running.shutdown(Duration::ZERO).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn slots_that_passed_while_the_server_was_down_are_counted_and_one_run_makes_up_for_them() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(200)]).await;
        monitor(&house, "m", &receiver.url(), RunOptions::default()).await;
        due(&house, "m", START - 10 * MINUTE).await;
        let running = house.engine.start();
        let monitor = house
            .until("a finished run", |tx| {
                Ok(monitors::by_id(tx, "m")?.filter(|monitor| monitor.last_status.is_some()))
            })
            .await;
        assert_eq!(monitor.sequence, 1, "no storm");
        assert!(monitor.next_due_at > Some(START));
        let missed = house.read(|tx| monitors::missed(tx, "m", 10)).await;
        assert_eq!((missed.len(), missed[0].reason), (1, MissedReason::Down));
        assert!((9..=10).contains(&missed[0].slots), "{missed:?}");
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_try_is_logged_and_only_the_last_one_notifies() {
    on_each(|house| async move {
        // Nobody listens on the discard port of this machine.
        let options = RunOptions {
            retries: 1,
            ..RunOptions::default()
        };
        let monitor = monitor(&house, "m", "http://127.0.0.1:9/", options).await;
        let running = house.engine.start();
        let run = enqueue(&house, &monitor).await.unwrap();
        let run = finished(&house, &run.id).await;
        assert_eq!(run.status, Some(RunStatus::Error));
        assert_eq!(run.failures.len(), 1);
        assert_eq!(run.failures[0].request, "List orders");
        let id = run.id.clone();
        let executions = house.read(move |tx| runs::executions(tx, &id)).await;
        let tries: Vec<_> = executions
            .iter()
            .map(|execution| (execution.try_number, execution.failed))
            .collect();
        assert_eq!(tries, [(1, true), (2, true)]);
        assert_eq!(reports(&house).await.len(), 1);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_run_over_its_limit_is_an_abort() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Hang]).await;
        let options = RunOptions {
            run_timeout: 50,
            retries: 2,
            ..RunOptions::default()
        };
        let monitor = monitor(&house, "m", &receiver.url(), options).await;
        let running = house.engine.start();
        let run = enqueue(&house, &monitor).await.unwrap();
        let run = finished(&house, &run.id).await;
        assert_eq!((run.status, run.tries), (Some(RunStatus::Abort), 0));
        assert!(run.error.is_some_and(|error| error.contains("limit")));
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn runs_that_a_crash_cut_off_are_run_again_once_and_then_aborted() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(200)]).await;
        let (once, twice) = (
            monitor(&house, "once", &receiver.url(), RunOptions::default()).await,
            monitor(&house, "twice", &receiver.url(), RunOptions::default()).await,
        );
        let (once, twice) = (enqueue(&house, &once).await.unwrap(), enqueue(&house, &twice).await.unwrap());
        // A node begins both and dies; for one of them that happens again.
        let id = twice.id.clone();
        house
            .write(move |tx| {
                runs::claim_queued(tx, START, 10)?;
                runs::requeue(tx, &id)?;
                runs::claim_queued(tx, START, 10)
            })
            .await;
        let running = house.engine.start();
        assert_eq!(finished(&house, &once.id).await.status, Some(RunStatus::Success));
        let twice = finished(&house, &twice.id).await;
        assert_eq!((twice.status, twice.starts), (Some(RunStatus::Abort), 2));
        assert_eq!(reports(&house).await.len(), 2);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

struct Panics;

#[async_trait]
impl ScriptHost for Panics {
    async fn session(&self) -> Box<dyn ScriptSession> {
        panic!("as the test wants")
    }
}

#[tokio::test]
async fn a_panic_and_a_broken_document_are_results() {
    for kind in store::testing::kinds() {
        let house = House::new(kind, config(), Arc::new(Panics)).await;
        let monitor = monitor(&house, "m", "http://127.0.0.1:9/", RunOptions::default()).await;
        let running = house.engine.start();
        let run = enqueue(&house, &monitor).await.unwrap();
        let run = finished(&house, &run.id).await;
        assert_eq!(run.status, Some(RunStatus::Error));
        assert!(run.error.is_some_and(|error| error.contains("unexpectedly")));

        house
            .write(|tx| store::tables::collections::add_version(tx, "c-m", "Broken", "{\"info\":", 0, "1", START))
            .await;
        let run = enqueue(&house, &monitor).await.unwrap();
        let run = finished(&house, &run.id).await;
        assert_eq!(run.status, Some(RunStatus::Error));
        assert!(
            run.error.as_deref().is_some_and(|error| error.contains("not valid JSON")),
            "{:?}",
            run.error
        );
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    }
}

#[tokio::test]
async fn a_run_whose_result_the_store_refuses_ends_all_the_same() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(200)]).await;
        let monitor = monitor(&house, "m", &receiver.url(), RunOptions::default()).await;
        let run = enqueue(&house, &monitor).await.unwrap();
        // A subscriber that cannot be read: its event can be published to nobody, now and whenever it is tried again.
        house.webhook(webhook("w", &receiver.url())).await;
        house.write(|tx| tx.execute("UPDATE webhooks SET trigger_rule = '{'", &[])).await;
        let running = house.engine.start();
        let run = finished(&house, &run.id).await;
        assert_eq!(run.status, Some(RunStatus::Error));
        assert!(run.error.is_some_and(|error| error.contains("could not be stored")));
        assert!(enqueue(&house, &monitor).await.is_ok(), "the monitor goes on");
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_due_time_of_a_clock_that_was_ahead_is_set_anew() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(200)]).await;
        monitor(&house, "m", &receiver.url(), RunOptions::default()).await;
        due(&house, "m", START + 1_000 * MINUTE).await;
        let running = house.engine.start();
        let next = house
            .until("a due time within the interval", |tx| {
                let monitor = monitors::by_id(tx, "m")?;
                Ok(monitor.and_then(|monitor| monitor.next_due_at).filter(|at| *at <= START + MINUTE))
            })
            .await;
        assert!(next > START);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
