import { describe, expect, test } from '@jest/globals';
import type { AlertStatus } from '../../../src/core/alert/alert.ts';
import { OWN_SOURCE, type Submission } from '../../../src/core/submission.ts';
import type { Entry } from '../../../src/pipeline/admit.ts';
import { createBounds, holdToBounds } from '../../../src/pipeline/bounds.ts';
import type { StoredAlert } from '../../../src/stores/contract/ingest.ts';

const T = 1_700_000_000_000;

/** A store in which the given fingerprints fire; what it was asked stands in `asked`. */
function storeOf(firing: readonly string[]) {
  const asked: string[] = [];
  const tx = {
    countFiring: async (_source: string, _origin: string, limit: number) => {
      asked.push('count');
      return Math.min(firing.length, limit);
    },
    findAlerts: async (identities: readonly { fingerprint: string }[]) => {
      asked.push('find');
      return identities.map(({ fingerprint }) =>
        firing.includes(fingerprint) ? ({ status: 'firing' } as StoredAlert) : undefined,
      );
    },
  };
  return { tx, asked };
}

type Told = readonly [fingerprint: string, status?: AlertStatus];

const says = (alerts: readonly Told[], fields: Partial<Submission> = {}): Submission =>
  ({
    ...{ source: 'cluster', origin: 'web-1', actor: 'cluster:web-1', receivedAt: T, errors: [], replay: null },
    alerts: alerts.map(([fingerprint, status = 'firing']) => ({ fingerprint, status })),
    instance: null,
    ...fields,
  }) as unknown as Submission;

const entryOf = (submission: Submission): Entry => ({ submission, settled: null, twin: null });
const kept = ({ submission }: Entry) => submission.alerts.map(({ fingerprint }) => fingerprint);

describe('alerts of one origin', () => {
  const cases: [string, readonly string[], readonly Told[], readonly string[], number][] = [
    ['within the bound', ['a'], [['b'], ['c']], ['b', 'c'], 0],
    ['up to the bound', [], [['a'], ['b'], ['c']], ['a', 'b', 'c'], 0],
    ['beyond it: what does not fit is left out', [], [['a'], ['b'], ['c'], ['d'], ['e']], ['a', 'b', 'c'], 2],
    ['that fire already, though it is full', ['a', 'b', 'c'], [['a'], ['b'], ['c']], ['a', 'b', 'c'], 0],
    [
      'that end, though it is full',
      ['a', 'b', 'c'],
      [
        ['a', 'resolved'],
        ['d', 'resolved'],
      ],
      ['a', 'd'],
      0,
    ],
    ['new beside known, though it is full', ['a', 'b', 'c'], [['x'], ['a'], ['b', 'resolved']], ['a', 'b'], 1],
    ['more than the bound are stored, as it was lowered', ['a', 'b', 'c', 'd'], [['d'], ['e']], ['d'], 1],
  ];
  test.each(cases)('%s', async (_, firing, told, expected, leftOut) => {
    const entry = entryOf(says(told));
    await holdToBounds(
      storeOf(firing).tx,
      [entry],
      [],
      createBounds(3, () => 0),
      T,
    );
    expect(kept(entry)).toEqual(expected);
    expect(entry.submission.errors).toHaveLength(leftOut === 0 ? 0 : 1);
    if (leftOut > 0) {
      expect(entry.submission.leftOut).toContain(`${leftOut} new alerts are left out: 3 alerts of web-1 fire already`);
      expect(entry.submission.errors[0]).toEqual({ path: 'alerts', message: entry.submission.leftOut });
    }
  });

  test('the hub’s own have no bound', async () => {
    const entry = entryOf(says([['a'], ['b'], ['c'], ['d']], { source: OWN_SOURCE }));
    await holdToBounds(
      storeOf([]).tx,
      [entry],
      [],
      createBounds(3, () => 0),
      T,
    );
    expect(kept(entry)).toHaveLength(4);
  });

  test('one origin that is full takes nothing from another', async () => {
    const bounds = createBounds(3, () => 0);
    const { tx } = storeOf(['a', 'b', 'c']);
    const full = entryOf(says([['x']]));
    await holdToBounds(tx, [full], [], bounds, T);
    const other = entryOf(says([['x']], { origin: 'web-2' }));
    await holdToBounds(storeOf([]).tx, [other], [], bounds, T);
    expect([kept(full), kept(other)]).toEqual([[], ['x']]);
  });

  test('the store is asked seldom: once for an origin, and again when repeats have filled what is remembered', async () => {
    const bounds = createBounds(10, () => 0);
    const { tx, asked } = storeOf(['a', 'b']);
    for (let at = 0; at < 9; at += 1) {
      await holdToBounds(tx, [entryOf(says([['a'], ['b']]))], [], bounds, T + at * 60_000);
    }
    expect(asked).toEqual(['count', 'count', 'count']);
  });

  test('there is room again as soon as alerts have ended', async () => {
    const bounds = createBounds(2, () => 0);
    const refused = entryOf(says([['c']]));
    await holdToBounds(storeOf(['a', 'b']).tx, [refused], [], bounds, T);
    const taken = entryOf(says([['c']]));
    await holdToBounds(storeOf(['a']).tx, [taken], [], bounds, T + 5000);
    expect([kept(refused), kept(taken)]).toEqual([[], ['c']]);
  });
});

describe('instances that become known', () => {
  const seen = (instanceId: string, isVouched = false) =>
    says([], {
      origin: instanceId,
      instance: { kind: 'seen', instanceId, hostname: 'h', version: '1', clockOffsetMs: null, isVouched },
    });
  const known = [{ instanceId: 'web-1' }] as never;

  test('are refused beyond the bound, to come again, and once each is asked for', async () => {
    let places = 2;
    const bounds = createBounds(9, () => (places-- > 0 ? 0 : 77));
    const entries = ['new-1', 'new-1', 'web-1', 'new-2', 'new-3'].map((id) => entryOf(seen(id)));
    await holdToBounds(storeOf([]).tx, entries, known, bounds, T);
    expect(entries.map(({ settled }) => settled?.outcome ?? null)).toEqual([null, null, null, null, 'refused']);
    expect(entries.at(-1)?.settled).toMatchObject({
      retryAfterS: 77,
      reason: expect.stringMatching(/^new-3 is not known yet.*monitor keys create new-3/),
    });
  });

  test('with a key of their own are always taken, and so is what is known', async () => {
    const entries = [entryOf(seen('new-1', true)), entryOf(seen('web-1'))];
    await holdToBounds(
      storeOf([]).tx,
      entries,
      known,
      createBounds(9, () => 1),
      T,
    );
    expect(entries.map(({ settled }) => settled)).toEqual([null, null]);
  });
});
