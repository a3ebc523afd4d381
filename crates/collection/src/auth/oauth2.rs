//! OAuth 2.0: a token that the document holds is put into the header or the query.
//!
//! Fetching a token is not done here; a document without one gets a warning, since the
//! request will most likely be refused.

use super::place;
use crate::format::{Auth, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request) -> Option<String> {
    let token = auth.param("accessToken");
    if token.is_empty() {
        return Some("the OAuth 2.0 authentication holds no access token; the request is sent without one".into());
    }
    if auth.param("tokenType").eq_ignore_ascii_case("mac") {
        return Some("OAuth 2.0 tokens of type `mac` are not supported; the request is sent without one".into());
    }
    let in_query = auth.param("addTokenTo") == "queryParams";
    let given = auth.params.iter().any(|(key, _)| key == "headerPrefix");
    let prefix = if given { auth.param("headerPrefix") } else { "Bearer".into() };
    place(request, in_query.then_some("access_token"), &prefix, &token);
    None
}
