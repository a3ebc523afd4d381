//! A webhook opened up for sending: its secrets decrypted, its address and policy ready. Made once for each version of the
//! webhook and shared by the attempts of its lane.

use std::time::Duration;

use domain::{
    Micros, Problem,
    profile::{self, FlowTaskDefaults, Profile, Setting},
    secret::SigningKey,
    webhook::{SignatureStyle, WebhookOptions},
};
use egress::{ClientCertificate, Policy};
use store::{
    Place, Vault,
    tables::{sources::Source, webhooks::Webhook},
};
use zeroize::Zeroizing;

use crate::{certificate::Identity, engine::Engine, mask, sealed};

/// Where and how to send.
pub(crate) struct Target {
    pub version: i64,
    /// The source's sealed token, if it points at an own source: that can change without the webhook.
    pub source_token: Option<String>,
    pub enabled: bool,
    pub profile: Profile,
    pub options: WebhookOptions,
    /// How its secret signs; `None`: it does not.
    pub signature: Option<SignatureStyle>,
    /// How people reach this instance, for links in bodies.
    pub public_url: String,
    pub in_flight: usize,
    /// Of an own source; `None`: the workspace's, as it is when something is sent.
    pub policy: Option<Policy>,
    /// Why it cannot be sent to, whatever the receiver says.
    pub address: Result<Address, String>,
}

/// The parts that need secrets.
pub(crate) struct Address {
    pub url: String,
    /// The URL as the log shows it.
    pub shown_url: String,
    /// The user's own headers, and the same as the log shows them.
    pub headers: Vec<(String, String)>,
    pub shown_headers: Vec<(String, String)>,
    /// What we show to a receiver that asks who we are.
    pub certificate: Option<ClientCertificate>,
    /// For the profile that sends it in the body.
    secret: Option<Zeroizing<String>>,
    keys: Vec<SigningKey>,
    /// While a rotation overlaps: both keys, until this time.
    overlap: Option<(Vec<SigningKey>, Micros)>,
}

impl Address {
    /// A URL with the user's own headers; without a secret so far.
    pub fn new(url: String, headers: Vec<(String, String)>) -> Self {
        Self {
            shown_url: mask::url(&url),
            url,
            shown_headers: mask::own_headers(&headers),
            headers,
            certificate: None,
            secret: None,
            keys: Vec::new(),
            overlap: None,
        }
    }

    fn with_shown_url(mut self, shown: &str) -> Self {
        self.shown_url = mask::url(shown);
        self
    }

    /// The same with a client certificate.
    pub fn with_certificate(mut self, certificate: Option<ClientCertificate>) -> Self {
        self.certificate = certificate;
        self
    }

    /// The same with a secret that was not stored.
    ///
    /// # Errors
    /// It is not one of this style.
    pub fn with_secret(mut self, style: Option<SignatureStyle>, secret: Option<&str>) -> Result<Self, Problem> {
        match style {
            Some(style) => self.keys = profile::keys(style, secret, None, 0)?,
            None => self.secret = secret.map(|text| Zeroizing::new(text.to_owned())),
        }
        Ok(self)
    }

    /// The keys that sign at `now`.
    pub fn keys(&self, now: Micros) -> &[SigningKey] {
        match &self.overlap {
            Some((both, ends_at)) if now < *ends_at => both,
            _ => &self.keys,
        }
    }
}

impl Target {
    /// Opens a webhook; `source` is the own source that it points at, if any.
    pub fn open(engine: &Engine, webhook: &Webhook, source: Option<&Source>) -> Self {
        let policy = webhook.source_id.is_some().then(|| engine.own_source_policy());
        Self {
            version: webhook.version,
            source_token: source.map(|source| source.token_sealed.clone()),
            enabled: webhook.enabled,
            profile: webhook.profile,
            options: webhook.options.clone(),
            signature: webhook.profile.signature(&webhook.options),
            public_url: engine.config().public_url.clone(),
            in_flight: webhook.options.at_once(),
            policy,
            address: address(engine, webhook, source),
        }
    }

    /// A webhook that is not saved.
    pub fn unsaved(engine: &Engine, profile: Profile, options: WebhookOptions, address: Address) -> Self {
        Self {
            version: 0,
            source_token: None,
            enabled: true,
            profile,
            signature: profile.signature(&options),
            public_url: engine.config().public_url.clone(),
            in_flight: options.in_flight,
            options,
            policy: None,
            address: Ok(address),
        }
    }

    /// Whether it is still what a delivery was made for, so that nothing has to be read again before it is sent. An own source
    /// can change without its webhook.
    pub fn takes_fresh(&self, version: i64) -> bool {
        self.enabled && self.version == version && self.policy.is_none()
    }

    /// How long an exchange may last; `flow_task` is what its workspace says now.
    pub fn deadline(&self, flow_task: &FlowTaskDefaults) -> Duration {
        Duration::from_millis(self.options.limit_ms(self.profile, flow_task))
    }

