import { describe, expect, test } from '@jest/globals';
import type { Seen } from '../../../../src/core/endpoint/condition/condition.ts';
import { placeholdersOf } from '../../../../src/core/endpoint/condition/condition.ts';
import { evaluateConditions } from '../../../../src/core/endpoint/condition/evaluate.ts';
import {
  goDuration,
  goDurationText,
  orderedNumber,
  wholeNumber,
} from '../../../../src/core/endpoint/condition/numbers.ts';
import { parseCondition, showFault } from '../../../../src/core/endpoint/condition/parse.ts';
import { anyCondition, anySeen } from '../../../support/conditions.ts';
import fc from '../../../support/property.ts';

const HOUR = 3_600_000;
const BLANK: Seen = {
  ...{ connected: true, status: 200, responseTimeMs: 50, ip: '192.0.2.7', body: '', dnsRcode: '' },
  ...{ certificateMs: null, domainMs: null },
};

test('those that hold are shown with what was seen where that is wanted', () => {
  const parsed = ['[STATUS] == 200', '[BODY].a == x', '1 == 1'].map((text) => parseCondition(text));
  const conditions = parsed.flatMap((one) => (one.ok ? [one.condition] : []));
  const seen = { ...BLANK, status: 200, body: '{"a":"y"}' };
  const shown = (options: Parameters<typeof evaluateConditions>[2]) =>
    evaluateConditions(conditions, seen, options).map(({ condition }) => condition);
  expect(shown({ resolved: true })).toEqual(['[STATUS] (200) == 200', '[BODY].a (y) == x', '1 == 1']);
  expect(shown({ resolved: true, asWritten: true })).toEqual(['[STATUS] (200) == 200', '[BODY].a == x', '1 == 1']);
});

function ask(text: string, seen: Partial<Seen>, asWritten = false) {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  const [result] = evaluateConditions([parsed.condition], { ...BLANK, ...seen }, { asWritten });
  return result;
}

const status = (value: number): Partial<Seen> => ({ status: value });
const time = (value: number): Partial<Seen> => ({ responseTimeMs: value });
const body = (value: string): Partial<Seen> => ({ body: value });
const json = (value: unknown): Partial<Seen> => body(JSON.stringify(value));
const cert = (hours: number): Partial<Seen> => ({ certificateMs: hours * HOUR });
const nested = { v: { list: [{}, {}, { k: 'c' }] } };

