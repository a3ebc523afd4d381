//! What a URL says before any look-up: its scheme, credentials, port, and the host in whatever spelling.
//!
//! The authority is read by the `url` crate (the WHATWG rules that browsers and Node.js follow), which turns decimal,
//! octal, hexadecimal, short, full-width and percent-encoded numbers into the address that they mean. The request
//! target is cut out of the text separately, because a collection's target must reach the wire as it was written.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use crate::address::AddressClass;
use crate::error::{Refusal, Rule};
use crate::policy::{LOOPBACK, Policy};

mod credentials;

pub use credentials::{Credentials, split_credentials};

/// The longest URL that is looked at, in bytes.
pub const MAX_URL_BYTES: usize = 64 * 1024;

/// The two schemes that are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Without TLS; needs `allow_http`.
    Http,
    /// With TLS.
    Https,
}

impl Scheme {
    /// The scheme as it is written in a URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Whom the URL names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// An address, written in any spelling.
    Ip(IpAddr),
    /// `localhost` or a name under it: loopback, without asking anyone (RFC 6761).
    Localhost(String),
    /// A name to resolve, in ASCII and lower case.
    Name(String),
}

/// A URL that passed every check that needs no look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// With or without TLS.
    pub scheme: Scheme,
    /// Whom to connect to.
    pub host: Host,
    /// 1–65535.
    pub port: u16,
    /// Host and, unless it is the scheme's own, port: the value of the `Host` header.
    pub authority: String,
    /// Path and query as they go into the request line.
    pub request_target: String,
}

impl Target {
    /// The whole URL as it is requested.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme.as_str(), self.authority, self.request_target)
    }

    /// The host as a certificate names it: without a trailing dot or brackets.
    #[must_use]
    pub fn server_name(&self) -> Cow<'_, str> {
        match &self.host {
            Host::Ip(ip) => Cow::Owned(ip.to_string()),
            Host::Localhost(name) | Host::Name(name) => Cow::Borrowed(name.trim_end_matches('.')),
        }
    }
}

/// Judges a URL without any look-up; the request target is normalised as a browser would.
///
/// # Errors
/// The rule that forbids it. The message never repeats the URL, which may hold secrets.
pub fn check_url(policy: &Policy, given: &str) -> Result<Target, Refusal> {
    check(policy, given, false)
}

/// Like [`check_url`], but keeps path and query as they are written. Only what no request line can carry (control
/// characters, spaces, non-ASCII bytes) is percent-encoded.
///
/// # Errors
/// The rule that forbids it.
pub fn check_raw_url(policy: &Policy, given: &str) -> Result<Target, Refusal> {
    check(policy, given, true)
}

fn check(policy: &Policy, given: &str, raw: bool) -> Result<Target, Refusal> {
    let given = given.trim_matches(|c: char| c.is_ascii_whitespace());
    let target = parse(given, raw)?;
    policy.check_pattern(&target.url())?;
    if target.scheme == Scheme::Http && !policy.allow_http {
        return Err(Refusal::new(
            Rule::SchemeHttp,
            "the URL uses `http`; use `https`, or have an admin allow `http` in `egress.allow_http`",
        ));
    }
    if has_credentials(given) {
        return Err(Refusal::new(
            Rule::CredentialsInUrl,
            "the URL holds a user name or password; put them into an Authorization header instead",
        ));
    }
    if target.port == 0 {
        return Err(Refusal::new(Rule::PortInvalid, "the URL's port is 0; use a port from 1 to 65535"));
    }
    match &target.host {
        Host::Ip(ip) => policy.check_address(SocketAddr::new(*ip, target.port))?,
        Host::Localhost(_) => {
            if loopback_endpoints(policy, target.port).next().is_none() {
                return Err(Refusal::new(
                    Rule::Address(AddressClass::Loopback),
                    "the receiver is `localhost`; use a receiver on the internet, or have an admin except loopback in `egress.allow`",
                ));
            }
        }
        Host::Name(_) => {}
    }
    Ok(target)
}

