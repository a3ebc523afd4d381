//! The headline of an event: what a person reads of it in a chat or on a pager. Made of any event; what is not known is
//! left out.

use serde_json::Value;

use crate::{
    Problem,
    clock::{self, MILLISECOND},
    event::{self, Event},
    run::RunReport,
};

mod of_data;

crate::run::text_enum!(/// What an event means for whoever reads of it.
Severity { Good = "good", Bad = "bad", Neutral = "neutral" });

/// Lines of what failed that are told.
const LINES: usize = 5;

/// What a person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// One line.
    pub title: String,
    pub lines: Vec<String>,
    pub severity: Severity,
    /// A page that tells more.
    pub link: Option<String>,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

impl Headline {
    fn new(title: impl Into<String>, severity: Severity) -> Self {
        Self {
            title: one_line(&title.into()),
            lines: Vec::new(),
            severity,
            link: None,
            fields: Vec::new(),
        }
    }

    fn field(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.fields.push((name.to_owned(), value));
        }
    }
}

/// The headline of an event; `public_url` is where its links lead.
///
/// # Errors
/// A stored event that is not JSON.
pub fn of(event: &Event, public_url: &str) -> Result<Headline, Problem> {
    let data = super::data(event)?;
    let page = |path: &str, id: &str| (!id.is_empty()).then(|| format!("{}/{path}/{id}", public_url.trim_end_matches('/')));
    Ok(match event.event_type.as_str() {
        event::RUN_FINISHED => match serde_json::from_value::<RunReport>(data.clone()) {
            Ok(run) => of_run(&run, page("runs", &run.run_id)),
            // What is shown as a sample may be anything.
            Err(_) => of_data::headline(event, &data),
        },
        kind if kind.starts_with("incident.") => of_incident(kind, &data, page("incidents", text(&data["incident"]["id"]))),
        kind if kind.starts_with("webhook.") || kind.starts_with("delivery.") => {
            of_webhook(kind, &data, page("webhooks", text(&data["webhook_id"])))
        }
        event::ACTIVITY => {
            let mut headline = Headline::new(text(&data["message"]), Severity::Neutral);
            headline.field("Collection", text(&data["collection_name"]));
            headline.link = Some(format!("{}/activity", public_url.trim_end_matches('/')));
            headline
        }
        event::TEST => {
            let mut headline = Headline::new("A test from Watchbell", Severity::Neutral);
            headline.lines.push(text(&data["message"]).to_owned());
            headline.field("Webhook", text(&data["webhook_name"]));
            headline.field("By", text(&data["requested_by"]));
            headline.link = page("webhooks", text(&data["webhook_id"]));
            headline
        }
        _ => of_data::headline(event, &data),
    })
}

fn of_run(run: &RunReport, link: Option<String>) -> Headline {
    let name = if run.monitor_name.is_empty() {
        &run.collection_name
    } else {
        &run.monitor_name
    };
    let (said, severity) = match run.status.is_good() {
        true => ("passed".to_owned(), Severity::Good),
        false => (run.status.as_str().to_owned(), Severity::Bad),
    };
    let mut headline = Headline::new(format!("{name}: {said}"), severity);
    headline.lines.extend(run.error.clone());
    for failure in run.failures.iter().take(LINES) {
        let what = if failure.test.is_empty() { &failure.request } else { &failure.test };
        headline.lines.push(one_line(&format!("{what}: {}", failure.message)));
    }
    if run.failures.len() > LINES {
        headline.lines.push(format!("… and {} more", run.failures.len() - LINES));
    }
    let m = &run.metrics;
    headline.field("Collection", &*run.collection_name);
    headline.field("Environment", &*run.environment_name);
    headline.field("Tests", format!("{} passed, {} failed", m.passed_tests, m.failed_tests));
    headline.field("Requests", format!("{}, {} errors", m.request_count, m.errors));
    headline.field("Took", format!("{} ms", (run.finished_at - run.started_at) / MILLISECOND));
    headline.field("Finished", clock::rfc3339(run.finished_at));
    headline.link = link;
    headline
}

fn of_incident(kind: &str, data: &Value, link: Option<String>) -> Headline {
    let incident = &data["incident"];
    let (said, severity) = match kind {
        event::INCIDENT_OPENED => ("opened", Severity::Bad),
        event::INCIDENT_REOPENED => ("reopened", Severity::Bad),
        event::INCIDENT_RESOLVED => ("resolved", Severity::Good),
        event::INCIDENT_ACKNOWLEDGED => ("acknowledged", Severity::Neutral),
        other => (other, Severity::Neutral),
    };
    let number = incident["number"].as_u64().map(|number| format!(" #{number}")).unwrap_or_default();
    let mut headline = Headline::new(format!("Incident{number} {said}: {}", text(&incident["title"])), severity);
    headline
        .lines
        .extend(Some(one_line(text(&data["cause"]["summary"]))).filter(|line| !line.is_empty()));
    headline.field("State", text(&incident["state"]));
    headline.field("Failures", incident["failures"].as_u64().map(|n| n.to_string()).unwrap_or_default());
    headline.field("Opened", text(&incident["opened_at"]));
    headline.field("By", text(&data["by"]));
    headline.link = link;
    headline
}

fn of_webhook(kind: &str, data: &Value, link: Option<String>) -> Headline {
    let name = text(&data["webhook_name"]);
    let (title, severity) = match kind {
        event::WEBHOOK_DISABLED => (format!("Webhook “{name}” was switched off"), Severity::Bad),
        event::WEBHOOK_ENABLED => (format!("Webhook “{name}” was switched on"), Severity::Good),
        "webhook.recovered" => (format!("Webhook “{name}” works again"), Severity::Good),
        "delivery.failed" => (format!("A delivery to “{name}” failed for good"), Severity::Bad),
        other => (format!("{other}: {name}"), Severity::Neutral),
    };
    let mut headline = Headline::new(title, severity);
    headline
        .lines
        .extend(Some(one_line(text(&data["reason"]))).filter(|line| !line.is_empty()));
    headline.field("Profile", text(&data["profile"]));
    headline.field("Event type", text(&data["event_type"]));
    headline.link = link;
    headline
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Line breaks and other control characters become blanks.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

/// At most `most` characters, the last one `…` if any were left out.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) if most == 0 => String::new(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}
