//! A workspace's settings for its webhooks: reading and changing them.

use domain::{
    Micros, Problem,
    account::Need,
    activity::{Action, Activity, Model},
    settings::{SWITCHED_OFF, UnregisteredEvents, WebhookSettings},
};
use egress::address;
use serde::{Deserialize, Serialize};
use store::{Tx, tables::settings as table};
use utoipa::ToSchema;

use super::{ActionError, Caller, Result, check_version, patch::nullable};
use crate::{app::App, schema};

/// A network that no webhook may reach unless an exception is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForbiddenNetwork {
    #[schema(example = "10.0.0.0/8")]
    pub network: String,
    /// The guard's rule, `address_private`.
    pub rule: &'static str,
}

/// Settings of a workspace for its webhooks, with what holds beside them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSettingsView {
    /// Whether anything is sent at all.
    pub webhooks_enabled: bool,
    /// Addresses and networks that may not be called, beside `builtInForbiddenIPs`; separated by `;`.
    #[serde(rename = "forbiddenIPs")]
    pub forbidden_ips: String,
    /// Regular expressions, one of which a URL must match; empty: every URL.
    pub allowed_url_regexes: Vec<String>,
    /// Retries of a flow task after its first failure, unless it has its own policy.
    pub max_retries: u32,
    /// Pause before each of them, ms.
    pub retry_delay_ms: u64,
    /// Time limit of a new flow task, ms.
    pub timeout_ms: u64,
    /// Whether test events may be sent.
    pub test_webhook: bool,
    /// Enabled webhooks of profile `testmonitor` at once.
    pub max_active_webhooks: u32,
    /// What happens to published events of types that are not registered.
    #[schema(value_type = schema::UnregisteredEvents)]
    pub unregistered_events: UnregisteredEvents,
    /// Days that attempts are kept; `null`: as long as on the whole instance.
    pub log_days: Option<u32>,
    /// Days that events with their deliveries, and receipts are kept.
    pub event_days: Option<u32>,
    /// Days that finished runs are kept.
    pub run_days: Option<u32>,
    /// What is always forbidden, whatever is entered.
    #[serde(rename = "builtInForbiddenIPs")]
    pub built_in_forbidden_ips: Vec<ForbiddenNetwork>,
    /// Exceptions that an admin of the instance made for this workspace.
    pub egress_exceptions: Vec<String>,
    #[serde(skip)]
    pub version: i64,
}

/// A change of the settings; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct WebhookSettingsPatch {
    pub webhooks_enabled: Option<bool>,
    #[serde(rename = "forbiddenIPs")]
    #[schema(example = "203.0.113.7; 2001:db8::/32")]
    pub forbidden_ips: Option<String>,
    pub allowed_url_regexes: Option<Vec<String>>,
    /// 0 to 20.
    pub max_retries: Option<u32>,
    /// 0 to 86400000.
    pub retry_delay_ms: Option<u64>,
    /// 100 to 120000.
    pub timeout_ms: Option<u64>,
    pub test_webhook: Option<bool>,
    /// 0 to 1000.
    pub max_active_webhooks: Option<u32>,
    #[schema(value_type = Option<schema::UnregisteredEvents>)]
    pub unregistered_events: Option<UnregisteredEvents>,
    /// 1 to 3650; `null`: as long as on the whole instance.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub log_days: Option<Option<u32>>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub event_days: Option<Option<u32>>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub run_days: Option<Option<u32>>,
}

impl WebhookSettingsPatch {
    fn apply(self, to: &WebhookSettings) -> WebhookSettings {
        WebhookSettings {
            webhooks_enabled: self.webhooks_enabled.unwrap_or(to.webhooks_enabled),
            forbidden_ips: self.forbidden_ips.unwrap_or_else(|| to.forbidden_ips.clone()).trim().to_owned(),
            allowed_url_regexes: self.allowed_url_regexes.unwrap_or_else(|| to.allowed_url_regexes.clone()),
            max_retries: self.max_retries.unwrap_or(to.max_retries),
            retry_delay_ms: self.retry_delay_ms.unwrap_or(to.retry_delay_ms),
            timeout_ms: self.timeout_ms.unwrap_or(to.timeout_ms),
            test_webhook: self.test_webhook.unwrap_or(to.test_webhook),
            max_active_webhooks: self.max_active_webhooks.unwrap_or(to.max_active_webhooks),
            unregistered_events: self.unregistered_events.unwrap_or(to.unregistered_events),
            log_days: self.log_days.unwrap_or(to.log_days),
            event_days: self.event_days.unwrap_or(to.event_days),
            run_days: self.run_days.unwrap_or(to.run_days),
            version: to.version,
        }
    }
}

