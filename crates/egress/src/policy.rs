//! Where calls may go: the rules of an instance or workspace, compiled once, shared cheaply, and passed with every
//! call because they differ per workspace and change at run time.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use ipnet::IpNet;
use regex::Regex;

use crate::address::{AddressClass, classify, embedded_v4};
use crate::error::{Refusal, Rule, SetupError};
use crate::proxy::ProxyConfig;

/// The rules as configured. The default is the strictest: `https` to ordinary internet addresses only.
#[derive(Clone, Debug, Default)]
pub struct PolicyRules {
    /// Whether `http` URLs are allowed too.
    pub allow_http: bool,
    /// No address guard at all: for the command line, where a person calls from their own machine.
    pub open: bool,
    /// Networks that are allowed although they are special-purpose (`egress.allow`). A cloud-metadata address is
    /// allowed only by an entry that names it alone (`/32`, `/128`).
    pub allow: Vec<IpNet>,
    /// Exact addresses and ports that are allowed, also when they are the node's own.
    pub allow_endpoints: Vec<SocketAddr>,
    /// Addresses forbidden in addition (`forbiddenIPs`). They win over every exception.
    pub forbid: Vec<IpNet>,
    /// Patterns, one of which the URL must match before anything else is looked at. Empty: every URL.
    pub allowed_url_regexes: Vec<Regex>,
    /// A second such list: a workspace's own, which narrows the instance's and never widens it.
    pub workspace_url_regexes: Vec<Regex>,
    /// Where this node listens. An unspecified address stands for each of the node's addresses.
    pub own_listeners: Vec<SocketAddr>,
    /// The node's own addresses, forbidden on every port (see [`crate::own::interface_addresses`]).
    pub own_addresses: Vec<IpAddr>,
    /// The local address that calls leave from (`egress.bind`).
    pub bind: Option<IpAddr>,
    /// The proxy to go through (`egress.proxy`). The environment's proxy variables are never read.
    pub proxy: Option<ProxyConfig>,
}

/// Compiled rules behind a cheap handle.
#[derive(Clone, Debug, Default)]
pub struct Policy(Arc<PolicyRules>);

impl From<PolicyRules> for Policy {
    fn from(rules: PolicyRules) -> Self {
        Self(Arc::new(rules))
    }
}

impl Deref for Policy {
    type Target = PolicyRules;

    fn deref(&self) -> &PolicyRules {
        &self.0
    }
}

impl Policy {
    /// Whether a connection to this address and port is allowed.
    ///
    /// The order matters: what is forbidden by name stays forbidden; then exact endpoints, the node's own listeners,
    /// metadata, networks allowed, the node's own addresses, and at last the special-purpose ranges.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_address(&self, endpoint: SocketAddr) -> Result<(), Refusal> {
        if self.open {
            return Ok(());
        }
        let given = endpoint.ip();
        let plain = given.to_canonical();
        // Someone who forbids an IPv4 network means it inside every IPv6 form too.
        let inner = match given {
            IpAddr::V6(v6) => embedded_v4(v6).map(IpAddr::V4),
            IpAddr::V4(_) => None,
        };
        let forbids = |net: &IpNet| net.contains(&given) || inner.is_some_and(|inner| net.contains(&inner));
        if self.forbid.iter().any(forbids) {
            return Err(Refusal::at(
                Rule::AddressForbidden,
                given,
                "the receiver's address is on the list of forbidden addresses; use another receiver, or have an admin change `forbiddenIPs`",
            ));
        }
        if self.allow_endpoints.contains(&endpoint) {
            return Ok(());
        }
        if self.is_own_listener(SocketAddr::new(plain, endpoint.port())) {
            return Err(own_address(given));
        }
        let class = classify(given);
        if class == Some(AddressClass::Metadata) {
            let exact = self
                .allow
                .iter()
                .any(|net| net.prefix_len() == net.max_prefix_len() && net.addr() == given);
            return if exact {
                Ok(())
            } else {
                Err(special(AddressClass::Metadata, given))
            };
        }
        if self.allow.iter().any(|net| net.contains(&given)) {
            return Ok(());
        }
        if self.own_addresses.contains(&plain) {
            return Err(own_address(given));
        }
        class.map_or(Ok(()), |class| Err(special(class, given)))
    }

    fn is_own_listener(&self, endpoint: SocketAddr) -> bool {
        let ip = endpoint.ip();
        self.own_listeners.iter().filter(|own| own.port() == endpoint.port()).any(|own| {
            own.ip().to_canonical() == ip
                || (own.ip().is_unspecified() && (ip.is_loopback() || ip.is_unspecified() || self.own_addresses.contains(&ip)))
        })
    }

    /// Whether the URL (as it will be requested) is allowed by its text.
    pub(crate) fn check_pattern(&self, url: &str) -> Result<(), Refusal> {
        let allows = |list: &[Regex]| list.is_empty() || list.iter().any(|regex| regex.is_match(url));
        if allows(&self.allowed_url_regexes) && allows(&self.workspace_url_regexes) {
            return Ok(());
        }
        Err(Refusal::new(
            Rule::UrlNotAllowed,
            "the URL matches none of the allowed URL patterns; use an allowed receiver, or have an admin extend `allowedUrlRegexes`",
        ))
    }
}

fn own_address(address: IpAddr) -> Refusal {
    Refusal::at(
        Rule::OwnAddress,
        address,
        "the receiver is this server itself; use another receiver, or have an admin allow this endpoint in `egress.allow`",
    )
}

fn special(class: AddressClass, address: IpAddr) -> Refusal {
    let hint = if class == AddressClass::Metadata {
        "it holds the machine's credentials; an admin can except it in `egress.allow` only by naming that one address"
    } else {
        "use a receiver on the internet, or have an admin except its network in `egress.allow`"
    };
    Refusal::at(
        Rule::Address(class),
        address,
        format!("the receiver has {} address; {hint}", class.words()),
    )
}

/// Reads a list of addresses and networks separated by `;`, `,` or white space (the form of `forbiddenIPs`).
///
/// # Errors
/// The first entry that is neither, with its 1-based position.
pub fn parse_networks(list: &str) -> Result<Vec<IpNet>, SetupError> {
    list.split(|c: char| c == ';' || c == ',' || c.is_whitespace())
        .filter(|entry| !entry.is_empty())
        .enumerate()
        .map(|(index, entry)| {
            parse_network(entry).ok_or_else(|| SetupError::Network {
                position: index + 1,
                entry: entry.chars().take(60).collect(),
            })
        })
        .collect()
}

fn parse_network(entry: &str) -> Option<IpNet> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpNet>()
        .or_else(|_| bare.parse::<IpAddr>().map(IpNet::from))
        .ok()
        .map(|net| net.trunc())
}

/// The loopback addresses that the name `localhost` stands for (RFC 6761: it is never asked of a name server).
pub(crate) const LOOPBACK: [IpAddr; 2] = [IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
