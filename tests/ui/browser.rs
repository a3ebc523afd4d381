//! One headless Chromium behind its own driver process, gone when the test ends.

use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::process::{Child, Command};

use crate::support::until;

pub struct Browser {
    pub driver: WebDriver,
    process: Child,
    _profile: TempDir,
}

impl Browser {
    pub async fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver (Debian: apt-get install chromium-driver)");
        let profile = tempfile::tempdir().unwrap();
        let mut options = DesiredCapabilities::chrome();
        for word in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,900",
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            options.add_arg(word).unwrap();
        }
        let url = format!("http://127.0.0.1:{port}");
        let driver = until("the browser", || {
            let (url, options) = (url.clone(), options.clone());
            async move { WebDriver::new(&url, options).await.ok() }
        })
        .await;
        Self {
            driver,
            process,
            _profile: profile,
        }
    }

    /// Runs JavaScript in the page and gives what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    pub async fn end(mut self) {
        self.driver.quit().await.unwrap();
        self.process.kill().await.unwrap();
    }
}
