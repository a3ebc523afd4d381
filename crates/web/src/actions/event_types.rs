//! The registry of event types: what webhooks of profile `testmonitor` may choose from, and, if the workspace says so, what
//! may be published at all.

use domain::{Micros, Problem, account::Need, event::types, profile::Profile, settings::UnregisteredEvents};
use serde::{Deserialize, Serialize};
use store::{
    Signal, Tx,
    tables::event_types::{self as table, EventType},
};
use utoipa::ToSchema;

use super::{Caller, Items, Result, check_version, found, settings::record};
use crate::{app::App, time::Time};

/// A registered event type.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventTypeView {
    #[serde(rename = "type")]
    #[schema(example = "issue-created")]
    pub event_type: String,
    pub description: String,
    pub created_at: Time,
    #[serde(skip)]
    pub version: i64,
}

impl From<EventType> for EventTypeView {
    fn from(registered: EventType) -> Self {
        Self {
            event_type: registered.event_type,
            description: registered.description,
            created_at: Time(registered.created_at),
            version: registered.version,
        }
    }
}

/// An event type to register.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTypeInput {
    /// Lower-case words joined by dots.
    #[serde(rename = "type")]
    #[schema(example = "issue-closed")]
    pub event_type: String,
    /// What it tells of.
    #[serde(default)]
    pub description: String,
}

/// A change of a registered type.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTypeChange {
    pub description: String,
}

/// All event types of the workspace, by name.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<EventTypeView>> {
    caller.need(Need::View)?;
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| {
        let all = table::list(tx, &workspace)?;
        Ok(Items::all(all.into_iter().map(EventTypeView::from).collect()))
    })
    .await
}

/// One registered type.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, event_type: &str) -> Result<EventTypeView> {
    caller.need(Need::View)?;
    let (workspace, which) = (caller.workspace.id.clone(), event_type.to_owned());
    app.read(move |tx| found("event type", table::get(tx, &workspace, &which)?.map(EventTypeView::from)))
        .await
}

/// Registers a type.
///
/// # Errors
/// 409 if it is registered; 422 naming the field.
pub async fn create(app: &App, caller: &Caller, input: EventTypeInput) -> Result<EventTypeView> {
    caller.need(Need::Administer)?;
    let description = input.description.trim().to_owned();
    types::check(&input.event_type, &description)?;
    let new = EventType {
        event_type: input.event_type,
        description,
        version: 1,
        created_at: app.now(),
    };
    change(app, caller, move |tx, workspace_id| {
        if table::list(tx, workspace_id)?.len() >= types::MOST {
            return Err(Problem::invalid("type", format!("a workspace has at most {} event types", types::MOST)).into());
        }
        if !table::insert(tx, workspace_id, &new)? {
            return Err(Problem::conflict(format!("`{}` is registered already", new.event_type))
                .at("type")
                .into());
        }
        let said = format!("registered the event type `{}`", new.event_type);
        Ok((EventTypeView::from(new), said))
    })
    .await
}

/// Changes a type's description.
///
/// # Errors
/// 404; 412 when `expected` (If-Match) is not its version; 422.
pub async fn update(
    app: &App,
    caller: &Caller,
    event_type: &str,
    input: EventTypeChange,
    expected: Option<String>,
) -> Result<EventTypeView> {
    caller.need(Need::Administer)?;
    let (which, description) = (event_type.to_owned(), input.description.trim().to_owned());
    change(app, caller, move |tx, workspace_id| {
        let before = found("event type", table::get(tx, workspace_id, &which)?)?;
        types::check(&which, &description)?;
        check_version(expected.as_deref(), before.version)?;
        table::describe(tx, workspace_id, &which, &description)?;
        let after = found("event type", table::get(tx, workspace_id, &which)?)?;
        Ok((EventTypeView::from(after), format!("described the event type `{which}`")))
    })
    .await
}

/// Removes a type.
///
/// # Errors
/// 404; 409 while webhooks are subscribed to it, naming them.
pub async fn delete(app: &App, caller: &Caller, event_type: &str) -> Result<()> {
    caller.need(Need::Administer)?;
    let which = event_type.to_owned();
    change(app, caller, move |tx, workspace_id| {
        found("event type", table::get(tx, workspace_id, &which)?)?;
        let users = table::used_by(tx, workspace_id, &which)?;
        if !users.is_empty() {
            let names: Vec<String> = users.iter().map(|name| format!("`{name}`")).collect();
            return Err(Problem::conflict(format!("`{which}` is used by the webhooks {}", names.join(", ")))
                .hint("take it out of their events first")
                .into());
        }
        table::delete(tx, workspace_id, &which)?;
        Ok(((), format!("removed the event type `{which}`")))
    })
    .await
}

/// A change of the registry with its activity.
async fn change<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    closure: impl FnOnce(&mut dyn Tx, &str) -> Result<(T, String)> + Send + 'static,
) -> Result<T> {
    let (caller, now): (_, Micros) = (caller.shared(), app.now());
    app.write(move |tx| {
        table::lock(tx, &caller.workspace.id)?;
        let (changed, said) = closure(tx, &caller.workspace.id)?;
        record(tx, &caller, &said, now)?;
        tx.signal(Signal::changed(&caller.workspace.id, "event_type"));
        Ok(changed)
    })
    .await
}

/// Holds the events of a webhook of profile `testmonitor` against the registry; other profiles take any pattern.
pub(super) fn check_subscribed(tx: &mut dyn Tx, workspace_id: &str, profile: Profile, events: &[String]) -> Result<()> {
    if profile != Profile::Testmonitor {
        return Ok(());
    }
    table::lock(tx, workspace_id)?;
    let registered = names(tx, workspace_id)?;
    for (at, event) in events.iter().enumerate() {
        types::check_known(&format!("events[{at}]"), event, &registered)?;
    }
    Ok(())
}

/// The registered types, if the workspace refuses to publish others; `None` while it accepts any, which costs no query.
pub(super) async fn publishable(app: &App, caller: &Caller) -> Result<Option<Vec<String>>> {
    let rules = app.engine.rules(&caller.workspace.id).await?;
    if rules.settings.unregistered_events == UnregisteredEvents::Accept {
        return Ok(None);
    }
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| Ok(Some(names(tx, &workspace)?))).await
}

fn names(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<String>> {
    Ok(table::list(tx, workspace_id)?
        .into_iter()
        .map(|registered| registered.event_type)
        .collect())
}