    /// What a body depends on beside the event.
    pub fn setting<'a>(&'a self, address: &'a Address) -> Setting<'a> {
        Setting {
            options: &self.options,
            public_url: &self.public_url,
            secret: address.secret.as_ref().map(|secret| secret.as_str()),
        }
    }

    /// Whether it was made of this webhook and source as they are now.
    pub fn is_of(&self, webhook: &Webhook, source: Option<&Source>) -> bool {
        self.version == webhook.version
            && self.enabled == webhook.enabled
            && self.source_token.as_deref() == source.map(|source| source.token_sealed.as_str())
    }
}

fn address(engine: &Engine, webhook: &Webhook, source: Option<&Source>) -> Result<Address, String> {
    let vault = engine.store().vault();
    let (mut headers, url, shown_url) = match (&webhook.source_id, source) {
        (None, _) => without_credentials(&webhook.url),
        (Some(_), Some(source)) => {
            let token = open(vault, sealed::source_token(&source.id), &source.token_sealed)?;
            let base = engine.config().self_url.trim_end_matches('/');
            (
                Vec::new(),
                format!("{base}/in/{}", token.as_str()),
                format!("{base}/in/{}", source.token_hint),
            )
        }
        (Some(_), None) => return Err("the source that this webhook points at was deleted; choose another target".to_owned()),
    };
    if let Some(text) = &webhook.headers_sealed {
        let opened = open(vault, sealed::webhook_headers(&webhook.id), text)?;
        let own: Vec<(String, String)> = serde_json::from_str(&opened).map_err(|_| unreadable("headers"))?;
        // The user's own Authorization wins over what stood in the URL.
        headers.retain(|(name, _)| !own.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)));
        headers.extend(own);
    }
    let place = || sealed::webhook_secret(&webhook.id);
    let secret = webhook
        .secret_sealed
        .as_deref()
        .map(|text| open(vault, place(), text))
        .transpose()?;
    let certificate = webhook
        .certificate_sealed
        .as_deref()
        .map(|text| certificate(vault, &webhook.id, text))
        .transpose()?;
    let mut opened = Address::new(url, headers).with_shown_url(&shown_url).with_certificate(certificate);
    let Some(style) = webhook.profile.signature(&webhook.options) else {
        opened.secret = secret;
        return Ok(opened);
    };
    opened.keys = profile::keys(style, secret.as_ref().map(|text| text.as_str()), None, 0).map_err(|_| unreadable("secret"))?;
    if let (Some(text), Some(ends_at)) = (&webhook.old_secret_sealed, webhook.old_secret_ends_at) {
        let old = open(vault, place(), text)?;
        let old = profile::keys(style, Some(&old), None, 0).map_err(|_| unreadable("old secret"))?;
        opened.overlap = Some((opened.keys.iter().cloned().chain(old).collect(), ends_at));
    }
    Ok(opened)
}

fn certificate(vault: &Vault, webhook_id: &str, text: &str) -> Result<ClientCertificate, String> {
    let opened = open(vault, sealed::webhook_certificate(webhook_id), text)?;
    let identity: Identity = serde_json::from_str(&opened).map_err(|_| unreadable("client certificate"))?;
    identity.open().map_err(|_| unreadable("client certificate"))
}

fn open(vault: &Vault, place: Place<'_>, sealed: &str) -> Result<Zeroizing<String>, String> {
    match vault.open_text(place, sealed) {
        Ok(text) => Ok(text),
        Err(error) => {
            tracing::error!(table = place.table, column = place.column, row = place.row, %error, "a secret cannot be opened");
            Err(unreadable("secret"))
        }
    }
}

fn unreadable(what: &str) -> String {
    format!("the webhook's {what} cannot be read; enter it again")
}

/// The headers that the URL stands for, the URL without them, and that as the log shows it: a URL is logged, an
/// Authorization header (RFC 7617) is not.
fn without_credentials(given: &str) -> (Vec<(String, String)>, String, String) {
    let (url, credentials) = egress::url::split_credentials(given);
    let header = credentials.map(|credentials| ("authorization".to_owned(), credentials.basic()));
    (header.into_iter().collect(), url.clone(), url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_the_url() {
        let (headers, url, shown) = without_credentials("https://ann:p%40ss@example.org/hook?a=1");
        assert_eq!(url, "https://example.org/hook?a=1");
        assert_eq!(shown, url);
        assert_eq!(headers, [("authorization".to_owned(), "Basic YW5uOnBAc3M=".to_owned())]);
    }

    #[test]
    fn an_ordinary_url_stays_as_it_was_written() {
        let (headers, url, _) = without_credentials("https://example.org/%7ehook");
        assert_eq!((headers.len(), url.as_str()), (0, "https://example.org/%7ehook"));
    }
}
