// `JSON.parse` as the sandbox has it: a byte order mark is skipped, and what does not parse
// is told with line and column by a parser that is loaded only then.
'use strict';

const { parse, String } = internal.p;
let explaining = false;

internal.strictJson = (text, reviver) => {
    const whole = String(text);
    try {
        return parse(whole.charCodeAt(0) === 0xfeff ? whole.slice(1) : whole, reviver);
    } catch (error) {
        if (text === undefined) {
            error.message = '"undefined" is not valid JSON';
        } else if (!explaining && error.name === 'SyntaxError') {
            explaining = true;
            try {
                internal.file('liquid-json/lib/index.js').parse(whole, reviver);
            } catch (explained) {
                if (explained?.name === 'JSONError') throw explained;
            } finally {
                explaining = false;
            }
        }
        if (error.name === 'SyntaxError') error.name = 'JSONError';
        throw error;
    }
};

const json = { parse(text, reviver) { return explaining ? parse(text, reviver) : internal.strictJson(text, reviver); } };
internal.p.define(JSON, 'parse', { value: json.parse, writable: true, configurable: true, enumerable: false });