/** A condition, what was seen, and how it is shown when it does not hold; null for one that holds. */
const CASES: readonly (readonly [string, Partial<Seen>, string | null])[] = [
  ['[STATUS] == 200', status(200), null],
  ['[STATUS] == 200', status(500), '[STATUS] (500) == 200'],
  ['200 == [STATUS]', status(500), '200 == [STATUS] (500)'],
  ['[STATUS] != 200', status(500), null],
  ['[STATUS] != 200', status(200), '[STATUS] (200) != 200'],
  ['[STATUS] < 300', status(299), null],
  ['[STATUS] < 300', status(404), '[STATUS] (404) < 300'],
  ['[STATUS] < 300', status(300), '[STATUS] (300) < 300'],
  ['[STATUS] <= 300', status(300), null],
  ['[STATUS] <= 299', status(300), '[STATUS] (300) <= 299'],
  ['[STATUS] > 199', status(200), null],
  ['[STATUS] > 200', status(200), '[STATUS] (200) > 200'],
  ['[STATUS] >= 200', status(200), null],
  ['[STATUS] >= 200', status(199), '[STATUS] (199) >= 200'],
  ['300 > [STATUS]', status(404), '300 > [STATUS] (404)'],
  ['[STATUS] == 0xc8', status(200), null],
  ['[STATUS] < 400', status(0), '[STATUS] (0) < 400'],
  ['400 >= [STATUS]', status(0), '400 >= [STATUS] (0)'],
  ['[STATUS] == 0', status(0), null],
  ['[RESPONSE_TIME] < 500', { connected: false, responseTimeMs: 1 }, '[RESPONSE_TIME] (1) < 500'],
  ['[RESPONSE_TIME] != 0', { connected: false, responseTimeMs: 1 }, null],
  ['[STATUS] == 0', status(0), null],
  ['[STATUS] == any(200, 429)', status(429), null],
  ['[STATUS] == any(200, 429)', status(200), null],
  ['[STATUS] == any(200,429)', status(429), null],
  ['[STATUS] == any(200, 429)', status(500), '[STATUS] (500) == any(200, 429)'],
  ['any(200, 429) == [STATUS]', status(429), null],
  ['any(200, 429) == [STATUS]', status(503), 'any(200, 429) == [STATUS] (503)'],
  ['[STATUS] != any(500, 502)', status(200), null],
  ['[STATUS] != any(500, 502)', status(502), '[STATUS] (502) != any(500, 502)'],
  ['any(500, 502) != [STATUS]', status(502), 'any(500, 502) != [STATUS] (502)'],
  ['[STATUS] == any(200)', status(200), null],
  ['[STATUS] == pat(2*)', status(204), null],
  ['[STATUS] == pat(4*)', status(404), null],
  ['[STATUS] == pat(4*)', status(204), '[STATUS] (204) == pat(4*)'],
  ['pat(2*) == [STATUS]', status(204), null],
  ['[STATUS] != pat(5*)', status(204), null],
  ['[STATUS] != pat(5*)', status(503), '[STATUS] (503) != pat(5*)'],
  ['[STATUS] == pat(2?4)', status(204), null],
  ['[STATUS] == pat(20[0-4])', status(204), null],
  ['[STATUS] == pat(20[^0-4])', status(204), '[STATUS] (204) == pat(20[^0-4])'],
  ['len([STATUS]) == 3', status(200), null],
  ['has([STATUS]) == true', status(200), null],
  ['[status] == 200', status(200), null],
  ['[Status] == 200', status(500), '[Status] (500) == 200'],

  ['[RESPONSE_TIME] < 500', time(50), null],
  ['[RESPONSE_TIME] < 500', time(500), '[RESPONSE_TIME] (500) < 500'],
  ['[RESPONSE_TIME] <= 500', time(500), null],
  ['[RESPONSE_TIME] <= 500', time(500.9), null],
  ['[RESPONSE_TIME] > 500', time(750), null],
  ['[RESPONSE_TIME] >= 500', time(499), '[RESPONSE_TIME] (499) >= 500'],
  ['[RESPONSE_TIME] < 1s', time(999), null],
  ['[RESPONSE_TIME] < 1s', time(1000), '[RESPONSE_TIME] (1000) < 1s'],
  ['[RESPONSE_TIME] < 500ms', time(499), null],
  ['[RESPONSE_TIME] < 1.5s', time(1400), null],
  ['[RESPONSE_TIME] < 1m', time(59_999), null],
  ['[RESPONSE_TIME] < 1m30s', time(90_000), '[RESPONSE_TIME] (90000) < 1m30s'],
  ['1s > [RESPONSE_TIME]', time(1000), '1s > [RESPONSE_TIME] (1000)'],
  ['[RESPONSE_TIME] < 0.5', time(0), null],
  ['[RESPONSE_TIME] == 50', time(50), null],

  ['[IP] == 192.0.2.7', {}, null],
  ['[IP] == 127.0.0.1', {}, '[IP] (192.0.2.7) == 127.0.0.1'],
  ['[IP] == pat(192.*)', {}, null],
  ['[IP] == pat(10.*)', {}, '[IP] (192.0.2.7) == pat(10.*)'],
  ['[IP] != pat(10.*)', {}, null],
  ['[IP] == any(127.0.0.1, 192.0.2.7)', {}, null],
  ['[IP] == pat(*:*)', { ip: '2001:db8::1' }, null],
  ['[IP] == 192.0.2.7', { ip: '' }, '[IP] () == 192.0.2.7'],
  ['has([IP]) == true', { ip: '' }, 'has([IP]) (false) == true'],

  ['[CONNECTED] == true', {}, null],
  ['[CONNECTED] == true', { connected: false }, '[CONNECTED] (false) == true'],
  ['[CONNECTED] != true', { connected: false }, null],
  ['[CONNECTED] == false', { connected: false }, null],

  ['[CERTIFICATE_EXPIRATION] > 48h', cert(72), null],
  ['[CERTIFICATE_EXPIRATION] > 48h', cert(24), '[CERTIFICATE_EXPIRATION] (24h) > 48h'],
  ['[CERTIFICATE_EXPIRATION] > 48h', cert(24.5), '[CERTIFICATE_EXPIRATION] (24h30m) > 48h'],
  ['[CERTIFICATE_EXPIRATION] > 48h', { certificateMs: HOUR + 15_000 }, '[CERTIFICATE_EXPIRATION] (1h0m15s) > 48h'],
  ['[CERTIFICATE_EXPIRATION] > 48h', { certificateMs: 15_900 }, '[CERTIFICATE_EXPIRATION] (15s) > 48h'],
  ['[CERTIFICATE_EXPIRATION] > 48h', cert(-1), '[CERTIFICATE_EXPIRATION] (-1h) > 48h'],
  ['[CERTIFICATE_EXPIRATION] > 48h', {}, '[CERTIFICATE_EXPIRATION] (0s) > 48h'],
  ['[CERTIFICATE_EXPIRATION] > 172800000', cert(72), null],
  ['[CERTIFICATE_EXPIRATION] > 172800000', cert(47), '[CERTIFICATE_EXPIRATION] (47h) > 172800000'],
  ['[CERTIFICATE_EXPIRATION] == 0', {}, null],
  ['48h < [CERTIFICATE_EXPIRATION]', cert(24), '48h < [CERTIFICATE_EXPIRATION] (24h)'],
  ['[DOMAIN_EXPIRATION] > 720h', { domainMs: 721 * HOUR }, null],
  ['[DOMAIN_EXPIRATION] > 720h', { domainMs: 24 * HOUR }, '[DOMAIN_EXPIRATION] (24h) > 720h'],
  ['[DOMAIN_EXPIRATION] > 720h', {}, '[DOMAIN_EXPIRATION] (0s) > 720h'],

  ['[DNS_RCODE] == NOERROR', { dnsRcode: 'NOERROR' }, null],
  ['[DNS_RCODE] == NOERROR', { dnsRcode: 'NXDOMAIN' }, '[DNS_RCODE] (NXDOMAIN) == NOERROR'],
  ['[DNS_RCODE] != NXDOMAIN', { dnsRcode: 'SERVFAIL' }, null],
  ['[DNS_RCODE] == any(NOERROR, NXDOMAIN)', { dnsRcode: 'NXDOMAIN' }, null],

  ['[BODY] == ok', body('ok'), null],
  ['[BODY] == ok', body('ok\n'), null],
  ['[BODY] == ok', body('OK'), '[BODY] (OK) == ok'],
  ['[BODY] != ok', body('no'), null],
  ['[BODY] == two words', body('two words'), null],
  ['[BODY] > 122', body('123'), null],
  ['[BODY] > 122', body('122'), '[BODY] (122) > 122'],
  ['[BODY] > 122', body('many'), '[BODY] (0) > 122'],
  ['[BODY] == 123', body('0x7b'), null],
  ['[BODY] == a (b', body('a (b'), null],
  ['[BODY] == []', body('[]'), null],
  ['[BODY] == [red]', body('[red]'), null],
  ['[BODY] == {"a":1}', body('{"a":1}'), null],
  ['[BODY] == pat(*<b>ready</b>*)', body('<html><b>ready</b></html>'), null],
  [
    '[BODY] == pat(*<b>ready</b>*)',
    body('<html><b>not ready</b>'),
    '[BODY] (<html><b>not ready</b>) == pat(*<b>ready</b>*)',
  ],
  ['[BODY] == pat(*ready*)', body(`${'x'.repeat(30)}`), `[BODY] (${'x'.repeat(25)}...(truncated)) == pat(*ready*)`],
  ['[BODY] == short', body('x'.repeat(25)), `[BODY] (${'x'.repeat(25)}) == short`],
  ['[BODY] == short', body('x'.repeat(26)), `[BODY] (${'x'.repeat(25)}...(truncated)) == short`],
  ['[BODY] == pat(*)', body(''), null],
  ['[BODY] == pat(*)', body('a\nb/c'), null],
  ['[BODY] == pat(a*c)', body('a/b/c'), null],
  ['[BODY] == pat(a*c)', body('a/b/d'), '[BODY] (a/b/d) == pat(a*c)'],
  ['[BODY] == pat(*a*b*)', body('xaxxbx'), null],
  ['[BODY] == pat(*a*b*)', body('xbxxax'), '[BODY] (xbxxax) == pat(*a*b*)'],
  ['[BODY] == pat(\\*)', body('*'), null],
  ['[BODY] == pat(\\*)', body('x'), '[BODY] (x) == pat(\\*)'],
  ['[BODY] == pat([)', body('['), null],
  ['[BODY] == pat(*a == b*)', body('if a == b then'), null],
  ['pat(*a == b*) == [BODY]', body('if a == b then'), null],
  ['[BODY] == pat(*ä*)', body('Käse'), null],
  ['[BODY] == pat(?)', body('😀'), null],
  ['len([BODY]) == 2', body('ab'), null],
  ['len([BODY]) == 2', body('[1,2]'), null],
  ['len([BODY]) == 1', body('😀'), null],
  ['len([BODY]) == 0', body(''), null],
  ['len([BODY]) > 3', body('abc'), 'len([BODY]) (3) > 3'],
  ['len([BODY]) == 7', body('{"a":1}'), null],
  ['len([BODY]) == 2', body('[1,'), 'len([BODY]) (3) == 2'],
  ['has([BODY]) == true', body('x'), null],
  ['has([BODY]) == true', body('  '), 'has([BODY]) (false) == true'],

  ['[BODY].state == UP', json({ state: 'UP' }), null],
  ['[BODY].state == UP', json({ state: 'DOWN' }), '[BODY].state (DOWN) == UP'],
  ['[BODY].state == UP', body('<html>'), '[BODY].state (INVALID) == UP'],
  ['[BODY].state == UP', body(''), '[BODY].state (INVALID) == UP'],
  ['[BODY].state == UP', json({}), '[BODY].state (INVALID) == UP'],
  ['[BODY].state != DOWN', json({}), '[BODY].state (INVALID) != DOWN'],
  ['[BODY].state != DOWN', body('<html>'), '[BODY].state (INVALID) != DOWN'],
  ['[BODY].state != DOWN', json({ state: 'UP' }), null],
  ['UP == [BODY].state', json({ state: 'UP' }), null],
  ['UP == [BODY].state', json({}), 'UP == [BODY].state (INVALID)'],
  ['[BODY].n == OK', json({ n: null }), '[BODY].n (INVALID) == OK'],
  ['[BODY].n != OK', json({ n: null }), '[BODY].n (INVALID) != OK'],
  ['[BODY].n == null', json({ n: null }), '[BODY].n (INVALID) == null'],
  ['[BODY].n == null', json({ n: 'null' }), null],
  ['[BODY].n > 5', json({}), '[BODY].n (INVALID) > 5'],
  ['[BODY].n < 5', json({}), '[BODY].n (INVALID) < 5'],
  ['[BODY][0].id == 7', json([{ id: 7 }]), null],
  ['[BODY].[0].id == 7', json([{ id: 7 }]), null],
  ['[BODY][0].id == 7', json([{ id: 8 }]), '[BODY][0].id (8) == 7'],
  ['[BODY][0].id == 7', json({ id: 7 }), '[BODY][0].id (INVALID) == 7'],
  ['[BODY][1].id == 7', json([{ id: 7 }]), '[BODY][1].id (INVALID) == 7'],
  ['[BODY][0] == a', json(['a']), null],
  ['[BODY][1][0] == b', json(['a', ['b']]), null],
  ['[BODY].v.list[2].k == c', json(nested), null],
  ['[BODY].v.list[1].k == c', json(nested), '[BODY].v.list[1].k (INVALID) == c'],
  ['[BODY].list[9] == x', json({ list: ['x'] }), '[BODY].list[9] (INVALID) == x'],
  ['[BODY].a.b.c == d', json({ a: { b: { c: 'd' } } }), null],
  ['[BODY].a.b == d', json({ a: 'text' }), '[BODY].a.b (INVALID) == d'],
  ['[BODY].a.b == d', json({ a: [{ b: 'd' }] }), '[BODY].a.b (INVALID) == d'],
  ['[BODY].a == {"b":1}', json({ a: { b: 1 } }), null],
  ['[BODY].my key == x', json({ 'my key': 'x' }), null],
  ['[BODY].a-b_c == x', json({ 'a-b_c': 'x' }), null],
  ['[BODY]["a.b"] == x', json({ 'a.b': 'x' }), null],
  ["[BODY]['a.b'].c == x", json({ 'a.b': { c: 'x' } }), null],
  ['[BODY].Name == x', json({ name: 'x', Name: 'y' }), '[BODY].Name (y) == x'],
  ['[body].name == x', json({ name: 'x' }), null],
  ['[BODY].__proto__ == x', json({}), '[BODY].__proto__ (INVALID) == x'],
  ['[BODY].constructor == x', json({}), '[BODY].constructor (INVALID) == x'],
  ['has([BODY].toString) == false', json({}), null],
  ['[BODY].length == 2', json(['a', 'b']), '[BODY].length (INVALID) == 2'],
  ['[BODY].free > 10', json({ free: '12.9' }), null],
  ['[BODY].free > 10', json({ free: 10.9 }), null],
  ['[BODY].free > 10.9', json({ free: 10.9 }), '[BODY].free (10.9) > 10.9'],
  ['[BODY].free > 100', json({ free: '123.4' }), null],
  ['[BODY].free > 100', json({ free: '1e3' }), null],
  ['[BODY].free > 100', json({ free: 'abc' }), '[BODY].free (0) > 100'],
  ['[BODY].free > 100', json({ free: true }), '[BODY].free (0) > 100'],
  ['[BODY].free > -1', json({ free: '-0.5' }), null],
  ['[BODY].n >= 1', json({ n: '0x01' }), null],
  ['[BODY].n == 1', json({ n: '0x1' }), null],
  ['[BODY].n == 2', json({ n: '0o2' }), null],
  ['[BODY].n == 2', json({ n: '0b0010' }), null],
  ['[BODY].n == 0x1', json({ n: 1 }), null],
  ['0x01 >= 1', {}, null],
  ['len([BODY].n) == 4', json({ n: '0x01' }), null],
  ['[BODY].n == 1', json({ n: 1 }), null],
  ['[BODY].n == 1', json({ n: '1' }), null],
  ['[BODY].n == 1', json({ n: '1.0' }), '[BODY].n (1.0) == 1'],
  ['[BODY].n == 1.5', json({ n: 1.5 }), null],
  ['[BODY].n == 1.10', json({ n: '1.1' }), '[BODY].n (1.1) == 1.10'],
  ['[BODY].n == -5', json({ n: -5 }), null],
  ['[BODY].n < 0', json({ n: -5 }), null],
  ['[BODY].n < 2s', json({ n: '1500ms' }), null],
  ['[BODY].n < 2s', json({ n: '1m' }), '[BODY].n (60000) < 2s'],
  ['[BODY].a == [BODY].b', json({ a: 1, b: '1' }), null],
  ['[BODY].a == [BODY].b', json({ a: 'x', b: 'y' }), '[BODY].a (x) == [BODY].b (y)'],
  ['[BODY].a == [BODY].b', json({ a: 'x' }), '[BODY].a (x) == [BODY].b (INVALID)'],
  ['[BODY].a == [BODY].b', json({}), '[BODY].a (INVALID) == [BODY].b (INVALID)'],
  ['[BODY].a != [BODY].b', json({ a: 'x', b: 'y' }), null],
  ['[BODY].a < [BODY].b', json({ a: 1, b: 2 }), null],
  ['[BODY].a < [BODY].b', json({ a: 3, b: 2 }), '[BODY].a (3) < [BODY].b (2)'],
  ['[BODY].on == true', json({ on: true }), null],
  ['[BODY].on == true', json({ on: false }), '[BODY].on (false) == true'],
  ['[BODY].on != true', json({ on: false }), null],
  ['[BODY].tags == pat(*blue*)', json({ tags: ['red', 'blue'] }), null],
  ['[BODY].tags == pat(*green*)', json({ tags: ['red'] }), '[BODY].tags (["red"]) == pat(*green*)'],
  ['[BODY].name == pat(*@example.com)', json({ name: 'a@example.com' }), null],
  ['[BODY].name == pat(b*)', json({ name: 'abc' }), '[BODY].name (abc) == pat(b*)'],
  ['[BODY].name == pat(b*)', json({}), '[BODY].name (INVALID) == pat(b*)'],
  ['[BODY].name != pat(b*)', json({}), '[BODY].name (INVALID) != pat(b*)'],
  ['[BODY].name == any(a, b)', json({ name: 'b' }), null],
  ['[BODY].name == any(a, b)', json({ name: 'c' }), '[BODY].name (c) == any(a, b)'],
  ['[BODY].name == any(a b, c d)', json({ name: 'c d' }), null],
  ['[BODY].name == any(a, b)', json({}), '[BODY].name (INVALID) == any(a, b)'],
  ['[BODY].name != any(a, b)', json({ name: 'c' }), null],
  ['len([BODY].items) > 0', json({ items: [1] }), null],
  ['len([BODY].items) > 0', json({ items: [] }), 'len([BODY].items) (0) > 0'],
  ['len([BODY].items) == 3', json({ items: [1, 2] }), 'len([BODY].items) (2) == 3'],
  ['len([BODY].items) == [BODY].count', json({ items: [1, 2], count: 2 }), null],
  ['3 > len([BODY].items)', json({ items: [1, 2] }), null],
  ['len([BODY].x) == 0', json({}), 'len([BODY].x) (INVALID) == 0'],
  ['len([BODY].x) == 0', json({ x: null }), 'len([BODY].x) (INVALID) == 0'],
  ['len([BODY].a) == 3', body('no json'), 'len([BODY].a) (INVALID) == 3'],
  ['len([BODY].s) == 4', json({ s: 'john' }), null],
  ['len([BODY].s) == 4', json({ s: 'jörn' }), null],
  ['len([BODY].s) < 4', json({ s: 'john' }), 'len([BODY].s) (4) < 4'],
  ['len([BODY].n) == 5', json({ n: 12.34 }), null],
  ['len([BODY].b) == 4', json({ b: true }), null],
  ['len([BODY].o) == 7', json({ o: { a: 1 } }), null],
  ['len([BODY][0].list) == 1', json([{ list: ['a'] }]), null],
  ['has([BODY].error) == false', json({}), null],
  ['has([BODY].error) == false', json({ error: null }), null],
  ['has([BODY].errors) == false', json({ errors: ['x'] }), 'has([BODY].errors) (true) == false'],
  ['has([BODY].errors) == true', json({ errors: [] }), null],
  ['has([BODY].errors) == true', json({ errors: '' }), null],
  ['has([BODY].list[0].id) == true', json({ list: [{ id: 0 }] }), null],
  ['has([BODY].list[1]) == true', json({ list: [0] }), 'has([BODY].list[1]) (false) == true'],
  ['has([BODY].x) == false', body('no json'), null],
  ['has([BODY].x) != true', json({}), null],
  ['true == has([BODY].x)', json({ x: 1 }), null],

  ['[CONTEXT].id == 7', { context: { id: 7 } }, null],
  ['[CONTEXT].user.name == ann', { context: { user: { name: 'ann' } } }, null],
  ['[CONTEXT].id == 7', {}, '[CONTEXT].id (INVALID) == 7'],
  ['has([CONTEXT].id) == false', {}, null],
  ['[BODY].id == [CONTEXT].id', { body: '{"id":7}', context: { id: 7 } }, null],

  ['1 == 1', {}, null],
  ['1 == 2', {}, '1 == 2'],
  ['1 < 2', {}, null],
  ['2 < 1', {}, '2 < 1'],
  ['a == a', {}, null],
  ['a != a', {}, 'a != a'],
  ['1s > 500ms', {}, null],
  ['1.5 > 1.4', {}, null],
  ['0x10 == 16', {}, null],
  ['  [STATUS] == 200  ', status(200), null],
  ['[STATUS]  ==  200', status(500), '[STATUS] (500) == 200'],
];

