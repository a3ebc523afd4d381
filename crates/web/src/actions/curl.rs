//! A delivery's request as a command for the shell.

use domain::{
    Problem,
    account::Need,
    activity::{Action, Activity, Model},
};
use store::tables::{deliveries, events, sources, webhooks};

use super::{ActionError, Caller, Result, found};
use crate::app::App;

/// The request of a delivery, freshly signed, as a `curl` command. It holds the webhook's secrets, so it is for those who may
/// change the webhook, and is recorded.
///
/// # Errors
/// 404, also when the event is not kept any more; 409 when it cannot be built.
pub async fn curl(app: &App, caller: &Caller, delivery_id: &str) -> Result<String> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id, engine) = (caller.shared(), delivery_id.to_owned(), app.engine.clone());
    let (workspace, delivery_id) = (caller.workspace.id.clone(), id.clone());
    let (delivery, event, webhook, source) = app
        .read(move |tx| {
            let delivery = found("delivery", deliveries::get(tx, &workspace, &delivery_id)?)?;
            let webhook = found("webhook", webhooks::get(tx, &workspace, &delivery.webhook_id)?)?;
            let gone = || Problem::not_found("event").hint("it was deleted at the end of its retention");
            let event = events::get(tx, &workspace, &delivery.event_id)?.ok_or_else(gone)?;
            let source = match &webhook.source_id {
                Some(source_id) => sources::by_id(tx, source_id)?,
                None => None,
            };
            Ok::<_, ActionError>((delivery, event, webhook, source))
        })
        .await?;
    let command = engine::deliver::curl(&engine, &webhook, source.as_ref(), delivery, event, now)?;
    app.write(move |tx| {
        let user = &caller.user;
        let mut activity = Activity::new(&user.id, &user.name, Action::Share, Model::Webhook, &webhook.id, &webhook.name);
        activity.message = format!(
            "{} copied a request of webhook \"{}\" with its secrets (`{id}`)",
            user.name, webhook.name
        );
        engine::activity::record(tx, &caller.workspace.id, activity, now)?;
        Ok::<_, ActionError>(())
    })
    .await?;
    Ok(command)
}
