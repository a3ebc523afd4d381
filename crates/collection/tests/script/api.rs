//! `pm`: tests, assertions, response, request, variables, execution.

use collection::script::{AssertionStatus, Listen, NextRequest, ScriptHost};
use serde_json::json;

use crate::bench::*;

#[tokio::test]
async fn a_passing_and_a_failing_test_are_reported_in_order() {
    let outcome = run("pm.test('good', () => pm.expect(1).to.equal(1)); pm.test('bad', () => pm.response.to.have.status(404)); pm.test.skip('later', () => {});").await;
    let seen: Vec<_> = outcome.assertions.iter().map(|a| (a.name.as_str(), a.index, a.status)).collect();
    assert_eq!(
        seen,
        [
            ("good", 0, AssertionStatus::Passed),
            ("bad", 1, AssertionStatus::Failed),
            ("later", 2, AssertionStatus::Skipped)
        ]
    );
    let error = outcome.assertions[1].error.as_ref().unwrap();
    assert_eq!(
        (error.name.as_str(), error.message.as_str()),
        ("AssertionError", "expected response to have status code 404 but got 200")
    );
    assert_eq!(outcome.error, None);
}

#[tokio::test]
async fn chai_knows_the_language_of_expectations() {
    let code = r#"
        const o = pm.response.json(), t = pm.test, e = pm.expect;
        t('equality', () => { e(1).to.equal(1); e({a: [1]}).to.eql({a: [1]}); e(NaN).to.be.NaN; e(1).to.not.equal('1'); });
        t('types', () => { e('x').to.be.a('string'); e(null).to.be.a('null'); e(new Map()).to.be.a('map'); e(Promise.resolve()).to.be.a('promise'); e(/a/).to.be.a('regexp'); });
        t('numbers', () => { e(5).to.be.above(4).and.below(6); e(5).to.be.within(1, 9); e(5.01).to.be.closeTo(5, 0.1); });
        t('collections', () => { e([1, 2, 3]).to.include.members([1, 2]); e(o).to.have.nested.property('address.geo.lat', 48.85); e(o).to.include({id: 7, active: true}); e(2).to.be.oneOf([1, 2]); });
        t('throws', () => { e(() => { throw new TypeError('bad thing'); }).to.throw(TypeError, /bad/); e(() => JSON.parse('{')).to.throw(SyntaxError); });
        t('ok of plain values', () => { e(1).to.be.ok; e(0).to.not.be.ok; e(e.fail).to.be.a('function'); });
    "#;
    assert_all_pass(&run(code).await);
}

#[tokio::test]
async fn responses_have_postmans_own_assertions() {
    let code = r#"
        const t = pm.test, r = pm.response;
        t('status', () => { r.to.have.status(200); r.to.have.status('OK'); r.to.not.have.status(404); });
        t('kinds', () => { r.to.be.ok; r.to.be.success; r.to.not.be.error; r.to.not.be.clientError; r.to.not.be.redirection; });
        t('header', () => { r.to.have.header('content-type'); r.to.have.header('X-ONE', '1'); r.to.not.have.header('x-none'); r.to.be.header('x-one'); });
        t('body', () => { r.to.have.body(); r.to.be.withBody; r.to.be.json; r.to.have.body(/Ada/); });
        t('jsonBody', () => { r.to.have.jsonBody(); r.to.have.jsonBody('name', 'Ada'); r.to.have.jsonBody('address.city', 'Paris'); r.to.have.jsonBody('roles[0]', 'admin'); r.to.not.have.jsonBody('zzz'); });
        t('jsonSchema', () => {
            r.to.have.jsonSchema({type: 'object', required: ['id'], properties: {id: {type: 'integer'}, roles: {type: 'array', items: {type: 'string'}}}});
            r.to.not.have.jsonSchema({type: 'array'});
            pm.expect(r.json()).to.have.jsonSchema({type: 'object'});
        });
        t('measures', () => { r.to.have.responseTime.below(9000); pm.expect(r.responseSize).to.be.above(10); pm.expect(r.responseTime).to.equal(12.5); });
        t('request too', () => { pm.request.to.have.header('x-a'); });
    "#;
    assert_all_pass(&run(code).await);
}

