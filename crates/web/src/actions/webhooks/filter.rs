//! Filters: what may be saved, and trying one on an event before it is.

use domain::{
    Problem,
    account::Need,
    event::{self, Event},
    filter::Filter,
    id, limits,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::tables::events;
use utoipa::ToSchema;

use super::{Caller, Result, found};
use crate::app::App;

/// A filter, and the event to try it on: a stored one, or one that is made up here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterTrial {
    /// A CEL expression over the event.
    #[schema(example = "data.priority > 3")]
    pub filter: String,
    /// A stored event.
    #[serde(default)]
    pub event_id: Option<String>,
    /// The type of one that is made up.
    #[serde(default, rename = "type")]
    pub event_type: Option<String>,
    #[serde(default)]
    pub subject: Option<String>,
    /// Its data, a JSON object.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub data: Option<Box<RawValue>>,
}

/// What a filter says of an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FilterAnswer {
    pub matches: bool,
    /// Why, or why not: `filter: no such key `priority``.
    pub because: String,
}

/// Tries a filter on an event; nothing is stored or sent.
///
/// # Errors
/// 422 at `filter` with line and column, at `data` or `type`, or when there is no event to try it on; 404 for a stored one.
pub async fn check_filter(app: &App, caller: &Caller, trial: FilterTrial) -> Result<FilterAnswer> {
    caller.need(Need::Edit)?;
    let filter = trial.filter.trim().to_owned();
    Filter::compile(&filter)?;
    let event = match (&trial.event_id, &trial.event_type, &trial.data) {
        (Some(id), None, None) => {
            let (workspace, id) = (caller.workspace.id.clone(), id.trim().to_owned());
            app.read(move |tx| found("event", events::get(tx, &workspace, &id)?)).await?
        }
        (None, Some(_), Some(_)) => made_up(app, caller, trial)?,
        (Some(_), ..) => {
            let problem = Problem::invalid("event_id", "`event_id` stands beside `type` or `data`");
            return Err(problem.hint("a stored event, or one that is made up: not both").into());
        }
        (None, event_type, _) => {
            let missing = if event_type.is_none() { "type" } else { "data" };
            let problem = Problem::invalid(missing, "there is no event to try the filter on");
            return Err(problem.hint("give `event_id`, or `type` and `data`").into());
        }
    };
    let said = engine::filters::ask_now(&app.engine, event, vec![filter]).await?;
    let verdict = said.first().ok_or_else(|| Problem::not_found("verdict"))?;
    Ok(FilterAnswer {
        matches: verdict.matches(),
        because: verdict.reason().to_owned(),
    })
}

fn made_up(app: &App, caller: &Caller, trial: FilterTrial) -> Result<Event, Problem> {
    let event_type = trial.event_type.unwrap_or_default();
    event::check_type("type", &event_type)?;
    let data = trial.data.map(|data| Box::<str>::from(data).into_string()).unwrap_or_default();
    if !data.starts_with('{') {
        return Err(Problem::invalid("data", "`data` is not a JSON object").hint("such as `{\"priority\": 4}`"));
    }
    if data.len() > limits::EVENT_BYTES {
        let detail = format!("`data` is larger than {} bytes", limits::EVENT_BYTES);
        return Err(Problem::invalid("data", detail).hint("no event can be that large"));
    }
    let now = app.now();
    Ok(Event {
        id: id::new(id::EVENT, now),
        workspace_id: caller.workspace.id.clone(),
        event_type,
        subject: trial.subject.unwrap_or_default(),
        at: now,
        data,
        import: false,
        hops: 0,
    })
}

/// Whether this may be saved; empty lets every event pass.
///
/// # Errors
/// 422 at `filter`.
pub(super) fn check(filter: &str) -> Result<(), Problem> {
    match filter.trim() {
        "" => Ok(()),
        filter => Filter::compile(filter).map(drop),
    }
}
