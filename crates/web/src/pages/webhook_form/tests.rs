//! What a kind's form means, and what of it becomes the webhook's own.

use super::*;

#[test]
fn each_kind_subscribes_to_its_events() {
    let form = Form::with(&[
        ("name", "n"),
        ("url", "https://example.com"),
        ("subject", "s"),
        ("options.timeout_ms", "1000"),
        ("signing", "generate"),
        ("events", "a.b, c.*"),
    ]);
    let of = |word| input(kind(word), &form, &FlowTaskDefaults::default()).unwrap();
    assert_eq!(of("results").events, [event::RUN_FINISHED]);
    assert_eq!(of("team").subject, None);
    assert_eq!(of("feed").subject.as_deref(), Some("s"));
    assert_eq!(of("standard").events, ["a.b", "c.*"]);
    assert_eq!(of("standard").secret.as_deref(), Some("generate"));
}

#[test]
fn what_is_as_the_workspace_has_it_is_not_made_a_tasks_own() {
    let task = FlowTaskDefaults {
        max_retries: 2,
        retry_delay_ms: 500,
        timeout_ms: 7_000,
    };
    let of = |word: &str, retries: &str, limit: &str| {
        let form = Form::with(&[
            ("url", "https://example.com"),
            ("events", "job.*"),
            ("retries", retries),
            ("retry_delay_ms", "500"),
            ("options.timeout_ms", limit),
        ]);
        let input = input(kind(word), &form, &task).unwrap();
        (input.retry_policy.map(|policy| policy.delays_ms), input.options.timeout_ms)
    };
    assert_eq!(of("flow-task", "2", "7000"), (None, None));
    assert_eq!(of("flow-task", "3", "8000"), (Some(vec![500; 3]), Some(Some(8_000))));
    assert_eq!(of("custom", "2", "7000"), (Some(vec![500; 2]), Some(Some(7_000))));
}
