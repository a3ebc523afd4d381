//! What the unit tests of several stages begin with.

use domain::{
    delivery::{DeliveryKind, DeliveryState},
    event::Event,
    retry::RetryPolicy,
};
use store::{
    Result, Tx,
    tables::{accounts, deliveries::Delivery, webhooks::Webhook, workspaces},
};

/// A user and the workspace `wsp`.
pub(crate) fn people(tx: &mut dyn Tx) -> Result<()> {
    let user = accounts::User {
        id: "1".to_owned(),
        email: "a@example.org".to_owned(),
        name: "Ada".to_owned(),
        password_hash: "-".to_owned(),
        instance_admin: false,
        created_at: 0,
        disabled_at: None,
    };
    accounts::insert_user(tx, &user)?;
    let workspace = workspaces::Workspace {
        id: "wsp".to_owned(),
        name: "Shop".to_owned(),
        owner_id: "1".to_owned(),
        settings: serde_json::json!({}),
        created_at: 0,
    };
    workspaces::insert(tx, &workspace)
}

/// The event `evt`.
pub(crate) fn event() -> Event {
    Event {
        id: "evt".to_owned(),
        workspace_id: "wsp".to_owned(),
        event_type: "a".to_owned(),
        subject: String::new(),
        at: 10,
        data: "{}".to_owned(),
        import: false,
        hops: 0,
    }
}

/// An enabled webhook `whk` for everything, without a secret.
pub(crate) fn webhook() -> Webhook {
    Webhook {
        id: "whk".to_owned(),
        workspace_id: "wsp".to_owned(),
        name: "Hook".to_owned(),
        url: "https://example.org".to_owned(),
        events: vec!["*".to_owned()],
        retry_policy: Some(RetryPolicy::testmonitor()),
        owner_id: "1".to_owned(),
        ..Webhook::blank(0)
    }
}

/// A pending delivery to it.
pub(crate) fn delivery(id: &str) -> Delivery {
    Delivery {
        id: id.to_owned(),
        workspace_id: "wsp".to_owned(),
        webhook_id: "whk".to_owned(),
        event_id: "evt".to_owned(),
        event_type: "a".to_owned(),
        kind: DeliveryKind::Event,
        state: DeliveryState::Pending,
        reason: None,
        attempts: 0,
        due_at: 10,
        created_at: 10,
        finished_at: None,
        replay_id: None,
    }
}
