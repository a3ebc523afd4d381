//! The default file is complete and loads; each layer overrides the one below; what is
//! unknown or of the wrong type is refused by name.

use std::io::Write as _;

use super::*;

fn read(text: &str, environment: &[(&str, &str)], flags: &[(&str, String)]) -> Result<Loaded> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let environment: Vec<_> = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Loaded::read(Some(file.path()), &environment, flags)
}

fn refusal(text: &str, environment: &[(&str, &str)]) -> String {
    format!("{:#}", read(text, environment, &[]).unwrap_err())
}

#[test]
fn an_empty_file_means_the_defaults() {
    let loaded = read("", &[], &[]).unwrap();
    assert_eq!(loaded.config.server.listen.to_string(), "127.0.0.1:8484");
    assert!(!loaded.config.egress.allow_http);
    assert!(loaded.lines().iter().all(|(_, _, origin)| origin == "default"));
}

#[test]
fn every_setting_of_the_default_file_names_its_variable() {
    for (key, ..) in read("", &[], &[]).unwrap().lines() {
        let variable = format!("WATCHBELL_{}", key.replace('.', "_").to_uppercase());
        assert!(DEFAULT.contains(&variable), "config.default.toml does not mention {variable}");
    }
}

#[test]
fn flags_beat_the_environment_and_that_beats_the_file() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\nshutdown_seconds = 1\n[runner]\nat_once = 3";
    let environment = [
        ("WATCHBELL_SERVER_LISTEN", "127.0.0.1:2"),
        ("WATCHBELL_SERVER_SHUTDOWN_SECONDS", "2"),
        ("WATCHBELL_EGRESS_ALLOW", "10.0.0.0/8, ::1/128"),
    ];
    let loaded = read(file, &environment, &[("server.listen", "127.0.0.1:3".to_owned())]).unwrap();
    assert_eq!(
        (
            loaded.config.server.listen.port(),
            loaded.config.server.shutdown_seconds,
            loaded.config.runner.at_once
        ),
        (3, 2, 3)
    );
    assert_eq!(loaded.config.egress.allow.len(), 2);
    let origin = |key: &str| loaded.lines().into_iter().find(|l| l.0 == key).unwrap().2;
    assert_eq!(origin("server.listen"), "flag");
    assert_eq!(origin("server.shutdown_seconds"), "WATCHBELL_SERVER_SHUTDOWN_SECONDS");
}

#[test]
fn what_is_unknown_is_named_with_the_nearest() {
    assert!(refusal("[server]\nlisen = \"x\"", &[]).contains("did you mean `server.listen`?"));
    assert!(refusal("[sever]\nlisten = \"x\"", &[]).contains("unknown setting `sever.listen`"));
    assert!(refusal("", &[("WATCHBELL_SERVER_LISTN", "x")]).contains("did you mean `WATCHBELL_SERVER_LISTEN`?"));
}

#[test]
fn a_wrong_type_names_key_and_origin() {
    assert!(refusal("[runner]\nat_once = \"many\"", &[]).contains("`runner.at_once`"));
    assert!(
        refusal("", &[("WATCHBELL_RUNNER_AT_ONCE", "many")])
            .contains("`runner.at_once` (WATCHBELL_RUNNER_AT_ONCE): `many` is not a whole number")
    );
    assert!(refusal("[egress]\nallow = [\"everything\"]", &[]).contains("`egress.allow"));
}

#[test]
fn a_retention_that_would_prune_everything_is_refused() {
    assert!(
        refusal("", &[("WATCHBELL_RETENTION_LOG_DAYS", "0")])
            .contains("`retention.log_days` (WATCHBELL_RETENTION_LOG_DAYS): 0 is not a number of days from 1 to 3650")
    );
    assert!(refusal("[retention]\nevent_days = 0", &[]).contains("`retention.event_days`"));
    assert!(refusal("[retention]\nrun_days = 3651", &[]).contains("`retention.run_days`"));
    assert!(read("[retention]\nlog_days = 1\nrun_days = 3650", &[], &[]).is_ok());
}

#[test]
fn a_secret_is_read_from_a_file_and_never_shown() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "postgres://ada:hunter2@localhost/bell").unwrap();
    let loaded = read("", &[("WATCHBELL_STORE_POSTGRES_FILE", file.path().to_str().unwrap())], &[]).unwrap();
    assert_eq!(loaded.config.store.postgres, "postgres://ada:hunter2@localhost/bell");
    assert!(!format!("{:?}", loaded.lines()).contains("hunter2"));
}

#[test]
fn the_mail_servers_password_is_not_shown_and_may_come_from_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"smtp://ada:geheim@mail.example.com\n").unwrap();
    let path = file.path().to_str().unwrap();
    let loaded = read("[mail]\nfrom = \"bell@example.com\"", &[("WATCHBELL_MAIL_URL_FILE", path)], &[]).unwrap();
    assert_eq!(loaded.config.mail.url, "smtp://ada:geheim@mail.example.com");
    let line = loaded.lines().into_iter().find(|line| line.0 == "mail.url").unwrap();
    assert_eq!((line.1.as_str(), line.2.as_str()), ("\"…\"", "WATCHBELL_MAIL_URL_FILE"));
}

#[test]
fn patterns_of_the_environment_are_parted_at_blanks_and_keep_their_commas() {
    let environment = [("WATCHBELL_EGRESS_ALLOWED_URLS", "^https://a/[a-z]{1,3}$ ^https://b/\n^https://c/")];
    let loaded = read("", &environment, &[]).unwrap();
    assert_eq!(
        loaded.config.egress.allowed_urls,
        ["^https://a/[a-z]{1,3}$", "^https://b/", "^https://c/"]
    );
}
