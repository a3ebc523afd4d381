// `toLocaleString` as Node gives it for US English, which is what reports and older scripts show.
// The engine has no tables of languages: other languages get the same, but for `en-GB` dates.
'use strict';

const { Number, String, Date, define } = internal.p;
const getters = Date.prototype;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const two = (number) => (number < 10 ? `0${number}` : `${number}`);

function grouped(value, options) {
    const number = Number(value);
    if (Number.isNaN(number)) return 'NaN';
    if (!Number.isFinite(number)) return number < 0 ? '-∞' : '∞';
    const percent = options.style === 'percent';
    const money = options.style === 'currency';
    const least = options.minimumFractionDigits ?? (money ? 2 : 0);
    const most = Math.max(options.maximumFractionDigits ?? (money ? 2 : percent ? 0 : 3), least);
    const size = Math.abs(percent ? number * 100 : number);
    // A decimal's own digits, since `toFixed` rounds the binary number; `1.0005` is 1.001 here.
    let text = size >= 1e21 ? String(BigInt(size)) : rounded(size, most);
    let [whole, part = ''] = text.split('.');
    while (part.length > least && part.endsWith('0')) part = part.slice(0, -1);
    whole = whole.padStart(options.minimumIntegerDigits ?? 1, '0');
    if (options.useGrouping !== false) whole = whole.replace(/\B(?=(\d{3})+$)/g, ',');
    text = part === '' ? whole : `${whole}.${part}`;
    const symbol = money ? { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹' }[options.currency] ?? `${options.currency} ` : '';
    return `${number < 0 ? '-' : ''}${symbol}${text}${percent ? '%' : ''}`;
}

function rounded(size, digits) {
    const text = String(size);
    if (text.includes('e')) return size.toFixed(digits);
    const [whole, part = ''] = text.split('.');
    if (part.length <= digits) return digits === 0 ? whole : `${whole}.${part.padEnd(digits, '0')}`;
    const up = part[digits] >= '5' ? 1n : 0n;
    const all = String(BigInt(whole + part.slice(0, digits)) + up).padStart(digits + 1, '0');
    return digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

const method = (owner, name, make) => define(owner, name, { value: make, writable: true, configurable: true, enumerable: false });
method(Number.prototype, 'toLocaleString', function toLocaleString(locale, options) { return grouped(this, options ?? {}); });
method(BigInt.prototype, 'toLocaleString', function toLocaleString() { return String(this).replace(/\B(?=(\d{3})+$)/g, ','); });

const british = (locale) => typeof locale === 'string' && locale.startsWith('en-GB');

function dayOf(date, locale, options) {
    // `timeZone` is known as UTC only, which is also the zone of most machines that run tests.
    const get = (name) => getters[`get${options.timeZone === 'UTC' ? 'UTC' : ''}${name}`].call(date);
    const [year, month, day] = [get('FullYear'), get('Month'), get('Date')];
    const asked = options.year ?? options.month ?? options.day ?? options.weekday;
    if (asked === undefined) return british(locale) ? `${two(day)}/${two(month + 1)}/${year}` : `${month + 1}/${day}/${year}`;
    const shown = (form, number) => (form === undefined ? undefined : form === '2-digit' ? two(number % 100) : String(number));
    const weekday = options.weekday === undefined ? undefined : options.weekday === 'long' ? DAYS[get('Day')] : DAYS[get('Day')].slice(0, 3);
    const parts = { day: shown(options.day, day), year: shown(options.year, year) };
    if (options.month === 'long' || options.month === 'short') {
        const name = options.month === 'long' ? MONTHS[month] : MONTHS[month].slice(0, 3);
        const front = [name, parts.day].filter(Boolean).join(' ');
        return [weekday, front + (parts.year ? (parts.day ? `, ${parts.year}` : ` ${parts.year}`) : '')].filter(Boolean).join(', ');
    }
    const numbers = [shown(options.month, month + 1), parts.day, parts.year].filter(Boolean).join('/');
    return [weekday, numbers].filter(Boolean).join(', ');
}

function timeOf(date, locale, options) {
    const get = (name) => getters[`get${options.timeZone === 'UTC' ? 'UTC' : ''}${name}`].call(date);
    const half = options.hour12 ?? !british(locale);
    const hour = half ? get('Hours') % 12 || 12 : get('Hours');
    const asked = options.hour ?? options.minute ?? options.second;
    const text = [half && options.hour !== '2-digit' ? String(hour) : two(hour), two(get('Minutes'))];
    if (asked === undefined || options.second !== undefined) text.push(two(get('Seconds')));
    return text.join(':') + (half ? ` ${get('Hours') < 12 ? 'AM' : 'PM'}` : '');
}

const dated = (name, make) => method(getters, name, function (locale, options) {
    return Number.isNaN(+this) ? 'Invalid Date' : make(this, locale, options ?? {});
});
dated('toLocaleDateString', dayOf);
dated('toLocaleTimeString', timeOf);
dated('toLocaleString', (date, locale, options) => `${dayOf(date, locale, options)}, ${timeOf(date, locale, options)}`);
