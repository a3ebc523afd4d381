// The interface from before `pm`: globals that describe the response, `tests` and `postman`.
'use strict';

const { scriptGlobal } = internal;
const current = () => internal.state;
const isTest = () => current().input.listen === 'test';
const whenTest = (read) => () => (isTest() ? read() : undefined);

// Values kept for one script, made at first use.
function kept(name, make) {
    return () => {
        const { legacy } = current();
        if (!(name in legacy)) legacy[name] = make();
        return legacy[name];
    };
}

const response = () => current().pm.response;

scriptGlobal('tests', kept('tests', () => ({})));
scriptGlobal('responseBody', whenTest(() => response().text()));
scriptGlobal('responseCode', whenTest(kept('responseCode', () => ({ code: response().code, name: response().reason(), detail: response().reason() }))));
scriptGlobal('responseHeaders', whenTest(kept('responseHeaders', () => response().headers.toObject(false, true))));
scriptGlobal('responseTime', whenTest(() => response().responseTime));
scriptGlobal('responseCookies', whenTest(kept('responseCookies', () => current().pm.cookies.all())));
scriptGlobal('iteration', () => current().input.info.iteration);
scriptGlobal('data', kept('data', () => current().scopes.data.toObject()));
scriptGlobal('environment', kept('environment', () => current().scopes.environment.toObject()));
scriptGlobal('globals', kept('globals', () => current().scopes.globals.toObject()));
scriptGlobal('request', kept('request', () => {
    const { request } = current().pm;
    const body = request.body;
    const fields = body && (body.mode === 'urlencoded' || body.mode === 'formdata') ? body[body.mode].toObject() : body?.toString() ?? '';
    return { id: current().input.info.request_id, name: current().input.info.request_name, description: request.description ?? '', method: request.method, url: request.url.toString(), headers: request.headers.toObject(true, true), data: fields };
}));

const scope = (name) => current().scopes[name];

internal.makePostman = () => ({
    setEnvironmentVariable: (key, value) => scope('environment').set(key, value),
    getEnvironmentVariable: (key) => scope('environment').get(key),
    clearEnvironmentVariable: (key) => scope('environment').unset(key),
    clearEnvironmentVariables: () => scope('environment').clear(),
    setGlobalVariable: (key, value) => scope('globals').set(key, value),
    getGlobalVariable: (key) => scope('globals').get(key),
    clearGlobalVariable: (key) => scope('globals').unset(key),
    clearGlobalVariables: () => scope('globals').clear(),
    setNextRequest: (name) => { current().next = name === undefined ? null : name; },
    getResponseHeader: (name) => response().headers.get(name),
    getResponseCookie: (name) => current().pm.cookies.one(name),
});

internal.global('xml2Json', function xml2Json(text) {
    let json = {};
    internal.library('xml2js').parseString(text, { explicitArray: false, async: false, trim: true, mergeAttrs: false }, (error, result) => {
        if (error) throw error;
        json = result;
    });
    return json;
});

// Turns what is in `tests` into assertions once the script has run.
internal.finishLegacy = () => {
    const { tests } = globalThis;
    if (tests === undefined || tests === null) return;
    const names = internal.p.keys(tests);
    for (let i = 0; i < names.length; i++) internal.recordLegacy(names[i], Boolean(tests[names[i]]));
};
