//! What is entered for a webhook.

use domain::{profile::Profile, retry::RetryPolicy, trigger::TriggerRule, webhook::WebhookOptions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    pub url: String,
    /// At least one of: a type, `prefix.*`, `*`.
    pub events: Vec<String>,
    /// Only of this monitor (its id), or of this collection (its uid or id): its activity.
    #[serde(default)]
    pub subject: Option<String>,
    /// Default: `three_failures_then_success` for monitor results in profile `postman`, else `every_run`.
    #[serde(default)]
    #[schema(value_type = Option<schema::TriggerRule>)]
    pub trigger: Option<TriggerRule>,
    #[serde(default)]
    #[schema(value_type = Option<schema::WebhookOptions>)]
    pub options: WebhookOptions,
    #[serde(default)]
    #[schema(value_type = Option<schema::RetryPolicy>)]
    pub retry_policy: Option<RetryPolicy>,
    /// `whsec_…`, or `generate` to have one made and shown once; absent: unsigned.
    #[serde(default)]
    pub secret: Option<String>,
    #[serde(default)]
    pub headers: Vec<Header>,
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
    #[schema(value_type = Option<schema::TriggerRule>)]
    pub trigger: Option<TriggerRule>,
    #[schema(value_type = Option<schema::WebhookOptions>)]
    pub options: Option<WebhookOptions>,
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
