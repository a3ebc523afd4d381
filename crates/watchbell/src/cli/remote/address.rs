//! Where a server is, and the token that goes to it and to nobody else.

use std::fmt;

use crate::cli::words::Misunderstood;

/// The address of a server, and the token for it.
#[derive(Clone)]
pub struct Address {
    /// Without a slash at its end.
    base: String,
    token: Option<String>,
}

impl Address {
    /// # Errors
    /// The address has credentials, which are not shown; no header can carry the token.
    pub fn new(server: &str, token: Option<&str>) -> Result<Self, Misunderstood> {
        // An `@` anywhere: a password with a `/` in it must not be shown either.
        if server.contains('@') {
            return Err(Misunderstood::new(
                "the server's address has an `@`: a name or password is not taken there",
                "give the address alone as --server or in WATCHBELL_URL, and a token in WATCHBELL_TOKEN or --token-file",
            ));
        }
        let token = token.map(|token| sendable("the token", token)).transpose()?;
        Ok(Self {
            base: server.trim().trim_end_matches('/').to_owned(),
            token: token.map(str::to_owned),
        })
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

/// A value that is to go as a header, if one can carry it (RFC 9110, 5.5). It may be secret, so `name` is what messages call it.
///
/// # Errors
/// It holds a line break or another control character.
pub fn sendable<'a>(name: &str, value: &'a str) -> Result<&'a str, Misunderstood> {
    if value.chars().any(|c| c.is_ascii_control() && c != '\t') {
        let what = format!("{name} holds a line break or another control character, which no header can carry");
        return Err(Misunderstood::new(
            &what,
            "is there more in it than was meant, such as a second line?",
        ));
    }
    Ok(value)
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
        let address = Address::new("https://w.test/", Some("wbt_1")).unwrap();
        assert_eq!(address.token_for("https://w.test/api"), Some("wbt_1"));
        assert_eq!(address.token_for("https://w.test.evil.test/api"), None);
        assert!(!format!("{address:?} {address}").contains("wbt_1"));
    }

    #[test]
    fn credentials_are_refused_and_not_shown() {
        for server in ["http://bob:secret@w.test", "bob:secret@w.test", "http://bob:se/secret@w.test"] {
            let said = Address::new(server, None).unwrap_err().to_string();
            assert!(said.contains("`@`") && !said.contains("secret") && !said.contains("bob"), "{said}");
        }
        let said = Address::new("http://w.test", Some("wbt_1\nwbt_2")).unwrap_err().to_string();
        assert!(said.contains("the token") && !said.contains("wbt_1"), "{said}");
    }
}
