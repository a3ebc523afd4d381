//! The forms of the reports that machines read: the keys of newman's JSON report, and what
//! readers of JUnit accept.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{text, watchbell};
use crate::support::Api;

/// Every kind of outcome: passed, failed, skipped, thrown, unreachable, sent by a script.
fn collection(api: &Api) -> Value {
    let base = format!("http://{}", api.address);
    let test = |code: &str| json!({"listen": "test", "script": {"type": "text/javascript", "exec": [code]}});
    json!({
        "info": {"name": "Orders & \"co\"", "_postman_id": "11111111-1111-4111-8111-111111111111"},
        "item": [
            {"name": "Shop", "id": "f1", "item": [
                {"name": "list v1.2", "id": "i1", "request": {"method": "GET", "url": format!("{base}/orders?x=1"), "header": [{"key": "A", "value": "b"}]},
                 "event": [test("pm.test('ok', () => {}); pm.test('bad <b>\\u0001', () => pm.expect(1, 'a\\u0002b\\r\\nc]]>').to.equal(2)); pm.test.skip('later', () => {}); console.log('said <&>');")]},
                {"name": "post", "id": "i2", "request": {"method": "POST", "url": format!("{base}/orders"),
                    "body": {"mode": "raw", "raw": "{\"a\":1}", "options": {"raw": {"language": "json"}}}},
                 "event": [{"listen": "prerequest", "script": {"exec": ["throw new TypeError('pre broke');"]}}, test("pm.test('pass', () => {}); undefinedThing();")]}]},
            {"name": "down", "id": "i3", "request": {"method": "GET", "url": "http://127.0.0.1:1/none"},
             "event": [test("pm.test('never ok', () => pm.response.to.have.status(200));")]},
            {"name": "sends", "id": "i4", "request": {"method": "GET", "url": format!("{base}/orders")},
             "event": [test(&format!("pm.sendRequest('{base}/sub', (error, response) => pm.test('sub', () => pm.expect(response.code).to.eql(200)));"))]},
            {"name": "no tests", "id": "i5", "request": {"method": "GET", "url": format!("{base}/plain")}}]
    })
}

async fn reports(words: &[&str]) -> (Value, String) {
    let (api, folder) = (Api::start().await, tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("c.json"), collection(&api).to_string()).unwrap();
    let all = [
        "run",
        "c.json",
        "-r",
        "json,junit",
        "--reporter-json-export",
        "o.json",
        "--reporter-junit-export",
        "o.xml",
    ];
    let ran = watchbell(folder.path(), &[&all[..], words].concat()).await;
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    (serde_json::from_str(&read("o.json")).unwrap(), read("o.xml"))
}

fn keys(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    out.insert(format!("{path} {kind}"));
    match value {
        Value::Array(list) => list.iter().for_each(|one| keys(one, &format!("{path}[]"), out)),
        Value::Object(map) => map.iter().for_each(|(key, one)| keys(one, &format!("{path}.{key}"), out)),
        _ => {}
    }
}

/// Parts of newman's report that are traces of its own inside, and that we do not have.
const INSIDE: [&str; 13] = [
    // The object model of its documents.
    "._.",
    "._ object",
    "_lastExecutionId",
    ".script.id",
    // The runtime's numbers of a script's execution.
    ".cursor.execution",
    ".cursor.httpRequestId",
    ".cursor.scriptId",
    // How errors cross the border of its sandbox; ours have `stack` instead.
    ".error.checksum",
    ".error.id",
    ".error.timestamp",
    ".error.stacktrace",
    // The request of a failure's item, as it was sent: `executions` has it.
    ".source.request.header[].system",
    // Node's fields of a failed connection: in `requestError` of the execution.
    ".failures[].error.",
];

#[tokio::test]
async fn the_json_report_has_the_keys_that_newmans_has() {
    let recorded = include_str!("newman-report-keys.txt");
    let (report, _) = reports(&[]).await;
    let mut ours = BTreeSet::new();
    keys(&report, "", &mut ours);
    let kept = [
        ".failures[].error.name",
        ".failures[].error.message",
        ".failures[].error.stack ",
        ".failures[].error.test",
        ".failures[].error.index",
    ];
    let missing: Vec<&str> = recorded
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter(|line| kept.iter().any(|part| line.contains(part)) || !INSIDE.iter().any(|part| line.contains(part)))
        .filter(|line| !ours.contains(*line))
        .collect();
    assert_eq!(missing, [""; 0], "newman has these, and we do not");
    let executions = report["run"]["executions"].as_array().unwrap();
    assert_eq!(
        executions.len() as u64,
        report["run"]["stats"]["requests"]["total"].as_u64().unwrap()
    );
}

/// A start tag: name, attributes.
type Tag = (String, Vec<(String, String)>);

/// The tags of a document without comments and CDATA, with the element around each.
fn tags(xml: &str) -> Vec<(Option<String>, Tag)> {
    let (mut open, mut found): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
    for piece in xml.split('<').skip(1).filter(|piece| !piece.starts_with('?')) {
        let tag = piece.split('>').next().unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "elements close in order");
            continue;
        }
        let (name, mut rest) = tag.trim_end_matches('/').split_once(' ').unwrap_or((tag.trim_end_matches('/'), ""));
        let mut attributes = Vec::new();
        while let Some((key, after)) = rest.trim_start().split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            attributes.push((key.to_owned(), value.to_owned()));
            rest = after;
        }
        found.push((open.last().cloned(), (name.to_owned(), attributes)));
        if !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?}");
    found
}

