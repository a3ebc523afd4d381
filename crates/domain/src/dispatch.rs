//! Dispatch: whether one subscribed webhook gets one event, and by which rule.
//!
//! The answer is kept with the delivery (a dropped one included), so that the page can say
//! why something was or was not sent.

use crate::{
    filter::Verdict,
    limits, operational,
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
    /// The event is Watchbell's own and about this webhook; see [`crate::operational`].
    pub itself: bool,
    /// Why it is off, if it is.
    pub disabled_reason: Option<&'a str>,
    /// What its filter says, if it has one.
    pub filter: Option<&'a Verdict>,
    pub rule: &'a TriggerRule,
    /// Its memory of this subject.
    pub state: &'a TriggerState,
}

/// What follows for one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatch {
    /// Not even a record: a large import must stay cheap, and so must a filter that lets one event in a thousand pass. What it
    /// says can be asked again.
    Nothing,
    /// A delivery is due; `because` names the rule that let it pass.
    Send { because: String, state: Option<TriggerState> },
    /// A dropped delivery is recorded with the reason.
    Drop { because: String, state: Option<TriggerState> },
}

/// Whether the subscriber's filter has a say: nobody asks it about what is not sent anyway.
pub const fn asks_filter(facts: Facts, enabled: bool) -> bool {
    enabled && !facts.import && facts.hops < limits::HOPS
}

/// Decides for one event and one subscriber. The new state is `None` where nothing changed: a webhook that is off, a loop, or
/// an event that the filter holds back leaves no trace in the memory of what was told.
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
    if listener.itself {
        return Dispatch::Drop {
            because: operational::ITSELF.to_owned(),
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
    match listener.filter {
        None | Some(Verdict::Matches) => {}
        Some(Verdict::Differs(_)) => return Dispatch::Nothing,
        // Asked again it may say something else: this answer has to be kept.
        Some(Verdict::Unfinished(reason)) => {
            return Dispatch::Drop {
                because: reason.clone(),
                state: None,
            };
        }
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
                itself: false,
                disabled_reason: Some("410"),
                filter: None,
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

    #[test]
    fn the_filter_comes_before_the_rule_and_leaves_nothing_behind_but_what_cannot_be_asked_again() {
        let rule = TriggerRule::ThreeFailuresThenSuccess { first: 3 };
        let ask = |verdict: &Verdict| {
            let listener = Listener {
                enabled: true,
                itself: false,
                disabled_reason: None,
                filter: Some(verdict),
                rule: &rule,
                state: &TriggerState::default(),
            };
            decide(PLAIN, listener)
        };
        assert!(matches!(ask(&Verdict::Matches), Dispatch::Send { state: Some(_), .. }));
        assert_eq!(ask(&Verdict::Differs("filter: it is false".to_owned())), Dispatch::Nothing);
        let slow = Verdict::too_slow();
        let because = slow.reason().to_owned();
        assert_eq!(ask(&slow), Dispatch::Drop { because, state: None });
    }

    #[test]
    fn a_webhook_is_never_told_of_itself() {
        let listener = Listener {
            enabled: true,
            itself: true,
            disabled_reason: None,
            filter: None,
            rule: &TriggerRule::EveryRun,
            state: &TriggerState::default(),
        };
        let Dispatch::Drop { because, state: None } = decide(PLAIN, listener) else {
            panic!("it is dropped")
        };
        assert!(because.starts_with("itself:"), "{because}");
    }
}
