//! Schedules: what is due, what was missed, over daylight saving.

use domain::{
    clock::{MINUTE, Micros, SECOND, parse_rfc3339},
    schedule::{Missed, MissedReason, Schedule},
};
use proptest::prelude::*;

#[allow(clippy::unwrap_used, reason = "a time of the test itself")]
fn at(text: &str) -> Micros {
    parse_rfc3339(text).unwrap()
}

fn cron(expression: &str, zone: &str) -> Schedule {
    Schedule::Cron {
        expression: expression.to_owned(),
        zone: zone.to_owned(),
    }
}

#[test]
fn cron_keeps_its_local_hour_over_daylight_saving() {
    let daily = cron("0 9 * * *", "Europe/Berlin");
    let before = daily.next_after(at("2026-03-28T12:00:00Z"), 0).unwrap();
    assert_eq!(before, at("2026-03-29T07:00:00Z"), "09:00 summer time");
    let autumn = daily.next_after(at("2026-10-24T12:00:00Z"), 0).unwrap();
    assert_eq!(autumn, at("2026-10-25T08:00:00Z"), "09:00 winter time");
}

#[test]
fn a_fixed_time_in_the_repeated_hour_is_due_once() {
    let daily = cron("30 2 * * *", "Europe/Berlin");
    let first = daily.next_after(at("2026-10-24T22:00:00Z"), 0).unwrap();
    let second = daily.next_after(first, 0).unwrap();
    assert!(second - first > 20 * 60 * MINUTE, "{first} {second}");
}

#[test]
fn slots_that_passed_while_down_are_counted_and_only_the_newest_is_run() {
    let every_minute = cron("* * * * *", "UTC");
    let due = at("2026-01-01T00:00:00Z");
    let advance = every_minute.advance(due, at("2026-01-01T00:05:10Z"), false, 0).unwrap();
    assert!(advance.start);
    assert_eq!(advance.next_due_at, at("2026-01-01T00:06:00Z"));
    let missed = Missed {
        first_due_at: due,
        last_due_at: at("2026-01-01T00:04:00Z"),
        slots: 5,
        reason: MissedReason::Down,
    };
    assert_eq!(advance.missed, Some(missed));
}

#[test]
fn a_slot_during_a_run_is_recorded_and_not_run() {
    let every_minute = cron("* * * * *", "UTC");
    let due = at("2026-01-01T00:00:00Z");
    let advance = every_minute.advance(due, due + SECOND, true, 0).unwrap();
    assert!(!advance.start);
    assert_eq!(advance.missed.map(|m| (m.slots, m.reason)), Some((1, MissedReason::Overlap)));
}

#[test]
fn a_long_pause_is_counted_up_to_a_bound_and_its_newest_slot_is_run() {
    let every_minute = cron("* * * * *", "Europe/Berlin");
    let (due, now) = (at("2024-01-01T00:00:00Z"), at("2026-01-01T00:00:30Z"));
    let advance = every_minute.advance(due, now, false, 0).unwrap();
    assert_eq!(
        (advance.slot, advance.next_due_at),
        (at("2026-01-01T00:00:00Z"), at("2026-01-01T00:01:00Z"))
    );
    let missed = advance.missed.unwrap();
    assert_eq!((missed.first_due_at, missed.last_due_at), (due, at("2025-12-31T23:59:00Z")));
    assert!(
        (900..=1_000).contains(&missed.slots),
        "at least so many, and not a million searches: {}",
        missed.slots
    );
    let every_second = Schedule::Interval { seconds: 1 };
    let advance = every_second.advance(due, now, false, 0).unwrap();
    assert_eq!((advance.slot, advance.next_due_at), (now, now + SECOND));
    assert_eq!(
        advance.missed.map(|m| (i64::try_from(m.slots).unwrap() * SECOND, m.last_due_at)),
        Some((now - due, now - SECOND))
    );
}

#[test]
fn what_is_never_due_is_refused_with_its_field() {
    for (schedule, field) in [
        (cron("* * * *", "UTC"), "schedule.cron.expression"),
        (cron("61 * * * *", "UTC"), "schedule.cron.expression"),
        (cron("0 0 31 2 *", "UTC"), "schedule.cron.expression"),
        (cron("* * * * *", "Mars/Olympus"), "schedule.cron.zone"),
        (Schedule::Interval { seconds: 0 }, "schedule.interval.seconds"),
    ] {
        assert_eq!(schedule.check().unwrap_err().field.as_deref(), Some(field), "{schedule:?}");
    }
}

proptest! {
    #[test]
    fn next_is_later_and_within_one_period(seconds in 1_u32..100_000, after in 0_i64..4_000_000_000_000_000, spread: u64) {
        let next = Schedule::Interval { seconds }.next_after(after, spread).unwrap();
        prop_assert!(next > after);
        prop_assert!(next <= after + i64::from(seconds) * SECOND);
    }

    #[test]
    fn an_interval_is_counted_as_if_step_by_step(seconds in 1_u32..500, off in 0_i64..500, late in 0_i64..5_000, spread: u64) {
        let schedule = Schedule::Interval { seconds };
        // Also a due time that is off the grid, as one is that was stored before the schedule was changed.
        let due = schedule.next_after(1_700_000_000 * SECOND, spread).unwrap() - off % i64::from(seconds) * SECOND;
        let now = due + late * SECOND;
        let mut steps = vec![due];
        while let Some(next) = steps.last().map(|at| schedule.next_after(*at, spread).unwrap()).filter(|next| *next <= now) {
            steps.push(next);
        }
        let passed = schedule.passed(due, now, spread).unwrap();
        prop_assert_eq!(passed.slots, steps.len() as u64);
        prop_assert_eq!(Some(&passed.last), steps.last());
        prop_assert_eq!(passed.before_last, steps[steps.len().saturating_sub(2)]);
    }

    #[test]
    fn an_advance_is_never_in_the_past_and_loses_no_slot(seconds in 1_u32..1_000, late in 0_i64..10_000, busy: bool, spread: u64) {
        let schedule = Schedule::Interval { seconds };
        let due = schedule.next_after(1_700_000_000 * SECOND, spread).unwrap();
        let now = due + late * SECOND;
        let advance = schedule.advance(due, now, busy, spread).unwrap();
        prop_assert!(advance.next_due_at > now);
        let missed = advance.missed.map_or(0, |m| m.slots);
        let slots = (advance.next_due_at - due) / (i64::from(seconds) * SECOND);
        prop_assert_eq!(u64::try_from(slots).unwrap(), missed + u64::from(advance.start));
    }
}
