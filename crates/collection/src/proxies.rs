//! Which proxy a request goes through.
//!
//! The rules hold what a command line found in its environment; the crate reads none by
//! itself, and a server's runs have no rules. A request of a collection may name a proxy of
//! its own (`request.proxy`), which wins.

use serde_json::Value;
use url::Url;

use crate::transport::Proxy;

/// The proxies of a whole run. Empty: none.
#[derive(Debug, Clone, Default)]
pub struct ProxyRules {
    http: Option<Proxy>,
    https: Option<Proxy>,
    /// Hosts that are called directly; `None`: all.
    bypass: Option<Vec<String>>,
}

impl ProxyRules {
    /// From the values of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, as they stand. Without
    /// a proxy of its own `https` goes through that of `http`.
    pub fn from_values(http: Option<&str>, https: Option<&str>, no_proxy: Option<&str>) -> Self {
        let proxy = |given: Option<&str>| {
            let given = given.map(str::trim).filter(|text| !text.is_empty())?;
            let url = if given.contains("://") {
                given.to_owned()
            } else {
                format!("http://{given}")
            };
            Some(Proxy { url, tunnel: false })
        };
        let list = no_proxy.unwrap_or_default();
        let bypass = list.split(',').map(|entry| entry.trim().to_ascii_lowercase());
        Self {
            http: proxy(http),
            https: proxy(https).or_else(|| proxy(http)),
            // Only alone does the star stand for every host.
            bypass: if list == "*" {
                None
            } else {
                Some(bypass.filter(|entry| !entry.is_empty()).collect())
            },
        }
    }

    /// Whether every request goes out directly.
    pub fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// The proxy for a URL.
    pub fn find(&self, url: &Url) -> Option<&Proxy> {
        let proxy = if url.scheme() == "https" { &self.https } else { &self.http };
        let bypass = self.bypass.as_ref()?;
        proxy.as_ref().filter(|_| !bypass.iter().any(|entry| bypasses(entry, url)))
    }
}

/// `host`, which also stands for the names below it, with or without leading dots and
/// `:port`. Patterns there are none. An IPv6 address, which the reference cannot except, is
/// one in brackets, or bare without a port.
fn bypasses(entry: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    if entry.matches(':').count() > 1 {
        let (address, port) = entry.trim_start_matches('[').split_once(']').unwrap_or((entry, ""));
        return host.trim_matches(['[', ']']) == address && fits_port(port.strip_prefix(':'), url);
    }
    let (name, port) = entry.split_once(':').map_or((entry, None), |(name, port)| (name, Some(port)));
    let domain = name.trim_start_matches('.');
    let below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    !domain.is_empty() && (host == domain || below) && fits_port(port, url)
}

fn fits_port(port: Option<&str>, url: &Url) -> bool {
    let actual = url.port_or_known_default().map(|port| port.to_string());
    port.is_none() || port == actual.as_deref()
}

/// The proxy that a request names itself: `{host, port, tunnel, match, disabled,
/// authenticate, username, password}`.
pub fn own(value: &Value, url: &Url) -> Option<Proxy> {
    let host = value["host"].as_str().filter(|host| !host.is_empty())?;
    if value["disabled"].as_bool() == Some(true) || value["match"].as_str().is_some_and(|pattern| !fits(pattern, url)) {
        return None;
    }
    let port = value["port"]
        .as_u64()
        .or_else(|| value["port"].as_str()?.parse().ok())
        .unwrap_or(8080);
    let login = match (value["authenticate"].as_bool(), value["username"].as_str()) {
        (Some(true), Some(user)) => {
            let encoded = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
            format!("{}:{}@", encoded(user), encoded(value["password"].as_str().unwrap_or_default()))
        }
        _ => String::new(),
    };
    Some(Proxy {
        url: format!("http://{login}{host}:{port}"),
        tunnel: value["tunnel"].as_bool().unwrap_or(false),
    })
}

/// A pattern of a proxy leaves the port open where it names none.
fn fits(pattern: &str, url: &Url) -> bool {
    let mut bare = url.clone();
    // Fails only for URLs without a host, which no pattern matches.
    let _ = bare.set_port(None);
    crate::certificates::matches(pattern, url) || crate::certificates::matches(pattern, &bare)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn each_scheme_has_its_own_and_named_hosts_are_left_out() {
        let rules = ProxyRules::from_values(Some("http://p:1"), Some("q:2"), Some("127.0.0.1, .corp.test,other.test:81"));
        assert_eq!(rules.find(&url("http://h/")).unwrap().url, "http://p:1");
        assert_eq!(rules.find(&url("https://h/")).unwrap().url, "http://q:2");
        assert!(rules.find(&url("http://127.0.0.1:9/")).is_none());
        assert!(rules.find(&url("http://a.corp.test/")).is_none());
        assert!(rules.find(&url("http://acorp.test/")).is_some());
        assert!(rules.find(&url("http://other.test/")).is_some());
        assert!(rules.find(&url("http://other.test:81/")).is_none());
        assert!(ProxyRules::default().find(&url("http://h/")).is_none());
    }

    /// Each row as the reference decided it.
    #[test]
    fn hosts_are_left_out_as_the_reference_does() {
        let direct = |no_proxy: &str, to: &str| {
            let rules = ProxyRules::from_values(Some("p:1"), None, Some(no_proxy));
            rules.find(&url(to)).is_none()
        };
        for (no_proxy, to) in [
            ("*", "http://h/"),
            ("h", "http://h/"),
            ("H", "http://a.h/"),
            (".h", "http://h/"),
            ("..h", "http://a.h/"),
            (" x , h ,", "https://h/"),
            ("h:443", "https://h/"),
            ("h:80", "http://h/"),
            ("127.0.0.1", "http://127.0.0.1:9/"),
            ("0.0.1", "http://127.0.0.1/"),
            ("[::1]:81", "http://[::1]:81/"),
            ("::1", "http://[::1]/"),
        ] {
            assert!(direct(no_proxy, to), "{no_proxy} {to}");
        }
        for (no_proxy, to) in [
            ("", "http://h/"),
            (",,", "http://h/"),
            (".", "http://h/"),
            ("x,*", "http://h/"),
            (" *", "http://h/"),
            ("*.h", "http://a.h/"),
            ("x h", "http://h/"),
            ("a.h", "http://h/"),
            ("h", "http://ah/"),
            ("h:81", "http://h/"),
            ("h:", "http://h/"),
            ("http://h", "http://h/"),
            ("[::1]:82", "http://[::1]:81/"),
        ] {
            assert!(!direct(no_proxy, to), "{no_proxy} {to}");
        }
        let rules = ProxyRules::from_values(Some("p:1"), None, None);
        assert_eq!(rules.find(&url("https://h/")).unwrap().url, "http://p:1");
    }

    #[test]
    fn a_request_may_name_its_own() {
        let named = json!({"host": "p", "port": 3, "match": "http://*.test/*", "tunnel": true});
        let found = own(&named, &url("http://a.test:8/x")).unwrap();
        assert_eq!((found.url.as_str(), found.tunnel), ("http://p:3", true));
        assert!(own(&named, &url("http://a.example/x")).is_none());
        assert!(own(&json!({"host": "p", "disabled": true}), &url("http://h/")).is_none());
        let login = json!({"host": "p", "authenticate": true, "username": "a@b", "password": "c"});
        assert_eq!(own(&login, &url("http://h/")).unwrap().url, "http://a%40b:c@p:8080");
    }
}
