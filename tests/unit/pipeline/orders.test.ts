import { describe, expect, test } from '@jest/globals';
import type { IncomingAlert } from '../../../src/core/alert/alert.ts';
import fc from '../../support/property.ts';
import { incoming, openWorld, submission, T } from '../../support/world.ts';

// One sender's states of a few alerts, each seen at a time of its own, arrive in any order: through several hubs, after
// retries, from a spool. Whatever the order, the hub must end up with what the sender saw last.

const state = fc.record({
  name: fc.constantFrom('a', 'b'),
  status: fc.constantFrom('firing', 'resolved'),
  severity: fc.constantFrom('critical', 'warning', 'info'),
});

const story = fc.array(state, { minLength: 1, maxLength: 8 }).map((states) =>
  states.map(({ name, status, severity }, index) =>
    incoming(name, status as 'firing', severity as 'info', {
      observedAt: T + 10 * (index + 1),
      annotations: { message: `seen ${index}` },
    }),
  ),
);

/** The same states in an order of arrival, and how they are cut into submissions and commits. */
const arrival = story.chain((states) =>
  fc.record({
    states: fc.shuffledSubarray(states, { minLength: states.length, maxLength: states.length }),
    signed: fc.boolean(),
    perSubmission: fc.integer({ min: 1, max: 3 }),
    perCommit: fc.integer({ min: 1, max: 3 }),
    again: fc.array(fc.nat(7), { maxLength: 3 }),
  }),
);

/** What the contract says of the states of one alert that arrive in this order: an end of what was never seen is not kept. */
function lastSeen(arrived: readonly IncomingAlert[]): IncomingAlert | undefined {
  const first = arrived.findIndex((one) => one.status === 'firing');
  if (first === -1) return undefined;
  return arrived.slice(first).reduce((last, one) => (one.observedAt > last.observedAt ? one : last));
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
}

describe('states of one sender in any order of arrival', () => {
  test('end with what was seen last; the history tells turns, and incidents fit', async () => {
    await fc.assert(
      fc.asyncProperty(arrival, async ({ states, signed, perSubmission, perCommit, again }) => {
        // Some are told twice, as after a lost answer.
        const arrived = [...states, ...again.flatMap((index) => states[index] ?? [])];
        const world = openWorld();
        try {
          const late = 1000;
          const submissions = chunks(arrived, perSubmission).map((alerts, index) =>
            submission(
              late + index,
              alerts,
              signed ? { sentAt: T + Math.max(...alerts.map((a) => a.observedAt - T)) } : {},
            ),
          );
          for (const batch of chunks(submissions, perCommit)) await world.commit(...batch);
          const { alerts, incidents } = await world.story();
          for (const name of ['a', 'b']) {
            const expected = lastSeen(arrived.filter((one) => one.fingerprint === name));
            const stored = alerts.find((one) => one.fingerprint === name);
            expect(stored === undefined).toBe(expected === undefined);
            if (stored === undefined || expected === undefined) continue;
            expect([stored.status, stored.observedAt]).toEqual([expected.status, expected.observedAt]);
            // The severity of a resolved alert is that of its problem as it was known then; its end tells none.
            if (expected.status === 'firing') {
              expect([stored.severity, stored.annotations]).toEqual([expected.severity, expected.annotations]);
            }
            const turns = stored.history.map((line) => line.split(' ')[1]).filter((kind) => kind !== 'updated');
            expect(turns).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'opened' : 'resolved')));
            expect(turns.at(-1)).toBe(expected.status === 'firing' ? 'opened' : 'resolved');
          }
          const firing = alerts.filter((one) => one.status === 'firing').length;
          expect(incidents.filter((one) => one.status === 'open')).toHaveLength(firing > 0 ? 1 : 0);
        } finally {
          await world.close();
        }
      }),
      { numRuns: 300 },
    );
  });
});
