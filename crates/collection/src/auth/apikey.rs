//! API keys in a header (the default) or in the query.

use crate::format::{Auth, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request) {
    let (key, value) = (auth.param("key"), auth.param("value"));
    if key.is_empty() {
        return;
    }
    if auth.param("in") == "query" {
        super::place(request, Some(&key), "", &value);
        // A parameter without a value, not with an empty one.
        let given = auth.params.iter().any(|(name, value)| name == "value" && !value.is_null());
        if let Some(row) = request.url.query.as_mut().and_then(|rows| rows.last_mut()).filter(|_| !given) {
            row.value = None;
        }
    } else {
        request.set_header(&key, &value);
    }
}
