//! The server as a user starts it: the built program, a data folder of its own, a settings
//! file. It can be killed like a machine that loses power, and started again on what is left.

use std::{path::PathBuf, process::Stdio};

use serde_json::Value;
use store::{
    Options,
    testing::{self, Kind as Database},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::{Http, soon};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_watchbell");

pub struct Server {
    folder: tempfile::TempDir,
    child: Option<Child>,
    pub url: String,
    pub token: String,
    pub password: String,
}

impl Server {
    /// The server on an empty SQLite folder, as at its very first start.
    pub async fn start_empty() -> Self {
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            child: None,
            url: String::new(),
            token: String::new(),
            password: String::new(),
        };
        server.restart().await;
        server
    }

    /// Makes a data folder with an admin and a token, and starts the server on it.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, "").await
    }

    /// The same with more settings.
    pub async fn start_with(database: Database, settings: &str) -> Self {
        let mut text = settings.to_owned();
        if database == Database::Postgres
            && let Options::Postgres { url, .. } = testing::database(database).await.options()
        {
            text.push_str(&format!("\n[store]\npostgres = \"{url}\"\npostgres_pool = 8\n"));
        }
        Self::start_in(tempfile::tempdir().unwrap(), &text).await
    }

    /// The server with these settings and its data in a folder that is there.
    pub async fn start_in(folder: tempfile::TempDir, settings: &str) -> Self {
        let text = format!("[egress]\nallow_http = true\nallow = [\"127.0.0.0/8\"]\n{settings}\n");
        std::fs::write(folder.path().join("watchbell.toml"), text).unwrap();
        let mut server = Self {
            folder,
            child: None,
            url: String::new(),
            token: String::new(),
            password: String::new(),
        };
        let output = server
            .command(&[
                "admin",
                "bootstrap",
                "--email",
                "ada@example.com",
                "--name",
                "Ada",
                "--output",
                "json",
            ])
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made: Value = serde_json::from_slice(&output.stdout).unwrap();
        server.token = made["token"].as_str().unwrap().to_owned();
        server.password = made["password"].as_str().unwrap().to_owned();
        server.restart().await;
        server
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(self.folder.path())
            .arg("--data")
            .arg(self.data())
            .args(words)
            .kill_on_drop(true);
        command
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the process (again) and waits until it listens.
    pub async fn restart(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .unwrap();
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        self.url = soon("the server to listen", async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some(at) = line.find("http://") {
                    return line[at..].trim_end_matches('/').to_owned();
                }
            }
            panic!("the server ended: {}", self.log());
        })
        .await;
        self.child = Some(child);
    }

    /// Kills the process as a power cut would: no handler runs.
    pub async fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().await.unwrap();
    }

    pub fn http(&self) -> Http {
        Http::new(&self.url, Some(&self.token))
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }
}
