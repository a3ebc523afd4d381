//! Runs: the queue, the result, the history.

use domain::run::{FailureLine, Metrics, RunState, RunStatus, RunType};
use store::{
    Error, Page, Result, Tx,
    tables::{
        monitors,
        runs::{self, ExecutionRow, Finished, RunFilter},
    },
};

use crate::{fixture, on_each, read, write};

fn finished(id: &str, status: RunStatus, at: i64) -> Finished {
    Finished {
        id: id.into(),
        status,
        metrics: Metrics {
            total_latency: 42,
            ..Metrics::default()
        },
        failures: vec![FailureLine {
            request: "a".into(),
            test: "b".into(),
            message: "c".into(),
        }],
        error: None,
        finished_at: at,
        collection_version: Some(1),
        environment_version: None,
    }
}

/// Runs 1 to `count`, queued at ten times their number, each finished one later.
fn history(tx: &mut dyn Tx, count: i64) -> Result<()> {
    for number in 1..=count {
        let id = format!("run_{number}");
        runs::insert(tx, &fixture::run(&id, number, number * 10))?;
        let status = if number % 3 == 0 { RunStatus::Failure } else { RunStatus::Success };
        runs::finish(tx, &finished(&id, status, number * 10 + 1))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_run_goes_through_the_queue_and_ends_once() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            runs::insert(tx, &fixture::run("run_b", 2, 20))?;
            runs::insert(tx, &fixture::run("run_a", 1, 10))?;
            let claimed: Vec<_> = runs::claim_queued(tx, 30, 10)?.into_iter().map(|run| run.id).collect();
            assert_eq!(claimed, ["run_a", "run_b"]);
            assert!(runs::claim_queued(tx, 31, 10)?.is_empty());
            let running = runs::unfinished_running(tx)?;
            assert_eq!(running.len(), 2);
            assert_eq!(
                (running[0].starts, running[0].started_at, running[0].state),
                (1, Some(30), RunState::Running)
            );
            assert!(runs::requeue(tx, "run_a")?);
            assert_eq!(runs::claim_queued(tx, 40, 10)?[0].starts, 2);
            runs::set_try(tx, "run_a", 1)?;
            assert!(runs::finish(tx, &finished("run_a", RunStatus::Failure, 50))?);
            assert!(!runs::finish(tx, &finished("run_a", RunStatus::Success, 60))?);
            let run = runs::get(tx, fixture::WORKSPACE, "run_a")?.expect("a run");
            assert_eq!((run.status, run.tries, run.finished_at), (Some(RunStatus::Failure), 1, Some(50)));
            assert_eq!(run.metrics.map(|metrics| metrics.total_latency), Some(42));
            assert_eq!(run.failures[0].message, "c");
            Ok(())
        })
        .await
        .expect("a write");
        let twice = write(&store, |tx| runs::insert(tx, &fixture::run("run_c", 2, 70))).await;
        assert!(
            twice
                .as_ref()
                .is_err_and(|e| e.is_conflict_on("runs", "monitor_id, series, sequence")),
            "{twice:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_history_is_filtered_counted_and_drawn() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            history(tx, 7)?;
            let monitor = fixture::MONITOR;
            let failed = RunFilter {
                status: Some(RunStatus::Failure),
                run_type: Some(RunType::Scheduled),
            };
            let listed = runs::of_monitor(tx, monitor, &Page::first(10), failed)?;
            assert_eq!(listed.items.iter().map(|run| run.sequence).collect::<Vec<_>>(), [6, 3]);
            let by_hand = RunFilter {
                run_type: Some(RunType::Manual),
                ..RunFilter::default()
            };
            assert!(runs::of_monitor(tx, monitor, &Page::first(10), by_hand)?.items.is_empty());
            let listed = runs::of_workspace(tx, fixture::WORKSPACE, &Page::first(3))?;
            assert_eq!(listed.items.iter().map(|run| run.sequence).collect::<Vec<_>>(), [7, 6, 5]);
            assert!(listed.next.is_some());

            let bars = runs::recent(tx, &[monitor.to_owned(), "none".to_owned()], 3)?;
            let drawn: Vec<_> = bars[monitor].iter().map(|bar| (bar.id.as_str(), bar.total_latency_ms)).collect();
            assert_eq!(drawn, [("run_5", Some(42)), ("run_6", Some(42)), ("run_7", Some(42))]);
            assert_eq!(bars.len(), 1);

            let counts = runs::counts(tx, monitor, 20)?;
            assert_eq!((counts.success, counts.failure, counts.error, counts.abort), (4, 2, 0, 0));
            let good = runs::last_good(tx, monitor, 7)?.expect("a good run");
            assert_eq!(good.sequence, 5);
            assert_eq!(runs::last_good(tx, monitor, 1)?, None);

            runs::insert(tx, &fixture::run("run_queued", 8, 1))?;
            assert_eq!(runs::prune(tx, 41, 0, fixture::step(2))?.rows, 2);
            assert_eq!(runs::prune(tx, 41, 0, fixture::step(100))?.rows, 1);
            assert!(runs::by_id(tx, "run_4")?.is_some() && runs::by_id(tx, "run_queued")?.is_some());
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn executions_come_back_in_their_order() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            runs::insert(tx, &fixture::run("run_1", 1, 1))?;
            let execution = |try_number, position| ExecutionRow {
                run_id: "run_1".into(),
                try_number,
                position,
                name: "List orders".into(),
                method: "GET".into(),
                url: "https://example.org/".into(),
                status_code: (position > 0).then_some(200),
                response_time_us: Some(1_500),
                response_size: None,
                failed: position == 0,
                detail: "{}".into(),
            };
            let rows = [execution(1, 0), execution(0, 1), execution(0, 0)];
            runs::insert_executions(tx, &rows)?;
            assert_eq!(runs::executions(tx, "run_1")?, [rows[2].clone(), rows[1].clone(), rows[0].clone()]);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn bars_of_many_monitors_are_no_more_than_asked_for() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            // More than are asked for at once; runs 2 and 3 of each were queued at one instant.
            let ids: Vec<String> = (0..70).map(|number| format!("monitor-x{number}")).collect();
            for id in &ids {
                monitors::insert(tx, &fixture::monitor(id))?;
                for (sequence, queued_at) in [(1, 10), (2, 20), (3, 20)] {
                    let mut run = fixture::run(&format!("{id}-{sequence}"), sequence, queued_at);
                    run.monitor_id = Some(id.clone());
                    runs::insert(tx, &run)?;
                }
            }
            for (each, expected) in [(0, 0), (1, 1), (2, 2), (3, 3), (50, 3)] {
                let bars = runs::recent(tx, &ids, each)?;
                assert_eq!(bars.len(), if each == 0 { 0 } else { ids.len() });
                assert!(bars.values().all(|bars| bars.len() == expected), "{each} each");
                assert!(bars.values().all(|bars| bars.is_sorted_by_key(|bar| bar.queued_at)));
            }
            let one = runs::recent(tx, &ids[69..], 1)?;
            assert_eq!(
                (one["monitor-x69"][0].queued_at, one["monitor-x69"][0].total_latency_ms),
                (20, None)
            );
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn the_queue_gives_the_longest_waiting_first_and_no_more_than_asked_for() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            for sequence in 1..=5 {
                runs::insert(tx, &fixture::run(&format!("run_{sequence}"), sequence, 100 - sequence))?;
            }
            let claimed = runs::claim_queued(tx, 200, 2)?;
            assert_eq!(claimed.iter().map(|run| run.sequence).collect::<Vec<_>>(), [5, 4]);
            assert!(!runs::requeue(tx, "run_1")?, "it is queued, not running");
            assert!(runs::requeue(tx, "run_4")?);
            let rest = runs::claim_queued(tx, 300, 9)?;
            assert_eq!(
                rest.iter().map(|run| (run.sequence, run.starts)).collect::<Vec<_>>(),
                [(4, 2), (3, 1), (2, 1), (1, 1)]
            );
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_word_in_a_row_is_corrupt() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            runs::insert(tx, &fixture::run("run_1", 1, 1))?;
            tx.execute("UPDATE runs SET state = 'dreaming' WHERE id = $1", &store::params!["run_1"])
                .map(drop)
        })
        .await
        .expect("a write");
        let found = read(&store, |tx| runs::by_id(tx, "run_1")).await;
        assert!(
            matches!(&found, Err(Error::Corrupt(text)) if text.contains("dreaming")),
            "{found:?}"
        );
    })
    .await;
}
