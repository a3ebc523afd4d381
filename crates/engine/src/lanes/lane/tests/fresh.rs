//! Deliveries that were just stored: taken as they are, or left to a look.

use super::*;

fn offered(lane: &Lane, id: &str, version: i64) -> bool {
    lane.offer(job(id, DeliveryKind::Event), version)
}

#[test]
fn one_that_was_just_stored_goes_out_without_a_look_and_is_not_read_twice() {
    let (lane, pool) = lane();
    assert!(!offered(&lane, "d1", 1), "nothing is known of the webhook yet");
    let target = target(1, true, 2);
    look(&lane, &target, jobs(0));
    // A look that began before may bring it too.
    let wish = lane.wish(true);
    assert!(offered(&lane, "d1", 1));
    let brought = brought(&wish, vec![job("d1", DeliveryKind::Event), job("d2", DeliveryKind::Event)]);
    lane.found(Arc::clone(&target), FRESH, brought, &wish, 0);
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d1"));
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)).as_deref(), Some("d2"));
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)), None);
    lane.settled(&settled(&["d1", "d2"], false));
    assert!(lane.is_idle());
}

#[test]
fn an_edit_or_a_switch_sends_it_to_the_store_first() {
    let (lane, _) = lane();
    look(&lane, &target(1, true, 2), jobs(0));
    assert!(!offered(&lane, "d1", 2), "the webhook was edited meanwhile");
    look(&lane, &target(2, true, 2), jobs(0));
    assert!(offered(&lane, "d1", 2) && !offered(&lane, "d2", 1));
    lane.settled(&settled(&["d1"], true));
    assert!(!offered(&lane, "d3", 2), "it was switched off by its own failures");
    look(&lane, &target(3, false, 2), jobs(0));
    assert!(!offered(&lane, "d3", 3));
    look(&lane, &target(4, true, 2), jobs(0));
    assert!(offered(&lane, "d3", 4));
}

#[test]
fn it_stands_behind_what_is_due_in_the_store_and_strict_order_asks_there() {
    let (lane, _) = lane();
    let target = target(1, true, 1);
    look(&lane, &target, jobs(20));
    assert!(!offered(&lane, "late", 1), "the store has older ones");
    let (lane, _) = super::lane();
    look(&lane, &ordered(1, true), jobs(0));
    assert!(!offered(&lane, "d1", 1));
}

#[test]
fn a_burst_waits_in_memory_up_to_the_bound_and_then_in_the_store() {
    let (lane, pool) = lane();
    look(&lane, &target(1, true, 2), jobs(0));
    let burst = |from: usize| {
        (from..from + 100)
            .filter(|number| offered(&lane, &format!("d{number:03}"), 1))
            .count()
    };
    assert_eq!(burst(0), 16, "sixteen times what the receiver has shown that it takes");
    let first = taken(lane.take_more(0, &pool).0).unwrap();
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    lane.settled(&settled(&[&first], false));
    assert_eq!(burst(100), 17, "two at once");
}

#[test]
fn one_that_a_look_brought_and_that_was_settled_before_it_is_handed_over_is_not_sent_again() {
    let (lane, pool) = lane();
    let target = target(1, true, 2);
    look(&lane, &target, vec![job("d2", DeliveryKind::Event)]);
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d2"));
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)), None);
    lane.settled(&settled(&["d2"], false));
    offered(&lane, "d2", 1);
    assert!(!offered(&lane, "d1", 1), "it may have been brought too: the store knows");
    assert_eq!(taken(lane.take_more(0, &pool).0), None);
    assert!(offered(&lane, "d3", 1));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d3"));
}
