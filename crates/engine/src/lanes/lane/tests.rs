//! The rules of one lane, step by step.

use domain::{
    delivery::{DeliveryKind, DeliveryState},
    event::Event,
    profile::Profile,
    webhook::WebhookOptions,
};
use store::tables::deliveries::Delivery;

use super::{super::look::Brought, *};
use crate::deliver::Job;

mod fresh;

const FRESH: Failures = Failures {
    in_a_row: 0,
    probe_at: None,
};

fn target(version: i64, enabled: bool, in_flight: usize) -> Arc<Target> {
    let options = WebhookOptions {
        in_flight,
        ..WebhookOptions::default()
    };
    target_with(version, enabled, options)
}

fn target_with(version: i64, enabled: bool, options: WebhookOptions) -> Arc<Target> {
    Arc::new(Target {
        version,
        source_token: None,
        enabled,
        profile: Profile::Standard,
        in_flight: options.at_once(),
        options,
        signature: None,
        public_url: String::new(),
        policy: None,
        address: Err("of no use here".to_owned()),
    })
}

fn ordered(version: i64, ordered: bool) -> Arc<Target> {
    let options = WebhookOptions {
        ordered,
        ..WebhookOptions::default()
    };
    target_with(version, true, options)
}

fn job(id: &str, kind: DeliveryKind) -> Job {
    let delivery = Delivery {
        id: id.to_owned(),
        workspace_id: "wsp".to_owned(),
        webhook_id: "w".to_owned(),
        event_id: "evt".to_owned(),
        event_type: "a".to_owned(),
        kind,
        state: DeliveryState::Pending,
        reason: None,
        attempts: 0,
        due_at: 0,
        created_at: 0,
        finished_at: None,
        replay_id: None,
    };
    let event = Event {
        id: "evt".to_owned(),
        workspace_id: "wsp".to_owned(),
        event_type: "a".to_owned(),
        subject: String::new(),
        at: 0,
        data: "{}".to_owned(),
        import: false,
        hops: 0,
    };
    Job {
        delivery,
        event: Arc::new(event),
    }
}

fn jobs(count: usize) -> Vec<Job> {
    (0..count)
        .map(|number| job(&format!("d{number:03}"), DeliveryKind::Event))
        .collect()
}

fn lane() -> (Lane, Arc<Semaphore>) {
    (Lane::new(Arc::from("w"), Loaded::default()), Arc::new(Semaphore::new(10)))
}

/// What a read brings that finds these, whatever their sizes.
fn brought(wish: &Wish, due: Vec<Job>) -> Brought {
    let count = |replays| {
        due.iter()
            .filter(|job| (job.delivery.kind == DeliveryKind::Replay) == replays)
            .count()
    };
    Brought {
        full: count(false) >= wish.limit,
        full_replays: wish.replays > 0 && count(true) >= wish.replays,
        due,
        ..Brought::default()
    }
}

fn look(lane: &Lane, target: &Arc<Target>, found: Vec<Job>) -> Vec<Job> {
    let wish = lane.wish(true);
    lane.found(Arc::clone(target), FRESH, brought(&wish, found), &wish, 0).refused
}

fn taken(take: Take) -> Option<String> {
    match take {
        Take::Job(job, _) => Some(job.delivery.id),
        _ => None,
    }
}

fn settled(ids: &[&str], disabled: bool) -> Outcome {
    Outcome {
        delivery_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        retry_at: None,
        disabled,
        resting: false,
    }
}

#[test]
fn loads_four_times_its_cap_and_asks_again_when_half_of_that_is_gone() {
    let (lane, pool) = lane();
    let wish = lane.wish(true);
    assert_eq!(
        wish,
        Wish {
            limit: 4,
            replays: 8,
            after: None,
            later: true,
            clear: true
        },
        "a lane that knows nothing yet has a cap of one"
    );
    lane.found(target(1, true, 2), FRESH, brought(&wish, jobs(4)), &wish, 0);
    let wish = lane.wish(false);
    assert_eq!(
        (wish.limit, wish.after.clone()),
        (4, Some((0, "d003".to_owned()))),
        "the next look goes on behind the last"
    );
    lane.found(target(1, true, 2), FRESH, brought(&wish, jobs(8).split_off(4)), &wish, 0);
    assert_eq!(lane.wish(true).limit, 1, "full: there is place for a test only");
    let mut asked = Vec::new();
    let (first, _) = lane.take_more(0, &pool);
    assert!(taken(first).is_some());
    for _ in 0..6 {
        asked.push(lane.exchanged(DeliveryKind::Event, true, true, 0, 0));
        assert!(taken(lane.take_next(0)).is_some());
    }
    assert_eq!(asked.iter().filter(|asks| **asks).count(), 1, "{asked:?}");
}