#[tokio::test]
async fn failed_response_assertions_say_what_came_instead() {
    let code = r#"
        pm.test('reason', () => pm.response.to.have.status('Created'));
        pm.test('class', () => pm.response.to.be.clientError);
        pm.test('no header', () => pm.response.to.have.header('x-none'));
        pm.test('other header', () => pm.response.to.have.header('x-one', '2'));
        pm.test('json', () => pm.response.to.have.jsonBody('name', 'Bob'));
        pm.test('schema', () => pm.response.to.have.jsonSchema({type: 'array'}));
        pm.test('plain', () => pm.expect(pm.response.json().id).to.eql(8));
    "#;
    let outcome = run(code).await;
    let messages: Vec<_> = failures(&outcome).into_iter().map(|(_, message)| message).collect();
    assert_eq!(
        messages,
        [
            "expected response to have status reason 'Created' but got 'OK'",
            "expected response code to be 4XX but found 200",
            "expected response to have header with key 'x-none'",
            "expected 'x-one' response header to be '2' but got '1'",
            "expected response body json at \"name\" to contain 'Bob' but got 'Ada'",
            "expected data to satisfy schema but found following errors: \ndata should be array",
            "expected 7 to deeply equal 8",
        ]
    );
}

#[tokio::test]
async fn every_named_status_is_an_assertion() {
    for (code, name) in [
        (404, "notFound"),
        (400, "badRequest"),
        (401, "unauthorized"),
        (403, "forbidden"),
        (202, "accepted"),
        (429, "rateLimited"),
        (503, "serverError"),
    ] {
        let mut input = test_input(&format!(
            "pm.test('{name}', () => {{ pm.response.to.be.{name}; pm.response.to.not.be.ok; }});"
        ));
        input.response = Some(response(code, "", &[], b""));
        assert_all_pass(&run_input(input).await);
    }
}

#[tokio::test]
async fn the_response_can_be_read_in_all_ways() {
    let code = r#"
        const r = pm.response, e = pm.expect;
        pm.test('numbers', () => { e(r.code).to.equal(200); e(r.status).to.equal('OK'); e(r.reason()).to.equal('OK'); });
        pm.test('headers', () => {
            e(r.headers.get('X-ONE')).to.equal('1'); e(r.headers.has('x-one')).to.be.true; e(r.headers.get('x-none')).to.equal(undefined);
            e(r.headers.all().filter((h) => h.key === 'x-multi').map((h) => h.value)).to.eql(['a', 'b']);
            e(r.headers.toObject()).to.include({'x-one': '1'}); e(r.headers.one('X-One').value).to.equal('1');
            let n = 0; r.headers.each(() => { n++; }); e(n).to.equal(r.headers.count());
        });
        pm.test('bodies', () => { e(JSON.parse(r.text()).name).to.equal('Ada'); e(r.size().body).to.equal(r.text().length); e(r.stream.length).to.equal(r.text().length); });
        pm.test('kind', () => { e(r.contentInfo().mimeType).to.equal('text'); e(r.dataURI()).to.match(/^data:application\/json;base64,/); });
        pm.test('cookies', () => { e(r.cookies.count()).to.equal(0); e(pm.cookies.get('sid')).to.equal('42'); e(pm.cookies.has('nope')).to.be.false; e(pm.cookies.toObject()).to.eql({sid: '42'}); });
    "#;
    assert_all_pass(&run(code).await);
}

