//! A webhook before it is saved: what it would send, and one try of it. Neither leaves a delivery or a log.

use domain::{
    Problem,
    account::Need,
    event::{self, Event},
    id,
    profile::{Profile, sample},
    retry::RetryPolicy,
    trigger::TriggerRule,
    webhook::{WebhookOptions, check_headers},
};
use engine::deliver::{self, Trial};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::tables::events;
use utoipa::ToSchema;

use super::{Caller, CertificateInput, Header, OptionsPatch, Result, certificate, check, found, input, secret::GENERATE};
use crate::{
    actions::{ActionError, payload::Payload, settings::need_tests},
    app::App,
    schema,
};

/// A webhook as it would be created, and the event to show or send. What else a new webhook has (its name, trigger …) may
/// be given and changes nothing here.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrialInput {
    #[schema(value_type = Option<schema::Profile>)]
    pub profile: Option<Profile>,
    pub url: String,
    pub events: Vec<String>,
    pub options: OptionsPatch,
    pub headers: Vec<Header>,
    /// `generate`: a sample. Absent: a sample in a preview, unsigned in a try.
    pub secret: Option<String>,
    pub client_certificate: Option<CertificateInput>,
    /// Whose sample is used; absent: the first that it subscribes to.
    pub event_type: Option<String>,
    /// Instead of a sample: an event of this workspace.
    pub event_id: Option<String>,
    /// Data in place of the sample's, an object.
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
    pub name: Option<String>,
    pub subject: Option<String>,
    pub filter: Option<String>,
    #[schema(value_type = Option<schema::TriggerRule>)]
    pub trigger: Option<TriggerRule>,
    #[schema(value_type = Option<schema::RetryPolicy>)]
    pub retry_policy: Option<RetryPolicy>,
    pub enabled: Option<bool>,
}

/// A request as it would be sent; a routing key and the webhook's own headers are masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewView {
    pub event_id: String,
    pub event_type: String,
    pub method: &'static str,
    pub headers: Vec<(String, String)>,
    pub body: Payload,
}

/// What came of a try.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TriedView {
    pub request: PreviewView,
    pub success: bool,
    /// Stable code: `ok`, `http_status`, `connect_refused` …
    pub verdict: String,
    /// What went wrong, for people.
    pub message: Option<String>,
    pub status_code: Option<u16>,
    pub response_headers: Option<Vec<(String, String)>>,
    pub response_body: Option<Payload>,
    /// More came than is kept.
    pub response_truncated: bool,
    pub duration_us: i64,
    /// Durations by phase.
    #[schema(value_type = Object)]
    pub phases: Value,
}

/// What an unsaved webhook would send.
///
/// # Errors
/// 422 naming the field, for a template with line and column; 404 for an event that is not there.
pub async fn preview(app: &App, caller: &Caller, mut given: TrialInput) -> Result<PreviewView> {
    caller.need(Need::View)?;
    // A sample also where the body cannot do without one.
    if given
        .secret
        .as_ref()
        .is_none_or(|text| text.is_empty() && given.profile.is_some_and(Profile::needs_secret))
    {
        given.secret = Some(GENERATE.to_owned());
    }
    let (trial, name) = trial(app, caller, given).await?;
    let shown = deliver::preview(&app.engine, &caller.workspace.id, trial, app.now())?;
    Ok(PreviewView::of(name, shown))
}

