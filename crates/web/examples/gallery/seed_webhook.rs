//! A webhook with a log for the sample data.

use domain::{
    Micros,
    clock::{HOUR, SECOND},
    delivery::{DeliveryKind, DeliveryState},
    event::{Event, RUN_FINISHED},
    id,
    profile::Profile,
};
use store::{
    Tx,
    tables::{attempts, deliveries, events, webhooks as webhook_table},
};
use web::{
    App,
    actions::{
        Caller,
        monitors::MonitorView,
        webhooks::{self, OptionsPatch, WebhookInput},
    },
};

use super::write;

/// A webhook that hears of one monitor; answers its id.
pub async fn webhook(app: &App, caller: &Caller, monitor: &MonitorView, hostile: &str) -> String {
    let input = WebhookInput {
        name: format!("On-call channel{hostile}"),
        profile: Profile::Postman,
        url: "http://127.0.0.1:9/hooks/watchbell".to_owned(),
        events: vec![RUN_FINISHED.to_owned()],
        subject: Some(monitor.id.clone()),
        trigger: None,
        options: OptionsPatch::default(),
        filter: None,
        retry_policy: None,
        secret: Some("generate".to_owned()),
        headers: Vec::new(),
        client_certificate: None,
        enabled: true,
    };
    webhooks::create(app, caller, input).await.unwrap().webhook.id
}

/// Half a day of deliveries.
pub async fn log(app: &App, caller: &Caller, webhook_id: &str, hostile: &str) {
    let (now, workspace, webhook_id, hostile) = (app.now(), caller.workspace.id.clone(), webhook_id.to_owned(), hostile.to_owned());
    write(app, move |tx| {
        for n in 0..24_i64 {
            let at = now - (24 - n) * HOUR / 2;
            let good = !matches!(n, 9 | 10 | 22);
            let event = Event {
                id: id::new(id::EVENT, at),
                workspace_id: workspace.clone(),
                event_type: RUN_FINISHED.to_owned(),
                subject: String::new(),
                at,
                data: "{}".to_owned(),
                import: false,
                hops: 0,
            };
            events::insert(tx, &event, None, event.at)?;
            let delivery = delivery(&event, &webhook_id, at, good);
            attempts_of(tx, &delivery, at, n, good, &hostile)?;
        }
        webhook_table::record_attempts(
            tx,
            &webhook_id,
            &webhook_table::AttemptTotals {
                success_at: Some(now - HOUR / 2),
                failure_at: None,
                failures: 0,
                last_attempt_at: now - HOUR / 2,
            },
        )
    })
    .await;
}

fn delivery(event: &Event, webhook_id: &str, at: Micros, good: bool) -> deliveries::Delivery {
    deliveries::Delivery {
        id: id::new(id::DELIVERY, at),
        workspace_id: event.workspace_id.clone(),
        webhook_id: webhook_id.to_owned(),
        event_id: event.id.clone(),
        event_type: event.event_type.clone(),
        kind: DeliveryKind::Event,
        state: if good { DeliveryState::Delivered } else { DeliveryState::Failed },
        reason: (!good).then(|| "the receiver refused it".to_owned()),
        attempts: 1,
        due_at: at,
        created_at: at,
        finished_at: Some(at + SECOND),
        replay_id: None,
    }
}

fn attempts_of(tx: &mut dyn Tx, delivery: &deliveries::Delivery, at: Micros, n: i64, good: bool, hostile: &str) -> store::Result<()> {
    deliveries::insert_many(tx, std::slice::from_ref(delivery))?;
    let attempt = attempts::Attempt {
        id: id::new(id::ATTEMPT, at),
        delivery_id: delivery.id.clone(),
        webhook_id: delivery.webhook_id.clone(),
        event_id: delivery.event_id.clone(),
        event_type: delivery.event_type.clone(),
        number: 1,
        at,
        duration_us: 40_000 + n * 7_919 % 90_000,
        phases: "{}".to_owned(),
        success: good,
        verdict: if good { "ok" } else { "http_status" }.to_owned(),
        status_code: Some(if good { 204 } else { 500 }),
        message: (!good).then(|| format!("answered 500{hostile}")),
        remote: Some("127.0.0.1:9".to_owned()),
        http_version: Some("HTTP/1.1".to_owned()),
        method: "POST".to_owned(),
        request_url: "http://127.0.0.1:9/hooks/watchbell".to_owned(),
        request_headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("webhook-id".to_owned(), delivery.event_id.clone()),
        ],
        request_body: format!("{{\"monitor_name\":\"Orders hourly{hostile}\",\"metrics\":{{\"failedTests\":1}}}}").into_bytes(),
        response_headers: Some(vec![("server".to_owned(), format!("example{hostile}"))]),
        response_body: Some(if good {
            Vec::new()
        } else {
            format!("{{\"error\":\"no such channel{hostile}\"}}").into_bytes()
        }),
        response_truncated: false,
    };
    attempts::insert_many(tx, &[attempts::log_row(attempt)])
}
