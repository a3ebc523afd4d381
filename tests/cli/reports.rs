//! `watchbell run` as newman's users know it: reports, exports, sources, and the check.

use std::path::Path;

use serde_json::{Value, json};

use super::{text, watchbell};
use crate::support::{Api, server::PROGRAM};

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A folder with `orders.json`: the API's collection with one test more, which fails.
async fn failing(api: &Api) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut collection = api.collection("Orders");
    collection["item"][0]["event"][0]["script"]["exec"] = json!([
        "pm.test('good', () => {});",
        "pm.test('bad <b> & \"co\"', () => pm.expect(1).to.equal(2));",
        "console.log('said');"
    ]);
    std::fs::write(folder.path().join("orders.json"), collection.to_string()).unwrap();
    folder
}

#[tokio::test]
async fn several_reports_are_made_at_once_and_agree() {
    let api = Api::start().await;
    let folder = failing(&api).await;
    let words = [
        "run",
        "orders.json",
        "-n",
        "2",
        "-r",
        "cli,json,junit,html",
        "--reporter-json-export",
        "out/run.json",
        "--reporter-junit-export",
        "out/run.xml",
        "--reporter-html-export",
        "out/run.html",
    ];
    let ran = watchbell(folder.path(), &words).await;
    assert_eq!(ran.status.code(), Some(1), "{}{}", text(&ran.stdout), text(&ran.stderr));
    let report: Value = serde_json::from_str(&read(folder.path(), "out/run.json")).unwrap();
    let run = &report["run"];
    assert_eq!(report["collection"]["info"]["name"], "Orders");
    let executions = run["executions"].as_array().unwrap();
    assert_eq!(executions.len() as u64, run["stats"]["requests"]["total"].as_u64().unwrap());
    let stream = &executions[0]["response"]["stream"];
    assert!(
        stream["type"] == "Buffer" && stream["data"].as_array().is_some_and(|data| !data.is_empty()),
        "{stream}"
    );
    assert_eq!(executions[0]["assertions"][1]["error"]["test"], "bad <b> & \"co\"");
    assert!(run["timings"]["responseMax"].as_f64() >= run["timings"]["responseMin"].as_f64());
    let failures = run["failures"].as_array().unwrap();
    assert_eq!(failures.len() as u64, run["stats"]["assertions"]["failed"].as_u64().unwrap());
    assert_eq!(
        (&failures[0]["at"], &failures[0]["error"]["name"]),
        (&json!("assertion:1 in test-script"), &json!("AssertionError"))
    );
    assert_eq!(failures[0]["cursor"]["ref"], executions[0]["cursor"]["ref"]);
    assert_eq!(failures[0]["parent"]["name"], "Orders");
    let xml = read(folder.path(), "out/run.xml");
    assert!(
        xml.contains(&format!("failures=\"{}\"", failures.len())) && xml.contains("bad &lt;b&gt; &amp; &quot;co&quot;"),
        "{xml}"
    );
    let html = read(folder.path(), "out/run.html");
    assert!(
        html.contains("bad &lt;b&gt;") && !html.contains("<b> &"),
        "what a script says is text"
    );
    assert!(
        !html.contains("src=\"http") && !html.contains("href=\"http"),
        "nothing is loaded from elsewhere"
    );
    assert_eq!(
        std::fs::read_dir(folder.path().join("out")).unwrap().count(),
        3,
        "no half file is left"
    );
}

