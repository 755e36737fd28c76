import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newState } from '../../src/core/endpoint/state.ts';
import {
  type EndpointChanges,
  PINGS_KEPT,
  type StoredLook,
  type StoredPing,
} from '../../src/stores/contract/endpoints.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { T } from './stored.ts';

const NOTHING: EndpointChanges = { states: [], looks: [], rollups: [], outages: [], pings: [], probes: [] };
const look = (at: number, more: Partial<StoredLook> = {}): StoredLook => ({
  ...{ endpoint: 'core_web', probe: 'p1', at, success: true, durationMs: 12, errors: [], conditions: [] },
  ...{ abstains: false, certificateMs: null, ...more },
});

/** What every store keeps of endpoints; `make` gives an empty place. */
export function describeStoreEndpoints(name: string, make: () => Promise<Place>): void {
  describe(`${name}: endpoints`, () => {
    let place: Place;
    let store: Store;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });
    const save = (changes: Partial<EndpointChanges>) =>
      store.transaction(async (tx) => {
        await tx.findEndpoints((changes.states ?? []).map(({ key }) => key));
        await tx.saveEndpoints({ ...NOTHING, ...changes });
      });

    test('keeps the state of an endpoint and of a probe, also for who opens it anew', async () => {
      const state = { ...newState('core_web'), verdict: 'down', since: T } as const;
      const probe = { id: 'p1', name: 'Frankfurt', region: 'eu', version: '1', lastSeenAt: T, clockOffsetMs: -3 };
      await save({ states: [state], probes: [{ ...probe, staleSince: null }] });
      await store.close();
      store = await place.open();
      expect(await store.endpointStates()).toEqual([state]);
      expect(await store.probeStates()).toEqual([{ ...probe, staleSince: null }]);
      expect(await store.transaction((tx) => tx.findEndpoints(['core_web', '_new', '_new']))).toEqual([
        newState('_new'),
        state,
      ]);
      await store.transaction((tx) => tx.forgetEndpoints(['core_web']));
      expect((await store.endpointStates()).map(({ key }) => key)).toEqual(['_new']);
    });

    test('keeps a look once, and gives the newest first', async () => {
      const failed = look(T + 1, {
        ...{ success: false, errors: ['refused "x"'], certificateMs: 5, abstains: true },
        conditions: [{ condition: '[STATUS] == 200', success: false }],
      });
      await save({ looks: [look(T), failed, look(T, { probe: 'p2' }), look(T, { endpoint: '_other' })] });
      await save({ looks: [look(T, { durationMs: 99 })] });
      expect(await store.endpointLooks('core_web', 10)).toEqual([failed, look(T), look(T, { probe: 'p2' })]);
      expect(await store.endpointLooks('core_web', 1, 1)).toEqual([look(T)]);
    });

    test('keeps the last hundred calls of a push endpoint, each once, and when somebody watched', async () => {
      const ping = (at: number, more: Partial<StoredPing> = {}): StoredPing => ({
        ...{ endpoint: 'core_job', at, kind: 'success', run: '', exitCode: null, durationMs: null, body: '' },
        ...{ isBinary: false, ...more },
      });
      const failed = ping(T, {
        kind: 'fail',
        run: 'r"1',
        exitCode: 3,
        durationMs: 7,
        body: 'disk ✓\n',
        isBinary: true,
      });
      await save({ pings: [ping(T - 1), failed, failed, ping(T + 1, { endpoint: '_other' })] });
      expect(await store.endpointPings('core_job', 10)).toEqual([failed, ping(T - 1)]);
      expect(await store.endpointPings('core_job', 1)).toEqual([failed]);
      await save({ pings: Array.from({ length: 120 }, (_, index) => ping(T + 1 + index)) });
      expect((await store.endpointPings('core_job', 500)).map(({ at }) => at - T)).toEqual(
        Array.from({ length: PINGS_KEPT }, (_, index) => 120 - index),
      );
      expect(await store.endpointPings('_other', 500)).toHaveLength(1);
      const before = { looks: T + 121, fine: 0, hourly: 0, daily: 0 };
      expect(await store.transaction((tx) => tx.pruneLooks(before, 500))).toBe(PINGS_KEPT + 1);
      expect(await store.transaction((tx) => tx.findWatchedAt())).toBeNull();
      await store.transaction((tx) => tx.saveWatchedAt(T));
      await store.transaction((tx) => tx.saveWatchedAt(T + 1));
      expect(await store.transaction((tx) => tx.findWatchedAt())).toBe(T + 1);
    });

    test('adds sums to those that are there', async () => {
      const sums = { upMs: 10, downMs: 5, looks: 2, successes: 1, durationMs: 7 };
      const rollup = { endpoint: 'core_web', step: 300_000, start: 600_000, ...sums };
      await save({ rollups: [rollup, { ...rollup, start: 900_000 }] });
      await save({ rollups: [rollup] });
      const doubled = { ...rollup, upMs: 20, downMs: 10, looks: 4, successes: 2, durationMs: 14 };
      expect(await store.endpointRollups('core_web', 300_000, 600_000, 900_000)).toEqual([doubled]);
      expect(await store.endpointRollups('core_web', 300_000, 0, 1_000_000)).toHaveLength(2);
    });

    test('gives the last looks at several endpoints, and their sums, each in one go', async () => {
      const many = Array.from({ length: 120 }, (_, at) => `_e${String(at).padStart(3, '0')}`);
      const looks = many.flatMap((endpoint) => [
        look(T, { endpoint }),
        look(T + 1, { endpoint }),
        look(T + 2, { endpoint }),
      ]);
      const sums = { upMs: 10, downMs: 5, looks: 2, successes: 1, durationMs: 7 };
      const rollups = [0, 300_000, 600_000].map((start) => ({ endpoint: '_e001', step: 300_000, start, ...sums }));
      await save({ looks, rollups: [...rollups, { endpoint: '_e002', step: 3_600_000, start: 0, ...sums }] });
      const latest = await store.latestLooks(many, 2);
      expect(latest).toHaveLength(240);
      expect(latest.filter(({ endpoint }) => endpoint === '_e077').map(({ at }) => at)).toEqual([T + 2, T + 1]);
      expect(await store.latestLooks([], 2)).toEqual([]);
      expect(await store.endpointSums(many, 300_000, 300_000, 900_000)).toEqual([
        {
          endpoint: '_e001',
          step: 300_000,
          start: 300_000,
          ...{ upMs: 20, downMs: 10, looks: 4, successes: 2, durationMs: 14 },
        },
      ]);
      expect(await store.endpointSums([], 300_000, 0, 1)).toEqual([]);
      expect(await store.endpointOutages([], 0, 1)).toEqual([]);
    });

    test('ends an outage that it has, and finds those that touch a span', async () => {
      const outage = { endpoint: 'core_web', startedAt: T, endedAt: null };
      await save({ outages: [outage, { ...outage, startedAt: T - 500, endedAt: T - 400 }] });
      expect(await store.endpointOutages(['core_web'], T + 5, T + 9)).toEqual([outage]);
      await save({ outages: [{ ...outage, endedAt: T + 100 }] });
      expect(await store.endpointOutages(['core_web'], T - 450, T)).toEqual([
        { ...outage, startedAt: T - 500, endedAt: T - 400 },
      ]);
      expect(await store.endpointOutages(['core_web'], T + 50, T + 60)).toEqual([{ ...outage, endedAt: T + 100 }]);
      expect(await store.endpointOutages(['core_web'], T + 101, T + 200)).toEqual([]);
    });

    test('forgets what is too old, so much at a time', async () => {
      const day = { endpoint: 'core_web', upMs: 1, downMs: 0, looks: 0, successes: 0, durationMs: 0 };
      await save({
        looks: [look(T), look(T + 1), look(T + 2)],
        rollups: [
          { ...day, step: 300_000, start: 0 },
          { ...day, step: 3_600_000, start: 0 },
        ],
        outages: [{ endpoint: 'core_web', startedAt: 1, endedAt: 2 }],
      });
      const before = { looks: T + 2, fine: 1, hourly: 0, daily: 3 };
      const prune = (limit: number) => store.transaction((tx) => tx.pruneLooks(before, limit));
      expect([await prune(1), await prune(5), await prune(5)]).toEqual([1, 1, 0]);
      expect((await store.endpointLooks('core_web', 9)).map(({ at }) => at)).toEqual([T + 2]);
      expect(await store.endpointRollups('core_web', 300_000, 0, 1)).toEqual([]);
      expect(await store.endpointRollups('core_web', 3_600_000, 0, 1)).toHaveLength(1);
      expect(await store.endpointOutages(['core_web'], 0, 9)).toEqual([]);
    });
  });
}
