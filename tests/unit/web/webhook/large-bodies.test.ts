import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { LIMITS } from '../../../../src/core/alert/alert.ts';
import { enabledDrivers } from '../../../../src/drivers/registry.ts';
import { createAllowBody } from '../../../../src/web/webhook/large-bodies.ts';

const DRIVERS = enabledDrivers({ clusterEnabled: true });
const LARGE = LIMITS.bodyBytes + 1;
const request = (length?: number) =>
  ({ headers: length === undefined ? {} : { 'content-length': String(length) } }) as IncomingMessage;

test.each([
  ['alertmanager', 'proven', LARGE, LIMITS.groupBytes],
  ['alertmanager', 'proven', undefined, LIMITS.groupBytes],
  ['alertmanager', 'none', LARGE, LIMITS.bodyBytes],
  ['cluster', 'proven', LARGE, LIMITS.bodyBytes],
  ['cluster', 'signed', LARGE, LIMITS.bodyBytes],
  ['grafana', 'signed', LARGE, LIMITS.groupBytes],
  ['grafana', 'signed', undefined, LIMITS.bodyBytes],
  ['grafana', 'signed', LIMITS.groupBytes + 1, LIMITS.bodyBytes],
  ['', 'none', LARGE, LIMITS.bodyBytes],
] as const)('%s, %s, of %p bytes: %p', (name, proof, length, bytes) => {
  expect(createAllowBody()(DRIVERS.get(name), proof, request(length)).bytes).toBe(bytes);
});

test('a few signed ones are read at a time, and each makes room for one when it is done', () => {
  const allow = createAllowBody();
  const signed = () => allow(DRIVERS.get('grafana'), 'signed', request(LARGE));
  const first = Array.from({ length: 4 }, signed);
  expect(first.map(({ bytes }) => bytes)).toEqual(first.map(() => LIMITS.groupBytes));
  expect(signed().bytes).toBe(LIMITS.bodyBytes);
  first[0]?.release();
  first[0]?.release();
  expect([signed().bytes, signed().bytes]).toEqual([LIMITS.groupBytes, LIMITS.bodyBytes]);
});
