//! Sending again: what failed since a time, or a range of events, to one webhook, as jobs with a count, a rate and an end.

use domain::{
    Problem,
    account::Need,
    activity::{Action, Activity, Model},
    event,
    replay::ReplayKind,
};
use engine::replay::{self as jobs, Order, Range};
use serde::Deserialize;
use store::{
    Tx,
    tables::{
        replays::{self as table, Replay},
        webhooks,
    },
};
use utoipa::ToSchema;

use super::{Caller, Items, PageQuery, Result, found, settings::need_on};
use crate::{app::App, time::Time};

mod view;

use view::view;
pub use view::{ReplayView, Replayed};

/// Deliveries a second unless something else is said.
const PER_SECOND: u32 = 50;
/// The most that may be said.
const MOST_PER_SECOND: u32 = 1_000;

/// Send again what failed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoverInput {
    /// From this time on: when the deliveries were made.
    pub since: Time,
    /// Up to this time; absent: now.
    #[serde(default)]
    pub until: Option<Time>,
    /// Deliveries that begin in a second, 1 to 1000; absent: 50.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub per_second: Option<u32>,
    /// Only count.
    #[serde(default)]
    pub dry_run: bool,
}

/// Send a range of events.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayInput {
    /// From this time on: when the events arrived.
    pub since: Time,
    /// Up to this time; absent: now.
    #[serde(default)]
    pub until: Option<Time>,
    /// Only events of this type.
    #[serde(default)]
    pub event_type: Option<String>,
    /// Deliveries that begin in a second, 1 to 1000; absent: 50.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub per_second: Option<u32>,
    /// Only count.
    #[serde(default)]
    pub dry_run: bool,
}

/// What is asked for, whatever its kind.
#[derive(Debug, Clone)]
struct Wanted {
    kind: ReplayKind,
    since: Time,
    until: Option<Time>,
    event_type: String,
    per_second: Option<u32>,
    dry_run: bool,
}

/// Sends again what failed for good or was dropped while the webhook was off, and has not arrived since.
///
/// # Errors
/// 404; 422 naming the field; 409 while the webhook or the workspace's webhooks are off, or it has another job.
pub async fn recover(app: &App, caller: &Caller, webhook_id: &str, input: RecoverInput) -> Result<Replayed> {
    let wanted = Wanted {
        kind: ReplayKind::Recover,
        since: input.since,
        until: input.until,
        event_type: String::new(),
        per_second: input.per_second,
        dry_run: input.dry_run,
    };
    begin(app, caller, webhook_id, wanted).await
}

/// Sends the events of a range that the webhook's patterns, subject and filter select, whatever its trigger rule says.
///
/// # Errors
/// As [`recover`].
pub async fn replay(app: &App, caller: &Caller, webhook_id: &str, input: ReplayInput) -> Result<Replayed> {
    let event_type = input.event_type.filter(|event_type| !event_type.is_empty());
    if let Some(event_type) = &event_type {
        event::check_type("event_type", event_type)?;
    }
    let wanted = Wanted {
        kind: ReplayKind::Replay,
        since: input.since,
        until: input.until,
        event_type: event_type.unwrap_or_default(),
        per_second: input.per_second,
        dry_run: input.dry_run,
    };
    begin(app, caller, webhook_id, wanted).await
}

