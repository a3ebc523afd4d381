//! Deliveries and their attempts.

use domain::delivery::DeliveryState;
use store::{
    Page,
    tables::{
        attempts::{self, Attempt, LogRow, log_row},
        deliveries::{self, Delivery, Settled},
        events,
        prune::{Pruned, Step},
        webhooks,
    },
};

use crate::{fixture, on_each, write};

fn settled(id: &str, state: DeliveryState, due_at: i64) -> Settled {
    let finished_at = (state != DeliveryState::Pending).then_some(due_at);
    Settled {
        id: id.into(),
        state,
        reason: None,
        attempts: 1,
        due_at,
        finished_at,
    }
}

#[tokio::test]
async fn a_lane_reads_what_is_due_in_order_and_never_twice() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let webhook = fixture::WEBHOOK;
            events::insert_many(tx, &[(&fixture::event("evt_1", 1), None), (&fixture::event("evt_2", 2), None)], 1)?;
            let rows = [
                fixture::delivery("dlv_c", "evt_1", 20),
                fixture::delivery("dlv_a", "evt_1", 10),
                fixture::delivery("dlv_b", "evt_2", 10),
                fixture::delivery("dlv_d", "evt_2", 90),
            ];
            deliveries::insert_many(tx, &rows)?;
            let due = deliveries::due_of_webhook(tx, webhook, 50, 2, None)?;
            let ids: Vec<_> = due
                .iter()
                .map(|(delivery, event)| (delivery.id.as_str(), event.id.as_str()))
                .collect();
            assert_eq!(ids, [("dlv_a", "evt_1"), ("dlv_b", "evt_2")]);
            assert_eq!(due[0], (rows[1].clone(), fixture::event("evt_1", 1)));
            let due = deliveries::due_of_webhook(tx, webhook, 50, 10, Some((10, "dlv_b")))?;
            assert_eq!(due.iter().map(|(delivery, _)| delivery.id.as_str()).collect::<Vec<_>>(), ["dlv_c"]);

            assert_eq!(deliveries::pending_webhooks(tx)?, [(webhook.to_owned(), 10)]);
            assert_eq!(deliveries::pending_count(tx, webhook)?, 4);
            assert_eq!(deliveries::oldest_pending(tx)?, Some(10));
            let outcome = [
                settled("dlv_a", DeliveryState::Delivered, 60),
                settled("dlv_b", DeliveryState::Pending, 70),
                settled("dlv_none", DeliveryState::Delivered, 60),
            ];
            assert_eq!(deliveries::settle_many(tx, &outcome)?, 2);
            assert_eq!(deliveries::settle_many(tx, &[settled("dlv_a", DeliveryState::Failed, 61)])?, 0);
            assert_eq!(deliveries::next_due_of_webhook(tx, webhook)?, Some(20));
            assert_eq!(deliveries::drop_pending(tx, webhook, i64::MAX, "disabled", 80, 2)?, 2);
            assert_eq!(deliveries::drop_pending(tx, webhook, i64::MAX, "disabled", 80, 2)?, 1);
            assert_eq!(deliveries::next_due_of_webhook(tx, webhook)?, None);
            let dropped = deliveries::get(tx, fixture::WORKSPACE, "dlv_c")?.expect("a delivery");
            assert_eq!(
                (dropped.state, dropped.reason.as_deref()),
                (DeliveryState::Dropped, Some("disabled"))
            );
            let delivered = deliveries::list_of_webhook(tx, webhook, Some(DeliveryState::Delivered), &Page::first(10))?;
            assert_eq!(delivered.items.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["dlv_a"]);
            assert_eq!(deliveries::list_of_webhook(tx, webhook, None, &Page::first(10))?.items.len(), 4);
            assert_eq!(deliveries::of_event(tx, "evt_2")?.len(), 2);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

