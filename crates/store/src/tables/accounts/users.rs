//! People who may log in.

use domain::Micros;
use serde::Serialize;

use crate::{
    error::Result,
    params,
    sql::{Row, Tx},
    tables::{changed, first},
};

macro_rules! columns {
    () => {
        "u.id, u.email, u.name, u.password_hash, u.instance_admin, u.created_at, u.disabled_at"
    };
}
pub(in crate::tables) use columns;

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct User {
    /// Digits, as Postman's `user_id`.
    pub id: String,
    /// Lower case.
    pub email: String,
    /// Name for people.
    pub name: String,
    /// Argon2id in PHC form. Never leaves the server.
    #[serde(skip)]
    pub password_hash: String,
    /// May change the instance's settings.
    pub instance_admin: bool,
    /// When the account was made.
    pub created_at: Micros,
    /// Since when logging in is not allowed.
    pub disabled_at: Option<Micros>,
}

/// Reads a user whose columns begin at `offset`.
pub(in crate::tables) fn read(row: &Row, offset: usize) -> Result<User> {
    Ok(User {
        id: row.text(offset)?,
        email: row.text(offset + 1)?,
        name: row.text(offset + 2)?,
        password_hash: row.text(offset + 3)?,
        instance_admin: row.bool(offset + 4)?,
        created_at: row.int(offset + 5)?,
        disabled_at: row.opt_int(offset + 6)?,
    })
}

/// How many accounts there are; none means that this is the first start.
pub fn users_count(tx: &mut dyn Tx) -> Result<i64> {
    tx.query_one("count", "SELECT COUNT(*) FROM users", &[])?.int(0)
}

/// Whether no user has this id. Holds the answer until the end of the transaction.
pub fn user_id_is_free(tx: &mut dyn Tx, id: &str) -> Result<bool> {
    tx.lock("users")?;
    Ok(user_by_id(tx, id)?.is_none())
}

/// Adds a user. A taken address is a conflict on `users (email)`.
pub fn insert_user(tx: &mut dyn Tx, user: &User) -> Result<()> {
    tx.execute(
        "INSERT INTO users (id, email, name, password_hash, instance_admin, created_at, disabled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &params![
            &user.id,
            &user.email,
            &user.name,
            &user.password_hash,
            user.instance_admin,
            user.created_at,
            user.disabled_at
        ],
    )?;
    Ok(())
}

/// A user by id.
pub fn user_by_id(tx: &mut dyn Tx, id: &str) -> Result<Option<User>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM users u WHERE u.id = $1"),
        &params![id],
        |row| read(row, 0),
    )
}

/// A user by address (lower case).
pub fn user_by_email(tx: &mut dyn Tx, email: &str) -> Result<Option<User>> {
    first(
        tx,
        concat!("SELECT ", columns!(), " FROM users u WHERE u.email = $1"),
        &params![email],
        |row| read(row, 0),
    )
}

/// Sets a new password hash. Returns whether there is such a user.
pub fn set_password(tx: &mut dyn Tx, id: &str, password_hash: &str) -> Result<bool> {
    changed(tx, "UPDATE users SET password_hash = $2 WHERE id = $1", &params![id, password_hash])
}