describe('a condition', () => {
  test('is tried in 200 cases at least', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(200);
  });

  test.each(CASES)('%s of %j', (text, seen, shown) => {
    const result = ask(text, seen);
    expect(result).toEqual({ condition: shown ?? text.trim(), success: shown === null });
    expect(ask(text, seen, true)).toEqual({ condition: text.trim(), success: shown === null });
  });

  test('says which placeholders it asks for', () => {
    const parsed = ['len([BODY].x) > [STATUS]', '1 == 1', 'any(1, 2) == [IP]'].map(parseCondition);
    const conditions = parsed.flatMap((one) => (one.ok ? [one.condition] : []));
    expect([...placeholdersOf(conditions)].sort()).toEqual(['BODY', 'IP', 'STATUS']);
  });
});

describe('a text that is no condition', () => {
  test.each([
    ['', 0, 'is empty'],
    ['   ', 0, 'is empty'],
    ['[STATUS]', 8, 'an operator (== != <= >= < >) is missing'],
    ['[STATUS] ? 200', 9, 'an operator (== != <= >= < >) is missing'],
    ['[STATUS]==200', 8, 'write == with a blank on each side'],
    ['[STATUS] ==200', 9, 'write == with a blank on each side'],
    ['[STATUS]== 200', 8, 'write == with a blank on each side'],
    ['[STATUS]<300', 8, 'write < with a blank on each side'],
    ['[STATUS] = 200', 9, '"=" is no operator; write =='],
    ['[STATUS] = = 200', 9, '"=" is no operator; write =='],
    ['[STATUS] ==', 11, 'the right side is missing'],
    ['== 200', 0, 'the left side is missing'],
    ['[STATUS] == 200 == 300', 16, 'a second operator'],
    ['[STATUS] == 200 != 300', 16, 'a second operator'],
    ['[STATUSS] == 200', 0, 'there is no placeholder [STATUSS]; did you mean [STATUS]?'],
    ['200 == [STATSU]', 7, 'there is no placeholder [STATSU]; did you mean [STATUS]?'],
    ['[QQQQQQQQQ] == 1', 0, 'there is no placeholder [QQQQQQQQQ]; there are [STATUS], '],
    ['[STATUS].code == 200', 8, 'nothing may follow [STATUS]'],
    ['[STATUS == 200', 7, 'a "]" is missing'],
    ['[BODY]. == x', 7, 'a key is missing behind the dot'],
    ['[BODY].a..b == x', 9, 'a key is missing behind the dot'],
    ['[BODY].a[x] == 1', 9, 'an index is a whole number, such as [0]'],
    ['[BODY][-1] == 1', 7, 'an index is a whole number, such as [0]'],
    ['[BODY][0]a == 1', 9, 'a path goes on with .key or [index]'],
    ['[BODY]a == 1', 6, 'a path goes on with .key or [index]'],
    ['len([BODY].x == 3', 12, 'a ")" is missing before the operator'],
    ['[BODY].x == pat(a*', 18, 'a ")" is missing at the end of pat('],
    ['[BODY].x == any(a', 17, 'a ")" is missing at the end of any('],
    ['len() == 3', 4, 'len() needs something between its parentheses'],
    ['[BODY] == any( )', 14, 'any() needs something between its parentheses'],
    ['len(abc) == 3', 4, 'len() takes a placeholder, such as len([BODY].items)'],
    ['has(abc) == true', 4, 'has() takes a placeholder'],
    ['len(len([BODY])) == 3', 4, 'len() takes a placeholder'],
    ['len([STATUSS]) == 3', 4, 'there is no placeholder [STATUSS]'],
    ['[STATUS] < any(1, 2)', 11, 'any() works with == and != only'],
    ['pat(2*) >= [STATUS]', 0, 'pat() works with == and != only'],
    ['pat(a*) == pat(b*)', 11, 'pat() and any() stand on one side'],
    ['any(a, b) == pat(b*)', 13, 'pat() and any() stand on one side'],
    ['[RESPONSE_TIME] < potato', 18, '"potato" is no number and no time span'],
    ['potato > [RESPONSE_TIME]', 0, '"potato" is no number and no time span'],
    ['[RESPONSE_TIME] < 1x', 18, '"1x" is no number'],
    [`[BODY] == ${'x'.repeat(5000)}`, 4096, 'has more than 4096 characters'],
    ['  [STATUS]==200', 10, 'write == with a blank on each side'],
  ])('%s', (text, at, message) => {
    const parsed = parseCondition(text);
    expect(parsed).toMatchObject({ ok: false, at });
    expect(parsed.ok ? '' : parsed.message).toContain(message);
  });

  test('is shown with a mark below the character', () => {
    const text = '😀 [STATUS]==200';
    const parsed = parseCondition(text);
    expect(parsed.ok ? '' : showFault(text, parsed)).toBe(
      `write == with a blank on each side\n  ${text}\n            ^`,
    );
  });
});

