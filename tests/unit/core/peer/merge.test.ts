import { expect, test } from '@jest/globals';
import type { AlertStatus } from '../../../../src/core/alert/alert.ts';
import { isLater, isLaterAct, type Mark, registerOf, stampOf } from '../../../../src/core/peer/merge.ts';
import fc from '../../../support/property.ts';

interface Told {
  readonly status: AlertStatus;
  readonly observedAt: number;
  readonly at: number;
}

const told = fc.record({
  status: fc.constantFrom<AlertStatus>('firing', 'resolved'),
  observedAt: fc.nat(3),
  at: fc.nat(3),
});

const standing = (one: Told) => ({ status: one.status, observedAt: one.observedAt, receivedAt: one.at });

function merged(all: readonly Told[]): Told | undefined {
  let held: Told | undefined;
  for (const one of all) if (isLater(held && standing(held), one)) held = one;
  return held;
}

test('hubs that hear the same of an alert hold the same, in whatever order and however often they hear it', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 8 }), fc.array(fc.nat(100), { maxLength: 20 }), (all, order) => {
      const shuffled = [...all].sort((a, b) => (order[all.indexOf(a)] ?? 0) - (order[all.indexOf(b)] ?? 0));
      const again = [...shuffled, ...order.flatMap((at) => all[at % Math.max(1, all.length)] ?? [])];
      expect(merged(again)).toEqual(merged(all));
    }),
    { numRuns: 500 },
  );
});

test('of the same moment, heard at the same moment, it fires', () => {
  const firing: Told = { status: 'firing', observedAt: 1, at: 1 };
  const resolved: Told = { status: 'resolved', observedAt: 1, at: 1 };
  expect(merged([firing, resolved])).toEqual(firing);
  expect(merged([resolved, firing])).toEqual(firing);
});

test('acts on both sides of a cut come to the same last one, and an act on what is known comes after it', () => {
  const act = fc.record({ hub: fc.nat(1), clock: fc.integer({ min: -5, max: 5 }) });
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 10 }), fc.nat(9), (acts, meetAt) => {
      const hubs: (Mark | undefined)[] = [undefined, undefined];
      const all: Mark[] = [];
      const tell = (hub: number, mark: Mark) => {
        if (isLaterAct(hubs[hub], mark)) hubs[hub] = mark;
      };
      for (const [at, { hub, clock }] of acts.entries()) {
        const mark = { stamp: stampOf(hubs[hub], 100 + clock), id: `act-${at}` };
        const before = hubs[hub];
        tell(hub, mark);
        // Who acts sees it done, whatever the clock says.
        expect(hubs[hub]).toEqual(mark);
        expect(before === undefined || isLaterAct(before, mark)).toBe(true);
        all.push(mark);
        if (at !== meetAt) continue;
        for (const one of all) for (const other of [0, 1]) tell(other, one);
      }
      for (const one of all) tell(0, one);
      for (const one of [...all].reverse()) tell(1, one);
      expect(hubs[0]).toEqual(hubs[1]);
    }),
    { numRuns: 500 },
  );
});

test('what excludes each other is one register, and a note excludes nothing', () => {
  expect(registerOf('acknowledge')).toBe(registerOf('unacknowledge'));
  expect(registerOf('shelve')).toBe(registerOf('unshelve'));
  expect(registerOf('resolve')).toBe(registerOf('reopen'));
  expect(registerOf('assign')).toBe('assignment');
  expect(registerOf('note')).toBeNull();
});