#[test]
fn what_is_claimed_is_not_loaded_again_even_by_a_look_that_began_before_its_commit() {
    let (lane, pool) = lane();
    let target = target(1, true, 2);
    look(&lane, &target, jobs(1));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d000"));
    let wish = lane.wish(true);
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    lane.settled(&settled(&["d000"], false));
    // The look read the delivery while it was pending.
    lane.found(Arc::clone(&target), FRESH, brought(&wish, jobs(1)), &wish, 0);
    assert_eq!(taken(lane.take_next(0)), None);
    // A later look finds it only if it is to be tried again.
    look(&lane, &target, jobs(1));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d000"));
}

#[test]
fn further_exchanges_need_a_success_and_a_permit() {
    let (lane, _) = lane();
    let pool = Arc::new(Semaphore::new(1));
    look(&lane, &target(1, true, 8), jobs(8));
    let (first, permit) = lane.take_more(0, &pool);
    assert!(taken(first).is_some() && permit.is_none(), "the first of a lane needs no permit");
    assert_eq!(taken(lane.take_more(0, &pool).0), None, "one at a time before the first success");
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert!(taken(lane.take_next(0)).is_some());
    let (second, permit) = lane.take_more(0, &pool);
    assert!(taken(second).is_some() && permit.is_some());
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert!(taken(lane.take_next(0)).is_some());
    assert_eq!(taken(lane.take_more(0, &pool).0), None, "the pool is empty");
    drop(permit);
    assert!(taken(lane.take_more(0, &pool).0).is_some());
}

#[test]
fn a_test_goes_first_and_beside_what_is_in_flight() {
    let (lane, pool) = lane();
    let target = target(1, true, 1);
    look(&lane, &target, jobs(4));
    assert!(taken(lane.take_more(0, &pool).0).is_some());
    look(&lane, &target, vec![job("test", DeliveryKind::Test)]);
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("test"));
    assert_eq!(taken(lane.take_more(0, &pool).0), None);
}

#[test]
fn a_webhook_that_is_off_sends_only_what_a_person_asked_for() {
    let (lane, pool) = lane();
    look(&lane, &target(1, true, 1), jobs(3));
    let refused = look(
        &lane,
        &target(2, false, 1),
        vec![job("new", DeliveryKind::Event), job("again", DeliveryKind::Resend)],
    );
    assert_eq!(refused.len(), 4);
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("again"));
    lane.settled(&settled(&["again"], true));
    assert_eq!(taken(lane.take_next(0)), None);
}

#[test]
fn an_edit_lets_an_open_lane_try_at_once() {
    let (lane, pool) = lane();
    let failing = Failures {
        in_a_row: 9,
        probe_at: Some(100),
    };
    let wish = lane.wish(true);
    lane.found(target(1, true, 1), failing, brought(&wish, jobs(1)), &wish, 0);
    assert!(matches!(lane.take_more(0, &pool).0, Take::Wait(100, true)));
    assert!(
        matches!(lane.take_more(0, &pool).0, Take::Wait(100, false)),
        "somebody waits for that time already"
    );
    let wish = lane.wish(true);
    lane.found(target(2, true, 1), failing, brought(&wish, Vec::new()), &wish, 0);
    assert!(taken(lane.take_more(0, &pool).0).is_some());
}

#[test]
fn with_much_loaded_in_all_lanes_each_loads_one_at_a_time_and_goes_on() {
    let (loaded, pool) = (Loaded::default(), Arc::new(Semaphore::new(10)));
    let (full, lane) = (Lane::new(Arc::from("a"), loaded.clone()), Lane::new(Arc::from("b"), loaded));
    let mut large = jobs(2);
    large
        .iter_mut()
        .for_each(|job| Arc::make_mut(&mut job.event).data = "x".repeat(40 * 1024 * 1024));
    look(&full, &target(1, true, 8), large);
    look(&lane, &target(1, true, 8), jobs(1));
    let mut sent = 0;
    let mut take = lane.take_more(0, &pool).0;
    while let Some(id) = taken(take) {
        sent += 1;
        assert!(sent < 4);
        let next = jobs(9).split_off(sent);
        if !lane.exchanged(DeliveryKind::Event, true, true, 0, 0) {
            // Only after the first look, which brought all there was.
            assert_eq!(sent, 1);
        }
        lane.settled(&settled(&[&id], false));
        let wish = lane.wish(false);
        assert_eq!(wish.limit, 1, "{wish:?}");
        lane.found(
            target(1, true, 8),
            FRESH,
            brought(&wish, next.into_iter().take(if sent < 3 { 1 } else { 0 }).collect()),
            &wish,
            0,
        );
        take = lane.take_next(0);
    }
    assert_eq!(sent, 3);
    full.close();
    assert_eq!(lane.wish(true).limit, 32, "the memory is free again");
}

