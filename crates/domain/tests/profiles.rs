//! Each profile's bodies, signatures and answers, as their receivers document them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

use domain::{
    event::{self, Event},
    profile::{self, FlowTaskDefaults, MASK, Profile, Setting, sample},
    secret::SigningKey,
    webhook::{SignatureStyle, WebhookOptions},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn body(profile: Profile, event: &Event) -> profile::Body {
    let setting = Setting {
        options: &WebhookOptions::default(),
        public_url: "https://bell.example",
        secret: Some("0123456789abcdef0123456789abcdef"),
    };
    profile.render(event, setting).unwrap()
}

fn sent(profile: Profile, event: &Event) -> Value {
    serde_json::from_slice(&body(profile, event).bytes).unwrap()
}

const TYPES: [&str; 12] = [
    event::RUN_FINISHED,
    event::INCIDENT_OPENED,
    event::INCIDENT_ACKNOWLEDGED,
    event::INCIDENT_RESOLVED,
    event::INCIDENT_REOPENED,
    event::WEBHOOK_DISABLED,
    event::WEBHOOK_ENABLED,
    "delivery.failed",
    event::ACTIVITY,
    event::TEST,
    "job.finished",
    "issue-created",
];

#[test]
fn testmonitor_names_the_subject() {
    let of = |event_type: &str| profile::testmonitor::key(event_type);
    for (event_type, key) in [
        ("issue-created", "issue"),
        ("test-result-updated", "test_result"),
        ("test-case-deleted", "test_case"),
        ("monitor.run.finished", "data"),
        ("test-event", "data"),
        ("event-created", "data"),
        ("-created", "data"),
    ] {
        assert_eq!(of(event_type), key, "{event_type}");
    }
    let mut event = sample::of_type("issue-created");
    event.data = r#"{"id": 7}"#.to_owned();
    assert_eq!(
        body(Profile::Testmonitor, &event).bytes,
        br#"{"event":"issue-created","issue":{"id": 7}}"#
    );
}

#[test]
fn every_profile_renders_every_type_the_same_every_time() {
    for profile in Profile::ALL {
        for event_type in TYPES {
            let event = sample::of_type(event_type);
            let sent = sent(*profile, &event);
            assert!(sent.is_object(), "{profile} {event_type}: {sent}");
            assert_eq!(body(*profile, &event), body(*profile, &event));
        }
    }
}

#[test]
fn pagerduty_triggers_and_resolves_under_one_key_and_hides_the_routing_key() {
    let action = |event_type: &str| {
        let sent = sent(Profile::Pagerduty, &sample::of_type(event_type));
        (
            sent["event_action"].as_str().unwrap().to_owned(),
            sent["dedup_key"].as_str().unwrap().to_owned(),
        )
    };
    let incident = "watchbell/incident/inc_sample".to_owned();
    assert_eq!(action(event::INCIDENT_OPENED), ("trigger".to_owned(), incident.clone()));
    assert_eq!(action(event::INCIDENT_ACKNOWLEDGED), ("acknowledge".to_owned(), incident.clone()));
    assert_eq!(action(event::INCIDENT_RESOLVED), ("resolve".to_owned(), incident));
    let mut run = sample::of_type(event::RUN_FINISHED);
    let bad = sent(Profile::Pagerduty, &run);
    run.data = run.data.replace("\"failure\"", "\"success\"");
    let good = sent(Profile::Pagerduty, &run);
    assert_eq!(
        (&bad["event_action"], &good["event_action"]),
        (&json!("trigger"), &json!("resolve"))
    );
    assert_eq!(bad["dedup_key"], good["dedup_key"]);
    assert_eq!(
        (&bad["payload"]["severity"], &bad["payload"]["source"]),
        (&json!("error"), &json!("bell.example"))
    );
    assert_eq!(bad["links"][0]["href"], "https://bell.example/runs/run_sample");
    let body = body(Profile::Pagerduty, &run);
    let shown = String::from_utf8(body.shown.unwrap()).unwrap();
    assert!(shown.contains(MASK) && !shown.contains("0123456789abcdef"), "{shown}");
    assert!(String::from_utf8(body.bytes).unwrap().contains("0123456789abcdef"));
}

#[test]
fn chats_are_told_what_failed() {
    let run = sample::of_type(event::RUN_FINISHED);
    let slack = sent(Profile::Slack, &run);
    assert_eq!(slack["text"], "🔴 Orders \"hourly\": failure");
    let text = slack["blocks"][1]["text"]["text"].as_str().unwrap();
    assert!(text.starts_with("Status is 200: expected response"), "{text}");
    let teams = sent(Profile::Teams, &run);
    let card = &teams["attachments"][0]["content"];
    assert_eq!(
        (&card["version"], &card["actions"][0]["url"]),
        (&json!("1.4"), &json!("https://bell.example/runs/run_sample"))
    );
    let discord = sent(Profile::Discord, &run);
    assert_eq!(
        (&discord["allowed_mentions"], &discord["embeds"][0]["color"]),
        (&json!({"parse": []}), &json!(0xD7_3A_49))
    );
}

#[test]
fn a_name_calls_nobody() {
    let mut event = sample::of_type("issue-created");
    event.data = json!({"title": "<!channel> & @everyone [x](http://a)", "message": "<@U1> **b**"}).to_string();
    let slack = sent(Profile::Slack, &event);
    assert_eq!(slack["text"], "🔔 issue-created: &lt;!channel&gt; &amp; @everyone [x](http://a)");
    assert_eq!(slack["blocks"][1]["text"]["text"], "&lt;@U1&gt; **b**");
    let discord = sent(Profile::Discord, &event);
    assert_eq!(discord["embeds"][0]["description"], "\\<\\@U1\\> \\*\\*b\\*\\*");
}

fn characters(value: &Value) -> usize {
    value.as_str().unwrap().chars().count()
}

proptest! {
    #[test]
    fn chats_limits_hold_whatever_is_told(title in ".{0,400}", repeats in 1_usize..4_000, fields in prop::collection::vec((".{1,300}", ".{0,1500}"), 0..15)) {
        let mut event = sample::of_type("issue-created");
        let mut data: serde_json::Map<String, Value> = fields.into_iter().map(|(name, value)| (name, value.into())).collect();
        data.insert("title".to_owned(), title.repeat(3).into());
        data.insert("message".to_owned(), "<a&\n>".repeat(repeats).into());
        event.data = Value::Object(data).to_string();
        let slack = sent(Profile::Slack, &event);
        let blocks = slack["blocks"].as_array().unwrap();
        prop_assert!(blocks.len() <= 50 && characters(&blocks[0]["text"]["text"]) <= 150);
        for block in &blocks[1..] {
            if block["text"].is_object() {
                prop_assert!(characters(&block["text"]["text"]) <= 3_000);
            }
            for field in block["fields"].as_array().unwrap_or(&Vec::new()) {
                prop_assert!(characters(&field["text"]) <= 2_000);
            }
        }
        let discord = sent(Profile::Discord, &event);
        let embed = &discord["embeds"][0];
        let mut total = characters(&embed["title"]) + characters(&embed["description"]);
        prop_assert!(characters(&embed["title"]) <= 256 && characters(&embed["description"]) <= 4_096 && characters(&discord["content"]) <= 2_000);
        for field in embed["fields"].as_array().unwrap() {
            prop_assert!((1..=256).contains(&characters(&field["name"])) && (1..=1_024).contains(&characters(&field["value"])));
            total += characters(&field["name"]) + characters(&field["value"]);
        }
        prop_assert!(total <= 6_000);
        let pager = sent(Profile::Pagerduty, &event);
        prop_assert!(characters(&pager["payload"]["summary"]) <= 1_024 && characters(&pager["dedup_key"]) <= 255);
        prop_assert!(body(Profile::Teams, &event).bytes.len() <= 28_000);
    }
}

const NOW: i64 = 1_700_000_000_123_456;

fn signed(style: SignatureStyle, secrets: &[&str], body: &[u8]) -> Vec<(String, String)> {
    let keys: Vec<_> = secrets
        .iter()
        .map(|secret| SigningKey::parse(style, "secret", secret).unwrap())
        .collect();
    let mut headers = profile::headers(Some(style), "evt_1", &keys, NOW, body).unwrap();
    assert_eq!(headers.remove(0), ("webhook-id".to_owned(), "evt_1".to_owned()));
    headers
}

#[test]
fn each_style_signs_as_it_is_documented() {
    let wanted = "345611a3626cf5e080a7a412184001882ab231b8bdb465dc76dbf709f01f210a";
    let body = br#"{"a":"1"}"#;
    assert_eq!(
        signed(SignatureStyle::Testmonitor, &["abc"], body),
        [("signature".to_owned(), wanted.to_owned())]
    );
    assert_eq!(
        signed(SignatureStyle::Github, &["abc"], body),
        [("x-hub-signature-256".to_owned(), format!("sha256={wanted}"))]
    );
    // GitHub's own example ("Validating webhook deliveries").
    assert_eq!(
        signed(SignatureStyle::Github, &["It's a Secret to Everybody"], b"Hello, World!")[0].1,
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    );
    let stamped = signed(SignatureStyle::Timestamped, &["abc"], body);
    let expected = hex::encode(domain::sign::hmac_sha256(b"abc", br#"1700000000123.{"a":"1"}"#));
    assert_eq!(
        stamped,
        [("x-watchbell-signature".to_owned(), format!("t=1700000000123,v1={expected}"))]
    );
    assert!(signed(SignatureStyle::Testmonitor, &[], body).is_empty());
}

#[test]
fn while_a_rotation_overlaps_the_new_secret_has_the_known_header() {
    let old = signed(SignatureStyle::Testmonitor, &["old"], b"x");
    let new = signed(SignatureStyle::Testmonitor, &["new"], b"x");
    let both = signed(SignatureStyle::Testmonitor, &["new", "old"], b"x");
    assert_eq!(both, [new[0].clone(), ("signature-old".to_owned(), old[0].1.clone())]);
    let both = signed(SignatureStyle::Github, &["new", "old"], b"x");
    assert_eq!(
        (both[0].0.as_str(), both[1].0.as_str()),
        ("x-hub-signature-256", "x-hub-signature-256-old")
    );
    let both = signed(SignatureStyle::Timestamped, &["new", "old"], b"x");
    assert_eq!((both.len(), both[0].1.matches(",v1=").count()), (1, 2));
}

#[test]
fn secrets_fit_their_style() {
    let any = WebhookOptions::default();
    assert!(Profile::Testmonitor.check_secret(&any, "a").is_ok());
    assert!(Profile::Testmonitor.check_secret(&any, &"a".repeat(257)).is_err());
    assert!(Profile::Standard.check_secret(&any, "a").is_err());
    let github = WebhookOptions {
        signature: Some(SignatureStyle::Github),
        ..any.clone()
    };
    assert!(Profile::Standard.check_secret(&github, "a").is_ok());
    assert!(Profile::Pagerduty.check_secret(&any, "with blank or\nline").is_err());
    for profile in Profile::ALL {
        let made = profile.generate_secret(&any);
        assert_eq!(made.is_none(), *profile == Profile::Pagerduty);
        assert!(made.is_none_or(|made| profile.check_secret(&any, &made).is_ok()));
    }
}

#[test]
fn receivers_with_rules_of_their_own() {
    let verdict = |profile: Profile, status, body: &str| {
        let verdict = profile.judge(status, None, body.as_bytes());
        (verdict.success, verdict.retry)
    };
    assert_eq!(verdict(Profile::Slack, 200, "ok"), (true, false));
    assert_eq!(verdict(Profile::Slack, 200, r#"{"ok":true}"#), (true, false));
    assert_eq!(verdict(Profile::Slack, 200, "no_service"), (false, true));
    assert_eq!(verdict(Profile::Pagerduty, 202, "{}"), (true, false));
    assert_eq!(verdict(Profile::Pagerduty, 200, "{}"), (false, true));
    assert_eq!(verdict(Profile::Pagerduty, 400, "{}"), (false, false));
    assert_eq!(verdict(Profile::Testmonitor, 204, ""), (true, false));
    assert_eq!(verdict(Profile::Testmonitor, 302, ""), (false, true));
    let policy = Profile::FlowTask.retry_policy(&FlowTaskDefaults::default());
    assert_eq!(policy.delays_ms, [1_000]);
    assert_eq!(
        WebhookOptions::default().limit_ms(Profile::Testmonitor, &FlowTaskDefaults::default()),
        3_000
    );
    assert_eq!(
        WebhookOptions::default().limit_ms(Profile::FlowTask, &FlowTaskDefaults::default()),
        30_000
    );
}
