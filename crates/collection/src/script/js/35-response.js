// `pm.response`. The body stays with the host until a script reads it.
'use strict';

const { HeaderList, CookieList } = internal;

// Reading these members is rare: the collection library's own files answer.
const contentInfo = (response) => internal.file('postman-collection/lib/content-info/index.js').contentInfo(response);
const lookup = (code) => ({ ...internal.file('http-reasons/index.js').lookup(code) });
const strict = (text, reviver) => internal.strictJson(text, reviver);

class PostmanResponse {
    // `source`: code, reason, headers, response_time_ms, response_size, and how to read the body.
    constructor(source, body, cookies) {
        const hidden = (name, value) => Object.defineProperty(this, name, { value, writable: true });
        hidden('_body', body);
        hidden('_text', undefined);
        // Data as in the collection library, each made when it is read.
        const shown = (name, make) => Object.defineProperty(this, name, {
            configurable: true, enumerable: true,
            get() { const value = make(); Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true }); return value; },
            set(value) { Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true }); },
        });
        shown('id', () => host.uuid());
        shown('_details', () => this._look());
        if (source) {
            this.code = source.code;
            this.status = source.reason;
            this.responseTime = source.response_time_ms;
            hidden('_size', source.response_size);
            hidden('_cut', source.truncated);
        }
        this.headers = new HeaderList((source?.headers ?? []).map(([key, value]) => ({ key, value })));
        this.cookies = new CookieList(cookies ?? []);
        if (source) {
            this.responseSize = source.response_size;
            shown('stream', () => (this._body ? internal.Buffer.from(this._body.bytes()) : undefined));
        }
    }

    _look() {
        const known = lookup(this.code);
        return this.code === undefined ? known : { ...known, name: this.status ?? known.name, code: this.code, standardName: known.name };
    }

    details() { return this._look(); }
    reason() { return this.status || lookup(this.code).name; }
    text() {
        if (this._text === undefined && this._body) {
            const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(this.headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
            this._text = this._body.text(charset.toLowerCase());
            if (this._text.charCodeAt(0) === 0xfeff) this._text = this._text.slice(1);
        }
        return this._text;
    }

    json(reviver) {
        try {
            return strict(this.text(), reviver);
        } catch (error) {
            if (this._cut) error.message += ` (the response is longer than the limit; ${this._size} bytes of it were read)`;
            throw error;
        }
    }

    jsonp(reviver) { return strict((this.text() ?? '').replace(/^[^{(].*\(/, '').replace(/\)[^}].*$|\)$/, ''), reviver); }
    size() {
        const length = this.headers.get('content-length');
        const body = Number.isFinite(parseInt(length, 10)) ? parseInt(length, 10) : this._body ? this._body.bytes().byteLength : 0;
        const header = `HTTP/X.X ${this.code} ${this.reason()}\r\n\r\n`.length + this.headers.contentSize();
        return { body, header, total: body + header };
    }

    contentInfo() { return contentInfo(this); }
    mime() { throw new Error('`Response#mime` has been discontinued, use `Response#contentInfo` instead.'); }
    dataURI() { return `data:${this.contentInfo().contentType};base64, ${this._body ? host.toBase64(this._body.bytes()) : ''}`; }
    encoding() {
        const format = this.headers.get('content-encoding');
        return { format, source: format ? 'header' : undefined };
    }

    get to() { return internal.expect(this).to; }
    toJSON() {
        const { id, status, code, stream, responseTime, responseSize } = this;
        const json = { id, status, code, header: this.headers.toJSON(), stream, cookie: this.cookies.toJSON(), responseTime, responseSize };
        for (const key of Object.keys(json)) if (json[key] === undefined) delete json[key];
        return json;
    }
}

// The answer of `pm.sendRequest`: its body travels base64 in the answer.
internal.responseOf = (answer) => {
    const bytes = internal.once(() => host.fromBase64(answer.body_base64 ?? ''));
    return new PostmanResponse(answer, { bytes, text: (charset) => host.decode(bytes(), charset) }, []);
};

internal.Response = PostmanResponse;
