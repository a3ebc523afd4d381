//! Monitors: due times, sequences, missed slots.

use domain::{
    run::RunStatus,
    schedule::{Missed, MissedReason},
};
use store::tables::{monitors, runs};

use crate::{fixture, on_each, write};

#[tokio::test]
async fn due_monitors_come_in_their_order_and_paused_ones_never() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let mut early = fixture::monitor("monitor-2");
            early.next_due_at = Some(50);
            monitors::insert(tx, &early)?;
            let mut paused = fixture::monitor("monitor-3");
            (paused.active, paused.next_due_at) = (false, Some(1));
            monitors::insert(tx, &paused)?;
            assert_eq!(monitors::next_due(tx)?, Some(50));
            let due: Vec<_> = monitors::due(tx, 100, 10)?.into_iter().map(|monitor| monitor.id).collect();
            assert_eq!(due, ["monitor-2", fixture::MONITOR]);
            assert_eq!(monitors::due(tx, 100, 1)?.len(), 1);
            monitors::set_due(tx, "monitor-2", Some(200))?;
            assert_eq!(monitors::due(tx, 100, 10)?, [fixture::monitor(fixture::MONITOR)]);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_monitor_counts_its_runs_and_keeps_the_last_result() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let id = fixture::MONITOR;
            assert_eq!((monitors::next_sequence(tx, id)?, monitors::next_sequence(tx, id)?), (1, 2));
            assert!(!monitors::has_unfinished_run(tx, id)?);
            runs::insert(tx, &fixture::run("run_1", 1, 5))?;
            assert!(monitors::has_unfinished_run(tx, id)?);
            runs::insert(tx, &fixture::run("run_2", 2, 6))?;
            // The second began before the first ended; then the clock was set back.
            monitors::finished(tx, id, "run_2", RunStatus::Success, 20)?;
            monitors::finished(tx, id, "run_1", RunStatus::Abort, 21)?;
            runs::insert(tx, &fixture::run("run_3", 3, 7))?;
            monitors::finished(tx, id, "run_3", RunStatus::Failure, 9)?;
            assert_eq!(monitors::due_after(tx, 99)?.len(), 1);
            let mut monitor = monitors::get(tx, fixture::WORKSPACE, id)?.expect("a monitor");
            assert_eq!(
                (monitor.last_status, monitor.last_finished_at, monitor.sequence),
                (Some(RunStatus::Failure), Some(9), 2)
            );
            (monitor.name, monitor.active, monitor.next_due_at) = ("Renamed".into(), false, None);
            assert!(monitors::update(tx, &monitor)?);
            assert_eq!(monitors::list(tx, fixture::WORKSPACE)?, [monitor]);
            assert!(monitors::delete(tx, fixture::WORKSPACE, id)?);
            assert_eq!(runs::by_id(tx, "run_1")?, None, "its runs go with it");
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn missed_slots_are_one_growing_record() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let mut missed = Missed {
                first_due_at: 10,
                last_due_at: 20,
                slots: 2,
                reason: MissedReason::Overlap,
            };
            monitors::record_missed(tx, fixture::MONITOR, &missed)?;
            (missed.last_due_at, missed.slots) = (30, 3);
            monitors::record_missed(tx, fixture::MONITOR, &missed)?;
            let rows = monitors::missed(tx, fixture::MONITOR, 10)?;
            assert_eq!(rows.len(), 1);
            assert_eq!((rows[0].last_due_at, rows[0].slots, rows[0].reason), (30, 3, MissedReason::Overlap));
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
