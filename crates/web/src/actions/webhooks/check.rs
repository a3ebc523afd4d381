//! What may be saved in a webhook.

use std::time::Duration;

use domain::{Micros, Problem, account::Role, event, limits, profile::Profile, trigger::TriggerRule, webhook::WebhookOptions};
use egress::Refusal;
use store::{
    Tx,
    tables::{collections, monitors, webhooks::Webhook},
};

use super::{Caller, Result, hears_results};
use crate::app::App;

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
    let policy = app.engine.policy(&caller.workspace.id);
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

/// Every field but URL, secret and headers, which were checked on their way in.
pub fn fields(tx: &mut dyn Tx, webhook: &Webhook) -> Result<()> {
    limits::check_name("name", &webhook.name)?;
    if webhook.events.is_empty() {
        return Err(Problem::invalid("events", "`events` is empty")
            .hint("at least one event type, `prefix.*` or `*`")
            .into());
    }
    if webhook.events.len() > 100 {
        return Err(Problem::invalid("events", "at most 100 events").into());
    }
    for (at, pattern) in webhook.events.iter().enumerate() {
        event::check_pattern(&format!("events[{at}]"), pattern)?;
    }
    webhook.trigger_rule.check()?;
    webhook.options.check()?;
    webhook.retry_policy.as_ref().map_or(Ok(()), domain::retry::RetryPolicy::check)?;
    if !webhook.subject.is_empty()
        && monitors::get(tx, &webhook.workspace_id, &webhook.subject)?.is_none()
        && collections::by_uid(tx, &webhook.workspace_id, &webhook.subject)?.is_none()
    {
        let problem = Problem::invalid("subject", format!("this workspace has no monitor `{}`", webhook.subject));
        return Err(problem.hint("a monitor's id, or a collection's uid for its activity").into());
    }
    Ok(())
}

/// What Postman does when nothing is chosen.
pub fn default_trigger(profile: Profile, events: &[String]) -> TriggerRule {
    if profile == Profile::Postman && hears_results(events) {
        TriggerRule::ThreeFailuresThenSuccess { first: 3 }
    } else {
        TriggerRule::EveryRun
    }
}

/// A webhook that has done nothing yet.
pub fn blank(now: Micros) -> Webhook {
    Webhook {
        id: String::new(),
        workspace_id: String::new(),
        name: String::new(),
        profile: Profile::Standard,
        url: String::new(),
        source_id: None,
        events: Vec::new(),
        subject: String::new(),
        trigger_rule: TriggerRule::EveryRun,
        options: WebhookOptions::default(),
        retry_policy: None,
        secret_sealed: None,
        old_secret_sealed: None,
        old_secret_ends_at: None,
        headers_sealed: None,
        owner_id: String::new(),
        enabled: true,
        disabled_reason: None,
        disabled_at: None,
        failing_since: None,
        failed_attempts: 0,
        last_success_at: None,
        last_attempt_at: None,
        probe_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
