// Ordered lists of named members: headers, query parameters, form fields, cookies.
'use strict';

// A header, query parameter, form field or cookie: plain data, with a few inherited methods.
class Member {
    constructor(source) { Object.assign(this, source); }
    valueOf() { return this.value; }
    update(source) { Object.assign(this, source); }
    toJSON() { return { ...this }; }
}

class Header extends Member {
    toString() { return `${this.key}: ${this.value}`; }
}

class Param extends Member {
    valueOf() { return this.value ?? ''; }
    toString() { return this.value === null || this.value === undefined ? this.key ?? '' : `${this.key ?? ''}=${this.value}`; }
}

class Cookie extends Member {
    toString() { return `${this.name}=${this.value}`; }
}

class PropertyList {
    // `fold`: names compare without case. `keyName`: the member's naming property. `many`: a
    // name may stand several times. `Type`: what members are.
    constructor(members, { fold = false, keyName = 'key', many = false, Type = Member } = {}) {
        Object.defineProperty(this, '_', { value: { fold, keyName, many, Type } });
        this.members = [];
        if (members) this.populate(members);
    }

    _same(member, key) {
        const name = member?.[this._.keyName];
        return this._.fold ? String(name).toLowerCase() === String(key).toLowerCase() : name === key;
    }

    _make(item) {
        if (typeof item === 'string') {
            const at = item.search(/[:=]/);
            item = at < 0 ? { [this._.keyName]: item.trim(), value: '' } : { [this._.keyName]: item.slice(0, at).trim(), value: item.slice(at + 1).trim() };
        }
        return new this._.Type(item);
    }

    get reference() { return this.toObject(); }
    populate(items) {
        if (typeof items === 'string') items = items.split(/\r?\n/).filter(Boolean);
        if (Array.isArray(items)) for (const item of items) this.add(item);
        else for (const key of Object.keys(items)) this.add({ [this._.keyName]: key, value: items[key] });
    }

    repopulate(items) { this.clear(); this.populate(items); }
    add(item) { if (item !== undefined && item !== null) this.members.push(this._make(item)); }
    append(item) { this.remove(item?.[this._.keyName]); this.add(item); }
    prepend(item) { this.members.unshift(this._make(item)); }
    insert(item, before) {
        const at = this.members.findIndex((member) => member === before || this._same(member, before?.[this._.keyName] ?? before));
        this.members.splice(at < 0 ? this.members.length : at, 0, this._make(item));
    }

    insertAfter(item, after) {
        const at = this.members.findIndex((member) => member === after || this._same(member, after?.[this._.keyName] ?? after));
        this.members.splice(at < 0 ? this.members.length : at + 1, 0, this._make(item));
    }

    upsert(item) {
        if (item === undefined || item === null) return null;
        const made = this._make(item);
        const found = this.one(made[this._.keyName]);
        if (found === undefined) { this.members.push(made); return true; }
        Object.assign(found, made);
        return false;
    }

    remove(what) {
        if (what === undefined || what === null) return;
        const matches = typeof what === 'function' ? what
            : (member) => member === what || this._same(member, typeof what === 'object' ? what[this._.keyName] : what);
        this.members = this.members.filter((member) => !matches(member));
    }

    clear() { this.members = []; }
    assimilate(source, prune) {
        const items = source instanceof PropertyList ? source.members : source;
        for (const item of items ?? []) this.upsert(item);
        if (prune) this.filter((m) => !items.some((i) => this._same(m, i[this._.keyName]))).forEach((m) => this.remove(m));
    }

    // The last member of that name counts, as in the SDK.
    one(key) {
        for (let i = this.members.length - 1; i >= 0; i--) if (this._same(this.members[i], key)) return this.members[i];
        return undefined;
    }

    get(key) { return this.one(key)?.value; }
    has(item, value) {
        const key = item !== null && typeof item === 'object' ? item[this._.keyName] : item;
        return this.members.some((member) => this._same(member, key) && (value === undefined || member.value === value));
    }

    all() { return this.members.slice(); }
    count() { return this.members.length; }
    idx(index) { return this.members[index]; }
    indexOf(item) {
        return this.members.findIndex((member) => member === item || this._same(member, item?.[this._.keyName] ?? item));
    }

    each(iterator, context) { this.members.slice().every((member, index) => iterator.call(context, member, index, this.members) !== false); }
    map(iterator, context) { return typeof iterator === 'function' ? this.members.map(iterator, context ?? this) : lodash('map', this, iterator); }
    filter(rule, context) { return typeof rule === 'function' ? this.members.filter(rule, context ?? this) : lodash('filter', this, rule); }
    find(rule, context) { return typeof rule === 'function' ? this.members.find(rule, context ?? this) : lodash('find', this, rule); }
    reduce(iterator, ...start) { return this.members.reduce(iterator, ...start); }
    toObject(excludeDisabled = false, caseSensitive = false, multiValue = false, sanitizeKeys = false) {
        const object = {};
        for (const member of this.members) {
            if (excludeDisabled && member.disabled) continue;
            let key = member[this._.keyName];
            if (this._.fold && !caseSensitive) key = String(key).toLowerCase();
            if (sanitizeKeys && !member[this._.keyName]) continue;
            if ((multiValue || this._.many) && Object.hasOwn(object, key)) object[key] = [].concat(object[key], [member.valueOf()]);
            else object[key] = member.valueOf();
        }
        return object;
    }

    toJSON() { return this.members.map((member) => (typeof member?.toJSON === 'function' ? member.toJSON() : { ...member })); }
    toString() { return this.members.filter((member) => !member.disabled).map(String).join('&'); }
    [Symbol.iterator]() { return this.members[Symbol.iterator](); }
}

// Rules that are no functions are lodash's shorthands.
const lodash = (name, list, rule) => internal.library('lodash')[name](list.members, rule);

class HeaderList extends PropertyList {
    constructor(members) { super(members, { fold: true, many: true, Type: Header }); }
    toString() { return this.members.filter((member) => !member.disabled).map((member) => `${member.key}: ${member.value ?? ''}\r\n`).join(''); }
    contentSize() { return this.toString().length; }
}

class CookieList extends PropertyList {
    constructor(members) { super(members, { keyName: 'name', fold: true, many: true, Type: Cookie }); }
    toString() { return this.members.map(String).join('; '); }
}

Object.assign(internal, { Member, Header, Param, Cookie, PropertyList, HeaderList, CookieList });
