// `require('assert')`: Node's assertions with the messages of the sandbox's copy.
'use strict';

internal.builtin('assert', () => {
    const { isEqualWith, isEqual } = internal.library('lodash');
    class AssertionError extends Error {
        constructor({ message, actual, expected, operator, generated = message === undefined }) {
            super(message);
            Object.assign(this, { generatedMessage: generated, code: 'ERR_ASSERTION', actual, expected, operator });
        }
    }
    Object.defineProperty(AssertionError.prototype, 'name', { value: 'AssertionError', writable: true, configurable: true });

    const show = (value) => internal.inspect(value);
    function raise(given, words, actual, expected, operator, generated) {
        if (given instanceof Error) throw given;
        throw new AssertionError({ message: given === undefined ? words : String(given), actual, expected, operator, generated: generated ?? given === undefined });
    }

    const alike = (left, right) => (left !== null && typeof left === 'object' && right !== null && typeof right === 'object' ? undefined : left == right || (left !== left && right !== right)); // eslint-disable-line eqeqeq
    const loose = (left, right) => isEqualWith(left, right, alike);
    const ok = (...values) => {
        if (values.length === 0) raise(undefined, 'No value argument passed to `assert.ok()`', undefined, true, '==');
        if (!values[0]) raise(values[1], `${show(values[0])} == true`, values[0], true, '==', false);
    };
    const compare = (operator, holds, words) => (actual, expected, message) => {
        if (!holds(actual, expected)) raise(message, words(show(actual), show(expected)), actual, expected, operator);
    };
    const matches = (error, expected) => {
        if (expected === undefined || typeof expected === 'string') return true;
        if (expected instanceof RegExp) return expected.test(String(error));
        if (typeof expected === 'function') return (expected.prototype !== undefined && error instanceof expected) || (!(expected.prototype instanceof Error) && expected !== Error && expected.call({}, error) === true);
        return Object.keys(expected).every((key) => (expected[key] instanceof RegExp ? expected[key].test(error[key]) : isEqual(error[key], expected[key])));
    };
    const caught = (run) => { try { run(); } catch (error) { return { error }; } return undefined; };
    const thrown = (found, expected, message, operator) => {
        if (found === undefined) raise(typeof expected === 'string' ? expected : message, 'Missing expected exception.', undefined, expected, operator, false);
        if (!matches(found.error, expected)) throw found.error;
    };
    const unwanted = ({ error }, message, operator) => raise(undefined, `Got unwanted ${operator === 'doesNotReject' ? 'rejection' : 'exception'}${message ? `: ${message}` : '.'}\nActual message: "${error?.message}"`, error, undefined, operator, false);
    const settled = async (promise) => { try { await (typeof promise === 'function' ? promise() : promise); } catch (error) { return { error }; } return undefined; };

    const members = {
        AssertionError,
        ok,
        equal: compare('==', (a, b) => a == b || (a !== a && b !== b), (a, b) => `${a} == ${b}`), // eslint-disable-line eqeqeq
        notEqual: compare('!=', (a, b) => a != b, (a, b) => `${a} != ${b}`), // eslint-disable-line eqeqeq
        strictEqual: compare('strictEqual', Object.is, (a, b) => `Expected values to be strictly equal:\n\n${a} !== ${b}\n`),
        notStrictEqual: compare('notStrictEqual', (a, b) => !Object.is(a, b), (a) => `Expected "actual" to be strictly unequal to: ${a}`),
        deepEqual: compare('deepEqual', loose, (a, b) => `Expected values to be loosely deep-equal:\n\n${a}\n\nshould equal\n\n${b}`),
        notDeepEqual: compare('notDeepEqual', (a, b) => !loose(a, b), (a) => `Expected "actual" not to be loosely deep-equal to:\n\n${a}`),
        deepStrictEqual: compare('deepStrictEqual', isEqual, (a, b) => `Expected values to be strictly deep-equal:\n+ actual - expected\n\n+ ${a}\n- ${b}`),
        notDeepStrictEqual: compare('notDeepStrictEqual', (a, b) => !isEqual(a, b), (a) => `Expected "actual" not to be strictly deep-equal to: ${a}`),
        fail: (message) => raise(message, 'Failed', undefined, undefined, 'fail'),
        throws: (run, expected, message) => thrown(caught(run), expected, message, 'throws'),
        doesNotThrow: (run, message) => { const found = caught(run); if (found) unwanted(found, typeof message === 'string' ? message : '', 'doesNotThrow'); },
        rejects: async (promise, expected, message) => thrown(await settled(promise), expected, message, 'rejects'),
        doesNotReject: async (promise, message) => { const found = await settled(promise); if (found) unwanted(found, typeof message === 'string' ? message : '', 'doesNotReject'); },
        ifError: (value) => {
            if (value !== null && value !== undefined) raise(undefined, `ifError got unwanted exception: ${value?.message ?? show(value)}`, value, null, 'ifError', false);
        },
    };
    const assert = Object.assign((...values) => ok(...values), members);
    assert.strict = Object.assign((...values) => ok(...values), members, { equal: members.strictEqual, notEqual: members.notStrictEqual, deepEqual: members.deepStrictEqual, notDeepEqual: members.notDeepStrictEqual });
    assert.strict.strict = assert.strict;
    return assert;
});
