//! Profiles: what one kind of webhook looks like on the wire.
//!
//! A profile turns an event into body bytes and signs exactly those bytes. The body is a
//! function of the event alone, so that every attempt of a delivery sends the same.

use crate::{
    Problem,
    clock::Micros,
    event::Event,
    retry::RetryPolicy,
    secret::{self, SigningKey},
    sign,
};

pub mod postman;
pub mod standard;

crate::run::text_enum!(/// The profile of a webhook.
Profile { Standard = "standard", Postman = "postman" });

/// What goes on the wire, without the headers that depend on the time of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
}

impl Profile {
    pub fn retry_policy(self) -> RetryPolicy {
        RetryPolicy::standard()
    }

    /// The body for an event.
    pub fn render(self, event: &Event) -> Result<Body, Problem> {
        match self {
            Self::Standard => standard::render(event),
            Self::Postman => postman::render(event),
        }
    }

    /// Headers that identify and sign one sending: `webhook-id` is the delivery's event id and
    /// stays over retries; timestamp and signature are renewed.
    pub fn headers(self, id: &str, keys: &[SigningKey], now: Micros, body: &[u8]) -> Result<Vec<(String, String)>, Problem> {
        let mut headers = vec![
            ("webhook-id".to_owned(), id.to_owned()),
            ("webhook-timestamp".to_owned(), now.div_euclid(crate::clock::SECOND).to_string()),
        ];
        if !keys.is_empty() {
            headers.push(("webhook-signature".to_owned(), sign::standard(keys, id, now, body)?));
        }
        Ok(headers)
    }

    /// Checks a secret that a person entered for a webhook of this profile.
    pub fn check_secret(self, secret: &str) -> Result<(), Problem> {
        secret::parse_standard("secret", secret).map(drop)
    }
}

/// The keys that sign now: the secret, and the one before it while its overlap lasts.
pub fn keys(current: Option<&str>, old: Option<(&str, Micros)>, now: Micros) -> Result<Vec<SigningKey>, Problem> {
    let old = old.filter(|(_, ends_at)| now < *ends_at).map(|(secret, _)| secret);
    current
        .into_iter()
        .chain(old)
        .map(|s| secret::parse_standard("secret", s))
        .collect()
}
