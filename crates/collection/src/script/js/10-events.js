// Timers and the turn of the event loop. The host calls `tick` until nothing is due, so a
// promise job always runs between two timers, as in a browser.
'use strict';

const { apply, SafeMap } = internal.p;
// An immediate runs before every timer.
const IMMEDIATE = -1;
let timers = new SafeMap();
let nextTimer = 1;

function add(callback, delay, args, repeat) {
    // As in the sandbox: what is no function is never called.
    if (typeof callback !== 'function') return undefined;
    let wait = +delay;
    if (!(wait >= 1)) wait = 1;
    const id = nextTimer++;
    timers.set(id, { id, due: delay === IMMEDIATE ? 0 : host.now() + wait, wait, callback, args, repeat });
    return id;
}

const clear = (id) => { timers.delete(typeof id === 'object' && id !== null ? +id : id); };

internal.global('setTimeout', function setTimeout(callback, delay, ...args) { return add(callback, delay, args, false); });
internal.global('setInterval', function setInterval(callback, delay, ...args) { return add(callback, delay, args, true); });
internal.global('setImmediate', function setImmediate(callback, ...args) { return add(callback, IMMEDIATE, args, false); });
internal.global('clearTimeout', function clearTimeout(id) { clear(id); });
internal.global('clearInterval', function clearInterval(id) { clear(id); });
internal.global('clearImmediate', function clearImmediate(id) { clear(id); });
if (typeof queueMicrotask !== 'function') {
    const done = Promise.resolve();
    internal.global('queueMicrotask', function queueMicrotask(callback) { internal.p.then(done, callback); });
}

internal.resetTimers = () => { timers = new SafeMap(); };

// Runs the earliest due timer. Answers 0 when it ran one, -1 when no timer is left,
// else the milliseconds until the next.
internal.tick = () => {
    if (timers.size === 0) return -1;
    let first;
    timers.forEach((timer) => { if (first === undefined || timer.due < first.due) first = timer; });
    const now = host.now();
    if (first.due > now) return first.due - now;
    if (first.repeat) first.due = now + first.wait;
    else timers.delete(first.id);
    internal.guard('a timer callback', () => apply(first.callback, undefined, first.args));
    return 0;
};

// A callback's error does not end the script (newman loses it; we flag it).
internal.guard = (what, callback) => {
    try {
        return callback();
    } catch (error) {
        internal.flag(what, error);
    }
};

internal.flag = (what, error) => {
    if (error === internal.skipSignal) return;
    const { name, message } = internal.describeError(error);
    host.warn(`${what} threw ${name}: ${message}`);
};

// Calls to the parent: `pm.sendRequest` and the cookie jar.
let calls = new SafeMap();
let nextCall = 1;

internal.callParent = (call, answer) => {
    const id = nextCall++;
    calls.set(id, answer);
    host.call(id, internal.p.stringify(call));
};

internal.pendingCalls = () => calls.size;
internal.resetCalls = () => { calls = new SafeMap(); };

internal.answer = (id, ok, text) => {
    const answer = calls.get(id);
    if (answer === undefined) return;
    calls.delete(id);
    const value = internal.p.parse(text);
    internal.guard('a callback', () => (ok ? answer(null, value) : answer(callError(value))));
};

// The parent names a system error by its code, in the name or in the message.
function callError({ name, message }) {
    const error = new Error(message);
    const code = /^[A-Z][A-Z0-9_]+$/.exec(name) ?? /\b(?:E[A-Z]{3,}|ERR_[A-Z_]+|[A-Z]+(?:_[A-Z]+)*_CERT(?:_[A-Z]+)*)\b/.exec(message);
    if (code) error.code = code[0];
    if (name && (!code || code[0] !== name)) error.name = name;
    return error;
}
