import { format, inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/lib/crypto/secret.ts';

const CANARY = 'canary-7b1f0c-must-not-appear';
const secret = new Secret(CANARY);

test.each<[string, () => string]>([
  ['as text', () => `${secret}`],
  ['joined', () => [secret].join()],
  ['as JSON', () => JSON.stringify({ deep: [{ secret }] })],
  ['inspected', () => inspect({ deep: [{ secret }] }, { depth: 9, showHidden: true })],
  ['formatted', () => format('%s %o %j %d', secret, secret, secret, secret)],
  ['in an error', () => String(new Error(`no: ${secret}`))],
  ['by its keys', () => JSON.stringify(Object.getOwnPropertyNames(secret).map((name) => Reflect.get(secret, name)))],
  ['cloned', () => JSON.stringify({ ...secret })],
])('%s it is not told', (_, print) => {
  secret.hmac('the pads are made');
  expect(print()).not.toContain(CANARY);
});

describe('comparing', () => {
  test.each([
    [CANARY, true],
    ['', false],
    [`${CANARY} `, false],
    [CANARY.slice(1), false],
    [CANARY.toUpperCase(), false],
  ])('%j: %s', (candidate, answer) => {
    expect(secret.equals(candidate)).toBe(answer);
  });
});

test('its length is in bytes', () => {
  expect(new Secret('ü😀').bytes).toBe(6);
});
