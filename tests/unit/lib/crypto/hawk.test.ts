import { describe, expect, test } from '@jest/globals';
import {
  type HawkTarget,
  hawkHash,
  hawkMac,
  isSignedBody,
  readHawk,
  signHawk,
  verifyHawk,
} from '../../../../src/lib/crypto/hawk.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import fc from '../../../support/property.ts';

// The examples of the protocol's own documentation, and one of Alerta's client.
const key = { id: 'dh37fgj492je', secret: new Secret('werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn') };
const moment = { timestamp: 1_353_832_234, nonce: 'j4h3g2', ext: 'some-app-ext-data' };
const resource = { path: '/resource/1?b=1&a=2', host: 'example.com', port: 8000 };
const AT = moment.timestamp * 1000;
const find = (id: string) => (id === key.id ? key : undefined);

describe('the vectors', () => {
  test('of a GET without a body', () => {
    expect(signHawk(key, { method: 'GET', ...resource }, null, moment)).toBe(
      'Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", ' +
        'mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="',
    );
  });

  test('of a POST with a body', () => {
    const payload = { type: 'text/plain', body: 'Thank you for flying Hawk' };
    const header = signHawk(key, { method: 'POST', ...resource }, payload, moment);
    expect(readHawk(header)).toMatchObject({
      hash: 'Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=',
      mac: 'aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=',
    });
  });

  test('of an action of Alerta', () => {
    const secret = new Secret('MDhjZGMyYTRkY2YyNjk1MTEyMWFlNmM3Y2UxZDU1ZjIK');
    const hash = hawkHash({ type: 'application/json', body: '{"action": "ack", "text": "", "timeout": null}' });
    expect(hash).toBe('P4l6HKuJZ8sesrmNqb2+3EjrsNSmlpj7hdKdlI4RV6o=');
    const path = '/alert/b528c6f7-0925-4f6d-b930-fa6c0bba51dc/action';
    const target = { method: 'PUT', path, host: 'localhost', port: 9001 };
    expect(hawkMac(secret, { timestamp: '1700000000', nonce: 'abc123', hash, ext: '' }, target)).toBe(
      'JtPAeQp1priZpuH7UjJGOPyvcP/8BImVOe9XLK/dqxg=',
    );
  });
});

describe('a signature', () => {
  const target: HawkTarget = { method: 'POST', ...resource };
  const payload = { type: 'application/json', body: '{"a":1}' };
  const header = signHawk(key, target, payload, moment);
  const judge = (changed: Partial<HawkTarget> = {}, at = AT, given = header) =>
    verifyHawk(given, { ...target, ...changed }, find, at);

  test('is right for what it was made for, however the host is written', () => {
    expect(judge()).toMatchObject({ ok: true, key, header: { nonce: 'j4h3g2' } });
    expect(judge({ host: 'EXAMPLE.com', method: 'post' }).ok).toBe(true);
  });

  test.each([
    ['another method', { method: 'PUT' }],
    ['another path', { path: '/resource/2?b=1&a=2' }],
    ['another query', { path: '/resource/1?b=1&a=3' }],
    ['another host', { host: 'example.org' }],
    ['another port', { port: 8001 }],
  ])('of %s is refused', (_, changed) => {
    expect(judge(changed)).toEqual({ ok: false, reason: 'wrong_signature' });
  });

  test('of a clock that is off by more than 300 s is refused', () => {
    expect(judge({}, AT + 300_000).ok).toBe(true);
    expect(judge({}, AT - 300_000).ok).toBe(true);
    expect(judge({}, AT + 301_000)).toEqual({ ok: false, reason: 'wrong_clock' });
    expect(judge({}, AT - 301_000)).toEqual({ ok: false, reason: 'wrong_clock' });
  });

  test('of an unknown key, or of another secret, is refused', () => {
    const other = { ...key, secret: new Secret('another secret of somebody else') };
    expect(judge({}, AT, signHawk(other, target, payload, moment))).toEqual({ ok: false, reason: 'wrong_signature' });
    const stranger = signHawk({ ...key, id: 'nobody' }, target, payload, moment);
    expect(judge({}, AT, stranger)).toEqual({ ok: false, reason: 'unknown_key' });
  });

  test.each([
    ['an attribute that is there twice', header.replace('Hawk ', 'Hawk ts="1", ')],
    ['one that nobody knows', `${header}, app="x"`],
    ['one without quotes', header.replace('ts="1353832234"', 'ts=1353832234')],
    ['a backslash', header.replace('j4h3g2', 'j4\\h3g2')],
    ['no nonce', header.replace(', nonce="j4h3g2"', '')],
    ['text behind it', `${header} and more`],
    ['nothing', 'Hawk '],
    ['too much of it', header.replace('some-app-ext-data', 'x'.repeat(5000))],
  ])('with %s cannot be read', (_, text) => {
    expect(judge({}, AT, text)).toEqual({ ok: false, reason: 'malformed_signature' });
  });

  test('may have its attributes in any order', () => {
    const [scheme, ...rest] = header.split(/(?<=Hawk) |, /);
    expect(judge({}, AT, `${scheme} ${rest.toReversed().join(',')}`).ok).toBe(true);
  });

  test('is right for no other request, and for no other body', () => {
    fc.assert(
      fc.property(
        ...([fc.string(), fc.string(), fc.webPath(), fc.webPath(), fc.nat(65_535), fc.nat(65_535)] as const),
        (body, otherBody, path, otherPath, port, otherPort) => {
          const own = { method: 'POST', path, host: 'a.example', port };
          const made = signHawk(key, own, { type: 'application/json', body }, moment);
          const judged = verifyHawk(made, { ...own, path: otherPath, port: otherPort }, find, AT);
          expect(judged.ok).toBe(path === otherPath && port === otherPort);
          const { hash = null } = readHawk(made) ?? {};
          expect(isSignedBody(hash, { type: 'application/json; charset=utf-8', body })).toBe(true);
          expect(isSignedBody(hash, { type: 'application/json', body: otherBody })).toBe(body === otherBody);
        },
      ),
    );
  });
});

test('only an empty body needs no hash', () => {
  expect(isSignedBody(null, { type: 'application/json', body: '' })).toBe(true);
  expect(isSignedBody(null, { type: 'application/json', body: 'x' })).toBe(false);
  expect(isSignedBody(hawkHash({ type: '', body: '' }), { type: 'application/json', body: '' })).toBe(false);
});
