//! A webhook as it is shown: without its secrets.

use domain::{
    profile::{FlowTaskDefaults, Profile},
    retry::RetryPolicy,
    trigger::TriggerRule,
    webhook::WebhookOptions,
};
use serde::Serialize;
use store::{
    Tx,
    tables::{collections, monitors, settings, webhooks::Webhook},
};
use utoipa::ToSchema;

use super::{CertificateView, Result};
use crate::{schema, time::Time};

/// How a webhook is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Its last attempt succeeded.
    Good,
    /// Its last attempts failed.
    Failing,
    Disabled,
    /// It was not called yet.
    Unused,
}

impl Health {
    /// The word in the API and the page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Failing => "failing",
            Self::Disabled => "disabled",
            Self::Unused => "unused",
        }
    }
}

/// A webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookView {
    pub id: String,
    pub name: String,
    #[schema(value_type = schema::Profile)]
    pub profile: Profile,
    pub url: String,
    /// The source of this instance that it feeds.
    pub source_id: Option<String>,
    /// Types or patterns.
    pub events: Vec<String>,
    /// Only of this monitor (its id), or of this collection (its uid).
    pub subject: Option<String>,
    /// Name of the monitor or collection; absent when it was deleted.
    pub subject_name: Option<String>,
    /// CEL expression that an event must fulfil.
    pub filter: Option<String>,
    #[schema(value_type = schema::TriggerRule)]
    pub trigger: TriggerRule,
    #[schema(value_type = schema::WebhookOptions)]
    pub options: WebhookOptions,
    /// Absent: the profile's own.
    #[schema(value_type = Option<schema::RetryPolicy>)]
    pub retry_policy: Option<RetryPolicy>,
    pub has_secret: bool,
    /// `whpk_…`, for receivers of a webhook that signs with an Ed25519 key; in the answer for one webhook only.
    pub public_key: Option<String>,
    /// Until then the secret before it signs too.
    pub old_secret_ends_at: Option<Time>,
    /// Whether headers of its own go along; their values are never shown.
    pub has_headers: bool,
    /// Whether it shows a client certificate.
    pub has_client_certificate: bool,
    /// Whose that is and until when; as `public_key` in the answer for one webhook only.
    pub client_certificate: Option<CertificateView>,
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    pub disabled_at: Option<Time>,
    pub health: Health,
    pub failing_since: Option<Time>,
    pub failed_attempts: u64,
    pub last_success_at: Option<Time>,
    pub last_attempt_at: Option<Time>,
    pub version: i64,
    pub created_at: Time,
    pub updated_at: Time,
}

/// The view, with the monitor's name (or the collection's) looked up.
pub fn view(tx: &mut dyn Tx, webhook: Webhook) -> Result<WebhookView> {
    let name = match webhook.subject.as_str() {
        "" => None,
        subject => match monitors::get(tx, &webhook.workspace_id, subject)? {
            Some(monitor) => Some(monitor.name),
            None => collections::by_uid(tx, &webhook.workspace_id, subject)?.map(|collection| collection.name),
        },
    };
    let flow_task = settings::of_workspace(tx, &webhook.workspace_id)?.0.flow_task();
    Ok(assemble(webhook, &flow_task, |_| name))
}

/// The view, given what flow tasks of its workspace have and how to find the monitor's name.
pub fn assemble(mut webhook: Webhook, flow_task: &FlowTaskDefaults, subject_name: impl FnOnce(&str) -> Option<String>) -> WebhookView {
    webhook.options.timeout_ms = Some(webhook.options.limit_ms(webhook.profile, flow_task));
    let health = match () {
        () if !webhook.enabled => Health::Disabled,
        () if webhook.failing_since.is_some() => Health::Failing,
        () if webhook.last_attempt_at.is_some() => Health::Good,
        () => Health::Unused,
    };
    let subject = Some(webhook.subject).filter(|subject| !subject.is_empty());
    WebhookView {
        health,
        subject_name: subject.as_deref().and_then(subject_name),
        id: webhook.id,
        name: webhook.name,
        profile: webhook.profile,
        url: webhook.url,
        source_id: webhook.source_id,
        events: webhook.events,
        subject,
        filter: Some(webhook.filter).filter(|filter| !filter.is_empty()),
        trigger: webhook.trigger_rule,
        options: webhook.options,
        retry_policy: webhook.retry_policy,
        public_key: None,
        has_secret: webhook.secret_sealed.is_some(),
        old_secret_ends_at: Time::option(webhook.old_secret_ends_at),
        has_headers: webhook.headers_sealed.is_some(),
        has_client_certificate: webhook.certificate_sealed.is_some(),
        client_certificate: None,
        enabled: webhook.enabled,
        disabled_reason: webhook.disabled_reason,
        disabled_at: Time::option(webhook.disabled_at),
        failing_since: Time::option(webhook.failing_since),
        failed_attempts: webhook.failed_attempts,
        last_success_at: Time::option(webhook.last_success_at),
        last_attempt_at: Time::option(webhook.last_attempt_at),
        version: webhook.version,
        created_at: Time(webhook.created_at),
        updated_at: Time(webhook.updated_at),
    }
}
