// `pm.request`: a request in the form of Postman's collection format v2.1, changeable in
// pre-request scripts. Members that our code does not know are kept.
'use strict';

const { PropertyList, HeaderList, Param } = internal;

class QueryParam {
    static parse(text) {
        return text === '' ? [] : text.split('&').map((pair) => {
            const at = pair.indexOf('=');
            return at < 0 ? { key: pair, value: null } : { key: pair.slice(0, at), value: pair.slice(at + 1) };
        });
    }
}

class QueryList extends PropertyList {
    constructor(members) { super(members, { many: true, Type: Param }); }
    _make(item) { return new Param(typeof item === 'string' ? QueryParam.parse(item)[0] ?? { key: '', value: null } : item); }
    populate(items) { super.populate(typeof items === 'string' ? QueryParam.parse(items.replace(/^\?/, '')) : items); }
    toString() {
        return this.members.filter((member) => !member.disabled)
            .map(({ key, value }) => (value === null || value === undefined ? key ?? '' : `${key ?? ''}=${value}`)).join('&');
    }
}

// Splits a URL as written (variables and all); nothing is encoded or resolved.
function parseUrl(text) {
    const url = { raw: text };
    let rest = text.trimStart();
    const cutAt = (mark) => {
        const at = rest.indexOf(mark);
        if (at < 0) return undefined;
        const tail = rest.slice(at + mark.length);
        rest = rest.slice(0, at);
        return tail;
    };
    url.hash = cutAt('#');
    const query = cutAt('?');
    if (query !== undefined) url.query = QueryParam.parse(query);
    const scheme = /^([A-Za-z][\w+.-]*|\{\{[^}]*\}\}):\/\//.exec(rest);
    if (scheme) { url.protocol = scheme[1]; rest = rest.slice(scheme[0].length); }
    const path = cutAt('/');
    if (path !== undefined) url.path = path.split('/');
    const at = rest.lastIndexOf('@');
    if (at >= 0) {
        const [user, ...password] = rest.slice(0, at).split(':');
        url.auth = { user, password: password.join(':') };
        rest = rest.slice(at + 1);
    }
    const port = /:(\d+|\{\{[^}]*\}\})$/.exec(rest);
    if (port) { url.port = port[1]; rest = rest.slice(0, -port[0].length); }
    url.host = rest.split('.');
    return url;
}

const listOf = (value, separator) => (typeof value === 'string' ? value.split(separator) : value);

class Url {
    constructor(source) { this.update(source); }
    update(source) {
        const url = typeof source === 'string' ? parseUrl(source) : source instanceof Url ? source.toJSON() : { ...source };
        if (typeof url.raw === 'string' && url.host === undefined && url.path === undefined) Object.assign(url, { ...parseUrl(url.raw), ...url });
        this.protocol = url.protocol;
        this.auth = url.auth;
        this.host = listOf(url.host, '.');
        this.port = url.port === undefined ? undefined : String(url.port);
        this.path = listOf(url.path, '/');
        if (typeof url.path === 'string' && this.path[0] === '') this.path.shift();
        this.hash = url.hash;
        this.query = new QueryList(url.query ?? []);
        this.variables = new PropertyList((url.variable ?? url.variables ?? []).map?.((v) => ({ ...v, key: v.key ?? v.id })) ?? []);
        Object.defineProperty(this, '_raw', { value: url.raw, writable: true });
        Object.defineProperty(this, '_first', { value: undefined, writable: true });
        this._first = this.toString();
    }

    getHost() { return Array.isArray(this.host) ? this.host.join('.') : this.host ?? ''; }
    getPath(unresolved) {
        const parts = (this.path ?? []).map((part) => {
            const text = typeof part === 'object' && part !== null ? part.value : part;
            return !unresolved && text?.[0] === ':' && this.variables.has(text.slice(1)) ? this.variables.get(text.slice(1)) ?? text : text;
        });
        return `/${parts.join('/')}`;
    }

    getQueryString() { return this.query.toString(); }
    getPathWithQuery() { return this.getPath() + (this.query.count() ? `?${this.getQueryString()}` : ''); }
    getRemote(forcePort) {
        const port = this.port ?? (forcePort ? (this.protocol === 'https' ? '443' : '80') : undefined);
        return this.getHost() + (port === undefined ? '' : `:${port}`);
    }

    getRaw() { throw new Error('`Url#getRaw` has been discontinued, use `Url#toString` instead.'); }
    getOAuth1BaseUrl() { return `${this.protocol ?? 'http'}://${this.getRemote().toLowerCase()}${this.getPath()}`; }
    addQueryParams(params) { new QueryList(params).each((param) => this.query.add(param)); }
    removeQueryParams(params) { [].concat(params).forEach((param) => this.query.remove(param?.key ?? param)); }
    toString(forceProtocol) {
        let text = this.protocol ? `${this.protocol.replace(/:?\/*$/, '')}://` : forceProtocol ? 'http://' : '';
        if (this.auth?.user) text += `${this.auth.user}${this.auth.password ? `:${this.auth.password}` : ''}@`;
        text += this.getRemote();
        if (this.path) text += this.getPath();
        const query = this.query.members.filter((member) => !member.disabled).length ? this.getQueryString() : '';
        if (query) text += `?${query}`;
        return this.hash === undefined || this.hash === null ? text : `${text}#${this.hash}`;
    }

