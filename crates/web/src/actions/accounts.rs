//! Accounts: the first admin, logging in and out, and whose session a cookie is.

use std::net::IpAddr;

use domain::{
    Problem,
    account::{self, Role},
    clock::DAY,
    limits, secret,
};
use serde::{Deserialize, Serialize};
use store::tables::{
    accounts::{self as table, User},
    workspaces::{self, Workspace},
};
use utoipa::ToSchema;

use super::{ActionError, Caller, Result, found};
use crate::{app::App, guard::password, time::Time};

/// How long a session lasts without logging in again.
pub const SESSION_LASTS: i64 = 30 * DAY;

/// An account as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountView {
    /// Eight digits: the owner part of uids.
    pub id: String,
    pub email: String,
    pub name: String,
    pub instance_admin: bool,
    pub created_at: Time,
}

impl From<&User> for AccountView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.clone(),
            email: user.email.clone(),
            name: user.name.clone(),
            instance_admin: user.instance_admin,
            created_at: Time(user.created_at),
        }
    }
}

/// What the first start asks for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupInput {
    pub email: String,
    pub name: String,
    /// At least 12 characters.
    pub password: String,
    /// Name of the first workspace.
    #[serde(default)]
    pub workspace: Option<String>,
}

/// What the log-in page asks for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginInput {
    pub email: String,
    pub password: String,
}

/// A fresh session.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    pub account: AccountView,
    /// Value of the session cookie; see [`crate::guard::session::set_cookie`].
    pub token: String,
    /// Token for forms and `x-csrf-token`.
    pub csrf: String,
}

/// Who holds a session cookie.
#[derive(Debug, Clone)]
pub struct Session {
    pub user: User,
    pub csrf: String,
    pub token_hash: String,
}

/// Whether nobody has set this instance up yet.
///
/// # Errors
/// The store's.
pub async fn needs_setup(app: &App) -> Result<bool> {
    app.read(|tx| Ok(table::users_count(tx)? == 0)).await
}

/// Creates the first admin with a workspace and logs them in.
///
/// # Errors
/// 422 naming the field; 409 when the instance has users already.
pub async fn setup_first_admin(app: &App, input: SetupInput) -> Result<LoggedIn> {
    let email = account::check_email(&input.email)?;
    limits::check_name("name", &input.name)?;
    account::check_password(&input.password)?;
    let workspace = input
        .workspace
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "My workspace".to_owned());
    limits::check_name("workspace", &workspace)?;
    if !needs_setup(app).await? {
        return Err(already_set_up().into());
    }
    let password_hash = password::hash(input.password).await?;
    let now = app.now();
    let (user, session) = app
        .write(move |tx| {
            tx.lock("setup")?;
            if table::users_count(tx)? > 0 {
                return Err(already_set_up().into());
            }
            let user = User {
                id: new_user_id(tx)?,
                email,
                name: input.name.trim().to_owned(),
                password_hash,
                instance_admin: true,
                created_at: now,
                disabled_at: None,
            };
            table::insert_user(tx, &user)?;
            super::workspaces::insert(tx, &user, workspace.trim(), now)?;
            let session = open_session(tx, &user, now)?;
            Ok((user, session))
        })
        .await?;
    Ok(LoggedIn {
        account: AccountView::from(&user),
        token: session.0,
        csrf: session.1,
    })
}

fn already_set_up() -> Problem {
    Problem::conflict("this instance has an admin already").hint("log in, or ask the admin for an account")
}

/// Eight digits as Postman's user ids, random so that they do not tell how many there are.
fn new_user_id(tx: &mut dyn store::Tx) -> store::Result<String> {
    loop {
        let id = rand::random_range(10_000_000_u32..100_000_000).to_string();
        if table::user_id_is_free(tx, &id)? {
            return Ok(id);
        }
    }
}

