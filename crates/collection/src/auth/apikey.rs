//! API keys in a header (the default) or in the query.

use crate::format::{Auth, Param, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request) {
    let (key, value) = (auth.param("key"), auth.param("value"));
    if key.is_empty() {
        return;
    }
    if auth.param("in") == "query" {
        let rows = request.url.query.get_or_insert_with(Vec::new);
        rows.retain(|row| row.key.as_deref() != Some(key.as_str()));
        rows.push(Param::new(&key, &value));
    } else {
        request.set_header(&key, &value);
    }
}
