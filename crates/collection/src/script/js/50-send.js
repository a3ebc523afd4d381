// `pm.sendRequest` and the cookie jar: asynchronous calls to the parent process.
'use strict';

const { Request, CookieList, responseOf } = internal;

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

internal.sendRequest = (request, callback) => {
    if (request === undefined || request === null) throw new TypeError('pm.sendRequest takes a URL or a request object');
    const source = request instanceof Request ? request : new Request(typeof request === 'object' && !request.url ? { ...request, url: '' } : request);
    const once = typeof callback === 'function' && ((error, response) => {
        try {
            callback(error, response, response ? response.cookies : undefined);
        } catch (thrown) {
            // newman calls a throwing callback a second time, with its own error.
            internal.flag('a pm.sendRequest callback', thrown);
            if (!error) callback(thrown);
        }
    });
    return ask({ call: 'send_request', request: source.toJSON() }, responseOf, once);
};

const nameOf = (cookie) => (cookie !== null && typeof cookie === 'object' ? cookie.name : cookie);

class CookieJar {
    _ask(op, url, args, callback, convert = (value) => value) {
        const text = url !== null && typeof url === 'object' ? url.toString() : url;
        if (typeof text !== 'string' || text === '') throw new TypeError('CookieJar requires a url');
        return ask({ call: 'cookie_jar', op, url: text, args }, convert, callback);
    }

    set(url, name, value, callback) {
        if (typeof value === 'function' || (name !== null && typeof name === 'object')) {
            const cookie = typeof name === 'object' ? { ...name, name: name.name ?? name.key } : { header: String(name) };
            return this._ask('set', url, cookie, typeof value === 'function' ? value : callback);
        }
        if (value === undefined) return this._ask('set', url, { header: String(name) }, callback);
        return this._ask('set', url, { name: String(name), value: String(value) }, callback);
    }

    get(url, name, callback) { return this._ask('get', url, { name: nameOf(name) }, callback, (found) => (found !== null && typeof found === 'object' ? found.value : found ?? undefined)); }
    getAll(url, options, callback) {
        return this._ask('getAll', url, {}, typeof options === 'function' ? options : callback, (found) => new CookieList((found ?? []).map(camel)).all());
    }

    unset(url, name, callback) { return this._ask('unset', url, { name: nameOf(name) }, callback); }
    clear(url, callback) { return this._ask('clear', url, {}, callback); }
}

const camel = (cookie) => {
    const { http_only: httpOnly = cookie.httpOnly, ...rest } = cookie;
    return { ...rest, httpOnly: Boolean(httpOnly) };
};

internal.makeCookies = (cookies) => {
    const list = new CookieList(cookies.map(camel));
    Object.defineProperty(list, 'jar', { value: () => new CookieJar() });
    return list;
};