describe('numbers', () => {
  test.each([
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['-2s', -2000],
    ['1us', 0.001],
    ['5', null],
    ['s', null],
    ['1h 30m', null],
    [`${'1s'.repeat(60)}`, null],
  ])('%s is a time span of %s ms', (text, ms) => expect(goDuration(text)).toBe(ms));

  test.each([
    ['0x1F', 31n],
    ['-0b11', -3n],
    ['010', 10n],
    ['18446744073709551615', null],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['1_000', null],
    ['', null],
  ])('%s is the whole number %s', (text, value) => expect(wholeNumber(text)).toBe(value));

  test.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1h', 3_600_000],
    ['NaN', null],
    ['Infinity', null],
    ['', null],
  ])('%s counts as %s', (text, value) => expect(orderedNumber(text)).toBe(value));

  test.each([
    [0, '0s'],
    [999, '0s'],
    [90_061_000, '25h1m1s'],
    [3_600_000, '1h'],
    [60_000, '1m'],
    [-60_000, '-1m'],
  ])('%s ms are written %s', (ms, text) => expect(goDurationText(ms)).toBe(text));
});

test('no text and no body brings it down', () => {
  void fc.assert(
    fc.property(anyCondition(), anySeen(), (text, seen) => {
      const parsed = parseCondition(text);
      if (!parsed.ok) {
        expect(parsed.at).toBeGreaterThanOrEqual(0);
        expect(parsed.at).toBeLessThanOrEqual(text.length);
        return;
      }
      const [result] = evaluateConditions([parsed.condition], seen);
      if (result?.success) expect(result.condition).toBe(parsed.condition.text);
      // As written, a condition means the same.
      const again = parseCondition(parsed.condition.text);
      expect(again.ok && again.condition).toEqual(parsed.condition);
    }),
    { numRuns: 2000 },
  );
});

test('100,000 random conditions neither crash nor hang', () => {
  let read = 0;
  for (const [text, seen] of fc.sample(fc.tuple(anyCondition(), anySeen()), 100_000)) {
    const parsed = parseCondition(text);
    if (!parsed.ok) continue;
    evaluateConditions([parsed.condition], seen);
    read += 1;
  }
  // Many of them are conditions, and not only texts that are refused.
  expect(read).toBeGreaterThan(5000);
});
