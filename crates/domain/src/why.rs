//! Why a webhook heard of an event, or did not: the answer for any event and any webhook of its workspace.
//!
//! What was decided when the event came stands in its deliveries. Where none was made, the same questions are asked again, of
//! the webhook as it is now; the answer says so where that may make a difference.

use crate::{
    Micros,
    delivery::{DeliveryKind, DeliveryState},
    event::{self, Event},
    filter::Verdict,
    profile::flow_task,
};

crate::run::text_enum!(/// The rule that decided. `sent`: a delivery was made, its trigger rule let it pass. `not_subscribed`, `other_subject`,
/// `other_output`, `import`, `loop`, `itself`, `disabled`, `filter`, `trigger` held the event back, in this order. `coalesced`: a newer event took its
/// place. `made_later`: the webhook is younger than the event. `changed`: as it is now, it would have heard of it.
Rule { Sent = "sent", MadeLater = "made_later", NotSubscribed = "not_subscribed", OtherSubject = "other_subject",
OtherOutput = "other_output", Import = "import", Loop = "loop", Itself = "itself", Disabled = "disabled", Filter = "filter", Trigger = "trigger", Coalesced = "coalesced",
Changed = "changed" });

/// The rule, and what it says in this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    pub rule: Rule,
    pub text: String,
}

/// A delivery of the event to the webhook.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    pub kind: DeliveryKind,
    pub state: DeliveryState,
    pub reason: Option<&'a str>,
    /// It was dropped when it was made: it never waited.
    pub at_once: bool,
}

/// The webhook as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// When the event arrived: its own time may be of long ago.
    pub event_arrived_at: Micros,
    pub created_at: Micros,
    pub updated_at: Micros,
    pub events: &'a [String],
    pub subject: &'a str,
    /// Those that a flow's task hears of, if it names any.
    pub outputs: &'a [String],
    /// What its filter says of the event now, if it has one.
    pub filter: Option<&'a Verdict>,
}

impl Because {
    fn new(rule: Rule, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { rule, text }
    }
}

/// What the deliveries say, and otherwise the webhook.
pub fn explain(event: &Event, present: Present<'_>, made: &[Made<'_>]) -> Because {
    let first = made.iter().find(|made| made.kind == DeliveryKind::Event);
    let mut because = first.map_or_else(|| of_none(event, present), of_delivery);
    let again = |kind| made.iter().any(|made| made.kind == kind && made.state != DeliveryState::Dropped);
    let passed = because.rule == Rule::Sent;
    for (kind, word) in [(DeliveryKind::Replay, "a replay"), (DeliveryKind::Resend, "a resend")] {
        if again(kind) {
            because
                .text
                .push_str(&format!("; {word} sent it {}", if passed { "again" } else { "later" }));
            because.rule = Rule::Sent;
        }
    }
    because
}

fn of_delivery(made: &Made<'_>) -> Because {
    let reason = made.reason.unwrap_or_default();
    let text = if reason.is_empty() {
        format!("it is {}", made.state)
    } else {
        reason.to_owned()
    };
    if made.state != DeliveryState::Dropped {
        return Because::new(Rule::Sent, text);
    }
    let rule = match reason.split(':').next().unwrap_or_default() {
        "loop" => Rule::Loop,
        "itself" => Rule::Itself,
        "filter" => Rule::Filter,
        "coalesced" => Rule::Coalesced,
        "disabled" => Rule::Disabled,
        // It passed every rule and waited; then the webhook went off.
        _ if !made.at_once => Rule::Disabled,
        _ => Rule::Trigger,
    };
    match rule {
        Rule::Coalesced => Because::new(rule, format!("{text}: only the newest of its type and subject is sent")),
        _ => Because::new(rule, text),
    }
}

fn of_none(event: &Event, present: Present<'_>) -> Because {
    if present.created_at > present.event_arrived_at {
        return Because::new(Rule::MadeLater, "the webhook was made after the event");
    }
    let changed = present.updated_at > present.event_arrived_at;
    let because = now(event, present);
    match because.rule {
        Rule::NotSubscribed | Rule::OtherSubject | Rule::OtherOutput if changed => Because::new(
            because.rule,
            format!("{} (as it is now; it was changed after the event)", because.text),
        ),
        Rule::Filter if changed => {
            let text = format!("{} (asked again now; the webhook was changed after the event)", because.text);
            Because::new(Rule::Filter, text)
        }
        Rule::Filter => Because::new(Rule::Filter, format!("{} (asked again now)", because.text)),
        _ => because,
    }
}