#[tokio::test]
async fn the_terminal_shows_what_it_is_asked_for() {
    let api = Api::start().await;
    let folder = failing(&api).await;
    let all = text(&watchbell(folder.path(), &["run", "orders.json"]).await.stdout);
    for part in ["Orders", "✓  good", "1. bad", "said", "executed", "1 failed"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(
        all.rfind("failed\n") > all.rfind("average response time"),
        "failures come last: {all}"
    );
    let words = [
        "run",
        "orders.json",
        "--reporter-cli-no-banner",
        "--reporter-cli-no-summary",
        "--reporter-cli-no-failures",
        "--reporter-cli-no-success-assertions",
        "--reporter-cli-no-console",
        "--disable-unicode",
    ];
    let little = text(&watchbell(folder.path(), &words).await.stdout);
    assert!(little.contains("1. bad") && little.is_ascii(), "{little}");
    for part in ["good", "said", "executed", "1 failed", "watchbell"] {
        assert!(!little.contains(part), "{part}: {little}");
    }
    let silent = watchbell(folder.path(), &["run", "orders.json", "--silent"]).await;
    assert_eq!((text(&silent.stdout).as_str(), silent.status.code()), ("", Some(1)));
    let coloured = text(&watchbell(folder.path(), &["run", "orders.json", "--color", "on"]).await.stdout);
    assert!(coloured.contains('\u{1b}'), "colours are forced");
    assert_eq!(watchbell(folder.path(), &["run", "orders.json", "-x"]).await.status.code(), Some(0));
}

#[tokio::test]
async fn a_report_that_cannot_be_written_is_named_and_fails_the_run() {
    let api = Api::start().await;
    let folder = failing(&api).await;
    std::fs::write(folder.path().join("file"), "").unwrap();
    let ran = watchbell(
        folder.path(),
        &["run", "orders.json", "-r", "json", "--reporter-json-export", "file/run.json"],
    )
    .await;
    assert_eq!(ran.status.code(), Some(1));
    assert!(text(&ran.stderr).contains("file/run.json"), "{}", text(&ran.stderr));
}

#[tokio::test]
async fn a_collection_comes_from_standard_input_or_a_url() {
    let api = Api::start().await;
    let folder = tempfile::tempdir().unwrap();
    let collection = api.collection("Piped").to_string();
    let mut child = tokio::process::Command::new(PROGRAM)
        .args(["run", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut input, collection.as_bytes())
        .await
        .unwrap();
    drop(input);
    let piped = child.wait_with_output().await.unwrap();
    assert_eq!(piped.status.code(), Some(0), "{}", text(&piped.stdout));
    assert!(text(&piped.stdout).contains("Piped"));
    let url = format!("http://{}/orders", api.address);
    let fetched = watchbell(folder.path(), &["run", &url]).await;
    assert!(
        text(&fetched.stderr).contains(&url),
        "what it answers is no collection: {}",
        text(&fetched.stderr)
    );
}

#[tokio::test]
async fn exports_hold_what_the_scripts_left() {
    let api = Api::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut collection = api.collection("Exports");
    collection["variable"] = json!([{"key": "count", "value": 1, "note": "kept"}]);
    collection["item"][0]["event"][0]["script"]["exec"] = json!(["pm.collectionVariables.set('count', 2); pm.globals.set('g', 'x');"]);
    std::fs::write(folder.path().join("c.json"), collection.to_string()).unwrap();
    let words = [
        "run",
        "c.json",
        "--export-collection",
        "c.out.json",
        "--export-globals",
        "g.out.json",
        "--export-cookie-jar",
        "jar.json",
    ];
    let ran = watchbell(folder.path(), &words).await;
    assert_eq!(ran.status.code(), Some(0), "{}{}", text(&ran.stdout), text(&ran.stderr));
    let exported: Value = serde_json::from_str(&read(folder.path(), "c.out.json")).unwrap();
    assert_eq!(exported["variable"][0]["value"], 2);
    assert_eq!(exported["variable"][0]["note"], "kept");
    let globals: Value = serde_json::from_str(&read(folder.path(), "g.out.json")).unwrap();
    assert_eq!(
        (&globals["values"][0]["value"], &globals["_postman_variable_scope"]),
        (&json!("x"), &json!("globals"))
    );
    let jar: Value = serde_json::from_str(&read(folder.path(), "jar.json")).unwrap();
    assert!(jar["cookies"].is_array(), "{jar}");
    let again = watchbell(folder.path(), &["run", "c.json", "--cookie-jar", "jar.json"]).await;
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
}

#[tokio::test]
async fn bail_stops_at_the_first_failure() {
    let api = Api::start().await;
    let folder = failing(&api).await;
    let words = [
        "run",
        "orders.json",
        "-n",
        "5",
        "-r",
        "json",
        "--reporter-json-export",
        "run.json",
        "--bail",
    ];
    assert_eq!(watchbell(folder.path(), &words).await.status.code(), Some(1));
    let report: Value = serde_json::from_str(&read(folder.path(), "run.json")).unwrap();
    assert_eq!(report["run"]["executions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_folder_that_is_not_there_ends_the_run_as_newman_does() {
    let api = Api::start().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.json"), api.collection("C").to_string()).unwrap();
    let words = [
        "run",
        "c.json",
        "--folder",
        "nowhere",
        "-r",
        "cli,json",
        "--reporter-json-export",
        "run.json",
    ];
    let plain = watchbell(folder.path(), &words).await;
    assert_eq!(plain.status.code(), Some(1), "as newman");
    assert!(text(&plain.stdout).contains("nowhere"), "{}", text(&plain.stdout));
    let bail = watchbell(folder.path(), &[&words[..], &["--bail", "folder"]].concat()).await;
    assert_eq!(bail.status.code(), Some(1), "{}", text(&bail.stdout));
    assert!(text(&bail.stdout).contains("nowhere"), "{}", text(&bail.stdout));
    let report: Value = serde_json::from_str(&read(folder.path(), "run.json")).unwrap();
    assert_eq!(report["run"]["executions"], json!([]));
    assert!(
        report["run"]["error"]["message"]
            .as_str()
            .is_some_and(|why| why.contains("nowhere")),
        "{report}"
    );
}

#[tokio::test]
async fn the_check_names_file_line_and_path() {
    let folder = tempfile::tempdir().unwrap();
    let collection = "{\"info\": {\"name\": \"C\"}, \"item\": [\n {\"name\": \"one\", \"request\": {\"method\": \"POST\",\n  \"url\": \"{{base}}/{{$guid}}\",\n  \
        \"body\": {\"mode\": \"file\", \"file\": {\"src\":\n \"gone.bin\"}}},\n  \"event\": [{\"listen\": \"test\", \"script\": {\"exec\": [\n   \"pm.test('a', () => {\",\n   \
        \"  pm.respose.json();\",\n   \"});\", \"tests['b'] = true; pm.environment.set('later', 1);\"]}}]},\n \
        {\"name\": \"two\", \"request\": \"{{later}}/x\"}]}";
    std::fs::write(folder.path().join("c.json"), collection).unwrap();
    let checked = watchbell(folder.path(), &["check", "c.json"]).await;
    let printed = text(&checked.stdout);
    assert_eq!(checked.status.code(), Some(1), "{printed}{}", text(&checked.stderr));
    for expected in [
        "c.json:3:10: warning: nothing gives `{{base}}` a value (at `item[0].request.url`)",
        "c.json:5:2: error: there is no file `gone.bin` (at `item[0].request.body.file.src`)",
        "c.json:8:4: error: `pm.respose` does not exist here (at `item[0].event[0].script.exec[1]`)",
        "did you mean `response`?",
        "note: `tests` is the interface from before `pm`",
        "2 errors, 1 warnings, 1 notes",
    ] {
        assert!(printed.contains(expected), "{expected}\n{printed}");
    }
    std::fs::write(folder.path().join("gone.bin"), "").unwrap();
    std::fs::write(folder.path().join("c.json"), collection.replace("respose", "response")).unwrap();
    let good = watchbell(folder.path(), &["check", "c.json", "--var", "base", "--strict", "--output", "json"]).await;
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stdout));
    let report: Value = serde_json::from_slice(&good.stdout).unwrap();
    assert_eq!((&report["errors"], &report["notes"]), (&json!(0), &json!(1)));
}