pub(super) fn attempt(number: u32) -> Attempt {
    let success = !number.is_multiple_of(4);
    Attempt {
        id: format!("att_{number:02}"),
        delivery_id: "dlv_1".into(),
        webhook_id: fixture::WEBHOOK.into(),
        event_id: "evt_1".into(),
        event_type: "issue-created".into(),
        number: number.into(),
        at: number.into(),
        duration_us: i64::from(number) * 100,
        phases: "{}".into(),
        success,
        verdict: if success { "ok" } else { "timeout_headers" }.into(),
        status_code: success.then_some(204),
        message: None,
        remote: Some("127.0.0.1:80".into()),
        http_version: None,
        method: "POST".to_owned(),
        request_url: "https://example.org/hook".into(),
        request_headers: vec![("webhook-id".into(), "evt_1".into())],
        request_body: b"{\"a\":1}".to_vec(),
        response_headers: success.then(Vec::new),
        response_body: success.then(|| vec![0, 255]),
        response_truncated: false,
    }
}

fn logged(attempts: &[Attempt]) -> Vec<LogRow> {
    attempts.iter().cloned().map(log_row).collect()
}

#[tokio::test]
async fn the_attempt_log_is_complete_counted_and_pruned() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let webhook = fixture::WEBHOOK;
            let mut rows: Vec<_> = (1..=20).map(attempt).collect();
            let mut orphan = attempt(21);
            orphan.webhook_id = "whk_deleted".into();
            rows.push(orphan);
            attempts::insert_many(tx, &logged(&rows))?;
            rows.pop();
            // A commit whose answer was lost is repeated.
            attempts::insert_many(tx, &logged(&rows))?;
            assert!(!attempts::insert(tx, &logged(&rows)[0])?);
            assert_eq!(attempts::of_delivery(tx, "dlv_1")?, rows);
            let ids: Vec<String> = (0..40).map(|n| format!("dlv_{n}")).collect();
            let cut = attempts::of_deliveries(tx, &ids)?;
            assert_eq!(cut.into_iter().map(|cut| cut.row).collect::<Vec<_>>(), rows);
            assert!(attempts::of_deliveries(tx, &[])?.is_empty());
            let page = attempts::of_webhook(tx, webhook, &Page::first(5))?;
            assert_eq!(page.items.iter().map(|row| row.number).collect::<Vec<_>>(), [20, 19, 18, 17, 16]);
            let page = attempts::of_webhook(
                tx,
                webhook,
                &Page {
                    before: page.next,
                    limit: 5,
                },
            )?;
            assert_eq!(page.items[0].number, 15);
            // Fifteen succeed: the 8th and the 15th of them by duration.
            let stats = attempts::stats(tx, webhook, 0)?;
            assert_eq!((stats.successes, stats.failures), (15, 5));
            assert_eq!((stats.p50_us, stats.p95_us), (Some(1_000), Some(1_900)));
            let none = attempts::stats(tx, webhook, 100)?;
            assert_eq!((none.successes, none.failures, none.p50_us), (0, 0, None));
            let found = attempts::get(tx, "dlv_1", "att_03")?;
            assert_eq!(found.as_ref(), Some(&rows[2]));
            assert_eq!(attempts::get(tx, "dlv_other", "att_03")?, None);
            let points = attempts::latency_points(tx, webhook, 2)?;
            assert_eq!(
                points.iter().map(|point| (point.at, point.success)).collect::<Vec<_>>(),
                [(19, true), (20, false)]
            );
            assert_eq!(attempts::prune(tx, 11, 0, fixture::step(4))?, Pruned { rows: 4, more: true });
            assert_eq!(attempts::prune(tx, 11, 0, fixture::step(100))?, Pruned { rows: 6, more: false });
            let small = Step { rows: 100, bytes: 1 };
            assert_eq!(
                attempts::delete_some(tx, webhook, small)?,
                Pruned { rows: 1, more: true },
                "one goes whatever its size, and the bytes end the step"
            );
            assert_eq!(attempts::delete_some(tx, webhook, fixture::step(3))?.rows, 3);
            assert!(!webhooks::delete(tx, webhook)?, "only what is marked");
            assert!(webhooks::mark_deleted(tx, fixture::WORKSPACE, webhook, 9)?);
            assert_eq!(webhooks::being_deleted(tx)?.as_deref(), Some(webhook));
            assert!(webhooks::delete(tx, webhook)?);
            assert!(attempts::of_delivery(tx, "dlv_1")?.is_empty(), "the log goes with its webhook");
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn waiting_lanes_are_found_each_with_its_first_due_time() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            assert_eq!(
                (deliveries::pending_webhooks(tx)?, deliveries::oldest_pending(tx)?),
                (Vec::new(), None)
            );
            events::insert(tx, &fixture::event("evt_1", 1), None, 1)?;
            for (webhook, due) in [("whk_a", [40, 50]), ("whk_b", [30, 60]), ("whk_c", [10, 20])] {
                webhooks::insert(tx, &fixture::webhook(webhook))?;
                let to = |due_at| Delivery {
                    webhook_id: webhook.into(),
                    ..fixture::delivery(&format!("dlv_{due_at}"), "evt_1", due_at)
                };
                deliveries::insert_many(tx, &due.map(to))?;
            }
            deliveries::drop_pending(tx, "whk_c", i64::MAX, "disabled", 70, 9)?;
            assert_eq!(
                deliveries::pending_webhooks(tx)?,
                [("whk_b".to_owned(), 30), ("whk_a".to_owned(), 40)]
            );
            assert_eq!(deliveries::oldest_pending(tx)?, Some(30));
            let test = Delivery {
                kind: domain::delivery::DeliveryKind::Test,
                ..fixture::delivery("dlv_test", "evt_1", -9)
            };
            deliveries::insert_many(tx, &[test])?;
            assert_eq!(deliveries::oldest_pending(tx)?, Some(30), "a test is dated back and not late");
            // What was dropped while its request was in flight stays dropped, unless the receiver got it.
            let outcome = [
                settled("dlv_10", DeliveryState::Pending, 80),
                settled("dlv_20", DeliveryState::Delivered, 80),
            ];
            assert_eq!(deliveries::settle_many(tx, &outcome)?, 1);
            for (id, state, finished_at) in [("dlv_10", DeliveryState::Dropped, 70), ("dlv_20", DeliveryState::Delivered, 80)] {
                let stored = deliveries::get(tx, fixture::WORKSPACE, id)?.expect("a delivery");
                assert_eq!((stored.state, stored.finished_at), (state, Some(finished_at)));
            }
            assert_eq!(deliveries::drop_these(tx, &["dlv_30".into(), "dlv_20".into()], "disabled", 90)?, 1);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn only_the_newest_waits_of_a_type_and_subject() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let webhook = fixture::WEBHOOK;
            events::insert_many(tx, &[(&fixture::event("evt_1", 1), None)], 1)?;
            let rows = ["dlv_a", "dlv_b", "dlv_c", "dlv_d"].map(|id| fixture::delivery(id, "evt_1", 20));
            deliveries::insert_many(tx, &rows)?;
            // `dlv_d` has nobody to wait for.
            deliveries::await_newer(tx, &[("dlv_a", "t", "1"), ("dlv_b", "t", "2"), ("dlv_c", "t.u", "1")])?;
            deliveries::settle_many(tx, &[settled("dlv_c", DeliveryState::Pending, 70)])?;
            assert_eq!(deliveries::replace(tx, webhook, "t", "1", "coalesced: evt_2", 9)?, Some(20));
            assert_eq!(deliveries::replace(tx, webhook, "t", "1", "coalesced: evt_2", 9)?, None, "once");
            assert_eq!(
                deliveries::replace(tx, webhook, "t.u", "1", "coalesced", 9)?,
                None,
                "it was attempted"
            );
            assert_eq!(deliveries::replace(tx, "whk_other", "t", "2", "coalesced", 9)?, None);
            let state = |delivery: Delivery| (delivery.state, delivery.reason, delivery.finished_at);
            let replaced = deliveries::get(tx, fixture::WORKSPACE, "dlv_a")?.map(state);
            assert_eq!(
                replaced,
                Some((DeliveryState::Dropped, Some("coalesced: evt_2".to_owned()), Some(9)))
            );
            assert_eq!(deliveries::pending_count(tx, webhook)?, 3);
            assert_eq!(events::arrived_at(tx, "evt_1")?, Some(1));
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}