async fn begin(app: &App, caller: &Caller, webhook_id: &str, wanted: Wanted) -> Result<Replayed> {
    caller.need(if wanted.dry_run { Need::View } else { Need::Edit })?;
    let now = app.now();
    let since = wanted.since.micros();
    // What arrives from now on is sent live.
    let until = wanted.until.map_or(now, |until| until.micros().min(now));
    if since >= until {
        let (field, detail) = if since >= now {
            ("since", "`since` is not in the past")
        } else {
            ("until", "`until` is not after `since`")
        };
        return Err(Problem::invalid(field, detail).hint("a time such as `2026-01-31T12:00:00Z`").into());
    }
    let per_second = wanted.per_second.unwrap_or(PER_SECOND);
    if !(1..=MOST_PER_SECOND).contains(&per_second) {
        return Err(Problem::invalid("per_second", format!("`per_second` is 1 to {MOST_PER_SECOND}")).into());
    }
    let (workspace, id) = (caller.workspace.id.clone(), webhook_id.to_owned());
    let webhook = app.read(move |tx| found("webhook", webhooks::get(tx, &workspace, &id)?)).await?;
    let range = Range::new(&webhook, wanted.kind, since, until, &wanted.event_type);
    let count = jobs::count(&app.engine, &range).await?;
    if wanted.dry_run {
        return Ok(Replayed { count, job: None });
    }
    need_on(&app.engine.rules(&caller.workspace.id).await?.settings)?;
    let order = Order {
        kind: wanted.kind,
        since,
        until,
        event_type: wanted.event_type,
        per_second,
        total: count,
    };
    let caller = caller.shared();
    app.write(move |tx| {
        let webhook = found("webhook", webhooks::get(tx, &caller.workspace.id, &webhook.id)?)?;
        let job = jobs::start(tx, &webhook, order, &caller.user.id, now)?;
        record(tx, &caller, &job, "started", now)?;
        let job = Some(view(tx, job)?);
        Ok(Replayed { count, job })
    })
    .await
}

/// One job.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<ReplayView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        let job = found("replay", table::get(tx, &workspace, &id)?)?;
        view(tx, job)
    })
    .await
}

/// A webhook's jobs, newest first.
///
/// # Errors
/// 404.
pub async fn list(app: &App, caller: &Caller, webhook_id: &str, query: PageQuery) -> Result<Items<ReplayView>> {
    caller.need(Need::View)?;
    let page = query.page()?;
    let (workspace, id) = (caller.workspace.id.clone(), webhook_id.to_owned());
    app.read(move |tx| {
        found("webhook", webhooks::get(tx, &workspace, &id)?)?;
        let listed = table::list_of_webhook(tx, &id, &page)?;
        let items = listed.items.into_iter().map(|job| view(tx, job)).collect::<Result<Vec<_>>>()?;
        Ok(Items { items, next: listed.next })
    })
    .await
}

/// What may be done to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Nothing more is queued; what is queued goes out.
    Pause,
    /// It goes on where it was.
    Resume,
    /// It ends; what is queued is dropped.
    Cancel,
}

/// Pauses, resumes or cancels a job.
///
/// # Errors
/// 404; 409 where the job, its webhook or the workspace's settings do not allow it.
pub async fn control(app: &App, caller: &Caller, id: &str, control: Control) -> Result<ReplayView> {
    caller.need(Need::Edit)?;
    if control == Control::Resume {
        need_on(&app.engine.rules(&caller.workspace.id).await?.settings)?;
    }
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let (workspace, by) = (&caller.workspace.id, &caller.user.name);
        let (job, did) = match control {
            Control::Pause => (jobs::pause(tx, workspace, &id, by)?, "paused"),
            Control::Resume => (jobs::resume(tx, workspace, &id, now)?, "resumed"),
            Control::Cancel => (jobs::cancel(tx, workspace, &id, by, now)?, "cancelled"),
        };
        record(tx, &caller, &job, did, now)?;
        view(tx, job)
    })
    .await
}

fn record(tx: &mut dyn Tx, caller: &Caller, job: &Replay, did: &str, now: domain::Micros) -> Result<()> {
    let name = webhooks::by_id(tx, &job.webhook_id)?
        .map(|webhook| webhook.name)
        .unwrap_or_default();
    let mut activity = Activity::new(
        &caller.user.id,
        &caller.user.name,
        Action::Update,
        Model::Webhook,
        &job.webhook_id,
        &name,
    );
    activity.message = format!("{} {did} a {} to webhook \"{name}\"", caller.user.name, job.kind);
    engine::activity::record(tx, &caller.workspace.id, activity, now)?;
    Ok(())
}
