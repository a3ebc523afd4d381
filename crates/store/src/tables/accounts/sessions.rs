//! Log-ins at the page. The cookie's token is kept as its hash only.

use domain::Micros;
use serde::Serialize;

use super::users::{self, User, columns};
use crate::{
    error::Result,
    params,
    sql::Tx,
    tables::{changed, first},
};

/// A log-in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Session {
    /// SHA-256 of the cookie's token, in hex.
    #[serde(skip)]
    pub token_hash: String,
    /// Who.
    pub user_id: String,
    /// What a form must send back.
    #[serde(skip)]
    pub csrf: String,
    /// When the person logged in.
    pub created_at: Micros,
    /// When it ends.
    pub expires_at: Micros,
}

/// Adds a session.
pub fn insert_session(tx: &mut dyn Tx, session: &Session) -> Result<()> {
    tx.execute(
        "INSERT INTO sessions (token_hash, user_id, csrf, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        &params![
            &session.token_hash,
            &session.user_id,
            &session.csrf,
            session.created_at,
            session.expires_at
        ],
    )?;
    Ok(())
}

/// The session with this token and its user, unless it expired or the user is disabled.
pub fn session(tx: &mut dyn Tx, token_hash: &str, now: Micros) -> Result<Option<(Session, User)>> {
    first(
        tx,
        concat!(
            "SELECT s.token_hash, s.user_id, s.csrf, s.created_at, s.expires_at, ",
            columns!(),
            " FROM sessions s JOIN users u ON u.id = s.user_id
              WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL"
        ),
        &params![token_hash, now],
        |row| {
            let session = Session {
                token_hash: row.text(0)?,
                user_id: row.text(1)?,
                csrf: row.text(2)?,
                created_at: row.int(3)?,
                expires_at: row.int(4)?,
            };
            Ok((session, users::read(row, 5)?))
        },
    )
}

/// Logs out. Returns whether there was such a session.
pub fn delete_session(tx: &mut dyn Tx, token_hash: &str) -> Result<bool> {
    changed(tx, "DELETE FROM sessions WHERE token_hash = $1", &params![token_hash])
}

/// Deletes at most `limit` sessions that ended before `now`. Returns how many.
pub fn delete_expired_sessions(tx: &mut dyn Tx, now: Micros, limit: usize) -> Result<u64> {
    tx.execute(
        "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at <= $1 LIMIT $2)",
        &params![now, limit],
    )
}
