//! Mail: one message to the mail server that the configuration names, by SMTP (RFC 5321) over TLS (RFC 3207, RFC 8314).
//!
//! The policy has no say here: no user can name the server, and it usually stands in a private network. Everything else is
//! as for HTTP: one deadline, rustls, and what went wrong as a stable code with a text for people.

mod config;
mod failure;

pub use config::{MailConfig, MailTls};
pub use failure::MailFailure;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
    },
};

use crate::{error::SetupError, tls::Roots};

/// A message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Unique; the `Message-ID` is made of it, so that a repeat can be known.
    pub id: String,
    /// Address.
    pub to: String,
    /// Any text; encoded as RFC 2047 says.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// `Date`, microseconds since the Unix epoch.
    pub at_us: i64,
}

/// Sends mail. Clones share it.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    server: String,
    timeout: Duration,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("server", &self.0.server).finish_non_exhaustive()
    }
}

impl Mailer {
    /// Prepares the transport; connects to nothing yet.
    ///
    /// # Errors
    /// When the sender's address or the root certificates cannot be used.
    pub fn new(config: &MailConfig) -> Result<Self, SetupError> {
        let from = config.from.parse().map_err(|error| SetupError::Mail {
            setting: "`mail.from`",
            reason: format!("`{}` is no address ({error})", config.from),
            example: "`watchbell@example.com` or `Watchbell <watchbell@example.com>`",
        })?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .timeout(Some(config.timeout))
            .tls(tls(config)?);
        if let Some((user, password)) = &config.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self(Arc::new(Inner {
            transport: builder.build(),
            from,
            server: config.shown(),
            timeout: config.timeout,
        })))
    }

    /// The server with its port and how it is spoken to, without credentials.
    pub fn server(&self) -> &str {
        &self.0.server
    }

    /// The sender.
    pub fn from(&self) -> String {
        self.0.from.to_string()
    }

    /// Hands a message over: after `Ok` the server is responsible for it.
    ///
    /// # Errors
    /// What went wrong, with a stable code.
    pub async fn send(&self, letter: &Letter) -> Result<(), MailFailure> {
        let message = self.message(letter)?;
        match tokio::time::timeout(self.0.timeout, self.0.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(MailFailure::of(&error, &self.0.server)),
            Err(_) => Err(MailFailure::late(self.0.timeout, &self.0.server)),
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, MailFailure> {
        let to: Address = letter.to.parse().map_err(|_| MailFailure::bad_address(&letter.to))?;
        let date = SystemTime::UNIX_EPOCH + Duration::from_micros(letter.at_us.max(0).unsigned_abs());
        let mut message = Message::builder()
            .from(self.0.from.clone())
            .to(Mailbox::new(None, to))
            .date(date)
            .message_id(Some(format!("<{}@{}>", letter.id, self.0.from.email.domain())))
            .subject(&letter.subject)
            .singlepart(SinglePart::plain(letter.text.clone()))
            .map_err(|error| MailFailure::not_made(&error))?;
        // No vacation notice shall answer (RFC 3834).
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        message
            .headers_mut()
            .insert_raw(HeaderValue::new(automatic, "auto-generated".to_owned()));
        Ok(message)
    }
}

fn tls(config: &MailConfig) -> Result<Tls, SetupError> {
    let unusable = |error: lettre::transport::smtp::Error| SetupError::Tls {
        what: "the root certificates of `mail.roots`",
        reason: error.to_string(),
    };
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Roots::Pem(pem) | Roots::NativeAnd(pem) = &config.roots {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?);
    }
    if matches!(config.roots, Roots::Pem(_)) {
        builder = builder.certificate_store(CertificateStore::None);
    }
    Ok(match config.tls {
        MailTls::None => Tls::None,
        MailTls::IfOffered => Tls::Opportunistic(builder.build_rustls().map_err(unusable)?),
        MailTls::Required => Tls::Required(builder.build_rustls().map_err(unusable)?),
        MailTls::FromTheStart => Tls::Wrapper(builder.build_rustls().map_err(unusable)?),
    })
}
