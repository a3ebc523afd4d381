//! Monitors: a collection, an environment, a schedule, options. They make runs by themselves.

use domain::{
    Micros, Problem,
    account::Need,
    activity::{Action, Model},
    id, limits,
    run::RunType,
};
use store::{
    Signal, Tx,
    tables::{
        collections, environments,
        monitors::{self as table, Monitor},
        webhooks,
    },
};

use super::{Caller, Items, Result, check_version, found, runs::RunView};
use crate::app::App;

mod input;
mod view;

pub use input::{MonitorInput, MonitorPatch};
use view::view;
pub(crate) use view::views;
pub use view::{MissedView, MonitorView};

/// Spans of missed due times that are shown.
const MISSED_SHOWN: usize = 100;

/// Every monitor of the workspace, by name.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<MonitorView>> {
    caller.need(Need::View)?;
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| Ok(Items::all(views(tx, &workspace)?))).await
}

/// One monitor.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<MonitorView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        let monitor = found("monitor", table::get(tx, &workspace, &id)?)?;
        view(tx, monitor)
    })
    .await
}

/// The newest due times at which no run was started.
///
/// # Errors
/// 404.
pub async fn missed(app: &App, caller: &Caller, id: &str) -> Result<Items<MissedView>> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        found("monitor", table::get(tx, &workspace, &id)?)?;
        let rows = table::missed(tx, &id, MISSED_SHOWN)?;
        Ok(Items::all(rows.into_iter().map(MissedView::from).collect()))
    })
    .await
}

/// Creates a monitor. It is due for the first time at the schedule's next slot.
///
/// # Errors
/// 422 naming the field; also for a collection or environment of another workspace.
pub async fn create(app: &App, caller: &Caller, input: MonitorInput) -> Result<MonitorView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let entity_id = id::entity(now);
    let monitor = Monitor {
        uid: id::uid(&caller.user.id, &entity_id),
        workspace_id: caller.workspace.id.clone(),
        name: input.name.trim().to_owned(),
        collection_id: input.collection_id,
        environment_id: input.environment_id.filter(|id| !id.is_empty()),
        owner_id: caller.user.id.clone(),
        schedule: input.schedule,
        options: input.options,
        tags: input.tags,
        active: input.active,
        next_due_at: None,
        series: id::entity(now),
        sequence: 0,
        last_run_id: None,
        last_status: None,
        last_finished_at: None,
        created_at: now,
        updated_at: now,
        id: entity_id,
    };
    let caller = caller.shared();
    app.write(move |tx| {
        let monitor = checked(tx, monitor, now)?;
        table::insert(tx, &monitor)?;
        record(tx, &caller, &monitor, Action::Create, now)?;
        announce(tx, &monitor);
        view(tx, monitor)
    })
    .await
}

/// Changes a monitor.
///
/// # Errors
/// 404; 412 when `expected` (If-Match) is not its version; 422 naming the field.
pub async fn update(app: &App, caller: &Caller, id: &str, patch: MonitorPatch, expected: Option<String>) -> Result<MonitorView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        engine::run::lock(tx, &id)?;
        let before = found("monitor", table::get(tx, &caller.workspace.id, &id)?)?;
        check_version(expected.as_deref(), before.updated_at)?;
        let mut monitor = before.clone();
        apply(&mut monitor, patch);
        // The time doubles as the version, so two changes never share one.
        monitor.updated_at = now.max(before.updated_at + 1);
        if monitor.schedule != before.schedule || monitor.active != before.active {
            monitor.next_due_at = None;
        }
        let monitor = checked(tx, monitor, now)?;
        table::update(tx, &monitor)?;
        record(tx, &caller, &monitor, Action::Update, now)?;
        announce(tx, &monitor);
        view(tx, monitor)
    })
    .await
}

fn apply(monitor: &mut Monitor, patch: MonitorPatch) {
    if let Some(name) = patch.name {
        name.trim().clone_into(&mut monitor.name);
    }
    if let Some(id) = patch.collection_id {
        monitor.collection_id = id;
    }
    if let Some(id) = patch.environment_id {
        monitor.environment_id = id.filter(|id| !id.is_empty());
    }
    if let Some(schedule) = patch.schedule {
        monitor.schedule = schedule;
    }
    if let Some(options) = patch.options {
        monitor.options = options;
    }
    if let Some(tags) = patch.tags {
        monitor.tags = tags;
    }
    if let Some(active) = patch.active {
        monitor.active = active;
    }
}