/// The settings as they are.
///
/// # Errors
/// 403 for those who are not admins.
pub async fn get(app: &App, caller: &Caller) -> Result<WebhookSettingsView> {
    caller.need(Need::Administer)?;
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| view(tx, &workspace)).await
}

/// Changes settings; they hold for whatever is saved, tested or sent from then on.
///
/// # Errors
/// 412 when `expected` (If-Match) is not their version; 422 naming the field, and the position in it.
pub async fn update(app: &App, caller: &Caller, patch: WebhookSettingsPatch, expected: Option<String>) -> Result<WebhookSettingsView> {
    caller.need(Need::Administer)?;
    let now = app.now();
    let caller = caller.shared();
    app.write(move |tx| {
        let workspace_id = &caller.workspace.id;
        table::lock(tx, workspace_id)?;
        let (before, _) = table::of_workspace(tx, workspace_id)?;
        check_version(expected.as_deref(), before.version)?;
        let mut after = patch.apply(&before);
        after.check()?;
        if after != before {
            after.version += 1;
            table::set_webhooks(tx, workspace_id, &after)?;
            record(
                tx,
                &caller,
                &format!("changed webhook settings ({})", changed(&before, &after)),
                now,
            )?;
            engine::webhooks::heed_settings(tx, workspace_id, after.webhooks_enabled, now)?;
        }
        view(tx, workspace_id)
    })
    .await
}

/// Says in the activity log what was changed in the workspace, in the transaction that changed it.
pub(super) fn record(tx: &mut dyn Tx, caller: &Caller, what: &str, now: Micros) -> Result<()> {
    let workspace = &caller.workspace;
    let mut activity = Activity::new(
        &caller.user.id,
        &caller.user.name,
        Action::Update,
        Model::Workspace,
        &workspace.id,
        &workspace.name,
    );
    activity.message = format!("{} {what} of workspace \"{}\"", caller.user.name, workspace.name);
    engine::activity::record(tx, &workspace.id, activity, now)?;
    Ok(())
}

/// The names of the settings that differ.
fn changed(before: &WebhookSettings, after: &WebhookSettings) -> String {
    let json = |settings: &WebhookSettings| serde_json::to_value(settings).unwrap_or_default();
    let (before, after) = (json(before), json(after));
    let both = [&before, &after];
    let mut names: Vec<&str> = both
        .iter()
        .filter_map(|all| all.as_object())
        .flat_map(|all| all.keys().map(String::as_str))
        .filter(|name| *name != "version" && before.get(name) != after.get(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

fn view(tx: &mut dyn Tx, workspace_id: &str) -> Result<WebhookSettingsView> {
    let (settings, exceptions) = table::of_workspace(tx, workspace_id)?;
    Ok(WebhookSettingsView {
        webhooks_enabled: settings.webhooks_enabled,
        forbidden_ips: settings.forbidden_ips,
        allowed_url_regexes: settings.allowed_url_regexes,
        max_retries: settings.max_retries,
        retry_delay_ms: settings.retry_delay_ms,
        timeout_ms: settings.timeout_ms,
        test_webhook: settings.test_webhook,
        max_active_webhooks: settings.max_active_webhooks,
        unregistered_events: settings.unregistered_events,
        log_days: settings.log_days,
        event_days: settings.event_days,
        run_days: settings.run_days,
        built_in_forbidden_ips: built_in(),
        egress_exceptions: exceptions.allow.iter().map(ToString::to_string).collect(),
        version: settings.version,
    })
}

/// The networks that are always forbidden.
pub fn built_in() -> Vec<ForbiddenNetwork> {
    address::forbidden()
        .map(|(network, class)| ForbiddenNetwork {
            network: network.to_string(),
            rule: class.rule(),
        })
        .collect()
}

/// 409 while the workspace has its webhooks switched off.
pub(super) fn need_on(settings: &WebhookSettings) -> Result<(), ActionError> {
    if settings.webhooks_enabled {
        return Ok(());
    }
    Err(Problem::conflict(SWITCHED_OFF)
        .hint("an admin can switch them on in the settings")
        .into())
}

/// 404 while test events are switched off, as if there were no such path; 409 while all webhooks are.
pub(in crate::actions) fn need_tests(settings: &WebhookSettings) -> Result<(), ActionError> {
    if settings.test_webhook {
        return need_on(settings);
    }
    Err(Problem::not_found("path")
        .hint("test events are switched off in this workspace (`testWebhook`)")
        .into())
}
