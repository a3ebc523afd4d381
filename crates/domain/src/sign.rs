//! Signatures over the exact bytes that are sent.

use aws_lc_rs::{
    hmac,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Problem,
    clock::{MILLISECOND, Micros, SECOND},
    secret::{PUBLIC_PREFIX, SigningKey, VerifyingKey},
    webhook::SignatureStyle,
};

/// The headers that carry the signatures of a style, by all keys: the newest first, the one before it while its overlap
/// lasts. `standard` and `timestamped` have room for several in one header. In the others the newest has the known header,
/// and the one before it the same with `-Old`: a header with two values would fit neither secret.
///
/// # Errors
/// A key that cannot sign.
pub fn headers(
    style: SignatureStyle,
    keys: &[SigningKey],
    id: &str,
    now: Micros,
    body: &[u8],
) -> Result<Vec<(&'static str, String)>, Problem> {
    let hex = |key: &SigningKey, content: &[u8]| match key {
        SigningKey::Hmac(bytes) => Ok(hex::encode(hmac_sha256(bytes, content))),
        SigningKey::Ed25519Seed(_) => Err(Problem::invalid("secret", format!("`whsk_` keys do not sign as `{style}` does"))),
    };
    Ok(match style {
        SignatureStyle::Standard => vec![("webhook-signature", standard(keys, id, now, body)?)],
        SignatureStyle::Timestamped => vec![("x-watchbell-signature", timestamped(keys, now, body, hex)?)],
        SignatureStyle::Testmonitor => {
            let signed = keys.iter().zip(["signature", "signature-old"]);
            signed
                .map(|(key, name)| Ok((name, hex(key, body)?)))
                .collect::<Result<_, Problem>>()?
        }
        SignatureStyle::Github => {
            let signed = keys.iter().zip(["x-hub-signature-256", "x-hub-signature-256-old"]);
            signed
                .map(|(key, name)| Ok((name, format!("sha256={}", hex(key, body)?))))
                .collect::<Result<_, Problem>>()?
        }
    })
}

/// `t=<unix ms>,v1=<hex>`: HMAC-SHA256 of `<t>.<raw body>`, `v1` once for each key.
fn timestamped(
    keys: &[SigningKey],
    now: Micros,
    body: &[u8],
    hex: impl Fn(&SigningKey, &[u8]) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let t = now.div_euclid(MILLISECOND);
    let mut content = format!("{t}.").into_bytes();
    content.extend_from_slice(body);
    let mut value = format!("t={t}");
    for key in keys {
        value.push_str(",v1=");
        value.push_str(&hex(key, &content)?);
    }
    Ok(value)
}

/// Standard Webhooks 1.0.0: value of `webhook-signature`, one signature per key (two while a
/// rotation overlaps), each over `<id>.<unix seconds>.<body>`.
pub fn standard(keys: &[SigningKey], id: &str, now: Micros, body: &[u8]) -> Result<String, Problem> {
    let content = standard_content(id, now, body);
    let mut signatures = Vec::with_capacity(keys.len());
    for key in keys {
        signatures.push(match key {
            SigningKey::Hmac(bytes) => format!("v1,{}", STANDARD.encode(hmac_sha256(bytes, &content))),
            SigningKey::Ed25519Seed(seed) => format!("v1a,{}", STANDARD.encode(key_pair(seed)?.sign(&content))),
        });
    }
    Ok(signatures.join(" "))
}

/// Whether one of the signatures of a `webhook-signature` is a `v1a` (Ed25519, RFC 8032) by the key whose public half this is,
/// as a receiver asks it.
pub fn fits_public_key(key: &VerifyingKey, given: &str, id: &str, now: Micros, body: &[u8]) -> bool {
    let content = standard_content(id, now, body);
    let key = UnparsedPublicKey::new(&ED25519, key.bytes());
    let signatures = given.split_whitespace().filter_map(|one| one.strip_prefix("v1a,"));
    signatures
        .filter_map(|text| STANDARD.decode(text).ok())
        .any(|signature| key.verify(&content, &signature).is_ok())
}

fn standard_content(id: &str, now: Micros, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{id}.{}.", now.div_euclid(SECOND)).into_bytes();
    content.extend_from_slice(body);
    content
}

/// `whpk_…`: what a receiver checks `v1a` signatures with.
pub fn public_key(seed: &[u8]) -> Result<String, Problem> {
    Ok(format!("{PUBLIC_PREFIX}{}", STANDARD.encode(key_pair(seed)?.public_key())))
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

    #[test]
    fn a_public_key_checks_what_its_seed_signed_and_nothing_else() {
        let seed = [7; 32];
        let key = SigningKey::Ed25519Seed(zeroize::Zeroizing::new(seed.to_vec()));
        let signed = standard(&[key], "msg_1", SECOND, b"{}").unwrap();
        let public = VerifyingKey::parse("--secret", &public_key(&seed).unwrap()).unwrap();
        let two = format!("v1,AAAA v1a,no {signed}");
        assert!(fits_public_key(&public, &signed, "msg_1", SECOND, b"{}") && fits_public_key(&public, &two, "msg_1", SECOND, b"{}"));
        assert!(!fits_public_key(&public, &signed, "msg_1", SECOND, b"[]"));
        assert!(!fits_public_key(&public, &signed, "msg_2", SECOND, b"{}"));
        assert!(!fits_public_key(&public, &signed, "msg_1", 2 * SECOND, b"{}"));
        let other = VerifyingKey::parse("--secret", &public_key(&[8; 32]).unwrap()).unwrap();
        assert!(!fits_public_key(&other, &signed, "msg_1", SECOND, b"{}"));
        for wrong in ["whpk_!", "whpk_AAAA", "whsec_AAAA"] {
            assert!(VerifyingKey::parse("--secret", wrong).is_err(), "{wrong}");
        }
    }
}
