// Variable scopes: `pm.environment`, `pm.globals`, `pm.collectionVariables`,
// `pm.iterationData` and the merged `pm.variables`.
'use strict';

const { SafeMap, define, String } = internal.p;
const MAX_ROUNDS = 19;

const wrap = new WeakMap();
const weakGet = internal.p.apply.bind(null, WeakMap.prototype.get, wrap);
const stateOf = (scope) => weakGet([scope]);

function fill(values) {
    const map = new SafeMap();
    for (let i = 0; i < values.length; i++) map.set(values[i][0], values[i][1]);
    return map;
}

// Replaces `{{name}}`, nested and repeated up to newman's 19 rounds; unknown names stay.
function replaceIn(value, lookup) {
    if (value !== null && typeof value === 'object') {
        const copy = Array.isArray(value) ? [] : {};
        for (const key of Object.keys(value)) copy[key] = replaceIn(value[key], lookup);
        return copy;
    }
    if (typeof value !== 'string') return value;
    for (let round = 0; round < MAX_ROUNDS && value.includes('{{'); round++) {
        const before = value;
        value = value.replace(/\{\{([^{}]*?)\}\}/g, (whole, name) => {
            const found = lookup(name);
            if (found === undefined) return name[0] === '$' ? host.dynamic(name, internal.p.now()) ?? whole : whole;
            return found !== null && typeof found === 'object' ? internal.toJson(found) : String(found);
        });
        if (value === before) break;
    }
    return value;
}

class VariableScope {
    constructor(scope) {
        wrap.set(this, { map: fill(scope.values), changed: false, name: scope.name });
        define(this, 'name', { value: scope.name, enumerable: true });
    }

    get(key) { return stateOf(this).map.get(key); }
    has(key) { return stateOf(this).map.has(key); }
    set(key, value) {
        const state = stateOf(this);
        if (key === undefined || key === null || key === '') return;
        state.map.set(String(key), typeof value === 'function' ? undefined : value);
        state.changed = true;
    }

    unset(key) {
        const state = stateOf(this);
        if (state.map.delete(key)) state.changed = true;
    }

    clear() {
        const state = stateOf(this);
        state.map.clear();
        state.changed = true;
    }

    toObject() {
        const object = {};
        stateOf(this).map.forEach((value, key) => { object[key] = value; });
        return object;
    }

    toJSON() { return this.toObject(); }
    replaceIn(template) { return replaceIn(template, (name) => this.get(name)); }
}

// Iteration data cannot be changed by a script, save by `unset` for this script, as newman.
class DataScope extends VariableScope {
    toJSON() { return this.toObject(); }
}
for (const name of ['set', 'clear']) define(DataScope.prototype, name, { value: undefined });

// `pm.variables`: reads through all scopes, writes to the local one.
class MergedScope extends VariableScope {
    constructor(local, outer) {
        super(local);
        stateOf(this).outer = outer;
    }

    get(key) {
        const { map, outer } = stateOf(this);
        if (map.has(key)) return map.get(key);
        for (let i = 0; i < outer.length; i++) {
            const scope = stateOf(outer[i]).map;
            if (scope.has(key)) return scope.get(key);
        }
        return undefined;
    }

    has(key) {
        const { map, outer } = stateOf(this);
        if (map.has(key)) return true;
        for (let i = 0; i < outer.length; i++) if (stateOf(outer[i]).map.has(key)) return true;
        return false;
    }

    toObject() {
        const { map, outer } = stateOf(this);
        const object = {};
        for (let i = outer.length - 1; i >= 0; i--) stateOf(outer[i]).map.forEach((value, key) => { object[key] = value; });
        map.forEach((value, key) => { object[key] = value; });
        return object;
    }
}

internal.makeScopes = (scopes) => {
    const globals = new VariableScope(scopes.globals);
    const collection = new VariableScope(scopes.collection);
    const environment = new VariableScope(scopes.environment);
    const data = new DataScope(scopes.data);
    const local = new MergedScope(scopes.local, [data, environment, collection, globals]);
    return { globals, collection, environment, data, local };
};

// Hands every scope to the host when any has changed; values travel as JSON.
const KINDS = ['globals', 'collection', 'environment', 'data', 'local'];
internal.emitScopes = (scopes) => {
    let changed = false;
    for (let i = 0; i < KINDS.length; i++) changed = changed || stateOf(scopes[KINDS[i]]).changed;
    if (!changed) return;
    for (let i = 0; i < KINDS.length; i++) {
        const state = stateOf(scopes[KINDS[i]]);
        host.scope(i, String(state.name));
        state.map.forEach((value, key) => host.variable(i, String(key), internal.toJson(value)));
    }
};
