// What Postman adds to chai: assertions about responses and requests, and JSON schemas.
'use strict';

const { Response, Request } = internal;

const statuses = {
    accepted: 202, withoutContent: 204, badRequest: 400, unauthorized: 401, unauthorised: 401, forbidden: 403,
    notFound: 404, notAcceptable: 406, rateLimited: 429,
};
const classes = { info: 1, success: 2, redirection: 3, clientError: 4, serverError: 5 };

const nameOf = (object) => (object instanceof Request ? 'request' : 'response');
const at = (object, path) => {
    const keys = Array.isArray(path) ? path : String(path).replace(/\[(?:'([^']*)'|"([^"]*)"|(\w+))\]/g, '.$1$2$3').replace(/^\./, '').split('.');
    return keys.reduce(({ value }, key) => {
        const here = value !== null && value !== undefined && Object(value);
        return here && key in here ? { value: here[key], found: true } : { found: false };
    }, { value: object, found: true });
};

function addStatus(chai) {
    const { Assertion } = chai;
    const property = (name, check) => Assertion.addProperty(name, check);
    property('postmanResponse', function () {
        this.assert(this._obj instanceof Response, 'expecting a postman response object but got #{this}', 'not expecting a postman response object');
    });
    property('postmanRequest', function () {
        this.assert(this._obj instanceof Request, 'expecting a postman request object but got #{this}', 'not expecting a postman request object');
    });
    property('postmanRequestOrResponse', function () {
        this.assert(this._obj instanceof Response || this._obj instanceof Request, 'expecting a postman request or response object but got #{this}', 'not expecting a postman request or response object');
    });
    Assertion.addMethod('statusCode', function (code) {
        this.assert(this._obj.code === Number(code), 'expected response to have status code #{exp} but got #{act}', 'expected response to not have status code #{act}', Number(code), this._obj.code);
    });
    Assertion.addMethod('statusCodeClass', function (digit) {
        this.assert(Math.floor(this._obj.code / 100) === digit, 'expected response code to be #{exp}XX but found #{act}', 'expected response code to not be #{exp}XX', digit, this._obj.code);
    });
    Assertion.addMethod('statusReason', function (reason) {
        this.assert(this._obj.reason() === String(reason), 'expected response to have status reason #{exp} but got #{act}', 'expected response to not have status reason #{act}', reason, this._obj.reason());
    });
    Assertion.addMethod('status', function (status) {
        if (typeof status === 'number') this.statusCode(status);
        else this.statusReason(status);
    });
    for (const name of Object.keys(classes)) {
        property(name, function () {
            const digit = classes[name];
            this.assert(Math.floor(this._obj.code / 100) === digit, `expected response code to be ${digit}XX but found #{act}`, `expected response code to not be ${digit}XX`, digit, this._obj.code);
        });
    }
    property('error', function () {
        const digit = Math.floor(this._obj.code / 100);
        this.assert(digit === 4 || digit === 5, 'expected response code to be 4XX or 5XX but found #{act}', 'expected response code to not be 4XX or 5XX', null, this._obj.code);
    });
    for (const name of Object.keys(statuses)) {
        property(name, function () {
            this.assert(this._obj.code === statuses[name], 'expected response to have status code #{exp} but got #{act}', 'expected response to not have status code #{act}', statuses[name], this._obj.code);
        });
    }
    Assertion.overwriteProperty('ok', (original) => function () {
        if (!(this._obj instanceof Response)) return original.call(this);
        this.assert(this._obj.code === 200, 'expected response to have status code #{exp} but got #{act}', 'expected response to not have status code #{act}', 200, this._obj.code);
    });
}

function addContent(chai) {
    const { Assertion } = chai;
    const headerCheck = function (key, value) {
        const owner = nameOf(this._obj);
        const present = this._obj.headers.has(key);
        if (arguments.length < 2) {
            this.assert(present, `expected ${owner} to have header with key '${key}'`, `expected ${owner} to not have header with key '${key}'`, true, present);
            return;
        }
        const found = this._obj.headers.filter((header) => header.key.toLowerCase() === String(key).toLowerCase()).map((header) => header.value);
        this.assert(present && found.includes(value), present ? `expected '${key}' ${owner} header to be #{exp} but got #{act}` : `expected ${owner} to have header with key '${key}'`, `expected '${key}' ${owner} header to not be #{act}`, value, found[found.length - 1]);
    };
    Assertion.addMethod('header', headerCheck);
    Assertion.addProperty('withBody', function () {
        const text = this._obj.text();
        this.assert(Boolean(text), `expected ${nameOf(this._obj)} to have content in body`, `expected ${nameOf(this._obj)} to not have content in body`);
    });
    Assertion.addProperty('json', function () {
        let problem;
        try { this._obj.json(); } catch (error) { problem = error; }
        const owner = nameOf(this._obj);
        this.assert(!problem, `expected ${owner} body to be a valid json but got error ${problem?.message}`, `expected ${owner} body not to be a valid json`);
    });
    Assertion.addMethod('body', function (content) {
        const owner = nameOf(this._obj);
        const text = this._obj.text();
        if (arguments.length === 0) {
            this.assert(Boolean(text), `expected ${owner} to have content in body`, `expected ${owner} to not have content in body`);
        } else if (content instanceof RegExp) {
            this.assert(content.test(text), `expected ${owner} body text to match #{exp} but got #{act}`, `expected ${owner} body text to not match #{exp}`, content, text);
        } else if (content !== null && typeof content === 'object') {
            this.assert(chai.util.eql(this._obj.json(), content), `expected ${owner} body json to equal #{exp} but got #{act}`, `expected ${owner} body json to not equal #{exp}`, content, this._obj.json());
        } else {
            this.assert(text === content, `expected ${owner} body to equal #{exp} but got #{act}`, `expected ${owner} body to not equal #{exp}`, content, text);
        }
    });
    Assertion.addMethod('jsonBody', function (path, value) {
        const owner = nameOf(this._obj);
        let json;
        let problem;
        try { json = this._obj.json(); } catch (error) { problem = error; }
        if (arguments.length === 0 || problem) {
            this.assert(!problem, `expected ${owner} body to be a valid json but got error ${problem?.message}`, `expected ${owner} body not to be a valid json`);
            return;
        }
        if (typeof path === 'object' && path !== null && !Array.isArray(path)) {
            this.assert(chai.util.eql(json, path), `expected ${owner} body json to equal #{exp} but got #{act}`, `expected ${owner} body json to not equal #{exp}`, path, json);
            return;
        }
        const reached = at(json, path);
        if (arguments.length < 2) {
            this.assert(reached.found, `expected #{act} in ${owner} to contain property '${path}'`, `expected #{act} in ${owner} to not contain property '${path}'`, true, json);
        } else {
            this.assert(reached.found && chai.util.eql(reached.value, value), `expected ${owner} body json at "${path}" to contain #{exp} but got #{act}`, `expected ${owner} body json at "${path}" to not contain #{act}`, value, reached.value);
        }
    });
}

function addMeasures(chai) {
    const { Assertion } = chai;
    for (const name of ['responseTime', 'responseSize']) {
        Assertion.addChainableMethod(name, function (expected) {
            this.assert(chai.util.eql(chai.util.flag(this, 'number'), expected), `expected response to have ${name} #{exp} but got #{act}`, `expected response to not have ${name} #{act}`, expected, this._obj);
        }, function () {
            const size = this._obj.responseSize ?? this._obj.size?.().body;
            chai.util.flag(this, 'number', name === 'responseTime' ? this._obj.responseTime : size);
            this._obj = name === 'responseTime' ? this._obj.responseTime : size;
        });
    }
    Assertion.addMethod('jsonSchema', function (schema, options) {
        const Ajv = internal.library('ajv');
        const ajv = new Ajv({ allErrors: true, logger: false, ...options });
        const valid = ajv.validate(schema, this._obj instanceof Response || this._obj instanceof Request ? this._obj.json() : this._obj);
        this.assert(valid, `expected data to satisfy schema but found following errors: \n${ajv.errorsText()}`, 'expected data to not satisfy schema', true, valid);
    });
}

internal.chai = internal.once(() => {
    const chai = internal.library('chai');
    chai.use(addStatus);
    chai.use(addContent);
    chai.use(addMeasures);
    return chai;
});
internal.expect = (value, message) => internal.chai().expect(value, message);
