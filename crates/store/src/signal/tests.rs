//! No wake-up is missed, several are one, and a rolled back transaction makes none.

use domain::{
    delivery::{DeliveryKind, DeliveryState},
    event::Event,
};
use futures::FutureExt as _;

use super::*;
use crate::tables::deliveries::Delivery;

#[tokio::test]
async fn a_wake_before_the_wait_is_not_missed_and_wakes_merge() {
    let signals = Arc::new(Signals::new());
    let (mut runs, mut deliveries) = (signals.runs(), signals.deliveries());
    for webhook in ["a", "b", "a"] {
        let mut pending = Pending::default();
        pending.add(Signal::Runs);
        pending.add(Signal::Deliveries(vec![webhook.to_owned()]));
        signals.send(&mut pending);
    }
    runs.woken().await;
    assert!(runs.woken().now_or_never().is_none());
    let mut webhooks: Vec<String> = deliveries.woken().await.webhooks.into_iter().collect();
    webhooks.sort();
    assert_eq!(webhooks, ["a", "b"]);
    assert!(deliveries.woken().now_or_never().is_none());
}

#[tokio::test]
async fn a_rolled_back_transaction_announces_nothing() {
    let signals = Arc::new(Signals::new());
    let (mut schedule, mut deliveries, mut changes) = (signals.schedule(), signals.deliveries(), signals.changes());
    let mut pending = Pending::default();
    pending.add(Signal::changed("w", "run"));
    let mark = pending.mark();
    pending.add(Signal::changed("w", "incident"));
    pending.add(Signal::Schedule);
    pending.add(Signal::Deliveries(vec!["a".to_owned()]));
    pending.restore(mark);
    signals.send(&mut pending);
    assert_eq!(changes.try_recv().map(|change| change.what).ok(), Some("run"));
    assert!(changes.try_recv().is_err());
    assert!(schedule.woken().now_or_never().is_none());
    assert!(deliveries.woken().now_or_never().is_none());
}

fn fresh(webhook: &str, bytes: usize) -> Signal {
    let delivery = Delivery {
        id: "dlv_1".to_owned(),
        workspace_id: "wsp".to_owned(),
        webhook_id: webhook.to_owned(),
        event_id: "evt_1".to_owned(),
        event_type: "a".to_owned(),
        kind: DeliveryKind::Event,
        state: DeliveryState::Pending,
        reason: None,
        attempts: 0,
        due_at: 1,
        created_at: 1,
        finished_at: None,
        replay_id: None,
    };
    let event = Event {
        id: "evt_1".to_owned(),
        workspace_id: "wsp".to_owned(),
        event_type: "a".to_owned(),
        subject: String::new(),
        at: 1,
        data: "x".repeat(bytes),
        import: false,
        hops: 0,
    };
    Signal::Fresh(vec![Fresh {
        delivery,
        event: Arc::new(event),
        webhook_version: 1,
    }])
}

#[tokio::test]
async fn fresh_deliveries_come_along_until_there_are_too_many_and_none_is_lost() {
    let signals = Arc::new(Signals::new());
    let mut deliveries = signals.deliveries();
    let mut pending = Pending::default();
    pending.add(fresh("a", 1_000));
    let mark = pending.mark();
    pending.add(fresh("undone", 1));
    pending.restore(mark);
    for webhook in ["b", "c", "d"] {
        pending.add(fresh(webhook, 3 * 1024 * 1024));
    }
    signals.send(&mut pending);
    let due = deliveries.woken().await;
    let taken: Vec<&str> = due.fresh.iter().map(|fresh| fresh.delivery.webhook_id.as_str()).collect();
    assert_eq!(taken, ["a", "b", "c"]);
    assert_eq!(due.webhooks.into_iter().collect::<Vec<_>>(), ["d"], "the store has it");
    pending.add(fresh("d", 3 * 1024 * 1024));
    signals.send(&mut pending);
    assert_eq!(deliveries.woken().await.fresh.len(), 1, "there is room again");
}

#[tokio::test]
async fn without_a_deliver_stage_nothing_piles_up() {
    let signals = Arc::new(Signals::new());
    let mut pending = Pending::default();
    pending.add(fresh("a", 1));
    signals.send(&mut pending);
    let mut deliveries = signals.deliveries();
    assert!(deliveries.woken().now_or_never().is_none());
    assert!(signals.due().fresh.is_empty());
}
