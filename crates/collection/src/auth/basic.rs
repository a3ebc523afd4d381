//! Basic authentication (RFC 7617), UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::format::{Auth, Request};

/// Value of the `Authorization` header.
pub fn header(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

pub(super) fn apply(auth: &Auth, request: &mut Request) {
    request.set_header("Authorization", &header(&auth.param("username"), &auth.param("password")));
}
