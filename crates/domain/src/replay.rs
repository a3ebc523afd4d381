//! Replays: jobs that send again what failed since a time (*recover*), or a range of events (*replay*).
//!
//! A job queues few deliveries ahead, so that it can be paused, and so that a live event never waits behind it.

use crate::{
    clock::Micros,
    delivery::{DeliveryKind, DeliveryState},
    event, limits,
    pace::Rate,
};

crate::run::text_enum!(/// What is sent again: deliveries that failed, or a range of events.
ReplayKind { Recover = "recover", Replay = "replay" });
crate::run::text_enum!(/// Where a job stands.
ReplayState { Running = "running", Paused = "paused", Cancelled = "cancelled", Finished = "finished" });

/// Deliveries of a job that may wait for their first attempt.
const AHEAD: usize = 8;

/// How many deliveries of a job may wait for their first attempt: a second's worth, at most eight; one where order is strict.
pub fn ahead(per_second: u32, ordered: bool) -> usize {
    if ordered {
        1
    } else {
        usize::try_from(per_second).unwrap_or(AHEAD).clamp(1, AHEAD)
    }
}

/// When the next `count` deliveries are due, and from when on the one after them: not before `next_at`, at the rate.
pub fn due_times(next_at: Micros, now: Micros, per_second: u32, count: usize) -> (Vec<Micros>, Micros) {
    let interval = Rate::new(per_second).interval();
    let mut at = next_at.max(now);
    let times = std::iter::repeat_with(|| {
        let due = at;
        at = at.saturating_add(interval);
        due
    });
    (times.take(count).collect(), at)
}

/// An event as far as a replay's choice needs it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub event_type: &'a str,
    pub subject: &'a str,
    pub import: bool,
    pub hops: i64,
}

/// Whether a replay sends an event to a webhook with these patterns and this subject, its filter aside. Trigger rules are not
/// asked: what they decide depends on what was told when, and a person who replays wants the events themselves. Imports, tests
/// and loops stay out, as they do live.
pub fn wants(patterns: &[String], subject: &str, of_type: &str, event: Candidate<'_>) -> bool {
    let typed = of_type.is_empty() || of_type == event.event_type;
    let about = subject.is_empty() || subject == event.subject;
    let live = !event.import && event.hops < limits::HOPS && event.event_type != event::TEST;
    typed
        && about
        && live
        && event::patterns_of(event.event_type)
            .iter()
            .any(|matching| patterns.contains(matching))
}

/// Whether a delivery is one that a recovery looks at: it failed for good, or was dropped because the webhook was off.
pub fn is_lost(kind: DeliveryKind, state: DeliveryState, reason: Option<&str>) -> bool {
    let lost = match state {
        DeliveryState::Failed => true,
        DeliveryState::Dropped => reason.is_some_and(|reason| reason.starts_with("disabled")),
        DeliveryState::Pending | DeliveryState::Delivered => false,
    };
    lost && kind != DeliveryKind::Test
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SECOND;

    const EVENT: Candidate<'_> = Candidate {
        event_type: "order.made",
        subject: "shop",
        import: false,
        hops: 0,
    };

    #[test]
    fn a_replay_sends_what_the_subscription_asks_for() {
        let patterns = ["order.*".to_owned()];
        assert!(wants(&patterns, "", "", EVENT) && wants(&patterns, "shop", "order.made", EVENT));
        assert!(!wants(&patterns, "other", "", EVENT) && !wants(&patterns, "", "order.sent", EVENT));
        assert!(!wants(&["orders.*".to_owned()], "", "", EVENT));
        let all = ["*".to_owned()];
        assert!(!wants(&all, "", "", Candidate { import: true, ..EVENT }));
        assert!(!wants(
            &all,
            "",
            "",
            Candidate {
                event_type: event::TEST,
                ..EVENT
            }
        ));
        assert!(!wants(
            &all,
            "",
            "",
            Candidate {
                hops: limits::HOPS,
                ..EVENT
            }
        ));
    }

    #[test]
    fn the_rate_holds_from_step_to_step() {
        let (times, next) = due_times(0, 10, 4, 3);
        assert_eq!((times, next), (vec![10, 10 + SECOND / 4, 10 + SECOND / 2], 10 + 3 * SECOND / 4));
        assert_eq!(due_times(next, 20, 4, 1).0, [next]);
        assert_eq!((ahead(1, false), ahead(50, false), ahead(50, true)), (1, 8, 1));
    }

    #[test]
    fn lost_is_what_failed_or_met_a_webhook_that_was_off() {
        let lost = |state, reason| is_lost(DeliveryKind::Event, state, reason);
        assert!(lost(DeliveryState::Failed, Some("http_status")) && lost(DeliveryState::Dropped, Some("disabled: 410")));
        assert!(!lost(DeliveryState::Dropped, Some("trigger: on_change")) && !lost(DeliveryState::Delivered, None));
        assert!(!is_lost(DeliveryKind::Test, DeliveryState::Failed, None));
    }
}
