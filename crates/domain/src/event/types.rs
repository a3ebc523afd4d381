//! Event types that a workspace registered: what its webhooks of profile `testmonitor` may choose from.

use super::check_type;
use crate::{Problem, near};

/// What a test tool tells of.
const SUBJECTS: [(&str, &str); 7] = [
    ("requirement", "A requirement"),
    ("risk", "A risk"),
    ("test-case", "A test case"),
    ("test-run", "A test run"),
    ("test-result", "A test result"),
    ("issue", "An issue"),
    ("milestone", "A milestone"),
];

/// What happens to it.
const CHANGES: [&str; 3] = ["created", "updated", "deleted"];

/// Longest description, in characters.
const DESCRIPTION_CHARACTERS: usize = 500;

/// Event types in one workspace.
pub const MOST: usize = 1_000;

/// The types that every workspace starts with, each with its description.
pub fn initial() -> impl Iterator<Item = (String, String)> {
    SUBJECTS.iter().flat_map(|(subject, words)| {
        CHANGES
            .iter()
            .map(move |change| (format!("{subject}-{change}"), format!("{words} was {change}")))
    })
}

/// Checks what a person enters for a type.
///
/// # Errors
/// 422 naming `type` or `description`.
pub fn check(event_type: &str, description: &str) -> Result<(), Problem> {
    check_type("type", event_type)?;
    if super::is_reserved(event_type) {
        return Err(Problem::invalid("type", format!("`{event_type}` is an event of Watchbell's own"))
            .hint("take a type that does not begin with `monitor.`, `incident.`, `webhook.` or `delivery.`, and is not `activity` or `test-event`"));
    }
    if description.chars().count() > DESCRIPTION_CHARACTERS || description.chars().any(char::is_control) {
        return Err(Problem::invalid(
            "description",
            format!("`description` is one line of at most {DESCRIPTION_CHARACTERS} characters"),
        ));
    }
    Ok(())
}

/// Whether `event_type` is registered.
///
/// # Errors
/// 422 at `field` with the nearest registered types.
pub fn check_known(field: &str, event_type: &str, registered: &[String]) -> Result<(), Problem> {
    if registered.iter().any(|known| known == event_type) {
        return Ok(());
    }
    let names = registered.iter().map(String::as_str);
    Err(
        Problem::invalid(field, format!("`{event_type}` is no event type that this workspace registered")).hint(near::hint(
            event_type,
            names,
            "an admin can register it in the settings, under event types",
        )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_starts_with_seven_subjects_times_three_changes() {
        let types: Vec<String> = initial().map(|(event_type, _)| event_type).collect();
        assert_eq!(types.len(), 21);
        assert!(types.contains(&"test-result-updated".to_owned()));
        for (event_type, description) in initial() {
            check(&event_type, &description).unwrap();
        }
    }

    #[test]
    fn an_unknown_type_is_refused_with_near_names() {
        let registered = ["issue-created".to_owned(), "risk-created".to_owned()];
        check_known("events[0]", "issue-created", &registered).unwrap();
        let problem = check_known("events[2]", "isue-created", &registered).unwrap_err();
        assert_eq!(problem.field.as_deref(), Some("events[2]"));
        assert!(problem.hint.unwrap().contains("did you mean `issue-created`"));
        assert!(check_known("events[0]", "*", &registered).is_err());
        assert!(check("monitor.run.finished", "").is_err());
    }
}
