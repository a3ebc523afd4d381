// What Postman adds to chai: assertions about responses and requests, and JSON schemas.
'use strict';

const { Response, Request } = internal;

// Code and reason phrase, both of which must be there.
const statuses = {
    accepted: [202, 'ACCEPTED'], withoutContent: [204, 'NO CONTENT'], badRequest: [400, 'BAD REQUEST'], unauthorized: [401, 'UNAUTHORIZED'],
    unauthorised: [401, 'UNAUTHORISED'], forbidden: [403, 'FORBIDDEN'], notFound: [404, 'NOT FOUND'], notAcceptable: [406, 'ACCEPTABLE'],
    rateLimited: [429, 'TOO MANY REQUESTS'],
};
const classes = { info: 1, success: 2, redirection: 3, clientError: 4, serverError: 5 };

const isResponse = (value) => value instanceof Response || internal.library('postman-collection').Response.isResponse(value);
const isRequest = (value) => value instanceof Request || internal.library('postman-collection').Request.isRequest(value);
const nameOf = (object) => (object instanceof Request ? 'request' : 'response');
const equal = (left, right) => internal.library('lodash').isEqual(left, right);

// The body's JSON, or what is wrong with it in one line.
function jsonOf(response) {
    try {
        return { value: response.json() };
    } catch (error) {
        return { problem: error.name === 'JSONError' && error.message ? error.message.split('\n')[0] : `${error.name}: ${error.message}` };
    }
}

function addStatus(chai) {
    const { Assertion } = chai;
    const property = (name, check) => Assertion.addProperty(name, check);
    const responseOnly = (assertion) => { if (!(assertion._obj instanceof Response)) new Assertion(assertion._obj).to.be.postmanResponse; };
    const number = (assertion) => {
        responseOnly(assertion);
        new Assertion(assertion._obj).to.have.property('code');
        new Assertion(assertion._obj.code).to.be.a('number');
    };
    property('postmanResponse', function () {
        this.assert(isResponse(this._obj), 'expecting a postman response object but got #{this}', 'not expecting a postman response object');
    });
    property('postmanRequest', function () {
        this.assert(isRequest(this._obj), 'expecting a postman request object but got #{this}', 'not expecting a postman request object');
    });
    property('postmanRequestOrResponse', function () {
        this.assert(isResponse(this._obj) || isRequest(this._obj), 'expecting a postman request or response object but got #{this}', 'not expecting a postman request or response object');
    });
    Assertion.addMethod('statusCode', function (code) {
        number(this);
        this.assert(this._obj.code === Number(code), 'expected response to have status code #{exp} but got #{act}', 'expected response to not have status code #{act}', Number(code), this._obj.code);
    });
    const ofClass = (assertion, digit) => {
        number(assertion);
        assertion.assert(Math.floor(assertion._obj.code / 100) === digit, 'expected response code to be #{exp}XX but found #{act}', 'expected response code to not be #{exp}XX', digit, assertion._obj.code);
    };
    Assertion.addMethod('statusCodeClass', function (digit) { ofClass(this, digit); });
    const reasonIs = (assertion, reason) => {
        responseOnly(assertion);
        assertion.assert(assertion._obj.reason() === reason, 'expected response to have status reason #{exp} but got #{act}', 'expected response to not have status reason #{act}', reason, assertion._obj.reason());
    };
    Assertion.addMethod('statusReason', function (reason) { reasonIs(this, String(reason)); });
    Assertion.addMethod('status', function (status) {
        if (typeof status === 'number') this.statusCode(status);
        else reasonIs(this, status);
    });
    for (const name of Object.keys(classes)) property(name, function () { ofClass(this, classes[name]); });
    property('error', function () {
        number(this);
        const digit = Math.floor(this._obj.code / 100);
        this.assert(digit === 4 || digit === 5, 'expected response code to be 4XX or 5XX but found #{act}', 'expected response code to not be 4XX or 5XX', null, this._obj.code);
    });
    const named = (assertion, [code, reason]) => {
        responseOnly(assertion);
        const got = String(assertion._obj.reason()).toUpperCase();
        assertion.assert(got === reason, 'expected response to have status reason #{exp} but got #{act}', 'expected response to not have status reason #{act}', reason, got);
        assertion.assert(assertion._obj.code === code, 'expected response to have status code #{exp} but got #{act}', 'expected response to not have status code #{act}', code, assertion._obj.code);
    };
    for (const name of Object.keys(statuses)) property(name, function () { named(this, statuses[name]); });
    Assertion.overwriteProperty('ok', (original) => function () {
        if (this._obj instanceof Response) named(this, [200, 'OK']);
        else original.call(this);
    });
}

