//! Tokens of the API. A token is shown once, when it is made; kept are its hash and its last characters.

use domain::{
    Micros,
    account::{Role, Scope},
};
use serde::Serialize;

use super::users::{self, User, columns as user_columns};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx, Value},
    tables::{all, changed, first},
};

macro_rules! columns {
    () => {
        "t.id, t.workspace_id, t.user_id, t.name, t.token_hash, t.hint, t.scopes, t.created_at, t.expires_at, t.last_used_at"
    };
}

/// A token of the API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApiToken {
    /// Id, which is not the token.
    pub id: String,
    /// The one workspace that it opens.
    pub workspace_id: String,
    /// Whose it is; it can never do more than they may.
    pub user_id: String,
    /// Name for people.
    pub name: String,
    /// SHA-256 of the token, in hex.
    #[serde(skip)]
    pub token_hash: String,
    /// Its last characters.
    pub hint: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Micros,
    /// When it ends; `None` for never.
    pub expires_at: Option<Micros>,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Micros>,
}

fn read(row: &Row) -> Result<ApiToken> {
    Ok(ApiToken {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        user_id: row.text(2)?,
        name: row.text(3)?,
        token_hash: row.text(4)?,
        hint: row.text(5)?,
        scopes: row.json(6)?,
        created_at: row.int(7)?,
        expires_at: row.opt_int(8)?,
        last_used_at: row.opt_int(9)?,
    })
}

/// Adds a token.
pub fn insert_token(tx: &mut dyn Tx, token: &ApiToken) -> Result<()> {
    tx.execute(
        "INSERT INTO api_tokens (id, workspace_id, user_id, name, token_hash, hint, scopes, created_at, expires_at,
         last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &params![
            &token.id,
            &token.workspace_id,
            &token.user_id,
            &token.name,
            &token.token_hash,
            &token.hint,
            Value::json(&token.scopes)?,
            token.created_at,
            token.expires_at,
            token.last_used_at
        ],
    )?;
    Ok(())
}

/// The token with this hash, its user and their role in its workspace. Whether it expired is the caller's to see;
/// tokens of disabled users and of those who left the workspace are gone.
pub fn token_by_hash(tx: &mut dyn Tx, token_hash: &str) -> Result<Option<(ApiToken, User, Role)>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            ", ",
            user_columns!(),
            ", m.role FROM api_tokens t JOIN users u ON u.id = t.user_id
             JOIN members m ON m.workspace_id = t.workspace_id AND m.user_id = t.user_id
             WHERE t.token_hash = $1 AND u.disabled_at IS NULL"
        ),
        &params![token_hash],
        |row| Ok((read(row)?, users::read(row, 10)?, row.word(17, Role::parse)?)),
    )
}

/// All tokens of a workspace, newest first.
pub fn tokens(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<ApiToken>> {
    all(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM api_tokens t WHERE t.workspace_id = $1 ORDER BY t.created_at DESC, t.id DESC"
        ),
        &params![workspace_id],
        read,
    )
}

/// Deletes a token. Returns whether there was one.
pub fn delete_token(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM api_tokens WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id],
    )
}

/// Records that a token was used.
pub fn touch_token(tx: &mut dyn Tx, id: &str, at: Micros) -> Result<()> {
    tx.execute("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1", &params![id, at])?;
    Ok(())
}
