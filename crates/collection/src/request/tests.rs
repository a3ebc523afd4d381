//! Header order and what leads to which header: as recorded from the reference.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::files::NoFiles;

const SYSTEM: [&str; 7] = [
    "User-Agent",
    "Accept",
    "Cache-Control",
    "Postman-Token",
    "Host",
    "Accept-Encoding",
    "Connection",
];

fn prepared(request: Value, profile: Value) -> Prepared {
    let request = Request::from_value(&request);
    let mut dynamic = Dynamic::seeded(1, Arc::new(|| 0));
    let mut scopes = Scopes::default();
    crate::variables::set(&mut scopes.collection, "v", json!("value"));
    let profile = Profile(profile.as_object().cloned().unwrap_or_default());
    let limits = Limits {
        timeout: None,
        verify_tls: true,
        max_response_bytes: 1,
    };
    let auth = request.auth.clone();
    prepare(&request, auth.as_ref(), &profile, (&scopes, &mut dynamic), &NoFiles, &limits)
}

fn names(prepared: &Prepared) -> Vec<&str> {
    prepared.wire.headers.iter().map(|(k, _)| k.as_str()).collect()
}

fn value<'a>(prepared: &'a Prepared, name: &str) -> Option<&'a str> {
    prepared.wire.headers.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
}

#[test]
fn users_headers_then_the_systems_then_the_bodys() {
    let plain = prepared(
        json!({"url": "http://h:8/", "header": [{"key": "X-{{v}}", "value": "{{v}}"}, {"key": "Off", "disabled": true}]}),
        json!({}),
    );
    assert_eq!(names(&plain), [&["X-value"], &SYSTEM[..]].concat());
    assert_eq!(value(&plain, "Host"), Some("h:8"));
    let form = prepared(
        json!({"method": "POST", "url": "h", "body": {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "{{v}}"}]}}),
        json!({}),
    );
    assert_eq!(names(&form), [&SYSTEM[..], &["Content-Type", "Content-Length"]].concat());
    assert_eq!(form.wire.body.as_deref(), Some(&b"a=value"[..]));
}

#[test]
fn a_raw_body_leads_with_its_type_and_authentication_stands_between() {
    let auth = json!({"type": "bearer", "bearer": [{"key": "token", "value": "{{v}}"}]});
    let raw = |language: Option<&str>| {
        let mut body = json!({"mode": "raw", "raw": "x"});
        if let Some(language) = language {
            body["options"] = json!({"raw": {"language": language}});
        }
        prepared(json!({"method": "POST", "url": "h", "auth": auth, "body": body}), json!({}))
    };
    assert_eq!(names(&raw(Some("json")))[..2], ["Content-Type", "Authorization"]);
    assert_eq!(names(&raw(None))[..2], ["Authorization", "Content-Type"]);
    assert_eq!(value(&raw(None), "Content-Type"), Some("text/plain"));
    assert_eq!(value(&raw(None), "Authorization"), Some("Bearer value"));
}

#[test]
fn system_headers_yield_to_the_users_and_can_be_switched_off() {
    let own = prepared(
        json!({"url": "h", "header": [{"key": "user-agent", "value": "mine"}]}),
        json!({"disabledSystemHeaders": {"cache-control": true}}),
    );
    assert_eq!(names(&own)[0], "user-agent");
    assert_eq!(value(&own, "User-Agent"), None);
    assert_eq!(value(&own, "Cache-Control"), None);
}

#[test]
fn bodies_of_get_go_only_when_kept_and_empty_ones_have_a_length() {
    let get = json!({"url": "h", "body": {"mode": "raw", "raw": "x"}});
    assert_eq!(prepared(get.clone(), json!({})).wire.body, None);
    assert!(prepared(get, json!({"disableBodyPruning": true})).wire.body.is_some());
    let empty = prepared(json!({"method": "POST", "url": "h", "body": {"mode": "raw", "raw": ""}}), json!({}));
    assert_eq!((value(&empty, "Content-Type"), value(&empty, "Content-Length")), (None, Some("0")));
}

#[test]
fn unresolved_names_are_warnings_once_each() {
    let found = prepared(
        json!({"url": "h/{{nope}}", "header": [{"key": "a", "value": "{{nope}}"}]}),
        json!({}),
    );
    assert_eq!(found.warnings, ["the variable `{{nope}}` has no value"]);
}
