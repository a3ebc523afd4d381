//! Redirects: whether to follow, and what the next request looks like.
//!
//! Pure decisions over one exchange. 301, 302 and 303 (any 3xx but 307 and 308) become a
//! GET without body, HEAD stays; `followOriginalHttpMethod` keeps method and body. Another
//! host loses `Authorization` unless `followAuthorizationHeader`. `Referer` is added.

use url::Url;

use crate::report::RequestError;
use crate::request::{Profile, refusal};
use crate::transport::{WireRequest, WireResponse};
use crate::url::{WireUrl, to_wire};

/// Redirects followed when the profile sets no `maxRedirects`.
pub const MAX_REDIRECTS: usize = 10;

/// What to do with a response.
#[derive(Debug)]
pub enum Decision {
    /// It is the answer.
    Final,
    /// Send this next.
    Follow(Box<WireRequest>),
    /// One redirect too many: a sentence for the report.
    TooMany(String),
    /// It leads to what cannot be asked.
    Nowhere(RequestError),
}

/// Decides after `followed` redirects.
pub fn decide(request: &WireRequest, response: &WireResponse, profile: &Profile, follow_by_default: bool, followed: usize) -> Decision {
    let location = response
        .headers
        .iter()
        .find(|(k, _)| k.eq_ignore_ascii_case("location"))
        .map(|(_, v)| v);
    let Some(location) = location.filter(|to| !to.is_empty() && (300..400).contains(&response.status)) else {
        return Decision::Final;
    };
    if !profile.flag("followRedirects", follow_by_default) {
        return Decision::Final;
    }
    if followed >= profile.count("maxRedirects", MAX_REDIRECTS) {
        return Decision::TooMany(format!("Exceeded maxRedirects. Probably stuck in a redirect loop {}", request.url));
    }
    let target = target(&request.url, location, profile);
    match refusal(&target, &target.href) {
        Some(why) => Decision::Nowhere(why),
        None => Decision::Follow(Box::new(next(request, response.status, target, profile))),
    }
}

/// Where a location leads: resolved as the reference does it, which leaves dot segments alone.
fn target(base: &str, location: &str, profile: &Profile) -> WireUrl {
    let encode = !profile.flag("disableUrlEncoding", false);
    let lower = location.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return to_wire(location, encode);
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("http", base));
    let host_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, tail) = rest.split_at(host_end);
    let path = tail.split('?').next().unwrap_or_default();
    let absolute = match location.chars().next() {
        Some('/' | '\\') if location.starts_with("//") || location.starts_with("\\\\") => format!("{scheme}:{location}"),
        Some('/' | '\\') => format!("{scheme}://{host}{location}"),
        None | Some('#') => format!("{base}{location}"),
        Some('?') => format!("{scheme}://{host}{path}{location}"),
        _ if has_scheme(location) => location.to_owned(),
        _ => {
            let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
            format!("{scheme}://{host}{folder}{location}")
        }
    };
    to_wire(&absolute, encode)
}

/// `name://x` or `name:\\x`.
fn has_scheme(location: &str) -> bool {
    let Some((name, rest)) = location.split_once(':') else {
        return false;
    };
    let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    named && rest.len() > 2 && (rest.starts_with("//") || rest.starts_with("\\\\"))
}

