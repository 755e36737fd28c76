import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingAlert } from '../../src/core/alert/alert.ts';
import { type Answer, type Submission, toQueued } from '../../src/core/submission.ts';
import { uuidv7 } from '../../src/lib/crypto/ids.ts';
import { commitBatch } from '../../src/pipeline/commit.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, identityOf, save, write } from './stored.ts';
import { incoming, submission, T } from './world.ts';

const POLICY = { groupBy: [], reopenWithinMs: 600_000, staleAfterMs: 900_000 };

/** What several hubs may do at once; `make` gives an empty place. Where only one may write, both are the same handle. */
export function describeStoreHubs(name: string, make: () => Promise<Place>): void {
  describe(`${name}: two hubs at once`, () => {
    let place: Place;
    let hubs: [Store, Store];
    beforeEach(async () => {
      place = await make();
      const first = await place.open();
      hubs = [first, place.oneWriter === true ? first : await place.open()];
    });
    afterEach(async () => {
      for (const store of new Set(hubs)) await store.close();
      await place.remove();
    });
    const commit = async (hub: number, ...submissions: Submission[]) => {
      const now = Math.max(...submissions.map((one) => one.receivedAt));
      const policy = { ...POLICY, newId: () => uuidv7(now), now: () => now };
      const { answers } = await commitBatch(hubs[hub % 2] as Store, submissions.map(toQueued), policy);
      return answers as readonly Answer[];
    };
    const both = async (...submissions: Submission[]) =>
      (await Promise.all([commit(0, ...submissions), commit(1, ...submissions)])).flat();
    const counted = (answers: readonly Answer[], what: 'alertsCreated' | 'alertsResolved' | 'incidentsCreated') =>
      answers.reduce((sum, answer) => sum + (answer.outcome === 'committed' ? answer.counts[what] : 0), 0);
    const stored = async () => {
      const { items: alerts } = await hubs[0].listAlerts({ limit: 500 });
      const { items: incidents } = await hubs[1].listIncidents({ limit: 500 });
      const kinds = async (id: string) => (await hubs[0].history([id], 500)).map((event) => event.kind);
      return { alerts, incidents, kinds };
    };

    test('the same alert at both at the same moment: one row, one incident, one history, every observation counted once', async () => {
      const answers: Answer[] = [];
      for (let round = 0; round < 12; round += 1) {
        answers.push(...(await both(submission(round, [incoming('cpu', 'firing', 'warning')]))));
      }
      const { alerts, incidents, kinds } = await stored();
      expect(alerts).toMatchObject([{ status: 'firing', occurrences: 12, observedAt: T + 11 }]);
      expect(incidents).toMatchObject([{ status: 'open', alertCount: 1, firing: { warning: 1 } }]);
      expect(await kinds(alerts[0]?.id ?? '')).toEqual(['opened']);
      expect(await kinds(incidents[0]?.id ?? '')).toEqual(['opened']);
      expect([counted(answers, 'alertsCreated'), counted(answers, 'incidentsCreated')]).toEqual([1, 1]);
    });

    test('many new alerts of one incident, each hub with its own and some of both, in any order: one incident that counts right', async () => {
      const names = Array.from({ length: 24 }, (_, index) => `check ${index}`);
      const fire = (some: readonly string[]) =>
        submission(
          5,
          some.map((one) => incoming(one, 'firing', 'critical')),
        );
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) => {
          const some = [...names.slice(index * 2, index * 2 + 2), ...names.slice(10, 14)];
          return commit(index, fire(index % 3 === 0 ? some.toReversed() : some));
        }),
      );
      const { alerts, incidents, kinds } = await stored();
      expect(alerts.map((one) => one.fingerprint).toSorted()).toEqual(names.toSorted());
      expect(incidents).toMatchObject([{ alertCount: 24, firing: { critical: 24, warning: 0, info: 0 } }]);
      expect(await kinds(incidents[0]?.id ?? '')).toEqual(['opened']);
      for (const one of alerts) expect([one.incidentId, await kinds(one.id)]).toEqual([incidents[0]?.id, ['opened']]);
      expect(counted(answers.flat(), 'alertsCreated')).toBe(24);
    });

    test('firing at one and its resolve at the other at the same moment: resolved, whoever comes first', async () => {
      await commit(0, submission(0, [incoming('cpu', 'firing', 'warning')]));
      for (let round = 1; round <= 10; round += 1) {
        const at = round * 10;
        const say = (hub: number, after: number, status: IncomingAlert['status']) =>
          commit(hub, submission(at + after, [incoming('cpu', status, 'warning')]));
        await Promise.all([say(round, 1, 'firing'), say(round + 1, 2, 'resolved')]);
        const { alerts, incidents } = await stored();
        expect(alerts).toMatchObject([{ status: 'resolved', observedAt: T + at + 2 }]);
        expect(incidents).toMatchObject([{ status: 'resolved', firing: { critical: 0, warning: 0, info: 0 } }]);
        await say(round, 5, 'firing');
        // An older word of either kind changes nothing any more.
        await Promise.all([say(0, 3, 'resolved'), say(1, 4, 'firing')]);
        expect((await stored()).alerts).toMatchObject([{ status: 'firing', observedAt: T + at + 5 }]);
      }
      const { alerts, incidents, kinds } = await stored();
      const turns = Array.from({ length: 10 }, () => ['resolved', 'opened']).flat();
      expect(await kinds(alerts[0]?.id ?? '')).toEqual(['opened', ...turns]);
      expect(incidents).toHaveLength(1);
    });

    test('a storm over both ends as it would at one: states, severities and what incidents count', async () => {
      const severities = ['critical', 'warning', 'info'] as const;
      const keys = Array.from({ length: 10 }, (_, index) => index);
      // Each alert has its own course; the hubs take turns at random, and courses of one incident meet.
      const courses = keys.map(async (key) => {
        for (let step = 0; step < 12; step += 1) {
          const [status, severity] = stateOf(key, step);
          const one = incoming(`check ${key}`, status, severity, { groupKey: `group ${key % 3}` });
          await commit(key + ((step * step) % 5), submission(step * 10, [one]));
        }
      });
      await Promise.all(courses);
      const { alerts, incidents } = await stored();
      for (const key of keys) {
        const [status, severity] = lastOf(key);
        expect(alerts.find((one) => one.fingerprint === `check ${key}`)).toMatchObject({ status, severity });
      }
      expect(incidents.filter((one) => one.status === 'open').length).toBeLessThanOrEqual(3);
      for (const one of incidents) {
        const firing = alerts.filter((other) => other.incidentId === one.id && other.status === 'firing');
        const count = (severity: (typeof severities)[number]) => firing.filter((a) => a.severity === severity).length;
        expect(one.firing).toEqual({ critical: count('critical'), warning: count('warning'), info: count('info') });
        expect(one.status).toBe(firing.length > 0 ? 'open' : 'resolved');
      }

      function stateOf(key: number, step: number): [IncomingAlert['status'], (typeof severities)[number]] {
        const turn = (key * 7 + step * 5) % 11;
        return [turn < 4 && step > 0 ? 'resolved' : 'firing', severities[turn % 3] ?? 'info'];
      }
      function lastOf(key: number): [IncomingAlert['status'], (typeof severities)[number]] {
        const [status, severity] = stateOf(key, 11);
        if (status === 'firing') return [status, severity];
        // A resolved alert keeps the severity of its problem.
        const fired = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].find((step) => stateOf(key, step)[0] === 'firing') ?? 0;
        return [status, stateOf(key, fired)[1]];
      }
    });

    test('a submission that comes to both: one is kept, the other is answered as the first time', async () => {
      for (let round = 0; round < 8; round += 1) {
        const replay = { key: `secret:${round}`, signature: 'ab' };
        const push = submission(round, [incoming(`check ${round}`, 'firing', 'info')], { replay });
        const [one, other] = await both(push);
        expect(one).toMatchObject({ outcome: 'committed', counts: { alertsCreated: 1 } });
        expect(other).toEqual(one);
        expect(await commit(round, push)).toEqual([one]);
      }
      expect((await stored()).alerts.map((one) => one.occurrences)).toEqual(Array.from({ length: 8 }, () => 1));
    });

    test('a name used by two submissions at once is good for one of them', async () => {
      const push = (hub: number, signature: string) =>
        commit(hub, submission(1, [incoming(signature, 'firing', 'info')], { replay: { key: 'secret:n', signature } }));
      const answers = (await Promise.all([push(0, 'ab'), push(1, 'cd')])).flat();
      expect(answers.map((one) => one.outcome).toSorted()).toEqual(['committed', 'refused']);
      expect((await stored()).alerts).toHaveLength(1);
    });

    test('an instance that is first heard by both at once is one', async () => {
      const signal = { kind: 'seen', instanceId: 'web-1', hostname: 'h', version: '1', clockOffsetMs: 0 } as const;
      await both(submission(1, [], { instance: signal }));
      expect((await hubs[1].listInstances({ limit: 5 })).items).toMatchObject([{ instanceId: 'web-1' }]);
    });

    test('pages of a list miss nothing that was there, and tell nothing twice, while both write', async () => {
      for (let index = 0; index < 30; index += 1) await save(hubs[0], { alerts: [write('insert', alert(index))] });
      let next = 100;
      let done = false;
      const writing = Promise.all(
        hubs.map(async (hub) => {
          while (!done) await save(hub, { alerts: [write('insert', alert(next++))] });
        }),
      );
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Store['listAlerts']>> = await hubs[1].listAlerts({
          limit: 7,
          ...(cursor !== null && { cursor }),
        });
        seen.push(...page.items.map((one) => one.fingerprint));
        cursor = page.nextCursor;
      } while (cursor !== null);
      done = true;
      await writing;
      expect(new Set(seen).size).toBe(seen.length);
      for (let index = 0; index < 30; index += 1) expect(seen).toContain(`check-${index}`);
    });

    test('keys of every length and script make incidents', async () => {
      const random = (length: number) => Array.from({ length }, (_, at) => 0x4e00 + ((at * 7919) % 20_000));
      for (const [index, length] of [600, 601, 50_000].entries()) {
        const groupKey = String.fromCodePoint(...random(length));
        await both(submission(index, [incoming(`check ${index}`, 'firing', 'info', { groupKey })]));
      }
      expect((await stored()).incidents).toHaveLength(3);
    });

    test('text that no database can store (NUL, half a surrogate pair) is kept or written out, and found again', async () => {
      const odd = alert(1, { name: 'a\0b', fingerprint: 'f\0g', labels: { x: 'y\0', '\ud800': '\udfff' } });
      await save(hubs[0], { alerts: [write('insert', odd)] });
      const [found] = await hubs[1].transaction((tx) => tx.findAlerts([identityOf(odd)]));
      expect(found?.id).toBe(odd.id);
      expect((await hubs[1].findAlert(odd.id))?.name).toMatch(/^a(\0|\{U\+0000\})b$/);
    });
  });

  test(`${name}: twenty that open it at once on an empty database prepare it once`, async () => {
    const place = await make();
    const stores = await Promise.all(Array.from({ length: 20 }, () => place.open()));
    await save(stores[7] as Store, { alerts: [write('insert', alert(1))] });
    for (const store of stores) {
      expect((await store.listAlerts({ limit: 3 })).items).toEqual([alert(1)]);
      await store.close();
    }
    await place.remove();
  });
}
