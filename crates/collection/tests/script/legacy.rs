//! The interface from before `pm`, and the globals of the sandbox.

use serde_json::json;

use crate::bench::*;

#[tokio::test]
async fn the_legacy_interface_works_and_its_tests_are_recorded_last() {
    let code = r#"
        tests['status'] = responseCode.code === 200 && responseCode.name === 'OK';
        tests['body'] = JSON.parse(responseBody).name === 'Ada';
        tests['header'] = postman.getResponseHeader('content-type').indexOf('json') > 0 && responseHeaders['Content-Type'] !== undefined;
        tests['time'] = responseTime === 12.5;
        postman.setEnvironmentVariable('e', '1'); postman.setGlobalVariable('g', '2');
        tests['get'] = postman.getEnvironmentVariable('e') === '1' && postman.getGlobalVariable('g') === '2';
        tests['maps'] = environment.seed === 's' && globals.where === 'globals' && data.row.n === 1;
        tests['request'] = request.method === 'POST' && request.url.indexOf('/a/b?q=1') > 0 && request.data === '{"a":1}' && request.headers['x-a'] === '1';
        tests['iteration'] = iteration === 0 && responseCookies !== undefined;
        tests['libraries'] = _.last([1, 2]) === 2 && CryptoJS.MD5('a').toString() === '0cc175b9c0f1b6a831c399e269772661';
        tests['failing'] = false;
        pm.test('first', () => {});
        postman.clearEnvironmentVariable('seed');
    "#;
    let outcome = run(code).await;
    assert_eq!(outcome.error, None);
    assert_eq!(
        failures(&outcome),
        [("failing".to_owned(), "expected false to be truthy".to_owned())]
    );
    assert_eq!(outcome.assertions[0].name, "first");
    assert_eq!(outcome.assertions.len(), 11);
    let scopes = outcome.scopes.unwrap();
    assert_eq!(variable(&scopes.environment, "e"), Some(&json!("1")));
    assert_eq!(variable(&scopes.environment, "seed"), None);
}

#[tokio::test]
async fn a_name_out_of_date_is_flagged_once_in_a_script() {
    let outcome = run("postman.getEnvironmentVariable('a'); postman.getEnvironmentVariable('b'); responseBody;").await;
    assert_eq!(
        outcome.warnings,
        [
            "`postman.getEnvironmentVariable` is deprecated; use `pm.environment.get`",
            "`responseBody` is deprecated; use `pm.response.text()`"
        ]
    );
}

#[tokio::test]
async fn an_asynchronous_test_is_awaited_unless_newmans_way_is_asked_for() {
    let mut input = test_input("pm.test('late', async () => { await null; throw new Error('lost'); });");
    let awaited = run_input(input.clone()).await;
    assert_eq!(failures(&awaited), [("late".to_owned(), "lost".to_owned())]);
    input.newman_async = true;
    assert_all_pass(&run_input(input).await);
}

#[tokio::test]
async fn the_sandbox_has_newmans_globals_and_no_way_out() {
    let code = r#"
        const objects = ['pm', 'postman', 'console', 'CryptoJS', 'tv4', 'Backbone', 'JSON', 'Math', 'Reflect', 'tests', 'responseCode', 'responseHeaders', 'responseCookies', 'request', 'data', 'environment', 'globals'];
        const functions = ['require', '_', 'cheerio', 'xml2Json', 'atob', 'btoa', 'Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'Promise', 'Map', 'Proxy', 'BigInt', 'escape', 'queueMicrotask', 'URL', 'TextEncoder', 'structuredClone'];
        const absent = ['process', 'XMLHttpRequest', 'document', 'module', 'exports', '__dirname', 'window', 'Deno', 'Bun', 'host', 'internal', 'std', 'os'];
        const typeOf = (name) => eval('typeof ' + name);
        pm.test('objects', () => objects.forEach((n) => pm.expect(typeOf(n), n).to.equal('object')));
        pm.test('functions', () => functions.forEach((n) => pm.expect(typeOf(n), n).to.equal('function')));
        pm.test('absent', () => absent.forEach((n) => pm.expect(typeOf(n), n).to.equal('undefined')));
        pm.test('others', () => pm.expect([typeof responseBody, typeof responseTime, typeof iteration]).to.eql(['string', 'number', 'number']));
        pm.test('require', () => ['child_process', 'not-a-module', '../run', 'watchbell/90-run.js'].forEach((n) => pm.expect(() => require(n), n).to.throw(/Cannot find module/)));
        pm.test('fs is an empty shim', () => pm.expect(Object.keys(require('fs'))).to.eql([]));
        const modules = []; try { await import('fs'); modules.push('fs'); } catch (e) { /* refused */ }
        pm.test('import', () => pm.expect(modules).to.eql([]));
    "#;
    assert_all_pass(&run(code).await);
}

#[tokio::test]
async fn xml_becomes_json() {
    let code = "pm.test('xml', () => pm.expect(xml2Json('<a b=\"1\"><c> x </c><c>y</c></a>')).to.eql({a: {$: {b: '1'}, c: ['x', 'y']}}));";
    assert_all_pass(&run(code).await);
}