#[tokio::test]
async fn the_charset_of_a_body_is_honoured_and_a_bom_is_skipped() {
    let mut input = test_input("pm.test('latin1', () => pm.expect(pm.response.json().word).to.equal('café'));");
    input.response = Some(response(
        200,
        "OK",
        &[("content-type", "application/json; charset=ISO-8859-1")],
        b"{\"word\":\"caf\xe9\"}",
    ));
    assert_all_pass(&run_input(input).await);
    let mut input = test_input("pm.test('bom', () => pm.expect(pm.response.json()).to.eql({bom: true}));");
    input.response = Some(response(200, "OK", &[], b"\xef\xbb\xbf{\"bom\":true}"));
    assert_all_pass(&run_input(input).await);
}

#[tokio::test]
async fn a_body_of_twenty_megabytes_can_be_read() {
    let mut input = test_input("pm.test('size', () => pm.expect(pm.response.text().length).to.equal(20000000));");
    input.response = Some(response(200, "OK", &[], &vec![b'x'; 20_000_000]));
    assert_all_pass(&run_input(input).await);
}

#[tokio::test]
async fn without_a_response_the_test_script_still_runs() {
    let mut input = test_input(
        "pm.test('no response', () => { pm.expect(pm.response.code).to.equal(undefined); pm.expect(pm.response.text()).to.equal(undefined); });",
    );
    input.response = None;
    assert_all_pass(&run_input(input).await);
}

#[tokio::test]
async fn a_body_that_is_no_json_gives_a_named_error() {
    let mut input = test_input("pm.test('json', () => pm.response.json());");
    input.response = Some(response(200, "OK", &[], b"<html>"));
    let outcome = run_input(input).await;
    assert_eq!(outcome.assertions[0].error.as_ref().unwrap().name, "JSONError");
}

#[tokio::test]
async fn variables_have_scopes_precedence_and_types() {
    let code = r#"
        const e = pm.expect;
        pm.test('precedence', () => { e(pm.variables.get('where')).to.equal('environment'); pm.variables.set('where', 'local'); e(pm.variables.get('where')).to.equal('local'); e(pm.environment.get('where')).to.equal('environment'); });
        pm.test('types', () => { pm.environment.set('n', 5); pm.environment.set('o', {a: [1]}); e(pm.environment.get('n')).to.equal(5); e(pm.environment.get('o')).to.eql({a: [1]}); });
        pm.test('has and unset', () => { e(pm.globals.has('only_globals')).to.be.true; pm.globals.unset('only_globals'); e(pm.variables.get('only_globals')).to.equal(undefined); });
        pm.test('data', () => { e(pm.iterationData.get('row')).to.eql({n: 1}); e(pm.variables.has('row')).to.be.true; });
        pm.test('names', () => { e(pm.environment.name).to.equal('env'); e(pm.collectionVariables.toObject()).to.include({base: 'http://x.test'}); });
        pm.test('replaceIn', () => { e(pm.variables.replaceIn('{{base}}/{{n}}/{{missing}}/{{ n }}')).to.equal('http://x.test/5/{{missing}}/{{ n }}'); e(pm.variables.replaceIn('{{$guid}}')).to.match(/^[0-9a-f-]{36}$/); });
    "#;
    let outcome = run(code).await;
    assert_all_pass(&outcome);
    let scopes = outcome.scopes.unwrap();
    assert_eq!(variable(&scopes.environment, "n"), Some(&json!(5)));
    assert_eq!(variable(&scopes.environment, "o"), Some(&json!({"a": [1]})));
    assert_eq!(variable(&scopes.environment, "seed"), Some(&json!("s")));
    assert_eq!(variable(&scopes.globals, "only_globals"), None);
    assert_eq!(variable(&scopes.local, "where"), Some(&json!("local")));
    assert_eq!(scopes.environment.name, "env");
}

#[tokio::test]
async fn unchanged_scopes_and_requests_are_not_sent_back() {
    let outcome = run_input(input(Listen::Prerequest, "pm.environment.get('seed'); pm.request.url.toString();")).await;
    assert_eq!((outcome.error, outcome.scopes, outcome.request), (None, None, None));
}

