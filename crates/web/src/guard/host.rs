//! By which names this instance answers. A page elsewhere can point a name of its own at this machine (DNS rebinding) and would
//! then be of our origin: with the first setup open, it could take the instance. Such a request carries that name as its host.
//!
//! Taken are the host of `server.public_url`, `localhost` and every IP address (which nobody can point elsewhere), with any
//! port, since a port may be mapped. Paths that hold their own secret, and the health checks, are for machines that may know
//! this one by another name.

use std::net::IpAddr;

use axum::{extract::Request, http::header};
use domain::Problem;

/// Why a request is not for this instance, whose public host is `own`: 421 (RFC 9110 §15.5.20). `None`: it is.
pub fn refuse(request: &Request, own: Option<&str>) -> Option<Problem> {
    let host = of(request).filter(|host| !is_ours(host, own) && !for_any_host(request.uri().path()));
    host.map(unknown)
}

/// The host of this instance's public URL.
pub fn own(public_url: &str) -> Option<String> {
    url::Url::parse(public_url).ok()?.host_str().map(str::to_owned)
}

fn unknown(host: &str) -> Problem {
    Problem::new(
        421,
        "unknown-host",
        "Unknown host",
        format!("this instance does not answer as `{host}`"),
    )
    .hint("use its public address; it is set by `server.public_url`")
}

fn for_any_host(path: &str) -> bool {
    path == "/in" || path.starts_with("/in/") || path.starts_with("/b/") || path == "/healthz" || path == "/readyz"
}

/// The host that a request is for, with its port if it names one. Every browser names one.
pub fn of(request: &Request) -> Option<&str> {
    let named = request.uri().authority().map(axum::http::uri::Authority::as_str);
    named.or_else(|| request.headers().get(header::HOST).map(|value| value.to_str().unwrap_or("?")))
}

/// Host and port of an authority.
pub fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_ours(authority: &str, own: Option<&str>) -> bool {
    let (host, _) = split(authority);
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok() {
        return true;
    }
    own.is_some_and(|own| own.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_and_addresses_are_taken_and_other_names_are_not() {
        let own = own("https://Bell.example.com/base");
        let ours = |host| is_ours(host, own.as_deref());
        for good in [
            "bell.example.com",
            "BELL.example.com:443",
            "localhost:8484",
            "127.0.0.1",
            "[::1]:8484",
            "10.1.2.3:80",
        ] {
            assert!(ours(good), "{good}");
        }
        for bad in [
            "evil.example",
            "bell.example.com.evil.example",
            "localhost.evil.example:8484",
            "127.0.0.1.evil.example",
            "",
            "?",
        ] {
            assert!(!ours(bad), "{bad}");
        }
    }
}
