//! What follows an attempt.

use domain::{
    clock::{DAY, HOUR, SECOND},
    delivery::Verdict,
    retry::{NextStep, RetryPolicy, after_attempt},
};
use proptest::prelude::*;

const NOW: i64 = 1_800_000_000 * SECOND;

fn refused() -> Verdict {
    Verdict::of_failure("connect_refused", "connection refused", true)
}

#[test]
fn testmonitor_waits_1_10_100_seconds_and_disables() {
    let policy = RetryPolicy::testmonitor();
    let step = |n| after_attempt(&policy, n, &refused(), NOW, NOW, 7);
    assert_eq!(step(1), NextStep::RetryAt(NOW + SECOND));
    assert_eq!(step(2), NextStep::RetryAt(NOW + 10 * SECOND));
    assert_eq!(step(3), NextStep::RetryAt(NOW + 100 * SECOND));
    assert!(matches!(step(4), NextStep::FailedAndDisable(_)));
}

#[test]
fn retry_after_is_heard_and_capped_at_a_day() {
    let policy = RetryPolicy::standard();
    let asked = |seconds| after_attempt(&policy, 1, &Verdict::of_status(429, Some(seconds)), NOW, NOW, 0);
    assert_eq!(asked(3_600), NextStep::RetryAt(NOW + HOUR));
    assert_eq!(asked(9_999_999), NextStep::RetryAt(NOW + DAY));
    let ignored = after_attempt(&policy, 1, &Verdict::of_status(500, Some(3_600)), NOW, NOW, 0);
    assert!(matches!(ignored, NextStep::RetryAt(at) if at < NOW + 10 * SECOND));
}

#[test]
fn gone_and_five_bad_days_disable_and_a_refusal_is_final() {
    let policy = RetryPolicy::standard();
    assert!(matches!(
        after_attempt(&policy, 1, &Verdict::of_status(410, None), NOW, NOW, 0),
        NextStep::FailedAndDisable(_)
    ));
    assert!(matches!(
        after_attempt(&policy, 2, &refused(), NOW - 5 * DAY, NOW, 0),
        NextStep::FailedAndDisable(_)
    ));
    let guard = Verdict::of_failure("guard_refused", "the address is private", false);
    assert_eq!(
        after_attempt(&policy, 1, &guard, NOW, NOW, 0),
        NextStep::Failed("guard_refused".to_owned())
    );
}

proptest! {
    #[test]
    fn the_standard_policy_waits_within_its_jitter_and_ends(number in 1_u64..40, seed: u64) {
        let policy = RetryPolicy::standard();
        match after_attempt(&policy, number, &refused(), NOW, NOW, seed) {
            NextStep::RetryAt(at) => {
                let delay = i64::try_from(policy.delays_ms[usize::try_from(number).unwrap() - 1]).unwrap() * 1_000;
                prop_assert!((at - NOW - delay).abs() <= delay / 5 + 1);
            }
            step => prop_assert!(number > 9 && matches!(step, NextStep::Failed(_))),
        }
    }

    #[test]
    fn only_2xx_is_a_success(status in 100_u16..600) {
        let verdict = Verdict::of_status(status, None);
        prop_assert_eq!(verdict.success, (200..300).contains(&status));
        prop_assert!(!(verdict.success && verdict.retry));
    }
}