#[tokio::test]
async fn a_pre_request_script_changes_the_request() {
    let code = r#"
        pm.request.headers.add({key: 'X-New', value: 'n'}); pm.request.headers.upsert({key: 'x-a', value: '2'});
        pm.request.url.addQueryParams('p=2'); pm.request.method = 'PUT'; pm.request.body.raw = 'changed';
        if (pm.request.url.toString() !== 'http://x.test:81/a/b?q=1&p=2') throw new Error(pm.request.url.toString());
    "#;
    let outcome = run_input(input(Listen::Prerequest, code)).await;
    assert_eq!(outcome.error, None);
    let request = outcome.request.unwrap();
    assert_eq!(request["method"], "PUT");
    assert_eq!(request["body"], json!({"mode": "raw", "raw": "changed"}));
    assert_eq!(
        request["header"],
        json!([{"key": "x-a", "value": "2"}, {"key": "X-New", "value": "n"}])
    );
    assert_eq!(request["url"]["raw"], "http://x.test:81/a/b?q=1&p=2");
    assert_eq!(
        request["url"]["query"],
        json!([{"key": "q", "value": "1"}, {"key": "p", "value": "2"}])
    );
}

#[tokio::test]
async fn a_test_script_does_not_change_the_request() {
    let outcome = run("pm.request.headers.add({key: 'X-New', value: 'n'}); pm.test('x', () => {});").await;
    assert_all_pass(&outcome);
    assert_eq!(outcome.request, None);
}

#[tokio::test]
async fn info_and_location_tell_where_the_script_runs() {
    let code = r#"pm.test('info', () => {
        pm.expect([pm.info.eventName, pm.info.requestName, pm.info.iteration, pm.info.iterationCount, pm.info.requestId]).to.eql(['test', 'leaf', 0, 2, 'r-1']);
        pm.expect(Array.from(pm.execution.location)).to.eql(['col', 'folder', 'leaf']); pm.expect(pm.execution.location.current).to.equal('leaf');
    });"#;
    assert_all_pass(&run(code).await);
}

#[tokio::test]
async fn the_last_call_of_set_next_request_wins() {
    let outcome = run("pm.execution.setNextRequest('a'); postman.setNextRequest('b');").await;
    assert_eq!(outcome.next_request, NextRequest::To("b".to_owned()));
    assert_eq!(
        run("postman.setNextRequest('b'); pm.execution.setNextRequest(null);")
            .await
            .next_request,
        NextRequest::Stop
    );
    assert_eq!(run("1;").await.next_request, NextRequest::Unset);
}

#[tokio::test]
async fn skip_request_ends_the_script_at_once() {
    let code = "pm.test('before', () => {}); pm.variables.set('kept', 1); pm.execution.skipRequest(); pm.test('after', () => {}); throw new Error('never');";
    let outcome = run_input(input(Listen::Prerequest, code)).await;
    assert!(outcome.skip_request);
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.assertions.len(), 1);
    assert_eq!(variable(&outcome.scopes.unwrap().local, "kept"), Some(&json!(1)));
}

#[tokio::test]
async fn asynchronous_tests_are_awaited() {
    let code = r#"
        const later = (value) => new Promise((resolve) => setTimeout(resolve, 5, value));
        pm.test('async passes', async () => { pm.expect(await later(1)).to.equal(1); });
        pm.test('async fails', async () => { pm.expect(await later(1)).to.equal(2); });
        pm.test('done', (done) => { setTimeout(done, 1); });
        pm.test('done with error', (done) => { setTimeout(() => done(new Error('no')), 1); });
        pm.test('never', (done) => {});
        await later();
        pm.test('after top-level await', () => {});
    "#;
    let outcome = run(code).await;
    assert_eq!(outcome.error, None);
    let names: Vec<_> = outcome.assertions.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "async passes",
            "async fails",
            "done",
            "done with error",
            "never",
            "after top-level await"
        ]
    );
    let failed: Vec<_> = failures(&outcome).into_iter().map(|(name, _)| name).collect();
    assert_eq!(failed, ["async fails", "done with error", "never"]);
}

