//! Who hears of an event, through an index: the cost does not grow with webhooks that do not match.

use std::sync::LazyLock;

use domain::{
    event::patterns_of,
    profile::Profile,
    trigger::{TriggerRule, TriggerState},
    webhook::WebhookOptions,
};

use super::Webhook;
use crate::{
    error::Result,
    params,
    sql::{Tx, Value},
    tables::{all, first, placeholders},
};

/// What dispatch needs to know of a webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscriber {
    /// Id of the webhook.
    pub id: String,
    /// Its profile.
    pub profile: Profile,
    /// CEL expression that the event must fulfil; empty for every event.
    pub filter: String,
    /// Which results it hears of.
    pub trigger_rule: TriggerRule,
    /// Wait so long, ms, for newer events of the same type and subject, and send only the newest.
    pub coalesce_ms: Option<u64>,
    /// A flow's task hears of these outputs only; empty: of all.
    pub outputs: Vec<String>,
    /// Whether events are sent.
    pub enabled: bool,
    /// Why not.
    pub disabled_reason: Option<String>,
    /// Changes with every edit.
    pub version: i64,
}

/// Patterns of almost every type: of six words and fewer.
const FEW_PATTERNS: usize = 8;

/// Patterns of the longest type: a word of one letter takes two bytes with its dot, and `*` matches too.
const MANY_PATTERNS: usize = domain::limits::EVENT_TYPE_BYTES / 2 + 2;

// The text does not depend on the type, so that it is prepared once. With the workspace's webhooks switched off, every one
// counts as disabled (`domain::settings::SWITCHED_OFF`).
pub(in crate::tables) const FEW: &str = "SELECT id, profile, filter, trigger_rule, options,
    CASE WHEN EXISTS (SELECT 1 FROM settings WHERE scope = $1 AND key = 'webhooksEnabled' AND value = 'false')
    THEN 0 ELSE enabled END,
    CASE WHEN EXISTS (SELECT 1 FROM settings WHERE scope = $1 AND key = 'webhooksEnabled' AND value = 'false')
    THEN 'webhooks are switched off in this workspace' ELSE disabled_reason END, version FROM webhooks
    WHERE id IN (SELECT webhook_id FROM webhook_subscriptions WHERE workspace_id = $1 AND subject IN ('', $2)
    AND pattern IN ($3, $4, $5, $6, $7, $8, $9, $10)) ORDER BY id";

/// The same for [`MANY_PATTERNS`].
static MANY: LazyLock<String> = LazyLock::new(|| FEW.replace(&placeholders(3, FEW_PATTERNS), &placeholders(3, MANY_PATTERNS)));

/// The webhooks of a workspace whose patterns and subject match, enabled or not, each once, in the order of their ids.
pub fn subscribers(tx: &mut dyn Tx, workspace_id: &str, event_type: &str, subject: &str) -> Result<Vec<Subscriber>> {
    let mut patterns = patterns_of(event_type);
    let (sql, slots) = if patterns.len() <= FEW_PATTERNS {
        (FEW, FEW_PATTERNS)
    } else {
        (MANY.as_str(), MANY_PATTERNS)
    };
    // Filled up with the type itself: a repeated pattern finds nothing more.
    patterns.resize(slots, event_type.to_owned());
    let mut params = params![workspace_id, subject].to_vec();
    params.extend(patterns.into_iter().map(Value::from));
    all(tx, sql, &params, |row| {
        let options = early_options(&row.text(4)?);
        Ok(Subscriber {
            id: row.text(0)?,
            profile: row.word(1, Profile::parse)?,
            filter: row.text(2)?,
            trigger_rule: row.json(3)?,
            coalesce_ms: options.coalesce_ms,
            outputs: options.outputs,
            enabled: row.bool(5)?,
            disabled_reason: row.opt_text(6)?,
            version: row.int(7)?,
        })
    })
}

/// The options that matter before a delivery. Most webhooks have none of them, and options that cannot be read are the lane's
/// trouble: they must not hold up who publishes.
fn early_options(options: &str) -> WebhookOptions {
    if options.contains("coalesce_ms") || options.contains("\"outputs\"") {
        serde_json::from_str(options).unwrap_or_default()
    } else {
        WebhookOptions::default()
    }
}

/// Adds the webhook's rows to the subscription index.
pub(super) fn subscribe(tx: &mut dyn Tx, webhook: &Webhook) -> Result<()> {
    let rows: Vec<_> = webhook
        .events
        .iter()
        .map(|pattern| params![&webhook.workspace_id, pattern, &webhook.subject, &webhook.id].to_vec())
        .collect();
    tx.execute_many(
        "INSERT INTO webhook_subscriptions (workspace_id, pattern, subject, webhook_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &rows,
    )?;
    Ok(())
}

/// Removes the webhook's rows from the subscription index.
pub(super) fn unsubscribe(tx: &mut dyn Tx, webhook_id: &str) -> Result<()> {
    tx.execute("DELETE FROM webhook_subscriptions WHERE webhook_id = $1", &params![webhook_id])?;
    Ok(())
}

/// What the trigger rule of a webhook knows of a subject; the default before its first result. The caller holds the webhook's
/// lock ([`super::lock`]), so that decisions on it are made one after the other.
pub fn trigger_state(tx: &mut dyn Tx, webhook_id: &str, subject: &str) -> Result<TriggerState> {
    let stored = first(
        tx,
        "SELECT state FROM trigger_states WHERE webhook_id = $1 AND subject = $2",
        &params![webhook_id, subject],
        |row| row.json(0),
    )?;
    Ok(stored.unwrap_or_default())
}

/// Forgets what the webhook's trigger rule knows: what it was told of may be long over.
pub fn forget_trigger_states(tx: &mut dyn Tx, webhook_id: &str) -> Result<()> {
    tx.execute("DELETE FROM trigger_states WHERE webhook_id = $1", &params![webhook_id])?;
    Ok(())
}

/// Forgets it if the stored webhook has another rule, other events or another subject than this one.
pub(super) fn forget_if_other_rule(tx: &mut dyn Tx, webhook: &Webhook) -> Result<()> {
    tx.execute(
        "DELETE FROM trigger_states WHERE webhook_id = $1 AND EXISTS (
         SELECT 1 FROM webhooks WHERE id = $1 AND (events <> $2 OR subject <> $3 OR trigger_rule <> $4))",
        &params![
            &webhook.id,
            Value::json(&webhook.events)?,
            &webhook.subject,
            Value::json(&webhook.trigger_rule)?
        ],
    )?;
    Ok(())
}

/// Stores what the trigger rule knows.
pub fn set_trigger_state(tx: &mut dyn Tx, webhook_id: &str, subject: &str, state: &TriggerState) -> Result<()> {
    tx.execute(
        "INSERT INTO trigger_states (webhook_id, subject, state) VALUES ($1, $2, $3)
         ON CONFLICT (webhook_id, subject) DO UPDATE SET state = excluded.state",
        &params![webhook_id, subject, Value::json(state)?],
    )?;
    Ok(())
}
