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

// Says once in a script that a name is out of date, and what to write instead.
function deprecated(name, instead) {
    const { warned } = current();
    if (warned.has(name)) return;
    warned.set(name, true);
    host.warn(`\`${name}\` is deprecated; use \`${instead}\``);
}

const old = (name, instead, read) => scriptGlobal(name, () => { deprecated(name, instead); return read(); });

scriptGlobal('tests', kept('tests', () => ({})));
old('responseBody', 'pm.response.text()', whenTest(() => response().text()));
old('responseCode', 'pm.response.code', whenTest(kept('responseCode', () => ({ code: response().code, name: response().reason(), detail: response().reason() }))));
old('responseHeaders', 'pm.response.headers', whenTest(kept('responseHeaders', () => response().headers.toObject(false, true))));
old('responseTime', 'pm.response.responseTime', whenTest(() => response().responseTime));
old('responseCookies', 'pm.cookies', whenTest(kept('responseCookies', () => current().pm.cookies.all())));
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

const postman = {
    setEnvironmentVariable: ['pm.environment.set', (key, value) => scope('environment').set(key, value)],
    getEnvironmentVariable: ['pm.environment.get', (key) => scope('environment').get(key)],
    clearEnvironmentVariable: ['pm.environment.unset', (key) => scope('environment').unset(key)],
    clearEnvironmentVariables: ['pm.environment.clear', () => scope('environment').clear()],
    setGlobalVariable: ['pm.globals.set', (key, value) => scope('globals').set(key, value)],
    getGlobalVariable: ['pm.globals.get', (key) => scope('globals').get(key)],
    clearGlobalVariable: ['pm.globals.unset', (key) => scope('globals').unset(key)],
    clearGlobalVariables: ['pm.globals.clear', () => scope('globals').clear()],
    setNextRequest: ['pm.execution.setNextRequest', (name) => { current().next = name === undefined ? null : name; }],
    getResponseHeader: ['pm.response.headers.get', (name) => response().headers.get(name)],
    getResponseCookie: ['pm.cookies.get', (name) => current().pm.cookies.one(name)],
};
const postmanNames = internal.p.keys(postman);

internal.makePostman = () => {
    const made = {};
    for (let i = 0; i < postmanNames.length; i++) {
        const name = postmanNames[i];
        const entry = postman[name];
        const act = entry[1];
        made[name] = (...values) => { deprecated(`postman.${name}`, entry[0]); return internal.p.apply(act, undefined, values); };
    }
    return made;
};

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
