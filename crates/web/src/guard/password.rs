//! Passwords: argon2id, computed beside the async runtime and never many at once.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::actions::{ActionError, Result};

/// Each computation takes 19 MiB and a core for tens of milliseconds.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Hashes a new password; parameters and salt are part of the text.
///
/// # Errors
/// An internal one if the hash cannot be computed.
pub async fn hash(password: String) -> Result<String> {
    blocking(move || hash_now(&password)).await
}

/// Whether the password is the one of `stored`. Without a stored hash (no such account) the
/// same work is done, so that the time tells nothing.
///
/// # Errors
/// An internal one if the stored hash cannot be read.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    blocking(move || match stored {
        Some(stored) => {
            let parsed = PasswordHash::new(&stored).map_err(|error| ActionError::Internal(error.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        }
        None => hash_now(&password).map(|_| false),
    })
    .await
}

fn hash_now(password: &str) -> Result<String> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| ActionError::Internal(error.to_string()))?;
    Ok(hash.to_string())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _permit = AT_ONCE.acquire().await.map_err(|error| ActionError::Internal(error.to_string()))?;
    tokio::task::spawn_blocking(work).await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let stored = hash("correct horse battery".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(verify("correct horse battery".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify("correct horse batterz".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse battery".to_owned(), None).await.unwrap());
    }
}
