import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Driver } from '../../../src/drivers/contract.ts';
import { generic } from '../../../src/drivers/generic.ts';
import { grafana } from '../../../src/drivers/grafana.ts';
import { pagerduty } from '../../../src/drivers/pagerduty.ts';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import { FIXTURES } from '../../support/golden.ts';

const NOW = Date.UTC(2026, 6, 1, 12);
const BODY = 'test message';
const OLD = new Secret('the-other-secret-of-a-rotation');

interface Sent {
  readonly body?: string | Buffer;
  readonly receivedAt?: number;
  readonly secrets?: readonly Secret[];
}

function verify(
  driver: Driver,
  headers: Record<string, string>,
  { body = BODY, receivedAt = NOW, secrets }: Sent = {},
) {
  const path = `/alerts/webhook/${driver.name}/`;
  const request = { method: 'POST', path, headers, body: Buffer.from(body), receivedAt };
  const given = secrets ?? [OLD, new Secret('secret')];
  return driver.signature?.verify(request, given, { requireV2: false });
}

const hmac = (text: string, secret = 'secret') => createHmac('sha256', secret).update(text).digest('hex');
const refused = (text: string) => ({ ok: false, reason: expect.stringContaining(text) });

/** What a right signature becomes that is not right: each must be refused. */
const spoiled = (hex: string) => [
  hex.slice(0, -1),
  `${hex}0`,
  hex.slice(1),
  (hex[0] === '0' ? '1' : '0') + hex.slice(1),
  '0'.repeat(64),
  Buffer.from(hex, 'hex').toString('base64'),
  `sha1=${hex}`,
];

describe('pagerduty', () => {
  // PagerDuty/go-pagerduty webhookv3_test.go.
  const vector = readFileSync(join(FIXTURES, 'pagerduty/signature_vector_body.json'));
  const secret = new Secret('lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK');
  const hex = '0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd';
  const check = (signature: string, sent: Sent = {}) =>
    verify(pagerduty, { 'x-pagerduty-signature': signature }, { body: vector, secrets: [OLD, secret], ...sent });

  test("the vendor's own vector, alone and in a list, whichever secret it is", () => {
    for (const list of [
      `v1=${hex}`,
      `v1=${'0'.repeat(64)},v1=${hex}`,
      `v2=abc, v1=${hex}`,
      `v1=${hex.toUpperCase()}`,
    ]) {
      expect(check(list)).toEqual({ ok: true });
      expect(check(list, { secrets: [secret, OLD] })).toEqual({ ok: true });
    }
  });

  test('anything else is refused', () => {
    for (const wrong of spoiled(hex)) expect(check(`v1=${wrong}`)).toEqual(refused('does not match'));
    expect(check('')).toEqual(refused('no signature of version v1'));
    for (const unknown of [hex, `v2=${hex}`, `v11=${hex}`, `V1=${hex}`])
      expect(check(unknown)).toEqual(refused('no signature of version v1'));
    expect(check(`v1=${hex}`, { secrets: [OLD] })).toEqual(refused('does not match'));
    expect(check(`v1=${hex}`, { body: Buffer.concat([vector, Buffer.from('\n')]) })).toEqual(refused('does not match'));
    expect(check([...Array(20).fill(`v1=${'0'.repeat(64)}`), `v1=${hex}`].join())).toEqual(refused('does not match'));
  });

  test('a retry has the name of the first request, even when it is signed anew in a rotation', () => {
    const sign = (secret: string) => ({ 'x-pagerduty-signature': `v1=${hmac(BODY, secret)}`, 'x-webhook-id': 'w-1' });
    const first = verify(pagerduty, sign('secret'));
    expect(first).toEqual({
      ok: true,
      replay: { key: 'w-1', signature: expect.stringMatching(/^[0-9a-f]{64}$/), called: 'X-Webhook-Id' },
    });
    expect(verify(pagerduty, sign('the-other-secret-of-a-rotation'))).toEqual(first);
    const other = verify(
      pagerduty,
      { 'x-pagerduty-signature': `v1=${hmac('{}')}`, 'x-webhook-id': 'w-1' },
      { body: '{}' },
    );
    expect(other).not.toEqual(first);
  });
});

