//! The command line: what it prints, and how it exits.

use std::{path::Path, process::Output};

use serde_json::json;

use crate::support::{Api, Receiver, server::PROGRAM};

mod deliveries;
mod events;
mod manual;
mod refusals;
mod report_forms;
mod reports;
mod script;
mod shell;
mod watch;
mod webhooks;
mod workspace;

async fn watchbell(folder: &Path, words: &[&str]) -> Output {
    tokio::process::Command::new(PROGRAM)
        .current_dir(folder)
        .args(words)
        .output()
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_run_reports_its_tests_and_exits_by_them() {
    let (api, folder) = (Api::start().await, tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("orders.json"), api.collection("Orders").to_string()).unwrap();
    let good = watchbell(folder.path(), &["run", "orders.json"]).await;
    let printed = text(&good.stdout);
    assert_eq!(good.status.code(), Some(0), "{printed}{}", text(&good.stderr));
    assert!(
        printed.contains("✓  status is 200") && printed.contains("✓  has orders"),
        "{printed}"
    );
    api.set_broken(true);
    let bad = watchbell(folder.path(), &["run", "orders.json"]).await;
    let printed = text(&bad.stdout);
    assert_eq!(bad.status.code(), Some(1), "{printed}");
    assert!(
        printed.contains("AssertionError: expected response to have status code 200 but got 500"),
        "{printed}"
    );
    assert!(!printed.contains('\u{1b}'), "no colour without a terminal");
}

#[tokio::test]
async fn variables_come_from_files_and_words_and_are_exported() {
    let (api, folder) = (Api::start().await, tempfile::tempdir().unwrap());
    let mut collection = api.collection("Orders");
    collection["item"][0]["request"]["url"] = json!("{{base}}/orders?who={{who}}");
    collection["item"][0]["event"][0]["script"]["exec"] = json!([
        "pm.test('asked for Ada', () => pm.expect(pm.request.url.toString()).to.include('who=Ada'));",
        "pm.environment.set('seen', 7);"
    ]);
    std::fs::write(folder.path().join("orders.json"), collection.to_string()).unwrap();
    let environment = json!({"name": "here", "values": [{"key": "base", "value": format!("http://{}", api.address), "enabled": true}]});
    std::fs::write(folder.path().join("here.json"), environment.to_string()).unwrap();
    let words = [
        "run",
        "orders.json",
        "-e",
        "here.json",
        "--env-var",
        "who=Ada",
        "--export-environment",
        "out.json",
    ];
    let ran = watchbell(folder.path(), &words).await;
    assert_eq!(ran.status.code(), Some(0), "{}{}", text(&ran.stdout), text(&ran.stderr));
    let exported: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    let seen = exported["values"].as_array().unwrap().iter().find(|v| v["key"] == "seen").unwrap();
    assert_eq!(seen["value"], 7);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.json"), "{\"info\": {\"name\": \"x\"},\n \"item\": [}").unwrap();
    let broken = watchbell(folder.path(), &["run", "broken.json"]).await;
    assert_eq!(broken.status.code(), Some(1));
    assert!(
        text(&broken.stderr).contains("broken.json") && text(&broken.stderr).contains('2'),
        "{}",
        text(&broken.stderr)
    );
    let missing = watchbell(folder.path(), &["run", "missing.json"]).await;
    assert!(text(&missing.stderr).contains("cannot read `missing.json`"));
    let unknown = watchbell(folder.path(), &["run", "broken.json", "--fast"]).await;
    assert_eq!(unknown.status.code(), Some(1), "as newman");
}

#[tokio::test]
async fn a_hostile_script_ends_at_its_limit_and_the_run_goes_on() {
    let (api, folder) = (Api::start().await, tempfile::tempdir().unwrap());
    let mut collection = api.collection("Hostile");
    let mut hostile = collection["item"][0].clone();
    hostile["name"] = json!("hostile");
    hostile["event"][0]["script"]["exec"] = json!(["new Array(1e9) + ''"]);
    collection["item"].as_array_mut().unwrap().insert(0, hostile);
    std::fs::write(folder.path().join("hostile.json"), collection.to_string()).unwrap();
    let ran = watchbell(folder.path(), &["run", "hostile.json", "--timeout-script", "500"]).await;
    let printed = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{printed}");
    assert!(printed.contains("✓  status is 200"), "the request after it ran: {printed}");
}

#[tokio::test]
async fn sessions_run_at_once_and_the_result_goes_to_a_receiver() {
    let (api, receiver, folder) = (Api::start().await, Receiver::start().await, tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("orders.json"), api.collection("Orders").to_string()).unwrap();
    let url = receiver.url("/result");
    let words = [
        "run",
        "orders.json",
        "-n",
        "2",
        "--parallel",
        "3",
        "-r",
        "json",
        "--reporter-json-export",
        "out.json",
        "--webhook",
        &url,
    ];
    let ran = watchbell(folder.path(), &words).await;
    assert_eq!(ran.status.code(), Some(0), "{}{}", text(&ran.stdout), text(&ran.stderr));
    assert_eq!(api.requests(), 6);
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    let mut iterations: Vec<_> = report["run"]["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["cursor"]["iteration"].as_u64().unwrap())
        .collect();
    iterations.sort_unstable();
    assert_eq!(iterations, [0, 1, 2, 3, 4, 5], "each iteration stands once");
    let told = receiver.received()[0].json();
    assert_eq!(
        (told["type"].as_str(), told["data"]["metrics"]["passedTests"].as_u64()),
        (Some("run.finished"), Some(12))
    );
    receiver.answer(410);
    let lost = watchbell(folder.path(), &["run", "orders.json", "--webhook", &url]).await;
    assert_eq!(lost.status.code(), Some(1), "a result that was not taken is no success");
    assert!(text(&lost.stderr).contains("410"), "{}", text(&lost.stderr));
}

#[tokio::test]
async fn a_signature_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("body.json"), r#"{"test": 2432232314}"#).unwrap();
    let verify = |signature: &'static str, tolerance: &'static str| {
        let words = [
            "verify",
            "--secret",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "--id",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "--timestamp",
            "1614265330",
            "--signature",
            signature,
            "--tolerance",
            tolerance,
            "body.json",
        ];
        let folder = folder.path().to_owned();
        async move { watchbell(&folder, &words).await.status.code() }
    };
    assert_eq!(verify("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "0").await, Some(0));
    assert_eq!(verify("v1,AAAM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "0").await, Some(1));
    // It fits, but was signed years ago.
    assert_eq!(verify("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "300").await, Some(1));
}

#[tokio::test]
async fn a_receiver_checks_with_the_public_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("body.json"), r#"{"test": 2432232314}"#).unwrap();
    let verify = |flag: &'static str, key: String, signature: String| {
        let folder = folder.path().to_owned();
        async move {
            let words = [
                "verify",
                flag,
                &key,
                "--id",
                "msg_1",
                "--timestamp",
                "1614265330",
                "--signature",
                &signature,
                "--tolerance",
                "0",
                "body.json",
            ];
            watchbell(&folder, &words).await
        }
    };
    for flag in ["--secret", "--public-key"] {
        let fits = verify(flag, PUBLIC.to_owned(), format!("v1,AAAA {SIGNED}")).await;
        assert_eq!(fits.status.code(), Some(0), "{}", text(&fits.stderr));
        let other = SIGNED.replace("v1a,", "v1a,A");
        assert_eq!(verify(flag, PUBLIC.to_owned(), other).await.status.code(), Some(1));
        let broken = verify(flag, "whpk_AAAA".to_owned(), SIGNED.to_owned()).await;
        assert!(text(&broken.stderr).contains("the base64 of 32 bytes"), "{}", text(&broken.stderr));
    }
    let other_style = verify("--public-key", PUBLIC.to_owned(), "sha256=00".to_owned()).await;
    assert!(
        text(&other_style.stderr).contains("takes `--secret`"),
        "{}",
        text(&other_style.stderr)
    );
}

/// Made with Python's `cryptography` from the seed of 32 bytes 7, over `msg_1.1614265330.{"test": 2432232314}`.
const PUBLIC: &str = "whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=";
const SIGNED: &str = "v1a,EWOEztNddYbctdUDYzwnhJylbSUAXNQonCoa0C1kXu+mfnuFIxNH2UEJzt3D/SQqSfKBEFHMl1yNbFzzlDEmBQ==";

#[tokio::test]
async fn signatures_of_the_other_styles_are_verified_by_their_form() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("body.json"), r#"{"a":"1"}"#).unwrap();
    let fits = "345611a3626cf5e080a7a412184001882ab231b8bdb465dc76dbf709f01f210a";
    let old = "t=1700000000123,v1=00,v1=";
    let stamped = format!("{old}{STAMPED}");
    for (signature, tolerance, code) in [
        (fits.to_owned(), "300", 0),
        (format!("sha256={fits}"), "300", 0),
        (format!("sha256={}", fits.replace('3', "4")), "300", 1),
        (stamped.clone(), "0", 0),
        (stamped, "300", 1),
        (format!("{old}{fits}"), "0", 1),
        // Standard Webhooks, whose id is missing.
        ("v1,AAAA".to_owned(), "0", 1),
    ] {
        let words = [
            "verify",
            "--secret",
            "abc",
            "--signature",
            &signature,
            "--tolerance",
            tolerance,
            "body.json",
        ];
        assert_eq!(watchbell(folder.path(), &words).await.status.code(), Some(code), "{signature}");
    }
}

/// HMAC-SHA256 of `1700000000123.{"a":"1"}` with `abc`.
const STAMPED: &str = "a21b9bde18edb95ff83e186ffb7c35ca613159c943798341f0d7121ae7a5b9c3";

#[tokio::test]
async fn settings_are_shown_with_their_origin() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("watchbell.toml"), "[server]\nlisten = \"127.0.0.1:9\"\n").unwrap();
    let shown = text(&watchbell(folder.path(), &["config"]).await.stdout);
    assert!(
        shown
            .lines()
            .any(|l| l.starts_with("server.listen") && l.ends_with("watchbell.toml")),
        "{shown}"
    );
    std::fs::write(folder.path().join("watchbell.toml"), "[server]\nlisten = 9\n").unwrap();
    let refused = watchbell(folder.path(), &["serve"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("`server.listen` (watchbell.toml): expected string, found integer"),
        "{}",
        text(&refused.stderr)
    );
}
