import { expect, test } from '@jest/globals';
import { proofHeaders, pushUrl, signatureHeaders, warningsOf } from '../../../src/agent/target.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import { signV2 } from '../../../src/lib/crypto/signature.ts';

// The vector of the protocol page.
const BODY =
  '{"source": "cluster", "instance_id": "web-server-03", "hostname": "ip-10-0-1-42", "version": "1.0", "alerts": []}';
const SIGNATURE = '6afdc42c3db95ff340ca74b6d6e428a86b409dc5ace683afb4b505e29b4618c8';
const clock = { ...systemClock, now: () => 1_774_785_600_999 };
const secret = new Secret('s3cret');

test.each([
  ['https://hub.example.com', 'https://hub.example.com/alerts/webhook/cluster/'],
  ['https://hub.example.com/', 'https://hub.example.com/alerts/webhook/cluster/'],
  ['http://10.0.0.1:8080/monitor//', 'http://10.0.0.1:8080/monitor/alerts/webhook/cluster/'],
])('%s', (hubUrl, url) => expect(pushUrl(hubUrl).href).toBe(url));

test('both signatures, over the path as the hub has it whatever a proxy before it is called', () => {
  const headers = signatureHeaders(BODY, { clusterSecret: secret }, clock);
  expect(headers).toEqual({
    'x-cluster-signature': SIGNATURE,
    'x-cluster-signature-v2': expect.stringMatching(/^[0-9a-f]{64}$/),
    'x-cluster-timestamp': '1774785600',
    'x-cluster-nonce': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  const signed = {
    timestamp: '1774785600',
    nonce: headers['x-cluster-nonce'] ?? '',
    method: 'POST',
    path: '/alerts/webhook/cluster/',
  };
  expect(headers['x-cluster-signature-v2']).toBe(signV2(secret, signed, BODY));
});

test('the same body again is signed anew', () => {
  const again = () => signatureHeaders(BODY, { clusterSecret: secret }, clock);
  expect(again()['x-cluster-nonce']).not.toBe(again()['x-cluster-nonce']);
});

test("a key of one's own goes before the shared secret; without either nothing is signed", () => {
  const clusterKey = { id: 'k7f3', secret };
  const headers = signatureHeaders(BODY, { clusterKey, clusterSecret: new Secret('other') }, clock);
  expect(headers).toMatchObject({ 'x-cluster-key': 'k7f3', 'x-cluster-signature': SIGNATURE });
  expect(signatureHeaders(BODY, {}, clock)).toEqual({});
});

test.each([
  ['https://hub.example.com', { clusterSecret: secret }, []],
  ['http://127.0.0.1:8080', { clusterSecret: secret }, []],
  ['http://localhost', { clusterKey: { id: 'a', secret } }, []],
  ['http://[::1]:8080', { clusterSecret: secret }, []],
  ['http://10.0.0.1', { clusterSecret: secret }, [/unencrypted.*https:\/\//]],
  ['http://127.example.com', { clusterSecret: secret }, [/unencrypted/]],
  ['https://hub.example.com', {}, [/not signed; set WEBHOOK_SECRET_CLUSTER/]],
])('%s: what to know', (hubUrl, credentials, expected) => {
  const warnings = warningsOf(pushUrl(hubUrl), credentials);
  expect(warnings).toHaveLength(expected.length);
  warnings.forEach((warning, at) => {
    expect(warning).toMatch(expected[at] ?? '');
  });
});

test('plain http that was acknowledged is not warned of; a push that is not signed is', () => {
  expect(warningsOf(pushUrl('http://10.0.0.1'), { clusterSecret: secret }, true)).toEqual([]);
  expect(warningsOf(pushUrl('http://10.0.0.1'), {}, true)).toHaveLength(1);
});

test('the key of a hub that wants a bearer token is shown, beside a signature where there is one', () => {
  const hubApiKey = new Secret('a-key-of-the-hub');
  expect(proofHeaders('{}', { hubApiKey }, systemClock)).toEqual({ authorization: 'Bearer a-key-of-the-hub' });
  const both = proofHeaders('{}', { hubApiKey, clusterSecret: new Secret('s'.repeat(16)) }, systemClock);
  expect(Object.keys(both)).toEqual(expect.arrayContaining(['authorization', 'x-cluster-signature']));
  expect(proofHeaders('{}', {}, systemClock)).toEqual({});
  expect(warningsOf(new URL('https://hub.example.com'), { hubApiKey })).toEqual([]);
});
