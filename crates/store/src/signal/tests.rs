//! No wake-up is missed, several are one, and a rolled back transaction makes none.

use futures::FutureExt as _;

use super::*;

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
    let mut webhooks = deliveries.woken().await;
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