/// Stops the schedule; runs stay.
///
/// # Errors
/// 404.
pub async fn pause(app: &App, caller: &Caller, id: &str) -> Result<MonitorView> {
    update(
        app,
        caller,
        id,
        MonitorPatch {
            active: Some(false),
            ..MonitorPatch::default()
        },
        None,
    )
    .await
}

/// Starts the schedule again, from its next slot.
///
/// # Errors
/// 404.
pub async fn resume(app: &App, caller: &Caller, id: &str) -> Result<MonitorView> {
    update(
        app,
        caller,
        id,
        MonitorPatch {
            active: Some(true),
            ..MonitorPatch::default()
        },
        None,
    )
    .await
}

/// Queues a run now.
///
/// # Errors
/// 404; 409 while one of its runs is not finished.
pub async fn run_now(app: &App, caller: &Caller, id: &str) -> Result<RunView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let monitor = found("monitor", table::get(tx, &caller.workspace.id, &id)?)?;
        let run = engine::run::enqueue(tx, &monitor, RunType::Manual, Some(&caller.user.id), None, now)?;
        Ok(RunView::from(run))
    })
    .await
}

/// Deletes a monitor with its runs. Webhooks that heard of it alone are disabled.
///
/// # Errors
/// 404.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let now = app.now();
    // Its runs first, in small steps, then the monitor: a long history must hold nobody up.
    get(app, caller, id).await?;
    engine::run::empty(&app.store, id).await?;
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        engine::run::lock(tx, &id)?;
        let monitor = found("monitor", table::get(tx, &caller.workspace.id, &id)?)?;
        record(tx, &caller, &monitor, Action::Delete, now)?;
        // They stay, with their logs; but none may come to hear of other monitors instead.
        let reason = format!("the monitor `{}` was deleted", monitor.name);
        for webhook in webhooks::list(tx, &caller.workspace.id)? {
            if webhook.subject == monitor.id {
                engine::webhooks::disable(tx, &webhook, &reason, now)?;
            }
        }
        table::delete(tx, &caller.workspace.id, &monitor.id)?;
        tx.signal(Signal::Schedule);
        tx.signal(Signal::changed(&caller.workspace.id, "monitor"));
        Ok(())
    })
    .await
}

/// Checks every field and sets the due time that follows.
fn checked(tx: &mut dyn Tx, mut monitor: Monitor, now: Micros) -> Result<Monitor> {
    limits::check_name("name", &monitor.name)?;
    monitor.schedule.check()?;
    monitor.options.check()?;
    check_tags(&monitor.tags)?;
    if collections::get(tx, &monitor.workspace_id, &monitor.collection_id)?.is_none() {
        return Err(missing("collection_id", "collection", &monitor.collection_id).into());
    }
    if let Some(environment) = &monitor.environment_id
        && environments::get(tx, &monitor.workspace_id, environment)?.is_none()
    {
        return Err(missing("environment_id", "environment", environment).into());
    }
    if monitor.active && monitor.next_due_at.is_none() {
        monitor.next_due_at = Some(engine::schedule::first_due(&monitor.id, &monitor.schedule, now)?);
    }
    if !monitor.active {
        monitor.next_due_at = None;
    }
    Ok(monitor)
}

fn missing(field: &str, what: &str, id: &str) -> Problem {
    Problem::invalid(field, format!("this workspace has no {what} `{id}`"))
}

fn check_tags(tags: &[String]) -> Result<(), Problem> {
    if tags.len() > 20 {
        return Err(Problem::invalid("tags", "at most 20 tags"));
    }
    tags.iter()
        .enumerate()
        .try_for_each(|(at, tag)| limits::check_name(&format!("tags[{at}]"), tag))
}

fn record(tx: &mut dyn Tx, caller: &Caller, monitor: &Monitor, action: Action, now: Micros) -> Result<()> {
    caller.did(tx, action, Model::Monitor, (&monitor.uid, &monitor.name), now)
}

fn announce(tx: &mut dyn Tx, monitor: &Monitor) {
    tx.signal(Signal::Schedule);
    tx.signal(Signal::changed(&monitor.workspace_id, "monitor"));
}
