//! The cookie jar of one run: RFC 6265 as the reference's jar reads it.
//!
//! Two liberties are taken from it on purpose: a `Secure` cookie also goes to plain HTTP
//! on a loopback address, and `127.0.0.1` and `localhost` are different hosts.

use std::net::IpAddr;

use url::Url;

use crate::script::ScriptCookie;

mod date;
mod file;

pub use file::CookieFileError;

/// Longest list kept for one run; the oldest go first (RFC 6265, 6.1 allows a limit).
const MAX_COOKIES: usize = 3000;

/// One stored cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    pub name: String,
    pub value: String,
    /// Host in lower case, without a leading dot.
    pub domain: String,
    /// Sent to this host only, not to those below it.
    pub host_only: bool,
    pub path: String,
    pub secure: bool,
    pub http_only: bool,
    /// Microseconds since the epoch; `None` ends with the run.
    pub expires: Option<i64>,
    created: u64,
}

/// All cookies of one run.
#[derive(Debug, Clone, Default)]
pub struct Jar {
    cookies: Vec<Cookie>,
    clock: u64,
}

impl Jar {
    /// Stores one `Set-Cookie` line of a response from `url`; a line that is not
    /// acceptable is ignored. `now` is in microseconds.
    pub fn store(&mut self, url: &Url, line: &str, now: i64) {
        let Some(cookie) = parse(url, line, now) else { return };
        self.put(cookie, now);
    }

    /// Stores a cookie that a script made.
    pub fn put(&mut self, mut cookie: Cookie, now: i64) {
        let same = |c: &Cookie| c.name == cookie.name && c.domain == cookie.domain && c.path == cookie.path;
        self.clock += 1;
        cookie.created = self.cookies.iter().find(|c| same(c)).map_or(self.clock, |old| old.created);
        self.cookies.retain(|c| !same(c));
        if cookie.expires.is_none_or(|at| at > now) {
            self.cookies.push(cookie);
        }
        if self.cookies.len() > MAX_COOKIES {
            self.cookies.remove(0);
        }
    }

    /// Cookies for a URL: longer paths first, then older ones.
    pub fn matching(&self, url: &Url, now: i64) -> Vec<&Cookie> {
        let mut found: Vec<&Cookie> = self.cookies.iter().filter(|c| applies(c, url, now)).collect();
        found.sort_by(|a, b| b.path.len().cmp(&a.path.len()).then(a.created.cmp(&b.created)));
        found
    }

    /// Value of the `Cookie` header, `None` when there is nothing to send.
    pub fn header(&self, url: &Url, now: i64) -> Option<String> {
        let pairs: Vec<String> = self.matching(url, now).iter().map(|c| pair(c)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Removes the cookies of that name that apply to a URL.
    pub fn unset(&mut self, url: &Url, name: &str, now: i64) {
        self.cookies.retain(|c| c.name != name || !applies(c, url, now));
    }

    /// Removes all cookies that apply to a URL.
    pub fn clear(&mut self, url: &Url, now: i64) {
        self.cookies.retain(|c| !applies(c, url, now));
    }

    /// All cookies, in the order of their creation.
    pub fn all(&self) -> &[Cookie] {
        &self.cookies
    }
}

impl Cookie {
    /// A cookie of a script, bound to the URL's host.
    pub fn for_url(url: &Url, name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: host(url),
            host_only: true,
            path: "/".into(),
            secure: false,
            http_only: false,
            expires: None,
            created: 0,
        }
    }

    /// What scripts see.
    pub fn to_script(&self) -> ScriptCookie {
        ScriptCookie {
            name: self.name.clone(),
            value: self.value.clone(),
            domain: self.domain.clone(),
            path: self.path.clone(),
            expires: self.expires.map(crate::dynamic::iso),
            http_only: self.http_only,
            secure: self.secure,
            host_only: self.host_only,
        }
    }
}

fn pair(cookie: &Cookie) -> String {
    if cookie.name.is_empty() {
        cookie.value.clone()
    } else {
        format!("{}={}", cookie.name, cookie.value)
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_ascii_lowercase()
}

fn applies(cookie: &Cookie, url: &Url, now: i64) -> bool {
    let host = host(url);
    // `localhost` has no names below it that share its cookies.
    let domain = if cookie.host_only || cookie.domain == "localhost" {
        host == cookie.domain
    } else {
        domain_matches(&host, &cookie.domain)
    };
    domain
        && path_matches(url.path(), &cookie.path)
        && (!cookie.secure || url.scheme() == "https" || is_loopback(&host))
        && cookie.expires.is_none_or(|at| at > now)
}

/// RFC 6265, 5.1.3.
fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain || (is_name(host) && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}

/// RFC 6265, 5.1.4.
fn path_matches(path: &str, prefix: &str) -> bool {
    path == prefix
        || path
            .strip_prefix(prefix)
            .is_some_and(|rest| prefix.ends_with('/') || rest.starts_with('/'))
}

fn is_name(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_err()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// RFC 6265, 5.2 and 5.3.
fn parse(url: &Url, line: &str, now: i64) -> Option<Cookie> {
    let mut parts = line.split(';');
    let first = parts.next()?;
    let (name, value) = first.split_once('=').unwrap_or(("", first));
    let mut cookie = Cookie::for_url(url, name.trim(), value.trim());
    if cookie.name.is_empty() && cookie.value.is_empty() {
        return None;
    }
    let directory = url.path().rsplit_once('/').map_or("", |(dir, _)| dir);
    cookie.path = if directory.is_empty() { "/".into() } else { directory.to_owned() };
    let mut max_age = None;
    for attribute in parts {
        let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "domain" if !value.trim_start_matches('.').is_empty() => {
                cookie.domain = value.trim_start_matches('.').to_ascii_lowercase();
                cookie.host_only = false;
            }
            "path" if value.starts_with('/') => cookie.path = value.to_owned(),
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "max-age" => max_age = value.parse::<i64>().ok(),
            "expires" => cookie.expires = date::parse(value),
            _ => {}
        }
    }
    if let Some(seconds) = max_age {
        // Max-Age wins over Expires; none or less ends the cookie at once.
        cookie.expires = Some(if seconds <= 0 {
            i64::MIN
        } else {
            now.saturating_add(seconds.saturating_mul(1_000_000))
        });
    }
    let foreign = !cookie.host_only && !domain_matches(&host(url), &cookie.domain);
    // A top-level domain has no cookies, but the machine's own names are nobody's domain.
    let public = !cookie.host_only && !cookie.domain.contains('.') && cookie.domain != host(url) && cookie.domain != "localhost";
    // RFC 6265bis, 4.1.3: the name promises how the cookie was set.
    let untrue = cookie.name.starts_with("__Secure-") && !cookie.secure
        || cookie.name.starts_with("__Host-") && !(cookie.secure && cookie.host_only && cookie.path == "/");
    (!foreign && !public && !untrue).then_some(cookie)
}

#[cfg(test)]
mod tests;
