//! Webhooks: subscriptions, how they are sent, and how they fare.

mod blank;
mod deleted;
mod health;
mod subscribers;
mod switch;

pub use deleted::{being_deleted, delete, mark_deleted};
pub use health::{AttemptTotals, record_attempts, set_probe};
pub use subscribers::{Subscriber, forget_trigger_states, set_trigger_state, subscribers, trigger_state};
pub use switch::{Dropping, drop_waiting, dropped_waiting, dropping, set_enabled};

#[cfg(test)]
pub(super) use deleted::DELETED;
#[cfg(test)]
pub(super) use subscribers::FEW as SUBSCRIBERS;
#[cfg(test)]
pub(super) use switch::DROPPING;

use domain::{Micros, profile::Profile, retry::RetryPolicy, trigger::TriggerRule, webhook::WebhookOptions};
use serde::Serialize;

use super::{all, changed, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
};

macro_rules! columns {
    () => {
        "id, workspace_id, name, profile, url, source_id, events, subject, filter, trigger_rule, options, retry_policy,
         secret_sealed, old_secret_sealed, old_secret_ends_at, headers_sealed, certificate_sealed, owner_id, enabled,
         disabled_reason, disabled_at, deleted_at, failing_since, failed_attempts, last_success_at, last_attempt_at,
         probe_at, version, created_at, updated_at, drop_before, drop_reason"
    };
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Webhook {
    /// Id.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// Name for people.
    pub name: String,
    /// What it looks like on the wire.
    pub profile: Profile,
    /// Where to; empty if `source_id` names an own source.
    pub url: String,
    /// The own source that it is pointed at.
    pub source_id: Option<String>,
    /// Patterns of event types.
    pub events: Vec<String>,
    /// Only events about this subject; empty for any.
    pub subject: String,
    /// CEL expression that an event must fulfil; empty for every event.
    pub filter: String,
    /// Which of them are sent.
    pub trigger_rule: TriggerRule,
    /// How they are sent.
    pub options: WebhookOptions,
    /// How often they are tried; `None` for the profile's own policy.
    pub retry_policy: Option<RetryPolicy>,
    /// The signing secret, as vault text.
    #[serde(skip)]
    pub secret_sealed: Option<String>,
    /// The secret before, as vault text.
    #[serde(skip)]
    pub old_secret_sealed: Option<String>,
    /// Until when the secret before signs too.
    pub old_secret_ends_at: Option<Micros>,
    /// The user's own headers (a JSON object), as vault text.
    #[serde(skip)]
    pub headers_sealed: Option<String>,
    /// The client certificate with its key (JSON), as vault text.
    #[serde(skip)]
    pub certificate_sealed: Option<String>,
    /// The user who made it.
    pub owner_id: String,
    /// Whether events are sent.
    pub enabled: bool,
    /// Why not.
    pub disabled_reason: Option<String>,
    /// Since when not.
    pub disabled_at: Option<Micros>,
    /// Since when it is being deleted: off, hidden, its log going in small steps.
    pub deleted_at: Option<Micros>,
    /// When the first attempt after the last success failed.
    pub failing_since: Option<Micros>,
    /// Failed attempts since the last success.
    pub failed_attempts: u64,
    /// When an attempt last succeeded.
    pub last_success_at: Option<Micros>,
    /// When the last attempt was.
    pub last_attempt_at: Option<Micros>,
    /// When an open lane is probed next; `None` while the lane is closed, that is: in use.
    pub probe_at: Option<Micros>,
    /// Grows with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Micros,
    /// When it was last changed.
    pub updated_at: Micros,
    /// What waits and was made until then is being dropped, since it was switched off; and for which reason.
    #[serde(skip)]
    pub drop_before: Option<Micros>,
    #[serde(skip)]
    pub drop_reason: Option<String>,
}

fn read(row: &Row) -> Result<Webhook> {
    Ok(Webhook {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        name: row.text(2)?,
        profile: row.word(3, Profile::parse)?,
        url: row.text(4)?,
        source_id: row.opt_text(5)?,
        events: row.json(6)?,
        subject: row.text(7)?,
        filter: row.text(8)?,
        trigger_rule: row.json(9)?,
        options: row.json(10)?,
        retry_policy: row.opt_json(11)?,
        secret_sealed: row.opt_text(12)?,
        old_secret_sealed: row.opt_text(13)?,
        old_secret_ends_at: row.opt_int(14)?,
        headers_sealed: row.opt_text(15)?,
        certificate_sealed: row.opt_text(16)?,
        owner_id: row.text(17)?,
        enabled: row.bool(18)?,
        disabled_reason: row.opt_text(19)?,
        disabled_at: row.opt_int(20)?,
        deleted_at: row.opt_int(21)?,
        failing_since: row.opt_int(22)?,
        failed_attempts: row.number(23)?,
        last_success_at: row.opt_int(24)?,
        last_attempt_at: row.opt_int(25)?,
        probe_at: row.opt_int(26)?,
        version: row.int(27)?,
        created_at: row.int(28)?,
        updated_at: row.int(29)?,
        drop_before: row.opt_int(30)?,
        drop_reason: row.opt_text(31)?,
    })
}

/// Adds a webhook and subscribes it.
pub fn insert(tx: &mut dyn Tx, webhook: &Webhook) -> Result<()> {
    tx.execute(
        concat!(
            "INSERT INTO webhooks (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
        ),
        &parameters(webhook)?,
    )?;
    subscribers::subscribe(tx, webhook)
}

/// Holds every decision about a webhook until the end of the transaction: a change of it, and what its trigger rule makes of
/// a result. To be taken before the webhook is read.
pub fn lock(tx: &mut dyn Tx, id: &str) -> Result<()> {
    tx.lock(&format!("webhook/{id}"))
}

/// Stores the whole webhook but for its health (what attempts and enabling record), and renews its subscriptions. With another
/// rule, other events or another subject it begins anew: its trigger memory is forgotten. The stored version grows. Returns
/// whether there is such a webhook.
pub fn update(tx: &mut dyn Tx, webhook: &Webhook) -> Result<bool> {
    lock(tx, &webhook.id)?;
    subscribers::forget_if_other_rule(tx, webhook)?;
    // Up to the owner the same columns as a new row has, in the same order.
    let mut values = parameters(webhook)?.to_vec();
    values.truncate(17);
    values.push(webhook.updated_at.into());
    let stored = changed(
        tx,
        "UPDATE webhooks SET name = $3, profile = $4, url = $5, source_id = $6, events = $7, subject = $8,
         filter = $9, trigger_rule = $10, options = $11, retry_policy = $12, secret_sealed = $13, old_secret_sealed = $14,
         old_secret_ends_at = $15, headers_sealed = $16, certificate_sealed = $17, updated_at = $18, version = version + 1
         WHERE workspace_id = $2 AND id = $1 AND deleted_at IS NULL",
        &values,
    )?;
    if stored {
        subscribers::unsubscribe(tx, &webhook.id)?;
        subscribers::subscribe(tx, webhook)?;
    }
    Ok(stored)
}

fn parameters(webhook: &Webhook) -> Result<[Value; 32]> {
    Ok(params![
        &webhook.id,
        &webhook.workspace_id,
        &webhook.name,
        webhook.profile.as_str(),
        &webhook.url,
        webhook.source_id.as_deref(),
        Value::json(&webhook.events)?,
        &webhook.subject,
        &webhook.filter,
        Value::json(&webhook.trigger_rule)?,
        Value::json(&webhook.options)?,
        webhook.retry_policy.as_ref().map(Value::json).transpose()?,
        webhook.secret_sealed.as_deref(),
        webhook.old_secret_sealed.as_deref(),
        webhook.old_secret_ends_at,
        webhook.headers_sealed.as_deref(),
        webhook.certificate_sealed.as_deref(),
        &webhook.owner_id,
        webhook.enabled,
        webhook.disabled_reason.as_deref(),
        webhook.disabled_at,
        webhook.deleted_at,
        webhook.failing_since,
        webhook.failed_attempts,
        webhook.last_success_at,
        webhook.last_attempt_at,
        webhook.probe_at,
        webhook.version,
        webhook.created_at,
        webhook.updated_at,
        webhook.drop_before,
        webhook.drop_reason.as_deref()
    ])
}

/// A webhook by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Webhook>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM webhooks WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL"
        ),
        &params![workspace_id, id],
        read,
    )
}

/// A webhook by id, for the stages, which come from a row that refers to it. One that is being deleted is gone for them too.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<Webhook>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM webhooks WHERE id = $1 AND deleted_at IS NULL"),
        &params![id],
        read,
    )
}

/// All webhooks of a workspace, by name.
pub fn list(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<Webhook>> {
    all(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM webhooks WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY name, id"
        ),
        &params![workspace_id],
        read,
    )
}

/// Holds the number of enabled webhooks of a workspace until the end of the transaction: taken before one more is counted.
pub fn lock_enabled(tx: &mut dyn Tx, workspace_id: &str) -> Result<()> {
    tx.lock(&format!("webhooks-enabled/{workspace_id}"))
}

/// How many webhooks of a profile are enabled in a workspace.
pub fn enabled_of_profile(tx: &mut dyn Tx, workspace_id: &str, profile: Profile) -> Result<u64> {
    let count = first(
        tx,
        "SELECT COUNT(*) FROM webhooks WHERE workspace_id = $1 AND profile = $2 AND enabled = 1",
        &params![workspace_id, profile.as_str()],
        |row| row.number(0),
    )?;
    Ok(count.unwrap_or(0))
}
