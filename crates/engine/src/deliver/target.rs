//! A webhook opened up for sending: its secrets decrypted, its address and policy ready. Made once for each version of the
//! webhook and shared by the attempts of its lane.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Micros,
    profile::{self, Profile},
    secret::SigningKey,
};
use egress::Policy;
use store::{
    Place, Vault,
    tables::{sources::Source, webhooks::Webhook},
};
use url::Url;

use crate::{engine::Engine, mask, sealed};

/// Where and how to send.
pub(crate) struct Target {
    pub version: i64,
    /// The source's sealed token, if it points at an own source: that can change without the webhook.
    pub source_token: Option<String>,
    pub enabled: bool,
    pub profile: Profile,
    pub timeout_ms: u64,
    pub verify_tls: bool,
    pub in_flight: usize,
    pub policy: Policy,
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
    keys: Vec<SigningKey>,
    /// While a rotation overlaps: both keys, until this time.
    overlap: Option<(Vec<SigningKey>, Micros)>,
}

impl Address {
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
        let policy = match webhook.source_id {
            Some(_) => engine.own_source_policy(),
            None => engine.policy(&webhook.workspace_id),
        };
        Self {
            version: webhook.version,
            source_token: source.map(|source| source.token_sealed.clone()),
            enabled: webhook.enabled,
            profile: webhook.profile,
            timeout_ms: webhook.options.timeout_ms,
            verify_tls: webhook.options.verify_tls,
            in_flight: webhook.options.in_flight,
            policy,
            address: address(engine, webhook, source),
        }
    }

    /// Whether it was made of this webhook and source as they are now.
    pub fn is_of(&self, webhook: &Webhook, source: Option<&Source>) -> bool {
        self.version == webhook.version && self.source_token.as_deref() == source.map(|source| source.token_sealed.as_str())
    }
}

fn address(engine: &Engine, webhook: &Webhook, source: Option<&Source>) -> Result<Address, String> {
    let vault = engine.store().vault();
    let (mut headers, url, shown_url) = match (&webhook.source_id, source) {
        (None, _) => without_credentials(&webhook.url),
        (Some(_), Some(source)) => {
            let token = open(vault, sealed::source_token(&source.id), &source.token_sealed)?;
            let base = engine.config().self_url.trim_end_matches('/');
            (Vec::new(), format!("{base}/in/{token}"), format!("{base}/in/{}", source.token_hint))
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
    let keys = profile::keys(secret.as_deref(), None, 0).map_err(|_| unreadable("secret"))?;
    let overlap = match (&webhook.old_secret_sealed, webhook.old_secret_ends_at) {
        (Some(text), Some(ends_at)) => {
            let old = open(vault, place(), text)?;
            // Asked for a time before the end, so that it is among them; `Address::keys` watches the end.
            let both = profile::keys(secret.as_deref(), Some((&old, Micros::MAX)), 0).map_err(|_| unreadable("old secret"))?;
            Some((both, ends_at))
        }
        _ => None,
    };
    Ok(Address {
        url,
        shown_url: mask::url(&shown_url),
        shown_headers: mask::own_headers(&headers),
        headers,
        keys,
        overlap,
    })
}

fn open(vault: &Vault, place: Place<'_>, sealed: &str) -> Result<String, String> {
    match vault.open_text(place, sealed) {
        Ok(text) => Ok(text.to_string()),
        Err(error) => {
            tracing::error!(table = place.table, column = place.column, row = place.row, %error, "a secret cannot be opened");
            Err(unreadable("secret"))
        }
    }
}

fn unreadable(what: &str) -> String {
    format!("the webhook's {what} cannot be read; enter it again")
}

/// Moves user name and password from the URL into an Authorization header (RFC 7617): a URL is logged, that is not.
fn without_credentials(given: &str) -> (Vec<(String, String)>, String, String) {
    let plain = |url: String| (Vec::new(), url.clone(), url);
    let Ok(mut url) = Url::parse(given) else {
        return plain(given.to_owned());
    };
    if url.username().is_empty() && url.password().is_none() {
        return plain(given.to_owned());
    }
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let credentials = format!("{}:{}", decode(url.username()), decode(url.password().unwrap_or_default()));
    // Both can only fail for URLs without a host, which have no credentials.
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return plain(given.to_owned());
    }
    let header = ("authorization".to_owned(), format!("Basic {}", STANDARD.encode(credentials)));
    (vec![header], url.to_string(), url.to_string())
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
