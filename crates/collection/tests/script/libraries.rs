//! The public libraries and the web's interfaces that scripts may use.

use crate::bench::*;

#[tokio::test]
async fn the_libraries_of_the_sandbox_load() {
    let code = r#"
        const e = pm.expect, t = pm.test;
        t('lodash', () => e(require('lodash').chunk([1, 2, 3], 2)).to.eql([[1, 2], [3]]));
        t('uuid', () => { const uuid = require('uuid'); e(uuid.v4()).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4/); e(uuid.v4()).to.not.equal(uuid.v4()); });
        t('moment', () => e(moment.utc('2020-01-31').add(1, 'month').format('YYYY-MM-DD')).to.equal('2020-02-29'));
        t('crypto-js', () => e(require('crypto-js').HmacSHA256('a', 'k').toString()).to.have.lengthOf(64));
        t('crypto-js aes', () => e(CryptoJS.AES.decrypt(CryptoJS.AES.encrypt('x', 'k').toString(), 'k').toString(CryptoJS.enc.Utf8)).to.equal('x'));
        t('tv4', () => { e(tv4.validate({a: 1}, {required: ['a']})).to.be.true; e(tv4.validate({}, {required: ['a']})).to.be.false; });
        t('ajv', () => { const Ajv = require('ajv'); e(new Ajv().compile({type: 'string'})('x')).to.be.true; });
        t('cheerio', () => { const $ = cheerio.load('<ul><li class="a">one</li><li>two</li></ul>'); e($('li.a').text()).to.equal('one'); e($('li').length).to.equal(2); });
        t('xml2js', () => { let seen; require('xml2js').parseString('<a><b>1</b></a>', {async: false}, (err, result) => { seen = result; }); e(seen).to.eql({a: {b: ['1']}}); });
        t('csv-parse', () => e(require('csv-parse/lib/sync')('a,b\n1,"x, y"\n', {columns: true}).map((row) => ({...row}))).to.eql([{a: '1', b: 'x, y'}]));
        t('backbone', () => e(new Backbone.Model({a: 1}).get('a')).to.equal(1));
        t('chai', () => e(require('chai').expect).to.be.a('function'));
        t('pm.require', () => e(pm.require('npm:lodash@4.17.21').last([1])).to.equal(1));
        t('buffer', () => e(Buffer.from('héllo').toString('base64')).to.equal('aMOpbGxv'));
        t('punycode', () => e(require('punycode').toASCII('bücher.test')).to.equal('xn--bcher-kva.test'));
        t('url', () => e(require('url').parse('http://a.test:1/p?q=2').pathname).to.equal('/p'));
    "#;
    assert_all_pass(&run(code).await);
}

