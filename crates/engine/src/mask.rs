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

/// Headers of a user's own whose values a log may show: any other may hold a credential, whatever its name.
const HARMLESS: [&str; 6] = [
    "accept",
    "accept-language",
    "cache-control",
    "content-language",
    "content-type",
    "user-agent",
];

/// A user's own headers as a log shows them.
pub(crate) fn own_headers(headers: &[(String, String)]) -> Vec<(String, String)> {
    let masked = |(name, value): &(String, String)| {
        let harmless = HARMLESS.iter().any(|known| name.eq_ignore_ascii_case(known));
        (name.clone(), if harmless { value.clone() } else { MASK.to_owned() })
    };
    headers.iter().map(masked).collect()
}

/// Short names of parameters that hold a credential at some well-known receivers.
const CREDENTIAL_PARAMETERS: [&str; 7] = ["auth", "code", "key", "pass", "pwd", "sig", "signature"];

/// A query (without `?`) with the values of its credentials masked.
pub(crate) fn query(query: &str) -> String {
    let is_credential = |name: &str| {
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy().replace('_', "-");
        is_credential(&name) || CREDENTIAL_PARAMETERS.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    let masked = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_credential(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    };
    query.split('&').map(masked).collect::<Vec<_>>().join("&")
}

/// A URL with the credentials of its query masked.
pub(crate) fn url(url: &str) -> String {
    let Some((address, rest)) = url.split_once('?') else {
        return url.to_owned();
    };
    let (given, fragment) = match rest.split_once('#') {
        Some((given, fragment)) => (given, format!("#{fragment}")),
        None => (rest, String::new()),
    };
    format!("{address}?{}{fragment}", query(given))
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

    #[test]
    fn a_users_own_headers_and_query_show_no_credential_whatever_its_name() {
        let given = [("Content-Type", "a/b"), ("X-Shop", "s3cret")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let shown: Vec<_> = own_headers(&given).into_iter().map(|(_, value)| value).collect();
        assert_eq!(shown, ["a/b", MASK]);
        let shown = url("https://example.org/hook?api_key=k&page=2&sig=s#top");
        assert_eq!(shown, format!("https://example.org/hook?api_key={MASK}&page=2&sig={MASK}#top"));
        assert_eq!(url("https://example.org/hook"), "https://example.org/hook");
    }
}
