// The engine's errors in Node's words, also where a script catches and shows them. The engine
// asks for an error's stack when it makes the error, and that is the moment to look at it.
'use strict';

const { SafeMap, define, apply } = internal.p;
const kinds = new SafeMap();
for (const kind of [TypeError, RangeError, SyntaxError, ReferenceError, URIError]) kinds.set(kind.prototype, kind.name);

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const SCRIPT = 'script';
let read;

// Name, file, line and column of one frame.
function frameOf(site) {
    if (read === undefined) {
        const methods = getPrototypeOf(site);
        read = { name: methods.getFunctionName, file: methods.getFileName, line: methods.getLineNumber, column: methods.getColumnNumber, native: methods.isNative };
    }
    return { name: apply(read.name, site), file: apply(read.file, site), line: apply(read.line, site), column: apply(read.column, site), native: apply(read.native, site) };
}

function reword(error, top) {
    const kind = kinds.get(getPrototypeOf(error));
    if (kind === undefined) return;
    const held = getOwnPropertyDescriptor(error, 'message');
    if (held === undefined || typeof held.value !== 'string') return;
    const placed = top !== undefined && !top.native && top.file === SCRIPT;
    const words = host.words(kind, held.value, placed ? top.line ?? 0 : 0, placed ? top.column ?? 0 : 0);
    if (words !== undefined) define(error, 'message', { value: words, writable: true, configurable: true, enumerable: false });
}

Error.prepareStackTrace = (error, sites) => {
    let text = '';
    let top;
    for (let i = 0; i < sites.length; i++) {
        const frame = frameOf(sites[i]);
        if (i === 0) top = frame;
        text += `    at ${frame.name || '<anonymous>'} (${frame.native ? 'native' : `${frame.file}:${frame.line}:${frame.column}`})\n`;
    }
    reword(error, top);
    return text;
};
