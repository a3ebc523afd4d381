//! The delivery log: what is on its way to a webhook, and every request that was made.

use domain::{
    account::Need,
    delivery::{DeliveryKind, DeliveryState},
};
use serde::{Deserialize, Serialize};
use store::tables::{
    attempts::{self, Attempt},
    deliveries::{self, Delivery},
    page::Cut,
    webhooks,
};
use utoipa::{IntoParams, ToSchema};

use super::{Caller, Items, PageQuery, Result, found, payload::Payload};
use crate::{app::App, schema, time::Time};

mod resend;

pub use super::curl::curl;
pub use super::why::{Why, why};
pub use resend::resend;

/// One event on its way to one webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryView {
    pub id: String,
    pub webhook_id: String,
    pub event_id: String,
    pub event_type: String,
    #[schema(value_type = schema::DeliveryKind)]
    pub kind: DeliveryKind,
    #[schema(value_type = schema::DeliveryState)]
    pub state: DeliveryState,
    /// Why it was dropped, or failed for good.
    pub reason: Option<String>,
    /// Attempts made.
    pub attempts: u64,
    /// When the next attempt is due.
    pub due_at: Option<Time>,
    pub created_at: Time,
    pub finished_at: Option<Time>,
    /// The replay job that made it.
    pub replay_id: Option<String>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let pending = delivery.state == DeliveryState::Pending;
        Self {
            id: delivery.id,
            webhook_id: delivery.webhook_id,
            event_id: delivery.event_id,
            event_type: delivery.event_type,
            kind: delivery.kind,
            state: delivery.state,
            reason: delivery.reason,
            attempts: delivery.attempts,
            due_at: pending.then_some(Time(delivery.due_at)),
            created_at: Time(delivery.created_at),
            finished_at: Time::option(delivery.finished_at),
            replay_id: delivery.replay_id,
        }
    }
}

/// One HTTP request of a delivery, without headers and bodies.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttemptView {
    pub id: String,
    pub delivery_id: String,
    pub webhook_id: String,
    pub event_id: String,
    pub event_type: String,
    /// 1, 2, 3 … within the delivery.
    pub number: u64,
    pub at: Time,
    pub duration_us: i64,
    pub success: bool,
    /// Stable code: `ok`, `http_status`, `connect_refused` …
    pub verdict: String,
    pub status_code: Option<u16>,
    /// What went wrong, for people.
    pub message: Option<String>,
}

/// One HTTP request of a delivery in full: bytes sent = bytes shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttemptDetail {
    #[serde(flatten)]
    pub attempt: AttemptView,
    /// Empty, as the URL: nothing was sent.
    #[schema(example = "POST")]
    pub request_method: String,
    pub request_url: String,
    pub request_headers: Vec<(String, String)>,
    pub request_body: Payload,
    pub http_version: Option<String>,
    /// Address of the receiver.
    pub remote: Option<String>,
    pub response_headers: Option<Vec<(String, String)>>,
    pub response_body: Option<Payload>,
    /// More came than is kept.
    pub response_truncated: bool,
    /// Durations by phase.
    #[schema(value_type = Object)]
    pub phases: serde_json::Value,
}

impl AttemptDetail {
    /// Whether less than the whole of a body is here.
    pub fn is_cut(&self) -> bool {
        self.request_body.cut || self.response_body.as_ref().is_some_and(|body| body.cut)
    }
}

impl AttemptView {
    pub(crate) fn of(attempt: &Attempt) -> Self {
        Self {
            id: attempt.id.clone(),
            delivery_id: attempt.delivery_id.clone(),
            webhook_id: attempt.webhook_id.clone(),
            event_id: attempt.event_id.clone(),
            event_type: attempt.event_type.clone(),
            number: attempt.number,
            at: Time(attempt.at),
            duration_us: attempt.duration_us,
            success: attempt.success,
            verdict: attempt.verdict.clone(),
            status_code: attempt.status_code,
            message: attempt.message.clone(),
        }
    }
}

impl From<Attempt> for AttemptDetail {
    fn from(attempt: Attempt) -> Self {
        let bytes = [attempt.request_body.len(), attempt.response_body.as_ref().map_or(0, Vec::len)];
        Self::from(Cut { row: attempt, bytes })
    }
}

impl From<Cut<Attempt, 2>> for AttemptDetail {
    fn from(cut: Cut<Attempt, 2>) -> Self {
        let (attempt, [request, response]) = (cut.row, cut.bytes);
        Self {
            attempt: AttemptView::of(&attempt),
            request_method: attempt.method,
            request_url: attempt.request_url,
            request_headers: attempt.request_headers,
            request_body: Payload::cut(&attempt.request_body, request),
            http_version: attempt.http_version,
            remote: attempt.remote,
            response_headers: attempt.response_headers,
            response_body: attempt.response_body.as_deref().map(|body| Payload::cut(body, response)),
            response_truncated: attempt.response_truncated,
            phases: serde_json::from_str(&attempt.phases).unwrap_or_default(),
        }
    }
}

