//! `--watch` runs again when a file changes and ends with the code of the last run, and
//! `--newman-async` leaves asynchronous tests alone as newman does.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::{text, watchbell};
use crate::support::{Api, server::PROGRAM, soon};

fn with_test(api: &Api, code: &str) -> Value {
    let mut collection = api.collection("Orders");
    collection["item"][0]["event"][0]["script"]["exec"] = json!([code]);
    collection
}

async fn line_with(lines: &mut Lines<BufReader<ChildStdout>>, part: &str) {
    soon(part, async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains(part) {
                return;
            }
        }
        panic!("the run ended before it said `{part}`");
    })
    .await;
}

async fn interrupted(mut child: Child) -> Option<i32> {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    soon("the end after Ctrl-C", child.wait()).await.unwrap().code()
}

#[tokio::test]
async fn a_changed_file_is_run_again_until_ctrl_c_and_the_last_run_decides() {
    let (api, folder) = (Api::start().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("orders.json");
    let save = |code: &str| std::fs::write(&file, with_test(&api, code).to_string()).unwrap();
    save("pm.test('first', () => {});");
    let start = || {
        let mut child = Command::new(PROGRAM)
            .args(["run", "orders.json", "--watch"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, lines)
    };
    let (child, mut lines) = start();
    line_with(&mut lines, "✓  first").await;
    line_with(&mut lines, "└").await;
    save("pm.test('second', () => pm.expect(1).to.equal(2));");
    line_with(&mut lines, "1. second").await;
    line_with(&mut lines, "1 failed").await;
    assert_eq!(interrupted(child).await, Some(1), "the last run failed");
    let (child, mut lines) = start();
    line_with(&mut lines, "1. second").await;
    line_with(&mut lines, "1 failed").await;
    std::fs::write(&file, "{ half a file").unwrap();
    save("pm.test('third', () => {});");
    line_with(&mut lines, "✓  third").await;
    line_with(&mut lines, "warnings: 0").await;
    line_with(&mut lines, "└").await;
    assert_eq!(interrupted(child).await, Some(0), "the last run passed");
}

#[tokio::test]
async fn nothing_to_watch_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let refused = watchbell(folder.path(), &["run", "http://127.0.0.1:1/c.json", "--watch"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("no file to watch"), "{}", text(&refused.stderr));
}

#[tokio::test]
async fn an_asynchronous_test_is_awaited_unless_newmans_way_is_asked_for() {
    let (api, folder) = (Api::start().await, tempfile::tempdir().unwrap());
    let late = "pm.test('late', async () => { await new Promise((done) => setTimeout(done, 5)); pm.expect(1).to.equal(2); });";
    std::fs::write(folder.path().join("c.json"), with_test(&api, late).to_string()).unwrap();
    let ours = watchbell(folder.path(), &["run", "c.json"]).await;
    let printed = text(&ours.stdout);
    assert_eq!(ours.status.code(), Some(1), "{printed}");
    assert!(
        printed.contains("1. late") && printed.contains("expected 1 to equal 2"),
        "{printed}"
    );
    let newmans = watchbell(folder.path(), &["run", "c.json", "--newman-async"]).await;
    let printed = text(&newmans.stdout);
    assert_eq!(newmans.status.code(), Some(0), "{printed}");
    assert!(printed.contains("✓  late"), "{printed}");
}
