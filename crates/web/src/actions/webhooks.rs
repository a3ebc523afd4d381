//! Webhooks: subscriptions of receivers. Reading, creating, changing, deleting them.

use domain::{
    Micros, Problem,
    account::Need,
    activity::{Action, Model},
    event, id,
    webhook::WebhookOptions,
};
use serde::Serialize;
use store::{
    Signal,
    tables::{
        collections, monitors, settings,
        webhooks::{self as table, Webhook},
    },
};
use utoipa::ToSchema;

use super::{Caller, Items, Result, check_version, found};
use crate::app::App;

mod certificate;
mod check;
mod filter;
mod input;
mod options;
mod secret;
mod switch;
mod trial;
mod view;

pub use certificate::{CertificateInput, CertificateView};
pub use filter::{FilterAnswer, FilterTrial, check_filter};
pub use input::{Header, WebhookInput, WebhookPatch};
pub use options::OptionsPatch;
pub use secret::{RotateInput, RotatedSecret, rotate_secret};
pub use switch::{disable, enable, test};
pub use trial::{PreviewView, TrialInput, TriedView, preview, try_once};
pub use view::{Health, WebhookView};
pub(crate) use view::{assemble, view};

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
        let collections = collections::list(tx, &workspace)?;
        let flow_task = settings::of_workspace(tx, &workspace)?.0.flow_task();
        let name = |id: &str| {
            let monitor = monitors.iter().find(|monitor| monitor.id == id).map(|monitor| monitor.name.clone());
            monitor.or_else(|| {
                collections
                    .iter()
                    .find(|collection| collection.uid == id)
                    .map(|collection| collection.name.clone())
            })
        };
        Ok(Items::all(
            table::list(tx, &workspace)?
                .into_iter()
                .map(|webhook| assemble(webhook, &flow_task, name))
                .collect(),
        ))
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
    let vault = app.store.vault_handle();
    app.read(move |tx| {
        let webhook = found("webhook", table::get(tx, &workspace, &id)?)?;
        let public_key = secret::public_key(&vault, &webhook)?;
        let client_certificate = certificate::shown(&vault, &webhook);
        Ok(WebhookView {
            public_key,
            client_certificate,
            ..view(tx, webhook)?
        })
    })
    .await
}

/// Creates a webhook.
///
/// # Errors
/// 422 naming the field: the name, a pattern, the URL (by the rule of the guard that refuses it) …
pub async fn create(app: &App, caller: &Caller, mut input: WebhookInput) -> Result<CreatedWebhook> {
    caller.need(Need::Edit)?;
    filter::check(input.filter.as_deref().unwrap_or_default())?;
    input::complete(input.profile, &mut input.url, &mut input.headers);
    check::receiver(app, caller, &input.url).await?;
    let now = app.now();
    let id = id::new(id::WEBHOOK, now);
    let certificate_sealed = certificate::sealed(app.store.vault(), &id, input.client_certificate)?;
    let options = input.options.apply(WebhookOptions::default());
    let (secret, shown) = secret::entered(input.profile, &options, input.secret)?;
    let trigger = input
        .trigger
        .unwrap_or_else(|| check::default_trigger(input.profile, &input.events));
    let webhook = Webhook {
        id,
        certificate_sealed,
        workspace_id: caller.workspace.id.clone(),
        name: input.name.trim().to_owned(),
        profile: input.profile,
        url: input.url.trim().to_owned(),
        source_id: None,
        events: input.events,
        subject: input.subject.filter(|subject| !subject.is_empty()).unwrap_or_default(),
        filter: input.filter.unwrap_or_default().trim().to_owned(),
        trigger_rule: trigger,
        options,
        retry_policy: input.retry_policy,
        owner_id: caller.user.id.clone(),
        enabled: input.enabled,
        disabled_reason: (!input.enabled).then(|| "created disabled".to_owned()),
        disabled_at: (!input.enabled).then_some(now),
        ..Webhook::blank(now)
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
        check::fields(&webhook)?;
        webhook.subject = check::subject(tx, &webhook.workspace_id, &webhook.subject)?;
        check::registered(tx, &webhook)?;
        check::room(tx, &webhook)?;
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
pub async fn update(app: &App, caller: &Caller, id: &str, mut patch: WebhookPatch, expected: Option<String>) -> Result<WebhookView> {
    caller.need(Need::Edit)?;
    filter::check(patch.filter.as_ref().and_then(Option::as_deref).unwrap_or_default())?;
    let credentials = patch.url.as_mut().and_then(input::take_credentials);
    if let Some(url) = &patch.url {
        check::receiver(app, caller, url).await?;
    }
    let now = app.now();
    let (caller, vault, id) = (caller.shared(), app.store.vault_handle(), id.to_owned());
    app.write(move |tx| {
        table::lock(tx, &id)?;
        let mut webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        check_version(expected.as_deref(), webhook.version)?;
        if let Some(header) = credentials {
            let mut headers = match patch.headers.take() {
                Some(headers) => headers,
                None => secret::open_headers(&vault, &webhook)?,
            };
            input::add(&mut headers, header);
            patch.headers = Some(headers);
        }
        let (subject, events) = (webhook.subject.clone(), webhook.events.clone());
        apply(&vault, &mut webhook, patch)?;
        webhook.updated_at = now;
        check::fields(&webhook)?;
        if webhook.subject != subject {
            webhook.subject = check::subject(tx, &webhook.workspace_id, &webhook.subject)?;
        }
        if webhook.events != events {
            check::registered(tx, &webhook)?;
        }
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
    if let Some(filter) = patch.filter {
        filter.unwrap_or_default().trim().clone_into(&mut webhook.filter);
    }
    let style = webhook.profile.signature(&webhook.options);
    if let Some(options) = patch.options {
        webhook.options = options.apply(std::mem::take(&mut webhook.options));
    }
    if let Some(policy) = patch.retry_policy {
        webhook.retry_policy = policy;
    }
    if let Some(headers) = patch.headers {
        webhook.headers_sealed = secret::seal_headers(vault, &webhook.id, &headers)?;
    }
    if let Some(given) = patch.client_certificate {
        webhook.certificate_sealed = certificate::sealed(vault, &webhook.id, given)?;
    }
    if let Some(given) = patch.secret {
        let given = given.filter(|text| !text.is_empty());
        if given.as_deref() == Some(secret::GENERATE) {
            return Err(
                Problem::invalid("secret", "`generate` makes a secret at creation and rotation only")
                    .hint("rotate the secret")
                    .into(),
            );
        }
        let (plain, _) = secret::entered(webhook.profile, &webhook.options, given)?;
        webhook.secret_sealed = plain.map(|plain| secret::seal(vault, &webhook.id, &plain)).transpose()?;
        webhook.old_secret_sealed = None;
        webhook.old_secret_ends_at = None;
    } else if webhook.profile.signature(&webhook.options) != style {
        secret::recheck(vault, webhook)?;
    }
    Ok(())
}

/// Deletes a webhook with its queue and its log: gone at once, its rows in small steps behind the scenes.
///
/// # Errors
/// 404.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        engine::webhooks::delete(tx, &webhook, now)?;
        caller.did(tx, Action::Delete, Model::Webhook, (&webhook.id, &webhook.name), now)
    })
    .await
}

/// Whether a webhook hears of monitor results.
pub fn hears_results(events: &[String]) -> bool {
    let patterns = event::patterns_of(event::RUN_FINISHED);
    events.iter().any(|pattern| patterns.contains(pattern))
}
