//! The rules of a run, each seen from outside.

use super::*;
use crate::certificates::CertificateRule;
use crate::proxies::ProxyRules;

#[tokio::test]
async fn folders_scripts_run_outside_in_and_variables_travel() {
    let ran = run(
        spec(json!({"event": [{"listen": "prerequest", "script": {"exec": "set collection base http://c"}}],
            "item": [{"name": "F", "event": [{"listen": "prerequest", "script": {"exec": "set local base http://f"}}],
                "item": [{"name": "x", "request": "{{base}}/x", "event": [{"listen": "test", "script": {"exec": "set environment e 1\nsaw"}}]}]},
                {"name": "y", "request": "{{base}}/{{e}}/{{missing}}"}]})),
        vec![Ok(answer(201, &[("Content-Type", "text/plain")], "hello"))],
    )
    .await;
    assert_eq!(urls(&ran), ["http://f/x", "http://f/1/%7B%7Bmissing%7D%7D"]);
    assert_eq!(ran.result.status, Status::Success);
    assert_eq!(ran.result.environment, [("e".to_owned(), json!("1"))]);
    assert_eq!(ran.result.collection_variables, [("base".to_owned(), json!("http://c"))]);
    assert_eq!(ran.result.totals.warnings, 1);
    let seen = &ran.seen[0];
    let response = seen.response.as_ref().unwrap();
    assert_eq!(
        (response.code, &response.body[..], response.response_time_ms),
        (201, &b"hello"[..], 2.0)
    );
    assert_eq!(seen.info.path, ["", "F", "x"]);
    assert_eq!(ran.executions[0].response.as_ref().unwrap().body, "hello");
    assert_eq!(ran.result.totals.total_latency, 4);
}

#[tokio::test]
async fn a_throwing_prerequest_still_sends_and_a_failed_request_still_tests() {
    let items = json!([
        item("a", "throw boom", "pass after"),
        item("b", "", "saw\npass alive"),
        item("c", "", "fail bad")
    ]);
    let ran = run(spec(json!({ "item": items })), vec![Ok(answer(200, &[], "")), refused()]).await;
    assert_eq!(urls(&ran), ["http://h/a", "http://h/b", "http://h/c"]);
    assert!(ran.seen[0].response.is_none());
    assert_eq!(ran.executions[1].error.as_ref().unwrap().code, "ECONNREFUSED");
    let totals = &ran.result.totals;
    assert_eq!(
        (totals.request_count, totals.passed_tests, totals.failed_tests, totals.errors),
        (3, 2, 1, 2)
    );
    assert_eq!((totals.prerequest_scripts.total, totals.prerequest_scripts.failed), (1, 1));
    assert_eq!(ran.result.status, Status::Error);
    let at: Vec<&str> = ran.result.failures.iter().map(|f| f.at.as_str()).collect();
    assert_eq!(at, ["prerequest-script", "request", "assertion:0 in test-script"]);
}

#[tokio::test]
async fn only_failed_tests_make_a_failure() {
    let ran = run(spec(json!({"item": [item("a", "", "fail bad")]})), vec![]).await;
    assert_eq!(ran.result.status, Status::Failure);
}

#[tokio::test]
async fn next_request_jumps_and_ends_the_iteration_only() {
    let items = json!([item("a", "next c", ""), item("b", "", ""), item("c", "", "stop"), item("d", "", "")]);
    let mut spec = spec(json!({ "item": items }));
    spec.iterations = Some(2);
    let ran = run(spec, vec![]).await;
    assert_eq!(urls(&ran), ["http://h/a", "http://h/c", "http://h/a", "http://h/c"]);
    assert_eq!(ran.result.totals.iterations.total, 2);
}

#[tokio::test]
async fn a_skipped_request_sends_nothing_and_tests_nothing() {
    let ran = run(
        spec(json!({"item": [item("a", "pass before\nskip\npass never", "pass never"), item("b", "", "")]})),
        vec![],
    )
    .await;
    assert_eq!(urls(&ran), ["http://h/b"]);
    assert!(ran.executions[0].skipped);
    assert_eq!((ran.result.totals.passed_tests, ran.result.totals.request_count), (1, 1));
}

#[tokio::test]
async fn data_rows_repeat_the_last_one() {
    let mut spec = spec(json!({"item": [{"name": "r", "request": "http://h/{{id}}"}]}));
    spec.data = IterationData::from_rows([1, 2].map(|id| vec![("id".into(), json!(id))]));
    spec.iterations = Some(3);
    let ran = run(spec.clone(), vec![]).await;
    assert_eq!(urls(&ran), ["http://h/1", "http://h/2", "http://h/2"]);
    spec.iterations = None;
    assert_eq!(run(spec, vec![]).await.asked.len(), 2);
}

