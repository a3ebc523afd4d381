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
    pub files: EntryFiles,
    pub passphrase: Option<String>,
}

/// The paths that an entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryFiles {
    /// A PEM certificate and its PEM key.
    Pem { certificate: String, key: String },
    /// One PKCS#12 file with both.
    Pfx(String),
}

impl EntryFiles {
    /// What a list entry or a request names; `pfx` wins over `cert` and `key`. `Err` is the
    /// member that is missing.
    fn of(value: &Value) -> Result<Self, &'static str> {
        let source = |field: &'static str| {
            let given = value[field]["src"].as_str().or(value[field].as_str());
            given.filter(|path| !path.is_empty()).map(str::to_owned).ok_or(field)
        };
        if let Ok(path) = source("pfx") {
            return Ok(Self::Pfx(path));
        }
        Ok(Self::Pem {
            certificate: source("cert")?,
            key: source("key")?,
        })
    }

    /// Reads the files.
    ///
    /// # Errors
    /// What `read` says of the first that cannot be read.
    pub fn read<E>(&self, passphrase: Option<String>, read: impl Fn(&str) -> Result<Vec<u8>, E>) -> Result<ClientIdentity, E> {
        Ok(match self {
            Self::Pem { certificate, key } => ClientIdentity::new(read(certificate)?, read(key)?, passphrase),
            Self::Pfx(path) => ClientIdentity::from_pfx(read(path)?, passphrase),
        })
    }
}

/// Why a certificate list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateListError {
    #[error("the certificate list is no JSON: {0}")]
    Json(String),
    #[error("the certificate list is no JSON array of `{{matches, cert, key, pfx, passphrase}}`")]
    Shape,
    #[error("entry {position} of the certificate list has no `{field}`")]
    Missing { position: usize, field: &'static str },
}

/// Reads a list as the reference's `--ssl-client-cert-list` has it:
/// `[{"name", "matches": […], "cert": {"src"}, "key": {"src"}, "passphrase"}]`, with
/// `"pfx": {"src"}` in the place of `cert` and `key` for a PKCS#12 file.
///
/// # Errors
/// Text that is no such list; positions count from 1.
pub fn parse_list(text: &[u8]) -> Result<Vec<CertificateEntry>, CertificateListError> {
    let value: Value = serde_json::from_slice(text).map_err(|e| CertificateListError::Json(e.to_string()))?;
    let list = value.as_array().ok_or(CertificateListError::Shape)?;
    list.iter().enumerate().map(|(index, value)| entry(index + 1, value)).collect()
}

fn entry(position: usize, value: &Value) -> Result<CertificateEntry, CertificateListError> {
    let matches = value["matches"]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    Ok(CertificateEntry {
        name: value["name"].as_str().unwrap_or_default().to_owned(),
        matches: matches.ok_or(CertificateListError::Missing {
            position,
            field: "matches",
        })?,
        files: EntryFiles::of(value).map_err(|field| CertificateListError::Missing { position, field })?,
        passphrase: passphrase(value),
    })
}

fn passphrase(value: &Value) -> Option<String> {
    crate::format::text(&value["passphrase"]).filter(|given| !given.is_empty())
}

/// Reads what a request of a collection names: `{cert: {src}, key: {src}, passphrase}`,
/// or `{pfx: {src}, passphrase}`.
/// `None` when it names no files.
///
/// # Errors
/// A file that cannot be read, as a sentence.
pub fn read(value: &Value, files: &dyn FileAccess) -> Result<Option<ClientIdentity>, String> {
    let Ok(named) = EntryFiles::of(value) else { return Ok(None) };
    let bytes = |path: &str| files.read(path).map(|bytes| bytes.to_vec());
    named.read(passphrase(value), bytes).map(Some)
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
        let pem = EntryFiles::Pem {
            certificate: "c.pem".into(),
            key: "k.pem".into(),
        };
        assert_eq!((&read[0].files, read[0].passphrase.as_deref()), (&pem, Some("p")));
        let pfx = parse_list(br#"[{"matches": ["https://h/*"], "pfx": {"src": "c.pfx"}}]"#).unwrap();
        assert_eq!(pfx[0].files, EntryFiles::Pfx("c.pfx".into()));
        let bare = parse_list(br#"[{"matches": [], "cert": {"src": "c"}}]"#).unwrap_err();
        assert_eq!(bare.to_string(), "entry 1 of the certificate list has no `key`");
        assert!(matches!(parse_list(b"{}"), Err(CertificateListError::Shape)));
    }
}
