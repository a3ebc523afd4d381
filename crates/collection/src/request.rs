//! From a request as written to bytes on the wire.
//!
//! Order of work, which decides what a user sees: variables are substituted everywhere,
//! the authentication adds its header or parameter, the body is built, and the system
//! headers go in where the reference puts them: behind the user's, before those of the body.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::auth::{self, Signed};
use crate::body::{self, Payload};
use crate::dynamic::Dynamic;
use crate::files::FileAccess;
use crate::format::{Auth, Body, Mode, Param, Request};
use crate::report::RequestError;
use crate::script::Scopes;
use crate::tls::TlsRules;
use crate::transport::WireRequest;
use crate::url::{self, WireUrl};
use crate::variables::Resolver;

mod headers;
mod substitute;

use headers::headers;
use substitute::substitute;

/// What servers see when the user sets no agent: receivers that look for Postman's
/// runtime keep working.
pub const USER_AGENT: &str = "PostmanRuntime/7.39.1";

/// How one request differs from the defaults: `protocolProfileBehavior` with inheritance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile(pub Map<String, Value>);

impl Profile {
    /// A flag of the profile, or the run's default.
    pub fn flag(&self, key: &str, default: bool) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    /// A count of the profile, or the default.
    pub fn count(&self, key: &str, default: usize) -> usize {
        self.0
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(default)
    }

    /// Whether a system header such as `user-agent` is switched off; the document writes its
    /// name in lower case.
    fn without(&self, header: &str) -> bool {
        let disabled = self.0.get("disabledSystemHeaders").and_then(Value::as_object);
        disabled.is_some_and(|map| map.get(&header.to_ascii_lowercase()) == Some(&Value::Bool(true)))
    }
}

/// A request ready to be sent, with what scripts and reports show of it.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub wire: WireRequest,
    pub url: WireUrl,
    /// Variables substituted: `pm.request` of test scripts.
    pub resolved: Request,
    /// Unresolved variables and unreadable files, one sentence each.
    pub warnings: Vec<String>,
    /// Why it cannot be sent: the URL names no host that could be looked up.
    pub refused: Option<RequestError>,
}

/// What the run gives to every request.
pub struct Limits {
    pub timeout: Option<Duration>,
    pub verify_tls: bool,
    pub max_response_bytes: usize,
}

/// Prepares one request.
///
/// `auth` is the authentication that applies after inheritance.
pub fn prepare(
    request: &Request,
    auth: Option<&Auth>,
    profile: &Profile,
    (scopes, dynamic): (&Scopes, &mut Dynamic),
    files: &dyn FileAccess,
    limits: &Limits,
) -> Prepared {
    let mut resolver = Resolver::new(scopes, dynamic);
    let mut resolved = substitute(request, &mut resolver);
    let auth = auth.map(|a| Auth {
        kind: a.kind.clone(),
        params: a.params.iter().map(|(k, v)| (k.clone(), resolver.value(v))).collect(),
    });
    let address = resolver.text(&url::unparse(&request.url));
    let mut warnings: Vec<String> = resolver
        .unresolved
        .iter()
        .map(|name| format!("the variable `{{{{{name}}}}}` has no value"))
        .collect();
    resolved.url = crate::format::Url::parse(&address);
    let body = resolved
        .body
        .clone()
        .filter(|_| !body::is_pruned(&resolved.method, profile.flag("disableBodyPruning", false)));
    if !profile.without("content-type") {
        language_header(&mut resolved, body.as_ref());
    }
    if let Some(auth) = &auth {
        warnings.extend(auth::apply(auth, &mut resolved));
        resolved.auth = Some(auth.clone());
    }
    let encode = !profile.flag("disableUrlEncoding", false);
    let mut wire_url = url::to_wire(&url::unparse(&resolved.url), encode);
    let refused = refusal(&wire_url, &address);
    let own_boundary = resolved.header("content-type").and_then(headers::boundary).map(str::to_owned);
    let boundary = own_boundary.unwrap_or_else(|| format!("--------------------------{}", dynamic.token(24)));
    let mut payload = body.as_ref().and_then(|b| body::build(b, files, &boundary));
    if let Some(payload) = &mut payload {
        warnings.append(&mut payload.warnings);
    }
    if let Some(auth) = &auth {
        let (signed, warning) = sign(auth, &mut resolved, (&wire_url, encode), payload.as_ref(), dynamic);
        warnings.extend(warning);
        match signed {
            Signed::Url => wire_url = url::to_wire(&url::unparse(&resolved.url), encode),
            Signed::Body => payload = resolved.body.as_ref().and_then(|b| body::build(b, files, &boundary)),
            Signed::Header | Signed::Nothing => {}
        }
    }
    // Scripts see the query as it is sent.
    resolved.url.query = crate::format::Url::parse(&wire_url.href).query;
    let token = dynamic.uuid();
    let headers = headers(&mut resolved, profile, &wire_url, payload.as_ref(), &token);
    let wire = WireRequest {
        method: resolved.method.clone(),
        url: wire_url.href.clone(),
        headers,
        body: payload.map(|p| p.bytes),
        timeout: limits.timeout,
        verify_tls: profile.flag("strictSSL", limits.verify_tls),
        tls: TlsRules::of(profile, &mut warnings),
        lenient_parser: profile.flag("insecureHTTPParser", false),
        max_response_bytes: limits.max_response_bytes,
        client_certificate: None,
        proxy: None,
        connection_group: None,
    };
    Prepared {
        wire,
        url: wire_url,
        resolved,
        warnings,
        refused,
    }
}

