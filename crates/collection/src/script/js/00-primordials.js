// What our own code needs of the language, captured before a script can tamper with it.
// Scripts of one run share one global object, so `Array.prototype.push = null` or a
// `toJSON` on `Object.prototype` may be there when results are read.
'use strict';

const { call, apply } = Function.prototype;
const uncurry = (fn) => call.bind(fn);

// A Map whose methods cannot be reached through `Map.prototype`.
class SafeMap extends Map {}
for (const name of ['get', 'set', 'has', 'delete', 'clear', 'forEach']) {
    Object.defineProperty(SafeMap.prototype, name, { value: Map.prototype[name] });
}
Object.defineProperty(SafeMap.prototype, 'size', Object.getOwnPropertyDescriptor(Map.prototype, 'size'));
Object.setPrototypeOf(SafeMap.prototype, null);

internal.p = {
    SafeMap,
    apply: uncurry(apply),
    then: uncurry(Promise.prototype.then),
    hasOwn: uncurry(Object.prototype.hasOwnProperty),
    tagOf: uncurry(Object.prototype.toString),
    lower: uncurry(String.prototype.toLowerCase),
    slice: uncurry(String.prototype.slice),
    indexOf: uncurry(String.prototype.indexOf),
    stringify: JSON.stringify,
    parse: JSON.parse,
    keys: Object.keys,
    isArray: Array.isArray,
    define: Object.defineProperty,
    create: Object.create,
    now: Date.now,
    String, Number, Object, Promise, Error, TypeError, Date, RegExp,
};

// JSON of any value; what has no JSON becomes its string.
internal.toJson = (value) => {
    if (value === undefined) return 'null';
    try {
        const text = internal.p.stringify(value);
        if (text !== undefined) return text;
    } catch { /* cycles, BigInt, a throwing toJSON */ }
    let text = '[object Object]';
    try { text = internal.p.String(value); } catch { /* a throwing toString */ }
    return internal.p.stringify(text);
};

// Name, message and stack of anything thrown, read without trusting it.
internal.describeError = (error) => {
    const read = (key) => {
        try {
            const value = error[key];
            return value === undefined || value === null ? undefined : internal.p.String(value);
        } catch { return undefined; }
    };
    if (error === null || (typeof error !== 'object' && typeof error !== 'function')) {
        let text = '';
        try { text = internal.p.String(error); } catch { /* a symbol with no description */ }
        return { name: 'Error', message: text, stack: '' };
    }
    const message = read('message');
    return { name: read('name') ?? 'Error', message: message ?? internal.toJson(error), stack: read('stack') ?? '' };
};

internal.readName = (error) => { try { return error.name; } catch { return undefined; } };

// What a test threw. An error that has no name is an assertion's, as in newman's reports; the
// text of a thrown string is kept, which newman loses.
internal.describeThrown = (error) => {
    const described = internal.describeError(error);
    const named = error !== null && typeof error === 'object' && internal.readName(error) !== undefined;
    return named ? described : { ...described, name: 'AssertionError' };
};

// A value that is made once, when it is first asked for.
internal.once = (make) => {
    let value;
    let made = false;
    return () => {
        if (!made) { value = make(); made = true; }
        return value;
    };
};
