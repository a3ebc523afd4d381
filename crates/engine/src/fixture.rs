//! What the unit tests of several stages begin with.

use store::{
    Result, Tx,
    tables::{accounts, workspaces},
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
