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
use crate::transport::WireRequest;
use crate::url::{self, WireUrl};
use crate::variables::Resolver;

mod substitute;

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

    /// Whether a system header such as `user-agent` is switched off.
    fn without(&self, header: &str) -> bool {
        let disabled = self.0.get("disabledSystemHeaders").and_then(Value::as_object);
        disabled.is_some_and(|map| map.iter().any(|(k, v)| k.eq_ignore_ascii_case(header) && v == &Value::Bool(true)))
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
    language_header(&mut resolved, body.as_ref());
    if let Some(auth) = &auth {
        warnings.extend(auth::apply(auth, &mut resolved));
        resolved.auth = Some(auth.clone());
    }
    let encode = !profile.flag("disableUrlEncoding", false);
    let mut wire_url = url::to_wire(&url::unparse(&resolved.url), encode);
    let refused = refusal(&wire_url, &address);
    let boundary = format!("--------------------------{}", dynamic.token(24));
    let mut payload = body.as_ref().and_then(|b| body::build(b, files, &boundary));
    if let Some(payload) = &mut payload {
        warnings.append(&mut payload.warnings);
    }
    if let Some(auth) = &auth {
        let (signed, warning) = sign(auth, &mut resolved, &wire_url, payload.as_ref(), dynamic);
        warnings.extend(warning);
        match signed {
            Signed::Url => wire_url = url::to_wire(&url::unparse(&resolved.url), encode),
            Signed::Body => payload = resolved.body.as_ref().and_then(|b| body::build(b, files, &boundary)),
            Signed::Header | Signed::Nothing => {}
        }
    }
    let token = dynamic.uuid();
    let headers = headers(&mut resolved, profile, &wire_url, payload.as_ref(), &token);
    let wire = WireRequest {
        method: resolved.method.clone(),
        url: wire_url.href.clone(),
        headers,
        body: payload.map(|p| p.bytes),
        timeout: limits.timeout,
        verify_tls: profile.flag("strictSSL", limits.verify_tls),
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
fn sign(auth: &Auth, resolved: &mut Request, url: &WireUrl, payload: Option<&Payload>, dynamic: &mut Dynamic) -> (Signed, Option<String>) {
    let own_type = resolved.header("content-type").map(str::to_owned);
    let body_type = payload.and_then(|p| p.content_type.clone());
    let signing = auth::Signing {
        url: &url.href,
        body: payload.map_or(&[], |p| &p.bytes),
        is_form: payload.is_some()
            && matches!(
                resolved.body,
                Some(Body {
                    mode: Mode::Urlencoded(_),
                    ..
                })
            ),
        content_type: &own_type.or(body_type).unwrap_or_default(),
        now: dynamic.now(),
        nonce: &dynamic.token(11),
    };
    auth::sign(auth, resolved, &signing)
}

/// What can be said of a URL without a look-up, with the code the reference gives.
fn refusal(url: &WireUrl, address: &str) -> Option<RequestError> {
    let (code, message) = if url.host.is_empty() {
        ("EURL", format!("the URL `{address}` names no host"))
    } else if !matches!(url.scheme.as_str(), "http" | "https") {
        ("EURL", format!("the URL `{address}` is neither http nor https"))
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

/// All header lines in the reference's order.
fn headers(request: &mut Request, profile: &Profile, url: &WireUrl, payload: Option<&Payload>, token: &str) -> Vec<(String, String)> {
    let own_type = request.header("content-type").is_some();
    if let Some(Payload {
        content_type: Some(kind),
        leads: true,
        ..
    }) = payload
        && !own_type
    {
        request.headers.push(Param::new("Content-Type", kind));
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
    let lines = request.headers.iter().filter(|h| !h.disabled);
    lines
        .filter_map(|h| Some((h.key.clone().filter(|k| !k.is_empty())?, h.value.clone().unwrap_or_default())))
        .collect()
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
