// What browsers give and the language does not: text encoding, base64, URL, crypto.
'use strict';

const bytesOf = (data) => (data instanceof ArrayBuffer ? new Uint8Array(data) : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(0));
const exact = (data) => { const bytes = bytesOf(data); return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength); };
internal.bytesOf = bytesOf;
internal.exact = exact;

class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return new Uint8Array(host.utf8(String(text))); }
    encodeInto(text, target) {
        const bytes = this.encode(text).subarray(0, target.length);
        target.set(bytes);
        return { read: text.length, written: bytes.length };
    }
}

class TextDecoder {
    constructor(encoding = 'utf-8', { fatal = false, ignoreBOM = false } = {}) { Object.assign(this, { encoding: String(encoding).toLowerCase(), fatal, ignoreBOM }); }
    decode(data) {
        const text = data === undefined ? '' : host.decode(exact(data), this.encoding);
        if (this.fatal && text.includes('\ufffd')) throw new TypeError('The encoded data was not valid');
        return !this.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    }
}

internal.global('TextEncoder', TextEncoder);
internal.global('TextDecoder', TextDecoder);

internal.global('btoa', function btoa(text) {
    const source = String(text);
    const bytes = new Uint8Array(source.length);
    for (let i = 0; i < source.length; i++) {
        const code = source.charCodeAt(i);
        if (code > 255) throw new Error('The string to be encoded contains characters outside of the Latin1 range.');
        bytes[i] = code;
    }
    return host.toBase64(bytes.buffer);
});
internal.global('atob', function atob(text) {
    const clean = String(text).replace(/[\t\n\f\r ]/g, '');
    if (/[^A-Za-z0-9+/=]/.test(clean) || clean.replace(/=+$/, '').length % 4 === 1) throw new Error('The string to be decoded is not correctly encoded.');
    return host.decode(host.fromBase64(clean), 'latin1');
});
internal.builtin('atob', () => globalThis.atob);
internal.builtin('btoa', () => globalThis.btoa);

internal.global('crypto', {
    getRandomValues(array) {
        if (!ArrayBuffer.isView(array) || array.byteLength > 65536) throw new Error('getRandomValues takes an integer array of at most 65536 bytes');
        bytesOf(array).set(new Uint8Array(host.random(array.byteLength)));
        return array;
    },
    randomUUID: () => host.uuid(),
});
internal.global('structuredClone', function structuredClone(value) { return clone(value, new Map()); });

function clone(value, seen) {
    if (value === null || typeof value !== 'object') {
        if (typeof value === 'function' || typeof value === 'symbol') throw new Error(`${String(value)} could not be cloned.`);
        return value;
    }
    if (seen.has(value)) return seen.get(value);
    if (value instanceof Date) return new Date(+value);
    if (value instanceof RegExp) return new RegExp(value.source, value.flags);
    if (value instanceof ArrayBuffer) return value.slice(0);
    if (ArrayBuffer.isView(value)) return new value.constructor(value);
    const copy = Array.isArray(value) ? [] : value instanceof Map ? new Map() : value instanceof Set ? new Set() : {};
    seen.set(value, copy);
    if (value instanceof Map) for (const [k, v] of value) copy.set(clone(k, seen), clone(v, seen));
    else if (value instanceof Set) for (const v of value) copy.add(clone(v, seen));
    else for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
    return copy;
}

class URLSearchParams {
    constructor(init = '') {
        Object.defineProperty(this, '_', { value: { pairs: [], changed: () => {} } });
        if (typeof init === 'string') this._.pairs = host.queryPairs(init.replace(/^\?/, ''));
        else for (const [key, value] of init[Symbol.iterator] ? init : Object.entries(init)) this._.pairs.push([String(key), String(value)]);
    }

    get size() { return this._.pairs.length; }
    append(key, value) { this._.pairs.push([String(key), String(value)]); this._.changed(); }
    delete(key, value) { this._.pairs = this._.pairs.filter(([k, v]) => k !== String(key) || (value !== undefined && v !== String(value))); this._.changed(); }
    get(key) { return this._.pairs.find(([k]) => k === String(key))?.[1] ?? null; }
    getAll(key) { return this._.pairs.filter(([k]) => k === String(key)).map(([, v]) => v); }
    has(key, value) { return this._.pairs.some(([k, v]) => k === String(key) && (value === undefined || v === String(value))); }
    set(key, value) {
        const at = this._.pairs.findIndex(([k]) => k === String(key));
        if (at < 0) { this.append(key, value); return; }
        this._.pairs = this._.pairs.filter(([k], i) => i <= at || k !== String(key));
        this._.pairs[at] = [String(key), String(value)];
        this._.changed();
    }

    sort() { this._.pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); this._.changed(); }
    forEach(callback, context) { for (const [key, value] of this._.pairs) callback.call(context, value, key, this); }
    * keys() { for (const [key] of this._.pairs) yield key; }
    * values() { for (const [, value] of this._.pairs) yield value; }
    * entries() { for (const [key, value] of this._.pairs) yield [key, value]; }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return host.queryString(this._.pairs); }
}

const parts = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

class URL {
    constructor(input, base) {
        const found = host.url(String(input), base === undefined ? undefined : String(base), '', '');
        if (found === undefined) throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: String(input) });
        Object.defineProperty(this, '_', { value: { parts: found, params: undefined } });
    }

    static canParse(input, base) { return host.url(String(input), base === undefined ? undefined : String(base), '', '') !== undefined; }
    static parse(input, base) { return URL.canParse(input, base) ? new URL(input, base) : null; }
    get searchParams() {
        if (this._.params === undefined) {
            const params = new URLSearchParams(this.search);
            params._.changed = () => { this._.parts = host.url(this._.parts[0], undefined, 'search', params.toString()) ?? this._.parts; };
            this._.params = params;
        }
        return this._.params;
    }

    toString() { return this.href; }
    toJSON() { return this.href; }
}
parts.forEach((part, i) => Object.defineProperty(URL.prototype, part, {
    configurable: true,
    enumerable: true,
    get() { return this._.parts[i]; },
    set(value) {
        if (part === 'origin') return;
        this._.parts = (part === 'href' ? host.url(String(value), undefined, '', '') : host.url(this._.parts[0], undefined, part, String(value))) ?? this._.parts;
        this._.params = undefined;
    },
}));

internal.global('URL', URL);
internal.global('URLSearchParams', URLSearchParams);
