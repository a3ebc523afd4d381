//! Workspaces and their members.

use domain::{Micros, account::Role};
use serde::Serialize;

use super::{
    accounts::{User, user_columns, user_read},
    all, changed, event_types, first,
};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

/// What a team shares; everything else belongs to one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Workspace {
    /// Id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The user whose id is in the uids of what is made here.
    pub owner_id: String,
    /// JSON object of the workspace's own settings.
    pub settings: serde_json::Value,
    /// When it was made.
    pub created_at: Micros,
}

/// A user in a workspace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// Who.
    pub user: User,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub created_at: Micros,
}

fn read(row: &Row) -> Result<Workspace> {
    Ok(Workspace {
        id: row.text(0)?,
        name: row.text(1)?,
        owner_id: row.text(2)?,
        settings: row.json(3)?,
        created_at: row.int(4)?,
    })
}

/// Adds a workspace, without members, with the event types that every workspace starts with.
pub fn insert(tx: &mut dyn Tx, workspace: &Workspace) -> Result<()> {
    tx.execute(
        "INSERT INTO workspaces (id, name, owner_id, settings, created_at) VALUES ($1, $2, $3, $4, $5)",
        &params![
            &workspace.id,
            &workspace.name,
            &workspace.owner_id,
            &workspace.settings,
            workspace.created_at
        ],
    )?;
    event_types::insert_initial(tx, &workspace.id, workspace.created_at)
}

/// A workspace by id.
pub fn get(tx: &mut dyn Tx, id: &str) -> Result<Option<Workspace>> {
    first(
        tx,
        "SELECT id, name, owner_id, settings, created_at FROM workspaces WHERE id = $1",
        &params![id],
        read,
    )
}

/// All workspaces of the instance, by name.
pub fn list(tx: &mut dyn Tx) -> Result<Vec<Workspace>> {
    all(
        tx,
        "SELECT id, name, owner_id, settings, created_at FROM workspaces ORDER BY name, id",
        &[],
        read,
    )
}

/// The workspaces that a user is a member of, by name.
pub fn of_user(tx: &mut dyn Tx, user_id: &str) -> Result<Vec<(Workspace, Role)>> {
    all(
        tx,
        "SELECT w.id, w.name, w.owner_id, w.settings, w.created_at, m.role
         FROM members m JOIN workspaces w ON w.id = m.workspace_id WHERE m.user_id = $1 ORDER BY w.name, w.id",
        &params![user_id],
        |row| Ok((read(row)?, row.word(5, Role::parse)?)),
    )
}

/// A user's role in a workspace, if they are a member.
pub fn role(tx: &mut dyn Tx, workspace_id: &str, user_id: &str) -> Result<Option<Role>> {
    first(
        tx,
        "SELECT role FROM members WHERE workspace_id = $1 AND user_id = $2",
        &params![workspace_id, user_id],
        |row| row.word(0, Role::parse),
    )
}

/// All members, by name.
pub fn members(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<Member>> {
    all(
        tx,
        concat!(
            "SELECT m.role, m.created_at, ",
            user_columns!(),
            " FROM members m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 ORDER BY u.name, u.id"
        ),
        &params![workspace_id],
        |row| {
            Ok(Member {
                role: row.word(0, Role::parse)?,
                created_at: row.int(1)?,
                user: user_read(row, 2)?,
            })
        },
    )
}

/// Adds a member, or changes their role.
pub fn set_member(tx: &mut dyn Tx, workspace_id: &str, user_id: &str, role: Role, now: Micros) -> Result<()> {
    tx.execute(
        "INSERT INTO members (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role",
        &params![workspace_id, user_id, role.as_str(), now],
    )?;
    Ok(())
}

/// Removes a member. Returns whether they were one.
pub fn remove_member(tx: &mut dyn Tx, workspace_id: &str, user_id: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
        &params![workspace_id, user_id],
    )
}

/// Replaces the workspace's settings. Returns whether there is such a workspace.
pub fn set_settings(tx: &mut dyn Tx, workspace_id: &str, settings: &serde_json::Value) -> Result<bool> {
    changed(
        tx,
        "UPDATE workspaces SET settings = $2 WHERE id = $1",
        &params![workspace_id, settings],
    )
}
