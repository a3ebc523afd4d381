// The `pm` object of one script. Parts are made when a script first asks for them.
'use strict';

const { define } = internal.p;

// Thrown by `pm.execution.skipRequest` to end the script; never reported.
internal.skipSignal = { toString: () => 'the request was skipped' };

const lazy = (object, name, make) => define(object, name, {
    configurable: true,
    enumerable: true,
    get() {
        const value = make();
        define(object, name, { value, writable: true, configurable: true, enumerable: true });
        return value;
    },
    set(value) { define(object, name, { value, writable: true, configurable: true, enumerable: true }); },
});

function makeExecution(state) {
    const { info } = state.input;
    const location = info.path.slice();
    location.current = location[location.length - 1];
    return {
        setNextRequest: (name) => { state.next = name === undefined ? null : name; },
        skipRequest() {
            if (state.input.listen !== 'prerequest') throw new TypeError('pm.execution.skipRequest is not a function in test scripts');
            state.skip = true;
            host.stop();
            throw internal.skipSignal;
        },
        runRequest() { throw new Error('pm.execution.runRequest is not supported'); },
        location,
    };
}

function makeVisualizer(state) {
    return {
        set(template, data, options) {
            if (typeof template !== 'string') throw new Error(`Invalid template. Template must be of type string, found ${typeof template}`);
            if (data !== undefined && (data === null || typeof data !== 'object')) throw new Error(`Invalid data. Data must be an object, found ${typeof data}`);
            if (options !== undefined && (options === null || typeof options !== 'object')) throw new Error(`Invalid options. Options must be an object, found ${typeof options}`);
            state.visualizer = { template, data: data ?? {}, options: options ?? {} };
        },
        clear() { state.visualizer = undefined; },
    };
}

// The body of the main response, read from the host on demand.
const mainBodyOf = () => ({ bytes: internal.once(() => host.body()), text: (charset) => host.bodyText(charset) });

internal.makePm = (state) => {
    const { input, scopes } = state;
    const pm = {
        info: Object.freeze({
            eventName: input.listen, iteration: input.info.iteration, iterationCount: input.info.iteration_count,
            requestName: input.info.request_name, requestId: input.info.request_id,
        }),
        variables: scopes.local,
        environment: scopes.environment,
        globals: scopes.globals,
        collectionVariables: scopes.collection,
        iterationData: scopes.data,
        sendRequest: internal.sendRequest,
        require: (name) => globalThis.require(name.replace(/^(?:npm|jsr):/, '').replace(/(.)@[\d.^~]+$/, '$1')),
        vault: {
            get: () => internal.p.Promise.reject(new Error('Vault access denied')),
            set: () => internal.p.Promise.reject(new Error('Vault access denied')),
            unset: () => internal.p.Promise.reject(new Error('Vault access denied')),
        },
    };
    pm.test = internal.makeTest(pm);
    // chai is loaded at the first `expect`; its helpers hang on the function itself.
    const expect = (value, message) => internal.expect(value, message);
    define(expect, 'fail', { get: () => internal.chai().expect.fail, configurable: true });
    pm.expect = expect;
    lazy(pm, 'request', () => {
        state.request = new internal.Request(input.request);
        state.before = internal.toJson(state.request.toJSON());
        return state.request;
    });
    if (input.listen === 'test') {
        lazy(pm, 'response', () => new internal.Response(input.response ?? undefined, input.response ? mainBodyOf() : undefined, internal.cookiesOf(input.response?.headers)));
    }
    lazy(pm, 'cookies', () => internal.makeCookies(input.cookies));
    lazy(pm, 'execution', () => makeExecution(state));
    lazy(pm, 'visualizer', () => makeVisualizer(state));
    state.pm = pm;
    return pm;
};

