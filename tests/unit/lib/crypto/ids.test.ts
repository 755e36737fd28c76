import { expect, test } from '@jest/globals';
import { createUuids, nonce, randomSecret, uuidv7 } from '../../../../src/lib/crypto/ids.ts';

test('an id is a UUIDv7 of its time, and later ones sort later', () => {
  const times = [0, 1, 1_700_000_000_000, 1_700_000_000_001, Date.UTC(9999, 11, 31)];
  const ids = times.map(uuidv7);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.map((id) => Number.parseInt(id.replace('-', '').slice(0, 12), 16))).toEqual(times);
  expect(ids.toSorted()).toEqual(ids);
});

test('no two of one millisecond are equal', () => {
  expect(new Set(Array.from({ length: 20_000 }, () => uuidv7(5))).size).toBe(20_000);
});

test('ids of one maker sort in the order in which they were made, whatever the clock does', () => {
  let now = 1_700_000_000_000;
  const newId = createUuids(() => now);
  const ids = [newId(), newId()];
  now -= 5000;
  for (let count = 0; count < 10_000; count += 1) ids.push(newId());
  now += 20_000;
  ids.push(newId());
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(Number.parseInt((ids.at(-1) ?? '').replace('-', '').slice(0, 12), 16)).toBe(now);
});

test('nonces and secrets have the length that was promised, and are not drawn twice', () => {
  const nonces = Array.from({ length: 1000 }, () => nonce(1_774_785_600_000));
  for (const one of nonces) expect(one).toMatch(/^[0-9a-f]{32}$/);
  const secrets = Array.from({ length: 1000 }, () => randomSecret());
  for (const one of secrets) expect(one).toMatch(/^[\w-]{43}$/);
  expect(new Set([...nonces, ...secrets]).size).toBe(2000);
});

test('nonces sort by when they were made', () => {
  const times = [0, 1_774_785_600_000, 1_774_785_600_001, 1_774_785_601_000, 4_102_444_800_000];
  const nonces = times.map((time) => nonce(time));
  expect(nonces.toSorted()).toEqual(nonces);
});
