//! The form of a monitor, new or edited, and the schedule in words beside it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse},
};
use domain::{Problem, run::RunOptions, schedule::Schedule};
use serde::Deserialize;

use super::{Frame, PageError, PageResult, Posted, Visit, assets, done, options, render_as, schedule, ui};
use crate::{
    actions::{
        collections, environments,
        monitors::{self, MonitorInput, MonitorPatch, MonitorView},
    },
    app::App,
    pages::ui::Form,
};

/// Offered in the zone field; every IANA name is taken.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Paris",
    "Europe/Madrid",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
];

#[derive(Template)]
#[template(path = "monitor_form.html")]
struct MonitorForm {
    frame: Frame,
    form: Form,
    action: String,
    /// Id and name of the monitor that is edited.
    edited: Option<(String, String)>,
    collections: Vec<(String, String)>,
    environments: Vec<(String, String)>,
    units: Vec<(String, String)>,
    retries: Vec<(String, String)>,
    zones: &'static [&'static str],
    preview: String,
}

/// What the address may choose beforehand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    collection: String,
}

/// `GET /monitors/new`.
pub async fn new_page(State(app): State<App>, visit: Visit, Query(chosen): Query<Chosen>) -> PageResult {
    let form = Form::with(&[
        ("collection_id", &chosen.collection),
        ("schedule.kind", "interval"),
        ("schedule.interval.every", "5"),
        ("schedule.interval.unit", "60"),
        ("schedule.cron.expression", "*/5 * * * *"),
        ("schedule.cron.zone", "UTC"),
        ("options.retries", "0"),
        ("options.runTimeout", "300"),
        ("options.requestTimeout", "0"),
        ("options.requestDelay", "0"),
        ("options.followRedirects", "on"),
        ("options.strictSSL", "on"),
    ]);
    show(&app, &visit, StatusCode::OK, form, None).await
}

/// `GET /monitors/{id}/edit`.
pub async fn edit_page(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> PageResult {
    let monitor = monitors::get(&app, &visit.caller, &id).await?;
    let form = Form::new(values(&monitor));
    show(&app, &visit, StatusCode::OK, form, Some((monitor.id, monitor.name))).await
}

async fn show(app: &App, visit: &Visit, status: StatusCode, form: Form, edited: Option<(String, String)>) -> PageResult {
    let collections = collections::list(app, &visit.caller).await?.items;
    let environments = environments::list(app, &visit.caller).await?.items;
    let mut with_none = options(&[("", "No environment")]);
    with_none.extend(environments.into_iter().map(|e| (e.id, e.name)));
    let title = edited
        .as_ref()
        .map_or_else(|| "New monitor".to_owned(), |(_, name)| format!("Edit {name}"));
    render_as(
        status,
        &MonitorForm {
            frame: visit.frame(title, "/monitors"),
            action: edited
                .as_ref()
                .map_or_else(|| "/monitors/new".to_owned(), |(id, _)| format!("/monitors/{id}/edit")),
            preview: words(&form, app.now()),
            collections: collections.into_iter().map(|c| (c.id, c.name)).collect(),
            environments: with_none,
            units: options(&[("1", "seconds"), ("60", "minutes"), ("3600", "hours"), ("86400", "days")]),
            retries: options(&[("0", "No retry"), ("1", "Once more"), ("2", "Twice more")]),
            zones: ZONES,
            edited,
            form,
        },
    )
}

fn words(form: &Form, now: i64) -> String {
    read_schedule(form)
        .and_then(|s| schedule::preview(&s, now))
        .unwrap_or_else(|problem| problem.detail)
}

/// `GET /monitors/preview`: the schedule in words, for the form's script.
pub async fn preview(State(app): State<App>, _: Visit, Query(pairs): Query<Vec<(String, String)>>) -> PageResult {
    Ok(Html(ui::escape(&words(&Form::new(pairs), app.now()))).into_response())
}

/// `POST /monitors/new`.
pub async fn create(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let made = match input(&form) {
        Ok(input) => monitors::create(&app, &visit.caller, input).await,
        Err(problem) => Err(problem.into()),
    };
    match made {
        Ok(monitor) => done(&format!("/monitors/{}", monitor.id), "created"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, form.status(), form, None).await
        }
    }
}

/// `POST /monitors/{id}/edit`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let before = monitors::get(&app, &visit.caller, &id).await?;
    let changed = match input(&form) {
        Ok(input) => monitors::update(&app, &visit.caller, &id, patch(input), form.version()).await,
        Err(problem) => Err(problem.into()),
    };
    match changed {
        Ok(_) => done(&format!("/monitors/{id}"), "saved"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?).overtaken(before.updated_at.micros());
            show(&app, &visit, form.status(), form, Some((id, before.name))).await
        }
    }
}

