//! Templates: any value at any position leaves a valid body and reads back equal; faults name their place; bounds hold.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

use domain::{
    Problem,
    event::Event,
    profile::{Profile, Setting, custom, flow_task, sample},
    webhook::{Method, WebhookOptions},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn options(body: &str, content_type: &str) -> WebhookOptions {
    WebhookOptions {
        body: Some(body.to_owned()),
        content_type: Some(content_type.to_owned()),
        ..WebhookOptions::default()
    }
}

fn render(profile: Profile, options: &WebhookOptions, data: &Value) -> Result<String, Problem> {
    let event = Event {
        data: data.to_string(),
        ..sample::of_type("job.finished")
    };
    let setting = Setting {
        options,
        public_url: "https://bell.example",
        secret: None,
    };
    profile.render(&event, setting).map(|body| String::from_utf8(body.bytes).unwrap())
}

fn flow(body: &str, content_type: &str, data: &Value) -> Result<String, Problem> {
    render(Profile::FlowTask, &options(body, content_type), data)
}

fn braces(body: &str, content_type: &str, data: &Value) -> Result<String, Problem> {
    render(Profile::Custom, &options(body, content_type), data)
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        any::<String>().prop_map(Value::from),
        Just(json!("a \"quote\"\nand \\ a \u{fdd0}mark\u{fdd1} $jobId {{ event.id }}")),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,4}", inner, 0..4).prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn any_value_at_any_position_leaves_json_and_reads_back_equal(value in any_value()) {
        let data = json!({"flowName": value, "jobId": 1});
        for (sent, what) in [
            (flow(r#"{"$jobId": [$flowName, "$flowName"], "\"$$\u0041$flowName": {"x": $flowName}}"#, JSON, &data), "dollar"),
            (braces(r#"{"{{ data.jobId }}": [{{ data.flowName }}, "{{ data.flowName }}"], "\"$\u0041{{ event.data.flowName }}": {"x": {{ data["flowName"] }}}}"#, JSON, &data), "braces"),
        ] {
            let sent: Value = serde_json::from_str(&sent.unwrap()).unwrap();
            prop_assert_eq!(&sent["1"][0], &value, "{}", what);
            prop_assert_eq!(sent["1"][1].as_str(), Some(&*as_text(&value)), "{}", what);
            prop_assert_eq!(&sent[format!("\"$A{}", as_text(&value))]["x"], &value, "{}", what);
        }
    }

    #[test]
    fn any_value_in_a_form_reads_back_equal(value in any_value()) {
        let data = json!({"flowName": value});
        for sent in [flow("a=$flowName&b=1", FORM, &data), braces("a={{ data.flowName }}&b=1", FORM, &data)] {
            let sent = sent.unwrap();
            prop_assert!(sent.is_ascii());
            let pairs: Vec<_> = sent.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
            let read = percent_encoding::percent_decode_str(&pairs[0].1.replace('+', " ")).decode_utf8().unwrap().into_owned();
            prop_assert_eq!((pairs.len(), pairs[1], read), (2, ("b", "1"), as_text(&value)));
        }
    }

    #[test]
    fn no_template_brings_it_down(template in ".{0,80}", tail in "[{}%$\"\\\\a-z.| ()\\[\\]0-9-]{0,60}") {
        let body = format!("{template}{{{{ {tail} }}}}");
        let _ = braces(&body, JSON, &json!({}));
        let _ = flow(&body, JSON, &json!({}));
    }
}

#[test]
fn other_types_get_values_as_they_are_and_a_dollar_can_be_written() {
    let data = json!({"flowName": "a \"b\" & c", "jobId": 7});
    assert_eq!(
        flow("$$5 for $flowName, ${jobId}x $ 5$", "text/plain", &data).unwrap(),
        "$5 for a \"b\" & c, 7x $ 5$"
    );
    assert_eq!(
        braces("{{ data.flowName | upper }}\n", "text/plain", &data).unwrap(),
        "A \"B\" & C\n"
    );
}

#[test]
fn what_is_missing_is_empty() {
    assert_eq!(
        flow(r#"{"a": $error, "b": "$rowCount"}"#, JSON, &json!({})).unwrap(),
        r#"{"a": null, "b": ""}"#
    );
    assert_eq!(
        braces(r#"[{{ data.a.b.c }}, "{{ data.x }}"]"#, JSON, &json!({})).unwrap(),
        r#"[null, ""]"#
    );
    let sent: Value = serde_json::from_str(&flow(&flow_task::default_body(), JSON, &json!({"jobId": 3})).unwrap()).unwrap();
    assert_eq!(
        (sent["jobId"].as_i64(), sent.as_object().map(serde_json::Map::len)),
        (Some(3), Some(12))
    );
    let sent: Value = serde_json::from_str(&braces(custom::DEFAULT_BODY, JSON, &json!({"a": "\""})).unwrap()).unwrap();
    assert_eq!((&sent["id"], &sent["data"]["a"]), (&json!("evt_sample"), &json!("\"")));
}

#[track_caller]
fn refused(profile: Profile, body: &str, content_type: &str, says: &str) {
    let problem = profile
        .check_options(&options(body, content_type), &["*".to_owned()])
        .expect_err(body);
    assert_eq!(problem.field.as_deref(), Some("options.body"), "{problem:?}");
    assert!(problem.detail.contains(says), "{body}: {}", problem.detail);
}

#[test]
fn faults_name_their_place() {
    refused(Profile::FlowTask, "{\n  \"a\": $jobIdent}", JSON, "`$jobIdent` (line 2, column 8)");
    refused(Profile::FlowTask, "{\"a\": $jobId,\n \"b\" 1}", JSON, "(line 2, column 6)");
    refused(Profile::FlowTask, "{\"a\": \"\\$jobId\"}", JSON, "escape sequence");
    refused(Profile::FlowTask, "{\"a\": \"\\u00$jobId\"}", JSON, "escape sequence");
    refused(Profile::FlowTask, "a=$jobId b=2", FORM, "(line 1, column 9)");
    refused(Profile::Custom, "{\n\n {{ event.id }", JSON, "line 3");
    refused(Profile::Custom, "{\"a\": }", JSON, "line 1, column 7");
    refused(Profile::Custom, "{{ event.id | shout }}", JSON, "line 1, column");
    refused(
        Profile::Custom,
        "{% set x = 1 %}{{ x }}",
        JSON,
        "`{% set %}` is not offered (line 1, column 1)",
    );
    refused(
        Profile::Custom,
        "[{{ event.id ~ 1 }}]",
        JSON,
        "`~` is not offered (line 1, column 14)",
    );
    refused(Profile::Custom, "\"\u{fdd0}\"", JSON, "noncharacter");
    refused(Profile::Custom, &"x".repeat(65_537), "text/plain", "65536");
}

#[test]
fn bounds_hold_however_it_is_written() {
    let much = json!({"list": (0..1_000).collect::<Vec<_>>(), "text": "a".repeat(500_000)});
    for body in [
        "{% for a in data.list %}{% for b in data.list %}x{% endfor %}{% endfor %}",
        "{% for a in data.list %}{% for b in data.list %}{% for c in data.list %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in data.list %}{{ data.text }}{% endfor %}",
        "{% for a in data.list %}{{ data }}{% endfor %}",
        "{% for a in data.list %}{% if data.text | upper %}{% endif %}{% endfor %}",
        "{{ data.text | replace('a', data.text) }}",
        "{{ data.list | join(data.text) }}",
    ] {
        assert!(braces(body, "text/plain", &much).is_err(), "{body}");
    }
    let text = "{% for a in data.list %}{{ a }}{% if not loop.last %},{% endif %}{% endfor %}";
    assert!(braces(text, "text/plain", &much).unwrap().ends_with("998,999"));
}

#[test]
fn a_template_can_choose_and_repeat() {
    let data = json!({"tags": ["a", "b\""], "n": 0});
    let body = r#"[{% for tag in data.tags %}{{ tag }}{% if not loop.last %}, {% endif %}{% endfor %}{% if data.n %}, 1{% else %}, 2{% endif %}{# note #}]"#;
    assert_eq!(braces(body, JSON, &data).unwrap(), r#"["a", "b\"", 2]"#);
    assert_eq!(
        braces("\"{{ data.tags | join('; ') }} {{ data.x | default('none') }}\"", JSON, &data).unwrap(),
        r#""a; b\" none""#
    );
    assert_eq!(braces("{% raw %}{{ ~ }}{% endraw %}", "text/plain", &data).unwrap(), "{{ ~ }}");
}

#[test]
fn options_belong_to_profiles_that_have_them() {
    for (profile, options, field) in [
        (Profile::Slack, options("x", JSON), "options.content_type"),
        (
            Profile::Standard,
            WebhookOptions {
                method: Some(Method::Put),
                ..WebhookOptions::default()
            },
            "options.method",
        ),
        (Profile::Custom, options("{}", "nonsense"), "options.content_type"),
        (
            Profile::FlowTask,
            WebhookOptions {
                method: Some(Method::Get),
                ..options("{}", JSON)
            },
            "options.body",
        ),
    ] {
        let problem = profile.check_options(&options, &[]).expect_err(field);
        assert_eq!(problem.field.as_deref(), Some(field));
    }
    for profile in Profile::ALL {
        assert_eq!(
            profile.check_options(&WebhookOptions::default(), &["*".to_owned()]),
            Ok(()),
            "{profile}"
        );
    }
}
