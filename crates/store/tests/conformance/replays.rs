//! Strict order, and what replay jobs read and write.

use domain::{
    delivery::{
        DeliveryKind::{self, Event, Resend, Test},
        DeliveryState,
    },
    replay::{ReplayKind, ReplayState},
};
use store::{
    Page,
    tables::{
        deliveries::{self, Delivery},
        events,
        replays::{self, Replay},
        webhooks,
    },
};

use crate::{fixture, on_each, write};

#[tokio::test]
async fn strict_order_is_the_order_in_which_they_were_made_and_tests_stand_beside_it() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            events::insert(tx, &fixture::event("evt_1", 1), None, 1)?;
            let made = |id: &str, created_at, due_at, kind| Delivery {
                created_at,
                kind,
                attempts: u64::from(due_at != created_at && kind != Test),
                ..fixture::delivery(id, "evt_1", due_at)
            };
            let rows = [
                made("dlv_b", 20, 5, Event),
                made("dlv_a", 20, 90, Event),
                made("dlv_c", 10, 80, Resend),
                made("dlv_t", 30, -9, Test),
                made("dlv_d", 40, 40, Event),
                made("dlv_e", 35, 35, DeliveryKind::Replay),
                made("dlv_f", 34, 34, Event),
                made("dlv_g", 1, 1, Event),
            ];
            deliveries::insert_many(tx, &rows)?;
            for (limit, expected) in [
                (3, &["dlv_t", "dlv_c", "dlv_a", "dlv_b"][..]),
                (5, &["dlv_t", "dlv_c", "dlv_a", "dlv_b", "dlv_f", "dlv_e"]),
                (9, &["dlv_t", "dlv_c", "dlv_a", "dlv_b", "dlv_f", "dlv_e", "dlv_d"]),
            ] {
                let found = deliveries::next_in_order(tx, fixture::WEBHOOK, 1, limit)?;
                let ids: Vec<_> = found.iter().map(|(delivery, _)| delivery.id.as_str()).collect();
                assert_eq!(ids, expected, "what was tried first, then by due time");
            }
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_recovery_reads_the_log_in_order_and_knows_what_arrived_since() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            events::insert(tx, &fixture::event("evt_1", 1), None, 1)?;
            events::insert(tx, &fixture::event("evt_2", 2), None, 2)?;
            let row = |id: &str, event: &str, at, state, replay: Option<&str>| Delivery {
                state,
                reason: (state == DeliveryState::Dropped).then(|| "disabled: 410".to_owned()),
                replay_id: replay.map(str::to_owned),
                ..fixture::delivery(id, event, at)
            };
            let rows = [
                row("dlv_1", "evt_1", 1, DeliveryState::Failed, None),
                row("dlv_2", "evt_2", 2, DeliveryState::Dropped, None),
                row("dlv_3", "evt_1", 3, DeliveryState::Failed, None),
                row("dlv_4", "evt_2", 4, DeliveryState::Delivered, Some("rpl_1")),
                row("dlv_5", "evt_2", 5, DeliveryState::Dropped, Some("rpl_1")),
            ];
            deliveries::insert_many(tx, &rows)?;
            let log = deliveries::log_of_webhook(tx, fixture::WEBHOOK, (1, "dlv_1"), 3, 10)?;
            assert_eq!(log.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["dlv_2", "dlv_3"]);
            assert!(deliveries::is_outstanding_or_sent(tx, fixture::WEBHOOK, "evt_2")?);
            assert!(!deliveries::is_outstanding_or_sent(tx, fixture::WEBHOOK, "evt_1")?);
            assert!(deliveries::was_lost_between(tx, fixture::WEBHOOK, &log[1], 1)?);
            assert!(!deliveries::was_lost_between(tx, fixture::WEBHOOK, &log[1], 2)?);
            assert_eq!(deliveries::requeue_of_replay(tx, "rpl_1", 7)?, 1);
            assert_eq!(deliveries::outstanding_of_replay(tx, "rpl_1")?, 1);
            assert_eq!(deliveries::drop_of_replay(tx, "rpl_1", "cancelled", 8)?, 1);
            assert_eq!(deliveries::outstanding_of_replay(tx, "rpl_1")?, 0);
            let arrived = events::arrived(tx, fixture::WORKSPACE, (1, "evt_1"), 2, 10)?;
            assert_eq!(arrived.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["evt_2"]);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_job_comes_back_as_it_was_and_ends_with_its_webhook() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let mut job = Replay {
                id: "rpl_1".into(),
                workspace_id: fixture::WORKSPACE.into(),
                webhook_id: fixture::WEBHOOK.into(),
                kind: ReplayKind::Recover,
                state: ReplayState::Running,
                since: 1,
                until: 9,
                event_type: String::new(),
                per_second: 50,
                total: 7,
                done: 0,
                gone: 0,
                cursor: (1, String::new()),
                due_at: 3,
                reason: None,
                created_by: fixture::USER.into(),
                created_at: 4,
                finished_at: None,
            };
            replays::insert(tx, &job)?;
            job.done = 2;
            job.cursor = (5, "dlv_5".into());
            assert!(replays::update(tx, &job)?);
            assert_eq!(replays::running(tx)?, [job.clone()]);
            assert_eq!(replays::get(tx, "wsp_other", "rpl_1")?, None);
            assert_eq!(replays::open_of_webhook(tx, fixture::WEBHOOK)?, Some(job.clone()));
            assert_eq!(replays::list_of_webhook(tx, fixture::WEBHOOK, &Page::first(5))?.items, [job]);
            assert!(webhooks::mark_deleted(tx, fixture::WORKSPACE, fixture::WEBHOOK, 8)?);
            let ended = replays::by_id(tx, "rpl_1")?.expect("a job");
            assert_eq!((ended.state, ended.finished_at), (ReplayState::Cancelled, Some(8)));
            assert!(webhooks::delete(tx, fixture::WEBHOOK)?);
            assert_eq!(replays::by_id(tx, "rpl_1")?, None);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
