//! Settings: the embedded default file, overridden by `watchbell.toml`, by the environment,
//! and by flags, each value with the place that it came from.
//!
//! The default file is the list of what there is: a key that it does not have is an error
//! that names the nearest one. Only this module reads the environment.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, bail};
use domain::settings::MOST_DAYS;
use serde::Deserialize;
use toml::{Table, Value};

mod layer;

/// The embedded `config.default.toml`.
pub const DEFAULT: &str = include_str!("../../../config.default.toml");

/// Keys whose values are not shown and that have a `_FILE` twin.
const SECRETS: &[&str] = &["store.postgres", "store.key", "egress.proxy", "mail.url"];

#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    pub server: Server,
    pub store: Store,
    pub egress: Egress,
    pub runner: Runner,
    pub retention: Retention,
    pub mail: Mail,
    pub telemetry: Telemetry,
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Server {
    pub listen: std::net::SocketAddr,
    pub public_url: String,
    pub metrics_public: bool,
    /// Seconds.
    pub shutdown_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Store {
    pub data: std::path::PathBuf,
    pub postgres: String,
    pub postgres_pool: usize,
    pub readers: usize,
    pub key: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Egress {
    pub allow_http: bool,
    pub allow: Vec<ipnet::IpNet>,
    pub forbid: Vec<ipnet::IpNet>,
    pub allowed_urls: Vec<String>,
    pub bind: String,
    pub proxy: String,
    pub runner_private: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Runner {
    pub at_once: usize,
    /// MiB.
    pub script_memory: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Retention {
    pub log_days: u32,
    pub event_days: u32,
    pub run_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    pub url: String,
    pub from: String,
    /// Seconds.
    pub timeout_seconds: u64,
    pub roots: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Telemetry {
    pub otlp_endpoint: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Settings in force, and where each came from.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    values: Table,
    origins: BTreeMap<String, String>,
}

impl Loaded {
    /// Reads all layers. `file`: a file that must exist; otherwise `watchbell.toml` is read
    /// where it stands. `flags`: `(dotted key, value)` pairs, as typed.
    pub fn read(file: Option<&Path>, environment: &[(String, String)], flags: &[(&str, String)]) -> Result<Self> {
        let mut layers = layer::Layers::new(DEFAULT)?;
        let path = file.unwrap_or(Path::new("watchbell.toml"));
        match fs::read_to_string(path) {
            Ok(text) => layers.file(path, &text)?,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        }
        layers.environment(environment, SECRETS)?;
        for (key, value) in flags {
            layers.set_text(key, value, "flag")?;
        }
        let (values, origins) = layers.into_parts();
        let config = read_typed(&values, &origins)?;
        check_retention(&config.retention, &origins)?;
        Ok(Self { config, values, origins })
    }

    /// One line a setting: key, value (secrets masked), origin.
    pub fn lines(&self) -> Vec<(String, String, String)> {
        let mut lines = Vec::new();
        for (section, table) in &self.values {
            for (key, value) in table.as_table().into_iter().flatten() {
                let path = format!("{section}.{key}");
                let empty = value.as_str() == Some("");
                let shown = if SECRETS.contains(&path.as_str()) && !empty {
                    "\"…\"".to_owned()
                } else {
                    value.to_string()
                };
                let origin = self.origins.get(&path).map_or("default", String::as_str);
                lines.push((path, shown, origin.to_owned()));
            }
        }
        lines
    }
}

/// Everything that the environment says of Watchbell.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("WATCHBELL_"))
        .collect()
}

/// `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, where these are empty in lower case: for `watchbell run` alone, a
/// server goes where its settings say.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn proxies() -> [Option<String>; 3] {
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].map(|name| given(name).or_else(|| given(&name.to_lowercase())))
}

fn read_typed(values: &Table, origins: &BTreeMap<String, String>) -> Result<Config> {
    match serde_path_to_error::deserialize::<_, Config>(Value::Table(values.clone())) {
        Ok(config) => Ok(config),
        Err(error) => {
            let path = error.path().to_string();
            let key = path.split('[').next().unwrap_or(&path);
            let origin = origins.get(key).map_or("default", String::as_str);
            bail!("`{path}` ({origin}): {}", error.inner().to_string().trim())
        }
    }
}

/// With 0 days everything would be pruned at once; the most is what a workspace may choose too.
fn check_retention(retention: &Retention, origins: &BTreeMap<String, String>) -> Result<()> {
    for (name, days) in [
        ("log_days", retention.log_days),
        ("event_days", retention.event_days),
        ("run_days", retention.run_days),
    ] {
        if !(1..=MOST_DAYS).contains(&days) {
            let key = format!("retention.{name}");
            let origin = origins.get(&key).map_or("default", String::as_str);
            bail!("`{key}` ({origin}): {days} is not a number of days from 1 to {MOST_DAYS}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
