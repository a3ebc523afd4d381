//! Digest access authentication (RFC 7616; RFC 2617 without `qop`).
//!
//! The server's challenge is answered with the same request once more. What it held is kept:
//! later requests with the same authentication are signed at once (`kept`).

use aws_lc_rs::digest as hashes;

use super::hash;
use crate::transport::WireRequest;

mod kept;

pub use kept::{Kept, Session};

/// The count of a nonce that is used for the first time.
const FIRST: &str = "00000001";

/// What a server asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Challenge {
    pub realm: String,
    pub nonce: String,
    pub opaque: String,
    pub algorithm: String,
    /// As offered; several are separated by commas.
    pub qop: String,
}

impl Challenge {
    /// Reads a `WWW-Authenticate` value; `None` for another scheme.
    pub fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim_start().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let mut challenge = Self::default();
        for (key, value) in fields(rest) {
            match key.to_ascii_lowercase().as_str() {
                "realm" => challenge.realm = value,
                "nonce" => challenge.nonce = value,
                "opaque" => challenge.opaque = value,
                "algorithm" => challenge.algorithm = value,
                "qop" => challenge.qop = value,
                _ => {}
            }
        }
        Some(challenge)
    }
}

/// `key=value` pairs, values perhaps quoted.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        out.push((key.trim_matches([' ', ',', '\t']).to_owned(), value.trim().to_owned()));
        rest = left;
    }
    out
}

/// What stands before the closing quote, and what follows it. As in the reference, a value ends
/// at its first quote, also at an escaped one.
fn quoted_value(text: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = text.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    let (value, rest) = end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]));
    (value.split('"').next().unwrap_or_default(), rest)
}

/// Whether the key is bound to a session's nonces.
fn is_session(algorithm: &str) -> bool {
    algorithm.to_ascii_lowercase().ends_with("-sess")
}

/// Value of the `Authorization` header; `Err` says why there is none.
fn header(session: &Session, request: &WireRequest, client_nonce: &str) -> Result<String, String> {
    let or = |name: &str, default: &str| {
        Some(session.value(name))
            .filter(|v| !v.is_empty())
            .unwrap_or_else(|| default.to_owned())
    };
    let [user, password, realm, nonce, opaque, offered] =
        ["username", "password", "realm", "nonce", "opaque", "qop"].map(|name| session.value(name));
    let algorithm = or("algorithm", "MD5");
    let hash = hash_of(&algorithm).ok_or_else(|| format!("the digest algorithm `{algorithm}` is not supported"))?;
    let (cnonce, count) = (or("clientNonce", client_nonce), or("nonceCount", FIRST));
    let (_, _, path, query) = hash::url_parts(&request.url);
    let uri = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    let keyed = is_session(&algorithm);
    let mut ha1 = hash(format!("{user}:{realm}:{password}").as_bytes());
    if keyed {
        ha1 = hash(format!("{ha1}:{nonce}:{cnonce}").as_bytes());
    }
    let qop = choose(&offered);
    let mut a2 = format!("{}:{uri}", request.method);
    if qop == Some("auth-int") {
        a2 = format!("{a2}:{}", hash(request.body.as_deref().unwrap_or_default()));
    }
    let ha2 = hash(a2.as_bytes());
    let response = match qop {
        Some(qop) => hash(format!("{ha1}:{nonce}:{count}:{cnonce}:{qop}:{ha2}").as_bytes()),
        None => hash(format!("{ha1}:{nonce}:{ha2}").as_bytes()),
    };
    let mut out = format!("Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", algorithm=\"{algorithm}\"");
    if let Some(qop) = qop {
        out = format!("{out}, qop={qop}");
    }
    if qop.is_some() || keyed {
        out = format!("{out}, nc={count}, cnonce=\"{cnonce}\"");
    }
    out = format!("{out}, response=\"{response}\"");
    if !opaque.is_empty() {
        out = format!("{out}, opaque=\"{opaque}\"");
    }
    Ok(out)
}

/// Of the qualities of protection offered, the one that is used.
fn choose(offered: &str) -> Option<&'static str> {
    let has = |name: &str| offered.split(',').any(|item| item.trim().eq_ignore_ascii_case(name));
    if has("auth") {
        Some("auth")
    } else if has("auth-int") {
        Some("auth-int")
    } else {
        None
    }
}

