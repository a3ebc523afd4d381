//! Digest access authentication (RFC 7616; RFC 2617 without `qop`).
//!
//! The server's challenge is answered with the same request once more. A document that
//! holds realm and nonce is believed: the first request is signed already.

use aws_lc_rs::digest as hashes;

use super::hash;
use crate::format::Auth;
use crate::transport::WireRequest;

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
    /// The challenge that a document holds, when it is whole.
    pub fn of_document(auth: &Auth) -> Option<Self> {
        let challenge = Self {
            realm: auth.param("realm"),
            nonce: auth.param("nonce"),
            opaque: auth.param("opaque"),
            algorithm: String::new(),
            qop: auth.param("qop"),
        };
        (!challenge.realm.is_empty() && !challenge.nonce.is_empty()).then_some(challenge)
    }

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
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        out.push((key.trim_matches([' ', ',', '\t']).to_owned(), value.trim().to_owned()));
        rest = left;
    }
    out
}

/// Value of the `Authorization` header; `Err` says why there is none.
pub fn header(auth: &Auth, challenge: &Challenge, request: &WireRequest, client_nonce: &str) -> Result<String, String> {
    let (user, password) = (auth.param("username"), auth.param("password"));
    let given = Some(auth.param("algorithm")).filter(|a| !a.is_empty());
    let algorithm = given.unwrap_or_else(|| {
        if challenge.algorithm.is_empty() {
            "MD5".into()
        } else {
            challenge.algorithm.clone()
        }
    });
    let hash = hash_of(&algorithm).ok_or_else(|| format!("the digest algorithm `{algorithm}` is not supported"))?;
    let or = |name: &str, default: &str| {
        Some(auth.param(name))
            .filter(|v| !v.is_empty())
            .unwrap_or_else(|| default.to_owned())
    };
    let (cnonce, count) = (or("clientNonce", client_nonce), or("nonceCount", "00000001"));
    let (_, _, path, query) = hash::url_parts(&request.url);
    let uri = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    let Challenge { realm, nonce, opaque, .. } = challenge;
    let session = algorithm.to_ascii_lowercase().ends_with("-sess");
    let mut ha1 = hash(format!("{user}:{realm}:{password}").as_bytes());
    if session {
        ha1 = hash(format!("{ha1}:{nonce}:{cnonce}").as_bytes());
    }
    let qop = choose(&challenge.qop);
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
    if qop.is_some() || session {
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

    fn answer(challenge: &str, params: serde_json::Value, client_nonce: &str) -> String {
        let auth = Auth::from_value(&json!({"type": "digest", "digest": params})).unwrap();
        let request = WireRequest::plain("GET", "http://www.example.org/dir/index.html");
        header(&auth, &Challenge::parse(challenge).unwrap(), &request, client_nonce).unwrap()
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

    #[test]
    fn other_schemes_and_unknown_algorithms_are_left_alone() {
        assert_eq!(Challenge::parse("Basic realm=\"x\""), None);
        let auth = Auth::from_value(&json!({"type": "digest", "digest": {"algorithm": "WHIRL"}})).unwrap();
        let refused = header(&auth, &Challenge::default(), &WireRequest::plain("GET", "http://h/"), "c").unwrap_err();
        assert_eq!(refused, "the digest algorithm `WHIRL` is not supported");
    }
}
