// The `pm` object of one script. Parts are made when a script first asks for them.
'use strict';

const { define } = internal.p;

// Thrown by `pm.execution.skipRequest` to end the script; never reported.
internal.skipSignal = { toString: () => 'the request was skipped' };

function makeExecution(state) {
    const { info } = state.input;
    const location = info.path.slice();
    location.current = info.owner || location[location.length - 1];
    return {
        setNextRequest: (name) => { state.next = name === undefined ? null : name; },
        skipRequest() {
            if (state.input.listen !== 'prerequest') throw new TypeError('pm.execution.skipRequest is not a function in test scripts');
            if (state.skip) throw internal.skipSignal;
            state.skip = true;
            // What the script does from here on, should it catch the signal, does not count.
            internal.emit();
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
            if (data && typeof data !== 'object') throw new Error(`Invalid data. Data must be an object, found ${typeof data}`);
            if (options && typeof options !== 'object') throw new Error(`Invalid options. Options must be an object, found ${typeof options}`);
            state.visualizer = { template, data: data ?? {}, options: options ?? {} };
        },
        clear() { state.visualizer = undefined; },
    };
}

// The body of the main response, read from the host on demand.
const mainBodyOf = () => ({ bytes: internal.once(() => host.body()), text: (charset) => host.bodyText(charset) });

// Members are read-only and not enumerable, as in the sandbox; each is made at its first use.
class Postman {
    #state;
    #made = {};
    constructor(state) {
        this.#state = state;
        this.test = internal.makeTest(this);
    }

    #once(name, make) {
        if (!(name in this.#made)) this.#made[name] = make();
        return this.#made[name];
    }

    get info() {
        const { listen, info } = this.#state.input;
        return this.#once('info', () => {
            const values = { eventName: listen, iteration: info.iteration, iterationCount: info.iteration_count, requestName: info.request_name, requestId: info.request_id };
            const made = {};
            for (const key of internal.p.keys(values)) define(made, key, { value: values[key] });
            return made;
        });
    }

    get variables() { return this.#state.scopes.local; }
    get environment() { return this.#state.scopes.environment; }
    get globals() { return this.#state.scopes.globals; }
    get collectionVariables() { return this.#state.scopes.collection; }
    get iterationData() { return this.#state.scopes.data; }
    get sendRequest() { return internal.sendRequest; }
    get require() { return requirePackage; }
    get vault() { return vault; }
    get expect() { return expect; }
    get request() {
        const state = this.#state;
        return this.#once('request', () => {
            state.request = new internal.Request(state.input.request);
            state.before = internal.toJson(state.request.toJSON());
            return state.request;
        });
    }

    get cookies() { return this.#once('cookies', () => internal.makeCookies(this.#state.input.cookies)); }
    get execution() { return this.#once('execution', () => makeExecution(this.#state)); }
    get visualizer() { return this.#once('visualizer', () => makeVisualizer(this.#state)); }
}

// chai is loaded at the first `expect`; its helpers hang on the function itself.
const expect = (value, message) => internal.expect(value, message);
define(expect, 'fail', { get: () => internal.chai().expect.fail, configurable: true });

const requirePackage = (name) => globalThis.require(name.replace(/^(?:npm|jsr):/, '').replace(/(.)@[\d.^~]+$/, '$1'));
const denied = () => internal.p.Promise.reject(new Error('Vault access denied'));
const vault = { get: denied, set: denied, unset: denied };

internal.makePm = (state) => {
    const pm = new Postman(state);
    if (state.input.listen === 'test') {
        // Own, as scripts ask `'response' in pm`.
        let response;
        define(pm, 'response', {
            get: () => (response ??= new internal.Response(state.input.response ?? undefined, state.input.response ? mainBodyOf() : undefined, [])),
        });
    }
    state.pm = pm;
    return pm;
};
