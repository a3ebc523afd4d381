//! Mail on its way: an outbox, filled in the transaction that has something to tell and emptied by the mail stage.

use domain::Micros;

use super::{all, first};
use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
};

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Id; its `Message-ID` is made of it.
    pub id: String,
    /// The workspace that it tells of, if it is about one.
    pub workspace_id: Option<String>,
    /// Address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Tries that began.
    pub attempts: u64,
    /// When it is tried next.
    pub due_at: Micros,
    /// When it was made.
    pub created_at: Micros,
}

fn read(row: &Row) -> Result<Mail> {
    Ok(Mail {
        id: row.text(0)?,
        workspace_id: row.opt_text(1)?,
        recipient: row.text(2)?,
        subject: row.text(3)?,
        body: row.text(4)?,
        attempts: row.number(5)?,
        due_at: row.int(6)?,
        created_at: row.int(7)?,
    })
}

/// Adds a mail.
pub fn insert(tx: &mut dyn Tx, mail: &Mail) -> Result<()> {
    tx.execute(
        "INSERT INTO mails (id, workspace_id, recipient, subject, body, attempts, due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &params![
            &mail.id,
            mail.workspace_id.as_deref(),
            &mail.recipient,
            &mail.subject,
            &mail.body,
            mail.attempts,
            mail.due_at,
            mail.created_at
        ],
    )?;
    Ok(())
}

/// Addresses of the workspace's admins who may log in and want its notices mailed.
pub fn recipients(tx: &mut dyn Tx, workspace_id: &str) -> Result<Vec<String>> {
    all(
        tx,
        "SELECT u.email FROM members m JOIN users u ON u.id = m.user_id
         WHERE m.workspace_id = $1 AND m.role = 'admin' AND m.mails = 1 AND u.disabled_at IS NULL ORDER BY u.email",
        &params![workspace_id],
        |row| row.text(0),
    )
}

/// Whether a member wants the workspace's notices mailed; `None` if they are no member.
pub fn wanted(tx: &mut dyn Tx, workspace_id: &str, user_id: &str) -> Result<Option<bool>> {
    first(
        tx,
        "SELECT mails FROM members WHERE workspace_id = $1 AND user_id = $2",
        &params![workspace_id, user_id],
        |row| row.bool(0),
    )
}

/// Sets whether a member wants the workspace's notices mailed.
pub fn set_wanted(tx: &mut dyn Tx, workspace_id: &str, user_id: &str, wanted: bool) -> Result<()> {
    tx.execute(
        "UPDATE members SET mails = $3 WHERE workspace_id = $1 AND user_id = $2",
        &params![workspace_id, user_id, wanted],
    )?;
    Ok(())
}

pub(super) const DUE: &str = "SELECT id, workspace_id, recipient, subject, body, attempts, due_at, created_at FROM mails
     WHERE due_at <= $1 ORDER BY due_at LIMIT $2";

/// At most `limit` mails that are due, the earliest first.
pub fn due(tx: &mut dyn Tx, now: Micros, limit: usize) -> Result<Vec<Mail>> {
    all(tx, DUE, &params![now, limit], read)
}

/// When the next one is due.
pub fn next_due(tx: &mut dyn Tx) -> Result<Option<Micros>> {
    first(tx, "SELECT due_at FROM mails ORDER BY due_at LIMIT 1", &[], |row| row.int(0))
}

/// Counts a try that begins: should this process end meanwhile, the mail is due again at `due_at`.
pub fn begin_try(tx: &mut dyn Tx, id: &str, due_at: Micros) -> Result<()> {
    tx.execute(
        "UPDATE mails SET attempts = attempts + 1, due_at = $2 WHERE id = $1",
        &params![id, due_at],
    )?;
    Ok(())
}

/// Removes a mail that was handed over or given up.
pub fn delete(tx: &mut dyn Tx, id: &str) -> Result<()> {
    tx.execute("DELETE FROM mails WHERE id = $1", &params![id])?;
    Ok(())
}

/// How many wait.
pub fn waiting(tx: &mut dyn Tx) -> Result<u64> {
    let count = first(tx, "SELECT COUNT(*) FROM mails", &[], |row| row.number(0))?;
    Ok(count.unwrap_or(0))
}
