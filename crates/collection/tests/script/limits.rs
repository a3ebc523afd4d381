//! What a script cannot do: run on, take all memory, flood its parent, or break the record.

use std::time::Duration;

use collection::script::pool::PoolOptions;
use collection::script::{Call, ScriptCalls, ScriptError, ScriptHost, ScriptOutcome};
use serde_json::{Value, json};

use crate::bench::*;

const SHORT: Duration = Duration::from_millis(300);

/// Runs `code` with a short limit, then a good script in the same session.
async fn run_then_recover(code: &str) -> ScriptOutcome {
    let mut session = pool().session().await;
    let outcome = session.run(test_input(code), SHORT, &Parent::default()).await;
    assert_all_pass(&run_in(&mut *session, "pm.test('alive', () => {});").await);
    outcome
}

#[track_caller]
fn assert_timed_out(outcome: &ScriptOutcome) {
    let error = outcome.error.as_ref().unwrap();
    assert_eq!(
        (error.name.as_str(), error.message.as_str()),
        ("TimeoutError", "the script ran longer than its limit of 300 ms")
    );
}

#[tokio::test]
async fn an_endless_loop_ends_at_the_limit_and_keeps_the_tests_before() {
    let outcome = run_then_recover("pm.environment.set('kept', 1); pm.test('before', () => {}); while (true) {}").await;
    assert_timed_out(&outcome);
    assert_eq!(outcome.assertions.len(), 1);
    assert_eq!(variable(&outcome.scopes.unwrap().environment, "kept"), Some(&json!(1)));
}

#[tokio::test]
async fn an_endless_loop_cannot_be_caught_or_hidden_in_jobs() {
    assert_timed_out(&run_then_recover("try { while (true) {} } catch (e) {} finally { while (true) {} }").await);
    assert_timed_out(&run_then_recover("const again = () => Promise.resolve().then(again); again();").await);
    assert_timed_out(&run_then_recover("const again = () => setTimeout(again, 0); again();").await);
    assert_timed_out(&run_then_recover("setInterval(() => {}, 50);").await);
}

#[tokio::test]
async fn a_built_in_that_polls_nothing_is_ended_with_its_process() {
    let outcome = run_then_recover("pm.test('before', () => {}); console.log('seen'); new Array(1e9) + '';").await;
    assert_timed_out(&outcome);
    assert_eq!((outcome.assertions.len(), outcome.console.len()), (1, 1));
}

#[tokio::test]
async fn a_regular_expression_that_backtracks_for_ever_ends_at_the_limit() {
    assert_timed_out(&run_then_recover("/^(a+)+$/.test('a'.repeat(60) + 'b');").await);
}

#[tokio::test]
async fn memory_is_limited() {
    let mut session = pool_with(PoolOptions {
        memory_mib: 96,
        ..PoolOptions::default()
    })
    .session()
    .await;
    for code in [
        "const a = []; for (;;) a.push(new Array(1000).fill(1));",
        "const s = []; for (;;) s.push('x'.repeat(1e6) + Math.random());",
        "const b = []; for (;;) b.push(new Uint8Array(1e6).fill(1));",
    ] {
        let outcome = session.run(test_input(code), AMPLE, &Parent::default()).await;
        let error = outcome.error.unwrap_or_else(|| panic!("{code} ended well"));
        assert_eq!(error.name, "MemoryError", "{code}: {error:?}");
        assert_all_pass(&run_in(&mut *session, "pm.test('alive', () => {});").await);
    }
}

#[tokio::test]
async fn deep_recursion_is_an_error_of_the_script() {
    let outcome = run("pm.test('before', () => {}); function f() { return 1 + f(); } f();").await;
    assert_eq!(outcome.error.unwrap().name, "RangeError");
    assert_eq!(outcome.assertions.len(), 1);
    assert_eq!(run("JSON.parse('['.repeat(1e6));").await.error.unwrap().name, "RangeError");
}

#[tokio::test]
async fn a_million_tests_end_at_the_cap_that_the_error_names() {
    let outcome = run("for (let i = 0; i < 1e6; i++) pm.test('t' + i, () => {});").await;
    let error = outcome.error.unwrap();
    assert_eq!(
        (error.name.as_str(), error.message.as_str()),
        ("RangeError", "a script may record at most 50000 tests and 8 MiB of test results")
    );
    assert_eq!(outcome.assertions.len(), 50_000);
}

#[tokio::test]
async fn console_output_is_cut_at_a_named_limit() {
    let outcome = run("for (let i = 0; i < 100; i++) console.log('x'.repeat(50000)); pm.test('goes on', () => {});").await;
    assert_all_pass(&outcome);
    assert!(outcome.console.last().unwrap().text.contains("over the limit of 1 MiB"));
    assert!(outcome.console.iter().map(|line| line.text.len()).sum::<usize>() < 1_100_000);
    assert_eq!(outcome.warnings.len(), 1);
}

