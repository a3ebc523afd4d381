//! Switching a webhook on and off, by hand or because its receiver wants or answers no more, and deleting it.

use domain::{Micros, event, settings};
use serde_json::json;
use store::{
    Result, Signal, Tx,
    tables::{
        deliveries,
        webhooks::{self, Webhook},
    },
};

use crate::{
    notify::{Desk, News},
    publish::{self, NewEvent},
    replay,
};

/// Deliveries that are dropped in the transaction that switches a webhook off. The sweep stage drops the rest in small steps.
const AT_ONCE: usize = 200;

/// Switches it off by hand: what waits is dropped, nothing of it comes back by itself. Returns how many deliveries were
/// dropped at once; `None` if it was off already.
pub fn disable(tx: &mut dyn Tx, webhook: &Webhook, reason: &str, now: Micros) -> Result<Option<u64>> {
    if !webhooks::set_enabled(tx, &webhook.id, false, Some(reason), now)? {
        return Ok(None);
    }
    replay::pause_with_webhook(tx, &webhook.id, &format!("the webhook was disabled: {reason}"))?;
    let dropped = drop_waiting(tx, &webhook.id, &format!("disabled: {reason}"), AT_ONCE, now)?;
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

/// Deletes it: nobody sees it any more, nothing of it goes out, and the sweep stage removes its log and its queue. Returns
/// whether it was there.
pub fn delete(tx: &mut dyn Tx, webhook: &Webhook, now: Micros) -> Result<bool> {
    if !webhooks::mark_deleted(tx, &webhook.workspace_id, &webhook.id, now)? {
        return Ok(false);
    }
    announce(tx, webhook);
    tx.signal(Signal::Sweep);
    Ok(true)
}

/// After a workspace's settings changed: the lanes of its webhooks learn of it. While webhooks are switched off there, what
/// waits is dropped, replays pause, and nothing of it comes back by itself. Returns how many deliveries that were.
pub fn heed_settings(tx: &mut dyn Tx, workspace_id: &str, on: bool, now: Micros) -> Result<u64> {
    let reason = format!("disabled: {}", settings::SWITCHED_OFF);
    let ids: Vec<String> = webhooks::list(tx, workspace_id)?.into_iter().map(|webhook| webhook.id).collect();
    let mut dropped = 0;
    for id in ids.iter().filter(|_| !on) {
        replay::pause_with_webhook(tx, id, settings::SWITCHED_OFF)?;
        dropped += drop_waiting(tx, id, &reason, AT_ONCE, now)?;
    }
    tx.signal(Signal::Deliveries(ids));
    tx.signal(Signal::Replays);
    tx.signal(Signal::changed(workspace_id, "webhook"));
    Ok(dropped)
}

/// Drops what waits for a webhook: at most `at_once` now, the rest in small steps. Nothing of it goes out any more.
fn drop_waiting(tx: &mut dyn Tx, id: &str, reason: &str, at_once: usize, now: Micros) -> Result<u64> {
    let dropped = deliveries::drop_pending(tx, id, Micros::MAX, reason, now, at_once)?;
    if dropped >= at_once as u64 {
        webhooks::drop_waiting(tx, id, now, reason)?;
        tx.signal(Signal::Sweep);
    }
    Ok(dropped)
}

/// Switches it off because of what its receiver answered, and leaves a notice.
pub(crate) fn switch_off(tx: &mut dyn Tx, desk: &Desk, webhook: &Webhook, reason: &str, now: Micros) -> Result<()> {
    let Some(dropped) = disable(tx, webhook, reason, now)? else {
        return Ok(());
    };
    let what = match dropped {
        dropped if dropped < AT_ONCE as u64 => format!("{dropped} waiting deliveries were dropped"),
        _ => "All waiting deliveries are dropped".to_owned(),
    };
    let text = format!("The webhook \"{}\" was switched off: {reason}. {what}.", webhook.name);
    let news = News {
        workspace_id: &webhook.workspace_id,
        kind: "webhook_disabled",
        title: format!("The webhook \"{}\" was switched off", webhook.name),
        link: format!("/webhooks/{}", webhook.id),
    };
    desk.leave(tx, &news, text, now)
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

/// The lane learns the new terms, its replay pauses, the pages reload.
fn announce(tx: &mut dyn Tx, webhook: &Webhook) {
    tx.signal(Signal::Replays);
    tx.signal(Signal::Deliveries(vec![webhook.id.clone()]));
    tx.signal(Signal::changed(&*webhook.workspace_id, "webhook"));
}