fn now(event: &Event, present: Present<'_>) -> Because {
    let patterns = event::patterns_of(&event.event_type);
    if !present.events.iter().any(|pattern| patterns.contains(pattern)) {
        return Because::new(Rule::NotSubscribed, format!("it is not subscribed to `{}`", event.event_type));
    }
    if !present.subject.is_empty() && present.subject != event.subject {
        return Because::new(Rule::OtherSubject, format!("it hears of `{}` only", present.subject));
    }
    if !flow_task::tells_of(present.outputs, event) {
        let outputs = present.outputs.join("`, `");
        return Because::new(Rule::OtherOutput, format!("it hears of the outputs `{outputs}` only"));
    }
    if event.import {
        return Because::new(Rule::Import, "the event is part of an import");
    }
    match present.filter.filter(|verdict| !verdict.matches()) {
        Some(verdict) => Because::new(Rule::Filter, verdict.reason()),
        None => Because::new(
            Rule::Changed,
            "it would be sent now; when the event came, the webhook was not subscribed to it or had another filter",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static DIFFERS: LazyLock<Verdict> = LazyLock::new(|| Verdict::Differs("filter: it is false".to_owned()));

    fn event() -> Event {
        Event {
            id: "evt_1".to_owned(),
            workspace_id: "wsp_1".to_owned(),
            event_type: "issue-created".to_owned(),
            subject: "7".to_owned(),
            at: 0,
            data: "{}".to_owned(),
            import: false,
            hops: 0,
        }
    }

    fn rule(event: &Event, change: impl FnOnce(&mut Present<'_>), made: &[Made<'_>]) -> (Rule, String) {
        let events = ["issue-created".to_owned()];
        let mut present = Present {
            event_arrived_at: 100,
            created_at: 1,
            updated_at: 1,
            events: &events,
            subject: "",
            outputs: &[],
            filter: None,
        };
        change(&mut present);
        let because = explain(event, present, made);
        (because.rule, because.text)
    }

    #[test]
    fn without_a_delivery_the_webhook_is_asked_as_it_is_now() {
        assert_eq!(rule(&event(), |p| p.created_at = 101, &[]).0, Rule::MadeLater);
        assert_eq!(rule(&event(), |p| p.events = &[], &[]).0, Rule::NotSubscribed);
        let (other, text) = rule(&event(), |p| (p.subject, p.updated_at) = ("8", 200), &[]);
        assert!(other == Rule::OtherSubject && text.contains("changed after the event"), "{text}");
        let import = Event { import: true, ..event() };
        assert_eq!(rule(&import, |p| p.filter = Some(&DIFFERS), &[]).0, Rule::Import);
        let (filter, text) = rule(&event(), |p| p.filter = Some(&DIFFERS), &[]);
        assert_eq!((filter, text.as_str()), (Rule::Filter, "filter: it is false (asked again now)"));
        assert_eq!(rule(&event(), |p| p.filter = Some(&Verdict::Matches), &[]).0, Rule::Changed);
    }

    #[test]
    fn a_delivery_says_which_rule_it_was() {
        let made = |state, reason, at_once| Made {
            kind: DeliveryKind::Event,
            state,
            reason: Some(reason),
            at_once,
        };
        let of = |made| rule(&event(), |_| {}, &[made]).0;
        use DeliveryState::{Delivered, Dropped, Failed, Pending};
        assert_eq!(of(made(Pending, "every_run", false)), Rule::Sent);
        assert_eq!(of(made(Delivered, "every_run", false)), Rule::Sent);
        assert_eq!(of(made(Failed, "answered 500", false)), Rule::Sent);
        assert_eq!(of(made(Dropped, "failures: the result is a success", true)), Rule::Trigger);
        assert_eq!(of(made(Dropped, "disabled: by hand", true)), Rule::Disabled);
        assert_eq!(of(made(Dropped, "switched off by Ada", false)), Rule::Disabled);
        assert_eq!(of(made(Dropped, "loop: the event passed through 4 Watchbells", true)), Rule::Loop);
        assert_eq!(of(made(Dropped, "coalesced: evt_2", false)), Rule::Coalesced);
        assert_eq!(of(made(Dropped, crate::operational::ITSELF, true)), Rule::Itself);
        assert_eq!(of(made(Dropped, Verdict::too_slow().reason(), true)), Rule::Filter);
    }

    #[test]
    fn a_replay_counts_as_sent_later() {
        let replayed = Made {
            kind: DeliveryKind::Replay,
            state: DeliveryState::Delivered,
            reason: None,
            at_once: false,
        };
        let (sent, text) = rule(&event(), |p| p.created_at = 101, &[replayed]);
        assert_eq!(
            (sent, text.as_str()),
            (Rule::Sent, "the webhook was made after the event; a replay sent it later")
        );
    }
}
