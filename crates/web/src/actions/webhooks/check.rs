//! What may be saved in a webhook.

use std::time::Duration;

use domain::{Problem, account::Role, event, limits, profile::Profile, trigger::TriggerRule};
use egress::Refusal;
use store::{
    Tx,
    tables::{
        collections, monitors, settings,
        webhooks::{self as table, Webhook},
    },
};

use super::{Caller, Result, hears_results};
use crate::{actions::event_types, app::App};

/// How long a look-up may take while somebody waits for the form.
const LOOK_UP: Duration = Duration::from_secs(5);

/// Asks the guard what it will say when something is sent: the URL's text first, then every address
/// that the name has. A name that cannot be resolved now is accepted: that may pass.
pub async fn receiver(app: &App, caller: &Caller, url: &str) -> Result<()> {
    if url.trim().is_empty() {
        return Err(Problem::invalid("url", "`url` is empty")
            .hint("the receiver's URL, such as `https://example.com/hook`")
            .into());
    }
    if url.len() > limits::URL_BYTES {
        return Err(Problem::invalid("url", format!("`url` is longer than {} bytes", limits::URL_BYTES)).into());
    }
    let policy = app.engine.policy(&caller.workspace.id).await?;
    let checked = app.engine.client().check(url, &policy, LOOK_UP).await;
    match checked.err().and_then(|failure| failure.refusal) {
        Some(refusal) => Err(refusal_problem(&refusal, caller.role).into()),
        None => Ok(()),
    }
}

/// The refusal as a problem at `url`; only admins see the address.
fn refusal_problem(refusal: &Refusal, role: Role) -> Problem {
    let (what, advice) = refusal.message.split_once("; ").unwrap_or((&refusal.message, ""));
    let mut problem = Problem::new(
        422,
        "url-refused",
        "The URL is not allowed",
        format!("{what} (rule `{}`)", refusal.rule),
    )
    .at("url");
    if role == Role::Admin
        && let Some(address) = refusal.address
    {
        problem.detail = format!("{}: {address}", problem.detail);
    }
    problem.hint = Some(advice.to_owned()).filter(|advice| !advice.is_empty());
    problem
}

/// Every field but the subject, and URL, secret and headers, which were checked on their way in.
pub fn fields(webhook: &Webhook) -> Result<(), Problem> {
    limits::check_name("name", &webhook.name)?;
    if webhook.events.is_empty() {
        return Err(Problem::invalid("events", "`events` is empty").hint("at least one event type, `prefix.*` or `*`"));
    }
    if webhook.events.len() > 100 {
        return Err(Problem::invalid("events", "at most 100 events"));
    }
    for (at, pattern) in webhook.events.iter().enumerate() {
        event::check_pattern(&format!("events[{at}]"), pattern)?;
    }
    webhook.trigger_rule.check()?;
    webhook.options.check()?;
    webhook.profile.check_options(&webhook.options, &webhook.events)?;
    if webhook.secret_sealed.is_none() && webhook.profile.needs_secret() {
        return Err(no_secret(webhook.profile));
    }
    webhook.retry_policy.as_ref().map_or(Ok(()), domain::retry::RetryPolicy::check)
}

/// A profile that cannot do without a secret has none.
pub fn no_secret(profile: Profile) -> Problem {
    Problem::invalid("secret", format!("a webhook of profile `{profile}` needs a secret"))
        .hint("the integration key (routing key) of a service's Events API v2 integration")
}

/// Holds the events against the workspace's registry of event types, where the profile has to keep to it.
pub fn registered(tx: &mut dyn Tx, webhook: &Webhook) -> Result<()> {
    event_types::check_subscribed(tx, &webhook.workspace_id, webhook.profile, &webhook.events)
}

/// Whether one more webhook may be enabled: profile `testmonitor` is limited. The caller counts under a lock that lasts until
/// its commit, so that of many at once only as many succeed as there is room for.
pub fn room(tx: &mut dyn Tx, webhook: &Webhook) -> Result<()> {
    if webhook.profile != Profile::Testmonitor || !webhook.enabled {
        return Ok(());
    }
    table::lock_enabled(tx, &webhook.workspace_id)?;
    let (settings, _) = settings::of_workspace(tx, &webhook.workspace_id)?;
    let most = u64::from(settings.max_active_webhooks);
    if table::enabled_of_profile(tx, &webhook.workspace_id, webhook.profile)? < most {
        return Ok(());
    }
    let detail = format!(
        "this workspace may have {most} enabled webhooks of profile `{}` at once (`maxActiveWebhooks`)",
        webhook.profile
    );
    Err(Problem::invalid("enabled", detail)
        .hint("disable another one, create it with `\"enabled\": false`, or have an admin raise the limit in the settings")
        .into())
}

/// What the events that are meant carry as their subject: a monitor's id, or the uid of a collection, which may be named by
/// its id too. What a webhook has already is not asked for again: its monitor may be gone, and the rest can still be changed.
pub fn subject(tx: &mut dyn Tx, workspace_id: &str, given: &str) -> Result<String> {
    if given.is_empty() || monitors::get(tx, workspace_id, given)?.is_some() {
        return Ok(given.to_owned());
    }
    let collection = match collections::by_uid(tx, workspace_id, given)? {
        Some(collection) => Some(collection),
        None => collections::get(tx, workspace_id, given)?,
    };
    let problem = || Problem::invalid("subject", format!("this workspace has no monitor or collection `{given}`"));
    let collection = collection.ok_or_else(|| problem().hint("a monitor's id, or a collection's uid for its activity"))?;
    Ok(collection.uid)
}

/// What Postman does when nothing is chosen.
pub fn default_trigger(profile: Profile, events: &[String]) -> TriggerRule {
    if profile == Profile::Postman && hears_results(events) {
        TriggerRule::ThreeFailuresThenSuccess { first: 3 }
    } else {
        TriggerRule::EveryRun
    }
}
