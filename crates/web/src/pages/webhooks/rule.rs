//! Trigger rules on forms: their words, and how many failures they count.

use domain::{Problem, trigger::TriggerRule};

use crate::pages::{monitor_form::number, ui::Form};

/// The trigger rules with their words and what they mean.
pub const TRIGGERS: &[(&str, &str, &str)] = &[
    (
        "three_failures_then_success",
        "Notify for 3 failures and then first success",
        "The first three results of a failing streak (or as many as you say below), then silence, then the first success.",
    ),
    (
        "every_run",
        "Notify for all completed monitor runs",
        "What a source needs, so that incidents are resolved in time.",
    ),
    (
        "on_change",
        "When good turns to bad, or bad to good",
        "One message when it breaks, one when it is mended.",
    ),
    (
        "after_failures",
        "After several failures in a row, then first success",
        "As many as you say below; none of those before them is sent.",
    ),
    ("failures", "Failures only", "Never tells that it works again."),
    ("successes", "Successes only", ""),
];

/// The word of a rule in forms.
pub fn trigger_word(rule: &TriggerRule) -> &'static str {
    match rule {
        TriggerRule::EveryRun => "every_run",
        TriggerRule::ThreeFailuresThenSuccess { .. } => "three_failures_then_success",
        TriggerRule::AfterFailures { .. } => "after_failures",
        TriggerRule::OnChange => "on_change",
        TriggerRule::Failures => "failures",
        TriggerRule::Successes => "successes",
    }
}

/// The field of how many failures a rule counts.
pub const COUNT: &str = "trigger_count";

/// How many failures a rule counts; for one that counts none, what the field begins with.
pub fn trigger_count(rule: &TriggerRule) -> u64 {
    match rule {
        TriggerRule::ThreeFailuresThenSuccess { first: count } | TriggerRule::AfterFailures { failures: count } => *count,
        _ => 3,
    }
}

/// The rule that a form says, if it is one that forms offer.
///
/// # Errors
/// The count of failures is no number.
pub fn trigger(form: &Form) -> Result<Option<TriggerRule>, Problem> {
    let count = || match form.value(COUNT).trim() {
        "" => Ok(3),
        _ => number(form, COUNT),
    };
    Ok(Some(match form.value("trigger") {
        "every_run" => TriggerRule::EveryRun,
        "three_failures_then_success" => TriggerRule::ThreeFailuresThenSuccess { first: count()? },
        "after_failures" => TriggerRule::AfterFailures { failures: count()? },
        "on_change" => TriggerRule::OnChange,
        "failures" => TriggerRule::Failures,
        "successes" => TriggerRule::Successes,
        _ => return Ok(None),
    }))
}

/// Pairs for a select.
pub fn trigger_options(current: &TriggerRule) -> Vec<(String, String)> {
    let label = |word: &str, label: &str| match current {
        // It says its number.
        TriggerRule::ThreeFailuresThenSuccess { first } if word == trigger_word(current) => label.replace('3', &first.to_string()),
        _ => label.to_owned(),
    };
    TRIGGERS
        .iter()
        .map(|(word, words, _)| ((*word).to_owned(), label(word, words)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_a_form_comes_back_as_itself() {
        for (word, _, _) in TRIGGERS {
            let form = Form::with(&[("trigger", word), (COUNT, "5")]);
            let rule = trigger(&form).unwrap().unwrap();
            assert_eq!(trigger_word(&rule), *word);
            if let TriggerRule::ThreeFailuresThenSuccess { first: count } | TriggerRule::AfterFailures { failures: count } = rule {
                assert_eq!((count, trigger_count(&rule)), (5, 5));
            }
        }
        let wrong = Form::with(&[("trigger", "after_failures"), (COUNT, "many")]);
        assert_eq!(trigger(&wrong).unwrap_err().field.as_deref(), Some(COUNT));
    }
}
