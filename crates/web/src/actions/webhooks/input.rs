//! What is entered for a webhook.

use domain::{profile::Profile, retry::RetryPolicy, trigger::TriggerRule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CertificateInput, OptionsPatch};
use crate::{actions::patch::nullable, schema};

/// A header that goes along with a request or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// A new webhook.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookInput {
    pub name: String,
    #[serde(default = "standard")]
    #[schema(value_type = Option<schema::Profile>)]
    pub profile: Profile,
    /// May be left out for `pagerduty`.
    #[serde(default)]
    pub url: String,
    /// At least one of: a type, `prefix.*`, `*`.
    pub events: Vec<String>,
    /// Only of this monitor (its id), or of this collection (its uid or id): its activity.
    #[serde(default)]
    pub subject: Option<String>,
    /// A CEL expression over the event (`type`, `subject`, `data` …) that must be true for it to be sent.
    #[serde(default)]
    pub filter: Option<String>,
    /// Default: `three_failures_then_success` for monitor results in profile `postman`, else `every_run`.
    #[serde(default)]
    #[schema(value_type = Option<schema::TriggerRule>)]
    pub trigger: Option<TriggerRule>,
    #[serde(default)]
    pub options: OptionsPatch,
    #[serde(default)]
    #[schema(value_type = Option<schema::RetryPolicy>)]
    pub retry_policy: Option<RetryPolicy>,
    /// `generate` to have one made and shown once, or one of your own: `whsec_…` where the signature is `standard`, any text
    /// of 1 to 256 bytes where it is another, the routing key for `pagerduty`. Absent: unsigned.
    #[serde(default)]
    pub secret: Option<String>,
    #[serde(default)]
    pub headers: Vec<Header>,
    /// What is shown to receivers that ask who is calling (mutual TLS).
    #[serde(default)]
    pub client_certificate: Option<CertificateInput>,
    #[serde(default = "yes")]
    pub enabled: bool,
}

const fn standard() -> Profile {
    Profile::Standard
}

const fn yes() -> bool {
    true
}

/// A change of a webhook; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookPatch {
    pub name: Option<String>,
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    /// `null`: of all monitors.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub subject: Option<Option<String>>,
    /// `null`: every event.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub filter: Option<Option<String>>,
    #[schema(value_type = Option<schema::TriggerRule>)]
    pub trigger: Option<TriggerRule>,
    pub options: Option<OptionsPatch>,
    /// `null`: the profile's own.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<schema::RetryPolicy>)]
    pub retry_policy: Option<Option<RetryPolicy>>,
    /// `null` or empty: unsigned from now on. To change it without a gap, rotate it.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub secret: Option<Option<String>>,
    /// All of them anew.
    pub headers: Option<Vec<Header>>,
    /// `null`: none from now on.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<CertificateInput>)]
    pub client_certificate: Option<Option<CertificateInput>>,
}

/// Puts in the profile's URL where none is given, and takes credentials out of the URL.
pub fn complete(profile: Profile, url: &mut String, headers: &mut Vec<Header>) {
    if let Some(default) = profile.default_url().filter(|_| url.trim().is_empty()) {
        default.clone_into(url);
    }
    if let Some(header) = take_credentials(url) {
        add(headers, header);
    }
}

/// Takes user name and password out of a URL into the header that carries them, unless one is
/// given: URLs are shown and logged.
pub fn take_credentials(url: &mut String) -> Option<Header> {
    let (bare, credentials) = egress::url::split_credentials(url);
    let header = credentials.map(|credentials| Header {
        name: "authorization".to_owned(),
        value: credentials.basic(),
    })?;
    *url = bare;
    Some(header)
}

/// Adds a header that was not given by name.
pub fn add(headers: &mut Vec<Header>, header: Header) {
    if !headers.iter().any(|known| known.name.eq_ignore_ascii_case(&header.name)) {
        headers.push(header);
    }
}
