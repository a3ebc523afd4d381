//! Putting the parts together as the settings say: the store, the engine, the web part. Used
//! by the server and by `admin`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use collection::script::pool::{ChildCommand, ChildPool, PoolOptions};
use domain::Clock as _;
use domain::clock::DAY;
use engine::{EgressSettings, Engine, EngineConfig, Retention};
use store::{KeyFile, Options, Store, Vault};
use web::{App, WebConfig};

use crate::{clock::SystemClock, config::Config};

/// Opens (and at the first start makes) the database and the key that seals its secrets.
pub async fn store(config: &Config) -> Result<Store> {
    let options = if config.store.postgres.is_empty() {
        Options::Sqlite {
            folder: config.store.data.clone(),
            readers: config.store.readers.max(1),
        }
    } else {
        Options::Postgres {
            url: config.store.postgres.clone(),
            connections: config.store.postgres_pool.max(2),
        }
    };
    let vault = vault(config)?;
    Ok(Store::open(options, vault, SystemClock.now()).await?)
}

fn vault(config: &Config) -> Result<Vault> {
    if config.store.key.is_empty() {
        std::fs::create_dir_all(&config.store.data).with_context(|| format!("cannot make the folder `{}`", config.store.data.display()))?;
        return Ok(Vault::from_file(&config.store.data.join("secret.key"), KeyFile::CreateIfMissing)?);
    }
    Vault::from_text(&config.store.key).context("`store.key`")
}

/// The web part over a store and an engine that is not started yet. `listening`: the address
/// that the server took.
pub fn app(config: &Config, store: Store, listening: SocketAddr, demo: bool) -> Result<App> {
    let clock = Arc::new(SystemClock);
    let own = own_url(listening);
    let public_url = if config.server.public_url.is_empty() {
        own.clone()
    } else {
        config.server.public_url.trim_end_matches('/').to_owned()
    };
    let client = egress::Client::new(egress::ClientConfig::default()).context("cannot set up outgoing connections")?;
    let engine_config = EngineConfig {
        public_url: public_url.clone(),
        self_url: own,
        self_addr: Some(loopback(listening)),
        runs_at_once: config.runner.at_once.max(1),
        egress: egress_settings(config, demo, listening)?,
        retention: Retention {
            log: i64::from(config.retention.log_days) * DAY,
            events: i64::from(config.retention.event_days) * DAY,
            runs: i64::from(config.retention.run_days) * DAY,
        },
        mail: mailer(config)?,
        ..EngineConfig::default()
    };
    let engine = Engine::new(
        engine_config,
        store.clone(),
        clock.clone(),
        client,
        Arc::new(scripts(config.runner.script_memory, 2)?),
    );
    let web = WebConfig {
        secure_cookies: public_url.starts_with("https://"),
        public_url,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        open_metrics: config.server.metrics_public,
    };
    Ok(App::new(store, clock, engine, web))
}

/// The mail server, if there is one.
fn mailer(config: &Config) -> Result<Option<egress::Mailer>> {
    let mail = &config.mail;
    if mail.url.is_empty() {
        return Ok(None);
    }
    let mut settings = egress::MailConfig::parse(&mail.url, &mail.from)?;
    settings.timeout = Duration::from_secs(mail.timeout_seconds.clamp(1, 600));
    if !mail.roots.is_empty() {
        let pem = std::fs::read(&mail.roots).with_context(|| format!("`mail.roots`: cannot read `{}`", mail.roots))?;
        settings.roots = egress::Roots::NativeAnd(pem);
    }
    Ok(Some(egress::Mailer::new(&settings)?))
}

/// Where this server reaches itself.
pub fn own_url(listening: SocketAddr) -> String {
    format!("http://{}", loopback(listening))
}

fn loopback(listening: SocketAddr) -> SocketAddr {
    match listening {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => SocketAddr::from(([127, 0, 0, 1], v4.port())),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], v6.port())),
        other => other,
    }
}

/// The demo's receiver is this server's own bin: it may reach exactly that address, by http.
fn egress_settings(config: &Config, demo: bool, listening: SocketAddr) -> Result<EgressSettings> {
    let regexes = config
        .egress
        .allowed_urls
        .iter()
        .map(|text| regex::Regex::new(text).with_context(|| format!("`egress.allowed_urls`: `{text}` is no regular expression")));
    let bind = match config.egress.bind.as_str() {
        "" => None,
        text => Some(text.parse().with_context(|| format!("`egress.bind`: `{text}` is no IP address"))?),
    };
    let proxy = match config.egress.proxy.as_str() {
        "" => None,
        text => Some(egress::ProxyConfig::parse(text).context("`egress.proxy`")?),
    };
    Ok(EgressSettings {
        allow_http: config.egress.allow_http || demo,
        allow: config.egress.allow.clone(),
        allow_endpoints: if demo { vec![loopback(listening)] } else { Vec::new() },
        forbid: config.egress.forbid.clone(),
        allowed_url_regexes: regexes.collect::<Result<_>>()?,
        bind,
        runner_private: config.egress.runner_private,
        proxy,
    })
}

/// Script processes: this program under its hidden word. `memory`: MiB of one; `warm`: how many wait ready.
pub fn scripts(memory: u64, warm: usize) -> Result<ChildPool> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let command = ChildCommand {
        program,
        arguments: vec![crate::SCRIPT_CHILD.into()],
    };
    Ok(ChildPool::new(command, PoolOptions { warm, memory_mib: memory }))
}

/// The command line's policy: its user may go anywhere from their own machine.
pub fn open_policy() -> egress::Policy {
    let rules = egress::PolicyRules {
        open: true,
        allow_http: true,
        ..egress::PolicyRules::default()
    };
    egress::Policy::from(rules)
}