#[tokio::test]
async fn redirects_and_cookies_are_the_runners_work() {
    let moved = answer(302, &[("Location", "/next"), ("Set-Cookie", "s=1; Path=/")], "");
    let ran = run(spec(json!({"item": [item("a", "", "saw"), item("b", "", "")]})), vec![Ok(moved)]).await;
    assert_eq!(urls(&ran), ["http://h/a", "http://h/next", "http://h/b"]);
    let cookie = |i: usize| ran.asked[i].headers.iter().find(|(k, _)| k == "Cookie").map(|(_, v)| v.as_str());
    assert_eq!((cookie(0), cookie(1), cookie(2)), (None, Some("s=1"), Some("s=1")));
    assert_eq!(ran.seen[0].cookies[0].name, "s");
    let response = ran.executions[0].response.as_ref().unwrap();
    assert_eq!((response.redirects, response.time_ms), (1, 4));
}

#[tokio::test]
async fn too_many_redirects_are_an_error() {
    let again = || Ok(answer(302, &[("Location", "/again")], ""));
    let mut collection = json!({"item": [item("a", "", "")]});
    collection["item"][0]["protocolProfileBehavior"] = json!({"maxRedirects": 2});
    let ran = run(spec(collection), vec![again(), again(), again(), again()]).await;
    assert_eq!(ran.asked.len(), 3);
    assert_eq!(ran.executions[0].error.as_ref().unwrap().code, "EREDIRECTS");
}

#[tokio::test]
async fn scripts_may_change_the_request_and_send_others() {
    let ran = run(
        spec(json!({"item": [item("a", "url http://other/{{v}}\nset local v 7\nsend http://sub/1\nsend http://sub/2", "")]})),
        vec![Ok(answer(204, &[], "")), refused()],
    )
    .await;
    assert_eq!(urls(&ran), ["http://sub/1", "http://sub/2", "http://other/7"]);
    let lines: Vec<&str> = ran.executions[0].console.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(lines, ["204", "ECONNREFUSED"]);
    let totals = &ran.result.totals;
    assert_eq!((totals.requests.total, totals.requests.failed, totals.errors), (3, 1, 1));
    assert_eq!(ran.result.failures[0].item_name, None);
    assert_eq!(ran.executions[0].sub_requests.len(), 2);
}

#[tokio::test]
async fn a_bailing_run_ends_at_the_first_failure() {
    let mut spec = spec(json!({"item": [item("a", "", "fail x"), item("b", "", "")]}));
    spec.options.bail = Bail::Failure;
    spec.iterations = Some(3);
    let ran = run(spec, vec![]).await;
    assert_eq!(urls(&ran), ["http://h/a"]);
    assert_eq!(ran.result.totals.iterations.total, 1);
}

#[tokio::test]
async fn over_the_run_limit_the_run_is_an_abort() {
    let mut spec = spec(json!({"item": [item("a", "", ""), item("b", "", "")]}));
    spec.options.run_timeout = Some(Duration::from_millis(20));
    let ran = run_with(
        spec,
        Table {
            hangs: true,
            ..Table::default()
        },
        CancellationToken::new(),
    )
    .await;
    assert_eq!(ran.result.status, Status::Abort);
    assert_eq!(ran.result.ended_by.as_deref(), Some("the run took longer than its limit of 0.02 s"));
    assert_eq!(ran.executions[0].error.as_ref().unwrap().code, "EABORT");
    assert_eq!(ran.asked.len(), 1);
}

#[tokio::test]
async fn a_cancelled_run_is_an_abort() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let ran = run_with(spec(json!({"item": [item("a", "", "")]})), Table::default(), cancel).await;
    assert_eq!(ran.result.status, Status::Abort);
    assert!(ran.asked.is_empty());
}

#[tokio::test]
async fn an_unknown_folder_runs_nothing_and_is_an_error() {
    let mut spec = spec(json!({"item": [item("a", "", "")]}));
    for bail in [Bail::No, Bail::Folder] {
        spec.folders = vec!["nowhere".into()];
        spec.options.bail = bail;
        let ran = run(spec.clone(), vec![]).await;
        assert_eq!((ran.result.status, ran.asked.len()), (Status::Error, 0));
        assert_eq!(ran.result.ended_by.as_deref(), Some("unable to find a folder or request: nowhere"));
    }
}

