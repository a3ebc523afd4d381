//! Settlement: what one finished attempt means for its delivery and its webhook, the kind of
//! the delivery and the webhook's own switch considered.

use crate::{
    clock::Micros,
    delivery::{DeliveryKind, Verdict},
    retry::{self, NextStep, RetryPolicy},
};

/// Code of an attempt that found its workspace's webhooks switched off, and sent nothing.
pub const WEBHOOKS_OFF: &str = "webhooks_off";

/// One finished attempt.
#[derive(Debug, Clone, Copy)]
pub struct Attempted<'a> {
    pub kind: DeliveryKind,
    /// 1, 2 …
    pub number: u64,
    pub verdict: &'a Verdict,
    /// Whether a failure is the receiver's: not when our own proxy or settings stood in the way.
    pub charged: bool,
    /// When it ended.
    pub at: Micros,
    /// Any random number.
    pub seed: u64,
}

/// The webhook as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    pub enabled: bool,
    pub policy: &'a RetryPolicy,
    /// The first failure after its last success.
    pub failing_since: Option<Micros>,
}

/// Whether a delivery may still go out: a webhook that is off gets only what a person asked for (a replay waits until it is on again).
pub const fn may_send(kind: DeliveryKind, enabled: bool) -> bool {
    enabled || matches!(kind, DeliveryKind::Test | DeliveryKind::Resend)
}

/// Whether the attempt counts in the webhook's totals: a test never does, nor does a failure
/// that is not the receiver's.
pub const fn counts(attempt: &Attempted<'_>) -> bool {
    !matches!(attempt.kind, DeliveryKind::Test) && (attempt.charged || attempt.verdict.success)
}

/// Decides what follows.
pub fn settle(webhook: Standing<'_>, attempt: &Attempted<'_>) -> NextStep {
    if matches!(attempt.kind, DeliveryKind::Test) {
        return if attempt.verdict.success {
            NextStep::Delivered
        } else {
            NextStep::Failed(attempt.verdict.code.clone())
        };
    }
    // It was loaded before the switch. In its queue again, it is dropped with what waits there, so that a replay that is resumed
    // finds it; or it goes out, if the switch is on by then.
    if attempt.verdict.code == WEBHOOKS_OFF && !may_send(attempt.kind, false) {
        return NextStep::RetryAt(attempt.at);
    }
    let since = if attempt.charged {
        webhook.failing_since.unwrap_or(attempt.at)
    } else {
        attempt.at
    };
    let step = retry::after_attempt(webhook.policy, attempt.number, attempt.verdict, since, attempt.at, attempt.seed);
    match step {
        NextStep::RetryAt(_) | NextStep::FailedAndDisable(_) if !webhook.enabled => NextStep::Failed(attempt.verdict.code.clone()),
        // What stood in the way is ours; however long it lasts, it says nothing about the receiver.
        NextStep::FailedAndDisable(reason) if !attempt.charged => NextStep::Failed(reason),
        step => step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::DAY;

    fn attempt(kind: DeliveryKind, verdict: &Verdict) -> Attempted<'_> {
        Attempted {
            kind,
            number: 1,
            verdict,
            charged: true,
            at: 10 * DAY,
            seed: 0,
        }
    }

    #[test]
    fn a_test_is_final_and_never_counts() {
        let gone = Verdict::of_status(410, None);
        let policy = RetryPolicy::standard();
        let webhook = Standing {
            enabled: true,
            policy: &policy,
            failing_since: None,
        };
        let test = attempt(DeliveryKind::Test, &gone);
        assert_eq!(settle(webhook, &test), NextStep::Failed("http_status".to_owned()));
        assert!(!counts(&test));
        assert!(matches!(
            settle(webhook, &attempt(DeliveryKind::Event, &gone)),
            NextStep::FailedAndDisable(_)
        ));
    }

    #[test]
    fn our_own_proxys_failures_do_not_disable_a_receiver() {
        let failure = Verdict::of_failure("proxy_failed", "no", true);
        let policy = RetryPolicy::standard();
        let webhook = Standing {
            enabled: true,
            policy: &policy,
            failing_since: Some(0),
        };
        let mine = Attempted {
            charged: false,
            ..attempt(DeliveryKind::Event, &failure)
        };
        assert!(matches!(settle(webhook, &mine), NextStep::RetryAt(_)));
        assert!(!counts(&mine));
        let used_up = Standing {
            policy: &RetryPolicy {
                delays_ms: Vec::new(),
                ..RetryPolicy::testmonitor()
            },
            ..webhook
        };
        assert!(matches!(settle(used_up, &mine), NextStep::Failed(_)));
        assert!(matches!(
            settle(webhook, &attempt(DeliveryKind::Event, &failure)),
            NextStep::FailedAndDisable(_)
        ));
    }

    #[test]
    fn what_met_a_switched_off_workspace_goes_back_to_its_queue() {
        let off = Verdict::of_failure(WEBHOOKS_OFF, "off", false);
        let policy = RetryPolicy {
            delays_ms: Vec::new(),
            ..RetryPolicy::standard()
        };
        for enabled in [true, false] {
            let webhook = Standing {
                enabled,
                policy: &policy,
                failing_since: None,
            };
            let next = |kind| settle(webhook, &attempt(kind, &off));
            assert_eq!(next(DeliveryKind::Replay), NextStep::RetryAt(10 * DAY));
            assert_eq!(next(DeliveryKind::Event), NextStep::RetryAt(10 * DAY));
            // No look would drop these.
            assert_eq!(next(DeliveryKind::Resend), NextStep::Failed(WEBHOOKS_OFF.to_owned()));
            assert_eq!(next(DeliveryKind::Test), NextStep::Failed(WEBHOOKS_OFF.to_owned()));
        }
    }

    #[test]
    fn a_webhook_that_is_off_gets_no_second_try() {
        let failure = Verdict::of_status(500, None);
        let policy = RetryPolicy::standard();
        let webhook = Standing {
            enabled: false,
            policy: &policy,
            failing_since: None,
        };
        assert!(matches!(
            settle(webhook, &attempt(DeliveryKind::Resend, &failure)),
            NextStep::Failed(_)
        ));
        assert!(may_send(DeliveryKind::Resend, false) && !may_send(DeliveryKind::Event, false));
    }
}
