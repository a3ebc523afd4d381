//! Substitution: the goldens' cases, and laws that hold for any text.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn scopes() -> Scopes {
    let pairs = |list: &[(&str, Value)]| Scope {
        name: String::new(),
        values: list.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
    };
    Scopes {
        globals: pairs(&[("g", json!("globals")), ("who", json!("globals"))]),
        collection: pairs(&[
            ("num", json!(5)),
            ("flag", json!(true)),
            ("nested", json!("in-{{mid}}")),
            ("mid", json!("deep-{{num}}")),
            ("loop", json!("x{{loop}}")),
            ("pre5", json!("p5")),
            ("blank", json!("")),
            ("who", json!("collection")),
        ]),
        environment: pairs(&[("who", json!("environment")), ("e", json!("environment"))]),
        data: pairs(&[("who", json!("data")), ("e", json!("data"))]),
        local: pairs(&[("who", json!("local"))]),
    }
}

fn resolve(input: &str) -> (String, Vec<String>) {
    let scopes = scopes();
    let mut dynamic = Dynamic::seeded(1, std::sync::Arc::new(|| 0));
    let mut resolver = Resolver::new(&scopes, &mut dynamic);
    let out = resolver.text(input);
    (out, resolver.unresolved.into_iter().collect())
}

#[test]
fn precedence_is_local_data_environment_collection_globals() {
    assert_eq!(resolve("{{who}} {{e}} {{g}}").0, "local data globals");
}

#[test]
fn values_nest_names_nest_and_blanks_count() {
    assert_eq!(resolve("{{nested}}|{{pre{{num}}}}|x{{blank}}y|{{flag}}").0, "in-deep-5|p5|xy|true");
    assert_eq!(resolve("{{ num }}"), ("{{ num }}".into(), vec![" num ".into()]));
    assert_eq!(resolve("{{{num}}}").0, "{5}");
}

#[test]
fn a_value_that_holds_itself_stops_after_19_rounds() {
    assert_eq!(resolve("{{loop}}").0, format!("{}{{{{loop}}}}", "x".repeat(19)));
}

#[test]
fn unknown_names_stay_and_are_noted_once() {
    let (out, unresolved) = resolve("{{missing}}/{{missing}}/{{$randomNothing}}");
    assert_eq!(out, "{{missing}}/{{missing}}/{{$randomNothing}}");
    assert_eq!(unresolved, ["$randomNothing", "missing"]);
}

#[test]
fn values_are_written_as_javascript_writes_them() {
    assert_eq!(display(&json!([1, "a", [2.0]])), "1,a,2");
    assert_eq!(display(&json!({"a": 1})), "[object Object]");
    assert_eq!(display(&json!(1.5)), "1.5");
}

proptest! {
    #[test]
    fn text_without_a_pair_of_braces_is_left_alone(input in "[^{}]{0,40}") {
        prop_assert_eq!(resolve(&input).0, input);
    }

    #[test]
    fn any_text_ends_and_a_resolved_text_is_stable(input in "[{}a-z5 num]{0,40}") {
        let once = resolve(&input).0;
        prop_assert_eq!(resolve(&once).0, once);
    }
}
