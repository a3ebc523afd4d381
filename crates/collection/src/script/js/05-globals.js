// How names become global: like a browser's own, writable and not enumerable.
'use strict';

const { define } = internal.p;

internal.global = (name, value) => {
    define(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
};

// A global that is made at its first use.
internal.lazyGlobal = (name, make) => {
    define(globalThis, name, {
        configurable: true,
        enumerable: false,
        get() {
            // A library that looks for an older copy of itself finds none.
            if (internal.isLoading()) return undefined;
            const value = make();
            internal.global(name, value);
            return value;
        },
        set(value) { internal.global(name, value); },
    });
};

// A global that reads the current script's state and may be overwritten for this script.
let overrides = new internal.p.SafeMap();
internal.resetOverrides = () => { if (overrides.size > 0) overrides = new internal.p.SafeMap(); };

internal.scriptGlobal = (name, read) => {
    define(globalThis, name, {
        configurable: true,
        enumerable: false,
        get() { return overrides.has(name) ? overrides.get(name) : read(); },
        set(value) { overrides.set(name, value); },
    });
};
