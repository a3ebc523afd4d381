// `pm.test`: each test gets its index when it is called and its verdict when it is known.
// A test that returns a promise is awaited, so its rejection fails it.
'use strict';

const { then, String } = internal.p;
const PASSED = 0;
const FAILED = 1;
const SKIPPED = 2;

let count = 0;
let open = new internal.p.SafeMap();

internal.resetTests = () => { count = 0; if (open.size > 0) open = new internal.p.SafeMap(); };

function record(name, index, status, error) {
    if (status !== FAILED) { host.test(name, index, status, '', '', ''); return; }
    const { name: kind, message, stack } = internal.describeThrown(error);
    host.test(name, index, status, kind, message, stack);
}

// Answers the two ways a test may end; only the first counts.
function begin(name) {
    const index = count++;
    const entry = { name, index };
    open.set(index, entry);
    const end = (status, error) => {
        if (open.get(index) !== entry) return;
        open.delete(index);
        record(name, index, status, error);
    };
    // Every call of `done` counts, as in the reference, unless the test itself has thrown.
    let thrown = false;
    const done = (error) => {
        if (thrown) return;
        open.delete(index);
        record(name, index, error ? FAILED : PASSED, error);
    };
    return { done, pass: () => end(PASSED), fail: (error) => { thrown = true; end(FAILED, error); }, drop: () => open.delete(index) };
}

function run(name, check) {
    const state = begin(String(name));
    let result;
    const hasDone = typeof check === 'function' && check.length > 0;
    try {
        if (hasDone) result = check((error) => state.done(error));
        else if (typeof check === 'function') result = check();
    } catch (error) {
        if (error === internal.skipSignal) { state.drop(); throw error; }
        state.fail(error);
        return;
    }
    // Outside of `try`: the host refuses a test beyond the limit, and that ends the script.
    if (isThenable(result) && !hasDone && internal.state.input.newman_async) {
        // As the reference: the verdict does not wait, and a rejection is lost.
        then(toPromise(result), undefined, () => {});
        state.pass();
    } else if (isThenable(result)) then(toPromise(result), hasDone ? undefined : state.pass, state.fail);
    else if (!hasDone) state.pass();
}

const isThenable = (value) => value !== null && typeof value === 'object' && typeof value.then === 'function';
const toPromise = (value) => (value instanceof internal.p.Promise ? value : new internal.p.Promise((resolve) => { resolve(value); }));

internal.makeTest = (pm) => {
    const test = (name, check) => { run(name, check); return pm; };
    test.skip = (name) => { record(String(name), count++, SKIPPED); return pm; };
    test.index = () => count;
    return test;
};

// A legacy `tests["name"] = condition`.
const shown = (value) => { try { return String(value); } catch { return typeof value; } };
internal.recordLegacy = (name, passed) => {
    if (passed) record(name, count++, PASSED);
    else record(name, count++, FAILED, { name: 'AssertionError', message: `expected ${shown(passed)} to be truthy`, stack: '' });
};

// Tests that will never end, now that nothing is pending: a test without a verdict is a failure.
internal.closeTests = () => {
    open.forEach(({ name, index }) => {
        record(name, index, FAILED, { name: 'Error', message: 'the test never finished: its promise was not settled or `done` was not called', stack: '' });
    });
};
