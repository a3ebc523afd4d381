// Renders values for the console, in the manner of Node's `util.inspect`.
'use strict';

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;
const MAX_TEXT = 100000;

const quote = (text) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
const keyOf = (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key));

function primitive(value) {
    if (typeof value === 'string') return quote(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (Object.is(value, -0)) return '-0';
    return String(value);
}

function list(open, items, close) {
    if (items.length === 0) return open + close;
    const line = items.join(', ');
    if (line.length <= 72 && !line.includes('\n')) return `${open} ${line} ${close}`;
    return `${open}\n  ${items.map((item) => item.replace(/\n/g, '\n  ')).join(',\n  ')}\n${close}`;
}

function cut(items, total) {
    if (total > items.length) items.push(`... ${total - items.length} more items`);
    return items;
}

function inspect(value, depth, seen) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return primitive(value);
    if (typeof value === 'function') return value.name ? `[Function: ${value.name}]` : '[Function (anonymous)]';
    if (seen.includes(value)) return '[Circular *1]';
    if (value instanceof Error) return value.stack ? `${value.name}: ${value.message}\n${value.stack}`.trimEnd() : `${value.name}: ${value.message}`;
    if (value instanceof Date) return Number.isNaN(+value) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return 'Promise {}';
    if (depth > MAX_DEPTH) return Array.isArray(value) ? '[Array]' : '[Object]';
    const inner = [...seen, value];
    const show = (item) => inspect(item, depth + 1, inner);
    if (Array.isArray(value)) return list('[', cut(value.slice(0, MAX_ITEMS).map(show), value.length), ']');
    if (value instanceof Map) return list(`Map(${value.size}) {`, [...value].slice(0, MAX_ITEMS).map(([k, v]) => `${show(k)} => ${show(v)}`), '}');
    if (value instanceof Set) return list(`Set(${value.size}) {`, [...value].slice(0, MAX_ITEMS).map(show), '}');
    if (ArrayBuffer.isView(value) && 'length' in value) {
        return list(`${value.constructor.name}(${value.length}) [`, cut([...value.slice(0, MAX_ITEMS)].map(show), value.length), ']');
    }
    const shown = typeof value.toJSON === 'function' ? value.toJSON() : value;
    if (shown === null || typeof shown !== 'object') return primitive(shown);
    const keys = Object.keys(shown);
    const name = value.constructor?.name;
    const open = name && name !== 'Object' ? `${name} {` : '{';
    return list(open, cut(keys.slice(0, MAX_ITEMS).map((key) => `${keyOf(key)}: ${show(shown[key])}`), keys.length), '}');
}

internal.inspect = (value) => {
    try {
        return inspect(value, 0, []);
    } catch {
        return '[unprintable value]';
    }
};

const levels = { log: 'log', info: 'info', warn: 'warn', error: 'error', debug: 'debug', trace: 'debug', dir: 'log', table: 'log' };

function write(level, values) {
    let text = '';
    for (let i = 0; i < values.length && text.length < MAX_TEXT; i++) {
        if (i > 0) text += ' ';
        text += typeof values[i] === 'string' ? values[i] : internal.inspect(values[i]);
    }
    host.log(level, text);
}

const counts = new internal.p.SafeMap();
const console = {};
for (const name of Object.keys(levels)) console[name] = (...values) => write(levels[name], values);
console.assert = (condition, ...values) => { if (!condition) write('error', ['Assertion failed:', ...values]); };
console.count = (label = 'default') => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    write('log', [`${label}: ${counts.get(label)}`]);
};
const started = new internal.p.SafeMap();
console.time = (label = 'default') => { started.set(label, host.now()); };
console.timeLog = console.timeEnd = (label = 'default') => { write('log', [`${label}: ${(host.now() - (started.get(label) ?? host.now())).toFixed(3)}ms`]); };
console.group = (...values) => { if (values.length) write('log', values); };
console.clear = console.groupEnd = console.groupCollapsed = () => {};
internal.global('console', console);
