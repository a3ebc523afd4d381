//! Changes of a webhook: its fields, on and off, test, secret, resend, delete.

use axum::extract::{Path, State};
use domain::Problem;

use super::{
    PageError, PageResult, Posted, done,
    ui::{self, Form},
    webhook::{self, Entered, Filter},
    webhook_fields::{self as fields, headers, lines},
    webhooks as shared,
};
use crate::{
    actions::{
        attempts,
        webhooks::{self, WebhookPatch, WebhookView},
    },
    app::App,
};

/// `POST /webhooks/{id}`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let before = webhooks::get(&app, &visit.caller, &id).await?;
    let changed = match patch(&before, &form) {
        Ok(patch) => webhooks::update(&app, &visit.caller, &id, patch, form.version()).await,
        Err(problem) => Err(problem.into()),
    };
    match changed {
        Ok(_) => done(&format!("/webhooks/{id}#settings"), "saved"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?).overtaken(before.version);
            webhook::show(
                &app,
                &visit,
                &id,
                Filter::default(),
                form.status(),
                Entered::Settings(form, Box::default()),
            )
            .await
        }
    }
}

/// What the form says; what it does not show stays.
pub fn patch(before: &WebhookView, form: &Form) -> Result<WebhookPatch, Problem> {
    let url = form.value("url").trim();
    let mut options = fields::options_of(form, before.profile.has_template())?;
    // What was shown may be the profile's or the workspace's; left as it is, it does not become the webhook's own.
    options.timeout_ms = options.timeout_ms.filter(|limit| *limit != before.options.timeout_ms);
    Ok(WebhookPatch {
        name: Some(form.value("name").to_owned()),
        // A webhook to an own source has no URL in the form, and keeps its target.
        url: (before.source_id.is_none() && url != before.url).then(|| url.to_owned()),
        events: Some(form.values_of("events").flat_map(lines).collect()),
        filter: Some(Some(form.value("filter").trim().to_owned()).filter(|filter| !filter.is_empty())),
        secret: match fields::secret_of(form, "secret", fields::style_of(before.profile, form)) {
            Some(given) => Some(Some(given)),
            None => form.has("remove_secret", "on").then_some(None),
        },
        headers: match headers(form.value("headers"))? {
            given if !given.is_empty() => Some(given),
            _ if form.has("remove_headers", "on") => Some(Vec::new()),
            _ => None,
        },
        client_certificate: match fields::certificate_of(form) {
            Some(given) => Some(Some(given)),
            None => form.has("remove_client_certificate", "on").then_some(None),
        },
        retry_policy: Some(fields::retry_of(form)?),
        subject: Some(Some(form.value("subject").to_owned()).filter(|subject| !subject.is_empty())),
        trigger: shared::trigger(form)?,
        options: Some(options),
    })
}

/// `POST /webhooks/{id}/test`.
pub async fn test(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    webhooks::test(&app, &posted.visit.caller, &id).await?;
    done(&format!("/webhooks/{id}#log"), "tested")
}

/// `POST /webhooks/{id}/enable`.
pub async fn enable(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let before = webhooks::get(&app, &posted.visit.caller, &id).await?;
    webhooks::enable(&app, &posted.visit.caller, &id).await?;
    // Nothing is sent by itself; the page offers what was missed.
    match before.disabled_at {
        Some(at) => {
            let since: String = at.to_string().chars().take(19).collect();
            done(&format!("/webhooks/{id}?since={}", ui::encoded(&since)), "enabled")
        }
        None => done(&format!("/webhooks/{id}"), "enabled"),
    }
}

/// `POST /webhooks/{id}/disable`.
pub async fn disable(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    webhooks::disable(&app, &posted.visit.caller, &id).await?;
    done(&format!("/webhooks/{id}"), "disabled")
}

/// `POST /webhooks/{id}/delete`.
pub async fn delete(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    webhooks::delete(&app, &posted.visit.caller, &id).await?;
    done("/integrations", "deleted")
}

/// `POST /deliveries/{id}/resend`.
pub async fn resend(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let delivery = attempts::resend(&app, &posted.visit.caller, &id).await?;
    done(&format!("/webhooks/{}#log", delivery.webhook_id), "resent")
}
