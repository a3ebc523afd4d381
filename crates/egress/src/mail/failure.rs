//! Why a mail was not sent, as a stable code with a text for people and what to do.

use std::{error::Error as _, time::Duration};

use lettre::transport::smtp;

/// A mail that was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MailFailure {
    /// `not_reached`, `timeout`, `tls`, `not_offered`, `login_refused`, `refused`, `refused_for_now`, `bad_address`.
    pub code: &'static str,
    /// For people: the server and what it said.
    pub message: String,
    /// What to try.
    pub hint: &'static str,
    /// Another try would end the same way.
    pub permanent: bool,
}

impl MailFailure {
    pub(super) fn of(error: &smtp::Error, server: &str) -> Self {
        let status = error.status().map(u16::from);
        let (code, hint) = match status {
            // RFC 4954, section 6.
            Some(432 | 454 | 530 | 534 | 535 | 538) => ("login_refused", "check the user and the password in `mail.url`"),
            Some(500..) => ("refused", "check `mail.from`: many servers take mail of their own domain only"),
            Some(_) => ("refused_for_now", "the server asks to come back later"),
            None if error.is_timeout() => ("timeout", "check host and port; a firewall may drop the connection"),
            None if error.is_tls() || tells_of_tls(error) => (
                "tls",
                "`smtp://` begins in the clear (587), `smtps://` encrypted (465); a certificate of your own authority needs `mail.roots`",
            ),
            None if error.is_client() => (
                "not_offered",
                "the server lacks what the settings ask for: encryption (`tls=`) or a way to log in",
            ),
            None => ("not_reached", "check host and port of `mail.url`"),
        };
        Self {
            code,
            message: format!("{server}: {}", whole(error)),
            hint,
            // A login that is refused is mended in the settings, within the day; a refused address is not.
            permanent: code == "refused",
        }
    }

    pub(super) fn late(timeout: Duration, server: &str) -> Self {
        Self {
            code: "timeout",
            message: format!("{server}: it did not take the mail within {} s", timeout.as_secs()),
            hint: "check host and port; a firewall may drop the connection",
            permanent: false,
        }
    }

    pub(super) fn bad_address(address: &str) -> Self {
        Self {
            code: "bad_address",
            message: format!("`{address}` is no mail address"),
            hint: "correct the address of the account",
            permanent: true,
        }
    }

    pub(super) fn not_made(error: &lettre::error::Error) -> Self {
        Self {
            code: "bad_address",
            message: format!("the message could not be made: {error}"),
            hint: "check `mail.from` and the recipient's address",
            permanent: true,
        }
    }
}

/// rustls tells of a bad certificate through an I/O error.
fn tells_of_tls(error: &smtp::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        let io = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if cause.is::<rustls::Error>() || io.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// The error with all its causes, in one line.
fn whole(error: &smtp::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ")
}
