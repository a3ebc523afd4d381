//! Fills the log of a stopped server with settled deliveries and their attempts.

use std::path::Path;

use anyhow::Result;
use domain::{
    Micros,
    clock::{DAY, SECOND},
    delivery::{DeliveryKind, DeliveryState},
    event::Event,
    id,
};
use store::{
    KeyFile, Options, Store, Vault,
    tables::{
        attempts::{self, Attempt},
        deliveries::{self, Delivery},
        events,
    },
};

/// Rows in one transaction.
const CHUNK: u64 = 2_000;

/// What is filled in.
pub struct Fill {
    pub webhook: String,
    pub workspace: String,
    pub attempts: u64,
    /// So many of them, the oldest, are older than the log's retention.
    pub old: u64,
    pub now: Micros,
}

/// Fills the SQLite database in `data`; nobody else may have it open.
pub async fn log(data: &Path, fill: &Fill) -> Result<()> {
    let options = Options::Sqlite {
        folder: data.to_owned(),
        readers: 1,
    };
    let vault = Vault::from_file(&data.join("secret.key"), KeyFile::MustExist)?;
    let store = Store::open(options, vault, fill.now).await?;
    let event = event(fill);
    let stored = event.clone();
    store
        .write(move |tx| events::insert_many(tx, &[(&stored, None)], stored.at).map(drop))
        .await?;
    for first in (0..fill.attempts).step_by(CHUNK as usize) {
        let rows: Vec<_> = (first..(first + CHUNK).min(fill.attempts)).map(|n| row(fill, &event, n)).collect();
        let (sent, logged): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        store
            .write(move |tx| {
                deliveries::insert_many(tx, &sent)?;
                attempts::insert_many(tx, &logged.into_iter().map(attempts::log_row).collect::<Vec<_>>())
            })
            .await?;
    }
    store.close().await;
    Ok(())
}

/// All attempts are of one event: the log's cost is in its own rows.
fn event(fill: &Fill) -> Event {
    Event {
        id: id::new(id::EVENT, fill.now),
        workspace_id: fill.workspace.clone(),
        event_type: "bench.old".to_owned(),
        subject: String::new(),
        at: fill.now,
        data: "{}".to_owned(),
        import: false,
        hops: 0,
    }
}

fn row(fill: &Fill, event: &Event, number: u64) -> (Delivery, Attempt) {
    let step = i64::try_from(number).unwrap_or(0);
    let at = if number < fill.old {
        fill.now - 15 * DAY + step * 1_000
    } else {
        fill.now - 10 * DAY + step * 50_000
    }
    .min(fill.now - SECOND);
    let delivery = Delivery {
        id: id::new(id::DELIVERY, at),
        workspace_id: fill.workspace.clone(),
        webhook_id: fill.webhook.clone(),
        event_id: event.id.clone(),
        event_type: event.event_type.clone(),
        kind: DeliveryKind::Event,
        state: DeliveryState::Delivered,
        reason: Some("every_run".to_owned()),
        attempts: 1,
        due_at: at,
        created_at: at,
        finished_at: Some(at),
        replay_id: None,
    };
    let attempt = Attempt {
        id: id::new(id::ATTEMPT, at),
        delivery_id: delivery.id.clone(),
        webhook_id: fill.webhook.clone(),
        event_id: event.id.clone(),
        event_type: event.event_type.clone(),
        number: 1,
        at,
        duration_us: 900 + step % 700,
        phases: "{}".to_owned(),
        success: !number.is_multiple_of(50),
        verdict: "ok".to_owned(),
        status_code: Some(200),
        message: None,
        remote: Some("127.0.0.1:9".to_owned()),
        http_version: Some("HTTP/1.1".to_owned()),
        method: "POST".to_owned(),
        request_url: "http://127.0.0.1:9/".to_owned(),
        request_headers: vec![("webhook-id".to_owned(), event.id.clone())],
        request_body: vec![b'x'; 100],
        response_headers: Some(Vec::new()),
        response_body: Some(Vec::new()),
        response_truncated: false,
    };
    (delivery, attempt)
}
