// Small stand-ins for Node's modules that the vendored libraries and old scripts require.
'use strict';

class EventEmitter {
    _of(name) { this._events ??= {}; return (this._events[name] ??= []); }
    on(name, listener) { this._of(name).push(listener); return this; }
    addListener(name, listener) { return this.on(name, listener); }
    once(name, listener) {
        const wrapped = (...values) => { this.removeListener(name, wrapped); listener.apply(this, values); };
        wrapped.listener = listener;
        return this.on(name, wrapped);
    }

    removeListener(name, listener) {
        this._events ??= {};
        this._events[name] = this._of(name).filter((known) => known !== listener && known.listener !== listener);
        return this;
    }

    off(name, listener) { return this.removeListener(name, listener); }
    removeAllListeners(name) { if (name === undefined) this._events = {}; else this._of(name).length = 0; return this; }
    listeners(name) { return this._of(name).slice(); }
    listenerCount(name) { return this._of(name).length; }
    setMaxListeners() { return this; }
    emit(name, ...values) {
        const listeners = this._of(name).slice();
        if (name === 'error' && listeners.length === 0) throw values[0] instanceof Error ? values[0] : new Error(String(values[0]));
        for (const listener of listeners) listener.apply(this, values);
        return listeners.length > 0;
    }
}

// The libraries call their parent constructor as a function (`EventEmitter.call(this)`).
function callable(Class) {
    const made = function (...values) { if (new.target) return Reflect.construct(Class, values, new.target); return undefined; };
    made.prototype = Class.prototype;
    made.prototype.constructor = made;
    return Object.assign(made, { [Class.name]: made });
}

internal.builtin('events', () => callable(EventEmitter));

internal.builtin('stream', () => {
    const Emitter = internal.library('events');
    class Stream extends Emitter {
        constructor(options = {}) {
            super();
            this._readableState = { objectMode: options.objectMode ?? options.readableObjectMode ?? false, ended: false };
            this._writableState = { objectMode: options.objectMode ?? options.writableObjectMode ?? false };
            if (typeof options.write === 'function') this._write = options.write;
            if (typeof options.transform === 'function') this._transform = options.transform;
            if (typeof options.read === 'function') this._read = options.read;
        }

        push(chunk) { if (chunk === null) this.emit('end'); else this.emit('data', chunk); return true; }
        write(chunk, encoding, done) {
            const finish = (error) => { if (error) this.emit('error', error); done?.(error); };
            (this._transform ?? this._write)?.call(this, chunk, encoding, finish);
            return true;
        }

        end(chunk) {
            if (chunk !== undefined && chunk !== null) this.write(chunk);
            const finish = (error) => { if (error) this.emit('error', error); else { this.emit('finish'); this.push(null); } };
            if (this._flush) this._flush(finish);
            else finish();
        }

        pipe(target) { this.on('data', (chunk) => target.write(chunk)); this.on('end', () => target.end()); return target; }
        destroy(error) { if (error) this.emit('error', error); this.emit('close'); return this; }
        read() { return null; }
    }
    const made = callable(Stream);
    return Object.assign(made, { Readable: made, Writable: made, Duplex: made, Transform: made, PassThrough: made });
});

