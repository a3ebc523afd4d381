//! Operational events: what Watchbell tells of its own deliveries (`webhook.*`, `delivery.*`), and the rules that keep them
//! from feeding themselves.
//!
//! A webhook that fails would be told of its failing, fail at that too, and so on. So no webhook is told of itself, and a
//! delivery of an operational event makes none, however it ends: two webhooks cannot keep each other busy either. Notices
//! are left in every case; they call nobody.

use crate::{
    clock::{MINUTE, Micros},
    delivery::DeliveryKind,
};

/// Why a webhook does not hear of an event about itself.
pub const ITSELF: &str = "itself: no webhook is told of its own deliveries";

/// A webhook that failed for a shorter time than this (µs), its lane never open, has not recovered: it was a blip.
pub const FAILING_FOR: Micros = MINUTE;

/// Whether an event tells of deliveries.
pub fn is_operational(event_type: &str) -> bool {
    matches!(event_type.split_once('.'), Some(("webhook" | "delivery", _)))
}

/// Whether the event is about this very webhook. `subject`: the event's.
pub fn is_itself(event_type: &str, subject: &str, webhook_id: &str) -> bool {
    subject == webhook_id && is_operational(event_type)
}

/// Whether a delivery may make operational events: not if its own event is one, nor if a person was testing.
pub fn may_tell(kind: DeliveryKind, event_type: &str) -> bool {
    kind != DeliveryKind::Test && !is_operational(event_type)
}

/// Whether a success at `now` ends a failing worth telling of. `failing_since`: the first failure after the last success;
/// `open`: failures in a row had opened the webhook's lane.
pub fn has_recovered(failing_since: Option<Micros>, open: bool, now: Micros) -> bool {
    failing_since.is_some_and(|since| open || now.saturating_sub(since) >= FAILING_FOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event, limits};

    #[test]
    fn operational_events_are_those_about_deliveries() {
        for own in [
            event::WEBHOOK_DISABLED,
            event::WEBHOOK_ENABLED,
            event::WEBHOOK_RECOVERED,
            event::DELIVERY_FAILED,
        ] {
            assert!(is_operational(own) && event::is_reserved(own), "{own}");
            assert!(own.len() <= limits::EVENT_TYPE_BYTES);
            assert!(is_itself(own, "whk_1", "whk_1") && !is_itself(own, "whk_1", "whk_2"));
        }
        for other in [
            event::RUN_FINISHED,
            event::INCIDENT_OPENED,
            "webhook",
            "delivery-failed",
            "my.webhook.x",
        ] {
            assert!(!is_operational(other), "{other}");
        }
        assert!(!is_itself("issue-created", "whk_1", "whk_1"), "a publisher may name any subject");
    }

    #[test]
    fn a_failing_delivery_of_an_operational_event_makes_no_other() {
        for kind in [DeliveryKind::Event, DeliveryKind::Resend, DeliveryKind::Replay] {
            assert!(may_tell(kind, event::RUN_FINISHED));
            assert!(!may_tell(kind, event::DELIVERY_FAILED) && !may_tell(kind, event::WEBHOOK_RECOVERED));
        }
        assert!(!may_tell(DeliveryKind::Test, event::RUN_FINISHED));
    }

    #[test]
    fn recovery_needs_a_minute_of_failing_or_an_open_lane() {
        assert!(!has_recovered(None, true, 5 * MINUTE));
        assert!(!has_recovered(Some(0), false, FAILING_FOR - 1));
        assert!(has_recovered(Some(0), false, FAILING_FOR));
        assert!(has_recovered(Some(0), true, 1));
        assert!(!has_recovered(Some(5 * MINUTE), false, 0), "a clock that was set back");
    }
}
