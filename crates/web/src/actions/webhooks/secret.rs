//! Signing secrets and headers of a webhook: entered, made, sealed, rotated.

use domain::{
    Problem,
    account::Need,
    activity::{Action, Model},
    clock::{DAY, SECOND},
    profile::Profile,
    secret, webhook as rules,
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
        let (plain, shown) = entered(webhook.profile, Some(given))?;
        let before = webhook.secret_sealed.take().filter(|_| overlap > 0);
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
pub fn entered(profile: Profile, given: Option<String>) -> Result<(Option<String>, Option<String>), Problem> {
    match given.filter(|text| !text.is_empty()) {
        None => Ok((None, None)),
        Some(text) if text == GENERATE => {
            let made = secret::generate_hmac();
            Ok((Some(made.clone()), Some(made)))
        }
        Some(text) => {
            profile.check_secret(&text)?;
            Ok((Some(text), None))
        }
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
