//! Exceptions from the guard for single workspaces, made by admins of the instance.

use domain::{Problem, account::Need, settings::exceptions};
use serde::{Deserialize, Serialize};
use store::tables::{settings as table, workspaces};
use utoipa::ToSchema;

use super::{Caller, Items, Result, check_version, found, settings::record};
use crate::app::App;

/// What a workspace's webhooks may reach beside the internet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EgressView {
    pub workspace_id: String,
    pub workspace_name: String,
    /// Networks; a cloud-metadata address is opened only by an entry that names it alone.
    pub allow: Vec<String>,
    #[serde(skip)]
    pub version: i64,
}

/// All exceptions of a workspace anew.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EgressInput {
    /// Addresses or networks in CIDR form; none: no exception.
    pub allow: Vec<String>,
}

/// Every workspace of the instance with its exceptions, by name.
///
/// # Errors
/// 403 for those who do not run the instance.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<EgressView>> {
    need_instance(caller)?;
    app.read(move |tx| {
        let mut items = Vec::new();
        for workspace in workspaces::list(tx)? {
            let (_, exceptions) = table::of_workspace(tx, &workspace.id)?;
            items.push(view(workspace, &exceptions));
        }
        Ok(Items::all(items))
    })
    .await
}

/// The exceptions of one workspace.
///
/// # Errors
/// 403 for those who do not run the instance; 404.
pub async fn get(app: &App, caller: &Caller, workspace_id: &str) -> Result<EgressView> {
    need_instance(caller)?;
    let id = workspace_id.to_owned();
    app.read(move |tx| {
        let workspace = found("workspace", workspaces::get(tx, &id)?)?;
        let (_, exceptions) = table::of_workspace(tx, &id)?;
        Ok(view(workspace, &exceptions))
    })
    .await
}

/// Replaces the exceptions of a workspace; its activity log says who did.
///
/// # Errors
/// 403 for those who do not run the instance; 404; 412 when `expected` (If-Match) is not their version; 422 naming `allow[i]`.
pub async fn set(app: &App, caller: &Caller, workspace_id: &str, input: EgressInput, expected: Option<String>) -> Result<EgressView> {
    need_instance(caller)?;
    let allow = exceptions::parse(&input.allow)?;
    let now = app.now();
    let (mut caller, id) = (caller.clone(), workspace_id.to_owned());
    app.write(move |tx| {
        let workspace = found("workspace", workspaces::get(tx, &id)?)?;
        table::lock(tx, &id)?;
        let (settings, mut exceptions) = table::of_workspace(tx, &id)?;
        check_version(expected.as_deref(), exceptions.version)?;
        if exceptions.allow != allow {
            exceptions.allow = allow;
            exceptions.version += 1;
            table::set_exceptions(tx, &id, &exceptions)?;
            // It is told where it holds, wherever the caller is.
            caller.workspace = workspace.clone();
            record(tx, &caller, &format!("set the egress exceptions to {}", words(&exceptions)), now)?;
            engine::webhooks::heed_settings(tx, &id, settings.webhooks_enabled, now)?;
        }
        Ok(view(workspace, &exceptions))
    })
    .await
}

fn view(workspace: workspaces::Workspace, exceptions: &exceptions::Exceptions) -> EgressView {
    EgressView {
        workspace_id: workspace.id,
        workspace_name: workspace.name,
        allow: exceptions.allow.iter().map(ToString::to_string).collect(),
        version: exceptions.version,
    }
}

fn words(exceptions: &exceptions::Exceptions) -> String {
    if exceptions.allow.is_empty() {
        return "none".to_owned();
    }
    let all: Vec<String> = exceptions.allow.iter().map(|network| format!("`{network}`")).collect();
    all.join(", ")
}

/// Whether the caller runs the instance; a token needs the scope `admin` too.
pub fn is_instance_admin(caller: &Caller) -> bool {
    need_instance(caller).is_ok()
}

pub(super) fn need_instance(caller: &Caller) -> Result<(), Problem> {
    if !caller.user.instance_admin {
        return Err(Problem::forbidden("only an admin of the instance may do this").hint("ask the person who runs it"));
    }
    caller.need(Need::Administer)
}
