//! Incidents: what is failing, since when, why, and who is on it.

use std::collections::HashMap;

use domain::{
    Problem,
    account::Need,
    activity::{Action, Model},
    incident::{ByHand, IncidentState},
    observation::Cause,
};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    tables::{
        incidents::{self as table, Entry, Incident},
        receipts, sources,
    },
};
use utoipa::{IntoParams, ToSchema};

use super::{Caller, Items, PageQuery, Result, found, receipts::ReceiptDetail};
use crate::{app::App, schema, time::Time};

/// Receipts shown with an incident.
const RECEIPTS_SHOWN: usize = 50;

/// One failing monitor's incident.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentView {
    pub id: String,
    /// 1, 2, 3 … in the workspace.
    pub number: i64,
    pub source_id: String,
    pub source_name: String,
    /// The monitor's uid.
    pub key: String,
    /// The monitor's newest name.
    pub title: String,
    #[schema(value_type = schema::IncidentState)]
    pub state: IncidentState,
    /// Failures counted.
    pub failures: i64,
    #[schema(value_type = schema::Cause)]
    pub cause: Cause,
    pub opened_at: Time,
    pub last_failure_at: Time,
    pub acknowledged_at: Option<Time>,
    pub acknowledged_by: Option<String>,
    pub resolved_at: Option<Time>,
    /// Who resolved it; absent when the first good run did.
    pub resolved_by: Option<String>,
    /// The incident of this monitor before it.
    pub previous_id: Option<String>,
}

impl IncidentView {
    fn of(incident: Incident, source_name: String) -> Self {
        Self {
            id: incident.id,
            number: incident.number,
            source_id: incident.source_id,
            source_name,
            key: incident.key,
            title: incident.title,
            state: incident.state,
            failures: incident.failures,
            cause: incident.cause,
            opened_at: Time(incident.opened_at),
            last_failure_at: Time(incident.last_failure_at),
            acknowledged_at: Time::option(incident.acknowledged_at),
            acknowledged_by: incident.acknowledged_by,
            resolved_at: Time::option(incident.resolved_at),
            resolved_by: incident.resolved_by,
            previous_id: incident.previous_id,
        }
    }
}

/// One line of an incident's timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryView {
    pub id: String,
    pub at: Time,
    /// `opened`, `updated`, `acknowledged`, `resolved`, `reopened`, `note` …
    pub kind: String,
    /// Empty when a receipt did it.
    pub user_name: String,
    pub receipt_id: Option<String>,
    pub text: String,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            at: Time(entry.at),
            kind: entry.kind,
            user_name: entry.user_name,
            receipt_id: entry.receipt_id,
            text: entry.text,
        }
    }
}

/// An incident with its timeline and the newest receipts that touched it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentDetail {
    #[serde(flatten)]
    pub incident: IncidentView,
    /// Oldest first.
    pub timeline: Vec<EntryView>,
    /// Newest first.
    pub receipts: Vec<ReceiptDetail>,
}

/// Which incidents.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IncidentQuery {
    /// States joined by commas; all if absent.
    #[param(example = "open,acknowledged")]
    pub state: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    pub before: Option<String>,
}

/// Something to say, if anything.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NoteInput {
    pub note: Option<String>,
}

/// Incidents of the workspace.
///
/// # Errors
/// 422 for an unknown state or a wrong cursor.
pub async fn list(app: &App, caller: &Caller, query: IncidentQuery) -> Result<Items<IncidentView>> {
    caller.need(Need::View)?;
    let page = PageQuery {
        limit: query.limit,
        before: query.before,
    }
    .page()?;
    let states = query.state.filter(|text| !text.is_empty()).map(|text| states(&text)).transpose()?;
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| {
        let names: HashMap<String, String> = sources::list(tx, &workspace)?.into_iter().map(|s| (s.id, s.name)).collect();
        let listed = table::list(tx, &workspace, states.as_deref(), &page)?;
        Ok(Items::of(listed, |incident| {
            let name = names.get(&incident.source_id).cloned().unwrap_or_default();
            IncidentView::of(incident, name)
        }))
    })
    .await
}

fn states(text: &str) -> Result<Vec<IncidentState>, Problem> {
    let parse = |word: &str| {
        IncidentState::parse(word.trim()).ok_or_else(|| {
            Problem::invalid("state", format!("`{word}` is no state of an incident"))
                .hint("`open`, `acknowledged`, `resolved`, joined by commas")
        })
    };
    text.split(',').map(parse).collect()
}

/// One incident with its timeline.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<IncidentDetail> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| {
        let incident = found("incident", table::get(tx, &workspace, &id)?)?;
        let timeline = table::entries(tx, &id)?.into_iter().map(EntryView::from).collect();
        let receipts = receipts::of_incident(tx, &incident.source_id, &id, RECEIPTS_SHOWN)?;
        let receipts = receipts.into_iter().map(ReceiptDetail::from).collect();
        Ok(IncidentDetail {
            incident: view(tx, incident)?,
            timeline,
            receipts,
        })
    })
    .await
}

fn view(tx: &mut dyn Tx, incident: Incident) -> Result<IncidentView> {
    let source = sources::get(tx, &incident.workspace_id, &incident.source_id)?;
    Ok(IncidentView::of(incident, source.map(|source| source.name).unwrap_or_default()))
}

/// Somebody is on it.
///
/// # Errors
/// 404; 409 unless it is open.
pub async fn acknowledge(app: &App, caller: &Caller, id: &str, input: NoteInput) -> Result<IncidentView> {
    by_hand(app, caller, id, ByHand::Acknowledge, input).await
}

/// Resolved by hand.
///
/// # Errors
/// 404; 409 when it is resolved already.
pub async fn resolve(app: &App, caller: &Caller, id: &str, input: NoteInput) -> Result<IncidentView> {
    by_hand(app, caller, id, ByHand::Resolve, input).await
}

/// Opens a resolved one again.
///
/// # Errors
/// 404; 409 unless it is resolved, or when another incident of the monitor is open.
pub async fn reopen(app: &App, caller: &Caller, id: &str, input: NoteInput) -> Result<IncidentView> {
    by_hand(app, caller, id, ByHand::Reopen, input).await
}

async fn by_hand(app: &App, caller: &Caller, id: &str, action: ByHand, input: NoteInput) -> Result<IncidentView> {
    caller.need(Need::Edit)?;
    let note = input.note.filter(|note| !note.trim().is_empty());
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let incident = engine::incidents::by_hand(tx, &caller.workspace.id, &id, action, &caller.user.name, note, now)?;
        caller.did(tx, Action::Update, Model::Incident, (&incident.id, &incident.title), now)?;
        view(tx, incident)
    })
    .await
}

/// Adds a note to the timeline.
///
/// # Errors
/// 404; 422 when it is empty or too long.
pub async fn note(app: &App, caller: &Caller, id: &str, input: NoteInput) -> Result<IncidentView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let text = input.note.unwrap_or_default();
        let incident = engine::incidents::note(tx, &caller.workspace.id, &id, &caller.user.name, &text, now)?;
        view(tx, incident)
    })
    .await
}
