//! Client certificates: which one is shown to which server.
//!
//! A rule names URL patterns in Postman's form, `https://*.example.com:8443/*`; the first
//! rule that matches an `https` URL wins. A port that the pattern leaves out is 443.

use serde_json::Value;

use crate::files::FileAccess;
use crate::transport::ClientIdentity;

/// A pattern for every URL, as for a certificate given without a list of hosts.
pub const ALL_URLS: &str = "<all_urls>";

/// One certificate and the servers that it is for.
#[derive(Debug, Clone)]
pub struct CertificateRule {
    /// Of several patterns one must match.
    pub matches: Vec<String>,
    pub identity: ClientIdentity,
}

/// One entry of a certificate list file, its files not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateEntry {
    /// What messages call it; may be empty.
    pub name: String,
    pub matches: Vec<String>,
    /// Path of the PEM certificate.
    pub certificate: String,
    /// Path of the PEM key.
    pub key: String,
    pub passphrase: Option<String>,
}

/// Why a certificate list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateListError {
    #[error("the certificate list is no JSON: {0}")]
    Json(String),
    #[error("the certificate list is no JSON array of `{{matches, cert, key, passphrase}}`")]
    Shape,
    #[error("entry {position} of the certificate list has no `{field}`")]
    Missing { position: usize, field: &'static str },
}

/// Reads a list as the reference's `--ssl-client-cert-list` has it:
/// `[{"name", "matches": […], "cert": {"src"}, "key": {"src"}, "passphrase"}]`.
///
/// # Errors
/// Text that is no such list; positions count from 1.
pub fn parse_list(text: &[u8]) -> Result<Vec<CertificateEntry>, CertificateListError> {
    let value: Value = serde_json::from_slice(text).map_err(|e| CertificateListError::Json(e.to_string()))?;
    let list = value.as_array().ok_or(CertificateListError::Shape)?;
    list.iter().enumerate().map(|(index, value)| entry(index + 1, value)).collect()
}

fn entry(position: usize, value: &Value) -> Result<CertificateEntry, CertificateListError> {
    let source = |field: &'static str| {
        let given = value[field]["src"].as_str().or(value[field].as_str());
        given.map(str::to_owned).ok_or(CertificateListError::Missing { position, field })
    };
    let matches = value["matches"]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    Ok(CertificateEntry {
        name: value["name"].as_str().unwrap_or_default().to_owned(),
        matches: matches.ok_or(CertificateListError::Missing {
            position,
            field: "matches",
        })?,
        certificate: source("cert")?,
        key: source("key")?,
        passphrase: crate::format::text(&value["passphrase"]).filter(|p| !p.is_empty()),
    })
}

/// Reads what a request of a collection names: `{cert: {src}, key: {src}, passphrase}`.
/// `None` when it names no files.
///
/// # Errors
/// A file that cannot be read, as a sentence.
pub fn read(value: &Value, files: &dyn FileAccess) -> Result<Option<ClientIdentity>, String> {
    let (Some(certificate), Some(key)) = (value["cert"]["src"].as_str(), value["key"]["src"].as_str()) else {
        return Ok(None);
    };
    let passphrase = crate::format::text(&value["passphrase"]).filter(|p| !p.is_empty());
    let bytes = |path: &str| files.read(path).map(|bytes| bytes.to_vec());
    Ok(Some(ClientIdentity::new(bytes(certificate)?, bytes(key)?, passphrase)))
}

/// The certificate for a URL.
pub fn find<'a>(rules: &'a [CertificateRule], url: &url::Url) -> Option<&'a ClientIdentity> {
    if url.scheme() != "https" {
        return None;
    }
    let rule = rules.iter().find(|rule| rule.matches.iter().any(|pattern| matches(pattern, url)))?;
    Some(&rule.identity)
}

/// Whether a pattern `scheme://host[:port]/path` (with `*` in each part) matches a URL.
pub fn matches(pattern: &str, url: &url::Url) -> bool {
    if pattern == ALL_URLS {
        return true;
    }
    let Some((schemes, rest)) = pattern.split_once("://") else {
        return false;
    };
    let (authority, path) = rest.find('/').map_or((rest, "/*"), |at| rest.split_at(at));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let default = if url.scheme() == "https" { "443" } else { "80" };
    let actual = url.port_or_known_default().map(|p| p.to_string()).unwrap_or_default();
    let scheme_fits = schemes == "*" || schemes.split('+').any(|s| s == url.scheme());
    let host_fits = wildcard(&host.to_ascii_lowercase(), url.host_str().unwrap_or_default());
    scheme_fits && host_fits && wildcard(port.unwrap_or(default), &actual) && wildcard(path, url.path())
}

/// Whether a text fits a pattern in which `*` stands for any characters.
fn wildcard(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, url: &str) -> bool {
        matches(pattern, &url::Url::parse(url).unwrap())
    }

    #[test]
    fn patterns_match_scheme_host_port_and_path() {
        assert!(fits("https://*.example.com/*", "https://api.example.com/v1"));
        assert!(!fits("https://*.example.com/*", "https://example.com.evil/v1"));
        assert!(!fits("https://example.com/*", "https://example.com:8443/"));
        assert!(fits("https://example.com:8443/*", "https://example.com:8443/"));
        assert!(fits("https://example.com:*/*", "https://example.com:1/"));
        assert!(fits("https://example.com", "https://example.com/any"));
        assert!(!fits("https://example.com/a/*", "https://example.com/b/c"));
        assert!(fits(ALL_URLS, "https://h:1/x"));
        assert!(fits("*://h/*", "http://h/"));
    }

    #[test]
    fn a_list_is_read_and_what_is_missing_is_named() {
        let list = br#"[{"name": "n", "matches": ["https://h/*"], "cert": {"src": "c.pem"}, "key": {"src": "k.pem"}, "passphrase": "p"}]"#;
        let read = parse_list(list).unwrap();
        assert_eq!(
            (read[0].certificate.as_str(), read[0].key.as_str(), read[0].passphrase.as_deref()),
            ("c.pem", "k.pem", Some("p"))
        );
        let bare = parse_list(br#"[{"matches": [], "cert": {"src": "c"}}]"#).unwrap_err();
        assert_eq!(bare.to_string(), "entry 1 of the certificate list has no `key`");
        assert!(matches!(parse_list(b"{}"), Err(CertificateListError::Shape)));
    }
}