#[tokio::test]
async fn a_refused_digest_is_answered_once_and_reported_before_the_item() {
    let auth = json!({"type": "digest", "digest": {"username": "ada", "password": "p"}});
    let collection = json!({"auth": auth, "item": [{"name": "a", "request": "http://h/a"}]});
    let refusal = || {
        Ok(answer(
            401,
            &[("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"")],
            "",
        ))
    };
    let ran = run(spec(collection), vec![refusal(), refusal()]).await;
    assert_eq!(ran.asked.len(), 2);
    let sent = |at: usize| {
        ran.asked[at]
            .headers
            .iter()
            .filter(|(k, _)| k == "Authorization")
            .map(|(_, v)| v.as_str())
            .collect::<Vec<_>>()
    };
    assert!(sent(0).is_empty());
    assert!(
        sent(1)[0].starts_with("Digest username=\"ada\", realm=\"r\", nonce=\"n\", uri=\"/a\""),
        "{:?}",
        sent(1)
    );
    assert_eq!(ran.executions[0].replays[0].response.status, 401);
    assert_eq!(ran.result.totals.requests.total, 2);
}

#[tokio::test]
async fn a_token_is_fetched_once_for_the_whole_run() {
    let params = json!({"grant_type": "client_credentials", "accessTokenUrl": "http://h/{{path}}", "clientId": "i", "clientSecret": "s"});
    let collection = json!({"auth": {"type": "oauth2", "oauth2": params}, "variable": [{"key": "path", "value": "token"}],
        "item": [item("a", "", ""), item("b", "", "")]});
    let token = answer(200, &[], "{\"access_token\": \"t\", \"expires_in\": 3600}");
    let ran = run(spec(collection), vec![Ok(token)]).await;
    assert_eq!(urls(&ran), ["http://h/token", "http://h/a", "http://h/b"]);
    let listed = |execution: &Execution| {
        execution
            .sub_requests
            .iter()
            .map(|sub| sub.request.as_ref().unwrap().url.clone())
            .collect()
    };
    let listed: Vec<Vec<String>> = ran.executions.iter().map(listed).collect();
    assert_eq!(listed, [vec!["http://h/token".to_owned()], vec![]]);
    assert_eq!(ran.executions[0].sub_requests[0].response.as_ref().unwrap().status, 200);
    assert_eq!(ran.result.totals.requests.total, 3);
    for request in &ran.asked[1..] {
        assert!(
            request.headers.contains(&("Authorization".into(), "Bearer t".into())),
            "{:?}",
            request.headers
        );
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_fetched_fails_the_run() {
    let params = json!({"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "i", "clientSecret": "s"});
    let collection = json!({"auth": {"type": "oauth2", "oauth2": params}, "item": [item("a", "", "")]});
    let ran = run(spec(collection), vec![refused()]).await;
    assert_eq!(urls(&ran), ["http://h/token", "http://h/a"]);
    assert_eq!(ran.executions[0].sub_requests[0].error.as_ref().unwrap().code, "ECONNREFUSED");
    let warnings = &ran.executions[0].warnings;
    assert!(
        warnings.iter().any(|warning| warning.contains("no token is fetched")),
        "{warnings:?}"
    );
    assert_eq!((ran.result.status, ran.result.totals.errors), (Status::Error, 1));
}

#[tokio::test]
async fn certificates_and_proxies_go_to_the_urls_they_are_for() {
    let mut spec = spec(json!({"item": [{"name": "a", "request": "https://one.test/"}, {"name": "b", "request": "http://two.test/"}]}));
    let identity = crate::transport::ClientIdentity::new(b"c".to_vec(), b"k".to_vec(), None);
    spec.options.certificates = vec![CertificateRule {
        matches: vec!["https://one.test/*".into()],
        identity: identity.clone(),
    }];
    spec.options.proxies = ProxyRules::from_values(Some("http://p:1"), None, None);
    let ran = run(spec, vec![]).await;
    assert_eq!(ran.asked[0].client_certificate.as_ref(), Some(&identity));
    assert_eq!(ran.asked[1].client_certificate, None);
    // Without one of its own, https goes through the same proxy.
    for asked in &ran.asked {
        assert_eq!(asked.proxy.as_ref().map(|p| p.url.as_str()), Some("http://p:1"));
    }
}

#[tokio::test]
async fn the_previous_request_is_a_global() {
    let mut spec = spec(json!({"item": [item("a", "saw", "")]}));
    spec.previous_request = Some(json!({"n": 1}));
    let ran = run(spec, vec![]).await;
    assert_eq!(
        ran.seen[0].scopes.globals.values,
        [("previousRequest".to_owned(), json!("{\"data\":{\"n\":1}}"))]
    );
}

#[tokio::test]
async fn a_url_without_a_host_is_an_error_of_that_request() {
    let ran = run(
        spec(json!({"item": [{"name": "a", "request": "http://"}, item("b", "", "")]})),
        vec![],
    )
    .await;
    assert_eq!(urls(&ran), ["http://h/b"]);
    assert_eq!(ran.executions[0].error.as_ref().unwrap().code, "EURL");
}
