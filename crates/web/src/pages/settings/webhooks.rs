//! Settings of the workspace's webhooks: what is sent, where to, how long it is kept. Two forms over one set of settings.

use axum::extract::State;
use domain::{Problem, settings::UnregisteredEvents};

use super::{Entered, show};
use crate::{
    actions::settings::{self, WebhookSettingsPatch, WebhookSettingsView},
    app::App,
    pages::{
        PageError, PageResult, Posted, done,
        monitor_form::number,
        ui::{Form, VERSION},
        webhook_fields::patterns,
    },
};

/// Both forms as the settings are.
pub fn values(view: &WebhookSettingsView) -> Form {
    let on = |on: bool| if on { "on" } else { "" };
    let days = |days: Option<u32>| days.map_or_else(String::new, |days| days.to_string());
    Form::with(&[
        (VERSION, &view.version.to_string()),
        ("webhooksEnabled", on(view.webhooks_enabled)),
        ("testWebhook", on(view.test_webhook)),
        ("forbiddenIPs", &view.forbidden_ips),
        ("allowedUrlRegexes", &view.allowed_url_regexes.join("\n")),
        ("maxRetries", &view.max_retries.to_string()),
        ("retryDelayMs", &view.retry_delay_ms.to_string()),
        ("timeoutMs", &view.timeout_ms.to_string()),
        ("maxActiveWebhooks", &view.max_active_webhooks.to_string()),
        ("unregisteredEvents", view.unregistered_events.as_str()),
        ("logDays", &days(view.log_days)),
        ("eventDays", &days(view.event_days)),
        ("runDays", &days(view.run_days)),
    ])
}

/// `POST /settings/webhooks`.
pub async fn update(State(app): State<App>, posted: Posted) -> PageResult {
    let change = sending(&posted.form);
    save(app, posted, change, "webhooks", Entered::Webhooks).await
}

/// `POST /settings/retention`.
pub async fn retention(State(app): State<App>, posted: Posted) -> PageResult {
    let change = keeping(&posted.form);
    save(app, posted, change, "retention", Entered::Retention).await
}

async fn save(
    app: App,
    posted: Posted,
    change: Result<WebhookSettingsPatch, Problem>,
    section: &str,
    entered: fn(Form) -> Entered,
) -> PageResult {
    let Posted { visit, form } = posted;
    let saved = match change {
        Ok(patch) => settings::update(&app, &visit.caller, patch, form.version()).await,
        Err(problem) => Err(problem.into()),
    };
    match saved {
        Ok(_) => done(&format!("/settings#{section}"), "saved"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            let present = settings::get(&app, &visit.caller).await?.version;
            let form = form.overtaken(present);
            show(&app, &visit, form.status(), entered(form)).await
        }
    }
}

fn sending(form: &Form) -> Result<WebhookSettingsPatch, Problem> {
    Ok(WebhookSettingsPatch {
        webhooks_enabled: Some(form.has("webhooksEnabled", "on")),
        test_webhook: Some(form.has("testWebhook", "on")),
        forbidden_ips: Some(form.value("forbiddenIPs").to_owned()),
        allowed_url_regexes: Some(patterns(form.value("allowedUrlRegexes"))),
        max_retries: Some(number(form, "maxRetries")?),
        retry_delay_ms: Some(number(form, "retryDelayMs")?),
        timeout_ms: Some(number(form, "timeoutMs")?),
        max_active_webhooks: Some(number(form, "maxActiveWebhooks")?),
        unregistered_events: UnregisteredEvents::parse(form.value("unregisteredEvents")),
        ..WebhookSettingsPatch::default()
    })
}

fn keeping(form: &Form) -> Result<WebhookSettingsPatch, Problem> {
    let days = |name: &str| {
        let given = !form.value(name).trim().is_empty();
        given.then(|| number(form, name)).transpose()
    };
    Ok(WebhookSettingsPatch {
        log_days: Some(days("logDays")?),
        event_days: Some(days("eventDays")?),
        run_days: Some(days("runDays")?),
        ..WebhookSettingsPatch::default()
    })
}
