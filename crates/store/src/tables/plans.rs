//! How SQLite means to run the statements whose cost must not grow with the tables: by which index, and without reading or
//! sorting all. A change of the schema or of a statement that loses its index fails here, not in production.

use rusqlite::Connection;

use super::{activities, attempts, deliveries, events, mails, monitors, notices, receipts, replays, runs, webhooks};

/// The steps of the plan, one a line.
fn plan(sql: &str) -> String {
    let connection = Connection::open_in_memory().unwrap();
    for migration in crate::migrate::MIGRATIONS {
        connection.execute_batch(migration.sql).unwrap();
    }
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>(3).unwrap());
    }
    steps.join("\n")
}

/// Checks that the plan has these steps and that nothing is read as a whole but `scanned`.
#[track_caller]
fn assert_plan(sql: &str, steps: &[&str], scanned: &[&str]) {
    let plan = plan(sql);
    for step in steps {
        assert!(
            plan.lines().any(|line| line.contains(step)),
            "`{step}` is not in\n{plan}\nfor\n{sql}"
        );
    }
    let scans = |line: &&str| line.starts_with("SCAN ") && !scanned.iter().any(|table| line.contains(table));
    assert_eq!(plan.lines().find(scans), None, "in\n{plan}\nfor\n{sql}");
    assert!(!plan.lines().any(|line| line.contains("AUTOMATIC")), "{plan}");
}

/// As [`assert_plan`], and no result is sorted.
#[track_caller]
fn assert_unsorted(sql: &str, steps: &[&str]) {
    assert_plan(sql, steps, &[]);
    let plan = plan(sql);
    assert!(!plan.contains("USE TEMP B-TREE FOR ORDER BY"), "{plan}\nfor\n{sql}");
}

#[test]
fn a_lane_reads_its_due_deliveries_in_order_from_indices_of_their_own() {
    let sql = deliveries::DUE_OF_WEBHOOK;
    let search = "SEARCH d USING INDEX deliveries_pending (webhook_id=? AND queue=? AND (due_at,id)>(?,?)";
    assert_unsorted(sql, &[search, "SEARCH e USING INDEX sqlite_autoindex_events_1 (id=?)"]);
    assert!(!plan(sql).contains("TEMP B-TREE"), "{}", plan(sql));
    assert_plan(
        deliveries::NEXT_DUE,
        &["SEARCH d USING COVERING INDEX deliveries_pending (webhook_id=? AND queue=?)"],
        &["SCAN q", "CONSTANT"],
    );
    assert_plan(
        deliveries::NEXT_DUE_AFTER,
        &["SEARCH d USING COVERING INDEX deliveries_pending (webhook_id=? AND queue=? AND due_at>?)"],
        &["SCAN q", "CONSTANT"],
    );
}

#[test]
fn a_lane_with_strict_order_reads_the_oldest_from_an_index_of_its_own() {
    for (sql, index) in [
        (
            deliveries::TRIED,
            "SEARCH d USING INDEX deliveries_tried (webhook_id=? AND queue=? AND created_at>?)",
        ),
        (
            deliveries::UNTRIED,
            "SEARCH d USING INDEX deliveries_pending (webhook_id=? AND queue=? AND due_at>?)",
        ),
        (deliveries::TESTS, "SEARCH d USING INDEX deliveries_tests (webhook_id=?)"),
    ] {
        assert_unsorted(sql, &[index, "SEARCH e USING INDEX sqlite_autoindex_events_1 (id=?)"]);
        assert!(!plan(sql).contains("TEMP B-TREE"), "{}", plan(sql));
    }
}

#[test]
fn a_replay_goes_on_where_it_was() {
    assert_unsorted(
        events::ARRIVED,
        &["USING INDEX events_arrival (workspace_id=? AND (created_at,id)>(?,?)"],
    );
    assert_unsorted(
        deliveries::LOG,
        &["USING INDEX deliveries_webhook (webhook_id=? AND (created_at,id)>(?,?) AND created_at<?)"],
    );
    assert_plan(
        deliveries::OUTSTANDING,
        &["USING COVERING INDEX deliveries_replay (replay_id=? AND state=? AND attempts=?)"],
        &[],
    );
    assert_plan(deliveries::SENT, &["INDEX deliveries_event (event_id=?)"], &[]);
    assert_plan(
        replays::RUNNING,
        &["INDEX replays_running"],
        &["SCAN replays USING INDEX replays_running"],
    );
    assert_unsorted(replays::LIST, &["USING INDEX replays_webhook (webhook_id=? AND created_at<?)"]);
    assert_plan(
        webhooks::DELETED,
        &["INDEX webhooks_deleted"],
        &["SCAN webhooks USING INDEX webhooks_deleted"],
    );
    assert_plan(
        webhooks::DROPPING,
        &["INDEX webhooks_dropping"],
        &["SCAN webhooks USING INDEX webhooks_dropping"],
    );
    for (sql, index) in [
        (deliveries::DROP_DUE, "deliveries_pending (webhook_id=? AND queue=? AND due_at<?)"),
        (
            deliveries::DROP_TRIED,
            "deliveries_tried (webhook_id=? AND queue=? AND created_at<?)",
        ),
        (
            deliveries::DROP_COALESCING,
            "deliveries_coalescing (webhook_id=? AND coalesce_key>?)",
        ),
    ] {
        assert_unsorted(sql, &[&format!("SEARCH deliveries USING INDEX {index}")]);
    }
    assert_plan(attempts::OF_DELETED, &["INDEX attempts_webhook (webhook_id=?)"], &[]);
}

