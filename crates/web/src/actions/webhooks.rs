//! Webhooks: subscriptions of receivers. What may be saved, and what is shown of one.

use domain::{
    Micros, Problem,
    account::Need,
    activity::{Action, Model},
    event, id,
    profile::Profile,
    retry::RetryPolicy,
    trigger::TriggerRule,
    webhook::WebhookOptions,
};
use serde::{Deserialize, Serialize};
use store::{
    Signal, Tx,
    tables::{
        monitors,
        webhooks::{self as table, Webhook},
    },
};
use utoipa::ToSchema;

use super::{Caller, Items, Result, check_version, found, patch::nullable};
use crate::{app::App, schema, time::Time};

mod check;
mod secret;
mod switch;

pub(crate) use check::blank;
pub use secret::{RotateInput, RotatedSecret, rotate_secret};
pub use switch::{disable, enable, test};

/// A header that goes along. Its value is shown only where it cannot be a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub name: String,
    pub value: String,
}

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
    /// Only of this monitor (its id).
    pub subject: Option<String>,
    /// Name of the monitor.
    pub subject_name: Option<String>,
    #[schema(value_type = schema::TriggerRule)]
    pub trigger: TriggerRule,
    #[schema(value_type = schema::WebhookOptions)]
    pub options: WebhookOptions,
    /// Absent: the profile's own.
    #[schema(value_type = Option<schema::RetryPolicy>)]
    pub retry_policy: Option<RetryPolicy>,
    pub has_secret: bool,
    /// Until then the secret before it signs too.
    pub old_secret_ends_at: Option<Time>,
    /// Whether headers of its own go along; their values are never shown.
    pub has_headers: bool,
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
    /// Only of this monitor (its id).
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

/// A new webhook, with its secret if one was made: the only time that it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreatedWebhook {
    #[serde(flatten)]
    pub webhook: WebhookView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Every webhook of the workspace, by name.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<WebhookView>> {
    caller.need(Need::View)?;
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| {
        let monitors = monitors::list(tx, &workspace)?;
        let name = |id: &str| monitors.iter().find(|monitor| monitor.id == id).map(|monitor| monitor.name.clone());
        Ok(Items::all(table::list(tx, &workspace)?.into_iter().map(|webhook| assemble(webhook, name)).collect()))
    })
    .await
}

/// One webhook.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<WebhookView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        let webhook = found("webhook", table::get(tx, &workspace, &id)?)?;
        view(tx, webhook)
    })
    .await
}

/// Creates a webhook.
///
/// # Errors
/// 422 naming the field: the name, a pattern, the URL (by the rule of the guard that refuses it) …
pub async fn create(app: &App, caller: &Caller, input: WebhookInput) -> Result<CreatedWebhook> {
    caller.need(Need::Edit)?;
    check::receiver(app, caller, &input.url).await?;
    let now = app.now();
    let (secret, shown) = secret::entered(input.profile, input.secret)?;
    let trigger = input.trigger.unwrap_or_else(|| check::default_trigger(input.profile, &input.events));
    let webhook = Webhook {
        id: id::new(id::WEBHOOK, now),
        workspace_id: caller.workspace.id.clone(),
        name: input.name.trim().to_owned(),
        profile: input.profile,
        url: input.url.trim().to_owned(),
        source_id: None,
        events: input.events,
        subject: input.subject.filter(|subject| !subject.is_empty()).unwrap_or_default(),
        trigger_rule: trigger,
        options: input.options,
        retry_policy: input.retry_policy,
        owner_id: caller.user.id.clone(),
        enabled: input.enabled,
        disabled_reason: (!input.enabled).then(|| "created disabled".to_owned()),
        disabled_at: (!input.enabled).then_some(now),
        ..check::blank(now)
    };
    let webhook = insert(app, caller, webhook, secret, &input.headers, now).await?;
    Ok(CreatedWebhook { webhook, secret: shown })
}

/// Seals, checks and stores a webhook that was put together.
pub(crate) async fn insert(
    app: &App,
    caller: &Caller,
    mut webhook: Webhook,
    secret: Option<String>,
    headers: &[Header],
    now: Micros,
) -> Result<WebhookView> {
    let vault = app.store.vault_handle();
    webhook.secret_sealed = secret.map(|plain| secret::seal(&vault, &webhook.id, &plain)).transpose()?;
    webhook.headers_sealed = secret::seal_headers(&vault, &webhook.id, headers)?;
    let caller = caller.shared();
    app.write(move |tx| {
        check::fields(tx, &webhook)?;
        table::insert(tx, &webhook)?;
        caller.did(tx, Action::Create, Model::Webhook, (&webhook.id, &webhook.name), now)?;
        tx.signal(Signal::changed(&webhook.workspace_id, "webhook"));
        view(tx, webhook)
    })
    .await
}