/// A parent that never answers.
struct Silent;

#[async_trait::async_trait]
impl ScriptCalls for Silent {
    async fn call(&self, _: Call) -> Result<Value, ScriptError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_request_that_is_never_answered_ends_at_the_limit() {
    let code = "pm.test('before', () => {}); await pm.sendRequest('http://x.test');";
    let outcome = pool().session().await.run(test_input(code), SHORT, &Silent).await;
    assert_timed_out(&outcome);
    assert_eq!(outcome.assertions.len(), 1);
}

#[tokio::test]
async fn runs_on_warm_children_share_nothing() {
    let pool = pool_with(PoolOptions {
        warm: 2,
        ..PoolOptions::default()
    });
    pool.warm_up();
    for _ in 0..6 {
        let mut session = pool.session().await;
        assert_all_pass(
            &run_in(
                &mut *session,
                "pm.test('fresh', () => pm.expect(typeof leak).to.equal('undefined')); leak = 1;",
            )
            .await,
        );
    }
}

#[tokio::test]
async fn a_promise_that_nothing_can_settle_is_an_error_at_once() {
    let outcome = run("pm.test('before', () => {}); await new Promise(() => {}); pm.test('after', () => {});").await;
    assert_eq!(
        outcome.error.unwrap().message,
        "the script awaits a promise that nothing is left to settle"
    );
    assert_eq!(outcome.assertions.len(), 1);
}

#[tokio::test]
async fn tampering_with_the_language_does_not_change_what_is_recorded() {
    let mut session = pool().session().await;
    let code = r#"
        const boom = () => { throw new Error('tampered'); };
        Object.prototype.toJSON = () => 'forged'; Array.prototype.push = boom; Array.prototype.map = boom; JSON.stringify = () => '{"error":null}'; JSON.parse = boom;
        Map.prototype.get = boom; Map.prototype.set = boom; Map.prototype.forEach = boom; Promise.prototype.then = boom; Function.prototype.call = boom; Function.prototype.apply = boom;
        String = boom; Object.keys = boom; Array.isArray = boom;
        pm.environment.set('text', 'kept'); pm.environment.set('number', 5);
        pm.test('fails', () => { throw new Error('real'); });
        throw new TypeError('end');
    "#;
    let outcome = run_in(&mut *session, code).await;
    assert_eq!(failures(&outcome), [("fails".to_owned(), "real".to_owned())]);
    let error = outcome.error.unwrap();
    assert_eq!((error.name.as_str(), error.message.as_str()), ("TypeError", "end"));
    let scopes = outcome.scopes.unwrap();
    assert_eq!(variable(&scopes.environment, "text"), Some(&json!("kept")));
    assert_eq!(variable(&scopes.environment, "number"), Some(&json!(5)));
    let next = run_in(&mut *session, "pm.test('next script', () => {}); pm.variables.set('a', 'b');").await;
    assert_all_pass(&next);
    assert_eq!(variable(&next.scopes.unwrap().local, "a"), Some(&json!("b")));
}

#[tokio::test]
async fn values_without_json_do_not_break_the_outcome() {
    let code = "const c = {}; c.c = c; pm.environment.set('cycle', c); pm.environment.set('big', 10n); pm.environment.set('u', undefined); let deep = []; for (let i = 0; i < 5000; i++) deep = [deep]; pm.environment.set('deep', deep); pm.test('x', () => {});";
    let outcome = run(code).await;
    assert_all_pass(&outcome);
    let scopes = outcome.scopes.unwrap();
    assert_eq!(variable(&scopes.environment, "cycle"), Some(&json!("[object Object]")));
    assert_eq!(variable(&scopes.environment, "big"), Some(&json!("10")));
    assert!(variable(&scopes.environment, "deep").unwrap().is_string());
}

#[tokio::test]
async fn a_program_that_is_no_child_gives_an_error_and_no_hang() {
    let command = collection::script::pool::ChildCommand {
        program: "/bin/true".into(),
        arguments: Vec::new(),
    };
    let pool = collection::script::pool::ChildPool::new(command, PoolOptions::default());
    let outcome = pool.session().await.run(test_input("1"), AMPLE, &Parent::default()).await;
    assert!(outcome.error.unwrap().message.starts_with("the script ended its own process"));
}

#[tokio::test]
async fn a_child_that_cannot_start_is_told_from_a_script_that_failed() {
    // Far too little memory even for the engine.
    let pool = pool_with(PoolOptions {
        memory_mib: 1,
        ..PoolOptions::default()
    });
    let outcome = pool.session().await.run(test_input("1"), AMPLE, &Parent::default()).await;
    assert!(outcome.error.unwrap().message.starts_with("the script process cannot be started"));
}
