//! Enabling, disabling and testing a webhook.

use domain::{
    account::Need,
    activity::{Action, Model},
};
use store::tables::{
    settings,
    webhooks::{self as table, Webhook},
};

use super::{Caller, Result, WebhookView, check, found, view};
use crate::{
    actions::{attempts::DeliveryView, settings::need_tests},
    app::App,
};

/// Enables it; nothing is replayed by itself.
///
/// # Errors
/// 404; 422 when as many of its profile are enabled as may be.
pub async fn enable(app: &App, caller: &Caller, id: &str) -> Result<WebhookView> {
    switch(app, caller, id, None).await
}

/// Disables it; what is queued is dropped.
///
/// # Errors
/// 404.
pub async fn disable(app: &App, caller: &Caller, id: &str) -> Result<WebhookView> {
    let reason = format!("disabled by {}", caller.user.name);
    switch(app, caller, id, Some(reason)).await
}

async fn switch(app: &App, caller: &Caller, id: &str, off: Option<String>) -> Result<WebhookView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        if webhook.enabled == off.is_none() {
            return view(tx, webhook);
        }
        match &off {
            Some(reason) => {
                engine::webhooks::disable(tx, &webhook, reason, now)?;
            }
            None => {
                let on = Webhook {
                    enabled: true,
                    ..webhook.clone()
                };
                check::room(tx, &on)?;
                engine::webhooks::enable(tx, &webhook, now)?;
            }
        }
        caller.did(tx, Action::Update, Model::Webhook, (&webhook.id, &webhook.name), now)?;
        let webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        view(tx, webhook)
    })
    .await
}

/// Sends `test-event`, signed like any other, also while it is disabled; it does not count towards disabling.
///
/// # Errors
/// 404, also while the workspace's settings have no tests; 409 while webhooks are switched off there.
pub async fn test(app: &App, caller: &Caller, id: &str) -> Result<DeliveryView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let webhook = found("webhook", table::get(tx, &caller.workspace.id, &id)?)?;
        need_tests(&settings::of_workspace(tx, &caller.workspace.id)?.0)?;
        let delivery = engine::deliver::test(tx, &webhook, &caller.user.name, now)?;
        Ok(DeliveryView::from(delivery))
    })
    .await
}
