//! Rows that other rows refer to: one user, their workspace, and one of each thing in it.

use domain::{
    event::Event,
    run::{RunKind, RunOptions, RunState, RunType},
    schedule::Schedule,
    source::Provider,
};
use store::{
    Result, Store, Tx,
    tables::{
        accounts::{self, User},
        collections::{self, CollectionRow},
        deliveries::Delivery,
        monitors::{self, Monitor},
        runs::Run,
        sources::{self, Source},
        webhooks::{self, Webhook},
        workspaces::{self, Workspace},
    },
};

pub const USER: &str = "12345678";
pub const WORKSPACE: &str = "wsp_1";
pub const MONITOR: &str = "monitor-1";
pub const WEBHOOK: &str = "whk_1";
pub const SOURCE: &str = "src_1";

/// A step of so many rows, however long.
pub fn step(rows: usize) -> store::tables::prune::Step {
    store::tables::prune::Step { rows, bytes: i64::MAX }
}

/// Fills a store with one of each.
pub async fn fill(store: &Store) {
    crate::write(store, |tx| {
        account(tx)?;
        collections::insert(tx, &collection("collection-1"), "{}", USER)?;
        monitors::insert(tx, &monitor(MONITOR))?;
        webhooks::insert(tx, &webhook(WEBHOOK))?;
        sources::insert(tx, &source(SOURCE))
    })
    .await
    .expect("a filled store");
}

/// A user and their workspace.
pub fn account(tx: &mut dyn Tx) -> Result<()> {
    accounts::insert_user(tx, &user(USER, "ada@example.org"))?;
    let workspace = Workspace {
        id: WORKSPACE.into(),
        name: "Team".into(),
        owner_id: USER.into(),
        settings: serde_json::json!({}),
        created_at: 1,
    };
    workspaces::insert(tx, &workspace)
}

pub fn user(id: &str, email: &str) -> User {
    User {
        id: id.into(),
        email: email.into(),
        name: "Ada".into(),
        password_hash: "$argon2id$".into(),
        instance_admin: true,
        created_at: 1,
        disabled_at: None,
    }
}

pub fn collection(id: &str) -> CollectionRow {
    CollectionRow {
        id: id.into(),
        workspace_id: WORKSPACE.into(),
        uid: format!("{USER}-{id}"),
        name: "Orders API".into(),
        version: 1,
        requests: 3,
        created_at: 1,
        updated_at: 1,
    }
}

pub fn monitor(id: &str) -> Monitor {
    Monitor {
        id: id.into(),
        workspace_id: WORKSPACE.into(),
        uid: format!("{USER}-{id}"),
        name: "Orders hourly".into(),
        collection_id: "collection-1".into(),
        environment_id: None,
        owner_id: USER.into(),
        schedule: Schedule::Interval { seconds: 60 },
        options: RunOptions::default(),
        tags: vec!["prod".into()],
        active: true,
        next_due_at: Some(100),
        series: "series-1".into(),
        sequence: 0,
        last_run_id: None,
        last_status: None,
        last_finished_at: None,
        created_at: 1,
        updated_at: 1,
    }
}

pub fn run(id: &str, sequence: i64, queued_at: i64) -> Run {
    Run {
        id: id.into(),
        workspace_id: WORKSPACE.into(),
        kind: RunKind::Monitor,
        monitor_id: Some(MONITOR.into()),
        run_type: RunType::Scheduled,
        series: "series-1".into(),
        sequence,
        state: RunState::Queued,
        status: None,
        tries: 0,
        starts: 0,
        queued_at,
        due_at: queued_at,
        started_at: None,
        finished_at: None,
        started_by: None,
        metrics: None,
        failures: Vec::new(),
        error: None,
        input: None,
        collection_version: None,
        environment_version: None,
    }
}

pub fn webhook(id: &str) -> Webhook {
    Webhook {
        id: id.into(),
        workspace_id: WORKSPACE.into(),
        name: "Chat".into(),
        url: "https://example.org/hook".into(),
        events: vec!["monitor.run.finished".into(), "incident.*".into()],
        secret_sealed: Some("v1:x:y".into()),
        owner_id: USER.into(),
        ..Webhook::blank(1)
    }
}

pub fn event(id: &str, at: i64) -> Event {
    Event {
        id: id.into(),
        workspace_id: WORKSPACE.into(),
        event_type: "issue-created".into(),
        subject: String::new(),
        at,
        data: r#"{"a":1}"#.into(),
        import: false,
        hops: 0,
    }
}

pub fn delivery(id: &str, event_id: &str, due_at: i64) -> Delivery {
    Delivery {
        id: id.into(),
        workspace_id: WORKSPACE.into(),
        webhook_id: WEBHOOK.into(),
        event_id: event_id.into(),
        event_type: "issue-created".into(),
        kind: domain::delivery::DeliveryKind::Event,
        state: domain::delivery::DeliveryState::Pending,
        reason: None,
        attempts: 0,
        due_at,
        created_at: due_at,
        finished_at: None,
        replay_id: None,
    }
}

pub fn source(id: &str) -> Source {
    Source {
        id: id.into(),
        workspace_id: WORKSPACE.into(),
        name: "Postman".into(),
        provider: Provider::Postman,
        token_hash: format!("hash of {id}"),
        token_hint: "wxyz".into(),
        token_sealed: "v1:x:y".into(),
        old_token_hash: None,
        old_token_ends_at: None,
        enabled: true,
        failures: 0,
        successes: 0,
        last_receipt_at: None,
        created_at: 1,
        updated_at: 1,
    }
}
