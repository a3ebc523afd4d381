//! `pm.sendRequest` and the cookie jar: what the parent is asked, and what scripts get.

use collection::script::{Call, Listen, ScriptError, ScriptHost};
use serde_json::json;

use crate::bench::*;

fn answer(body: &str) -> serde_json::Value {
    serde_json::to_value(response(200, "OK", &[("content-type", "application/json")], body.as_bytes())).unwrap()
}

#[tokio::test]
async fn send_request_with_a_callback_takes_a_url_or_an_object() {
    let parent = Parent::answering([Ok(answer(r#"{"id":3}"#)), Ok(answer(r#"{"k":[1,2]}"#))]);
    let code = r#"
        pm.sendRequest('http://x.test/user/3', (err, res) => {
            pm.test('first', () => { pm.expect(err).to.equal(null); pm.expect(res.json().id).to.equal(3); pm.expect(res).to.have.property('code', 200); });
            pm.sendRequest({url: 'http://x.test/echo?x=1', method: 'POST', header: {'X-Sub': '1'}, body: {mode: 'urlencoded', urlencoded: [{key: 'a', value: 'b'}]}}, (err, res) => {
                pm.test('nested', () => pm.expect(res.json()).to.eql({k: [1, 2]}));
                pm.variables.set('tok', 'done');
            });
        });
    "#;
    let outcome = pool().session().await.run(input(Listen::Prerequest, code), AMPLE, &parent).await;
    assert_all_pass(&outcome);
    assert_eq!(outcome.assertions.len(), 2);
    assert_eq!(variable(&outcome.scopes.unwrap().local, "tok"), Some(&json!("done")));
    let calls = parent.calls.lock().unwrap();
    let Call::SendRequest { request } = &calls[0] else {
        panic!("{calls:?}")
    };
    assert_eq!(
        (&request["method"], &request["url"]["raw"]),
        (&json!("GET"), &json!("http://x.test/user/3"))
    );
    let Call::SendRequest { request } = &calls[1] else {
        panic!("{calls:?}")
    };
    assert_eq!(request["header"], json!([{"key": "X-Sub", "value": "1"}]));
    assert_eq!(
        request["body"],
        json!({"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "b"}]})
    );
}

#[tokio::test]
async fn send_request_gives_a_promise_without_a_callback() {
    let parent = Parent::answering([Ok(answer("{}"))]);
    let code = "const res = await pm.sendRequest('http://x.test'); pm.test('awaited', () => res.to.have.status(200));";
    assert_all_pass(&pool().session().await.run(test_input(code), AMPLE, &parent).await);
}

#[tokio::test]
async fn a_failed_request_is_an_error_with_its_system_code() {
    let refused = ScriptError {
        name: "Error".to_owned(),
        message: "connect ECONNREFUSED 127.0.0.1:1".to_owned(),
        stack: None,
    };
    let parent = Parent::answering([Err(refused)]);
    let code = "pm.sendRequest('http://127.0.0.1:1', (err, res) => pm.test('refused', () => { pm.expect(err.code).to.equal('ECONNREFUSED'); pm.expect(res).to.equal(undefined); }));";
    assert_all_pass(&pool().session().await.run(test_input(code), AMPLE, &parent).await);
}

#[tokio::test]
async fn a_throwing_callback_is_called_again_with_its_error() {
    let parent = Parent::answering([Ok(answer("{}"))]);
    let code = "let n = 0; pm.sendRequest('http://x.test', (err) => { n++; if (!err) throw new Error('mine'); pm.test('second', () => { pm.expect(n).to.equal(2); pm.expect(err.message).to.equal('mine'); }); });";
    let outcome = pool().session().await.run(test_input(code), AMPLE, &parent).await;
    assert_all_pass(&outcome);
    assert_eq!(outcome.warnings, ["a pm.sendRequest callback threw Error: mine"]);
}

#[tokio::test]
async fn the_cookie_jar_asks_the_parent() {
    let parent = Parent::answering([
        Ok(json!(null)),
        Ok(json!("by script")),
        Ok(json!([{"name": "made", "value": "by script", "domain": "x.test", "path": "/", "http_only": true}])),
        Ok(json!(null)),
        Ok(json!(null)),
    ]);
    let code = r#"
        const jar = pm.cookies.jar(), u = 'http://x.test';
        jar.set(u, 'made', 'by script', (e) => pm.test('set', () => pm.expect(String(e)).to.equal('null')));
        jar.get(u, 'made', (e, v) => pm.test('get', () => pm.expect(v).to.equal('by script')));
        jar.getAll(u, (e, l) => pm.test('getAll', () => pm.expect(l.map((c) => [c.name, c.httpOnly])).to.eql([['made', true]])));
        jar.unset(u, 'made', () => {});
        jar.clear(u, (e) => pm.test('clear', () => pm.expect(e).to.not.be.ok));
    "#;
    let outcome = pool().session().await.run(test_input(code), AMPLE, &parent).await;
    assert_all_pass(&outcome);
    assert_eq!(outcome.assertions.len(), 4);
    let calls = parent.calls.lock().unwrap();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| match call {
            Call::CookieJar { op, url, args } => (op.as_str(), url.as_str(), args.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen[0], ("set", "http://x.test", json!({"name": "made", "value": "by script"})));
    assert_eq!(seen[1], ("get", "http://x.test", json!({"name": "made"})));
    assert_eq!(
        seen.iter().map(|call| call.0).collect::<Vec<_>>(),
        ["set", "get", "getAll", "unset", "clear"]
    );
}

#[tokio::test]
async fn many_large_calls_and_answers_do_not_block_each_other() {
    let big = "x".repeat(300_000);
    let parent = Parent::answering((0..20).map(|_| Ok(answer(&format!("\"{big}\"")))));
    let code = "const body = 'y'.repeat(200000); let n = 0; for (let i = 0; i < 20; i++) pm.sendRequest({url: 'http://x.test', method: 'POST', body}, (e, r) => { n += r.json().length; if (i === 19) pm.test('all', () => pm.expect(n).to.equal(6000000)); });";
    assert_all_pass(&pool().session().await.run(test_input(code), AMPLE, &parent).await);
}