/// Lets the types that sign the finished request have their turn.
fn sign(
    auth: &Auth,
    resolved: &mut Request,
    (url, encode): (&WireUrl, bool),
    payload: Option<&Payload>,
    dynamic: &mut Dynamic,
) -> (Signed, Option<String>) {
    let own_type = resolved.header("content-type").map(str::to_owned);
    let body_type = payload.and_then(|p| p.content_type.clone());
    let mode = payload.and(resolved.body.as_ref()).map(|body| &body.mode);
    let signing = auth::Signing {
        url: &url.href,
        encode,
        body: payload.map_or(&[], |p| &p.bytes),
        is_form: matches!(mode, Some(Mode::Urlencoded(_))),
        is_multipart: matches!(mode, Some(Mode::Formdata(_))),
        content_type: &own_type.or(body_type).unwrap_or_default(),
        now: dynamic.now(),
        nonce: &dynamic.token(11),
    };
    auth::sign(auth, resolved, &signing)
}

/// What can be said of a URL without a look-up, with the code the reference gives.
pub(crate) fn refusal(url: &WireUrl, address: &str) -> Option<RequestError> {
    let (code, message) = if url.host.is_empty() {
        ("EURL", format!("the URL `{address}` names no host"))
    } else if !matches!(url.scheme.as_str(), "http" | "https") {
        ("EURL", format!("the URL `{address}` is neither http nor https"))
    } else if url.href.chars().any(|c| c <= ' ' || c > '\u{ff}') {
        (
            "ERR_UNESCAPED_CHARACTERS",
            format!("the URL `{address}` holds characters that must be encoded, and `disableUrlEncoding` is on"),
        )
    } else if url
        .authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.ends_with(']') && port.parse::<u16>().is_err())
    {
        (
            "ERR_SOCKET_BAD_PORT",
            format!("the URL `{address}` has a port that is no number up to 65535"),
        )
    } else if url.host.contains([' ', '[', '%']) && !(url.host.starts_with('[') && url.host.ends_with(']')) {
        (
            "ENOTFOUND",
            format!("getaddrinfo ENOTFOUND {}: this is no name of a host", url.host),
        )
    } else if url.host.contains("{{") {
        (
            "ENOTFOUND",
            format!("getaddrinfo ENOTFOUND {}: the variable has no value", url.host),
        )
    } else {
        return None;
    };
    Some(RequestError {
        code: code.into(),
        message,
    })
}

/// The language of a raw body sets the content type before the authentication runs.
fn language_header(request: &mut Request, body: Option<&Body>) {
    if let Some(Body {
        mode: Mode::Raw {
            text,
            language: Some(language),
        },
        disabled: false,
    }) = body
        && !text.is_empty()
        && request.header("content-type").is_none()
    {
        request
            .headers
            .push(Param::new("Content-Type", body::language_type(Some(language))));
    }
}

/// A request as a report shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sent {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// The body as text, cut to the report's limit; `None` when none was sent.
    pub body: Option<String>,
}

impl Sent {
    /// What was put on the wire, the body cut after `limit` bytes.
    pub fn of(wire: &WireRequest, limit: usize) -> Self {
        let cut = |bytes: &Bytes| String::from_utf8_lossy(&bytes[..bytes.len().min(limit)]).into_owned();
        Self {
            method: wire.method.clone(),
            url: wire.url.clone(),
            headers: wire.headers.clone(),
            body: wire.body.as_ref().map(cut),
        }
    }
}

#[cfg(test)]
mod tests;
