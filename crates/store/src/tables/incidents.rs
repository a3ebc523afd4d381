//! Incidents: one failing monitor, one open incident.

mod entries;

pub use entries::{Entry, add_entry, entries, entry_count};

use domain::{Micros, incident::IncidentState, observation::Cause};
use serde::Serialize;

use super::{
    all, changed, first,
    page::{self, Listed, Page},
    placeholders,
};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
};

macro_rules! columns {
    () => {
        "id, workspace_id, number, source_id, key, title, state, failures, cause, opened_at, last_failure_at,
         acknowledged_at, acknowledged_by, resolved_at, resolved_by, previous_id"
    };
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// Id.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// 1, 2, 3 … in the workspace, for people.
    pub number: i64,
    /// Where it was reported.
    pub source_id: String,
    /// The monitor's uid.
    pub key: String,
    /// The monitor's name.
    pub title: String,
    /// Where it stands.
    pub state: IncidentState,
    /// Failures so far.
    pub failures: i64,
    /// Why, by the newest failure.
    pub cause: Cause,
    /// When it was opened.
    pub opened_at: Micros,
    /// When the newest failure came.
    pub last_failure_at: Micros,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Micros>,
    /// By whom (name).
    pub acknowledged_by: Option<String>,
    /// When it was resolved.
    pub resolved_at: Option<Micros>,
    /// By whom (name); empty for a good run.
    pub resolved_by: Option<String>,
    /// The incident of this monitor before.
    pub previous_id: Option<String>,
}

/// Incidents of a workspace by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct IncidentCounts {
    /// Open.
    pub open: u64,
    /// Acknowledged.
    pub acknowledged: u64,
    /// Resolved.
    pub resolved: u64,
}

fn read(row: &Row) -> Result<Incident> {
    Ok(Incident {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        number: row.int(2)?,
        source_id: row.text(3)?,
        key: row.text(4)?,
        title: row.text(5)?,
        state: row.word(6, IncidentState::parse)?,
        failures: row.int(7)?,
        cause: row.json(8)?,
        opened_at: row.int(9)?,
        last_failure_at: row.int(10)?,
        acknowledged_at: row.opt_int(11)?,
        acknowledged_by: row.opt_text(12)?,
        resolved_at: row.opt_int(13)?,
        resolved_by: row.opt_text(14)?,
        previous_id: row.opt_text(15)?,
    })
}

/// Adds an incident under the workspace's next number, whatever number it carries, and returns that.
pub fn insert(tx: &mut dyn Tx, incident: &Incident) -> Result<i64> {
    tx.lock(&format!("incidents/{}", incident.workspace_id))?;
    let number = tx
        .query_one(
            "number",
            "SELECT COALESCE(MAX(number), 0) + 1 FROM incidents WHERE workspace_id = $1",
            &params![&incident.workspace_id],
        )?
        .int(0)?;
    tx.execute(
        concat!(
            "INSERT INTO incidents (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        ),
        &params![
            &incident.id,
            &incident.workspace_id,
            number,
            &incident.source_id,
            &incident.key,
            &incident.title,
            incident.state.as_str(),
            incident.failures,
            Value::json(&incident.cause)?,
            incident.opened_at,
            incident.last_failure_at,
            incident.acknowledged_at,
            incident.acknowledged_by.as_deref(),
            incident.resolved_at,
            incident.resolved_by.as_deref(),
            incident.previous_id.as_deref()
        ],
    )?;
    Ok(number)
}

/// Stores all that can change. Reopening while another incident of the key is not resolved is a conflict on
/// `incidents (source_id, key)`. Returns whether there is such an incident.
pub fn update(tx: &mut dyn Tx, incident: &Incident) -> Result<bool> {
    changed(
        tx,
        "UPDATE incidents SET title = $2, state = $3, failures = $4, cause = $5, last_failure_at = $6,
         acknowledged_at = $7, acknowledged_by = $8, resolved_at = $9, resolved_by = $10 WHERE id = $1",
        &params![
            &incident.id,
            &incident.title,
            incident.state.as_str(),
            incident.failures,
            Value::json(&incident.cause)?,
            incident.last_failure_at,
            incident.acknowledged_at,
            incident.acknowledged_by.as_deref(),
            incident.resolved_at,
            incident.resolved_by.as_deref()
        ],
    )
}

/// The one incident of a key that is open or acknowledged.
pub fn unresolved(tx: &mut dyn Tx, source_id: &str, key: &str) -> Result<Option<Incident>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM incidents WHERE source_id = $1 AND key = $2 AND state <> 'resolved'"
        ),
        &params![source_id, key],
        read,
    )
}

/// An incident by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Incident>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM incidents WHERE workspace_id = $1 AND id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// A workspace's incidents in these states (`None` for all), newest first.
pub fn list(tx: &mut dyn Tx, workspace_id: &str, states: Option<&[IncidentState]>, page: &Page) -> Result<Listed<Incident>> {
    let states = states.unwrap_or(IncidentState::ALL);
    if states.is_empty() {
        return Ok(Listed {
            items: Vec::new(),
            next: None,
        });
    }
    let next = 2 + states.len();
    let sql = format!(
        concat!(
            "SELECT ",
            columns!(),
            " FROM incidents WHERE workspace_id = $1 AND state IN ({}) AND (opened_at, id) < (${}, ${})
             ORDER BY opened_at DESC, id DESC LIMIT ${}"
        ),
        placeholders(2, states.len()),
        next,
        next + 1,
        next + 2
    );
    let mut params = params![workspace_id].to_vec();
    params.extend(states.iter().map(|state| Value::from(state.as_str())));
    page::list(tx, page, &sql, params, read, |incident| (incident.opened_at, &incident.id))
}

/// How many of a workspace's incidents are in which state.
pub fn counts(tx: &mut dyn Tx, workspace_id: &str) -> Result<IncidentCounts> {
    let rows = all(
        tx,
        "SELECT state, COUNT(*) FROM incidents WHERE workspace_id = $1 GROUP BY state",
        &params![workspace_id],
        |row| Ok((row.word(0, IncidentState::parse)?, row.number(1)?)),
    )?;
    let mut counts = IncidentCounts::default();
    for (state, count) in rows {
        match state {
            IncidentState::Open => counts.open = count,
            IncidentState::Acknowledged => counts.acknowledged = count,
            IncidentState::Resolved => counts.resolved = count,
        }
    }
    Ok(counts)
}
