//! API tokens: made here, shown once, kept as a hash.

use domain::{
    Problem,
    account::{Need, Scope},
    activity::{Action, Model},
    id, limits, secret,
};
use serde::{Deserialize, Serialize};
use store::tables::accounts::{self as table, ApiToken};
use utoipa::ToSchema;

use super::{Caller, Items, Result, found};
use crate::{app::App, schema, time::Time};

/// Prefix of every token: secret scanners find it by this.
pub const PREFIX: &str = "wbt_";

/// A token without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenView {
    pub id: String,
    pub name: String,
    /// Its last characters.
    pub hint: String,
    #[schema(value_type = Vec<schema::Scope>)]
    pub scopes: Vec<Scope>,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    /// Precise to a minute.
    pub last_used_at: Option<Time>,
}

impl From<&ApiToken> for TokenView {
    fn from(token: &ApiToken) -> Self {
        Self {
            id: token.id.clone(),
            name: token.name.clone(),
            hint: token.hint.clone(),
            scopes: token.scopes.clone(),
            created_at: Time(token.created_at),
            expires_at: Time::option(token.expires_at),
            last_used_at: Time::option(token.last_used_at),
        }
    }
}

/// A new token.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenInput {
    pub name: String,
    #[schema(value_type = Vec<schema::Scope>)]
    pub scopes: Vec<Scope>,
    #[serde(default)]
    pub expires_at: Option<Time>,
}

/// A token with its secret: the only time that it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreatedToken {
    #[serde(flatten)]
    pub view: TokenView,
    /// Send it as `Authorization: Bearer …`. It is not shown again.
    pub token: String,
}

/// Every token of the workspace.
///
/// # Errors
/// 403 unless the caller administers the workspace.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<TokenView>> {
    caller.need(Need::Administer)?;
    let id = caller.workspace.id.clone();
    let tokens = app.read(move |tx| Ok(table::tokens(tx, &id)?)).await?;
    Ok(Items::all(tokens.iter().map(TokenView::from).collect()))
}

/// Makes a token for the caller's workspace.
///
/// # Errors
/// 422 naming the field.
pub async fn create(app: &App, caller: &Caller, input: TokenInput) -> Result<CreatedToken> {
    caller.need(Need::Administer)?;
    limits::check_name("name", &input.name)?;
    if input.scopes.is_empty() {
        return Err(Problem::invalid("scopes", "`scopes` is empty")
            .hint("at least one of `read`, `write`, `admin`, `publish`")
            .into());
    }
    let now = app.now();
    if input.expires_at.is_some_and(|at| at.micros() <= now) {
        return Err(Problem::invalid("expires_at", "`expires_at` is in the past").into());
    }
    let token = secret::generate_token(PREFIX);
    let row = ApiToken {
        id: id::new(id::TOKEN, now),
        workspace_id: caller.workspace.id.clone(),
        user_id: caller.user.id.clone(),
        name: input.name.trim().to_owned(),
        token_hash: secret::token_hash(&token),
        hint: secret::token_hint(&token),
        scopes: input.scopes,
        created_at: now,
        expires_at: input.expires_at.map(Time::micros),
        last_used_at: None,
    };
    let view = TokenView::from(&row);
    let caller = caller.shared();
    app.write(move |tx| {
        table::insert_token(tx, &row)?;
        caller.did(tx, Action::Create, Model::Token, (&row.id, &row.name), now)
    })
    .await?;
    Ok(CreatedToken { view, token })
}

/// Deletes a token; it stops working at once.
///
/// # Errors
/// 404.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Administer)?;
    let (caller, wanted) = (caller.shared(), id.to_owned());
    let now = app.now();
    app.write(move |tx| {
        let tokens = table::tokens(tx, &caller.workspace.id)?;
        let token = found("token", tokens.into_iter().find(|token| token.id == wanted))?;
        table::delete_token(tx, &caller.workspace.id, &token.id)?;
        caller.did(tx, Action::Delete, Model::Token, (&token.id, &token.name), now)
    })
    .await?;
    app.memory.tokens.forget(id);
    Ok(())
}
