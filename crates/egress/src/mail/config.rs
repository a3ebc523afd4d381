//! The mail server's URL, `smtp://user:password@host:587?tls=required`, read and checked.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::{error::SetupError, tls::Roots};

const EXAMPLE: &str = "`smtp://user:password@mail.example.com:587?tls=required` or `smtps://…`";

/// Whether the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// Never.
    None,
    /// After `STARTTLS` where the server offers it: whoever sits between can take the offer away.
    IfOffered,
    /// After `STARTTLS`, or not at all.
    Required,
    /// From the first byte on (`smtps`).
    FromTheStart,
}

/// The mail server as configured.
#[derive(Clone)]
pub struct MailConfig {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub tls: MailTls,
    /// User name and password, if it wants them.
    pub credentials: Option<(String, String)>,
    /// The sender, `Name <address>` or an address.
    pub from: String,
    /// For one message, from the connection to the server's last answer.
    pub timeout: Duration,
    /// Who may have signed its certificate.
    pub roots: Roots,
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailConfig({})", self.shown())
    }
}

impl MailConfig {
    /// Reads `smtp://[user:password@]host[:port][?tls=required|if-offered|none]` (required unless it says otherwise, port 587)
    /// or `smtps://…` (port 465).
    ///
    /// # Errors
    /// When it is neither, or would send a password in the clear to another machine. The text never holds the password.
    pub fn parse(url: &str, from: &str) -> Result<Self, SetupError> {
        let refuse = |reason: &str| SetupError::Mail {
            setting: "`mail.url`",
            reason: reason.to_owned(),
            example: EXAMPLE,
        };
        let parsed = Url::parse(url.trim()).map_err(|error| refuse(&format!("it cannot be read as a URL ({error})")))?;
        let (mut tls, default_port) = match parsed.scheme() {
            "smtp" => (MailTls::Required, 587),
            "smtps" => (MailTls::FromTheStart, 465),
            other => return Err(refuse(&format!("its scheme is `{other}`, neither `smtp` nor `smtps`"))),
        };
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() || !matches!(parsed.path(), "" | "/") || parsed.fragment().is_some() {
            return Err(refuse("it is more or less than a host with a port"));
        }
        for (key, value) in parsed.query_pairs() {
            tls = match (key.as_ref(), value.as_ref(), tls) {
                ("tls", "required", MailTls::FromTheStart) => MailTls::FromTheStart,
                ("tls", "required", _) => MailTls::Required,
                ("tls", "if-offered", MailTls::Required) => MailTls::IfOffered,
                ("tls", "none", MailTls::Required) => MailTls::None,
                ("tls", value, _) => {
                    return Err(refuse(&format!(
                        "`tls={value}` is not `required`, `if-offered` or `none`, or does not go with its scheme"
                    )));
                }
                (key, ..) => return Err(refuse(&format!("it has the unknown parameter `{key}`"))),
            };
        }
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = match (parsed.username(), parsed.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user), decoded(password))),
            _ => return Err(refuse("it has a user without a password, or a password without a user")),
        };
        if credentials.is_some() && matches!(tls, MailTls::None | MailTls::IfOffered) && !is_local(&host) {
            return Err(refuse(
                "it would send a password that is not encrypted: leave `tls` out or use `tls=required`",
            ));
        }
        Ok(Self {
            host,
            port: parsed.port().unwrap_or(default_port),
            tls,
            credentials,
            from: from.trim().to_owned(),
            timeout: Duration::from_secs(30),
            roots: Roots::Native,
        })
    }

    /// Without the credentials: `mail.example.com:587 (STARTTLS)`.
    pub fn shown(&self) -> String {
        let tls = match self.tls {
            MailTls::None => "not encrypted",
            MailTls::IfOffered => "STARTTLS if offered",
            MailTls::Required => "STARTTLS",
            MailTls::FromTheStart => "TLS",
        };
        match self.host.contains(':') {
            true => format!("[{}]:{} ({tls})", self.host, self.port),
            false => format!("{}:{} ({tls})", self.host, self.port),
        }
    }
}

fn is_local(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        _ => host == "::1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_everything() {
        let config = MailConfig::parse("smtp://ada%40example.com:p%3Ass@mail.example.com", "w@example.com").unwrap();
        assert_eq!(
            (config.host.as_str(), config.port, config.tls),
            ("mail.example.com", 587, MailTls::Required)
        );
        assert_eq!(config.credentials, Some(("ada@example.com".to_owned(), "p:ss".to_owned())));
        assert_eq!(config.shown(), "mail.example.com:587 (STARTTLS)");
        assert!(!format!("{config:?}").contains("ss@"));
        let config = MailConfig::parse("smtps://[::1]:4650?tls=required", "w@example.com").unwrap();
        assert_eq!(config.shown(), "[::1]:4650 (TLS)");
        let config = MailConfig::parse("smtp://ada:x@127.0.0.1:25?tls=none", "w@example.com").unwrap();
        assert_eq!(config.tls, MailTls::None);
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_showing_the_password() {
        for url in [
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtp://ada@mail.example.com",
            "smtp://mail.example.com/inbox",
            "smtp://mail.example.com?tls=yes",
            "smtps://mail.example.com?tls=none",
            "smtp://mail.example.com?starttls=1",
            "smtp://ada:geheim@mail.example.com?tls=none",
            "smtp://ada:geheim@mail.example.com?tls=if-offered",
            "smtp://ada:geheim@mail.example.com:99999",
        ] {
            let error = MailConfig::parse(url, "w@example.com").unwrap_err().to_string();
            assert!(error.contains("mail.url") && !error.contains("geheim"), "{url}: {error}");
        }
    }
}
