//! Sealing and opening of the secrets that actions handle. Where each one lives is the engine's
//! and the store's knowledge, since they open what is sealed here.

use store::{Result, Vault, tables::environments};
use zeroize::Zeroizing;

pub fn environment(vault: &Vault, id: &str, version: i64, document: &str) -> Result<String> {
    vault.seal(environments::place(&environments::version_row(id, version)), document.as_bytes())
}

pub fn open_environment(vault: &Vault, id: &str, version: i64, sealed: &str) -> Result<Zeroizing<String>> {
    vault.open_text(environments::place(&environments::version_row(id, version)), sealed)
}

pub fn webhook_secret(vault: &Vault, id: &str, plain: &str) -> Result<String> {
    vault.seal(engine::sealed::webhook_secret(id), plain.as_bytes())
}

pub fn open_webhook_secret(vault: &Vault, id: &str, sealed: &str) -> Result<Zeroizing<String>> {
    vault.open_text(engine::sealed::webhook_secret(id), sealed)
}

pub fn webhook_headers(vault: &Vault, id: &str, json: &str) -> Result<String> {
    vault.seal(engine::sealed::webhook_headers(id), json.as_bytes())
}

pub fn open_webhook_headers(vault: &Vault, id: &str, sealed: &str) -> Result<Zeroizing<String>> {
    vault.open_text(engine::sealed::webhook_headers(id), sealed)
}

pub fn webhook_certificate(vault: &Vault, id: &str, json: &str) -> Result<String> {
    vault.seal(engine::sealed::webhook_certificate(id), json.as_bytes())
}

pub fn open_webhook_certificate(vault: &Vault, id: &str, sealed: &str) -> Result<Zeroizing<String>> {
    vault.open_text(engine::sealed::webhook_certificate(id), sealed)
}

pub fn source_token(vault: &Vault, id: &str, token: &str) -> Result<String> {
    vault.seal(engine::sealed::source_token(id), token.as_bytes())
}
