// `pm.sendRequest` and the cookie jar: asynchronous calls to the parent process.
'use strict';

const { Request, CookieList, PropertyList, responseOf } = internal;

// Gives the answer to a callback, or as a promise when there is none.
function ask(call, convert, callback) {
    if (typeof callback === 'function') {
        internal.callParent(call, (error, value) => callback(error, error ? undefined : convert(value)));
        return undefined;
    }
    return new internal.p.Promise((resolve, reject) => {
        internal.callParent(call, (error, value) => (error ? reject(error) : resolve(convert(value))));
    });
}

function refuse(message, callback) {
    const error = new Error(message);
    if (typeof callback === 'function') { callback(error); return internal.state.pm; }
    return internal.p.Promise.reject(error);
}

// What a script describes a request with; numbers in headers are no values, as in the reference.
function requestOf(request) {
    if (request instanceof Request) return request;
    if (typeof request !== 'object') return new Request(String(request));
    const plain = typeof request.toJSON === 'function' ? request.toJSON() : { ...request };
    delete plain.headers;
    const map = plain.header;
    if (map !== null && typeof map === 'object' && !Array.isArray(map) && !(map instanceof PropertyList)) {
        plain.header = Object.fromEntries(Object.entries(map).filter(([, value]) => typeof value === 'string'));
    }
    return new Request(plain.url ? plain : { ...plain, url: '' });
}

internal.sendRequest = (request, callback) => {
    if (!request) return refuse('sendrequest: nothing to request', callback);
    const source = requestOf(request);
    const once = typeof callback === 'function' && ((error, response) => {
        try {
            callback(error, response, response ? { cookies: response.cookies } : undefined);
        } catch (thrown) {
            // newman calls a throwing callback a second time, with its own error.
            internal.flag('a pm.sendRequest callback', thrown);
            if (!error) callback(thrown);
        }
    });
    const answer = ask({ call: 'send_request', request: source.toJSON() }, responseOf, once);
    return once ? internal.state.pm : answer;
};

const nameOf = (cookie) => (cookie !== null && typeof cookie === 'object' ? cookie.name : cookie);

class CookieJar {
    _ask(op, url, args, callback, convert = (value) => value) {
        const text = url !== null && typeof url === 'object' ? url.toString() : url;
        if (typeof text !== 'string' || text === '') throw new TypeError('CookieJar requires a url');
        return ask({ call: 'cookie_jar', op, url: text, args }, convert, callback);
    }

    set(url, name, value, callback) {
        const stored = (cookie) => (cookie ? camel(cookie) : cookie);
        if (typeof value === 'function' || (name !== null && typeof name === 'object')) {
            const cookie = typeof name === 'object' ? { ...name, name: name.name ?? name.key } : { header: String(name) };
            return this._ask('set', url, cookie, typeof value === 'function' ? value : callback, stored);
        }
        if (value === undefined) return this._ask('set', url, { header: String(name) }, callback, stored);
        return this._ask('set', url, { name: String(name), value: String(value) }, callback, stored);
    }

    get(url, name, callback) { return this._ask('get', url, { name: nameOf(name) }, callback, (found) => (found !== null && typeof found === 'object' ? found.value : found ?? undefined)); }
    getAll(url, options, callback) {
        return this._ask('getAll', url, {}, typeof options === 'function' ? options : callback, (found) => new CookieList((found ?? []).map(camel)).all());
    }

    unset(url, name, callback) { return this._ask('unset', url, { name: nameOf(name) }, callback); }
    clear(url, callback) { return this._ask('clear', url, {}, callback, () => undefined); }
}

const camel = (cookie) => {
    const { name, value, domain, path, expires = null, secure } = cookie;
    return { name, expires, maxAge: 0, domain, path, secure: Boolean(secure), httpOnly: Boolean(cookie.http_only ?? cookie.httpOnly), hostOnly: Boolean(cookie.host_only), value };
};

internal.makeCookies = (cookies) => {
    const list = new CookieList(cookies.map(camel));
    Object.defineProperty(list, 'jar', { value: () => new CookieJar() });
    return list;
};
