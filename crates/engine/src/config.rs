//! What the engine is told at its start. The binary reads it from the configuration file; nothing here reads anything.

use std::net::{IpAddr, SocketAddr};

use domain::{Micros, clock::DAY};
use egress::{Mailer, ProxyConfig};
use ipnet::IpNet;
use regex::Regex;

/// The engine's settings.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// How people reach this instance, for links; without a trailing slash.
    pub public_url: String,
    /// How this node reaches itself, `http://127.0.0.1:8484`: for webhooks that point to an own source by one click.
    pub self_url: String,
    /// The address behind `self_url`, which such a webhook alone may call.
    pub self_addr: Option<SocketAddr>,
    /// Runs at once.
    pub runs_at_once: usize,
    /// Exchanges at once beyond the first of each lane; see `lanes`.
    pub deliveries_at_once: usize,
    /// Where calls may go.
    pub egress: EgressSettings,
    /// How long things are kept.
    pub retention: Retention,
    /// The mail server, if notices are mailed too.
    pub mail: Option<Mailer>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8484".to_owned(),
            self_url: "http://127.0.0.1:8484".to_owned(),
            self_addr: None,
            runs_at_once: 8,
            deliveries_at_once: 512,
            egress: EgressSettings::default(),
            retention: Retention::default(),
            mail: None,
        }
    }
}

/// Where calls may go. The default is the strictest.
#[derive(Debug, Clone, Default)]
pub struct EgressSettings {
    /// Webhooks may use `http`.
    pub allow_http: bool,
    /// Networks allowed although they are special-purpose.
    pub allow: Vec<IpNet>,
    /// Single addresses and ports that webhooks may call whatever they are: the demo's own receiver.
    pub allow_endpoints: Vec<SocketAddr>,
    /// Networks forbidden in addition; they win over every exception.
    pub forbid: Vec<IpNet>,
    /// Patterns, one of which a webhook's URL must match; empty allows all.
    pub allowed_url_regexes: Vec<Regex>,
    /// The local address that calls leave from.
    pub bind: Option<IpAddr>,
    /// Monitors may check private and loopback addresses, this node included.
    pub runner_private: bool,
    /// The proxy to go through.
    pub proxy: Option<ProxyConfig>,
}

/// How long things are kept, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Attempts, with what was sent and answered.
    pub log: Micros,
    /// Events with their deliveries, and receipts.
    pub events: Micros,
    /// Finished runs with their executions.
    pub runs: Micros,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            log: 14 * DAY,
            events: 30 * DAY,
            runs: 90 * DAY,
        }
    }
}