function addContent(chai) {
    const { Assertion } = chai;
    const responseOnly = (assertion) => { if (!(assertion._obj instanceof Response)) new Assertion(assertion._obj).to.be.postmanResponse; };
    Assertion.addMethod('header', function (key, value) {
        if (!(this._obj instanceof Response) && !(this._obj instanceof Request)) new Assertion(this._obj).to.be.postmanRequestOrResponse;
        const owner = nameOf(this._obj);
        const present = this._obj.headers.has(String(key));
        this.assert(present, `expected ${owner} to have header with key '${key}'`, `expected ${owner} to not have header with key '${key}'`, true, present);
        if (arguments.length < 2) return;
        const found = this._obj.headers.one(key)?.value;
        this.assert(found === value, `expected '${key}' ${owner} header to be #{exp} but got #{act}`, `expected '${key}' ${owner} header to not be #{act}`, value, found);
    });
    const hasText = (assertion) => {
        assertion.assert(Boolean(assertion._obj.text()), 'expected response to have content in body', 'expected response to not have content in body');
    };
    Assertion.addProperty('withBody', function () {
        responseOnly(this);
        hasText(this);
    });
    const isJson = (assertion, problem) => {
        assertion.assert(!problem, `expected response body to be a valid json but got error ${problem}`, 'expected response body not to be a valid json');
    };
    Assertion.addProperty('json', function () {
        responseOnly(this);
        isJson(this, jsonOf(this._obj).problem);
    });
    Assertion.addMethod('body', function (content) {
        responseOnly(this);
        if (internal.library('lodash').isPlainObject(content)) {
            const { value } = jsonOf(this._obj);
            this.assert(equal(value, content), 'expected response body json to equal #{exp} but got #{act}', 'expected response body json to not equal #{exp} but got #{act}', content, value);
            return;
        }
        const text = this._obj.text();
        if (arguments.length === 0) hasText(this);
        else if (content instanceof RegExp) this.assert(content.exec(text) !== null, 'expected response body text to match #{exp} but got #{act}', 'expected response body text #{act} to not match #{exp}', content, text);
        else this.assert(equal(text, content), 'expected response body to equal #{exp} but got #{act}', 'expected response body to not equal #{exp}', content, text);
    });
    Assertion.addMethod('jsonBody', function (path, expected) {
        responseOnly(this);
        const { value, problem } = jsonOf(this._obj);
        if (arguments.length === 0) { isJson(this, problem); return; }
        // As the reference: what is no path is not looked at.
        if (typeof path !== 'string') return;
        const { has, get } = internal.library('lodash');
        this.assert(has(value, path), 'expected #{act} in response to contain property #{exp}', 'expected #{act} in response to not contain property #{exp}', path, value);
        if (arguments.length < 2) return;
        const reached = get(value, path);
        this.assert(equal(reached, expected), `expected response body json at "${path}" to contain #{exp} but got #{act}`, `expected response body json at "${path}" to not contain #{exp} but got #{act}`, expected, reached);
    });
}

function addMeasures(chai) {
    const { Assertion } = chai;
    const { flag } = chai.util;
    const measure = (name, words, read, differs) => {
        Assertion.addChainableMethod(name, function (expected) {
            const got = flag(this, 'number');
            this.assert(typeof got === 'number', `expected response to have a valid ${words} but got #{act}`, `expected response to not have a valid ${words} but got #{act}`, null, got);
            if (arguments.length > 0) this.assert(equal(got, expected), ...differs, expected, got);
        }, function () {
            if (!(this._obj instanceof Response)) new Assertion(this._obj).to.be.postmanResponse;
            const value = read(this._obj);
            flag(this, 'number', value);
            this._obj = value;
        });
    };
    measure('responseTime', 'response time', (response) => response.responseTime,
        ['expected response to have a valid response time but got #{act}', 'expected response to not have a valid response time but got #{act}']);
    measure('responseSize', 'response size', (response) => response.size().total,
        ['expected response size to equal #{act} but got #{exp}', 'expected response size to not equal #{act} but got #{exp}']);
    Assertion.addMethod('jsonSchema', function (schema, options) {
        new Assertion(schema).to.be.an('object');
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