#[test]
fn in_strict_order_a_failure_gives_back_what_is_loaded_and_waits_for_its_settlement() {
    let (lane, pool) = lane();
    let target = ordered(1, true);
    look(&lane, &target, jobs(3));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d000"));
    assert_eq!(taken(lane.take_more(0, &pool).0), None, "one at a time");
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)).as_deref(), Some("d001"), "a success need not be settled");
    lane.exchanged(DeliveryKind::Event, false, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)), None, "nothing overtakes it");
    // A look before the failure is settled, and one that was under way then, bring nothing.
    look(&lane, &target, jobs(3).split_off(1));
    assert_eq!(taken(lane.take_more(0, &pool).0), None);
    let wish = lane.wish(true);
    assert!(!lane.settled(&settled(&["d000", "d001"], false)).look, "a look is under way");
    let found = lane.found(Arc::clone(&target), FRESH, brought(&wish, jobs(3).split_off(2)), &wish, 0);
    assert!(found.again);
    assert_eq!(taken(lane.take_more(0, &pool).0), None);
    // The next one begins with what failed.
    look(&lane, &target, jobs(3).split_off(1));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d001"));
}

#[test]
fn a_test_overtakes_strict_order() {
    let (lane, pool) = lane();
    let target = ordered(1, true);
    look(&lane, &target, jobs(2));
    assert!(taken(lane.take_more(0, &pool).0).is_some());
    look(&lane, &target, vec![job("test", DeliveryKind::Test)]);
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("test"));
    assert_eq!(taken(lane.take_more(0, &pool).0), None);
}

#[test]
fn switching_order_on_lets_what_is_under_way_come_to_its_end_first() {
    let (lane, pool) = lane();
    look(&lane, &ordered(1, false), jobs(4));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d000"));
    look(&lane, &ordered(2, true), jobs(4));
    assert_eq!(
        taken(lane.take_more(0, &pool).0),
        None,
        "what was loaded out of order was given back"
    );
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert!(matches!(lane.take_next(0), Take::Nothing));
    assert!(lane.settled(&settled(&["d000"], false)).look);
    look(&lane, &ordered(2, true), jobs(4).split_off(1));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d001"));
    // And off again: as many as the pace allows.
    look(&lane, &ordered(3, false), jobs(4).split_off(1));
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert!(taken(lane.take_next(0)).is_some());
    assert!(taken(lane.take_more(0, &pool).0).is_some());
}

#[test]
fn a_rate_holds_all_but_tests_and_asks_once_to_be_woken() {
    let (lane, pool) = lane();
    let options = WebhookOptions {
        per_second: Some(1),
        ..WebhookOptions::default()
    };
    let target = target_with(1, true, options);
    look(&lane, &target, jobs(3));
    assert!(taken(lane.take_more(0, &pool).0).is_some());
    lane.exchanged(DeliveryKind::Event, true, true, 0, 0);
    assert!(matches!(lane.take_next(0), Take::Wait(at, true) if at == domain::clock::SECOND));
    assert!(matches!(lane.take_more(0, &pool).0, Take::Wait(_, false)));
    look(&lane, &target, vec![job("test", DeliveryKind::Test)]);
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("test"));
    lane.resumed();
    assert!(taken(lane.take_more(domain::clock::SECOND, &pool).0).is_some());
}

#[test]
fn replays_leave_one_at_a_time_and_let_everything_else_go_first() {
    let (lane, pool) = lane();
    let target = target(1, true, 8);
    let replays = (0..6).map(|number| job(&format!("r{number}"), DeliveryKind::Replay)).collect();
    look(&lane, &target, replays);
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("r0"));
    lane.exchanged(DeliveryKind::Replay, true, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)).as_deref(), Some("r1"));
    assert_eq!(taken(lane.take_more(0, &pool).0), None, "the window has place, the job has not");
    look(&lane, &target, jobs(2));
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("d000"));
    lane.exchanged(DeliveryKind::Replay, true, true, 0, 0);
    assert_eq!(taken(lane.take_next(0)).as_deref(), Some("d001"), "live before replayed");
    assert_eq!(taken(lane.take_more(0, &pool).0).as_deref(), Some("r2"));
}

mod waiting;