describe('grafana', () => {
  // Computed from grafana/alerting http/hmac.go.
  const PLAIN = '3bcebf43c85d20bba6e3b6ba278af1d2ba3ab0d57de271b0ad30b833e851c5a6';
  const AT_ZERO = 'ac18a483a582b60a883e974541afe25aa1026136163e94665649743324183ef1';
  const timed = grafana.bind?.({ signature_header: 'X-Sig', timestamp_header: 'X-Time' }) ?? grafana;

  test('the vector without a timestamp', () => {
    expect(verify(grafana, { 'x-grafana-alerting-signature': PLAIN })).toEqual({ ok: true });
    for (const wrong of [...spoiled(PLAIN), AT_ZERO]) {
      expect(verify(grafana, { 'x-grafana-alerting-signature': wrong })).toEqual(refused('does not match'));
    }
    expect(verify(grafana, {})).toEqual(refused('does not match'));
  });

  test('the vector with a timestamp, in headers of any name', () => {
    const replay = { key: AT_ZERO, signature: AT_ZERO };
    expect(verify(timed, { 'x-sig': AT_ZERO, 'x-time': '0' }, { receivedAt: 0 })).toEqual({
      ok: true,
      sentAt: 0,
      replay,
    });
    expect(timed.signature?.isSigned({ ...REQUEST, headers: { 'x-sig': 'x' } })).toBe(true);
    expect(timed.signature?.isSigned({ ...REQUEST, headers: { 'x-grafana-alerting-signature': PLAIN } })).toBe(false);
  });

  test('once a timestamp is wanted, a signature without it is refused', () => {
    expect(verify(timed, { 'x-sig': PLAIN })).toEqual(refused('X-Time is missing'));
    expect(verify(timed, { 'x-sig': PLAIN, 'x-time': '0' }, { receivedAt: 0 })).toEqual(refused('does not match'));
  });

  test.each([
    [-301, 'behind'],
    [-300, undefined],
    [0, undefined],
    [300, undefined],
    [301, 'ahead of'],
  ])('a timestamp %d s off', (offset, side) => {
    const at = String(NOW / 1000 + offset);
    const answer = verify(timed, { 'x-sig': hmac(`${at}:${BODY}`), 'x-time': at });
    expect(answer).toMatchObject(
      side === undefined ? { ok: true, sentAt: Number(at) * 1000 } : refused(`301 s ${side}`),
    );
  });

  test.each(['1e9', '2026-07-01T12:00:00Z', '-5', '12345678901234'])('a timestamp %s is none', (at) => {
    expect(verify(timed, { 'x-sig': hmac(`${at}:${BODY}`), 'x-time': at })).toEqual(refused('must be Unix seconds'));
  });
});

describe('generic', () => {
  test('bare or with sha256=, in either case', () => {
    for (const right of [hmac(BODY), `sha256=${hmac(BODY)}`, hmac(BODY).toUpperCase()]) {
      expect(verify(generic, { 'x-webhook-signature': right })).toEqual({ ok: true });
    }
    for (const wrong of spoiled(hmac(BODY))) {
      expect(verify(generic, { 'x-webhook-signature': wrong })).toEqual(refused('does not match'));
    }
    expect(verify(generic, {})).toEqual(refused('does not match'));
    expect(verify(generic, { 'x-webhook-signature': hmac(BODY) }, { secrets: [] })).toEqual(refused('does not match'));
  });
});

const REQUEST = { method: 'POST', path: '/', body: Buffer.from(BODY), receivedAt: NOW };

test.each([
  [pagerduty, 'x-pagerduty-signature'],
  [grafana, 'x-grafana-alerting-signature'],
  [generic, 'x-webhook-signature'],
])('$name is signed when its header is there', ({ signature }, header) => {
  expect(signature?.isSigned({ ...REQUEST, headers: { [header]: 'anything' } })).toBe(true);
  for (const headers of [{}, { [header]: '' }, { authorization: 'Bearer x' }]) {
    expect(signature?.isSigned({ ...REQUEST, headers })).toBe(false);
  }
});

test.each([generic, grafana, pagerduty].map((driver) => [driver.name, driver] as const))(
  'a request without a signature is none that %s verifies',
  (name, { signature }) => {
    const request = { method: 'POST', path: `/alerts/webhook/${name}/`, body: Buffer.from(BODY), receivedAt: NOW };
    for (const value of [undefined, '', ' ', ['a', 'b']]) {
      const header = { pagerduty: 'x-pagerduty-signature', grafana: 'x-grafana-alerting-signature' }[name];
      const headers = { [header ?? 'x-webhook-signature']: value };
      expect(signature?.isSigned({ ...request, headers })).toBe(false);
    }
  },
);
