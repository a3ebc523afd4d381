//! Where a server is, and the token that goes to it and to nobody else.

use std::fmt;

/// The address of a server, and the token for it.
#[derive(Clone)]
pub struct Address {
    /// Without a slash at its end.
    base: String,
    token: Option<String>,
}

impl Address {
    pub fn new(server: &str, token: Option<&str>) -> Self {
        Self {
            base: server.trim().trim_end_matches('/').to_owned(),
            token: token.map(str::to_owned),
        }
    }

    /// The URL of something of the API.
    pub fn api(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.base)
    }

    /// The token, for addresses of this server alone.
    pub fn token_for(&self, url: &str) -> Option<&str> {
        let rest = url.strip_prefix(&self.base)?;
        self.token.as_deref().filter(|_| rest.starts_with('/'))
    }

    /// Adds the token to a request that goes to this server.
    pub fn authorize(&self, request: &mut egress::Request) {
        if let Some(token) = self.token_for(&request.url) {
            request.headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

/// Without the token.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.base).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_the_server_alone_and_is_not_shown() {
        let address = Address::new("https://w.test/", Some("wbt_1"));
        assert_eq!(address.token_for("https://w.test/api"), Some("wbt_1"));
        assert_eq!(address.token_for("https://w.test.evil.test/api"), None);
        assert!(!format!("{address:?} {address}").contains("wbt_1"));
    }
}