fn patch(input: MonitorInput) -> MonitorPatch {
    MonitorPatch {
        name: Some(input.name),
        collection_id: Some(input.collection_id),
        environment_id: Some(input.environment_id),
        schedule: Some(input.schedule),
        options: Some(input.options),
        tags: Some(input.tags),
        active: None,
    }
}

fn input(form: &Form) -> Result<MonitorInput, Problem> {
    let flag = |name| form.has(name, "on");
    let options = RunOptions {
        follow_redirects: flag("options.followRedirects"),
        strict_ssl: flag("options.strictSSL"),
        request_delay: number(form, "options.requestDelay")?,
        request_timeout: number(form, "options.requestTimeout")?,
        run_timeout: number::<u64>(form, "options.runTimeout")?.saturating_mul(1_000),
        retries: number(form, "options.retries")?,
    };
    Ok(MonitorInput {
        name: form.value("name").to_owned(),
        collection_id: form.value("collection_id").to_owned(),
        environment_id: Some(form.value("environment_id").to_owned()).filter(|id| !id.is_empty()),
        schedule: read_schedule(form)?,
        options,
        tags: form
            .value("tags")
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        active: true,
    })
}

fn read_schedule(form: &Form) -> Result<Schedule, Problem> {
    if form.value("schedule.kind") == "cron" {
        let text = |name| form.value(name).trim().to_owned();
        return Ok(Schedule::Cron {
            expression: text("schedule.cron.expression"),
            zone: text("schedule.cron.zone"),
        });
    }
    let every: u32 = number(form, "schedule.interval.every")?;
    let unit: u32 = number(form, "schedule.interval.unit")?;
    let seconds = every
        .checked_mul(unit)
        .ok_or_else(|| Problem::invalid("schedule.interval.every", "the interval is longer than a year"))?;
    Ok(Schedule::Interval { seconds })
}

/// A whole number of a field.
pub fn number<N: std::str::FromStr>(form: &Form, name: &str) -> Result<N, Problem> {
    let text = form.value(name).trim();
    text.parse()
        .map_err(|_| Problem::invalid(name, format!("`{text}` is no whole number in range")))
}

fn values(monitor: &MonitorView) -> Vec<(String, String)> {
    let on = |flag: bool| if flag { "on" } else { "" }.to_owned();
    let options = &monitor.options;
    let mut values = vec![
        (ui::VERSION, monitor.updated_at.micros().to_string()),
        ("name", monitor.name.clone()),
        ("collection_id", monitor.collection_id.clone()),
        ("environment_id", monitor.environment_id.clone().unwrap_or_default()),
        ("tags", monitor.tags.join(", ")),
        ("options.retries", options.retries.to_string()),
        ("options.runTimeout", options.run_timeout.div_ceil(1_000).to_string()),
        ("options.requestTimeout", options.request_timeout.to_string()),
        ("options.requestDelay", options.request_delay.to_string()),
        ("options.followRedirects", on(options.follow_redirects)),
        ("options.strictSSL", on(options.strict_ssl)),
    ];
    match &monitor.schedule {
        Schedule::Cron { expression, zone } => values.extend([
            ("schedule.kind", "cron".to_owned()),
            ("schedule.cron.expression", expression.clone()),
            ("schedule.cron.zone", zone.clone()),
            ("schedule.interval.every", "5".to_owned()),
            ("schedule.interval.unit", "60".to_owned()),
        ]),
        Schedule::Interval { seconds } => {
            let unit = [86_400, 3_600, 60, 1].into_iter().find(|unit| seconds % unit == 0).unwrap_or(1);
            values.extend([
                ("schedule.kind", "interval".to_owned()),
                ("schedule.interval.every", (seconds / unit).to_string()),
                ("schedule.interval.unit", unit.to_string()),
                ("schedule.cron.zone", "UTC".to_owned()),
            ]);
        }
    }
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_a_schedule() {
        let form = Form::with(&[
            ("schedule.kind", "interval"),
            ("schedule.interval.every", "5"),
            ("schedule.interval.unit", "60"),
        ]);
        assert_eq!(read_schedule(&form).unwrap(), Schedule::Interval { seconds: 300 });
        let huge = Form::with(&[("schedule.interval.every", "4000000000"), ("schedule.interval.unit", "86400")]);
        assert_eq!(read_schedule(&huge).unwrap_err().field.as_deref(), Some("schedule.interval.every"));
        let word = Form::with(&[("schedule.interval.every", "soon")]);
        assert!(read_schedule(&word).unwrap_err().detail.contains("`soon`"));
    }
}
