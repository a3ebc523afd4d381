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

// What a type given to `set` makes of a value, as the collection library casts it.
const casts = {
    string: String,
    number: Number,
    boolean: (value) => (typeof value === 'string' ? value.toLowerCase() === 'true' : Boolean(value)),
};

// A function that was stored is asked for its value.
const called = (value) => (typeof value === 'function' ? value() : value);

class VariableScope {
    constructor(scope, named = true) {
        wrap.set(this, { map: fill(scope.values), types: undefined, changed: false, name: scope.name });
        if (named && scope.name !== '') define(this, 'name', { value: scope.name, enumerable: true });
    }

    get id() { return (stateOf(this).id ??= host.uuid()); }
    // The variables as the collection library lists them: a copy, changes go through `set`.
    get values() {
        const { map, types } = stateOf(this);
        const members = [];
        map.forEach((value, key) => members.push({ type: types?.get(key) ?? 'any', value, key }));
        return new internal.PropertyList(members);
    }

    get(key) { return called(stateOf(this).map.get(String(key))); }
    has(key) { return stateOf(this).map.has(String(key)); }
    set(key, value, type) {
        const state = stateOf(this);
        if (key === undefined || key === null) return;
        const name = String(key);
        if (typeof type === 'string') {
            (state.types ??= new SafeMap()).set(name, type in casts ? type : 'any');
            if (type in casts) value = casts[type](value);
        }
        state.map.set(name, value);
        state.changed = true;
    }

    unset(key) {
        const state = stateOf(this);
        if (state.map.delete(String(key))) state.changed = true;
    }

    clear() {
        const state = stateOf(this);
        state.map.clear();
        state.changed = true;
    }

    toObject() {
        const object = {};
        stateOf(this).map.forEach((value, key) => { object[key] = called(value); });
        return object;
    }

    syncVariablesTo(object) { return Object.assign(object ?? {}, this.toObject()); }
    syncVariablesFrom(object) {
        for (const key of Object.keys(this.toObject())) if (!(key in object)) this.unset(key);
        for (const key of Object.keys(object)) this.set(key, object[key]);
    }

    variables() { throw new Error('`VariableScope#variables` has been discontinued, use `VariableScope#syncVariablesTo` instead.'); }
    toJSON() {
        const json = { id: this.id };
        if (this.name !== undefined) json.name = this.name;
        json.values = this.values.toJSON();
        return json;
    }

    replaceIn(template) { return replaceIn(template, (name) => this.get(name)); }
}

// `pm.variables`: reads through all scopes, writes to the local one.
class MergedScope extends VariableScope {
    constructor(local, outer) {
        super(local, false);
        stateOf(this).outer = outer;
    }

    get(key) {
        const { map, outer } = stateOf(this);
        key = String(key);
        if (map.has(key)) return called(map.get(key));
        for (let i = 0; i < outer.length; i++) {
            const scope = stateOf(outer[i]).map;
            if (scope.has(key)) return called(scope.get(key));
        }
        return undefined;
    }

    has(key) {
        const { map, outer } = stateOf(this);
        key = String(key);
        if (map.has(key)) return true;
        for (let i = 0; i < outer.length; i++) if (stateOf(outer[i]).map.has(key)) return true;
        return false;
    }

    toObject() {
        const { map, outer } = stateOf(this);
        const object = {};
        for (let i = outer.length - 1; i >= 0; i--) stateOf(outer[i]).map.forEach((value, key) => { object[key] = called(value); });
        map.forEach((value, key) => { object[key] = called(value); });
        return object;
    }
}

internal.VariableScope = VariableScope;
internal.makeScopes = (scopes) => {
    const globals = new VariableScope(scopes.globals);
    const collection = new VariableScope(scopes.collection, false);
    const environment = new VariableScope(scopes.environment);
    // What a script changes in the iteration data is for this script only.
    const data = new VariableScope(scopes.data, false);
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
        state.map.forEach((value, key) => host.variable(i, String(key), typeof value === 'function' ? 'null' : internal.toJson(value)));
    }
};
