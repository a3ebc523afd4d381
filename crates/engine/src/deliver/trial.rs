//! What a webhook would send, before anything of it is saved: shown only (the preview), or sent once (the test in the form).
//! Both build the request as a delivery does; neither leaves a trace in a log.

use std::sync::Arc;

use domain::{
    Micros, Problem,
    delivery::{DeliveryKind, DeliveryState},
    event::Event,
    profile::Profile,
    webhook::WebhookOptions,
};
use egress::{ClientCertificate, Response};
use store::tables::deliveries::Delivery;

use super::{
    Job,
    build::{self, Built},
    exchange,
    target::{Address, Target},
};
use crate::engine::Engine;

/// A webhook that is not saved, and the event for it.
#[derive(Debug)]
pub struct Trial {
    pub profile: Profile,
    pub options: WebhookOptions,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub secret: Option<String>,
    pub certificate: Option<ClientCertificate>,
    pub event: Event,
}

/// The request as it goes out; secrets of its body and the user's own headers masked.
#[derive(Debug, Clone)]
pub struct Shown {
    pub method: &'static str,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What came of sending it.
#[derive(Debug)]
pub struct Tried {
    pub request: Shown,
    /// `ok`, `http_status`, or the transport's code.
    pub verdict: String,
    pub success: bool,
    pub message: Option<String>,
    pub status: Option<u16>,
    pub headers: Option<Vec<(String, String)>>,
    pub body: Option<Vec<u8>>,
    pub truncated: bool,
    /// The whole exchange, microseconds.
    pub duration_us: i64,
    /// How long each phase took, JSON.
    pub phases: String,
}

/// What would be sent at `now`.
///
/// # Errors
/// 422 when the profile gives no body for this event, or the secret is not one of its style.
pub fn preview(engine: &Engine, workspace_id: &str, trial: Trial, now: Micros) -> Result<Shown, Problem> {
    let (target, job) = unsaved(engine, workspace_id, trial, now)?;
    let built = build(&target, &job, now)?;
    Ok(shown(&target, &built))
}

/// Sends it once, through the guard, with the webhook's own time limit.
///
/// # Errors
/// 422 as in [`preview`]; what goes wrong on the way is the verdict.
pub async fn try_once(engine: &Engine, workspace_id: &str, trial: Trial) -> Result<Tried, Problem> {
    let at = engine.now();
    let (target, job) = unsaved(engine, workspace_id, trial, at)?;
    let mut built = build(&target, &job, at)?;
    let request = shown(&target, &built);
    let Ok(rules) = engine.rules(workspace_id).await else {
        return Err(Problem::new(
            503,
            "unavailable",
            "Not available now",
            "the workspace's settings cannot be read now",
        )
        .hint("try again in a moment"));
    };
    built.request.deadline = target.deadline(&rules.flow_task());
    let exchange = engine.client().exchange(&built.request, &rules.policy).await;
    let (verdict, _) = exchange::judge(target.profile, &exchange.outcome, engine.now());
    let response: Option<&Response> = exchange.outcome.as_ref().ok();
    Ok(Tried {
        request,
        success: verdict.success,
        verdict: verdict.code,
        message: verdict.message,
        status: response.map(|response| response.status),
        headers: response.map(exchange::shown),
        body: response.map(|response| response.body.to_vec()),
        truncated: response.is_some_and(|response| response.truncated),
        duration_us: i64::try_from(exchange.total_us).unwrap_or(i64::MAX),
        phases: exchange::phases(&exchange),
    })
}

fn unsaved(engine: &Engine, workspace_id: &str, trial: Trial, now: Micros) -> Result<(Target, Job), Problem> {
    let signature = trial.profile.signature(&trial.options);
    let address = Address::new(trial.url, trial.headers)
        .with_certificate(trial.certificate)
        .with_secret(signature, trial.secret.as_deref())?;
    let target = Target::unsaved(engine, trial.profile, trial.options, address);
    let event = trial.event;
    let delivery = Delivery {
        id: String::new(),
        workspace_id: workspace_id.to_owned(),
        webhook_id: String::new(),
        event_id: event.id.clone(),
        event_type: event.event_type.clone(),
        kind: DeliveryKind::Test,
        state: DeliveryState::Pending,
        reason: None,
        attempts: 0,
        due_at: now,
        created_at: now,
        finished_at: None,
        replay_id: None,
    };
    Ok((
        target,
        Job {
            delivery,
            event: Arc::new(event),
        },
    ))
}

fn build(target: &Target, job: &Job, now: Micros) -> Result<Built, Problem> {
    match &target.address {
        Ok(address) => build::build(target, address, job, now),
        Err(why) => Err(Problem::invalid("url", why.clone())),
    }
}

fn shown(target: &Target, built: &Built) -> Shown {
    Shown {
        method: target.options.method().as_str(),
        headers: built.shown_headers.clone(),
        body: built.shown_body.to_vec(),
    }
}