/// The loopback endpoints that the policy allows at this port.
pub(crate) fn loopback_endpoints(policy: &Policy, port: u16) -> impl Iterator<Item = SocketAddr> {
    LOOPBACK
        .into_iter()
        .map(move |ip| SocketAddr::new(ip, port))
        .filter(|endpoint| policy.check_address(*endpoint).is_ok())
}

fn invalid(why: &str) -> Refusal {
    Refusal::new(
        Rule::UrlInvalid,
        format!("the URL cannot be used: {why}; write it like `https://host/path`"),
    )
}

fn parse(given: &str, raw: bool) -> Result<Target, Refusal> {
    if given.len() > MAX_URL_BYTES {
        return Err(invalid("it is longer than 64 KiB"));
    }
    let (scheme, authority, rest) = split(given)?;
    let mut head = String::with_capacity(authority.len() + 10);
    let _ = write!(head, "{}://{authority}/", scheme.as_str());
    // Normalising the path is the `url` crate's work too, unless it has to stay as written.
    let parsed = if raw { url::Url::parse(&head) } else { url::Url::parse(given) };
    let parsed = parsed.map_err(|error| invalid(&error.to_string()))?;
    let host = read_host(&parsed)?;
    let port = parsed.port().unwrap_or(scheme.default_port());
    let mut name = parsed.host_str().unwrap_or_default().to_owned();
    if let Some(port) = parsed.port() {
        let _ = write!(name, ":{port}");
    }
    let request_target = if raw { raw_target(rest)? } else { normal_target(&parsed) };
    Ok(Target {
        scheme,
        host,
        port,
        authority: name,
        request_target,
    })
}

/// Scheme, authority and the rest, cut where the WHATWG rules cut them.
fn split(given: &str) -> Result<(Scheme, &str, &str), Refusal> {
    let Some((scheme, rest)) = given.split_once(':') else {
        return Err(invalid("it has no scheme"));
    };
    let scheme = if scheme.eq_ignore_ascii_case("https") {
        Scheme::Https
    } else if scheme.eq_ignore_ascii_case("http") {
        Scheme::Http
    } else {
        return Err(Refusal::new(
            Rule::SchemeUnknown,
            "the URL's scheme is not `https`; use an `https` URL",
        ));
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(invalid("`//` must follow the scheme"));
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    if authority.is_empty() {
        return Err(invalid("it names no host"));
    }
    if authority.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(invalid("its host holds white space or control characters"));
    }
    if rest.starts_with('\\') {
        return Err(invalid("a backslash follows the host"));
    }
    Ok((scheme, authority, rest))
}

fn has_credentials(given: &str) -> bool {
    split(given).is_ok_and(|(_, authority, _)| authority.contains('@'))
}

fn read_host(parsed: &url::Url) -> Result<Host, Refusal> {
    match parsed.host() {
        Some(url::Host::Ipv4(ip)) => Ok(Host::Ip(IpAddr::V4(ip))),
        Some(url::Host::Ipv6(ip)) => Ok(Host::Ip(IpAddr::V6(ip))),
        Some(url::Host::Domain(name)) => {
            let bare = name.trim_end_matches('.');
            if bare.is_empty() || bare.contains("..") || bare.starts_with('.') || bare.len() > 253 {
                return Err(invalid("its host is no name"));
            }
            // The `url` crate lower-cases names.
            if bare == "localhost" || bare.ends_with(".localhost") {
                return Ok(Host::Localhost(name.to_owned()));
            }
            Ok(Host::Name(name.to_owned()))
        }
        None => Err(invalid("it names no host")),
    }
}

fn normal_target(parsed: &url::Url) -> String {
    parsed[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}

fn raw_target(rest: &str) -> Result<String, Refusal> {
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let mut target = String::with_capacity(rest.len() + 1);
    if !rest.starts_with('/') {
        target.push('/');
    }
    if rest.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(invalid("its path holds line breaks"));
    }
    if rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        target.push_str(rest);
        return Ok(target);
    }
    for byte in rest.bytes() {
        if byte.is_ascii_graphic() {
            target.push(char::from(byte));
        } else {
            let _ = write!(target, "%{byte:02X}");
        }
    }
    Ok(target)
}
