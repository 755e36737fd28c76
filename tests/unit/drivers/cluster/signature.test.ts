import { describe, expect, test } from '@jest/globals';
import { verifyClusterRequest } from '../../../../src/drivers/cluster/signature.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { signV1, signV2 } from '../../../../src/lib/crypto/signature.ts';

const NOW = 1_774_785_600_000;
const SECRET = new Secret('the secret of the hub');
const OLD = new Secret('the secret before it');
const OTHER = new Secret('a secret of somebody else');
const BODY = Buffer.from('{"source":"cluster"}');
const PATH = '/alerts/webhook/cluster/';

interface Signing {
  readonly secret?: Secret;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly method?: string;
  readonly path?: string;
}

/** Headers of version 2, signed over what is given. */
function v2({ secret = SECRET, timestamp = String(NOW / 1000), nonce = 'nonce-1234', ...rest }: Signing = {}) {
  const signed = { timestamp, nonce, method: 'POST', path: PATH, ...rest };
  return {
    'x-cluster-timestamp': timestamp,
    'x-cluster-nonce': nonce,
    'x-cluster-signature-v2': signV2(secret, signed, BODY),
  };
}
const v1 = (secret = SECRET) => ({ 'x-cluster-signature': signV1(secret, BODY) });

function verify(headers: Record<string, string | undefined>, policy = { requireV2: false }, secrets = [SECRET, OLD]) {
  return verifyClusterRequest({ method: 'POST', path: PATH, headers, body: BODY, receivedAt: NOW }, secrets, policy);
}

describe('taken', () => {
  test('version 1 alone proves no time', () => {
    expect(verify(v1())).toEqual({ ok: true });
    expect(verify({ 'x-cluster-signature': `sha256=${signV1(SECRET, BODY)}` })).toEqual({ ok: true });
    expect(verify({ 'x-cluster-signature': signV1(SECRET, BODY).toUpperCase() })).toEqual({ ok: true });
  });

  test('version 2, alone or beside version 1, proves time and nonce', () => {
    const proven = {
      ok: true,
      sentAt: NOW,
      replay: { key: 'nonce-1234', signature: v2()['x-cluster-signature-v2'], called: 'X-Cluster-Nonce' },
    };
    expect(verify(v2())).toEqual(proven);
    expect(verify({ ...v1(), ...v2() })).toEqual(proven);
    expect(verify({ ...v2() }, { requireV2: true })).toEqual(proven);
    const capitals = { ...v2(), 'x-cluster-signature-v2': v2()['x-cluster-signature-v2'].toUpperCase() };
    expect(verify(capitals)).toEqual(proven);
  });

  test('under any one of the secrets', () => {
    expect(verify(v1(OLD)).ok).toBe(true);
    expect(verify({ ...v1(OLD), ...v2({ secret: OLD }) }).ok).toBe(true);
    expect(verify(v2({ secret: OLD })).ok).toBe(true);
  });

  test.each([-300, -1, 0, 1, 300])('with a clock %d s off', (offset) => {
    const timestamp = String(NOW / 1000 + offset);
    expect(verify({ ...v1(), ...v2({ timestamp }) })).toMatchObject({ ok: true, sentAt: NOW + offset * 1000 });
  });
});

describe('refused, with the reason', () => {
  const off = (seconds: number) => ({ ...v1(), ...v2({ timestamp: String(NOW / 1000 + seconds) }) });
  const without = (name: string) => ({ ...v1(), ...v2(), [name]: undefined });
  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ['nothing', {}, /^the push is not signed.*set WEBHOOK_SECRET_CLUSTER on the sender.*or MONITOR_CLUSTER_KEY$/],
    ['an empty signature', { 'x-cluster-signature': '' }, /is missing/],
    ['another secret', v1(OTHER), /^X-Cluster-Signature does not match/],
    ['another body', { 'x-cluster-signature': signV1(SECRET, 'x') }, /does not match/],
    ['a digit less', { 'x-cluster-signature': signV1(SECRET, BODY).slice(1) }, /does not match/],
    ['a right version 1 and a wrong version 2', { ...v1(), ...v2({ secret: OTHER }) }, /V2 does not match/],
    ['a wrong version 1 and a right version 2', { ...v1(OTHER), ...v2() }, /^X-Cluster-Signature does not match/],
    ['versions under two secrets', { ...v1(SECRET), ...v2({ secret: OLD }) }, /V2 does not match/],
    ['another path', { ...v1(), ...v2({ path: '/alerts/webhook/cluster' }) }, /V2 does not match/],
    ['another method', v2({ method: 'PUT' }), /V2 does not match/],
    ['another nonce', { ...v1(), ...v2(), 'x-cluster-nonce': 'nonce-9999' }, /V2 does not match/],
    ['another time', { ...v1(), ...v2(), 'x-cluster-timestamp': String(NOW / 1000 + 1) }, /V2 does not match/],
    ['no nonce', without('x-cluster-nonce'), /needs X-Cluster-Timestamp and X-Cluster-Nonce/],
    ['no time', without('x-cluster-timestamp'), /needs X-Cluster-Timestamp and X-Cluster-Nonce/],
    ['time and nonce, and version 2 cut out', without('x-cluster-signature-v2'), /X-Cluster-Signature-V2 is missing/],
    ['a clock 301 s ahead', off(301), /clock is 301 s ahead of the hub's, more than 300 s: correct the clock/],
    ['a clock 301 s behind', off(-301), /clock is 301 s behind the hub's/],
    ['a clock years behind', off(-NOW / 1000), /behind the hub's/],
    ['a time with a fraction', v2({ timestamp: `${NOW / 1000}.5` }), /must be Unix seconds/],
    ['a time in milliseconds', v2({ timestamp: String(NOW) }), /must be Unix seconds/],
    ['a time as a date', v2({ timestamp: '2026-03-29' }), /must be Unix seconds/],
    ['a short nonce', v2({ nonce: '1234567' }), /must be 8 to 128 visible characters/],
    ['a long nonce', v2({ nonce: 'x'.repeat(129) }), /must be 8 to 128 visible characters/],
    ['a nonce with a blank', v2({ nonce: 'nonce 1234' }), /must be 8 to 128 visible characters/],
  ])('%s', (_, headers, reason) => {
    const answer = verify(headers);
    expect(answer).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    for (const secret of [SECRET, OLD]) expect(JSON.stringify(answer)).not.toContain(secret.reveal());
  });

  test('version 1 alone where version 2 is asked for', () => {
    expect(verify(v1(), { requireV2: true })).toEqual({
      ok: false,
      reason: expect.stringContaining('accepts only pushes with X-Cluster-Signature-V2'),
    });
  });

  test('anything where there is no secret', () => {
    expect(verify({ ...v1(), ...v2() }, { requireV2: false }, []).ok).toBe(false);
    expect(verify(v2(), { requireV2: false }, []).ok).toBe(false);
  });
});
