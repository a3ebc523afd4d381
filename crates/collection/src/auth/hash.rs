//! Hashes and keyed hashes that the signing types share, the old ones among them.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Percent-encodes as OAuth 1.0 (RFC 5849, 3.6) and AWS want it.
pub use crate::url::encode_form as encode;
use md4::Md4;
use md5::{Digest as _, Md5};

/// Undoes percent-encoding.
pub fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Name-value pairs of a query string, decoded; `+` is a blank, as in forms.
pub fn form_pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (form_decode(key), form_decode(value))
        })
        .collect()
}

/// Undoes percent-encoding, `+` included.
pub fn form_decode(text: &str) -> String {
    decode(&text.replace('+', " "))
}

pub fn md5(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

pub fn md4(bytes: &[u8]) -> [u8; 16] {
    Md4::digest(bytes).into()
}

/// HMAC (RFC 2104) over MD5, which NTLM needs.
pub fn hmac_md5(key: &[u8], message: &[u8]) -> [u8; 16] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..16].copy_from_slice(&md5(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner: Vec<u8> = block.iter().map(|b| b ^ 0x36).chain(message.iter().copied()).collect();
    let outer: Vec<u8> = block.iter().map(|b| b ^ 0x5c).chain(md5(&inner)).collect();
    md5(&outer)
}

pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

/// A hash in base64.
pub fn base64_hash(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> String {
    STANDARD.encode(digest::digest(algorithm, bytes))
}

/// The parts of an absolute URL that signatures cover: scheme, authority, path, query.
pub fn url_parts(url: &str) -> (&str, &str, &str, &str) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (authority, target) = rest.find(['/', '?']).map_or((rest, "/"), |at| rest.split_at(at));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (scheme, authority, if path.is_empty() { "/" } else { path }, query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_hashes_are_those_of_their_rfcs() {
        // RFC 1320, A.5; RFC 1321, A.5; RFC 2202, 2.
        assert_eq!(hex::encode(md4(b"abc")), "a448017aaf21d8525fc10ae87aa6729d");
        assert_eq!(hex::encode(md5(b"abc")), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            hex::encode(hmac_md5(b"Jefe", b"what do ya want for nothing?")),
            "750c783e6ab0b503eaa86e310a5db738"
        );
        assert_eq!(
            hex::encode(hmac_md5(&[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"
        );
    }

    #[test]
    fn urls_are_cut_where_signatures_cut_them() {
        assert_eq!(url_parts("https://h:1/a/b?c=d"), ("https", "h:1", "/a/b", "c=d"));
        assert_eq!(url_parts("http://h"), ("http", "h", "/", ""));
        assert_eq!(url_parts("http://h?x=1"), ("http", "h", "/", "x=1"));
    }
}
