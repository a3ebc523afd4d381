//! The server under test: started as a user would, on a data folder of its own, observed
//! through `/proc`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::client::Client;

pub struct Server {
    program: PathBuf,
    child: Child,
    address: String,
    token: String,
    folder: PathBuf,
}

/// Since the process began.
pub struct Usage {
    pub cpu: Duration,
    pub rss_mb: f64,
    pub peak_mb: f64,
}

/// Starts the process and waits until it says where it listens.
async fn serve(program: &Path, folder: &Path) -> Result<(Child, String)> {
    let mut child = Command::new(program)
        .arg("--config")
        .arg(folder.join("watchbell.toml"))
        .arg("--data")
        .arg(folder.join("data"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("no stdout")?).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, address)) = line.split_once("http://") {
            let address = address.trim_end_matches('/').trim().to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((child, address));
        }
    }
    bail!("the server ended before it said where it listens")
}

impl Server {
    pub async fn start(program: &Path, postgres: Option<&str>) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("watchbell-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let mut settings = "[egress]\nallow_http = true\nallow = [\"127.0.0.0/8\"]\n".to_owned();
        if let Some(url) = postgres {
            settings.push_str(&format!("[store]\npostgres = \"{url}\"\n"));
        }
        let config = folder.join("watchbell.toml");
        fs::write(&config, settings)?;
        let command = |words: &[&str]| {
            let mut command = Command::new(program);
            command
                .arg("--config")
                .arg(&config)
                .arg("--data")
                .arg(folder.join("data"))
                .args(words);
            command
        };
        let made = command(&["admin", "bootstrap", "--email", "bench@example.com", "--output", "json"])
            .output()
            .await?;
        if !made.status.success() {
            bail!("admin bootstrap: {}", String::from_utf8_lossy(&made.stderr));
        }
        let made: serde_json::Value = serde_json::from_slice(&made.stdout)?;
        let token = made["token"].as_str().context("no token")?.to_owned();
        let (child, address) = serve(program, &folder).await?;
        Ok(Self {
            program: program.to_owned(),
            child,
            address,
            token,
            folder,
        })
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Ends the process in peace, and starts it again after `between`.
    pub async fn restart(&mut self, between: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        let pid = self.child.id().context("the server has ended")?;
        Command::new("kill").arg(pid.to_string()).status().await?;
        self.child.wait().await?;
        between().await?;
        (self.child, self.address) = serve(&self.program, &self.folder).await?;
        Ok(())
    }

    pub async fn client(&self) -> Result<Client> {
        Client::connect(&self.address, Some(&self.token)).await
    }

    /// Creates one webhook and gives its id.
    pub async fn webhook(&self, client: &mut Client, name: &str, url: &str, event: &str, in_flight: usize) -> Result<String> {
        let webhook = serde_json::json!({
            "name": name, "profile": "standard", "url": url, "events": [event], "secret": "generate",
            "options": {"in_flight": in_flight},
        });
        let answer = client.post("/api/v1/webhooks", Bytes::from(webhook.to_string()), &[]).await?;
        let made: serde_json::Value = serde_json::from_slice(&answer)?;
        Ok(made["id"].as_str().context("no id")?.to_owned())
    }

    /// Creates the webhooks.
    pub async fn subscribe(&self, receiver: std::net::SocketAddr, healthy: usize, hanging: usize) -> Result<()> {
        let mut client = self.client().await?;
        for number in 0..healthy + hanging {
            let path = if number < healthy { "" } else { "hang" };
            let webhook = serde_json::json!({
                "name": format!("bench {number}"), "profile": "standard", "url": format!("http://{receiver}/{path}"),
                "events": ["bench.event"], "secret": "generate", "options": {"in_flight": 64},
            });
            client.post("/api/v1/webhooks", Bytes::from(webhook.to_string()), &[]).await?;
        }
        Ok(())
    }

    pub fn usage(&self) -> Result<Usage> {
        let pid = self.child.id().context("the server has ended")?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let megabytes = |key: &str| {
            let line = status.lines().find(|l| l.starts_with(key)).unwrap_or("");
            line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
        };
        // utime and stime, in clock ticks of 10 ms.
        Ok(Usage {
            cpu: Duration::from_millis((ticks(11) + ticks(12)) * 10),
            rss_mb: megabytes("VmRSS:"),
            peak_mb: megabytes("VmHWM:"),
        })
    }

    pub async fn stop(mut self) -> Result<()> {
        self.child.start_kill()?;
        self.child.wait().await?;
        fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}
