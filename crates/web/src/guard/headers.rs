//! Headers that keep a browser from doing what no page of ours asks for.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};

use super::host;

/// For what users put up themselves (bins): it may look as it likes, but is not of our origin.
pub const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

/// For answers that are no pages.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");

/// Adds the headers to a response; what a handler set itself stays.
pub fn add(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    default(headers, header::CONTENT_SECURITY_POLICY, policy);
    default(headers, header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    default(headers, header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    default(headers, header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    default(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// What a browser may do with the answer to a request for this path of this host.
pub fn policy(host: Option<&str>, path: &str) -> HeaderValue {
    if path.starts_with("/api/v1/") { NO_PAGE } else { of_pages(host) }
}

/// No inline script, no inline style, nothing from elsewhere, in nobody's frame; and scripts from our own assets alone, since
/// a bin's answer comes from the same origin.
fn of_pages(host: Option<&str>) -> HeaderValue {
    let scripts = host
        .filter(|host| can_be_named(host))
        .map_or_else(|| "'self'".to_owned(), |host| format!("{host}/assets/"));
    let text = format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or(SANDBOX)
}

/// Whether a policy can name the host with a path: names and 127.0.0.1, no other address (CSP 3, "host-part matches").
fn can_be_named(host: &str) -> bool {
    let (name, _) = host::split(host);
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b));
    plain && !name.is_empty() && (name == "127.0.0.1" || name.parse::<std::net::IpAddr>().is_err())
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
