//! API keys in a header (the default) or in the query.

use crate::format::{Auth, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request) {
    let (key, value) = (auth.param("key"), auth.param("value"));
    if key.is_empty() {
        return;
    }
    if auth.param("in") == "query" {
        super::place(request, Some(&key), "", &value);
    } else {
        request.set_header(&key, &value);
    }
}
