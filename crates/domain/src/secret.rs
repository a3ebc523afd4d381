//! Secrets that sign: parsing what a person enters, making new ones.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{Problem, webhook::SignatureStyle};

/// Prefix of a symmetric Standard Webhooks secret.
pub const HMAC_PREFIX: &str = "whsec_";
/// Prefix of an ed25519 Standard Webhooks signing key (32-byte seed).
pub const ED25519_PREFIX: &str = "whsk_";

/// Prefix of the public half of such a key, 32 bytes: what a receiver has.
pub const PUBLIC_PREFIX: &str = "whpk_";

/// A parsed signing secret.
#[derive(Clone)]
pub enum SigningKey {
    Hmac(Zeroizing<Vec<u8>>),
    Ed25519Seed(Zeroizing<Vec<u8>>),
}

/// The public half of an ed25519 key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// Parses `whpk_` followed by the base64 of 32 bytes.
    ///
    /// # Errors
    /// 422 at `field`.
    pub fn parse(field: &str, text: &str) -> Result<Self, Problem> {
        let bytes = text.strip_prefix(PUBLIC_PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        key.map(Self).ok_or_else(|| {
            Problem::invalid(field, "the public key is not `whpk_` followed by the base64 of 32 bytes")
                .hint("the webhook's page and `GET /api/v1/webhooks/{id}` show it as `public_key`")
        })
    }

    /// The key as RFC 8032 encodes it.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Longest secret that is any text, in bytes.
const TEXT_BYTES: usize = 256;

impl SigningKey {
    /// Parses a secret for a style: Standard Webhooks has a form of its own, for the others any text of 1 to 256 bytes is
    /// the HMAC's key, byte by byte.
    ///
    /// # Errors
    /// 422 at `field`.
    pub fn parse(style: SignatureStyle, field: &str, secret: &str) -> Result<Self, Problem> {
        if style == SignatureStyle::Standard {
            return parse_standard(field, secret);
        }
        if secret.is_empty() || secret.len() > TEXT_BYTES {
            return Err(
                Problem::invalid(field, format!("the secret has {} bytes, not 1 to {TEXT_BYTES}", secret.len()))
                    .hint("`generate` makes a good one"),
            );
        }
        Ok(Self::Hmac(Zeroizing::new(secret.as_bytes().to_vec())))
    }
}

/// Parses a Standard Webhooks secret: `whsec_` with 24–64 bytes of base64, or `whsk_` with 32.
pub fn parse_standard(field: &str, secret: &str) -> Result<SigningKey, Problem> {
    let bad = |why: &str| {
        Problem::invalid(field, format!("the secret {why}"))
            .hint("leave it empty to have one made, or give `whsec_` followed by the base64 of 24 to 64 bytes")
    };
    if let Some(text) = secret.strip_prefix(ED25519_PREFIX) {
        let seed = STANDARD.decode(text).map_err(|_| bad("is not base64 after `whsk_`"))?;
        let length = seed.len();
        return if length == 32 {
            Ok(SigningKey::Ed25519Seed(Zeroizing::new(seed)))
        } else {
            Err(bad(&format!("has {length} bytes, not 32")))
        };
    }
    let text = secret
        .strip_prefix(HMAC_PREFIX)
        .ok_or_else(|| bad("does not start with `whsec_`"))?;
    let key = STANDARD.decode(text).map_err(|_| bad("is not base64 after `whsec_`"))?;
    match key.len() {
        24..=64 => Ok(SigningKey::Hmac(Zeroizing::new(key))),
        length => Err(bad(&format!("has {length} bytes"))),
    }
}

/// A new symmetric secret: `whsec_` and 32 random bytes.
pub fn generate_hmac() -> String {
    format!("{HMAC_PREFIX}{}", STANDARD.encode(random::<32>()))
}

/// A new token for URLs and bearers: `prefix` and 256 random bits in hex.
pub fn generate_token(prefix: &str) -> String {
    format!("{prefix}{}", hex::encode(random::<32>()))
}

/// What is stored of a token: its SHA-256 in hex.
pub fn token_hash(token: &str) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes()))
}

/// What people see of a token: its last four characters.
pub fn token_hint(token: &str) -> String {
    let from = token.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    format!("…{}", &token[from..])
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    // The operating system's generator does not fail once it has been seeded; going on
    // without randomness would be worse than stopping.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}
