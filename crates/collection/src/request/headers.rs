//! The header lines of a request: the user's, then those that the runner adds, in the
//! reference's order, with a content type that fits the body.

use super::{Profile, USER_AGENT};
use crate::auth;
use crate::body::Payload;
use crate::format::{Param, Request};
use crate::url::WireUrl;

/// All header lines in the reference's order.
pub(super) fn headers(
    request: &mut Request,
    profile: &Profile,
    url: &WireUrl,
    payload: Option<&Payload>,
    token: &str,
) -> Vec<(String, String)> {
    if request.header("host").is_some_and(str::is_empty) {
        request
            .headers
            .retain(|h| !h.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case("host")));
    }
    let own_type = request.header("content-type").map(str::to_owned);
    if let Some(Payload {
        content_type: Some(kind),
        leads,
        ..
    }) = payload
        && !profile.without("content-type")
    {
        match own_type {
            None if *leads => request.headers.push(Param::new("Content-Type", kind)),
            Some(own) if contradicts(&own, kind) => replace_header(request, "Content-Type", kind),
            _ => {}
        }
    }
    let mut system: Vec<(&str, String)> = vec![
        ("User-Agent", USER_AGENT.into()),
        ("Accept", "*/*".into()),
        ("Cache-Control", "no-cache".into()),
        ("Postman-Token", token.into()),
        ("Host", url.authority.clone()),
        ("Accept-Encoding", "gzip, deflate, br".into()),
        ("Connection", "keep-alive".into()),
    ];
    if let Some((user, password)) = &url.userinfo {
        system.push(("Authorization", auth::basic::header(user, password)));
    }
    if let Some(payload) = payload {
        match &payload.content_type {
            Some(kind) if !payload.leads => system.push(("Content-Type", kind.clone())),
            _ => {}
        }
        system.push(("Content-Length", payload.bytes.len().to_string()));
    }
    for (name, value) in system {
        if request.header(name).is_none() && !profile.without(name) {
            request.headers.push(Param::new(name, &value));
        }
    }
    lines(&request.headers)
}

/// Gives a header another value in its place.
fn replace_header(request: &mut Request, name: &str, value: &str) {
    let named = |h: &&mut Param| !h.disabled && h.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case(name));
    for header in request.headers.iter_mut().filter(named) {
        header.value = Some(value.to_owned());
    }
}

/// Headers as lines. Several of one name stand together at the place of the first; of names
/// that differ in case alone the last counts; cookies become one line.
fn lines(headers: &[Param]) -> Vec<(String, String)> {
    let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
    for header in headers.iter().filter(|h| !h.disabled) {
        let (Some(name), value) = (header.key.as_deref().filter(|k| !k.is_empty()), header.value.as_deref()) else {
            continue;
        };
        let value = value.unwrap_or_default();
        match grouped.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((known, values)) if *known == name => values.push(value),
            Some(other) => *other = (name, vec![value]),
            None => grouped.push((name, vec![value])),
        }
    }
    let written = grouped.into_iter().flat_map(|(name, values)| {
        let values = if name.eq_ignore_ascii_case("cookie") {
            vec![values.join("; ")]
        } else {
            values.into_iter().map(str::to_owned).collect()
        };
        values.into_iter().map(move |value| (name.to_owned(), value))
    });
    written.collect()
}

/// The boundary that a content type of the user's names.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let rest = content_type.strip_prefix("multipart/form-data;")?;
    let value = &rest[rest.find("boundary=")? + "boundary=".len()..];
    let bare = || value.split(';').next();
    let found = value.strip_prefix('"').map_or_else(bare, |quoted| quoted.split('"').next());
    found.filter(|b| !b.is_empty())
}

/// Whether the user's content type does not fit a form: it is replaced.
fn contradicts(own: &str, kind: &str) -> bool {
    match kind.split(';').next() {
        Some("multipart/form-data") => boundary(own).is_none(),
        Some(form @ "application/x-www-form-urlencoded") => own
            .strip_prefix(form)
            .is_none_or(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')),
        _ => false,
    }
}