/// Element, where it stands, attributes it must have, and others that it may have.
type Rule = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

/// What the schema of Jenkins' xUnit plugin allows.
const ALLOWED: [Rule; 8] = [
    (
        "testsuites",
        &[""],
        &[],
        &["name", "time", "tests", "failures", "disabled", "errors"],
    ),
    (
        "testsuite",
        &["testsuites"],
        &["name", "tests", "failures", "errors", "time"],
        &["timestamp", "id", "skipped", "hostname", "package"],
    ),
    (
        "testcase",
        &["testsuite"],
        &["name", "classname", "time"],
        &["assertions", "status"],
    ),
    ("failure", &["testcase"], &["type", "message"], &[]),
    ("error", &["testcase"], &["type", "message"], &[]),
    ("skipped", &["testcase"], &[], &["message", "type"]),
    ("system-out", &["testsuite", "testcase"], &[], &[]),
    ("system-err", &["testsuite", "testcase"], &[], &[]),
];

#[tokio::test]
async fn the_junit_report_is_what_jenkins_and_gitlab_accept() {
    let (_, xml) = reports(&["-n", "2"]).await;
    assert!(
        !xml.chars().any(|c| c.is_control() && c != '\n'),
        "no character that XML 1.0 cannot hold"
    );
    let tags = tags(&xml);
    for (parent, (name, attributes)) in &tags {
        let (_, places, must, may) = ALLOWED
            .iter()
            .find(|(known, ..)| known == name)
            .unwrap_or_else(|| panic!("<{name}>"));
        assert!(places.contains(&parent.as_deref().unwrap_or_default()), "<{name}> in {parent:?}");
        let given: Vec<&str> = attributes.iter().map(|(key, _)| key.as_str()).collect();
        assert!(must.iter().all(|key| given.contains(key)), "<{name}> has {given:?}");
        assert!(
            given.iter().all(|key| must.contains(key) || may.contains(key)),
            "<{name}> has {given:?}"
        );
        for (key, value) in attributes {
            match key.as_str() {
                "time" => assert!(value.parse::<f64>().is_ok_and(|seconds| seconds >= 0.0), "{value}"),
                "tests" | "failures" | "errors" | "skipped" => assert!(value.parse::<u32>().is_ok(), "{value}"),
                "classname" => assert!(!value.contains('.') && !value.is_empty(), "a dot would make a package: {value}"),
                _ => {}
            }
        }
    }
    let number = |of: &Tag, key: &str| of.1.iter().find(|(name, _)| name == key).unwrap().1.parse::<usize>().unwrap();
    let of_kind = |kind: &str| tags.iter().filter(|(_, (name, _))| name == kind).count();
    let suites: Vec<&Tag> = tags.iter().map(|(_, tag)| tag).filter(|tag| tag.0 == "testsuite").collect();
    assert_eq!(suites.len(), 10, "one for each request of each iteration");
    for (key, element) in [
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ] {
        assert_eq!(
            suites.iter().map(|suite| number(suite, key)).sum::<usize>(),
            of_kind(element),
            "{key}"
        );
    }
    assert!(of_kind("failure") > 0 && of_kind("error") > 0 && of_kind("skipped") > 0);
    assert!(
        xml.contains("classname=\"ShopListV12\"") && xml.contains("type=\"AssertionFailure\""),
        "newman's words: {xml}"
    );
    assert!(xml.contains("said &lt;&amp;&gt;</system-out>"), "{xml}");
    assert!(
        xml.contains("AssertionError: a\u{fffd}b&#13;&#10;c]]&gt;: expected 1 to equal 2"),
        "the text has the message: {xml}"
    );
}

#[tokio::test]
async fn words_of_newman_are_taken_and_wrong_ones_exit_1() {
    let (api, folder) = (Api::start().await, tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("c.json"), api.collection("C").to_string()).unwrap();
    let run = async |words: &[&str]| {
        let ran = watchbell(folder.path(), &[&["run", "c.json"][..], words].concat()).await;
        (ran.status.code(), text(&ran.stdout), text(&ran.stderr))
    };
    let (code, _, said) = run(&["-r", "cli,allure"]).await;
    assert!(
        code == Some(0) && said.contains("no reporter `allure`"),
        "newman goes on without it: {said}"
    );
    assert_eq!(run(&["--timeout"]).await.0, Some(0), "a limit without a number is none");
    assert_eq!(run(&["-r"]).await, (Some(0), String::new(), String::new()));
    assert_eq!(run(&["--reporter-cli-silent"]).await, (Some(0), String::new(), String::new()));
    let (_, shown, _) = run(&["--reporter-cli-show-timestamps"]).await;
    assert!(shown.contains("  [20") && shown.contains("] GET http"), "{shown}");
    for wrong in [
        &["--fast"][..],
        &["-n", "0"],
        &["-n", "abc"],
        &["--color", "blue"],
        &["-e", "missing.json"],
    ] {
        let (code, shown, said) = run(wrong).await;
        assert_eq!((code, shown.as_str()), (Some(1), ""), "{wrong:?}: {said}");
        assert!(said.starts_with("error: "), "{wrong:?}: {said}");
    }
}
