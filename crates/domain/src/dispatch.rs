//! Dispatch: whether one subscribed webhook gets one event, and by which rule.
//!
//! The answer is kept with the delivery (a dropped one included), so that the page can say
//! why something was or was not sent.

use crate::{
    limits,
    trigger::{TriggerRule, TriggerState},
};

/// What is known of an event when its subscribers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Part of an import: no webhook is called.
    pub import: bool,
    /// How many Watchbells it passed through.
    pub hops: i64,
    /// Good or bad news, when the event tells of an outcome.
    pub outcome: Option<bool>,
}

/// What is known of the subscriber.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    pub enabled: bool,
    /// Why it is off, if it is.
    pub disabled_reason: Option<&'a str>,
    pub rule: &'a TriggerRule,
    /// Its memory of this subject.
    pub state: &'a TriggerState,
}

/// What follows for one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatch {
    /// Not even a record: a large import must stay cheap.
    Nothing,
    /// A delivery is due; `because` names the rule that let it pass.
    Send { because: String, state: Option<TriggerState> },
    /// A dropped delivery is recorded with the reason.
    Drop { because: String, state: Option<TriggerState> },
}

/// Decides for one event and one subscriber. The new state is `None` where nothing changed: a
/// webhook that is off, or a loop, leaves no trace in the memory of what was told.
pub fn decide(facts: Facts, listener: Listener<'_>) -> Dispatch {
    if facts.import {
        return Dispatch::Nothing;
    }
    if facts.hops >= limits::HOPS {
        return Dispatch::Drop {
            because: format!("loop: the event passed through {} Watchbells", facts.hops),
            state: None,
        };
    }
    if !listener.enabled {
        let reason = listener.disabled_reason.unwrap_or("switched off");
        return Dispatch::Drop {
            because: format!("disabled: {reason}"),
            state: None,
        };
    }
    let triggered = listener.rule.decide(listener.state, facts.outcome);
    let state = (listener.rule.is_stateful() && triggered.state != *listener.state).then_some(triggered.state);
    if triggered.send {
        Dispatch::Send {
            because: triggered.because,
            state,
        }
    } else {
        Dispatch::Drop {
            because: triggered.because,
            state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Facts = Facts {
        import: false,
        hops: 0,
        outcome: Some(false),
    };

    fn ask(facts: Facts, enabled: bool, rule: &TriggerRule) -> Dispatch {
        decide(
            facts,
            Listener {
                enabled,
                disabled_reason: Some("410"),
                rule,
                state: &TriggerState::default(),
            },
        )
    }

    #[test]
    fn an_import_a_loop_and_a_disabled_webhook_send_nothing_and_remember_nothing() {
        let rule = TriggerRule::ThreeFailuresThenSuccess { first: 3 };
        assert_eq!(ask(Facts { import: true, ..PLAIN }, true, &rule), Dispatch::Nothing);
        assert!(matches!(
            ask(
                Facts {
                    hops: limits::HOPS,
                    ..PLAIN
                },
                true,
                &rule
            ),
            Dispatch::Drop { state: None, .. }
        ));
        let off = ask(PLAIN, false, &rule);
        assert_eq!(
            off,
            Dispatch::Drop {
                because: "disabled: 410".to_owned(),
                state: None
            }
        );
    }

    #[test]
    fn the_rule_decides_otherwise_and_only_a_rule_with_memory_writes_state() {
        let sent = ask(PLAIN, true, &TriggerRule::ThreeFailuresThenSuccess { first: 3 });
        assert!(matches!(
            sent,
            Dispatch::Send {
                state: Some(TriggerState { streak: 1, told: true, .. }),
                ..
            }
        ));
        assert!(matches!(
            ask(PLAIN, true, &TriggerRule::EveryRun),
            Dispatch::Send { state: None, .. }
        ));
        assert!(matches!(
            ask(PLAIN, true, &TriggerRule::Successes),
            Dispatch::Drop { state: None, .. }
        ));
    }
}
