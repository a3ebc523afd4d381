//! What a log must not show: credentials in headers, and the token in an address.

/// What stands in place of a credential.
pub(crate) const MASK: &str = "•••";

/// Parts of header names that mark a credential.
const CREDENTIALS: [&str; 10] = [
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "api-key",
    "apikey",
    "access-key",
    "x-auth",
    "credential",
];

/// Whether a header holds a credential, by its name. Signatures are not among them: they expire, and the log shows them.
pub(crate) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CREDENTIALS.iter().any(|part| name.contains(part))
}

/// The headers as a log shows them.
pub(crate) fn headers(headers: &[(String, String)]) -> Vec<(String, String)> {
    let masked = |(name, value): &(String, String)| {
        let value = if is_credential(name) { MASK.to_owned() } else { value.clone() };
        (name.clone(), value)
    };
    headers.iter().map(masked).collect()
}

/// A query (without `?`) with the values of its credentials masked.
pub(crate) fn query(query: &str) -> String {
    let masked = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_credential(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    };
    query.split('&').map(masked).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked_and_signatures_are_not() {
        let given = ["Authorization", "x-itoc360-token", "Set-Cookie", "X-Api-Key", "webhook-signature"];
        let given: Vec<_> = given.iter().map(|name| ((*name).to_owned(), "v".to_owned())).collect();
        let shown: Vec<_> = headers(&given).into_iter().map(|(_, value)| value).collect();
        assert_eq!(shown, [MASK, MASK, MASK, MASK, "v"]);
        assert_eq!(query("a=1&Token=xyz&b"), format!("a=1&Token={MASK}&b"));
    }
}
