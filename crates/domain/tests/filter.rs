//! Filters are text from strangers over data from strangers: whatever is written, nothing panics, and everything ends.

use domain::{
    event::Event,
    filter::{BYTES, Filter, Seen},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn event(data: &str) -> Event {
    Event {
        id: "evt_1".to_owned(),
        workspace_id: "wsp_1".to_owned(),
        event_type: "a".to_owned(),
        subject: String::new(),
        at: 0,
        data: data.to_owned(),
        import: false,
        hops: 0,
    }
}

fn judge(filter: &str, data: &str) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    match Filter::compile(filter) {
        Ok(filter) => {
            let (event, turns) = (event(data), AtomicUsize::new(0));
            let _ = filter.judge(&Seen::of(&event), &|| turns.fetch_add(1, Ordering::Relaxed) < 10_000);
        }
        Err(problem) => assert!(problem.status == 422 && problem.field.as_deref() == Some("filter"), "{problem:?}"),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[a-d]|.{0,4}", inner), 0..6).prop_map(|members| Value::from(Map::from_iter(members))),
        ]
    })
}

/// Text that often is a filter: words of the language in any order.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "data",
        "event",
        "type",
        "time",
        "a",
        "b",
        ".",
        ".",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "==",
        "!=",
        "<",
        ">=",
        "in",
        "1",
        "0",
        "-9223372036854775808",
        "2.5",
        "7u",
        "'x'",
        "\"\\u00e9\"",
        "b'x'",
        "null",
        "true",
        "has",
        "all",
        "exists",
        "exists_one",
        "map",
        "filter",
        "size",
        "matches",
        "contains",
        "timestamp",
        "duration",
        "string",
        "int",
        "r'('",
        "'''",
        "//",
        "\n",
    ]);
    proptest::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

/// Filters that are well formed, over members that may be there.
fn expression() -> impl Strategy<Value = String> {
    let path = prop_oneof![
        Just("data"),
        Just("data.a"),
        Just("data.b"),
        Just("data.a.b"),
        Just("data['c']"),
        Just("event.data"),
        Just("time")
    ];
    let leaf = prop_oneof![
        path.prop_map(str::to_owned),
        Just("1".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("'x'".to_owned()),
        Just("null".to_owned()),
        Just("[1, 'a']".to_owned()),
    ];
    let operator = prop::sample::select(vec!["&&", "||", "==", "!=", "<", ">=", "+", "-", "*", "/", "%", "in"]);
    leaf.prop_recursive(4, 24, 3, move |inner| {
        prop_oneof![
            (inner.clone(), operator.clone(), inner.clone()).prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
            inner.clone().prop_map(|of| format!("!({of})")),
            inner.clone().prop_map(|of| format!("dyn({of})")),
            inner.clone().prop_map(|of| format!("size({of})")),
            inner.clone().prop_map(|of| format!("int(dyn({of}))")),
            inner.clone().prop_map(|of| format!("timestamp(dyn({of}))")),
            inner.clone().prop_map(|of| format!("dyn({of}).matches('^.+$')")),
            inner.clone().prop_map(|of| format!("dyn({of}).getHours('Europe/Berlin')")),
            (inner.clone(), inner.clone()).prop_map(|(of, test)| format!("dyn({of}).exists(v, v == {test})")),
            (inner.clone(), inner.clone()).prop_map(|(of, gives)| format!("dyn({of}).map(v, {gives})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(test, yes, no)| format!("(dyn({test}) ? {yes} : {no})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_a_filter_or_a_problem(text in ".{0,200}", data in any_json()) {
        judge(&text, &data.to_string());
    }

    #[test]
    fn any_words_of_the_language_are_a_filter_or_a_problem(text in words(), data in any_json()) {
        judge(&text, &data.to_string());
    }

    #[test]
    fn any_filter_answers_for_any_data(text in expression(), data in any_json()) {
        judge(&format!("dyn({text})"), &json!({ "a": data, "b": [data], "c": "x" }).to_string());
    }
}

#[test]
fn the_longest_and_deepest_texts_are_read_or_refused_on_a_small_stack() {
    let fill = |unit: &str, tail: &str| format!("{}{tail}", unit.repeat((BYTES - tail.len()) / unit.len()));
    let hostile = [
        fill("(", ""),
        fill("[", ""),
        fill("{", ""),
        fill("!", "a"),
        fill("-", "1"),
        fill("! ", "a"),
        fill("a.", "a"),
        fill("data.", "a"),
        fill("1-", "1"),
        fill("1 - ", "1"),
        fill("1*", "1"),
        fill("a==", "a"),
        fill("true&&", "true"),
        fill("true||", "true"),
        fill("true?true:", "true"),
        fill("true ? ", "true"),
        fill("data[0]", ""),
        format!("data{}", fill("[0]", "")),
        fill("f(", ""),
        fill("data.a(", ""),
        fill("a.b{c:", ""),
        fill("'", ""),
        fill("\\", ""),
        fill("\"a\"", ""),
        fill("9", ""),
        fill("1 in ", "1"),
        fill("x,", "x"),
        format!("[{}]", fill("1,", "1")),
        format!("data.a.matches('{}')", "(".repeat(1_900)),
        format!("data.a.matches('{}')", "a{9}{9}".repeat(200)),
    ];
    for text in hostile {
        let text: String = text.chars().take(BYTES).collect();
        judge(&text, "{}");
    }
}

#[test]
fn deep_data_are_read_or_refused() {
    for depth in [100, 127, 128, 100_000] {
        let data = format!("{{\"a\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
        judge("data.a == data.a && size(data) > 0", &data);
    }
}
