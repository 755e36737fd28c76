import { expect, test } from '@jest/globals';
import { anchoredRegex } from '../../../../src/lib/regex.ts';
import { blackoutJson, readBlackout } from '../../../../src/web/alerta/blackout.ts';
import fc from '../../../support/property.ts';

const AT = Date.parse('2026-11-29T01:00:00.000Z');
const word = fc.string({ minLength: 1, maxLength: 20 });
const tag = fc.tuple(fc.stringMatching(/^[a-d]{1,3}$/), word).map(([name, value]) => `${name}=${value}`);

/** As Alertmanager's form of it gives a window. */
const shown = (request: ReturnType<typeof readBlackout>) => ({
  ...{ id: 'w', status: { state: 'active' as const }, updatedAt: new Date(AT).toISOString(), comment: request.comment },
  ...{ createdBy: request.createdBy, matchers: request.matchers.map((one) => ({ ...one })) },
  ...{ startsAt: new Date(request.startsAt).toISOString(), endsAt: new Date(request.endsAt).toISOString() },
});

test('a blackout comes back from its window as it was asked for, and matches its own services', () => {
  fc.assert(
    fc.property(
      ...([word, fc.array(word), fc.option(word), fc.option(word), fc.array(tag)] as const),
      (environment, service, resource, event, tags) => {
        const asked = { environment, service, resource, event, tags, duration: 90 };
        const request = readBlackout(asked, null, 'me', AT);
        expect(blackoutJson(shown(request), AT)).toMatchObject({ ...asked, remaining: 90, user: 'me' });
        for (const { name, value, isRegex } of request.matchers)
          if (isRegex && name === 'service') {
            const test = anchoredRegex(value);
            const own = service.filter((one) => !/[\n\r\u2028\u2029]/.test(one));
            if (own.length === service.length) expect(own.some((one) => test(['x', one, 'y'].join(',')))).toBe(true);
          }
      },
    ),
  );
});

test('what Alerta has no words for is no blackout', () => {
  const request = readBlackout({ environment: 'P' }, null, 'me', AT);
  const not = { name: 'team', value: 'db', isRegex: false, isEqual: false };
  expect(blackoutJson({ ...shown(request), matchers: [...request.matchers, not] }, AT)).toBeNull();
  expect(blackoutJson({ ...shown(request), matchers: [{ ...not, isEqual: true }] }, AT)).toBeNull();
  expect(blackoutJson({ ...shown(request), status: { state: 'expired' } }, AT)).toBeNull();
});
