//! Incidents: mappings and decisions together, and the law that doubt never resolves.

use domain::{
    incident::{Effect, KeyState, ReceiptAction, decide, known_after},
    mapping::map,
    observation::{Cause, Observation, Order},
    source::Provider,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn postman(failed: &str, errors: &str) -> String {
    format!(r#"{{"monitor_uid":"1-a","monitor_name":"Orders","metrics":{{"failedTests":{failed},"errors":{errors},"requestCount":6}}}}"#)
}

fn observation(failing: bool, order: Option<(&str, u64)>) -> Observation {
    let order = order.map(|(series, sequence)| Order {
        series: series.to_owned(),
        sequence,
        at: None,
    });
    Observation {
        key: "1-a".to_owned(),
        title: None,
        failing,
        cause: Cause::default(),
        order,
    }
}

#[test]
fn postman_counts_are_strict() {
    let read = |failed, errors| map(Provider::Postman, postman(failed, errors).as_bytes());
    assert!(!read("0", "0").unwrap().unwrap().failing);
    assert!(!read("0.0", "0e0").unwrap().unwrap().failing);
    assert!(read("1.0", "0").unwrap().unwrap().failing);
    assert!(read("0", "1e0").unwrap().unwrap().failing);
    assert!(
        read("18446744073709551617", "0").unwrap().unwrap().failing,
        "a huge number never wraps"
    );
    for bad in [
        "1e-400",
        "-1e-400",
        "0.0000001e-320",
        "null",
        "\"0\"",
        "-1",
        "0.5",
        "true",
        "[]",
        "{}",
    ] {
        let problem = read(bad, "0").unwrap_err();
        assert_eq!(
            (problem.status, problem.field.as_deref()),
            (422, Some("$.metrics.failedTests")),
            "{bad}"
        );
        assert_eq!(read("0", bad).unwrap_err().field.as_deref(), Some("$.metrics.errors"), "{bad}");
    }
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let body = postman("0", "0").replace("Orders", &"ü".repeat(300));
    assert_eq!(
        map(Provider::Postman, body.as_bytes()).unwrap().unwrap().title,
        Some("ü".repeat(200))
    );
}

#[test]
fn what_cannot_be_read_says_where() {
    let problem = |body: &str| map(Provider::Postman, body.as_bytes()).unwrap_err();
    assert_eq!(problem("{").status, 400);
    assert_eq!(problem("[]").field.as_deref(), Some("$"));
    assert_eq!(problem("{}").field.as_deref(), Some("$.monitor_uid"));
    assert_eq!(problem(r#"{"monitor_uid":"a"}"#).field.as_deref(), Some("$.metrics"));
    assert_eq!(
        problem(r#"{"monitor_uid":"a","metrics":{"failedTests":0}}"#).field.as_deref(),
        Some("$.metrics.errors")
    );
    let twice = problem(r#"{"monitor_uid":"a","metrics":{"errors":1,"errors":0,"failedTests":0}}"#);
    assert_eq!(twice.status, 422);
    assert!(twice.detail.contains("`errors` stands twice"), "{}", twice.detail);
    assert_eq!(problem(&("[".repeat(100) + &"]".repeat(100))).status, 422);
}

#[test]
fn our_own_format_needs_status_and_metrics_to_agree() {
    let body = |status: &str, failed: u64| {
        json!({"type":"monitor.run.finished","data":{"monitor_uid":"1-a","status":status,"series":"s","sequence":4,"metrics":{"failedTests":failed,"errors":0}}})
            .to_string()
    };
    let failing = |status, failed| map(Provider::Watchbell, body(status, failed).as_bytes()).unwrap().unwrap().failing;
    assert!(!failing("success", 0));
    assert!(failing("success", 1));
    assert!(failing("abort", 0));
    assert_eq!(
        map(Provider::Watchbell, body("fine", 0).as_bytes()).unwrap_err().field.as_deref(),
        Some("$.data.status")
    );
    assert_eq!(map(Provider::Watchbell, br#"{"type":"activity","data":{}}"#), Ok(None));
}

#[test]
fn only_a_true_zero_reads_as_zero_wherever_it_stands() {
    let beside = |other: &str| format!(r#"{{"a\\\"1e-400":{other},"monitor_uid":"1","metrics":{{"failedTests":0e5,"errors":-0}}}}"#);
    for other in ["1e-400", "\"1e-400 \\\" 2\"", "[1, 0.0e-400, 1e-400, 2]", "{\"b\":1e-400}"] {
        assert!(
            !map(Provider::Postman, beside(other).as_bytes()).unwrap().unwrap().failing,
            "{other}"
        );
    }
}

#[test]
fn our_own_format_says_where_it_is_wrong() {
    let field = |uid: &str, sequence: &str| {
        let body = format!(
            r#"{{"type":"monitor.run.finished","data":{{"monitor_uid":"{uid}","status":"success","series":"s","sequence":{sequence},"metrics":{{"failedTests":0,"errors":0}}}}}}"#
        );
        map(Provider::Watchbell, body.as_bytes()).map_err(|problem| problem.field.unwrap_or_default())
    };
    assert!(field("1-a", "9007199254740991").is_ok());
    for beyond in ["9007199254740992", "18446744073709551616", "1e300"] {
        assert_eq!(field("1-a", beyond).unwrap_err(), "$.data.sequence");
    }
    assert_eq!(field(&"a".repeat(600), "1").unwrap_err(), "$.data.monitor_uid");
}

#[test]
fn late_and_repeated_results_change_nothing() {
    let known = KeyState {
        series: Some("s".to_owned()),
        sequence: Some(5),
        ..KeyState::default()
    };
    let action = |sequence, repeat| decide(&observation(false, Some(("s", sequence))), repeat, Some(&known), true);
    assert_eq!((action(4, false).action, action(4, false).apply), (ReceiptAction::Stale, false));
    assert_eq!(action(5, false).action, ReceiptAction::Duplicate);
    assert_eq!(action(6, true).action, ReceiptAction::Duplicate);
    assert_eq!(action(6, false).action, ReceiptAction::Resolved);
    let mut restarted = observation(false, Some(("t", 1)));
    assert_eq!(
        decide(&restarted, false, Some(&known), true).action,
        ReceiptAction::Stale,
        "nobody knows when that was"
    );
    if let Some(order) = restarted.order.as_mut() {
        order.at = Some(known.last_at + 1);
    }
    assert_eq!(
        decide(&restarted, false, Some(&known), true).action,
        ReceiptAction::Resolved,
        "a new series restarts the count"
    );
}

#[test]
fn a_late_failure_of_an_older_series_counts_and_does_not_turn_back_the_count() {
    let known = KeyState {
        title: "Orders".to_owned(),
        series: Some("new".to_owned()),
        sequence: Some(5),
        last_at: 100,
    };
    for at in [Some(50), None] {
        let mut late = observation(true, Some(("old", 9)));
        late.title = Some("Orders (old)".to_owned());
        if let Some(order) = late.order.as_mut() {
            order.at = at;
        }
        let effect = decide(&late, false, Some(&known), false);
        assert_eq!((effect.action, effect.apply), (ReceiptAction::Opened, true));
        let after = known_after(Some(&known), &late, 200);
        assert_eq!(after, known);
        // The newest good result of the series that counts still resolves; an older one of it still does not.
        let good = |sequence| decide(&observation(false, Some(("new", sequence))), false, Some(&after), true).action;
        assert_eq!((good(6), good(4)), (ReceiptAction::Resolved, ReceiptAction::Stale));
    }
}

#[test]
fn late_good_news_of_another_series_is_not_believed() {
    let known = KeyState {
        series: Some("new".to_owned()),
        sequence: Some(1),
        last_at: 100,
        ..KeyState::default()
    };
    let mut late = observation(false, Some(("old", 9)));
    if let Some(order) = late.order.as_mut() {
        order.at = Some(50);
    }
    assert_eq!(decide(&late, false, Some(&known), true).action, ReceiptAction::Stale);
}

/// A reference model: replays observations on one key and checks the laws.
fn replay(steps: &[(bool, u64)]) -> Vec<Effect> {
    let (mut known, mut open) = (None::<KeyState>, false);
    let mut effects = Vec::new();
    for (failing, sequence) in steps {
        let effect = decide(&observation(*failing, Some(("s", *sequence))), false, known.as_ref(), open);
        if effect.apply {
            known = Some(KeyState {
                series: Some("s".to_owned()),
                sequence: Some(*sequence),
                ..KeyState::default()
            });
        }
        match effect.action {
            ReceiptAction::Opened => open = true,
            ReceiptAction::Resolved => open = false,
            _ => {}
        }
        effects.push(effect);
    }
    effects
}

proptest! {
    #[test]
    fn opened_and_resolved_alternate_and_the_newest_result_decides(steps in prop::collection::vec((any::<bool>(), 1_u64..20), 0..40)) {
        let effects = replay(&steps);
        let turns: Vec<_> = effects.iter().map(|e| e.action).filter(|a| matches!(a, ReceiptAction::Opened | ReceiptAction::Resolved)).collect();
        for (at, action) in turns.iter().enumerate() {
            prop_assert_eq!(*action, if at % 2 == 0 { ReceiptAction::Opened } else { ReceiptAction::Resolved });
        }
        let newest = steps.iter().enumerate().fold(None::<(usize, u64)>, |best, (at, (_, n))| match best {
            Some((_, top)) if *n <= top => best,
            _ => Some((at, *n)),
        });
        let open = turns.len() % 2 == 1;
        prop_assert_eq!(open, newest.is_some_and(|(at, _)| steps[at].0));
    }

    #[test]
    fn arbitrary_json_never_panics_and_never_resolves_without_two_exact_zeros(text in ".{0,200}") {
        let _ = map(Provider::Postman, text.as_bytes());
        let _ = map(Provider::Watchbell, text.as_bytes());
    }

    #[test]
    fn only_two_exact_zeros_are_good_news(failed in any_metric(), errors in any_metric()) {
        let body = json!({"monitor_uid":"u","metrics":{"failedTests":failed,"errors":errors}});
        let zero = |v: &Value| v.as_f64() == Some(0.0);
        if let Ok(Some(read)) = map(Provider::Postman, body.to_string().as_bytes()) {
            prop_assert_eq!(!read.failing, zero(&body["metrics"]["failedTests"]) && zero(&body["metrics"]["errors"]));
        }
    }
}

fn any_metric() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        (-3.0_f64..3.0).prop_map(Value::from),
        "[0-9]{0,3}".prop_map(Value::from),
        Just(json!([])),
    ]
}
