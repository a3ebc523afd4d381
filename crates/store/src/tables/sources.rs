//! Sources: inbound integrations, and what is known of each key of theirs.

mod keys;

pub use keys::{KnownKey, key_state, set_key_state};

use domain::{Micros, source::Provider};
use serde::Serialize;

use super::{all, changed, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

macro_rules! columns {
    () => {
        "id, workspace_id, name, provider, token_hash, token_hint, token_sealed, old_token_hash, old_token_ends_at,
         enabled, failures, successes, last_receipt_at, created_at, updated_at"
    };
}

/// A source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// Id.
    pub id: String,
    /// Whose.
    pub workspace_id: String,
    /// Name for people.
    pub name: String,
    /// How bodies are read.
    pub provider: Provider,
    /// SHA-256 of the token, in hex.
    #[serde(skip)]
    pub token_hash: String,
    /// Last characters of the token.
    pub token_hint: String,
    /// The token as vault text, for own webhooks that point here.
    #[serde(skip)]
    pub token_sealed: String,
    /// Hash of the token before.
    #[serde(skip)]
    pub old_token_hash: Option<String>,
    /// Until when the token before is taken too.
    pub old_token_ends_at: Option<Micros>,
    /// Whether receipts are taken.
    pub enabled: bool,
    /// Failures reported so far.
    pub failures: i64,
    /// Successes reported so far.
    pub successes: i64,
    /// When something last came.
    pub last_receipt_at: Option<Micros>,
    /// When it was made.
    pub created_at: Micros,
    /// When it was last changed.
    pub updated_at: Micros,
}

fn read(row: &Row) -> Result<Source> {
    Ok(Source {
        id: row.text(0)?,
        workspace_id: row.text(1)?,
        name: row.text(2)?,
        provider: row.word(3, Provider::parse)?,
        token_hash: row.text(4)?,
        token_hint: row.text(5)?,
        token_sealed: row.text(6)?,
        old_token_hash: row.opt_text(7)?,
        old_token_ends_at: row.opt_int(8)?,
        enabled: row.bool(9)?,
        failures: row.int(10)?,
        successes: row.int(11)?,
        last_receipt_at: row.opt_int(12)?,
        created_at: row.int(13)?,
        updated_at: row.int(14)?,
    })
}

/// Adds a source.
pub fn insert(tx: &mut dyn Tx, source: &Source) -> Result<()> {
    tx.execute(
        concat!(
            "INSERT INTO sources (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &params![
            &source.id,
            &source.workspace_id,
            &source.name,
            source.provider.as_str(),
            &source.token_hash,
            &source.token_hint,
            &source.token_sealed,
            source.old_token_hash.as_deref(),
            source.old_token_ends_at,
            source.enabled,
            source.failures,
            source.successes,
            source.last_receipt_at,
            source.created_at,
            source.updated_at
        ],
    )?;
    Ok(())
}

/// A source by id.
pub fn get(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<Option<Source>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM sources WHERE workspace_id = $1 AND id = $2"),
        &params![workspace_id, id],
        read,
    )
}

/// A source by id, for the stages, which come from a row that refers to it.
pub fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<Source>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM sources WHERE id = $1"),
        &params![id],
        read,
    )
}

/// All sources of a workspace, by name.
pub fn list(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<Source>> {
    all(
        tx,
        concat!("SELECT ", columns!(), " FROM sources WHERE workspace_id = $1 ORDER BY name, id"),
        &params![workspace_id],
        read,
    )
}

/// Renames, enables or disables a source. Returns whether there is one.
pub fn update(tx: &mut dyn Tx, workspace_id: &str, id: &str, name: &str, enabled: bool, now: Micros) -> Result<bool> {
    changed(
        tx,
        "UPDATE sources SET name = $3, enabled = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id, name, enabled, now],
    )
}

/// A new token of a source.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// SHA-256 of the token, in hex.
    pub hash: &'a str,
    /// Its last characters.
    pub hint: &'a str,
    /// The token as vault text.
    pub sealed: &'a str,
    /// Until when the token before is taken too; `None` ends it at once.
    pub old_ends_at: Option<Micros>,
}

/// Gives the source a new token. Returns whether there is one.
pub fn rotate_token(tx: &mut dyn Tx, workspace_id: &str, id: &str, token: NewToken<'_>, now: Micros) -> Result<bool> {
    // On the right side of SET both databases see the row as it was.
    changed(
        tx,
        "UPDATE sources SET old_token_hash = CASE WHEN CAST($6 AS BIGINT) IS NULL THEN NULL ELSE token_hash END,
         old_token_ends_at = $6, token_hash = $3, token_hint = $4, token_sealed = $5, updated_at = $7
         WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id, token.hash, token.hint, token.sealed, token.old_ends_at, now],
    )
}

/// Deletes a source with its receipts and incidents. Returns whether there was one.
pub fn delete(tx: &mut dyn Tx, workspace_id: &str, id: &str) -> Result<bool> {
    changed(
        tx,
        "DELETE FROM sources WHERE workspace_id = $1 AND id = $2",
        &params![workspace_id, id],
    )
}

/// The source with this token, or with this token before the current one while that is still taken; enabled or not.
pub fn by_token_hash(tx: &mut dyn Tx, token_hash: &str, now: Micros) -> Result<Option<Source>> {
    first(
        tx,
        concat!(
            "SELECT ",
            columns!(),
            " FROM sources WHERE token_hash = $1 OR (old_token_hash = $1 AND old_token_ends_at > $2)"
        ),
        &params![token_hash, now],
        read,
    )
}

/// Remembers that something came in, whatever it was.
pub fn received(tx: &mut dyn Tx, id: &str, at: Micros) -> Result<()> {
    tx.execute("UPDATE sources SET last_receipt_at = $2 WHERE id = $1", &params![id, at])?;
    Ok(())
}

/// Counts a failure or a success that was reported.
pub fn count_outcome(tx: &mut dyn Tx, id: &str, failing: bool, at: Micros) -> Result<()> {
    tx.execute(
        "UPDATE sources SET failures = failures + $2, successes = successes + $3, last_receipt_at = $4 WHERE id = $1",
        &params![id, failing, !failing, at],
    )?;
    Ok(())
}
