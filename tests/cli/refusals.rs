//! What the commands against a server say when something is wrong: what, where, and what to do. Nothing is changed then.

use serde_json::json;

use super::{script::Script, shell::Shell};
use crate::support::{Api, Database, Server};

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do() {
    let server = Server::start(Database::Sqlite).await;
    let (shell, api) = (Shell::of(&server), Api::start().await);
    let stranger = Shell::new(&server.url, "wbt_wrong");
    let said = stranger.run("webhook list").await.ended(1);
    assert!(
        said.err.contains("does not take this token") && said.err.contains("WATCHBELL_TOKEN"),
        "{}",
        said.err
    );
    let said = Shell::new(&server.url, "").run("webhook list").await.ended(2);
    assert!(
        said.err.contains("no API token was given") && said.err.contains("hint: set WATCHBELL_TOKEN"),
        "{}",
        said.err
    );
    let said = Shell::new("watch.example.com", "wbt_x").run("event list").await.ended(2);
    assert!(said.err.contains("`watch.example.com` is no address of a server"), "{}", said.err);
    let said = Shell::new("http://127.0.0.1:1", "wbt_x").run("event list").await.ended(1);
    assert!(
        said.err.contains("`http://127.0.0.1:1` does not answer") && said.err.contains("WATCHBELL_URL"),
        "{}",
        said.err
    );
    let said = Shell::new(&format!("http://{}", api.address), "wbt_x")
        .run("webhook list")
        .await
        .ended(1);
    assert!(said.err.contains("not one of a Watchbell server"), "{}", said.err);

    for words in [
        "webhook show whk_0",
        "delivery show dlv_0",
        "delivery resend dlv_0",
        "replay show rpl_0",
        "event show evt_0",
    ] {
        let said = shell.run(words).await.ended(1);
        assert!(
            said.err.contains("there is no such") && said.err.contains("hint: is the id right"),
            "{words}: {}",
            said.err
        );
    }
    let said = shell.run("event why ..").await.ended(2);
    assert!(said.err.contains("`..` is no id"), "{}", said.err);

    let said = shell
        .run("webhook create --name M --url http://169.254.169.254/x --events a")
        .await
        .ended(1);
    assert!(
        said.err.contains("address_metadata") && said.err.contains("field: `url`") && said.err.contains("hint: "),
        "{}",
        said.err
    );
    let said = shell
        .run("webhook create --name M --url https://example.com/ --events a --filter 'data.n >'")
        .await
        .ended(1);
    assert!(said.err.contains("field: `filter`"), "{}", said.err);
    let said = shell.run("event publish 'Not a type'").await.ended(1);
    assert!(said.err.contains("field: `type`"), "{}", said.err);
    shell.write("broken.json", "{\"name\": \"x\",\n \"url\" \"y\"}");
    let said = shell.run("webhook create --from broken.json").await.ended(1);
    assert!(
        said.err.contains("`broken.json`") && said.err.contains("line 2, column 8"),
        "{}",
        said.err
    );
    let said = shell.run("event publish a.b --data '{\"n\" 1}'").await.ended(1);
    assert!(
        said.err.contains("`--data`") && said.err.contains("line 1, column 6"),
        "{}",
        said.err
    );
    let said = shell
        .run("webhook create --name M --url https://example.com/ --events a --secret-file none.txt")
        .await
        .ended(1);
    assert!(said.err.contains("cannot read `none.txt`"), "{}", said.err);
    assert_eq!(server.http().get("/api/v1/webhooks").await["items"], json!([]), "nothing was made");
}

