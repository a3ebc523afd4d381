//! Signing secrets and headers of a webhook: entered, made, sealed, rotated.

use domain::{
    Problem,
    account::Need,
    activity::{Action, Model},
    clock::{DAY, SECOND},
    profile::Profile,
    secret::SigningKey,
    sign,
    webhook::{self as rules, WebhookOptions},
};
use serde::{Deserialize, Serialize};
use store::{Vault, tables::webhooks as table};
use utoipa::ToSchema;

use super::{Caller, Header, Result, WebhookView, found, view};
use crate::{actions::seal, app::App};

/// Asks for a secret to be made.
pub const GENERATE: &str = "generate";

/// A change of the secret without a gap.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RotateInput {
    /// The new one; absent or `generate`: one is made.
    pub secret: Option<String>,
    /// How long the old one signs too, seconds (86400); 0 ends it at once.
    pub overlap_s: Option<i64>,
}

/// The webhook after a rotation, with the secret if one was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RotatedSecret {
    #[serde(flatten)]
    pub webhook: WebhookView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Takes a new secret into use; the one before it signs too until its overlap ends.
///
/// # Errors
/// 404; 422 naming the field.
pub async fn rotate_secret(app: &App, caller: &Caller, id: &str, input: RotateInput) -> Result<RotatedSecret> {
    caller.need(Need::Edit)?;
    let overlap = input.overlap_s.unwrap_or(DAY / SECOND);
    if !(0..=30 * DAY / SECOND).contains(&overlap) {
        return Err(Problem::invalid("overlap_s", "`overlap_s` is 0 to 2592000 seconds").into());
    }
    let now = app.now();
    let given = input.secret.filter(|text| !text.is_empty()).unwrap_or_else(|| GENERATE.to_owned());
    let (caller, vault, id) = (caller.shared(), app.store.vault_handle(), id.to_owned());
    app.write(move |tx| {
        table::lock(tx, &id)?;
        let mut webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        let (plain, shown) = entered(webhook.profile, &webhook.options, Some(given))?;
        // What signs nothing has no overlap either.
        let signs = webhook.profile.signature(&webhook.options).is_some();
        let before = webhook.secret_sealed.take().filter(|_| overlap > 0 && signs);
        webhook.old_secret_ends_at = before.as_ref().map(|_| now + overlap * SECOND);
        webhook.old_secret_sealed = before;
        webhook.secret_sealed = plain.map(|plain| self::seal(&vault, &webhook.id, &plain)).transpose()?;
        webhook.updated_at = now;
        table::update(tx, &webhook)?;
        caller.did(tx, Action::Update, Model::Webhook, (&webhook.id, &webhook.name), now)?;
        tx.signal(store::Signal::Deliveries(vec![webhook.id.clone()]));
        let webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        Ok(RotatedSecret {
            webhook: view(tx, webhook)?,
            secret: shown,
        })
    })
    .await
}

/// Checks an entered secret or makes one: what is stored, and what is shown once.
pub fn entered(profile: Profile, options: &WebhookOptions, given: Option<String>) -> Result<(Option<String>, Option<String>), Problem> {
    match given.filter(|text| !text.is_empty()) {
        None => Ok((None, None)),
        Some(text) if text == GENERATE => {
            let made = profile.generate_secret(options).ok_or_else(|| {
                Problem::invalid("secret", format!("`{profile}` gives the secret, none can be made here")).hint("enter the routing key")
            })?;
            Ok((Some(made.clone()), Some(made)))
        }
        Some(text) => {
            profile.check_secret(options, &text)?;
            Ok((Some(text), None))
        }
    }
}

/// After a change of the signature: whether the stored secrets fit the new style. The old one of a rotation that does not is
/// dropped.
///
/// # Errors
/// 422 at `options.signature` when the present one does not fit.
pub fn recheck(vault: &Vault, webhook: &mut table::Webhook) -> Result<()> {
    let check = |sealed: &str| -> Result<Result<(), Problem>> {
        let plain = seal::open_webhook_secret(vault, &webhook.id, sealed)?;
        Ok(webhook.profile.check_secret(&webhook.options, &plain))
    };
    if let Some(sealed) = &webhook.secret_sealed
        && let Err(problem) = check(sealed)?
    {
        let detail = format!("the stored secret does not fit this signature: {}", problem.detail);
        let hint = "give a fitting `secret` in the same change, or `null` to send unsigned";
        return Err(Problem::invalid("options.signature", detail).hint(hint).into());
    }
    let old = webhook.old_secret_sealed.as_deref().map(check).transpose()?;
    if old.is_some_and(|fits| fits.is_err()) {
        (webhook.old_secret_sealed, webhook.old_secret_ends_at) = (None, None);
    }
    Ok(())
}

/// What receivers check `v1a` signatures with, if the webhook's key is an Ed25519 one.
pub fn public_key(vault: &Vault, webhook: &table::Webhook) -> Result<Option<String>> {
    let Some(sealed) = &webhook.secret_sealed else { return Ok(None) };
    if webhook.profile.signature(&webhook.options) != Some(rules::SignatureStyle::Standard) {
        return Ok(None);
    }
    let plain = seal::open_webhook_secret(vault, &webhook.id, sealed)?;
    match SigningKey::parse(rules::SignatureStyle::Standard, "secret", &plain) {
        Ok(SigningKey::Ed25519Seed(seed)) => Ok(Some(sign::public_key(&seed)?)),
        _ => Ok(None),
    }
}

pub fn seal(vault: &Vault, id: &str, plain: &str) -> store::Result<String> {
    seal::webhook_secret(vault, id, plain)
}

/// Checks and seals headers; `None` when there are none.
pub fn seal_headers(vault: &Vault, id: &str, headers: &[Header]) -> Result<Option<String>> {
    if headers.is_empty() {
        return Ok(None);
    }
    let pairs: Vec<(String, String)> = headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
    rules::check_headers(&pairs)?;
    let text = serde_json::to_string(&pairs).map_err(|error| crate::actions::ActionError::Internal(error.to_string()))?;
    Ok(Some(seal::webhook_headers(vault, id, &text)?))
}

/// The headers as they were entered.
pub fn open_headers(vault: &Vault, webhook: &table::Webhook) -> Result<Vec<Header>> {
    let Some(sealed) = &webhook.headers_sealed else {
        return Ok(Vec::new());
    };
    let text = seal::open_webhook_headers(vault, &webhook.id, sealed)?;
    let pairs: Vec<(String, String)> =
        serde_json::from_str(&text).map_err(|error| store::Error::Corrupt(format!("headers of webhook `{}`: {error}", webhook.id)))?;
    Ok(pairs.into_iter().map(|(name, value)| Header { name, value }).collect())
}
