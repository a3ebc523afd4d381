//! Redirects: whether to follow, and what the next request looks like.
//!
//! Pure decisions over one exchange. 301, 302 and 303 (any 3xx but 307 and 308) become a
//! GET without body, HEAD stays; `followOriginalHttpMethod` keeps method and body. Another
//! host loses `Authorization` unless `followAuthorizationHeader`. `Referer` is added.

use url::Url;

use crate::request::Profile;
use crate::transport::{WireRequest, WireResponse};

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
}

/// Decides after `followed` redirects.
pub fn decide(request: &WireRequest, response: &WireResponse, profile: &Profile, follow_by_default: bool, followed: usize) -> Decision {
    let location = response
        .headers
        .iter()
        .find(|(k, _)| k.eq_ignore_ascii_case("location"))
        .map(|(_, v)| v);
    let Some(location) = location.filter(|_| (300..400).contains(&response.status)) else {
        return Decision::Final;
    };
    if !profile.flag("followRedirects", follow_by_default) {
        return Decision::Final;
    }
    if followed >= profile.count("maxRedirects", MAX_REDIRECTS) {
        return Decision::TooMany(format!("Exceeded maxRedirects. Probably stuck in a redirect loop {}", request.url));
    }
    let target = Url::parse(&request.url).and_then(|base| base.join(location));
    match target {
        Ok(target) => Decision::Follow(Box::new(next(request, response.status, target, profile))),
        Err(_) => Decision::Final,
    }
}

fn next(request: &WireRequest, status: u16, mut target: Url, profile: &Profile) -> WireRequest {
    let mut next = request.clone();
    let before = host_of(&request.url);
    target.set_fragment(None);
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
    if before.as_deref() != target.host_str() && !profile.flag("followAuthorizationHeader", false) {
        drop.push("authorization");
    }
    next.headers.retain(|(name, _)| !drop.iter().any(|d| name.eq_ignore_ascii_case(d)));
    if !profile.flag("removeRefererHeaderOnRedirect", false) {
        next.headers.push(("Referer".into(), request.url.clone()));
    }
    next.headers.push(("Host".into(), authority(&target)));
    next.url = target.into();
    next
}

fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
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
            timeout: None,
            verify_tls: true,
            max_response_bytes: 1,
            client_certificate: None,
            proxy: None,
            connection_group: None,
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
            ("GET", "http://a:1/z?q=1", None)
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
