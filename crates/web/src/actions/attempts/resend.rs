//! Sending one delivery's event again.

use domain::{Problem, account::Need, delivery::DeliveryState};
use store::tables::{deliveries, events, webhooks};

use super::{Caller, DeliveryView, Result};
use crate::{
    actions::{found, settings},
    app::App,
};

/// Sends a delivery's event again, as a delivery of its own with the same message id.
///
/// # Errors
/// 404; 409 while it is pending or its webhook disabled, and when its event is gone.
pub async fn resend(app: &App, caller: &Caller, delivery_id: &str) -> Result<DeliveryView> {
    caller.need(Need::Edit)?;
    settings::need_on(&app.engine.rules(&caller.workspace.id).await?.settings)?;
    let now = app.now();
    let (workspace, delivery_id) = (caller.workspace.id.clone(), delivery_id.to_owned());
    app.write(move |tx| {
        let delivery = found("delivery", deliveries::get(tx, &workspace, &delivery_id)?)?;
        if delivery.state == DeliveryState::Pending {
            return Err(Problem::conflict("the delivery is pending: it is going to be sent anyway").into());
        }
        let webhook = found("webhook", webhooks::get(tx, &workspace, &delivery.webhook_id)?)?;
        if !webhook.enabled {
            return Err(Problem::conflict("the webhook is disabled").hint("enable it first").into());
        }
        if events::get(tx, &workspace, &delivery.event_id)?.is_none() {
            return Err(Problem::conflict("its event was deleted at the end of its retention").into());
        }
        Ok(DeliveryView::from(engine::deliver::resend(tx, &delivery, now)?))
    })
    .await
}