fn hash_of(algorithm: &str) -> Option<fn(&[u8]) -> String> {
    fn md5(bytes: &[u8]) -> String {
        hex::encode(hash::md5(bytes))
    }
    fn sha512_256(bytes: &[u8]) -> String {
        hex::encode(hashes::digest(&hashes::SHA512_256, bytes))
    }
    let name = algorithm.to_ascii_uppercase();
    match name.strip_suffix("-SESS").unwrap_or(&name) {
        "MD5" => Some(md5),
        "SHA-256" => Some(hash::sha256_hex),
        "SHA-512-256" => Some(sha512_256),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::format::Auth;

    fn answer(challenge: &str, params: serde_json::Value, client_nonce: &str) -> String {
        let auth = Auth::from_value(&json!({"type": "digest", "digest": params})).unwrap();
        let request = WireRequest::plain("GET", "http://www.example.org/dir/index.html");
        let mut session = Session::new(&auth, Kept::default());
        assert!(session.again(Some(Challenge::parse(challenge).unwrap()), client_nonce));
        header(&session, &request, client_nonce).unwrap()
    }

    #[test]
    fn the_examples_of_the_rfcs_come_out_as_printed() {
        // RFC 2617, 3.5.
        let rfc2617 = answer(
            "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
            json!({"username": "Mufasa", "password": "Circle Of Life"}),
            "0a4f113b",
        );
        assert!(rfc2617.contains("response=\"6629fae49393a05397450978507c4ef1\""), "{rfc2617}");
        // RFC 7616, 3.9.1.
        let rfc7616 = answer(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
            json!({"username": "Mufasa", "password": "Circle of Life"}),
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        );
        assert!(
            rfc7616.contains("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            "{rfc7616}"
        );
        assert!(rfc7616.contains("algorithm=\"SHA-256\", qop=auth, nc=00000001"), "{rfc7616}");
    }

    /// Seen in newman 6.2: each value that the document holds is used instead of the server's.
    #[test]
    fn the_document_wins_over_the_challenge() {
        let challenge = "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
        let with = |more: serde_json::Value| {
            let mut params = json!({"username": "u", "password": "p"});
            params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            answer(challenge, params, "c")
        };
        assert!(with(json!({"realm": "mine"})).starts_with("Digest username=\"u\", realm=\"mine\", nonce=\"n\""));
        assert!(with(json!({"nonce": "mine"})).contains("realm=\"r\", nonce=\"mine\""));
        assert!(with(json!({"opaque": "mine"})).ends_with(", opaque=\"mine\""));
        assert!(with(json!({"qop": "auth-int"})).contains("qop=auth-int, nc=00000001"));
        assert!(with(json!({"clientNonce": "mine", "nonceCount": "00000009"})).contains("nc=00000009, cnonce=\"mine\""));
    }

    /// RFC 7616 where the reference goes astray: an offer of both, unquoted values, another algorithm.
    #[test]
    fn challenges_are_read_by_the_rfc() {
        let params = || json!({"username": "u", "password": "p"});
        let both = answer("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int, auth\"", params(), "c");
        assert!(both.contains("qop=auth, "), "{both}");
        let unquoted = answer("Digest realm=r, nonce=n, qop=auth, algorithm=SHA-256", params(), "c");
        assert!(
            unquoted.contains("realm=\"r\", nonce=\"n\"") && unquoted.contains("algorithm=\"SHA-256\", qop=auth"),
            "{unquoted}"
        );
        let session = answer("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256-sess", params(), "c");
        assert!(session.contains("cnonce=\"c\""), "{session}");
    }

    #[test]
    fn other_schemes_and_unknown_algorithms_are_left_alone() {
        assert_eq!(Challenge::parse("Basic realm=\"x\""), None);
        let auth = Auth::from_value(&json!({"type": "digest", "digest": {"algorithm": "WHIRL"}})).unwrap();
        let session = Session::new(&auth, Kept::default());
        let refused = header(&session, &WireRequest::plain("GET", "http://h/"), "c").unwrap_err();
        assert_eq!(refused, "the digest algorithm `WHIRL` is not supported");
    }
}
