//! Bearer tokens (RFC 6750). An empty token sends no header, as the reference does.

use crate::format::{Auth, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request) {
    let token = auth.param("token");
    if !token.is_empty() {
        request.set_header("Authorization", &format!("Bearer {token}"));
    }
}