internal.builtin('timers', () => ({ setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }));
internal.builtin('inherits', () => (child, parent) => Object.setPrototypeOf(child.prototype, parent.prototype));
internal.builtin('util', () => ({
    inherits: internal.library('inherits'),
    inspect: (value) => internal.inspect(value),
    format: (first, ...values) => {
        const shown = (value) => (typeof value === 'string' ? value : internal.inspect(value));
        if (typeof first !== 'string') return [first, ...values].map(shown).join(' ');
        const text = first.replace(/%[sdijoOf%]/g, (mark) => {
            if (mark === '%%') return '%';
            if (values.length === 0) return mark;
            const value = values.shift();
            if (mark === '%s') return typeof value === 'object' ? shown(value) : String(value);
            if (mark === '%j') return internal.toJson(value);
            if (mark === '%d' || mark === '%f') return String(Number(value));
            return mark === '%i' ? String(parseInt(value, 10)) : internal.inspect(value);
        });
        return [text, ...values.map(shown)].join(' ');
    },
    promisify: (fn) => (...values) => new Promise((resolve, reject) => { fn(...values, (error, value) => (error ? reject(error) : resolve(value))); }),
    isArray: Array.isArray, types: {}, TextEncoder, TextDecoder,
}));
// Node's older URL functions; addresses need not be absolute.
const parseUrl = (text, parseQuery = false) => {
    const [, protocol = null, slashes, auth = null, hostname = null, port = null, pathname, search = null, hash = null] =
        /^([a-z][a-z0-9+.-]*:)?(?:(\/\/)(?:([^@/?#]*)@)?([^:/?#]*)(?::(\d+))?)?([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text.trim());
    const host = hostname === null ? null : port === null ? hostname.toLowerCase() : `${hostname.toLowerCase()}:${port}`;
    const path = pathname || (slashes ? '/' : null);
    const query = parseQuery ? internal.library('querystring').parse((search ?? '').slice(1)) : search === null ? null : search.slice(1);
    const made = { protocol, slashes: slashes ? true : null, auth, host, port, hostname: hostname?.toLowerCase() ?? null, hash, search, query, pathname: path, path: path === null && search === null ? null : `${path ?? ''}${search ?? ''}` };
    made.href = formatUrl({ ...made, query: undefined });
    return made;
};

const formatUrl = (url) => {
    if (typeof url === 'string') return url;
    if (url instanceof URL) return url.href;
    const protocol = url.protocol ? url.protocol.replace(/:?$/, ':') : '';
    const host = url.host ?? (url.hostname ? `${url.hostname}${url.port ? `:${url.port}` : ''}` : null);
    const authority = host === null || host === undefined ? '' : `//${url.auth ? `${url.auth}@` : ''}${host}`;
    const query = url.query && typeof url.query === 'object' ? internal.library('querystring').stringify(url.query) : url.query ?? '';
    const search = url.search ?? (query ? `?${query}` : '');
    const hash = url.hash ?? '';
    const path = url.pathname ?? '';
    return `${protocol}${authority}${authority && path && path[0] !== '/' ? '/' : ''}${path}${search && search[0] !== '?' ? '?' : ''}${search}${hash && hash[0] !== '#' ? '#' : ''}${hash}`;
};

internal.builtin('url', () => ({ URL, URLSearchParams, parse: parseUrl, format: formatUrl, resolve: (from, to) => new URL(to, from).href }));
internal.builtin('querystring', () => ({
    parse: (text) => { const object = {}; for (const [key, value] of new URLSearchParams(text)) object[key] = key in object ? [].concat(object[key], value) : value; return object; },
    stringify: (object) => Object.entries(object).flatMap(([key, value]) => [].concat(value).map((v) => `${encodeURIComponent(key)}=${encodeURIComponent(v)}`)).join('&'),
    escape: encodeURIComponent, unescape: decodeURIComponent,
}));
internal.builtin('string_decoder', () => ({
    StringDecoder: class StringDecoder {
        constructor(encoding = 'utf8') {
            this.encoding = encoding === 'utf-8' ? 'utf8' : encoding;
            Object.defineProperty(this, '_rest', { value: internal.Buffer.from([]), writable: true });
        }

        // A character's bytes may come in parts; what is not whole yet is kept.
        write(bytes) {
            const all = internal.Buffer.concat([this._rest, internal.Buffer.from(bytes)]);
            let whole = all.length;
            if (this.encoding === 'utf8') {
                for (let back = 1; back <= 3 && back <= all.length; back++) {
                    const byte = all[all.length - back];
                    if (byte < 0x80) break;
                    if (byte < 0xc0) continue;
                    if (back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)) whole -= back;
                    break;
                }
            } else if (this.encoding === 'base64') whole -= all.length % 3;
            else if (this.encoding === 'utf16le' || this.encoding === 'ucs2') whole -= all.length % 2;
            this._rest = all.slice(whole);
            return all.slice(0, whole).toString(this.encoding);
        }

        end(bytes) {
            const text = bytes === undefined ? '' : this.write(bytes);
            const rest = this._rest;
            this._rest = internal.Buffer.from([]);
            return text + (rest.length === 0 ? '' : this.encoding === 'utf8' ? '\ufffd' : rest.toString(this.encoding));
        }
    },
}));
const normalize = (path) => {
    const parts = [];
    for (const part of path.split('/')) {
        if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
        else if (part === '..' ? path[0] !== '/' : part !== '' && part !== '.') parts.push(part);
    }
    const text = parts.join('/');
    return `${path[0] === '/' ? '/' : ''}${text}${text && path.endsWith('/') ? '/' : ''}` || '.';
};
const absolute = (parts) => {
    const from = parts.findLastIndex((part) => part[0] === '/');
    return normalize(`/${parts.slice(Math.max(from, 0)).join('/')}`).replace(/(.)\/$/, '$1');
};
internal.builtin('path', () => ({
    basename: (path, tail = '') => { const name = path.replace(/\/+$/, '').split('/').pop(); return tail && name.endsWith(tail) ? name.slice(0, -tail.length) : name; },
    dirname: (path) => path.replace(/\/[^/]*\/*$/, '') || (path[0] === '/' ? '/' : '.'),
    extname: (path) => /[^./](\.[^./]*)$/.exec(path)?.[1] ?? '',
    join: (...parts) => normalize(parts.filter(Boolean).join('/')), sep: '/', normalize,
    isAbsolute: (path) => path[0] === '/',
    resolve: (...parts) => absolute(parts),
    relative: (from, to) => {
        const [here, there] = [absolute([from]), absolute([to])].map((path) => path.split('/').filter(Boolean));
        let same = 0;
        while (same < here.length && here[same] === there[same]) same++;
        return [...here.slice(same).map(() => '..'), ...there.slice(same)].join('/');
    },
}));
internal.builtin('crypto', () => ({ randomBytes: (size) => internal.Buffer.from(host.random(size)), randomUUID: () => host.uuid(), webcrypto: globalThis.crypto }));
// No files and no machine: what the reference's sandbox gives for these names.
internal.builtin('fs', () => ({}));
internal.builtin('os', () => ({
    EOL: '\n', platform: () => 'browser', type: () => 'Browser', hostname: () => '', release: () => '', arch: () => 'javascript', endianness: () => 'LE',
    uptime: () => 0, loadavg: () => [], totalmem: () => Number.MAX_VALUE, freemem: () => Number.MAX_VALUE, cpus: () => [],
    networkInterfaces: () => ({}), getNetworkInterfaces: () => ({}), tmpdir: () => '/tmp', tmpDir: () => '/tmp', homedir: () => '/',
}));
internal.builtin('_process', () => ({
    title: 'browser', browser: true, env: {}, argv: [], version: '', versions: {}, cwd: () => '/', umask: () => 0,
    nextTick: (callback, ...values) => { queueMicrotask(() => callback(...values)); },
}));
internal.builtin('json', () => internal.file('liquid-json/lib/index.js'));
