//! Authentication: which one applies, and what it adds to a request.
//!
//! A request without its own takes that of the nearest folder around it that has one;
//! `noauth` ends the search with nothing. Each type is one small file; a type that is not
//! known leaves the request alone and is reported as a warning.

use crate::format::{Auth, Param, Request};

pub mod apikey;
pub mod asap;
pub mod awsv4;
pub mod basic;
pub mod bearer;
pub mod digest;
pub mod edgegrid;
pub mod handshake;
mod hash;
pub mod hawk;
mod javascript;
pub mod jwt;
pub mod ntlm;
pub mod oauth1;
pub mod oauth2;
mod rsa;

/// The authentication that applies: the item's own, else the innermost folder's.
/// `chain` goes from the collection inwards.
pub fn inherited<'a>(own: Option<&'a Auth>, chain: &[Option<&'a Auth>]) -> Option<&'a Auth> {
    own.or_else(|| chain.iter().rev().copied().flatten().next())
        .filter(|auth| auth.kind != "noauth")
}

/// Adds header or parameter to a request whose variables are substituted. Types that sign
/// the finished request have their turn in [`sign`].
/// Gives a warning for a type that cannot be applied.
pub fn apply(auth: &Auth, request: &mut Request) -> Option<String> {
    match auth.kind.as_str() {
        "basic" => basic::apply(auth, request),
        "bearer" => bearer::apply(auth, request),
        "apikey" => apikey::apply(auth, request),
        "jwt" => return jwt::apply(auth, request),
        "oauth2" => return oauth2::apply(auth, request),
        // These sign the finished request, or answer a refusal.
        "ntlm" => request
            .headers
            .retain(|h| !h.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case("authorization"))),
        "noauth" | "hawk" | "oauth1" | "awsv4" | "edgegrid" | "asap" | "digest" => {}
        other => {
            return Some(format!(
                "authentication of type `{other}` is not supported; the request is sent without it"
            ));
        }
    }
    None
}

/// What a signature covers besides the request's own fields.
pub struct Signing<'a> {
    /// As it is sent.
    pub url: &'a str,
    pub body: &'a [u8],
    /// The body is urlencoded.
    pub is_form: bool,
    /// The URL is encoded on its way out.
    pub encode: bool,
    /// The body is multipart: the reference has no hash of one.
    pub is_multipart: bool,
    pub content_type: &'a str,
    /// Microseconds since the epoch.
    pub now: i64,
    /// A fresh random text.
    pub nonce: &'a str,
}

/// What a signature changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    Nothing,
    Header,
    /// The query: the URL has to be written anew.
    Url,
    /// The form body: it has to be built anew.
    Body,
}

/// Lets the types that sign the finished request have their turn; does nothing for others.
/// A sentence comes back when a request goes out without its signature.
pub fn sign(auth: &Auth, request: &mut Request, signing: &Signing<'_>) -> (Signed, Option<String>) {
    match auth.kind.as_str() {
        "hawk" => return (Signed::Header, hawk::apply(auth, request, signing)),
        "edgegrid" => edgegrid::apply(auth, request, signing),
        "asap" => return (Signed::Header, asap::apply(auth, request, signing)),
        "awsv4" => return (awsv4::apply(auth, request, signing), None),
        "oauth1" => {
            return match oauth1::apply(auth, request, signing) {
                Ok(signed) => (signed, None),
                Err(why) => (
                    Signed::Nothing,
                    Some(format!("the request is sent without an OAuth 1.0 signature: {why}")),
                ),
            };
        }
        _ => return (Signed::Nothing, None),
    }
    (Signed::Header, None)
}

/// Puts a token into the query under a key, or into `Authorization` behind a prefix.
fn place(request: &mut Request, query_key: Option<&str>, prefix: &str, token: &str) {
    match query_key {
        Some(key) => {
            let rows = request.url.query.get_or_insert_with(Vec::new);
            rows.retain(|row| row.key.as_deref() != Some(key));
            rows.push(Param::new(key, token));
        }
        None => request.set_header("Authorization", format!("{prefix} {token}").trim_start()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn auth(kind: &str, params: serde_json::Value) -> Auth {
        Auth::from_value(&json!({"type": kind, kind: params})).unwrap()
    }

    fn applied(auth: &Auth, request: serde_json::Value) -> Request {
        let mut request = Request::from_value(&request);
        assert_eq!(apply(auth, &mut request), None);
        request
    }

    #[test]
    fn the_nearest_one_applies_and_noauth_ends_the_search() {
        let (basic, none) = (
            auth("basic", json!([])),
            Auth {
                kind: "noauth".into(),
                params: Vec::new(),
            },
        );
        assert_eq!(inherited(None, &[Some(&basic), None]), Some(&basic));
        assert_eq!(inherited(None, &[Some(&basic), Some(&none)]), None);
        assert_eq!(inherited(Some(&basic), &[Some(&none)]), Some(&basic));
        assert_eq!(inherited(Some(&none), &[Some(&basic)]), None);
    }

    #[test]
    fn basic_encodes_utf8_and_a_missing_password() {
        let full = auth(
            "basic",
            json!([{"key": "username", "value": "ada"}, {"key": "password", "value": "love:läce"}]),
        );
        assert_eq!(
            applied(&full, json!("h")).header("authorization"),
            Some("Basic YWRhOmxvdmU6bMOkY2U=")
        );
        let bare = auth("basic", json!({"username": "ada"}));
        assert_eq!(applied(&bare, json!("h")).header("authorization"), Some("Basic YWRhOg=="));
    }

    #[test]
    fn bearer_replaces_the_users_header_and_an_empty_token_sends_none() {
        let token = auth("bearer", json!([{"key": "token", "value": "t0ken.v1"}]));
        let own = json!({"url": "h", "header": [{"key": "authorization", "value": "mine"}]});
        assert_eq!(applied(&token, own).header("Authorization"), Some("Bearer t0ken.v1"));
        let empty = auth("bearer", json!([{"key": "token", "value": ""}]));
        assert_eq!(applied(&empty, json!("h")).header("authorization"), None);
    }

    #[test]
    fn an_api_key_goes_into_a_header_or_the_query() {
        let header = auth("apikey", json!([{"key": "key", "value": "X-Key"}, {"key": "value", "value": "v"}]));
        assert_eq!(applied(&header, json!("h")).header("x-key"), Some("v"));
        let query = auth("apikey", json!({"key": "k", "value": "v", "in": "query"}));
        assert_eq!(crate::url::unparse(&applied(&query, json!("h/p?a=1")).url), "h/p?a=1&k=v");
    }

    #[test]
    fn an_oauth2_token_is_placed_and_a_missing_one_is_a_warning() {
        let header = auth("oauth2", json!({"accessToken": "t", "headerPrefix": "Token"}));
        assert_eq!(applied(&header, json!("h")).header("authorization"), Some("Token t"));
        let query = auth("oauth2", json!({"accessToken": "t", "addTokenTo": "queryParams"}));
        assert_eq!(crate::url::unparse(&applied(&query, json!("h/")).url), "h/?access_token=t");
        assert!(apply(&auth("oauth2", json!([])), &mut Request::from_value(&json!("h"))).is_some());
    }

    #[test]
    fn an_unknown_type_is_a_warning() {
        let strange = auth("strange", json!([]));
        assert!(
            apply(&strange, &mut Request::from_value(&json!("h")))
                .unwrap()
                .contains("`strange`")
        );
    }
}
