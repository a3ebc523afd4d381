//! Postman's URL rules: from parts to text, and from text to what goes on the wire.
//!
//! Not RFC 3986 and not the WHATWG standard: dot segments stay, `{}[]|\^` and the backtick
//! stay in a query but braces are encoded in a path, existing `%XX` is never touched.
//! What a request sends is decided in three steps, as the reference does it: the parts
//! are written as text, variables are substituted in that text, and the text is cut into
//! parts again; so a variable may hold a whole origin or half a query.

use crate::format::{Param, Url};

/// Characters a query encodes besides controls and non-ASCII.
const QUERY: &str = " \"#<>'";
/// Characters a path encodes.
const PATH: &str = " \"<>`#?{}";
/// Characters user info encodes.
const USERINFO: &str = " \"<>`#?{}/:;=@[\\]^|";
/// Characters a form field encodes: all but the unreserved ones of RFC 3986.
const FORM_KEEP: &str = "-._~";

/// A URL as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireUrl {
    /// Absolute, without user info and fragment.
    pub href: String,
    /// `http` or `https`, or whatever was written.
    pub scheme: String,
    /// Host in lower case, IDNA applied.
    pub host: String,
    /// `host[:port]` for the `Host` header; a default port is left out.
    pub authority: String,
    /// User and password of the URL, decoded; sent as basic authentication.
    pub userinfo: Option<(String, String)>,
}

/// Writes the parts as text: disabled rows left out, path variables put in, `#`, `&` and
/// (in keys) `=` of the table's rows encoded so that they cannot be mistaken.
pub fn unparse(url: &Url) -> String {
    let mut out = String::new();
    if let Some(protocol) = &url.protocol {
        out.push_str(protocol.strip_suffix("://").unwrap_or(protocol));
        out.push_str("://");
    }
    if let Some((user, password)) = &url.auth {
        out.push_str(user);
        if let Some(password) = password {
            out.push(':');
            out.push_str(password);
        }
        out.push('@');
    }
    out.push_str(&url.host);
    if let Some(port) = &url.port {
        out.push(':');
        out.push_str(port);
    }
    if url.path.is_some() {
        out.push_str(&path(url));
    }
    if let Some(query) = query(url) {
        out.push('?');
        out.push_str(&query);
    }
    if let Some(hash) = &url.hash {
        out.push('#');
        out.push_str(hash);
    }
    out
}

/// The path with a leading slash, `:name` segments replaced by their values. As the reference:
/// the name ends at the first dot, only text that is not empty is put in, and a disabled row
/// counts like any other.
fn path(url: &Url) -> String {
    let segments = url.path.as_deref().unwrap_or_default();
    let resolved = segments.iter().map(|segment| {
        let Some(rest) = segment.strip_prefix(':') else {
            return segment.clone();
        };
        let (name, suffix) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
        let row = url.variables.iter().rev().find(|v| !name.is_empty() && v.key == name);
        match row.and_then(|v| v.value.as_str()).filter(|value| !value.is_empty()) {
            Some(value) => format!("{value}{suffix}"),
            None => segment.clone(),
        }
    });
    format!("/{}", resolved.collect::<Vec<_>>().join("/"))
}

/// The query without its `?`; `None` when there is none or every row is disabled.
fn query(url: &Url) -> Option<String> {
    let rows: Vec<&Param> = url.query.as_deref()?.iter().filter(|p| !p.disabled).collect();
    if rows.is_empty() {
        return None;
    }
    let written = rows.iter().map(|row| {
        let key = reserve(row.key.as_deref().unwrap_or_default(), true);
        match &row.value {
            Some(value) => format!("{key}={}", reserve(value, false)),
            None => key,
        }
    });
    Some(written.collect::<Vec<_>>().join("&"))
}

/// Encodes the separators of a query in one cell, outside of `{{…}}`.
fn reserve(cell: &str, is_key: bool) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    while !rest.is_empty() {
        let (plain, variable, after) = match rest.find("{{").and_then(|from| Some((from, from + rest[from..].find("}}")? + 2))) {
            Some((from, to)) => (&rest[..from], &rest[from..to], &rest[to..]),
            None => (rest, "", ""),
        };
        for c in plain.chars() {
            match c {
                '#' => out.push_str("%23"),
                '&' => out.push_str("%26"),
                '=' if is_key => out.push_str("%3D"),
                c => out.push(c),
            }
        }
        out.push_str(variable);
        rest = after;
    }
    out
}

/// Cuts a text in which variables are substituted and encodes it for the wire.
/// `encode: false` is the profile `disableUrlEncoding`.
pub fn to_wire(resolved: &str, encode: bool) -> WireUrl {
    let url = Url::parse(resolved);
    let part = |text: &str, set: &str| if encode { encode_set(text, set) } else { text.to_owned() };
    let scheme = url.protocol.as_deref().unwrap_or("http").to_ascii_lowercase();
    let host = host(&url.host);
    let default_port = match scheme.as_str() {
        "http" => "80",
        "https" => "443",
        _ => "",
    };
    let authority = match url.port.as_deref() {
        Some(port) if !port.is_empty() && port != default_port => format!("{host}:{port}"),
        _ => host.clone(),
    };
    let mut href = format!("{scheme}://{authority}{}", part(&path(&url), PATH));
    if let Some(query) = query(&url) {
        href.push('?');
        href.push_str(&part(&query, QUERY));
    }
    let userinfo = url
        .auth
        .filter(|(user, password)| !user.is_empty() || password.is_some())
        .map(|(user, password)| {
            let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
            (
                decode(&encode_set(&user, USERINFO)),
                decode(&encode_set(&password.unwrap_or_default(), USERINFO)),
            )
        });
    WireUrl {
        href,
        scheme,
        host,
        authority,
        userinfo,
    }
}

/// What the WHATWG standard makes of a host: lower case, IDNA, numbers as addresses; a host that
/// is no valid name stays as written, for the look-up to fail on.
fn host(host: &str) -> String {
    let lower = host.to_lowercase();
    if lower.is_empty() || lower.contains("{{") {
        return host.to_owned();
    }
    url::Host::parse(&lower).map_or(lower, |parsed| parsed.to_string())
}

fn encode_set(text: &str, set: &str) -> String {
    encode_where(text, |c| set.contains(c))
}

/// Percent-encodes all but the unreserved characters (RFC 3986, 2.3): blank as `%20`, `!*'()` too. A key or value of an
/// urlencoded body, a part of a path, what OAuth 1.0 and AWS sign.
pub fn encode_form(text: &str) -> String {
    encode_where(text, |c| !(c.is_ascii_alphanumeric() || FORM_KEEP.contains(c)))
}

fn encode_where(text: &str, must: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut buffer = [0_u8; 4];
    for c in text.chars() {
        if c <= '\u{1f}' || c > '\u{7e}' || must(c) {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push('%');
                out.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
                out.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests;