/// Which deliveries.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only in this state.
    #[param(value_type = Option<schema::DeliveryState>)]
    pub state: Option<DeliveryState>,
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    pub before: Option<String>,
}

/// How a webhook did of late.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttemptStats {
    pub successes: u64,
    pub failures: u64,
    pub p50_us: Option<i64>,
    pub p95_us: Option<i64>,
}

/// Deliveries of a webhook.
///
/// # Errors
/// 404.
pub async fn deliveries(app: &App, caller: &Caller, webhook_id: &str, query: DeliveryQuery) -> Result<Items<DeliveryView>> {
    caller.need(Need::View)?;
    let page = PageQuery {
        limit: query.limit,
        before: query.before,
    }
    .page()?;
    let (workspace, webhook_id) = (caller.workspace.id.clone(), webhook_id.to_owned());
    app.read(move |tx| {
        found("webhook", webhooks::get(tx, &workspace, &webhook_id)?)?;
        Ok(Items::of(
            deliveries::list_of_webhook(tx, &webhook_id, query.state, &page)?,
            DeliveryView::from,
        ))
    })
    .await
}

/// Attempts of a webhook, their bodies cut.
///
/// # Errors
/// 404.
pub async fn attempts(app: &App, caller: &Caller, webhook_id: &str, query: PageQuery) -> Result<Items<AttemptDetail>> {
    caller.need(Need::View)?;
    let page = query.page()?;
    let (workspace, webhook_id) = (caller.workspace.id.clone(), webhook_id.to_owned());
    app.read(move |tx| {
        found("webhook", webhooks::get(tx, &workspace, &webhook_id)?)?;
        Ok(Items::of(attempts::of_webhook(tx, &webhook_id, &page)?, AttemptDetail::from))
    })
    .await
}

/// Attempts of these deliveries, which are the webhook's, their bodies cut; of each the oldest first.
///
/// # Errors
/// 404.
pub async fn of_deliveries(app: &App, caller: &Caller, webhook_id: &str, deliveries: &[DeliveryView]) -> Result<Vec<AttemptDetail>> {
    caller.need(Need::View)?;
    let (workspace, webhook_id) = (caller.workspace.id.clone(), webhook_id.to_owned());
    let ours = deliveries.iter().filter(|delivery| delivery.webhook_id == webhook_id);
    let ids: Vec<String> = ours.map(|delivery| delivery.id.clone()).collect();
    app.read(move |tx| {
        found("webhook", webhooks::get(tx, &workspace, &webhook_id)?)?;
        Ok(attempts::of_deliveries(tx, &ids)?.into_iter().map(AttemptDetail::from).collect())
    })
    .await
}

/// One attempt of a delivery, in full.
///
/// # Errors
/// 404.
pub async fn attempt(app: &App, caller: &Caller, delivery_id: &str, id: &str) -> Result<AttemptDetail> {
    caller.need(Need::View)?;
    let (workspace, delivery_id, id) = (caller.workspace.id.clone(), delivery_id.to_owned(), id.to_owned());
    app.read(move |tx| {
        // By its webhook: the log may be kept for longer than the delivery.
        let attempt = found("attempt", attempts::get(tx, &delivery_id, &id)?)?;
        found("attempt", webhooks::get(tx, &workspace, &attempt.webhook_id)?)?;
        Ok(AttemptDetail::from(attempt))
    })
    .await
}

/// Attempts of one delivery, oldest first.
///
/// # Errors
/// 404.
pub async fn of_delivery(app: &App, caller: &Caller, delivery_id: &str) -> Result<(DeliveryView, Vec<AttemptDetail>)> {
    caller.need(Need::View)?;
    let (workspace, delivery_id) = (caller.workspace.id.clone(), delivery_id.to_owned());
    app.read(move |tx| {
        let delivery = found("delivery", deliveries::get(tx, &workspace, &delivery_id)?)?;
        let attempts = attempts::of_delivery(tx, &delivery.id)?
            .into_iter()
            .map(AttemptDetail::from)
            .collect();
        Ok((delivery.into(), attempts))
    })
    .await
}

/// Success and latency of a webhook since a time.
///
/// # Errors
/// 404.
pub async fn stats(app: &App, caller: &Caller, webhook_id: &str, since: Time) -> Result<AttemptStats> {
    caller.need(Need::View)?;
    let (workspace, webhook_id) = (caller.workspace.id.clone(), webhook_id.to_owned());
    app.read(move |tx| {
        found("webhook", webhooks::get(tx, &workspace, &webhook_id)?)?;
        let stats = attempts::stats(tx, &webhook_id, since.micros())?;
        Ok(AttemptStats {
            successes: stats.successes,
            failures: stats.failures,
            p50_us: stats.p50_us,
            p95_us: stats.p95_us,
        })
    })
    .await
}
