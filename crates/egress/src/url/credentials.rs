//! User name and password in a URL: not allowed there, because URLs are logged. This moves them to where they belong.

use base64::Engine as _;
use percent_encoding::percent_decode_str;

use super::split;

/// A user name and password that stood in a URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The part before the colon, decoded.
    pub user: String,
    /// The part after it, decoded.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Credentials(hidden)")
    }
}

impl Credentials {
    /// The value of an `Authorization` header that carries them (RFC 7617).
    #[must_use]
    pub fn basic(&self) -> String {
        let plain = format!("{}:{}", self.user, self.password);
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(plain))
    }
}

/// Takes user name and password out of a URL, so that they can move to an `Authorization` header. The rest of the URL
/// stays as it is written.
#[must_use]
pub fn split_credentials(given: &str) -> (String, Option<Credentials>) {
    let given = given.trim_matches(|c: char| c.is_ascii_whitespace());
    let Ok((scheme, authority, rest)) = split(given) else {
        return (given.to_owned(), None);
    };
    let Some((info, host)) = authority.rsplit_once('@') else {
        return (given.to_owned(), None);
    };
    let (user, password) = info.split_once(':').unwrap_or((info, ""));
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let credentials = Credentials {
        user: decode(user),
        password: decode(password),
    };
    (format!("{}://{host}{rest}", scheme.as_str()), Some(credentials))
}