/// Checks e-mail and password and opens a session. The answer, and the time it takes, are the
/// same for an unknown account and a wrong password.
///
/// # Errors
/// 401, or 429 after too many attempts for this account from this address.
pub async fn login(app: &App, input: LoginInput, remote: Option<IpAddr>) -> Result<LoggedIn> {
    let now = app.now();
    let email = input.email.trim().to_lowercase();
    app.memory.logins.begin(&email, remote, now)?;
    let wanted = email.clone();
    let user = app.read(move |tx| Ok(table::user_by_email(tx, &wanted)?)).await?;
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let right = password::verify(input.password, stored).await?;
    let Some(user) = user.filter(|user| right && user.disabled_at.is_none()) else {
        return Err(Problem::unauthenticated("e-mail or password is wrong").at("password").into());
    };
    app.memory.logins.succeeded(&email, remote);
    let account = AccountView::from(&user);
    let (token, csrf) = app.write(move |tx| Ok(open_session(tx, &user, now)?)).await?;
    Ok(LoggedIn { account, token, csrf })
}

fn open_session(tx: &mut dyn store::Tx, user: &User, now: i64) -> store::Result<(String, String)> {
    let token = secret::generate_token("wbs_");
    let csrf = secret::generate_token("");
    table::insert_session(
        tx,
        &table::Session {
            token_hash: secret::token_hash(&token),
            user_id: user.id.clone(),
            csrf: csrf.clone(),
            created_at: now,
            expires_at: now + SESSION_LASTS,
        },
    )?;
    table::delete_expired_sessions(tx, now, 100)?;
    Ok((token, csrf))
}

/// Ends the session.
///
/// # Errors
/// The store's.
pub async fn logout(app: &App, session: &Session) -> Result<()> {
    let hash = session.token_hash.clone();
    app.write(move |tx| {
        table::delete_session(tx, &hash)?;
        Ok(())
    })
    .await
}

/// The session of a cookie's token, if it lasts.
///
/// # Errors
/// The store's.
pub async fn session(app: &App, token: &str) -> Result<Option<Session>> {
    let hash = secret::token_hash(token);
    let now = app.now();
    app.read(move |tx| {
        let found = table::session(tx, &hash, now)?;
        let found = found.filter(|(_, user)| user.disabled_at.is_none());
        Ok(found.map(|(session, user)| Session {
            user,
            csrf: session.csrf,
            token_hash: session.token_hash,
        }))
    })
    .await
}

/// A session's user in a workspace: the named one, or their first.
///
/// # Errors
/// 404 when there is no such workspace for them.
pub async fn caller(app: &App, session: &Session, workspace_id: Option<&str>) -> Result<Caller> {
    let user_id = session.user.id.clone();
    let wanted = workspace_id.map(str::to_owned);
    let (workspace, role) = app
        .read(move |tx| {
            let mine = workspaces::of_user(tx, &user_id)?;
            let chosen = mine
                .into_iter()
                .find(|(workspace, _)| wanted.as_ref().is_none_or(|id| *id == workspace.id));
            found("workspace", chosen)
        })
        .await?;
    Ok(Caller {
        user: session.user.clone(),
        workspace,
        role,
        scopes: None,
    })
}

/// Every workspace of a session's user.
///
/// # Errors
/// The store's.
pub async fn my_workspaces(app: &App, session: &Session) -> Result<Vec<(Workspace, Role)>> {
    let id = session.user.id.clone();
    app.read(move |tx| Ok(workspaces::of_user(tx, &id)?)).await
}

/// Who the caller is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeView {
    pub user: AccountView,
    pub workspace: super::workspaces::WorkspaceView,
    /// Scopes of the token; absent for a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<crate::schema::Scope>>)]
    pub scopes: Option<Vec<account::Scope>>,
}

/// Who the caller is.
pub fn me(caller: &Caller) -> MeView {
    MeView {
        user: AccountView::from(&caller.user),
        workspace: super::workspaces::WorkspaceView::of(&caller.workspace, caller.role),
        scopes: caller.scopes.clone(),
    }
}

impl From<tokio::task::JoinError> for ActionError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Internal(error.to_string())
    }
}
