//! Trigger rules as words: `on_change`, `after_failures:3`.

use serde_json::{Value, json};

/// The rules, each with the member that its number is, if it has one.
const RULES: &[(&str, Option<&str>)] = &[
    ("every_run", None),
    ("three_failures_then_success", Some("first")),
    ("after_failures", Some("failures")),
    ("on_change", None),
    ("failures", None),
    ("successes", None),
];

/// A rule as the API has it.
///
/// # Errors
/// What is wrong with the word.
pub fn parse(text: &str) -> Result<Value, String> {
    let (name, number) = text.split_once(':').map_or((text, None), |(name, number)| (name, Some(number)));
    let Some((name, member)) = RULES.iter().find(|(rule, _)| *rule == name) else {
        let rules: Vec<_> = RULES
            .iter()
            .map(|(rule, member)| {
                if member.is_some() {
                    format!("{rule}:N")
                } else {
                    (*rule).to_owned()
                }
            })
            .collect();
        return Err(format!("`{name}` is no rule; the rules are {}", rules.join(", ")));
    };
    match (member, number) {
        (None, None) => Ok(json!(name)),
        (Some(member), number) => {
            let number = number.or_else(|| (*member == "first").then_some("3")).unwrap_or_default();
            let number: u64 = number.parse().map_err(|_| format!("`{text}` has no number, as `{name}:3` has"))?;
            Ok(json!({*name: {*member: number}}))
        }
        (None, Some(_)) => Err(format!("`{name}` takes no number")),
    }
}

/// The reverse of [`parse`].
pub fn shown(rule: &Value) -> String {
    let Some((name, members)) = rule.as_object().and_then(|object| object.iter().next()) else {
        return rule.as_str().unwrap_or_default().to_owned();
    };
    let number = members.as_object().and_then(|members| members.values().next());
    number.map_or_else(|| name.clone(), |number| format!("{name}:{number}"))
}

#[cfg(test)]
mod tests {
    use domain::trigger::TriggerRule;

    use super::*;

    #[test]
    fn every_rule_is_one_of_the_api_and_comes_back() {
        for (name, member) in RULES {
            let text = if member.is_some() {
                format!("{name}:2")
            } else {
                (*name).to_owned()
            };
            let rule = parse(&text).unwrap();
            assert_eq!(shown(&rule), text);
            serde_json::from_value::<TriggerRule>(rule).unwrap();
        }
        for bad in ["", "sometimes", "on_change:2", "after_failures", "after_failures:x"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