fn next(request: &WireRequest, status: u16, target: WireUrl, profile: &Profile) -> WireRequest {
    let mut next = request.clone();
    let before = host_of(&request.url);
    let keeps_method = profile.flag("followOriginalHttpMethod", false) || matches!(status, 307 | 308);
    let mut drop = vec!["host", "cookie", "referer"];
    if profile.flag("removeRefererHeaderOnRedirect", false) {
        // A referer that the user set stays along the chain.
        drop.pop();
    }
    if !keeps_method {
        if next.method != "HEAD" {
            next.method = "GET".into();
        }
        next.body = None;
        drop.extend(["content-type", "content-length"]);
    }
    if before.as_deref() != Some(target.host.as_str()) && !profile.flag("followAuthorizationHeader", false) {
        drop.push("authorization");
    }
    next.headers.retain(|(name, _)| !drop.iter().any(|d| name.eq_ignore_ascii_case(d)));
    if !profile.flag("removeRefererHeaderOnRedirect", false) {
        next.headers.push(("Referer".into(), request.url.clone()));
    }
    // Switched off for the first, it is for those that follow.
    if request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        next.headers.push(("Host".into(), target.authority));
    }
    if let Some((user, password)) = &target.userinfo
        && !next.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    {
        next.headers
            .push(("Authorization".into(), crate::auth::basic::header(user, password)));
    }
    next.url = target.href;
    next
}

/// The host of a URL; `None` when it has none.
pub fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::transport::Phases;

    fn request(method: &str) -> WireRequest {
        let headers = [
            ("Authorization", "secret"),
            ("Host", "a:1"),
            ("Content-Type", "text/plain"),
            ("Content-Length", "1"),
        ];
        WireRequest {
            method: method.into(),
            url: "http://a:1/x/y".into(),
            headers: headers.map(|(k, v)| (k.into(), v.into())).to_vec(),
            body: Some(Bytes::from_static(b"b")),
            max_response_bytes: 1,
            ..WireRequest::plain(method, "")
        }
    }

    fn response(status: u16, location: &str) -> WireResponse {
        WireResponse {
            status,
            reason: String::new(),
            http_version: "1.1".into(),
            headers: vec![("Location".into(), location.into())],
            body: Bytes::new(),
            truncated: false,
            remote_address: None,
            phases: Phases::default(),
            total_us: 0,
        }
    }

    fn follow(method: &str, status: u16, location: &str, profile: serde_json::Value) -> WireRequest {
        let profile = Profile(profile.as_object().cloned().unwrap_or_default());
        match decide(&request(method), &response(status, location), &profile, true, 0) {
            Decision::Follow(next) => *next,
            other => panic!("{other:?}"),
        }
    }

    fn names(request: &WireRequest) -> Vec<&str> {
        request.headers.iter().map(|(k, _)| k.as_str()).collect()
    }

    #[test]
    fn a_302_becomes_a_get_and_head_stays() {
        let next = follow("POST", 302, "../z?q=1#f", json!({}));
        assert_eq!(
            (next.method.as_str(), next.url.as_str(), next.body.clone()),
            ("GET", "http://a:1/x/../z?q=1", None)
        );
        assert_eq!(names(&next), ["Authorization", "Referer", "Host"]);
        assert_eq!(follow("HEAD", 303, "/", json!({})).method, "HEAD");
    }

    #[test]
    fn a_307_and_the_profile_keep_method_and_body() {
        assert_eq!(follow("POST", 307, "/", json!({})).body, request("POST").body);
        assert_eq!(follow("POST", 302, "/", json!({"followOriginalHttpMethod": true})).method, "POST");
    }

    #[test]
    fn another_host_gets_no_authorization_but_another_port_does() {
        assert!(!names(&follow("GET", 302, "http://b/", json!({}))).contains(&"Authorization"));
        assert!(names(&follow("GET", 302, "http://a:2/", json!({}))).contains(&"Authorization"));
        assert!(names(&follow("GET", 302, "http://b/", json!({"followAuthorizationHeader": true}))).contains(&"Authorization"));
    }

    #[test]
    fn limits_and_switches() {
        let none = Profile::default();
        assert!(matches!(
            decide(&request("GET"), &response(302, "/"), &none, true, 10),
            Decision::TooMany(_)
        ));
        assert!(matches!(
            decide(&request("GET"), &response(302, "/"), &none, false, 0),
            Decision::Final
        ));
        assert!(matches!(
            decide(&request("GET"), &response(200, "/"), &none, true, 0),
            Decision::Final
        ));
    }
}
