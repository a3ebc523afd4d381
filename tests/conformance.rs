//! `watchbell run` against what newman did: the cases of `conformance/` by its own harness.
//! A case that is known to differ is named here with its reason, and must keep differing:
//! the day it passes, its line goes.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;
use tokio::sync::OnceCell;

use crate::support::server::PROGRAM;

/// `(case, why it differs)`.
const KNOWN_DIFFERENCES: &[(&str, &str)] = &[];

#[tokio::test]
async fn every_case_ends_as_newman_ends_it() {
    assert_eq!(
        differing("harness.py").await,
        KNOWN_DIFFERENCES.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn every_case_of_our_own_ends_as_newman_ends_it() {
    assert_eq!(differing("own.py").await, [""; 0]);
}

#[tokio::test]
async fn every_case_of_scripts_and_order_ends_as_newman_ends_it() {
    assert_eq!(differing("own-scripts/run.py").await, [""; 0]);
}

/// The harnesses share throw-away keys, which whoever comes first makes: one of them alone.
static KEYS: OnceCell<()> = OnceCell::const_new();

async fn make_keys() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    if !folder.join("certs/rsa-pkcs8.key").exists() {
        let made = tokio::process::Command::new("sh")
            .arg(folder.join("make_certs.sh"))
            .output()
            .await
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}

/// Names of the cases that a harness finds to differ, at least forty having run.
async fn differing(harness: &str) -> Vec<String> {
    KEYS.get_or_init(make_keys).await;
    let harness = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance").join(harness);
    let folder = tempfile::tempdir().unwrap();
    let verdicts = folder.path().join("verdicts.json");
    let command = format!(
        "{PROGRAM} run {{collection}} {{flags}} --reporters json --reporter-json-export {{report}} \
         --export-environment {{env_out}} --export-globals {{globals_out}}"
    );
    let ran = tokio::process::Command::new("python3")
        .arg(&harness)
        .args(["check", "--cmd", &command, "--json"])
        .arg(&verdicts)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .await
        .unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let read = std::fs::read(&verdicts).unwrap_or_else(|error| panic!("no verdicts ({error}): {printed}"));
    let verdicts: Value = serde_json::from_slice(&read).unwrap();
    let cases: BTreeMap<String, Value> = serde_json::from_value(verdicts["cases"].clone()).unwrap();
    assert!(cases.len() >= 40, "the harness ran all of its cases: {printed}");
    let failed: Vec<String> = cases
        .into_iter()
        .filter(|(_, case)| case["verdict"] == "FAIL")
        .map(|(name, _)| name)
        .collect();
    if !failed.is_empty() {
        eprintln!("{printed}");
    }
    failed
}