#[tokio::test]
async fn postmans_own_classes_are_there() {
    let code = r#"
        const e = pm.expect, t = pm.test, sdk = require('postman-collection');
        t('url', () => {
            const url = new sdk.Url('https://u:p@api.test:8080/a/:id?x=1&y={{v}}#h');
            e(url.getHost()).to.equal('api.test'); e(url.port).to.equal('8080'); e(url.query.get('y')).to.equal('{{v}}');
            e(url.toString()).to.equal('https://u:p@api.test:8080/a/:id?x=1&y={{v}}#h');
        });
        t('request', () => {
            const request = new sdk.Request({url: 'http://a.test/p', method: 'POST', header: [{key: 'X-A', value: '1'}], body: {mode: 'raw', raw: 'b'}});
            e(request.headers.get('x-a')).to.equal('1'); e(request.body.toString()).to.equal('b');
            e(request.toJSON().url.path).to.eql(['p']);
        });
        t('headers', () => {
            const list = new sdk.HeaderList(null, sdk.Header.parse('A: 1\nB: 2'));
            list.upsert({key: 'a', value: '3'}); e(list.toObject(false, true)).to.include({B: '2'}); e(sdk.HeaderList.isHeaderList(list)).to.be.true;
        });
        t('query', () => e(sdk.QueryParam.unparse(sdk.QueryParam.parse('a=1&b'))).to.equal('a=1&b'));
        t('list', () => { const list = new sdk.PropertyList(sdk.Variable, null, [{key: 'k', value: 1}]); e(list.one('k').value).to.equal(1); });
        t('scope', () => {
            const scope = new sdk.VariableScope([{key: 'who', value: 'Ada'}]);
            e(scope.get('who')).to.equal('Ada'); e(scope.replaceIn('hi {{who}} {{$guid}}')).to.match(/^hi Ada [0-9a-f-]{36}$/);
        });
        t('cookie', () => e(new sdk.Cookie('s=1; Path=/; Secure').valueOf()).to.equal('1'));
        t('response', () => e(new sdk.Response({code: 201, body: '{"a":1}'}).json()).to.eql({a: 1}));
        t('collection', () => {
            const collection = new sdk.Collection({info: {name: 'C', version: '1.2.3'}, item: [{id: 'i', name: 'r', request: 'http://a.test'}]});
            e(collection.items.one('i').request.url.getHost()).to.equal('a.test'); e(collection.version.major).to.equal(1);
        });
        t('item', () => e(new sdk.Item({request: {url: 'http://a.test', auth: {type: 'basic', basic: []}}}).getAuth().type).to.equal('basic'));
        t('lodash stays as it is', () => { e(require('lodash').inherit).to.equal(undefined); e(_.inherit).to.equal(undefined); });
        t('hidden', () => e(() => require('semver')).to.throw("Cannot find module 'semver'"));
    "#;
    assert_all_pass(&run(code).await);
}

#[tokio::test]
async fn the_webs_interfaces_are_there() {
    let code = r#"
        const e = pm.expect, t = pm.test;
        t('base64', () => { e(btoa('abc')).to.equal('YWJj'); e(atob('YWJj')).to.equal('abc'); });
        t('text', () => e(new TextDecoder().decode(new TextEncoder().encode('é€'))).to.equal('é€'));
        t('buffer', () => { e(Buffer.from('ff00', 'hex')[0]).to.equal(255); e(Buffer.concat([Buffer.from('a'), Buffer.from('b')]).toString()).to.equal('ab'); e(Buffer.from('YQ==', 'base64').toString()).to.equal('a'); e(Buffer.byteLength('é')).to.equal(2); });
        t('url', () => {
            const url = new URL('/p?a=1#h', 'https://user:pw@x.test:8080');
            e([url.host, url.pathname, url.search, url.hash, url.origin]).to.eql(['x.test:8080', '/p', '?a=1', '#h', 'https://x.test:8080']);
            url.searchParams.append('b', 'c d'); e(url.href).to.equal('https://user:pw@x.test:8080/p?a=1&b=c+d#h');
            e(() => new URL('nope')).to.throw(TypeError, 'Invalid URL');
        });
        t('random', () => { e(crypto.getRandomValues(new Uint8Array(8)).some((n) => n > 0)).to.be.true; e(crypto.randomUUID()).to.have.lengthOf(36); });
        t('clone', () => { const a = {d: new Date(0), m: new Map([[1, {b: 2}]])}; a.self = a; const b = structuredClone(a); e(b.self).to.equal(b); e(b.m.get(1)).to.eql({b: 2}); });
        t('language', () => { e([1, 2, 3].findLast((n) => n < 3)).to.equal(2); e([3, 1].toSorted()).to.eql([1, 3]); e(Object.groupBy([1, 2], (n) => (n % 2 ? 'odd' : 'even')).odd).to.eql([1]); });
        const order = []; setTimeout(() => order.push('timeout'), 0); setImmediate(() => order.push('immediate')); queueMicrotask(() => order.push('microtask'));
        let n = 0; await new Promise((resolve) => { const id = setInterval(() => { if (++n === 3) { clearInterval(id); resolve(); } }, 1); });
        t('timers', () => { e(order).to.eql(['microtask', 'immediate', 'timeout']); e(n).to.equal(3); });
    "#;
    assert_all_pass(&run(code).await);
}
