//! Workspaces: what a team shares, and who is in it.

use domain::{
    Micros,
    account::{Need, Role},
    activity::{Action, Activity, Model},
    id, limits,
};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    tables::{
        accounts::User,
        workspaces::{self as table, Workspace},
    },
};
use utoipa::ToSchema;

use super::{Caller, Items, Result, accounts::Session};
use crate::{app::App, schema, time::Time};

/// A workspace and the caller's role in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkspaceView {
    pub id: String,
    pub name: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
    pub created_at: Time,
}

impl WorkspaceView {
    /// The view for one of its members.
    pub fn of(workspace: &Workspace, role: Role) -> Self {
        Self {
            id: workspace.id.clone(),
            name: workspace.name.clone(),
            role,
            created_at: Time(workspace.created_at),
        }
    }
}

/// A new workspace.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceInput {
    pub name: String,
}

/// A user in a workspace.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    pub id: String,
    pub email: String,
    pub name: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
    pub created_at: Time,
}

/// The workspaces that the caller can act in: a token has one, a person all of theirs.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<WorkspaceView>> {
    caller.need(Need::View)?;
    if caller.scopes.is_some() {
        return Ok(Items::all(vec![WorkspaceView::of(&caller.workspace, caller.role)]));
    }
    let user_id = caller.user.id.clone();
    let mine = app.read(move |tx| Ok(table::of_user(tx, &user_id)?)).await?;
    Ok(Items::all(
        mine.iter().map(|(workspace, role)| WorkspaceView::of(workspace, *role)).collect(),
    ))
}

/// One of them.
///
/// # Errors
/// 404 for a stranger's.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<WorkspaceView> {
    let found = list(app, caller).await?.items.into_iter().find(|workspace| workspace.id == id);
    super::found("workspace", found)
}

/// Creates a workspace with the session's user as its admin.
///
/// # Errors
/// 422 naming the field.
pub async fn create(app: &App, session: &Session, input: WorkspaceInput) -> Result<WorkspaceView> {
    limits::check_name("name", &input.name)?;
    let user = session.user.clone();
    let now = app.now();
    let workspace = app
        .write(move |tx| {
            let workspace = insert(tx, &user, input.name.trim(), now)?;
            let activity = Activity::new(
                &user.id,
                &user.name,
                Action::Create,
                Model::Workspace,
                &workspace.id,
                &workspace.name,
            );
            engine::activity::record(tx, &workspace.id, activity, now)?;
            Ok(workspace)
        })
        .await?;
    Ok(WorkspaceView::of(&workspace, Role::Admin))
}

/// The workspace's members.
///
/// # Errors
/// The store's.
pub async fn members(app: &App, caller: &Caller) -> Result<Items<MemberView>> {
    caller.need(Need::View)?;
    let id = caller.workspace.id.clone();
    let members = app.read(move |tx| Ok(table::members(tx, &id)?)).await?;
    let view = |member: table::Member| MemberView {
        id: member.user.id,
        email: member.user.email,
        name: member.user.name,
        role: member.role,
        created_at: Time(member.created_at),
    };
    Ok(Items::all(members.into_iter().map(view).collect()))
}

pub(crate) fn insert(tx: &mut dyn Tx, owner: &User, name: &str, now: Micros) -> store::Result<Workspace> {
    let workspace = Workspace {
        id: id::new(id::WORKSPACE, now),
        name: name.to_owned(),
        owner_id: owner.id.clone(),
        settings: serde_json::json!({}),
        created_at: now,
    };
    table::insert(tx, &workspace)?;
    table::set_member(tx, &workspace.id, &owner.id, Role::Admin, now)?;
    Ok(workspace)
}
