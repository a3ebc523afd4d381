//! Events: published by clients, and everything that happened.

use domain::{Problem, account::Need, delivery::DeliveryKind, event::Event};
use engine::publish::Published;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::tables::{
    deliveries::{self, Delivery},
    events as table,
};
use utoipa::{IntoParams, ToSchema};

use super::{Caller, Items, PageQuery, Result, found};
use crate::{app::App, time::Time};

mod checked;

pub(crate) use checked::check_id;
use checked::{checked, registered};

/// An event as it is stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    pub id: String,
    #[serde(rename = "type")]
    pub event_type: String,
    /// Id of what it is about, or empty.
    pub subject: String,
    pub at: Time,
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
    /// Part of an import: no webhook is called.
    pub import: bool,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            event_type: event.event_type,
            subject: event.subject,
            at: Time(event.at),
            data: RawValue::from_string(event.data).unwrap_or_else(|_| RawValue::NULL.to_owned()),
            import: event.import,
        }
    }
}

/// An event to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventInput {
    /// Lower-case words joined by dots.
    #[serde(rename = "type")]
    #[schema(example = "issue-created")]
    pub event_type: String,
    /// A JSON object.
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
    /// The publisher's own id: publishing it again is harmless.
    #[serde(default)]
    pub id: Option<String>,
    /// When it happened; now, if absent.
    #[serde(default)]
    pub at: Option<Time>,
    /// Id of what it is about.
    #[serde(default)]
    pub subject: Option<String>,
    /// Part of an import: no webhook is called.
    #[serde(default)]
    pub import: bool,
}

/// What became of a published event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublishedView {
    pub id: String,
    /// Deliveries that it made. In a batch, 0 for a repeat whose deliveries could not be counted just then.
    pub deliveries: usize,
    /// It was published before; nothing happened now, and the answer is the same as then.
    #[serde(skip)]
    pub repeat: bool,
}

/// An answer for one event of a batch, in its order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum BatchAnswer {
    /// It is stored.
    Accepted(PublishedView),
    /// It is not.
    Refused {
        #[schema(value_type = crate::schema::Problem)]
        problem: Problem,
    },
}

/// Which events.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Only of this type.
    #[serde(rename = "type")]
    pub event_type: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    pub before: Option<String>,
}

/// Publishes one event; returns after the commit. A repeat with the same `key` (idempotency key) or the same id of its own
/// is harmless, also when only one of them came along the first time.
///
/// # Errors
/// 422 naming the field; 409 when its key or id was used for another event.
pub async fn publish(app: &App, caller: &Caller, input: EventInput, key: Option<&str>, hops: i64) -> Result<PublishedView> {
    caller.need(Need::Publish)?;
    let mut event = vec![checked(caller, input, key, hops, app.now())];
    registered(app, caller, &mut event).await?;
    match event.pop() {
        Some(event) => {
            let mut published = app.engine.publish(event?).await?;
            if published.repeat {
                published.deliveries = made_then(app, vec![published.event_id.clone()]).await?.into_iter().sum();
            }
            Ok(PublishedView::from(published))
        }
        None => Err(Problem::malformed("there is no event").into()),
    }
}

/// Publishes many in one transaction and answers for each. An item that could not be read
/// (`Err`) keeps its place.
///
/// # Errors
/// The store's; what is wrong with one item is in its answer.
pub async fn publish_batch(app: &App, caller: &Caller, items: Vec<Result<EventInput, Problem>>, hops: i64) -> Result<Vec<BatchAnswer>> {
    caller.need(Need::Publish)?;
    let now = app.now();
    let mut checked: Vec<_> = items
        .into_iter()
        .map(|item| item.and_then(|input| checked::checked(caller, input, None, hops, now)))
        .collect();
    registered(app, caller, &mut checked).await?;
    let (mut events, mut places) = (Vec::new(), Vec::new());
    for (at, item) in checked.into_iter().enumerate() {
        places.push(item.map(|event| events.push(event)).map_err(|problem| placed(problem, at)));
    }
    let mut published = app.engine.publish_each(events).await?;
    count_repeats(app, &mut published).await;
    let mut published = published.into_iter();
    let mut answers = Vec::with_capacity(places.len());
    for (at, place) in places.into_iter().enumerate() {
        let mut stored = || published.next().unwrap_or_else(|| Err(Problem::conflict("it was not stored")));
        let outcome = place.and_then(|()| stored().map_err(|problem| placed(problem, at)));
        answers.push(match outcome {
            Ok(published) => BatchAnswer::Accepted(published.into()),
            Err(problem) => BatchAnswer::Refused { problem },
        });
    }
    Ok(answers)
}

/// Names the item that a problem is of.
fn placed(mut problem: Problem, at: usize) -> Problem {
    problem.field = Some(problem.field.map_or_else(|| format!("[{at}]"), |field| format!("[{at}].{field}")));
    problem
}

impl From<Published> for PublishedView {
    fn from(published: Published) -> Self {
        Self {
            id: published.event_id,
            deliveries: published.deliveries,
            repeat: published.repeat,
        }
    }
}

/// Gives the repeats of a batch their counts. The batch is stored by now, so an error here must not make it look refused:
/// whoever sends it again would double the events without an id. The counts stay 0 then.
async fn count_repeats(app: &App, published: &mut [Result<Published, Problem>]) {
    let mut repeats: Vec<&mut Published> = published.iter_mut().flatten().filter(|published| published.repeat).collect();
    if repeats.is_empty() {
        return;
    }
    let ids = repeats.iter().map(|published| published.event_id.clone()).collect();
    match made_then(app, ids).await {
        Ok(counts) => repeats
            .iter_mut()
            .zip(counts)
            .for_each(|(published, count)| published.deliveries = count),
        Err(error) => tracing::warn!(?error, "the deliveries of repeated events were not counted"),
    }
}

/// The answer of a repeat is that of the first time: how many deliveries each event made then.
async fn made_then(app: &App, events: Vec<String>) -> Result<Vec<usize>> {
    app.read(move |tx| {
        let mut counts = Vec::with_capacity(events.len());
        for event in &events {
            counts.push(deliveries::of_event(tx, event)?.iter().filter(|delivery| was_due(delivery)).count());
        }
        Ok(counts)
    })
    .await
}

/// Those that are dropped from the start end when they begin.
fn was_due(delivery: &Delivery) -> bool {
    delivery.kind == DeliveryKind::Event && delivery.finished_at != Some(delivery.created_at)
}

/// Events of the workspace.
///
/// # Errors
/// 422 for a wrong cursor.
pub async fn list(app: &App, caller: &Caller, query: EventQuery) -> Result<Items<EventView>> {
    caller.need(Need::View)?;
    let page = PageQuery {
        limit: query.limit,
        before: query.before,
    }
    .page()?;
    let workspace = caller.workspace.id.clone();
    let event_type = query.event_type.filter(|text| !text.is_empty());
    app.read(move |tx| {
        Ok(Items::of(
            table::list(tx, &workspace, event_type.as_deref(), &page)?,
            EventView::from,
        ))
    })
    .await
}

/// One event.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<EventView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| found("event", table::get(tx, &workspace, &id)?.map(EventView::from)))
        .await
}
