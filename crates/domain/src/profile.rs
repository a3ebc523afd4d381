//! Profiles: what one kind of webhook looks like on the wire.
//!
//! A profile turns an event into body bytes, says how these are signed, and which answers it takes for a success. The body
//! is a function of the event and the webhook's options alone, so that every attempt of a delivery sends the same.

use serde_json::value::RawValue;

use crate::{
    Problem,
    clock::Micros,
    delivery::Verdict,
    event::Event,
    retry::RetryPolicy,
    secret::SigningKey,
    sign,
    webhook::{Method, SignatureStyle, WebhookOptions},
};

pub mod chat;
pub mod custom;
pub mod discord;
pub mod flow_task;
pub mod headline;
pub mod pagerduty;
pub mod postman;
pub mod sample;
pub mod slack;
pub mod standard;
pub mod teams;
pub mod testmonitor;

mod answer;
mod check;

pub use flow_task::FlowTaskDefaults;

crate::run::text_enum!(/// The profile of a webhook.
Profile {
    Standard = "standard", Postman = "postman", Testmonitor = "testmonitor", FlowTask = "flow-task", Custom = "custom",
    Slack = "slack", Teams = "teams", Discord = "discord", Pagerduty = "pagerduty",
});

pub(crate) const JSON: &str = "application/json";

/// What stands in a log in place of a secret.
pub const MASK: &str = "•••";

/// What goes on the wire, without the headers that depend on the time of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    /// Empty when nothing is sent.
    pub content_type: String,
    /// The body as logs show it, if a secret is part of it.
    pub shown: Option<Vec<u8>>,
}

impl Body {
    pub(crate) fn json(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            content_type: JSON.to_owned(),
            shown: None,
        }
    }

    pub(crate) fn of(value: &serde_json::Value) -> Self {
        Self::json(value.to_string().into_bytes())
    }

    fn nothing() -> Self {
        Self {
            bytes: Vec::new(),
            content_type: String::new(),
            shown: None,
        }
    }
}

/// What a body depends on beside the event.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub options: &'a WebhookOptions,
    /// How people reach this instance, for links.
    pub public_url: &'a str,
    /// The webhook's secret, which one profile (`pagerduty`) sends in the body.
    pub secret: Option<&'a str>,
}

impl Profile {
    /// How a failed delivery is tried again unless the webhook says.
    pub fn retry_policy(self, flow_task: &FlowTaskDefaults) -> RetryPolicy {
        match self {
            Self::Testmonitor => RetryPolicy::testmonitor(),
            Self::FlowTask => flow_task.retry_policy(),
            _ => RetryPolicy::standard(),
        }
    }

    /// The signature unless the webhook's options name another; `None`: the secret signs nothing.
    pub const fn own_signature(self) -> Option<SignatureStyle> {
        match self {
            Self::Testmonitor => Some(SignatureStyle::Testmonitor),
            Self::FlowTask => Some(SignatureStyle::Timestamped),
            Self::Pagerduty => None,
            _ => Some(SignatureStyle::Standard),
        }
    }

    /// The signature of a webhook with these options.
    pub fn signature(self, options: &WebhookOptions) -> Option<SignatureStyle> {
        options.signature.filter(|_| self != Self::Pagerduty).or(self.own_signature())
    }

    /// Whether method, content type and body are the user's.
    pub const fn has_template(self) -> bool {
        matches!(self, Self::FlowTask | Self::Custom)
    }

    /// Where it goes unless a URL is given.
    pub const fn default_url(self) -> Option<&'static str> {
        match self {
            Self::Pagerduty => Some("https://events.pagerduty.com/v2/enqueue"),
            _ => None,
        }
    }

    /// The body for an event.
    ///
    /// # Errors
    /// The template gives no valid body for this event, or a stored event does not fit its type.
    pub fn render(self, event: &Event, setting: Setting<'_>) -> Result<Body, Problem> {
        if setting.options.method() == Method::Get {
            return Ok(Body::nothing());
        }
        match self {
            Self::Standard => standard::render(event),
            Self::Postman => postman::render(event),
            Self::Testmonitor => testmonitor::render(event),
            Self::FlowTask => flow_task::render(event, setting.options),
            Self::Custom => custom::render(event, setting),
            Self::Slack => slack::render(event, setting),
            Self::Teams => teams::render(event, setting),
            Self::Discord => discord::render(event, setting),
            Self::Pagerduty => pagerduty::render(event, setting),
        }
    }

    /// Whether an answer means that the event has arrived. `body` is what was kept of it.
    pub fn judge(self, status: u16, retry_after_s: Option<i64>, body: &[u8]) -> Verdict {
        answer::judge(self, status, retry_after_s, body)
    }
}

/// Headers that identify and sign one sending: `webhook-id` is the delivery's event id and stays over retries; timestamp
/// and signature are renewed.
///
/// # Errors
/// A key does not sign.
pub fn headers(
    style: Option<SignatureStyle>,
    id: &str,
    keys: &[SigningKey],
    now: Micros,
    body: &[u8],
) -> Result<Vec<(String, String)>, Problem> {
    let mut headers = vec![("webhook-id".to_owned(), id.to_owned())];
    if style == Some(SignatureStyle::Standard) {
        headers.push(("webhook-timestamp".to_owned(), now.div_euclid(crate::clock::SECOND).to_string()));
    }
    let signed = match style {
        Some(style) if !keys.is_empty() => sign::headers(style, keys, id, now, body)?,
        _ => Vec::new(),
    };
    headers.extend(signed.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(headers)
}

/// The keys that sign now: the secret, and the one before it while its overlap lasts.
///
/// # Errors
/// A secret is not one of this style.
pub fn keys(style: SignatureStyle, current: Option<&str>, old: Option<(&str, Micros)>, now: Micros) -> Result<Vec<SigningKey>, Problem> {
    let old = old.filter(|(_, ends_at)| now < *ends_at).map(|(secret, _)| secret);
    current
        .into_iter()
        .chain(old)
        .map(|secret| SigningKey::parse(style, "secret", secret))
        .collect()
}

fn raw(event: &Event) -> Result<&RawValue, Problem> {
    serde_json::from_str(&event.data).map_err(|_| Problem::malformed("the stored event's data is not JSON"))
}

fn data(event: &Event) -> Result<serde_json::Value, Problem> {
    serde_json::from_str(&event.data).map_err(|_| Problem::malformed("the stored event's data is not JSON"))
}