#[tokio::test]
async fn errors_of_scripts_have_name_and_message_and_keep_the_tests_before() {
    let outcome = run("pm.test('before', () => {}); nope.thing(); pm.test('after', () => {});").await;
    let error = outcome.error.unwrap();
    assert_eq!(
        (error.name.as_str(), error.message.as_str()),
        ("ReferenceError", "nope is not defined")
    );
    assert_eq!(outcome.assertions.len(), 1);
    let error = run("throw new Error('pre boom');").await.error.unwrap();
    assert_eq!((error.name.as_str(), error.message.as_str()), ("Error", "pre boom"));
    assert_eq!(run("var x = ;").await.error.unwrap().name, "SyntaxError");
    assert_eq!(
        run("const a = {}; a.b.c;").await.error.unwrap().message,
        "Cannot read properties of undefined (reading 'c')"
    );
    assert_eq!(run("throw 'text'").await.error.unwrap().message, "text");
    assert_eq!(
        run("await Promise.reject(new TypeError('late'))").await.error.unwrap().name,
        "TypeError"
    );
}

#[tokio::test]
async fn an_error_in_a_timer_is_flagged_and_no_failure() {
    let outcome = run("pm.test('sync', () => {}); setTimeout(() => { throw new TypeError('late boom'); }, 5); setTimeout(() => pm.test('later', () => {}), 10);").await;
    assert_all_pass(&outcome);
    assert_eq!(outcome.assertions.len(), 2);
    assert_eq!(outcome.warnings, ["a timer callback threw TypeError: late boom"]);
}

#[tokio::test]
async fn the_console_renders_values() {
    let outcome = run("console.log('a', 1, {b: [1, 'x'], c: null}, [undefined]); console.warn(new Error('e').message); console.error(new Map([['k', 1]]));").await;
    let lines: Vec<_> = outcome
        .console
        .iter()
        .map(|line| (line.level.as_str(), line.text.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            ("log", "a 1 { b: [ 1, 'x' ], c: null } [ undefined ]"),
            ("warn", "e"),
            ("error", "Map(1) { 'k' => 1 }")
        ]
    );
}

#[tokio::test]
async fn what_the_visualizer_was_given_is_kept() {
    let outcome =
        run("pm.visualizer.set('<b>{{n}}</b>', {n: 1}); pm.test('bad', () => pm.expect(() => pm.visualizer.set(1)).to.throw());").await;
    assert_all_pass(&outcome);
    assert_eq!(outcome.visualizer.unwrap()["data"], json!({"n": 1}));
}

#[tokio::test]
async fn scripts_of_one_session_share_implicit_globals_and_nothing_else() {
    let pool = pool();
    let mut session = pool.session().await;
    run_in(&mut *session, "var a1 = 1; let a2 = 1; function a3() {} b1 = 2;").await;
    let code = "pm.test('leaks', () => pm.expect([typeof a1, typeof a2, typeof a3, typeof b1]).to.eql(['undefined', 'undefined', 'undefined', 'number']));";
    assert_all_pass(&run_in(&mut *session, code).await);
    let mut other = pool.session().await;
    assert_all_pass(
        &run_in(
            &mut *other,
            "pm.test('another run', () => pm.expect(typeof b1).to.equal('undefined'));",
        )
        .await,
    );
}

#[tokio::test]
async fn a_script_that_overwrites_a_legacy_global_does_so_for_itself_only() {
    let mut session = pool().session().await;
    assert_all_pass(
        &run_in(
            &mut *session,
            "data = pm.response.json(); pm.test('mine', () => pm.expect(data.name).to.equal('Ada'));",
        )
        .await,
    );
    assert_all_pass(&run_in(&mut *session, "pm.test('reset', () => pm.expect(data).to.eql({row: {n: 1}}));").await);
}
