//! What waits in the store: for later, behind replays, and what must not go out any more.

use super::*;

fn replays(count: usize) -> Vec<Job> {
    (0..count)
        .map(|number| job(&format!("r{number:03}"), DeliveryKind::Replay))
        .collect()
}

#[test]
fn a_signal_asks_again_what_is_due_later_whatever_was_known() {
    let (lane, _) = lane();
    look(&lane, &target(1, true, 8), Vec::new());
    assert!(!lane.wish(false).later, "all is known");
    lane.not_found();
    assert!(lane.wish(true).later, "what is new may be due later");
}

#[test]
fn overdue_replays_that_do_not_fit_keep_no_look_from_going_on_behind_what_is_live() {
    let (lane, pool) = lane();
    let target = target(1, true, 1);
    let wish = lane.wish(true);
    assert_eq!((wish.limit, wish.replays), (4, 8));
    let mut found = jobs(4);
    found.extend(replays(9));
    lane.found(Arc::clone(&target), FRESH, brought(&wish, found), &wish, 0);
    let wish = lane.wish(false);
    assert_eq!(
        (wish.after.clone(), wish.replays),
        (Some((0, "d003".to_owned())), 0),
        "on behind the last live one, and no place for more replays"
    );
    lane.found(Arc::clone(&target), FRESH, brought(&wish, Vec::new()), &wish, 0);
    let mut asked = Vec::new();
    let mut take = lane.take_more(0, &pool).0;
    for _ in 0..4 {
        assert!(taken(take).is_some_and(|id| id.starts_with('d')), "live before replayed");
        asked.push(lane.exchanged(DeliveryKind::Event, true, true, 0, 0));
        take = lane.take_next(0);
    }
    for _ in 0..5 {
        assert!(taken(take).is_some_and(|id| id.starts_with('r')));
        asked.push(lane.exchanged(DeliveryKind::Replay, true, true, 0, 0));
        take = lane.take_next(0);
    }
    assert_eq!(
        asked.iter().filter(|asks| **asks).count(),
        1,
        "when half of the replays are gone: {asked:?}"
    );
    assert!(lane.wish(false).replays > 8, "beside those that are known");
}

#[test]
fn what_could_not_be_ended_is_not_sent_again_and_holds_up_no_strict_order() {
    let (lane, pool) = lane();
    let target = ordered(1, true);
    look(&lane, &target, jobs(2));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d000"));
    lane.exchanged(DeliveryKind::Event, false, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)), None);
    let refused = Outcome {
        resting: true,
        ..settled(&["d000"], false)
    };
    assert!(lane.settled(&refused).look);
    look(&lane, &target, jobs(2));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d001"));
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)), None);
    lane.settled(&settled(&["d001"], false));
    assert!(!lane.is_idle(), "it is remembered");
}

#[test]
fn what_waited_when_it_was_switched_off_is_withdrawn_even_when_it_is_on_again() {
    let (lane, pool) = lane();
    look(&lane, &target(1, true, 1), jobs(3));
    let wish = lane.wish(true);
    let mut found = vec![job("new", DeliveryKind::Event), job("test", DeliveryKind::Test)];
    found[0].delivery.created_at = 6;
    let found = Brought {
        drop_before: Some(5),
        ..brought(&wish, found)
    };
    assert_eq!(lane.found(target(3, true, 1), FRESH, found, &wish, 9).refused.len(), 3);
    assert_eq!(taken(lane.take_more(9, &pool).0).as_deref(), Some("test"));
    lane.exchanged(DeliveryKind::Test, true, true, 9, 0);
    assert_eq!(taken(lane.take_next(9)).as_deref(), Some("new"));
}
