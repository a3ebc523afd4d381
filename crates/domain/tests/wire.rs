//! What goes on the wire: profiles, signatures, headers, event types.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Problem,
    event::{self, Event, check_pattern, check_type, patterns_of},
    profile::{self, Profile},
    run::{Metrics, RunKind, RunReport, RunStatus, RunType},
    secret,
    webhook::{self, SignatureStyle, WebhookOptions},
};
use proptest::prelude::*;
use serde_json::{Value, json};

#[allow(clippy::unwrap_used, reason = "a report of the test itself")]
fn run_event(status: RunStatus, metrics: Metrics) -> Event {
    let report = RunReport {
        run_id: "run_1".into(),
        kind: RunKind::Monitor,
        run_type: RunType::Scheduled,
        status,
        series: "s".into(),
        sequence: 3,
        started_at: 1_700_000_000_000_000,
        finished_at: 1_700_000_001_000_000,
        collection_name: "Orders API".into(),
        collection_uid: "12345678-c".into(),
        environment_name: String::new(),
        environment_uid: String::new(),
        monitor_name: "Orders \"hourly\"".into(),
        monitor_uid: "12345678-m".into(),
        user_id: "12345678".into(),
        user_name: "Ada".into(),
        metrics,
        failures: Vec::new(),
        error: None,
    };
    Event {
        id: "evt_1".into(),
        workspace_id: "wsp_1".into(),
        event_type: event::RUN_FINISHED.into(),
        subject: "m".into(),
        at: 1_700_000_001_000_000,
        data: serde_json::to_string(&report).unwrap(),
        import: false,
        hops: 0,
    }
}

fn render(profile: Profile, event: &Event) -> Result<profile::Body, Problem> {
    let setting = profile::Setting {
        options: &WebhookOptions::default(),
        public_url: "https://bell.example",
        secret: None,
    };
    profile.render(event, setting)
}

#[test]
fn the_monitor_result_has_postmans_names_and_nothing_else() {
    let metrics = Metrics {
        failed_tests: 1,
        passed_tests: 11,
        request_count: 6,
        total_latency: 842,
        ..Metrics::default()
    };
    let body = render(Profile::Postman, &run_event(RunStatus::Failure, metrics)).unwrap();
    let sent: Value = serde_json::from_slice(&body.bytes).unwrap();
    let wanted = json!({
        "collection_name":"Orders API","collection_uid":"12345678-c","environment_name":"","environment_uid":"",
        "metrics":{"errors":0,"failedTests":1,"passedTests":11,"requestCount":6,"totalLatency":842,"warnings":0},
        "monitor_name":"Orders \"hourly\"","monitor_uid":"12345678-m","user_id":"12345678","user_name":"Ada"
    });
    assert_eq!(sent, wanted);
}

#[test]
fn an_abort_is_never_told_as_good_news() {
    let body = render(Profile::Postman, &run_event(RunStatus::Abort, Metrics::default())).unwrap();
    let sent: Value = serde_json::from_slice(&body.bytes).unwrap();
    assert_eq!(sent["metrics"]["errors"], 1);
}

#[test]
fn standard_webhooks_sign_the_test_vector() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let keys = profile::keys(SignatureStyle::Standard, Some(secret), None, 0).unwrap();
    let now = 1_614_265_330_000_000;
    let style = Some(SignatureStyle::Standard);
    let headers = profile::headers(style, "msg_p5jXN8AQM9LWM0D4loKWxJek", &keys, now, br#"{"test": 2432232314}"#).unwrap();
    assert_eq!(headers[1].1, "1614265330");
    assert_eq!(headers[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_rotation_overlaps_and_ends() {
    let (old, new) = (secret::generate_hmac(), secret::generate_hmac());
    assert_eq!(
        profile::keys(SignatureStyle::Standard, Some(&new), Some((&old, 100)), 99)
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        profile::keys(SignatureStyle::Standard, Some(&new), Some((&old, 100)), 100)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn secrets_are_checked() {
    for bad in ["", "abc", "whsec_", "whsec_????", "whsec_YWJj", "whsk_YWJj"] {
        assert!(Profile::Standard.check_secret(&WebhookOptions::default(), bad).is_err(), "{bad}");
    }
    assert!(
        Profile::Standard
            .check_secret(&WebhookOptions::default(), &secret::generate_hmac())
            .is_ok()
    );
    assert!(
        Profile::Standard
            .check_secret(&WebhookOptions::default(), &format!("whsk_{}", STANDARD.encode([7_u8; 32])))
            .is_ok()
    );
}

#[test]
fn reserved_and_broken_headers_are_refused() {
    for (name, value) in [
        ("Host", "x"),
        ("content-LENGTH", "1"),
        ("Connection", "close"),
        ("Webhook-Signature", "x"),
        ("X A", "x"),
        ("", "x"),
        ("X-A", "a\r\nb"),
        ("X-A", "a\0"),
    ] {
        assert!(webhook::check_header(name, value).is_err(), "{name}: {value}");
    }
    assert!(webhook::check_header("Authorization", "Bearer ä").is_ok());
}

#[test]
fn types_and_patterns() {
    for good in ["issue-created", "monitor.run.finished", "a"] {
        assert!(check_type("type", good).is_ok(), "{good}");
    }
    for bad in ["", ".", "a.", "A", "a b", "a.*", "ä"] {
        assert!(check_type("type", bad).is_err(), "{bad}");
    }
    assert!(check_pattern("events", "monitor.*").is_ok());
    assert!(check_pattern("events", "*").is_ok());
    assert!(check_pattern("events", "*.run").is_err());
}

proptest! {
    #[test]
    fn every_pattern_of_a_type_matches_it(words in prop::collection::vec("[a-z]{1,5}", 1..5)) {
        let event_type = words.join(".");
        for pattern in patterns_of(&event_type) {
            prop_assert!(check_pattern("events", &pattern).is_ok());
            let matches = pattern == "*" || pattern == event_type || pattern.strip_suffix('*').is_some_and(|p| event_type.starts_with(p));
            prop_assert!(matches, "{} {}", pattern, event_type);
        }
    }

    #[test]
    fn bodies_are_json_whatever_the_names(name in ".{0,60}") {
        let mut event = run_event(RunStatus::Success, Metrics::default());
        event.event_type = "thing.happened".into();
        event.data = json!({ "name": name }).to_string();
        let body = render(Profile::Standard, &event).unwrap();
        let sent: Value = serde_json::from_slice(&body.bytes).unwrap();
        prop_assert_eq!(sent["data"]["name"].as_str(), Some(name.as_str()));
    }
}
