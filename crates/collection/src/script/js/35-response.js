// `pm.response`. The body stays with the host until a script reads it.
'use strict';

const { HeaderList, CookieList } = internal;

const extensions = { json: 'json', html: 'html', xml: 'xml', plain: 'txt', javascript: 'js', css: 'css', png: 'png', jpeg: 'jpeg', gif: 'gif', pdf: 'pdf', zip: 'zip', csv: 'csv', 'svg+xml': 'svg', 'octet-stream': 'bin' };

class Response {
    // `source`: code, reason, headers, response_time_ms, response_size, and how to read the body.
    constructor(source, body, cookies) {
        const hidden = (name, value) => Object.defineProperty(this, name, { value, writable: true });
        hidden('_body', body);
        hidden('_text', undefined);
        if (source) {
            this.code = source.code;
            this.status = source.reason;
            this.responseTime = source.response_time_ms;
            hidden('_size', source.response_size);
            hidden('_cut', source.truncated);
        }
        this.headers = new HeaderList((source?.headers ?? []).map(([key, value]) => ({ key, value })));
        this.cookies = new CookieList(cookies ?? []);
    }

    get responseSize() { return this._size; }
    get stream() { return this._body ? internal.Buffer.from(this._body.bytes()) : undefined; }
    reason() { return this.status; }
    text() {
        if (this._text === undefined && this._body) {
            const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(this.headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
            this._text = this._body.text(charset.toLowerCase());
        }
        return this._text;
    }

    json(reviver) {
        const text = this.text();
        try {
            return internal.p.parse(text?.charCodeAt(0) === 0xfeff ? text.slice(1) : text ?? '', reviver);
        } catch (cause) {
            const error = new Error(this._cut ? `${cause.message}: the response is longer than the limit, ${this._size} bytes of it were read` : text ? `${cause.message} in the response body` : 'Unexpected end of JSON input: the response body is empty');
            error.name = 'JSONError';
            throw error;
        }
    }

    jsonp() {
        const match = /^[^(]*\(([\s\S]*)\)[\s;]*$/.exec(this.text() ?? '');
        return JSON.parse(match ? match[1] : this.text());
    }

    size() {
        const body = this._body ? this._body.bytes().byteLength : 0;
        const header = this.headers.contentSize();
        return { body, header, total: body + header };
    }

    contentInfo() {
        const type = this.headers.get('content-type') ?? 'text/plain';
        const [family = 'text', form = 'plain'] = type.split(';')[0].trim().toLowerCase().split('/');
        const text = family === 'text' || /json|xml|javascript|urlencoded|graphql/.test(form);
        const kind = text ? 'text' : ['image', 'audio', 'video'].includes(family) ? family : family === 'application' && form === 'pdf' ? 'embed' : 'unknown';
        const named = /filename\*?=(?:UTF-8'')?"?([^";]+)/i.exec(this.headers.get('content-disposition') ?? '')?.[1];
        const extension = named?.includes('.') ? named.split('.').pop() : extensions[form] ?? '';
        const fileName = named ?? `response${extension ? `.${extension}` : ''}`;
        const format = text ? (/json/.test(form) ? 'json' : /html/.test(form) ? 'html' : /xml/.test(form) ? 'xml' : /javascript/.test(form) ? 'javascript' : form) : form;
        return { mimeType: kind, mimeFormat: format, charset: /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? 'utf8', extension, fileName, fileExtension: extension, contentType: type };
    }

    mime() { return { type: this.contentInfo().mimeType, format: this.contentInfo().mimeFormat, charset: this.contentInfo().charset }; }
    dataURI() {
        const type = (this.headers.get('content-type') ?? 'application/octet-stream').split(';')[0].trim();
        return `data:${type};base64,${this._body ? host.toBase64(this._body.bytes()) : ''}`;
    }

    encoding() { return { format: this.headers.get('content-encoding') ?? undefined, source: 'Header' }; }
    get to() { return internal.expect(this).to; }
    toJSON() {
        return {
            code: this.code, status: this.status, header: this.headers.toJSON(), responseTime: this.responseTime,
            stream: undefined, body: this.text(), cookie: this.cookies.toJSON(), responseSize: this._size,
        };
    }
}

// The answer of `pm.sendRequest`: its body travels base64 in the answer.
internal.responseOf = (answer) => {
    const bytes = internal.once(() => host.fromBase64(answer.body_base64 ?? ''));
    return new Response(answer, { bytes, text: (charset) => host.decode(bytes(), charset) }, answer.cookies ?? cookiesOf(answer.headers));
};

function cookiesOf(headers = []) {
    return headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, text]) => {
        const [pair, ...attributes] = text.split(/;\s*/);
        const at = pair.indexOf('=');
        const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path: '/' };
        for (const attribute of attributes) {
            const [key, value] = attribute.split('=');
            const name = { httponly: 'httpOnly' }[key.toLowerCase()] ?? key.toLowerCase();
            cookie[name] = value ?? true;
        }
        return cookie;
    });
}

internal.cookiesOf = cookiesOf;
internal.Response = Response;
