//! Trigger rules: which of a subject's results a webhook hears of.
//!
//! A rule looks at outcomes only (errors, aborts and failed tests make one streak) and keeps
//! a small state per webhook and subject, stored in the same transaction as the event.

use serde::{Deserialize, Serialize};

use crate::Problem;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TriggerRule {
    /// Notify for all completed runs.
    #[default]
    EveryRun,
    /// The first N results of a failing streak, then silence, then the first success.
    ThreeFailuresThenSuccess {
        #[serde(default = "three")]
        first: u64,
    },
    /// The Nth failure in a row, then the first success.
    AfterFailures {
        failures: u64,
    },
    /// When good turns to bad or bad to good.
    OnChange,
    Failures,
    Successes,
}

/// Failures that a rule may count.
const COUNTS: std::ops::RangeInclusive<u64> = 1..=1_000;

const fn three() -> u64 {
    3
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TriggerState {
    /// Failures in a row, up to now.
    pub streak: u64,
    /// Something of this streak was sent.
    pub told: bool,
    pub last_good: Option<bool>,
}

/// Sent or not, and by which rule: the answer to "why".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triggered {
    pub send: bool,
    pub because: String,
    pub state: TriggerState,
}

impl TriggerRule {
    pub fn check(&self) -> Result<(), Problem> {
        match self {
            Self::ThreeFailuresThenSuccess { first } if !COUNTS.contains(first) => {
                Err(Problem::invalid("trigger.first", format!("`{first}` is not 1 to {}", COUNTS.end())))
            }
            Self::AfterFailures { failures } if !COUNTS.contains(failures) => Err(Problem::invalid(
                "trigger.failures",
                format!("`{failures}` is not 1 to {}", COUNTS.end()),
            )),
            _ => Ok(()),
        }
    }

    /// Whether [`Self::decide`] depends on what came before, so that state must be kept.
    pub const fn is_stateful(&self) -> bool {
        matches!(
            self,
            Self::ThreeFailuresThenSuccess { .. } | Self::AfterFailures { .. } | Self::OnChange
        )
    }

    /// Decides for one result. `good` is `None` for an event that tells of no outcome; such
    /// events always pass and leave the state alone. Nobody needs to find out for [`Self::EveryRun`].
    pub fn decide(&self, state: &TriggerState, good: Option<bool>) -> Triggered {
        let Some(good) = good else {
            let because = if *self == Self::EveryRun {
                "every_run"
            } else {
                "the event has no outcome"
            };
            return Triggered {
                send: true,
                because: because.to_owned(),
                state: state.clone(),
            };
        };
        let streak = if good { 0 } else { state.streak.saturating_add(1) };
        let (send, because) = match self {
            Self::EveryRun => (true, "every_run".to_owned()),
            Self::Failures => (!good, format!("failures: the result is {}", word(good))),
            Self::Successes => (good, format!("successes: the result is {}", word(good))),
            Self::OnChange => (
                state.last_good.map_or(!good, |last| last != good),
                format!("on_change: {} after {}", word(good), state.last_good.map_or("nothing", word)),
            ),
            Self::ThreeFailuresThenSuccess { first } if good => (
                state.told,
                format!(
                    "three_failures_then_success: a success after {} of the first {first} failures",
                    state.streak.min(*first)
                ),
            ),
            Self::ThreeFailuresThenSuccess { first } => (
                streak <= *first,
                format!("three_failures_then_success: failure {streak} of a streak, the first {first} are sent"),
            ),
            Self::AfterFailures { .. } if good => (state.told, "after_failures: a success".to_owned()),
            Self::AfterFailures { failures } => (
                streak == *failures,
                format!("after_failures: failure {streak}, number {failures} is sent"),
            ),
        };
        let told = !good && (state.told || send);
        Triggered {
            send,
            because,
            state: TriggerState {
                streak,
                told,
                last_good: Some(good),
            },
        }
    }
}

const fn word(good: bool) -> &'static str {
    if good { "a success" } else { "a failure" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(rule: &TriggerRule, results: &str) -> Vec<usize> {
        let mut state = TriggerState::default();
        let mut sent = Vec::new();
        for (at, result) in results.chars().enumerate() {
            let triggered = rule.decide(&state, Some(result == 'S'));
            state = triggered.state;
            if triggered.send {
                sent.push(at + 1);
            }
        }
        sent
    }

    #[test]
    fn three_failures_and_then_the_first_success() {
        let rule = TriggerRule::ThreeFailuresThenSuccess { first: 3 };
        assert_eq!(sent(&rule, "FFFFFSS"), [1, 2, 3, 6]);
        assert_eq!(sent(&rule, "SSFS"), [3, 4]);
        assert_eq!(sent(&rule, "SSSS"), [] as [usize; 0]);
    }

    #[test]
    fn the_other_rules() {
        assert_eq!(sent(&TriggerRule::EveryRun, "SFF"), [1, 2, 3]);
        assert_eq!(sent(&TriggerRule::Failures, "SFSF"), [2, 4]);
        assert_eq!(sent(&TriggerRule::Successes, "SFSF"), [1, 3]);
        assert_eq!(sent(&TriggerRule::OnChange, "SSFFSF"), [3, 5, 6]);
        assert_eq!(sent(&TriggerRule::OnChange, "FFS"), [1, 3]);
        assert_eq!(sent(&TriggerRule::AfterFailures { failures: 2 }, "FSFFFSS"), [4, 6]);
    }

    #[test]
    fn an_event_without_outcome_passes_and_leaves_no_trace() {
        let state = TriggerState {
            streak: 2,
            told: true,
            last_good: Some(false),
        };
        let triggered = TriggerRule::Failures.decide(&state, None);
        assert!(triggered.send);
        assert_eq!(triggered.state, state);
    }
}
