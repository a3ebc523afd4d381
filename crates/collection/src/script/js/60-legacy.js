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

// `responseBody.has('text')`, from the app's own snippets of old.
internal.p.define(String.prototype, 'has', { value: function has(text) { return internal.p.indexOf(this, text) >= 0; }, writable: true, configurable: true, enumerable: false });

scriptGlobal('tests', kept('tests', () => ({})));
old('responseBody', 'pm.response.text()', whenTest(() => response().text()));
old('responseCode', 'pm.response.code', whenTest(kept('responseCode', () => response().details())));
old('responseHeaders', 'pm.response.headers', whenTest(kept('responseHeaders', () => Object.fromEntries(response().headers.filter((header) => !header.disabled).map(({ key, value }) => [key, value])))));
old('responseTime', 'pm.response.responseTime', whenTest(() => response().responseTime));
old('responseCookies', 'pm.cookies', whenTest(() => current().pm.cookies));
scriptGlobal('iteration', () => current().input.info.iteration);
scriptGlobal('data', kept('data', () => current().scopes.data.toObject()));
scriptGlobal('environment', kept('environment', () => current().scopes.environment.toObject()));
scriptGlobal('globals', kept('globals', () => current().scopes.globals.toObject()));
const formOf = (fields) => fields.toObject(true, true, true);

scriptGlobal('request', kept('request', () => {
    const { request } = current().pm;
    const body = request.body;
    const fields = !body || body.isEmpty() ? {} : body.mode === 'urlencoded' || body.mode === 'formdata' ? formOf(body[body.mode]) : body.mode === 'raw' ? body.raw : {};
    return { id: current().input.info.request_id, name: current().input.info.request_name, description: request.description === undefined ? undefined : String(request.description?.content ?? request.description), method: request.method, url: request.url.toString(), headers: request.headers.toObject(true, false, true, true), data: fields };
}));

const scope = (name) => current().scopes[name];

// The global `environment` and `globals` follow what is set in the old way; values become text.
const mirror = (name) => { const shown = globalThis[name]; return shown !== null && typeof shown === 'object' ? shown : {}; };
function put(name, key, value) {
    if ((value === false || value) && typeof value.toString === 'function') value = value.toString();
    mirror(name)[key] = value;
    scope(name).set(key, value);
}

function drop(name, key) {
    if (key) delete mirror(name)[key];
    scope(name).unset(key);
}

function empty(name) {
    const shown = mirror(name);
    for (const key of internal.p.keys(shown)) delete shown[key];
    scope(name).clear();
}

const postman = {
    setEnvironmentVariable: ['pm.environment.set', (key, value) => put('environment', key, value)],
    getEnvironmentVariable: ['pm.environment.get', (key) => scope('environment').get(key)],
    clearEnvironmentVariable: ['pm.environment.unset', (key) => drop('environment', key)],
    clearEnvironmentVariables: ['pm.environment.clear', () => empty('environment')],
    setGlobalVariable: ['pm.globals.set', (key, value) => put('globals', key, value)],
    getGlobalVariable: ['pm.globals.get', (key) => scope('globals').get(key)],
    clearGlobalVariable: ['pm.globals.unset', (key) => drop('globals', key)],
    clearGlobalVariables: ['pm.globals.clear', () => empty('globals')],
    setNextRequest: ['pm.execution.setNextRequest', (name) => { current().next = name === undefined ? null : name; }],
    getResponseHeader: ['pm.response.headers.get', (name) => response().headers.get(name)],
    getResponseCookie: ['pm.cookies.get', (name) => current().pm.cookies.one(String(name))],
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
    for (let i = 0; i < names.length; i++) internal.recordLegacy(names[i], tests[names[i]]);
};
