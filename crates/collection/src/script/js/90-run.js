// One script from begin to end: what the host calls.
'use strict';

const { apply, then, String: text } = internal.p;

// Starts the script; `state.settled` tells when its own code has come to its end.
internal.begin = (input, script) => {
    internal.resetTests();
    internal.resetOverrides();
    const state = { input, scopes: internal.makeScopes(input.scopes), legacy: {}, warned: new internal.p.SafeMap(), next: undefined, skip: false, visualizer: undefined, settled: false };
    internal.state = state;
    internal.global('pm', internal.makePm(state));
    internal.global('postman', internal.makePostman());
    const end = (error) => {
        if (state.settled) return;
        state.settled = true;
        internal.guard('the tests object', () => internal.finishLegacy());
        if (error !== undefined && error !== internal.skipSignal) fail(error);
    };
    try {
        then(apply(script, undefined, []), () => end(undefined), (error) => end(error === undefined ? 'undefined' : error));
    } catch (error) {
        end(error);
    }
};

// What is no error has no name in newman's reports; ours call it thrown.
function fail(error) {
    const { name, message, stack } = internal.describeError(error);
    const named = error !== null && typeof error === 'object' && internal.readName(error) !== undefined;
    host.fail(named ? name : 'Thrown', message, stack);
}

// Hands over what the script changed. Results of the language's own operations only.
internal.finish = (complete) => {
    const { state } = internal;
    if (complete) {
        if (!state.settled && !state.skip) host.fail('Error', 'the script awaits a promise that nothing is left to settle', '');
        if (!state.skip) internal.closeTests();
    }
    internal.resetTimers();
    internal.resetCalls();
    if (!state.skip) internal.emit();
};

internal.emit = () => {
    const { state } = internal;
    internal.emitScopes(state.scopes);
    if (state.input.listen === 'prerequest' && state.before !== undefined) {
        const after = internal.toJson(current(state));
        if (after !== state.before) host.request(after);
    }
    if (state.next === null) host.next(false, '');
    else if (state.next !== undefined) host.next(true, text(state.next));
    if (state.skip) host.skip();
    if (state.visualizer !== undefined) host.visualizer(internal.toJson(state.visualizer));
};

const current = ({ request }) => request.toJSON();
