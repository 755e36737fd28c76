import { describe, expect, test } from '@jest/globals';
import { redactor, secretsIn } from '../../../../src/lib/crypto/redact.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { isSigningKey, standardWebhookHeaders } from '../../../../src/lib/crypto/standard-webhooks.ts';

const BODY = '{"incident":"i1","status":"firing","name":"DiskFull – /var"}';
const ID = 'msg_01JDN0T1CE0000000000000001';
const KEYS = [
  'whsec_bW9uaXRvci1leGFtcGxlLXNpZ25pbmcta2V5LTAwMDE=',
  'whsec_bW9uaXRvci1leGFtcGxlLXNpZ25pbmcta2V5LTAwMDI=',
];

test('signs as Standard Webhooks says, with several keys while they are rotated', () => {
  const headers = standardWebhookHeaders(
    KEYS.map((key) => new Secret(key)),
    ID,
    1764547200,
    BODY,
  );
  expect(headers).toEqual({
    'webhook-id': ID,
    'webhook-timestamp': '1764547200',
    'webhook-signature':
      'v1,GD52bZGfCa7FHYD8baUPibbFECGaeQb/wpwTNKMVMCk= v1,hpSrEbkZ+t5mFrnZ27mB1ebH1rGbSH9aUAED9sc9e6E=',
  });
});

test('and as its reference libraries do', () => {
  const headers = standardWebhookHeaders(
    [new Secret('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')],
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1614265330,
    '{"test": 2432232314}',
  );
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test.each([
  [KEYS[0] ?? '', true],
  ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', true],
  ['whsec_c2hvcnQ=', false],
  ['not base64 at all, and long enough', false],
  ['', false],
])('%s as a key: %s', (text, is) => expect(isSigningKey(text)).toBe(is));

describe('secrets in texts of others', () => {
  const canary = 'canary/secret+1 "x"';
  const redact = redactor(
    secretsIn({
      a: [{ b: new Secret(canary) }],
      url: new Secret('https://h.example/services/T0/longtoken99?sig=signature99'),
    }),
  );

  test.each([
    canary,
    encodeURIComponent(canary),
    JSON.stringify(canary).slice(1, -1),
    Buffer.from(canary).toString('base64'),
    Buffer.from(canary).toString('base64url'),
    'longtoken99',
    'signature99',
    '/services/T0/longtoken99?sig=signature99',
  ])('are masked: %s', (form) => {
    expect(redact(`before ${form} after`)).toBe('before [secret] after');
  });

  test('and nothing else is', () => expect(redact('h.example: T0 is short')).toBe('h.example: T0 is short'));
});
