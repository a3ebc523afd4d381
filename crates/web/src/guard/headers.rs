//! Headers that keep a browser from doing what no page of ours asks for.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};

/// No inline script, no inline style, nothing from elsewhere, in nobody's frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// For what users put up themselves (bins): it may look as it likes, but is not of our origin.
pub const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

/// Adds the headers to every response; what a handler set itself stays.
pub async fn add(mut response: Response) -> Response {
    let headers = response.headers_mut();
    default(headers, header::CONTENT_SECURITY_POLICY, POLICY);
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

fn default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
