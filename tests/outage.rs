//! The store is away: a full disk, a database that is stopped. Publishes fail clearly and nothing is said yes to that is not
//! kept; when the store is back, everything drains by itself, and the server was never restarted.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use hyper::Method;
use serde_json::json;

use crate::support::{Database, Http, PATIENCE, Receiver, Server, kinds, receiver::Received, until};

async fn webhook(http: &Http, receiver: &Receiver) {
    let input = json!({"name": "all", "url": receiver.url("/"), "events": ["outage.test"], "secret": "generate"});
    http.post("/api/v1/webhooks", input).await;
}

/// Publishes one event. Its id, or the status, the detail and the pause that the refusal asks for.
async fn publish(http: &Http, padding: usize) -> Result<String, (u16, String)> {
    let event = json!({"type": "outage.test", "data": {"padding": "x".repeat(padding)}}).to_string();
    let answer = http
        .send(Method::POST, "/api/v1/events", event, &[])
        .await
        .expect("the server answers");
    match answer.status {
        202 => Ok(answer.json()["id"].as_str().unwrap().to_owned()),
        status => Err((status, answer.json()["detail"].as_str().unwrap_or_default().to_owned())),
    }
}

async fn all_arrive(receiver: &Receiver, accepted: &BTreeSet<String>) -> Vec<Received> {
    receiver
        .wait_until("every accepted event to arrive", |received| {
            let arrived: BTreeSet<&str> = received.iter().map(|one| one.header("webhook-id")).collect();
            accepted.iter().all(|id| arrived.contains(id.as_str()))
        })
        .await
}

/// A small file system that is taken away again at the end.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None` where this user may not mount one.
    fn of(megabytes: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }

    /// Fills what is left with a file, and gives its path.
    fn fill(&self) -> PathBuf {
        let ballast = self.0.path().join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        let block = vec![1_u8; 64 * 1024];
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
        ballast
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_publishes_clearly_and_everything_drains_when_there_is_room() {
    let Some(disk) = Disk::of(32) else {
        eprintln!("left out: this user may not mount a small file system");
        return;
    };
    let receiver = Receiver::start().await;
    let mut server = Server::start_in(tempfile::tempdir_in(disk.0.path()).unwrap(), "").await;
    let http = server.http();
    webhook(&http, &receiver).await;
    let mut accepted = BTreeSet::from([publish(&http, 10).await.unwrap()]);
    let ballast = disk.fill();
    // Some may still find room in the log's last pages.
    let (status, detail) = until("a publish to be refused", || async {
        match publish(&http, 64 * 1024).await {
            Ok(id) => {
                // What was said yes to must arrive, full disk or not.
                ACCEPTED.lock().unwrap().insert(id);
                None
            }
            Err(refusal) => Some(refusal),
        }
    })
    .await;
    accepted.append(&mut ACCEPTED.lock().unwrap());
    assert_eq!(status, 503, "{detail}");
    assert!(!detail.is_empty());
    assert_eq!(
        http.send(Method::GET, "/healthz", "", &[]).await.unwrap().status,
        200,
        "the process lives"
    );
    std::fs::remove_file(ballast).unwrap();
    let back = until("publishes to be taken again", || async { publish(&http, 10).await.ok() }).await;
    accepted.insert(back);
    all_arrive(&receiver, &accepted).await;
    server.kill().await;
}

static ACCEPTED: std::sync::Mutex<BTreeSet<String>> = std::sync::Mutex::new(BTreeSet::new());

/// A PostgreSQL server of this test alone.
struct Postgres {
    folder: String,
    url: String,
}

fn script(words: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres");
    let output = Command::new(script).args(words).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "scripts/postgres {words:?}");
    String::from_utf8(output.stdout).unwrap()
}

impl Postgres {
    fn start() -> Self {
        let said = script(&["start"]);
        let value = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(&format!("export {name}=")));
            line.unwrap_or_else(|| panic!("no {name}: {said}")).to_owned()
        };
        Self {
            folder: value("WATCHBELL_TEST_POSTGRES_FOLDER"),
            url: value("WATCHBELL_TEST_POSTGRES"),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        script(&["stop", &self.folder]);
    }
}

/// How long the database is away: some seconds, or as `WATCHBELL_TEST_OUTAGE_SECONDS` says.
fn outage() -> Duration {
    let seconds = std::env::var("WATCHBELL_TEST_OUTAGE_SECONDS").map_or(3, |text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_refuses_publishes_clearly_and_everything_drains_when_it_is_back() {
    if !kinds().contains(&Database::Postgres) {
        return;
    }
    let database = Postgres::start();
    let receiver = Receiver::start().await;
    let settings = format!("[store]\npostgres = \"{}\"\npostgres_pool = 4\n", database.url);
    let server = Server::start_in(tempfile::tempdir().unwrap(), &settings).await;
    let http = server.http();
    webhook(&http, &receiver).await;
    let mut accepted = BTreeSet::new();
    // Some of them are on their way when the database goes, and some of those cannot be noted as delivered.
    for _ in 0..20 {
        accepted.insert(publish(&http, 10).await.unwrap());
    }
    script(&["halt", &database.folder]);
    let began = Instant::now();
    let mut refused = 0;
    while began.elapsed() < outage() || refused == 0 {
        assert!(began.elapsed() < outage() + PATIENCE);
        match publish(&http, 10).await {
            Ok(id) => drop(accepted.insert(id)),
            Err((status, detail)) => {
                assert_eq!(status, 503, "{detail}");
                refused += 1;
            }
        }
    }
    script(&["resume", &database.folder]);
    let back = until("publishes to be taken again", || async { publish(&http, 10).await.ok() }).await;
    accepted.insert(back);
    all_arrive(&receiver, &accepted).await;
}