/// Changes a webhook; attempts that are due use it as it then is.
///
/// # Errors
/// 404; 412 when `expected` (If-Match) is not its version; 422 naming the field.
pub async fn update(app: &App, caller: &Caller, id: &str, patch: WebhookPatch, expected: Option<String>) -> Result<WebhookView> {
    caller.need(Need::Edit)?;
    if let Some(url) = &patch.url {
        check::receiver(app, caller, url).await?;
    }
    let now = app.now();
    let (caller, vault, id) = (caller.shared(), app.store.vault_handle(), id.to_owned());
    app.write(move |tx| {
        let mut webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        check_version(expected.as_deref(), webhook.version)?;
        apply(&vault, &mut webhook, patch)?;
        webhook.updated_at = now;
        check::fields(tx, &webhook)?;
        table::update(tx, &webhook)?;
        caller.did(tx, Action::Update, Model::Webhook, (&webhook.id, &webhook.name), now)?;
        tx.signal(Signal::Deliveries(vec![webhook.id.clone()]));
        tx.signal(Signal::changed(&webhook.workspace_id, "webhook"));
        let webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        view(tx, webhook)
    })
    .await
}

fn apply(vault: &store::Vault, webhook: &mut Webhook, patch: WebhookPatch) -> Result<()> {
    if let Some(name) = patch.name {
        name.trim().clone_into(&mut webhook.name);
    }
    if let Some(url) = patch.url {
        url.trim().clone_into(&mut webhook.url);
        webhook.source_id = None;
    }
    if let Some(events) = patch.events {
        webhook.events = events;
    }
    if let Some(subject) = patch.subject {
        webhook.subject = subject.unwrap_or_default();
    }
    if let Some(trigger) = patch.trigger {
        webhook.trigger_rule = trigger;
    }
    if let Some(options) = patch.options {
        webhook.options = options;
    }
    if let Some(policy) = patch.retry_policy {
        webhook.retry_policy = policy;
    }
    if let Some(headers) = patch.headers {
        webhook.headers_sealed = secret::seal_headers(vault, &webhook.id, &headers)?;
    }
    if let Some(given) = patch.secret {
        let given = given.filter(|text| !text.is_empty());
        if given.as_deref() == Some(secret::GENERATE) {
            return Err(Problem::invalid("secret", "`generate` makes a secret at creation and rotation only").hint("rotate the secret").into());
        }
        let (plain, _) = secret::entered(webhook.profile, given)?;
        webhook.secret_sealed = plain.map(|plain| secret::seal(vault, &webhook.id, &plain)).transpose()?;
        webhook.old_secret_sealed = None;
        webhook.old_secret_ends_at = None;
    }
    Ok(())
}

/// Deletes a webhook with its queue and its log.
///
/// # Errors
/// 404.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        table::delete(tx, &caller.workspace.id, &webhook.id)?;
        tx.signal(Signal::Deliveries(vec![webhook.id.clone()]));
        tx.signal(Signal::changed(&webhook.workspace_id, "webhook"));
        caller.did(tx, Action::Delete, Model::Webhook, (&webhook.id, &webhook.name), now)
    })
    .await
}

/// The view, with the monitor's name looked up.
pub(crate) fn view(tx: &mut dyn Tx, webhook: Webhook) -> Result<WebhookView> {
    let monitor = match webhook.subject.as_str() {
        "" => None,
        subject => monitors::get(tx, &webhook.workspace_id, subject)?,
    };
    Ok(assemble(webhook, |_| monitor.map(|monitor| monitor.name)))
}

fn assemble(webhook: Webhook, monitor_name: impl FnOnce(&str) -> Option<String>) -> WebhookView {
    let health = match () {
        () if !webhook.enabled => Health::Disabled,
        () if webhook.failing_since.is_some() => Health::Failing,
        () if webhook.last_attempt_at.is_some() => Health::Good,
        () => Health::Unused,
    };
    let subject = Some(webhook.subject).filter(|subject| !subject.is_empty());
    WebhookView {
        health,
        subject_name: subject.as_deref().and_then(monitor_name),
        id: webhook.id,
        name: webhook.name,
        profile: webhook.profile,
        url: webhook.url,
        source_id: webhook.source_id,
        events: webhook.events,
        subject,
        trigger: webhook.trigger_rule,
        options: webhook.options,
        retry_policy: webhook.retry_policy,
        has_secret: webhook.secret_sealed.is_some(),
        old_secret_ends_at: Time::option(webhook.old_secret_ends_at),
        has_headers: webhook.headers_sealed.is_some(),
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

/// Whether a webhook hears of monitor results.
pub fn hears_results(events: &[String]) -> bool {
    let patterns = event::patterns_of(event::RUN_FINISHED);
    events.iter().any(|pattern| patterns.contains(pattern))
}
