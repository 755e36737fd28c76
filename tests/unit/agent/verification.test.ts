import { expect, test } from '@jest/globals';
import { verificationOf } from '../../../src/agent/verification.ts';
import type { HttpResult } from '../../../src/lib/http/client.ts';

const AT = Date.UTC(2026, 10, 28, 12);
const asked = { instanceId: 'web-1', sentAt: AT, answeredAt: AT + 200 };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function ok(body: unknown, headers: Record<string, string> = JSON_TYPE): HttpResult {
  return { ok: true, status: 200, body: typeof body === 'string' ? body : JSON.stringify(body), headers };
}

const ACCEPTED = { status: 'ok', accepted: true, credential: 'key:k7', instance_id: 'web-1' };

test('what the hub says of a proof that it accepts, and the time between the clocks', () => {
  const said = { ...ACCEPTED, received_at: new Date(AT - 41_900).toISOString() };
  const { answer, ...rest } = verificationOf(ok(said), asked);
  expect(rest).toEqual({ isAccepted: true, reason: null, credential: 'key:k7', clockOffsetMs: 42_000 });
  expect(answer?.status).toBe(200);
});

test('a hub need not tell its time', () => {
  expect(verificationOf(ok({ accepted: true }), asked)).toMatchObject({ isAccepted: true, clockOffsetMs: null });
});

test.each<[string, HttpResult, RegExp]>([
  ['the key of another instance', ok({ ...ACCEPTED, instance_id: 'web-2' }), /valid for web-2 only.*INSTANCE_ID=web-2/],
  ['an older hub', ok({ status: 'ok', message: 'Alert webhook endpoint is ready' }), /did not say whether/],
  ['a word that only looks like yes', ok({ accepted: 'true' }), /did not say whether/],
  ['a login page', ok('<html>', { 'content-type': 'text/html' }), /web page/],
  ['a page that calls itself JSON', ok('<html>'), /not the JSON object/],
  ['an answer that was compressed', ok(ACCEPTED, { ...JSON_TYPE, 'content-encoding': 'gzip' }), /encoded as "gzip"/],
  [
    'a refusal',
    {
      ok: false,
      kind: 'status',
      permanent: true,
      reason: 'HTTP 403 Forbidden: no',
      status: 403,
      body: '{}',
      headers: {},
    },
    /403 Forbidden: no/,
  ],
  ['nobody there', { ok: false, kind: 'refused', permanent: false, reason: 'hub:80 refused' }, /hub:80 refused/],
])('%s is no acceptance, and the reason says so', (_, result, reason) => {
  const verification = verificationOf(result, asked);
  expect(verification.isAccepted).toBe(false);
  expect(verification.reason).toMatch(reason);
});
