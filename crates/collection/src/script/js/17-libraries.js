// `require`: the public libraries of the sandbox, loaded from bytecode at their first use.
'use strict';

const { SafeMap } = internal.p;
const loaded = new SafeMap();
let loading = 0;
internal.isLoading = () => loading > 0;

// Node's built-in modules, as far as the libraries and scripts ask for them.
const builtins = new SafeMap();
internal.builtin = (name, make) => builtins.set(name, internal.once(make));

// What a library gets in the place of a file or package that it names: `path`, `package`, or
// `package>dependency` for one package's dependency. Scripts do not see these.
const replaced = new SafeMap();
internal.replacement = (name, make) => replaced.set(name, internal.once(make));

// What is done to a library once it is loaded.
const adapted = new SafeMap();
internal.adapt = (file, change) => adapted.set(file, change);

// The sandbox has version 3.3, whose key derivation has other defaults.
internal.adapt('crypto-js/crypto-js.js', ({ algo }) => Object.assign(algo.PBKDF2.cfg, { hasher: algo.SHA1, iterations: 1 }));

// What a script may name, and the file behind it.
const offered = new SafeMap();
for (const [name, file] of Object.entries({
    chai: 'chai/chai.js', lodash: 'lodash', lodash3: 'lodash3/index.js', underscore: 'lodash', moment: 'moment', 'crypto-js': 'crypto-js/crypto-js.js', ajv: 'ajv/dist/ajv.bundle.js',
    tv4: 'tv4', uuid: 'uuid/dist/umd/uuid.min.js', backbone: 'backbone', cheerio: 'cheerio', xml2js: 'xml2js',
    'postman-collection': 'postman-collection', punycode: 'punycode', 'csv-parse': 'csv-parse', 'csv-parse/lib/sync': 'csv-parse/lib/sync.js', 'csv-parse/sync': 'csv-parse/lib/sync.js',
})) offered.set(name, file);

function fileOf(name) {
    if (host.hasScript(name)) return name;
    for (const tail of ['.js', '.json', '/index.js']) if (host.hasScript(name + tail)) return name + tail;
    const main = host.mainOf(name);
    return main === undefined ? undefined : fileOf(`${name}/${main.replace(/\.js$/, '')}`);
}

function join(folder, path) {
    const parts = folder === '' ? [] : folder.split('/');
    for (const part of path.split('/')) {
        if (part === '..') parts.pop();
        else if (part !== '.' && part !== '') parts.push(part);
    }
    return parts.join('/');
}

function notFound(name) {
    const error = new Error(`Cannot find module '${name}'`);
    error.code = 'MODULE_NOT_FOUND';
    return error;
}

function load(file) {
    const known = loaded.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {}, id: file };
    loaded.set(file, module);
    const folder = file.slice(0, file.lastIndexOf('/'));
    const require = (name) => {
        if (name[0] === '.') {
            const path = join(folder, name);
            if (replaced.has(path)) return replaced.get(path)();
            const found = fileOf(path);
            if (found === undefined) throw notFound(name);
            return load(found);
        }
        const own = `${file.slice(0, file.indexOf('/'))}>${name}`;
        for (const key of [own, name]) if (replaced.has(key)) return replaced.get(key)();
        // Browser builds: the libraries see no Node but what is listed.
        if (builtins.has(name)) return builtins.get(name)();
        const found = fileOf(offered.get(name) ?? name);
        if (found === undefined) throw notFound(name);
        return load(found);
    };
    loading++;
    try {
        host.script(file).call(module.exports, module.exports, require, module, globalThis);
    } catch (error) {
        loaded.delete(file);
        throw error;
    } finally {
        loading--;
    }
    if (adapted.has(file)) adapted.get(file)(module.exports);
    return module.exports;
}

internal.file = load;
internal.library = (name) => {
    if (builtins.has(name)) return builtins.get(name)();
    const file = offered.has(name) ? fileOf(offered.get(name)) : undefined;
    if (file === undefined) throw notFound(name);
    return load(file);
};

// The sandbox's old version is itself a function.
const callableUuid = internal.once(() => { const uuid = internal.library('uuid'); return Object.assign((...values) => uuid.v4(...values), uuid); });

internal.global('require', function require(name) {
    if (typeof name !== 'string') throw new TypeError('The "id" argument must be of type string.');
    if (name === 'chai') return internal.chai();
    if (name === 'uuid') return callableUuid();
    return internal.library(name.replace(/^node:/, ''));
});

for (const [name, library] of Object.entries({ _: 'lodash3', CryptoJS: 'crypto-js', tv4: 'tv4', cheerio: 'cheerio', moment: 'moment', Backbone: 'backbone' })) {
    internal.lazyGlobal(name, () => internal.library(library));
}
