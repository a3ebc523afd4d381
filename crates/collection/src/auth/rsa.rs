//! RSA signatures over SHA-1, which OAuth 1.0 servers still ask for and the crypto library
//! of the rest of the crate no longer makes.

use aws_lc_rs::digest;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// `DigestInfo` of SHA-1 (RFC 8017, 9.2, note 1).
const SHA1_PREFIX: [u8; 15] = [
    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14,
];

/// Signs with a PEM key (PKCS#1 or PKCS#8).
pub fn sign_sha1(pem: &str, message: &[u8]) -> Result<Vec<u8>, String> {
    let pem = pem.trim();
    let key = RsaPrivateKey::from_pkcs8_pem(pem).or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem));
    let key = key.map_err(|_| "its private key is no RSA key in PEM".to_owned())?;
    let hashed = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, message);
    let scheme = Pkcs1v15Sign {
        hash_len: Some(hashed.as_ref().len()),
        prefix: SHA1_PREFIX.into(),
    };
    key.sign(scheme, hashed.as_ref())
        .map_err(|_| "it could not be signed with this key".into())
}
