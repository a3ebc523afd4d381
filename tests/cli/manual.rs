//! Completions and manual pages, made from the words themselves.

use super::shell::Shell;

#[tokio::test]
async fn completions_and_pages_have_every_command() {
    let shell = Shell::new("http://127.0.0.1:1", "");
    for shell_name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = shell.run(&format!("completions {shell_name}")).await.ended(0).out;
        assert!(script.contains("webhook") && script.contains("retry-delays"), "{shell_name}");
    }
    let page = shell.run("man webhook create").await.ended(0).out;
    assert!(
        page.contains(".TH") && page.contains("WATCHBELL_URL") && page.contains("Examples"),
        "{page}"
    );
    shell.run("man --folder pages").await.ended(0);
    for name in [
        "watchbell.1",
        "watchbell-webhook-create.1",
        "watchbell-event-publish.1",
        "watchbell-serve.1",
    ] {
        assert!(shell.folder.path().join("pages").join(name).is_file(), "{name}");
    }
    let help = shell.run("--help").await.ended(0).out;
    assert!(help.contains("Exit codes: 0 done, 1 failed or refused, 2"), "{help}");
}

/// What `--help` says is checked in: `WATCHBELL_RENEW_SNAPSHOTS=1` writes it anew.
#[tokio::test]
async fn the_help_is_as_it_was() {
    let commands: [(&str, &[&str]); 6] = [
        (
            "webhook",
            &[
                "",
                "list",
                "show",
                "create",
                "edit",
                "enable",
                "disable",
                "delete",
                "test",
                "rotate",
                "preview",
                "try",
                "check-filter",
                "why",
                "log",
                "stats",
            ],
        ),
        ("event", &["", "publish", "list", "show", "why"]),
        ("delivery", &["", "list", "show", "resend", "curl"]),
        ("replay", &["", "recover", "range", "list", "show", "pause", "resume", "cancel"]),
        ("completions", &[""]),
        ("man", &[""]),
    ];
    let (shell, mut all) = (Shell::new("", ""), String::new());
    for (command, below) in commands {
        for word in below {
            let words = format!("{command} {word}");
            let help = shell.run(&format!("{words} --help")).await.ended(0).out;
            // The flags for the server are the same everywhere.
            let (before, after) = help.split_once("\nServer:\n").unwrap_or((&help, ""));
            let after = after.split_once("\n\n").map_or("", |(_, after)| after).trim_end();
            let text = format!("{before}\n{after}");
            all.push_str(&format!("=== watchbell {}\n{}\n\n", words.trim(), text.trim_end()));
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cli/help.txt");
    if std::env::var_os("WATCHBELL_RENEW_SNAPSHOTS").is_some() {
        std::fs::write(path, &all).unwrap();
    }
    let known = std::fs::read_to_string(path).unwrap();
    assert!(
        known == all,
        "`--help` changed; look at it with WATCHBELL_RENEW_SNAPSHOTS=1 and `git diff`"
    );
}

#[tokio::test]
async fn settings_stand_before_or_behind_the_command() {
    let shell = Shell::new("http://127.0.0.1:1", "");
    for words in ["--data here config", "config --data here"] {
        assert!(shell.run(words).await.ended(0).out.contains("here"), "{words}");
    }
}