/// Sends an unsaved webhook's event once, through the guard, and tells what came back.
///
/// # Errors
/// 404 while test events are switched off in the workspace; 422 naming the field: what cannot be saved is not sent either; 429 after many tries in a row.
pub async fn try_once(app: &App, caller: &Caller, mut given: TrialInput) -> Result<TriedView> {
    caller.need(Need::Edit)?;
    need_tests(&app.engine.rules(&caller.workspace.id).await?.settings)?;
    let profile = given.profile.unwrap_or(Profile::Standard);
    input::complete(profile, &mut given.url, &mut given.headers);
    if profile.needs_secret() && given.secret.as_deref().is_none_or(|text| text.is_empty() || text == GENERATE) {
        return Err(check::no_secret(profile).into());
    }
    let (trial, name) = trial(app, caller, given).await?;
    // Before the look-up of a name, which costs as well.
    app.memory.tries.take(&caller.user.id, app.now()).map_err(too_many)?;
    check::receiver(app, caller, &trial.url).await?;
    let tried = deliver::try_once(&app.engine, &caller.workspace.id, trial).await?;
    Ok(TriedView {
        request: PreviewView::of(name, tried.request),
        success: tried.success,
        verdict: tried.verdict,
        message: tried.message,
        status_code: tried.status,
        response_headers: tried.headers,
        response_body: tried.body.map(|body| Payload::cut(&body, body.len())),
        response_truncated: tried.truncated,
        duration_us: tried.duration_us,
        phases: serde_json::from_str(&tried.phases).unwrap_or_default(),
    })
}

impl PreviewView {
    fn of((event_id, event_type): (String, String), shown: deliver::Shown) -> Self {
        Self {
            event_id,
            event_type,
            method: shown.method,
            headers: shown.headers,
            body: Payload::cut(&shown.body, shown.body.len()),
        }
    }
}

async fn trial(app: &App, caller: &Caller, given: TrialInput) -> Result<(Trial, (String, String))> {
    let profile = given.profile.unwrap_or(Profile::Standard);
    let options = given.options.apply(WebhookOptions::default());
    for (at, pattern) in given.events.iter().enumerate() {
        event::check_pattern(&format!("events[{at}]"), pattern)?;
    }
    options.check()?;
    profile.check_options(&options, &given.events)?;
    let secret = match given.secret.filter(|text| !text.is_empty()) {
        Some(text) if text == GENERATE => Some(profile.sample_secret(&options).to_owned()),
        Some(text) => {
            profile.check_secret(&options, &text)?;
            Some(text)
        }
        None => None,
    };
    let headers: Vec<_> = given.headers.into_iter().map(|header| (header.name, header.value)).collect();
    check_headers(&headers)?;
    let certificate = given
        .client_certificate
        .map(certificate::entered)
        .transpose()?
        .map(|(_, certificate)| certificate);
    let mut event = match given.event_id.filter(|id| !id.is_empty()) {
        Some(event_id) => stored(app, caller, event_id).await?,
        None => {
            let event_type = given.event_type.filter(|text| !text.is_empty());
            if let Some(event_type) = &event_type {
                event::check_type("event_type", event_type)?;
            }
            let sample = event_type.map_or_else(|| sample::event(profile, &given.events), |event_type| sample::of_type(&event_type));
            Event {
                id: id::new(id::EVENT, app.now()),
                workspace_id: caller.workspace.id.clone(),
                at: app.now(),
                ..sample
            }
        }
    };
    if let Some(data) = given.data {
        if !data.is_object() {
            return Err(Problem::invalid("data", "`data` is no object").into());
        }
        event.data = data.to_string();
        if event.data.len() > domain::limits::EVENT_BYTES {
            return Err(Problem::invalid("data", format!("`data` is longer than {} bytes", domain::limits::EVENT_BYTES)).into());
        }
    }
    let name = (event.id.clone(), event.event_type.clone());
    let trial = Trial {
        profile,
        options,
        url: given.url.trim().to_owned(),
        headers,
        secret,
        certificate,
        event,
    };
    Ok((trial, name))
}

async fn stored(app: &App, caller: &Caller, event_id: String) -> Result<Event> {
    let workspace = caller.workspace.id.clone();
    app.read(move |tx| {
        let event = found("event", events::get(tx, &workspace, &event_id)?);
        event.map_err(|error| match error {
            ActionError::Problem(problem) => problem.at("event_id").into(),
            other => other,
        })
    })
    .await
}

fn too_many(seconds: u64) -> ActionError {
    let detail = format!("that were many tries; the next is possible in {seconds} s");
    let problem = Problem::new(429, "too-many-attempts", "Too many attempts", detail);
    ActionError::Later { problem, seconds }
}
