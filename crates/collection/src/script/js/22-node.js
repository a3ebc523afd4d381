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
    format: (...values) => values.map((value) => (typeof value === 'string' ? value : internal.inspect(value))).join(' '),
    promisify: (fn) => (...values) => new Promise((resolve, reject) => { fn(...values, (error, value) => (error ? reject(error) : resolve(value))); }),
    isArray: Array.isArray, types: {}, TextEncoder, TextDecoder,
}));
internal.builtin('url', () => ({ URL, URLSearchParams, parse: (text) => { const { protocol, host, hostname, port, pathname, search, hash, href } = new URL(text); return { protocol, host, hostname, port: port || null, pathname, search, query: search.slice(1), hash, href, path: pathname + search }; } }));
internal.builtin('querystring', () => ({
    parse: (text) => { const object = {}; for (const [key, value] of new URLSearchParams(text)) object[key] = key in object ? [].concat(object[key], value) : value; return object; },
    stringify: (object) => Object.entries(object).flatMap(([key, value]) => [].concat(value).map((v) => `${encodeURIComponent(key)}=${encodeURIComponent(v)}`)).join('&'),
    escape: encodeURIComponent, unescape: decodeURIComponent,
}));
internal.builtin('string_decoder', () => ({ StringDecoder: class StringDecoder { write(bytes) { return internal.Buffer.from(bytes).toString(); } end(bytes) { return bytes ? this.write(bytes) : ''; } } }));
internal.builtin('path', () => ({
    basename: (path, tail = '') => { const name = path.replace(/\/+$/, '').split('/').pop(); return tail && name.endsWith(tail) ? name.slice(0, -tail.length) : name; },
    dirname: (path) => path.replace(/\/[^/]*\/*$/, '') || (path[0] === '/' ? '/' : '.'),
    extname: (path) => /[^./](\.[^./]*)$/.exec(path)?.[1] ?? '',
    join: (...parts) => parts.join('/').replace(/\/+/g, '/'), sep: '/',
}));
internal.builtin('assert', () => {
    const { assert } = internal.chai();
    return Object.assign((value, message) => assert(value, message), { ok: assert.ok, equal: assert.equal, notEqual: assert.notEqual, strictEqual: assert.strictEqual, notStrictEqual: assert.notStrictEqual, deepEqual: assert.deepEqual, deepStrictEqual: assert.deepEqual, throws: assert.throws, fail: assert.fail });
});
internal.builtin('crypto', () => ({ randomBytes: (size) => internal.Buffer.from(host.random(size)), randomUUID: () => host.uuid(), webcrypto: globalThis.crypto }));
