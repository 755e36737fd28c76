import type { Seen } from '../../src/core/endpoint/condition/condition.ts';
import fc from './property.ts';

const PIECES = [
  ...['[STATUS]', '[BODY]', '[BODY].a', '[BODY].a[0].b', '[BODY][3]', '[IP]', '[CONNECTED]', '[RESPONSE_TIME]'],
  ...[
    '[CERTIFICATE_EXPIRATION]',
    '[DNS_RCODE]',
    '[CONTEXT].x',
    'len(',
    'has(',
    'pat(',
    'any(',
    ')',
    '[',
    ']',
    '.',
    ',',
  ],
  ...[
    '*',
    '?',
    '\\',
    '"',
    '200',
    '0x1',
    '1s',
    '48h',
    '-1',
    '1e999',
    '',
    ' ',
    ' == ',
    ' != ',
    ' < ',
    ' <= ',
    ' > ',
    ' >= ',
  ],
];

/** Texts that are conditions, nearly are, and are not at all. */
export function anyCondition(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...PIECES) },
    fc.string({ maxLength: 8, unit: 'binary' }),
  );
  const side = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
  const shaped = fc
    .tuple(side, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), side)
    .map(([left, operator, right]) => `${left} ${operator} ${right}`);
  return fc.oneof(shaped, side, fc.string({ maxLength: 200 }));
}

/** What a look may have seen, with bodies that are JSON and that are not. */
export function anySeen(): fc.Arbitrary<Seen> {
  const deep = fc.integer({ min: 1, max: 2000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
  const body = fc.oneof(fc.json({ maxDepth: 4 }), deep, fc.string({ maxLength: 500, unit: 'binary' }));
  return fc.record({
    connected: fc.boolean(),
    status: fc.integer({ min: 0, max: 999 }),
    responseTimeMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('')),
    body,
    certificateMs: fc.option(fc.integer()),
    domainMs: fc.option(fc.integer()),
    dnsRcode: fc.constantFrom('', 'NOERROR', 'NXDOMAIN'),
  });
}
