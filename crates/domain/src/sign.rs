//! Signatures over the exact bytes that are sent.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Problem,
    clock::{Micros, SECOND},
    secret::SigningKey,
};

/// Standard Webhooks 1.0.0: value of `webhook-signature`, one signature per key (two while a
/// rotation overlaps), each over `<id>.<unix seconds>.<body>`.
pub fn standard(keys: &[SigningKey], id: &str, now: Micros, body: &[u8]) -> Result<String, Problem> {
    let mut content = format!("{id}.{}.", now.div_euclid(SECOND)).into_bytes();
    content.extend_from_slice(body);
    let mut signatures = Vec::with_capacity(keys.len());
    for key in keys {
        signatures.push(match key {
            SigningKey::Hmac(bytes) => format!("v1,{}", STANDARD.encode(hmac_sha256(bytes, &content))),
            SigningKey::Ed25519Seed(seed) => format!("v1a,{}", STANDARD.encode(key_pair(seed)?.sign(&content))),
        });
    }
    Ok(signatures.join(" "))
}

/// `whpk_…`: what a receiver checks `v1a` signatures with.
pub fn public_key(seed: &[u8]) -> Result<String, Problem> {
    Ok(format!("whpk_{}", STANDARD.encode(key_pair(seed)?.public_key())))
}

/// TestMonitor: lower-case hex HMAC-SHA256 of the raw body.
pub fn testmonitor(secret: &[u8], body: &[u8]) -> String {
    hex::encode(hmac_sha256(secret, body))
}

/// HMAC-SHA256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], content: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), content).as_ref().to_vec()
}

fn key_pair(seed: &[u8]) -> Result<Ed25519KeyPair, Problem> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| Problem::invalid("secret", "the ed25519 key is not 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn testmonitor_signs_as_its_documentation_shows() {
        assert_eq!(
            testmonitor(b"abc", br#"{"a":"1"}"#),
            "345611a3626cf5e080a7a412184001882ab231b8bdb465dc76dbf709f01f210a"
        );
    }
}
