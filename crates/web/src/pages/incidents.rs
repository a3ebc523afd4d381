//! Incidents: open first; and one of them with its cause, timeline and what one may do.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use domain::incident::IncidentState;
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done, older, render, render_as,
    ui::{self, Form},
};
use crate::{
    actions::{
        incidents::{self, EntryView, IncidentQuery, IncidentView, NoteInput},
        monitors,
        receipts::ReceiptDetail,
        runs::{self, RunQuery, RunView},
        sources,
    },
    app::App,
};

/// Incidents on one page.
const SHOWN: usize = 50;
/// Newest runs of a monitor that are looked through for the failed one.
const RUNS_READ: usize = 50;

const TABS: &[(&str, &str)] = &[
    ("unresolved", "Not resolved"),
    ("open", "Open"),
    ("acknowledged", "Acknowledged"),
    ("resolved", "Resolved"),
    ("all", "All"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    state: String,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "incidents.html")]
struct IncidentsPage {
    frame: Frame,
    tabs: &'static [(&'static str, &'static str)],
    state: &'static str,
    incidents: Vec<IncidentView>,
    has_sources: bool,
    next: Option<String>,
}

struct Line {
    view: EntryView,
    icon: &'static str,
    tone: &'static str,
    title: String,
}

#[derive(Template)]
#[template(path = "incident.html")]
struct IncidentPage {
    frame: Frame,
    i: IncidentView,
    problem: Option<String>,
    open: bool,
    resolved: bool,
    /// Who resolved it by hand; empty when a good run did.
    resolved_by: String,
    acknowledge_url: String,
    resolve_url: String,
    reopen_url: String,
    lasted: String,
    /// The monitor of this workspace that it is about: id and name.
    monitor: Option<(String, String)>,
    /// Its failed run, when the sender told no more than counts.
    failed: Option<RunView>,
    timeline: Vec<Line>,
    receipts: Vec<ReceiptDetail>,
    form: Form,
}

/// `GET /incidents`.
pub async fn list(State(app): State<App>, visit: Visit, Query(filter): Query<Filter>) -> PageResult {
    let (state, _) = TABS.iter().find(|(word, _)| *word == filter.state).unwrap_or(&TABS[0]);
    let wanted = match *state {
        "unresolved" => Some("open,acknowledged".to_owned()),
        "all" => None,
        one => Some(one.to_owned()),
    };
    let query = IncidentQuery {
        state: wanted,
        limit: Some(SHOWN),
        before: filter.before,
    };
    let listed = incidents::list(&app, &visit.caller, query).await?;
    let mut incidents = listed.items;
    incidents.sort_by_key(|i| match i.state {
        IncidentState::Open => 0,
        IncidentState::Acknowledged => 1,
        IncidentState::Resolved => 2,
    });
    render(&IncidentsPage {
        frame: visit.frame("Incidents", "/incidents"),
        tabs: TABS,
        state,
        incidents,
        has_sources: !sources::list(&app, &visit.caller).await?.items.is_empty(),
        next: older("/incidents", &[("state", state)], listed.next),
    })
}

/// `GET /incidents/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> PageResult {
    show(&app, &visit, &id, StatusCode::OK, None, Form::default()).await
}

async fn show(app: &App, visit: &Visit, id: &str, status: StatusCode, problem: Option<String>, form: Form) -> PageResult {
    let detail = incidents::get(app, &visit.caller, id).await?;
    let i = detail.incident;
    let monitor = monitors::list(app, &visit.caller).await?.items.into_iter().find(|m| m.uid == i.key);
    let failed = match &monitor {
        Some(monitor) if i.cause.failures.is_empty() => last_failed(app, visit, &monitor.id, i.last_failure_at.micros()).await?,
        _ => None,
    };
    let until = i.resolved_at.map_or_else(|| app.now(), |at| at.micros());
    let url = |verb: &str| format!("/incidents/{}/{verb}", i.id);
    let page = IncidentPage {
        frame: visit.frame(format!("#{} {}", i.number, i.title), "/incidents"),
        problem,
        open: i.state == IncidentState::Open,
        resolved: i.state == IncidentState::Resolved,
        resolved_by: i.resolved_by.clone().unwrap_or_default(),
        acknowledge_url: url("acknowledge"),
        resolve_url: url("resolve"),
        reopen_url: url("reopen"),
        lasted: lasted(until - i.opened_at.micros()),
        monitor: monitor.map(|m| (m.id, m.name)),
        failed,
        timeline: detail.timeline.into_iter().rev().map(line).collect(),
        receipts: detail.receipts,
        form,
        i,
    };
    render_as(status, &page)
}