#[tokio::test]
async fn a_near_name_is_told() {
    let server = Server::start(Database::Sqlite).await;
    let shell = Shell::of(&server);
    for name in ["Results", "Twin", "Twin"] {
        shell
            .run(&format!("webhook create --name {name} --url http://127.0.0.1:9/ --events a"))
            .await
            .ended(0);
    }
    let said = shell.run("webhook show Result").await.ended(1);
    assert!(
        said.err.contains("there is no webhook `Result`") && said.err.contains("did you mean `Results`?"),
        "{}",
        said.err
    );
    let said = shell.run("webhook delete Twin --yes").await.ended(1);
    assert!(
        said.err.contains("2 webhooks are named `Twin`") && said.err.contains("say which by its id: `whk_"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn words_that_are_not_understood_exit_2() {
    let shell = Shell::new("http://127.0.0.1:1", "wbt_x");
    for (words, part) in [
        ("webhook edit x", "nothing is to be changed"),
        ("webhook create", "nothing says what the webhook is"),
        ("webhook edit x --timeout 5", "no span of time"),
        ("webhook edit x --trigger sometimes", "the rules are every_run"),
        ("webhook edit x --header nonsense", "no `Name: value`"),
        ("webhook edit x --from - --secret-file -", "standard input (`-`) was given twice"),
        ("webhook create --profile smoke", "possible values: standard"),
        ("replay recover --webhook x --since yesterday", "2026-01-31T12:00:00Z"),
        ("event list --limit 0", "a whole number from 1 on"),
        ("event publish", "<TYPE>"),
        ("event publish a.b --key 'a\nb'", "`--key` holds a line break"),
        ("webhook edit x --rate 5 --if-match '7\n8'", "`--if-match` holds a line break"),
        ("webhook list --token 'wbt_x\nmore'", "the token holds a line break"),
        (
            "webhook edit x --rate 5 --unset rate",
            "`--unset rate` and `--rate` contradict each other",
        ),
        (
            "webhook edit x --unset secret --generate-secret",
            "`--unset secret` and `--generate-secret`",
        ),
        ("man no such", "there is no command `no such`"),
    ] {
        let said = shell.fed(words, "{}").await.ended(2);
        assert!(said.err.contains(part), "{words}: {}", said.err);
    }
}

#[tokio::test]
async fn a_token_comes_from_a_file_too() {
    let server = Server::start(Database::Sqlite).await;
    let shell = Shell::new(&server.url, "wbt_wrong");
    shell.write("token", &format!("{}\n", server.token));
    shell.run("webhook list --token-file token").await.ended(0);
    shell.write("token", &format!("\u{feff}{}\r\n", server.token));
    shell.run("webhook list --token-file token").await.ended(0);
}

#[tokio::test]
async fn a_password_in_the_address_is_refused_and_not_shown() {
    let shell = Shell::new("http://bob:s3cret@127.0.0.1:1", "wbt_x");
    for (words, code) in [
        ("webhook list", 2),
        ("webhook list --help", 0),
        ("run Orders", 1),
        ("run --help", 0),
    ] {
        let said = shell.run(words).await.ended(code);
        assert!(
            !said.out.contains("s3cret") && !said.err.contains("s3cret"),
            "{words}: {}{}",
            said.out,
            said.err
        );
        assert!(
            code == 0 || said.err.contains("a name or password is not taken there"),
            "{words}: {}",
            said.err
        );
    }
}

#[tokio::test]
async fn what_a_server_says_cannot_steer_the_terminal() {
    let script = Script::start(&[("302 Found", "location: https://x.test/\u{202e}\r\n", "")]).await;
    let said = Shell::new(&script.url, "wbt_x").run("webhook list").await.ended(1);
    assert!(said.err.contains("it points to"), "{}", said.err);
    assert!(!said.err.contains('\u{202e}'), "{}", said.err);
    let problem = r#"{"type":"x","title":"t","status":409,"detail":"a\u001b[2Jb\u2066"}"#;
    let script = Script::start(&[("409 Conflict", "content-type: application/problem+json\r\n", problem)]).await;
    let said = Shell::new(&script.url, "wbt_x").run("webhook list").await.ended(1);
    assert!(said.err.contains("a\u{fffd}[2Jb\u{fffd}"), "{}", said.err);
}

/// Runs words with nobody reading their standard output.
async fn unread(url: &str, words: &[&str]) -> Option<i32> {
    let mut child = tokio::process::Command::new(crate::support::server::PROGRAM)
        .args(words)
        .envs([("WATCHBELL_URL", url), ("WATCHBELL_TOKEN", "wbt_x")])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    crate::support::soon("the end of the command", child.wait()).await.unwrap().code()
}

#[tokio::test]
async fn the_verdict_decides_though_nobody_reads() {
    let tried = |success: &'static str| ("200 OK", "", success);
    for (answer, code) in [(r#"{"success": false}"#, 1), (r#"{"success": true}"#, 0)] {
        let script = Script::start(&[tried(answer)]).await;
        let words = ["webhook", "try", "--url", "https://example.com/", "--event-type", "a"];
        assert_eq!(unread(&script.url, &words).await, Some(code), "{answer}");
    }
    let script = Script::start(&[tried(r#"{"items": [{"id": "whk_1"}]}"#)]).await;
    assert_eq!(unread(&script.url, &["webhook", "list"]).await, Some(0));
    let script = Script::start(&[tried(r#"{"items": [{"problem": {"detail": "no"}}]}"#)]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "{}\n").unwrap();
    let words = ["event", "publish", "--batch", file.path().to_str().unwrap()];
    assert_eq!(unread(&script.url, &words).await, Some(1));
}
