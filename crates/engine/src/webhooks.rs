//! Switching a webhook on and off, by hand or because its receiver wants or answers no more.

use domain::{Micros, event};
use serde_json::json;
use store::{
    Result, Signal, Store, Tx,
    tables::{
        attempts, deliveries,
        webhooks::{self, Webhook},
    },
};

use crate::{
    notify,
    publish::{self, NewEvent},
};

/// Rows of one kind that are deleted in one transaction.
const STEP: usize = 200;

/// Switches it off by hand: what waits is dropped, nothing of it comes back by itself. Returns how many deliveries that
/// were; `None` if it was off already.
pub fn disable(tx: &mut dyn Tx, webhook: &Webhook, reason: &str, now: Micros) -> Result<Option<u64>> {
    if !webhooks::set_enabled(tx, &webhook.id, false, Some(reason), now)? {
        return Ok(None);
    }
    let dropped = deliveries::drop_pending(tx, &webhook.id, &format!("disabled: {reason}"), now)?;
    publish_switch(tx, webhook, event::WEBHOOK_DISABLED, Some(reason), now)?;
    announce(tx, webhook);
    Ok(Some(dropped))
}

/// Switches it on; its failures are forgotten, and so is what its trigger rule knew: while it was off, nobody told it how the
/// failing went on. Returns whether it was off.
pub fn enable(tx: &mut dyn Tx, webhook: &Webhook, now: Micros) -> Result<bool> {
    webhooks::lock(tx, &webhook.id)?;
    if !webhooks::set_enabled(tx, &webhook.id, true, None, now)? {
        return Ok(false);
    }
    webhooks::forget_trigger_states(tx, &webhook.id)?;
    publish_switch(tx, webhook, event::WEBHOOK_ENABLED, None, now)?;
    announce(tx, webhook);
    Ok(true)
}

/// Deletes its deliveries and its log in small steps, so that nothing waits long for it: for a webhook that is off and about to
/// be deleted. What comes in meanwhile goes with the webhook itself.
///
/// # Errors
/// The store's: a part may be gone, and the same call goes on.
pub async fn empty(store: &Store, webhook_id: &str) -> Result<()> {
    loop {
        let id = webhook_id.to_owned();
        let step =
            move |tx: &mut dyn Tx| Ok::<_, store::Error>(attempts::delete_some(tx, &id, STEP)? + deliveries::delete_some(tx, &id, STEP)?);
        if store.write(step).await? == 0 {
            return Ok(());
        }
    }
}

/// Switches it off because of what its receiver answered, and leaves a notice.
pub(crate) fn switch_off(tx: &mut dyn Tx, webhook: &Webhook, reason: &str, now: Micros) -> Result<()> {
    let Some(dropped) = disable(tx, webhook, reason, now)? else {
        return Ok(());
    };
    let text = format!(
        "The webhook \"{}\" was switched off: {reason}. {dropped} waiting deliveries were dropped.",
        webhook.name
    );
    notify::leave(
        tx,
        &webhook.workspace_id,
        "webhook_disabled",
        text,
        format!("/webhooks/{}", webhook.id),
        now,
    )
}

fn publish_switch(tx: &mut dyn Tx, webhook: &Webhook, event_type: &str, reason: Option<&str>, now: Micros) -> Result<()> {
    let data = json!({
        "webhook_id": webhook.id,
        "webhook_name": webhook.name,
        "profile": webhook.profile,
        "reason": reason,
    });
    let event = NewEvent::internal(&webhook.workspace_id, event_type, &webhook.id, now, data.to_string());
    publish::internal(tx, &[event], now)
}

/// The lane learns the new terms, the pages reload.
fn announce(tx: &mut dyn Tx, webhook: &Webhook) {
    tx.signal(Signal::Deliveries(vec![webhook.id.clone()]));
    tx.signal(Signal::changed(&*webhook.workspace_id, "webhook"));
}