    toJSON() {
        const now = this.toString();
        const json = { raw: this._raw !== undefined && now === this._first ? this._raw : now };
        for (const key of ['protocol', 'auth', 'host', 'port', 'path', 'hash']) if (this[key] !== undefined) json[key] = this[key];
        if (this.query.count()) json.query = this.query.toJSON();
        if (this.variables.count()) json.variable = this.variables.toJSON();
        return json;
    }
}

class RequestBody {
    constructor(source) { this.update(source); }
    update(source) {
        if (typeof source === 'string') source = { mode: 'raw', raw: source };
        Object.assign(this, source);
        for (const mode of ['urlencoded', 'formdata']) {
            if (this[mode] !== undefined && !(this[mode] instanceof PropertyList)) this[mode] = new QueryList(this[mode]);
        }
    }

    isEmpty() {
        const content = this[this.mode];
        return content === undefined || content === null || content === '' || (content instanceof PropertyList && content.count() === 0);
    }

    toString() {
        const content = this[this.mode];
        if (this.mode === 'urlencoded' && content instanceof PropertyList) return content.toString();
        return this.mode === 'raw' && content !== undefined && content !== null ? String(content) : '';
    }

    toJSON() { return { ...this }; }
}

class RequestAuth {
    constructor(source) { Object.assign(this, source); }
    // The list is kept, so that what a script changes in it is sent.
    parameters() {
        const kept = this[this.type];
        return kept instanceof PropertyList ? kept : (this[this.type] = new PropertyList(Array.isArray(kept) ? kept : this._rows(kept ?? {})));
    }

    _rows(values) { return Object.keys(values).map((key) => ({ key, value: values[key], type: 'any' })); }
    use(type, values) { this.type = type; this.update(values ?? [], type); }
    clear(type) { delete this[type]; }
    update(values, type = this.type) {
        // Parameters that are not named stay, as in the collection library.
        const given = Array.isArray(values) ? values : this._rows(values);
        const kept = Array.isArray(this[type]) ? this[type].filter(({ key }) => !given.some((other) => other.key === key)) : [];
        this[type] = [...kept, ...given];
    }

    toJSON() { return { ...this }; }
}

class PostmanRequest {
    constructor(source) {
        Object.defineProperty(this, '_source', { value: source, writable: true });
        this.update(source);
    }

    update(source) {
        if (typeof source === 'string') source = { url: source, method: 'GET' };
        this._source = source;
        this.url = new Url(source.url ?? '');
        this.method = source.method ?? 'GET';
        this.headers = new HeaderList(source.header ?? source.headers ?? []);
        for (const key of ['body', 'auth', 'description', 'name']) delete this[key];
        if (source.body) this.body = new RequestBody(source.body);
        if (source.auth) this.auth = new RequestAuth(source.auth);
        if (source.description !== undefined) this.description = source.description;
        if (source.name !== undefined) this.name = source.name;
    }

    get header() { return this.headers; }
    addHeader(header) { this.headers.add(header); }
    // As the reference: case matters here unless it is told otherwise.
    removeHeader(header, { ignoreCase } = {}) {
        const name = typeof header === 'string' ? header : header?.key;
        const same = (key) => key === name || (ignoreCase && String(key).toLowerCase() === String(name).toLowerCase());
        this.headers.remove((member) => same(member.key));
    }

    upsertHeader(header) { this.headers.upsert(header); }
    getHeaders({ enabled, ignoreCase } = {}) { return this.headers.toObject(enabled, !ignoreCase); }
    forEachHeader(iterator) { this.headers.each((header) => iterator(header, this)); }
    addQueryParams(params) { this.url.addQueryParams(params); }
    removeQueryParams(params) { this.url.removeQueryParams(params); }
    authorizeUsing(type, values) {
        const given = typeof type === 'object' && type !== null ? type : { type, [type]: values };
        this.auth = given.type && given.type !== 'noauth' ? new RequestAuth(given) : given.type === 'noauth' ? new RequestAuth({ type: 'noauth' }) : undefined;
    }

    text() { return this.body?.toString() ?? ''; }
    json() { return JSON.parse(this.text()); }
    size() { return { body: host.utf8(this.text()).byteLength, header: this.headers.contentSize(), total: this.text().length + this.headers.contentSize() }; }
    clone() { return new PostmanRequest(this.toJSON()); }
    get to() { return internal.expect(this).to; }
    toJSON() {
        const { headers, ...rest } = this._source;
        const json = { ...rest, url: urlOf(this.url), method: this.method, header: headersOf(this.headers) };
        if (this.body === undefined) delete json.body;
        else if (this.body === null) json.body = null;
        else json.body = this.body instanceof RequestBody ? this.body.toJSON() : new RequestBody(this.body).toJSON();
        if (this.auth === undefined || this.auth === null) delete json.auth;
        else json.auth = this.auth instanceof RequestAuth ? this.auth.toJSON() : this.auth;
        return json;
    }
}

// A script may assign plain values where objects of ours stood; plain headers are none, as in the
// reference.
const urlOf = (url) => (url instanceof Url ? url : new Url(url ?? '')).toJSON();
const headersOf = (headers) => (headers instanceof PropertyList ? headers.toJSON() : []);

Object.assign(internal, { Url, QueryParam, QueryList, RequestBody, RequestAuth, Request: PostmanRequest });
