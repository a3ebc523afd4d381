// The part of Node's `Buffer` that scripts use, over a Uint8Array.
'use strict';

const charset = (encoding = 'utf8') => String(encoding).toLowerCase();

function encode(text, encoding) {
    switch (charset(encoding)) {
    case 'base64': case 'base64url': return host.fromBase64(text);
    case 'hex': return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => parseInt(pair, 16)).buffer;
    case 'latin1': case 'binary': case 'ascii': return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i) & 255).buffer;
    case 'utf16le': case 'ucs2': case 'utf-16le': case 'ucs-2': return Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).buffer;
    default: return host.utf8(text);
    }
}

class Buffer extends Uint8Array {
    static from(value, encoding, length) {
        if (typeof value === 'string') return new Buffer(encode(value, encoding));
        if (value instanceof ArrayBuffer) return new Buffer(value, encoding, length);
        if (value?.type === 'Buffer' && Array.isArray(value.data)) return Buffer.from(value.data);
        const copy = new Buffer(value.length);
        copy.set(value);
        return copy;
    }

    static alloc(size, fill, encoding) {
        const buffer = new Buffer(size);
        if (fill !== undefined) buffer.fill(typeof fill === 'string' ? Buffer.from(fill, encoding)[0] : fill);
        return buffer;
    }

    static allocUnsafe(size) { return new Buffer(size); }
    static isBuffer(value) { return value instanceof Buffer; }
    static isEncoding(name) { return ['utf8', 'utf-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'utf16le', 'ucs2'].includes(charset(name)); }
    static byteLength(value, encoding) { return typeof value === 'string' ? encode(value, encoding).byteLength : value.byteLength; }
    static concat(list, total = list.reduce((sum, item) => sum + item.length, 0)) {
        const joined = Buffer.alloc(total);
        let at = 0;
        for (const item of list) {
            joined.set(item.subarray(0, Math.max(0, total - at)), at);
            at += item.length;
        }
        return joined;
    }

    static compare(a, b) { return a.compare(b); }
    toString(encoding, start = 0, end = this.length) {
        const bytes = internal.exact(this.subarray(start, end));
        switch (charset(encoding)) {
        case 'base64': return host.toBase64(bytes);
        case 'base64url': return host.toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
        case 'hex': return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
        case 'latin1': case 'binary': case 'ascii': return host.decode(bytes, 'latin1');
        case 'utf16le': case 'ucs2': case 'utf-16le': return host.decode(bytes, 'utf-16le');
        default: return host.decode(bytes, 'utf-8');
        }
    }

    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return this.compare(other) === 0; }
    compare(other) {
        for (let i = 0; i < Math.min(this.length, other.length); i++) if (this[i] !== other[i]) return this[i] < other[i] ? -1 : 1;
        return Math.sign(this.length - other.length);
    }

    write(text, offset = 0, length = undefined, encoding = 'utf8') {
        const bytes = new Uint8Array(encode(text, typeof length === 'string' ? length : encoding)).subarray(0, this.length - offset);
        this.set(bytes, offset);
        return bytes.length;
    }

    copy(target, at = 0, start = 0, end = this.length) {
        const part = this.subarray(start, Math.min(end, start + target.length - at));
        target.set(part, at);
        return part.length;
    }

    slice(start, end) { return this.subarray(start, end); }
}
for (const [name, method, size] of [['UInt8', 'Uint8', 1], ['Int8', 'Int8', 1], ['UInt16', 'Uint16', 2], ['Int16', 'Int16', 2], ['UInt32', 'Uint32', 4], ['Int32', 'Int32', 4], ['Float', 'Float32', 4], ['Double', 'Float64', 8]]) {
    for (const [suffix, little] of size === 1 ? [['', true]] : [['LE', true], ['BE', false]]) {
        const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
        Buffer.prototype[`read${name}${suffix}`] = function (offset = 0) { return view(this)[`get${method}`](offset, little); };
        Buffer.prototype[`write${name}${suffix}`] = function (value, offset = 0) { view(this)[`set${method}`](offset, value, little); return offset + size; };
    }
}

internal.Buffer = Buffer;
internal.global('Buffer', Buffer);
internal.builtin('buffer', () => ({ Buffer }));