/// The run of our own monitor that the newest failure was about: the last bad one before it.
async fn last_failed(app: &App, visit: &Visit, monitor_id: &str, before: i64) -> Result<Option<RunView>, PageError> {
    let query = RunQuery {
        limit: Some(RUNS_READ),
        ..RunQuery::default()
    };
    let runs = runs::list(app, &visit.caller, monitor_id, query).await?.items;
    let bad = |run: &RunView| run.status.is_some_and(|status| !status.is_good()) && run.queued_at.micros() <= before;
    Ok(runs.into_iter().find(bad))
}

/// `3 min`, `2 h 5 min`, `4 d 2 h`.
fn lasted(us: i64) -> String {
    let seconds = us.max(0) / domain::clock::SECOND;
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn line(view: EntryView) -> Line {
    let (icon, tone, title) = match view.kind.as_str() {
        "opened" => ("incident", "bad", "Opened"),
        "reopened" => ("refresh", "bad", "Reopened"),
        "failure" | "updated" => ("cross", "bad", "Failed again"),
        "acknowledged" => ("people", "warn", "Acknowledged"),
        "resolved" => ("check", "good", "Resolved"),
        "note" => ("note", "info", "Note"),
        "renamed" => ("edit", "", "Renamed"),
        "stale" => ("clock", "", "A late result, ignored"),
        "duplicate" => ("copy", "", "A repeated result, ignored"),
        other => {
            let title = other.replace('_', " ");
            return Line {
                icon: "info",
                tone: "",
                title,
                view,
            };
        }
    };
    Line {
        icon,
        tone,
        title: title.to_owned(),
        view,
    }
}

/// After an action by hand: back to the incident, or the incident with what was wrong.
async fn after<T>(app: &App, posted: Posted, id: &str, result: crate::actions::Result<T>, what: &str) -> PageResult {
    match result {
        Ok(_) => done(&format!("/incidents/{id}"), what),
        Err(error) => {
            let problem = PageError::mendable(error)?;
            let text = problem
                .hint
                .as_ref()
                .map_or_else(|| problem.detail.clone(), |hint| format!("{}; {hint}", problem.detail));
            let form = posted.form.refused(problem);
            show(app, &posted.visit, id, form.status(), Some(text), form).await
        }
    }
}

fn said(posted: &Posted) -> NoteInput {
    NoteInput {
        note: Some(posted.form.value("note").to_owned()),
    }
}

/// `POST /incidents/{id}/acknowledge`.
pub async fn acknowledge(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let result = incidents::acknowledge(&app, &posted.visit.caller, &id, said(&posted)).await;
    after(&app, posted, &id, result, "acknowledged").await
}

/// `POST /incidents/{id}/resolve`.
pub async fn resolve(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let result = incidents::resolve(&app, &posted.visit.caller, &id, said(&posted)).await;
    after(&app, posted, &id, result, "resolved").await
}

/// `POST /incidents/{id}/reopen`.
pub async fn reopen(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let result = incidents::reopen(&app, &posted.visit.caller, &id, said(&posted)).await;
    after(&app, posted, &id, result, "reopened").await
}

/// `POST /incidents/{id}/note`.
pub async fn note(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let result = incidents::note(&app, &posted.visit.caller, &id, said(&posted)).await;
    after(&app, posted, &id, result, "noted").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_for_people() {
        let of = |seconds: i64| lasted(seconds * domain::clock::SECOND);
        assert_eq!(
            [of(-5), of(59), of(180), of(7_500), of(4 * 86_400 + 7_300)],
            ["0 s", "59 s", "3 min", "2 h 5 min", "4 d 2 h"]
        );
    }
}
