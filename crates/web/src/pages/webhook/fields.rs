//! The settings and the dialogs on a webhook's page: what their fields begin with.

use domain::profile::Profile;

use super::super::{
    PageError, Visit, options,
    ui::{self, Form},
    webhook_fields as fields, webhooks as shared,
};
use crate::{
    actions::{collections, monitors, webhooks::WebhookView},
    app::App,
};

/// What it may be limited to: the workspace's monitors and collections.
pub async fn subjects(app: &App, visit: &Visit, w: &WebhookView) -> Result<Vec<(String, String)>, PageError> {
    let mut all = options(&[("", "Anything in this workspace")]);
    all.extend(
        monitors::list(app, &visit.caller)
            .await?
            .items
            .into_iter()
            .map(|m| (m.id, format!("Monitor: {}", m.name))),
    );
    all.extend(
        collections::list(app, &visit.caller)
            .await?
            .items
            .into_iter()
            .map(|c| (c.uid, format!("Collection: {}", c.name))),
    );
    // Without it the form would say "anything", and saving it would make it so.
    if let Some(gone) = w.subject.as_ref().filter(|subject| !all.iter().any(|(id, _)| id == *subject)) {
        all.push((gone.clone(), "(deleted)".to_owned()));
    }
    Ok(all)
}

/// The dialogs that ask before something is done; the first one is the test's.
pub fn dialogs(w: &WebhookView, path: &str, csrf: &str) -> Vec<ui::Html> {
    vec![
        ui::confirm(
            "test-webhook",
            "Send a test event?",
            &format!(
                "One event of type test-event is sent to {}, signed like any other. It does not count towards disabling.",
                shared::target(w)
            ),
            &format!("{path}/test"),
            csrf,
            "primary",
            "Send test",
        ),
        ui::confirm(
            "disable-webhook",
            &format!("Disable “{}”?", w.name),
            "What is queued is dropped, and nothing is sent until it is enabled again. The log stays.",
            &format!("{path}/disable"),
            csrf,
            "danger",
            "Disable",
        ),
        ui::confirm(
            "delete-webhook",
            &format!("Delete “{}”?", w.name),
            "The webhook, its queue and its log are deleted. This cannot be undone.",
            &format!("{path}/delete"),
            csrf,
            "danger",
            "Delete webhook",
        ),
    ]
}

/// The rotation's form as it begins: an overlap of a day.
pub fn rotation() -> Form {
    Form::with(&[("rotation.overlap_h", "24")])
}

/// What rotating does.
pub fn rotation_lead(w: &WebhookView) -> &'static str {
    if w.has_secret {
        "A new secret takes the place of the present one, which signs too while they overlap, so that receivers can change without a gap."
    } else {
        "From then on calls are signed."
    }
}

/// The values of the form of its settings.
pub fn values(w: &WebhookView) -> Vec<(String, String)> {
    let values = [
        (ui::VERSION, w.version.to_string()),
        ("name", w.name.clone()),
        ("url", w.url.clone()),
        ("subject", w.subject.clone().unwrap_or_default()),
        ("trigger", shared::trigger_word(&w.trigger).to_owned()),
        (shared::COUNT, shared::trigger_count(&w.trigger).to_string()),
        ("filter", w.filter.clone().unwrap_or_default()),
    ];
    let mut values: Vec<(String, String)> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    values.extend(fields::values(&w.options, w.retry_policy.as_ref()));
    // Boxes to tick, or lines of one field.
    if w.profile == Profile::Testmonitor {
        values.extend(w.events.iter().map(|event| ("events".to_owned(), event.clone())));
    } else {
        values.push(("events".to_owned(), w.events.join("\n")));
    }
    values
}