#[test]
fn waiting_lanes_are_found_by_hops_over_the_pending_index() {
    let hop = "SEARCH n USING COVERING INDEX deliveries_pending (webhook_id>?)";
    let first = "SEARCH d USING COVERING INDEX deliveries_pending (webhook_id=? AND queue=?)";
    assert_plan(
        deliveries::PENDING_WEBHOOKS,
        &[hop, first],
        &["SCAN l", "SCAN q", "SCAN firsts", "SCAN lanes", "CONSTANT"],
    );
    let first = "SEARCH d USING INDEX deliveries_pending (webhook_id=? AND queue=?)";
    assert_plan(
        deliveries::OLDEST_PENDING,
        &[hop, first],
        &["SCAN l", "SCAN q", "SCAN firsts", "SCAN lanes", "CONSTANT"],
    );
}

#[test]
fn what_a_newer_event_replaces_is_found_by_its_key() {
    assert_plan(
        deliveries::REPLACE,
        &["INDEX deliveries_coalescing (webhook_id=? AND coalesce_key=?)"],
        &[],
    );
}

#[test]
fn subscribers_are_found_by_pattern_and_subject() {
    let steps = [
        "SEARCH webhook_subscriptions USING COVERING INDEX sqlite_autoindex_webhook_subscriptions_1 \
         (workspace_id=? AND pattern=? AND subject=?)",
        "SEARCH webhooks USING INDEX sqlite_autoindex_webhooks_1 (id=?)",
    ];
    assert_unsorted(webhooks::SUBSCRIBERS, &steps);
}

#[test]
fn pages_begin_at_their_cursor() {
    assert_unsorted(
        deliveries::LIST_OF_WEBHOOK,
        &["USING INDEX deliveries_webhook (webhook_id=? AND (created_at,id)<(?,?))"],
    );
    assert_unsorted(attempts::OF_WEBHOOK, &["USING INDEX attempts_webhook (webhook_id=? AND at<?)"]);
    assert_plan(attempts::OF_DELIVERIES, &["INDEX sqlite_autoindex_attempts_1 (delivery_id=?)"], &[]);
    assert_unsorted(runs::OF_MONITOR, &["USING INDEX runs_monitor (monitor_id=? AND queued_at<?)"]);
    assert_unsorted(
        events::LIST,
        &["USING INDEX events_arrival (workspace_id=? AND (created_at,id)<(?,?))"],
    );
}

#[test]
fn rates_and_charts_do_not_touch_the_attempts_themselves() {
    assert_plan(
        attempts::COUNTS,
        &["USING COVERING INDEX attempts_webhook (webhook_id=? AND at>?)"],
        &[],
    );
    assert_unsorted(attempts::POINTS, &["USING COVERING INDEX attempts_webhook (webhook_id=?)"]);
}

#[test]
fn bars_read_a_range_for_each_monitor() {
    let steps = [
        "SEARCH m USING COVERING INDEX sqlite_autoindex_monitors_1 (id=?)",
        "SEARCH r USING INDEX runs_monitor (monitor_id=? AND queued_at>?)",
        "SEARCH b USING COVERING INDEX runs_monitor (monitor_id=?)",
    ];
    assert_unsorted(runs::RECENT, &steps);
}

#[test]
fn unfinished_runs_have_indices_of_their_own() {
    assert_plan(runs::CLAIM, &["INDEX runs_unfinished"], &["q USING INDEX runs_unfinished"]);
    assert_plan(monitors::UNFINISHED, &["INDEX runs_monitor_unfinished (monitor_id=?)"], &[]);
    assert_plan(monitors::DUE, &["INDEX monitors_due (next_due_at<?)"], &[]);
}

#[test]
fn a_publish_key_is_found_by_its_index() {
    assert_plan(
        events::BY_KEY,
        &["INDEX events_publish_key (workspace_id=? AND publish_key=?)"],
        &[],
    );
    assert_plan(
        events::BY_KEYS,
        &["INDEX events_publish_key (workspace_id=? AND publish_key=?)"],
        &[],
    );
}

#[test]
fn pruning_reads_no_more_than_it_deletes() {
    assert_plan(
        attempts::PRUNE,
        &[
            "SEARCH w USING INDEX webhooks_workspace (workspace_id=?)",
            "SEARCH a USING INDEX attempts_webhook (webhook_id=? AND at<?)",
        ],
        &["SCAN o "],
    );
    let steps = [
        "SEARCH e USING INDEX events_arrival (workspace_id=? AND created_at<?)",
        "SEARCH d USING INDEX deliveries_event (event_id=?)",
    ];
    assert_plan(events::PRUNABLE, &steps, &["SCAN o "]);
    assert_plan(
        receipts::PRUNE,
        &["SEARCH r USING INDEX receipts_source (source_id=? AND at<?)"],
        &["SCAN o "],
    );
    for (sql, index) in [
        (notices::PRUNE, "SEARCH r USING INDEX notices_workspace (workspace_id=? AND at<?)"),
        (
            activities::PRUNE,
            "SEARCH r USING INDEX activities_workspace (workspace_id=? AND at<?)",
        ),
    ] {
        assert_plan(sql, &[index], &["SCAN w "]);
    }
    assert_plan(
        monitors::PRUNE_MISSED,
        &["SEARCH s USING COVERING INDEX sqlite_autoindex_missed_slots_1 (monitor_id=? AND first_due_at<?)"],
        &["SCAN o "],
    );
    assert_plan(
        runs::PRUNE,
        &["INDEX runs_finished (workspace_id=? AND finished_at<?)"],
        &["SCAN o "],
    );
}

#[test]
fn the_next_mails_come_from_their_index() {
    assert_unsorted(mails::DUE, &["INDEX mails_due (due_at<?)"]);
}
