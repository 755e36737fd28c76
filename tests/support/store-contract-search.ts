import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Alert } from '../../src/core/alert/alert.ts';
import { searchWords } from '../../src/core/search/words.ts';
import { createSearchIndex } from '../../src/followers/search-index.ts';
import type { Lease } from '../../src/stores/contract/leases.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, event, idOf, incident, save, T, write } from './stored.ts';

const LONG = 3_600_000;
const NONE = { labels: {}, annotations: {}, metrics: {}, origin: '', source: 'generic' };

/** What is found by words, the same on every engine. */
export function describeStoreSearch(name: string, make: () => Promise<Place>): void {
  describe(`search of ${name}`, () => {
    let place: Place;
    let store: Store;
    let lease: Lease;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
      lease = (await store.claim('follower search', 'a', LONG)) as Lease;
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });
    const insert = (...alerts: Alert[]) => save(store, { alerts: alerts.map((one) => write('insert', one)) });
    /** Indexes what has no words yet, as at the start of a hub. */
    const index = async () => {
      const follower = createSearchIndex({ store, clock: { now: () => T } });
      await follower.takeOver(lease);
      while ((await follower.turn(lease)) !== null);
    };
    /** Follows what has happened to an alert. */
    const follow = async (number: number) => {
      const follower = createSearchIndex({ store, clock: { now: () => T } });
      const events = [{ ...event(1, { subjectId: idOf(number) }), seq: 1 }];
      await store.follow(lease, (tx) => follower.take(events, tx));
    };
    const found = async (text: string, query: object = {}) => {
      const words = searchWords(text);
      const { items } = await store.listAlerts({ limit: 100, ...query, ...(words.length > 0 && { words }) });
      return items.map(({ fingerprint }) => Number(fingerprint.slice(6))).toSorted((a, b) => a - b);
    };

    test.each([
      ['the beginning of a word', 'dis', [1, 2]],
      ['all words, in any order', 'full disk', [1]],
      ['a label by its name and value', 'team=db', [2]],
      ['a text', 'percent', [2]],
      ['in any case and without marks', 'cafe', [3]],
      ['other scripts', '障害', [3]],
      ['nothing by the middle of a word', 'isk', []],
      ['operators as words', 'disk OR near', []],
      ['signs of the engines', `"disk"* & !full:* | (near) ' \\ ^`, []],
      ['what no other alert has', 'nowhere', []],
      ['a long word', 'y'.repeat(1000), [4]],
    ])('finds %s', async (_, text, numbers) => {
      await insert(
        alert(1, { ...NONE, name: 'Disk full' }),
        alert(2, { ...NONE, name: 'diskSlow', labels: { team: 'db-7' }, annotations: { summary: '95 percent' } }),
        alert(3, { ...NONE, name: 'CAFÉ 障害' }),
        alert(4, { ...NONE, name: 'y'.repeat(500) }),
      );
      await index();
      expect(await found(text)).toEqual(numbers);
    });

    test('finds whatever it is asked for, or nothing, and never fails', async () => {
      await insert(alert(1, { ...NONE, name: 'Disk full' }));
      await index();
      const signs = Array.from({ length: 0x80 }, (_, code) => String.fromCodePoint(code));
      for (const sign of [...signs, '\u2028', '\ufdfa', '\ud800', '𝔘', '😀', 'ﷺ'])
        for (const text of [`disk${sign}`, `${sign}disk`]) expect([[1], []]).toContainEqual(await found(text));
    });

    test('finds an alert by what it said at its last event, and no repeat changes that', async () => {
      const first = alert(1, { ...NONE, name: 'one' });
      await insert(first);
      await follow(1);
      const [stored] = await store.transaction((tx) =>
        tx.findAlerts([{ source: 'generic', origin: '', fingerprint: first.fingerprint, key: 'generic\0\0check-1' }]),
      );
      await save(store, { alerts: [write('refresh', { ...first, labels: { is: 'two' } }, stored?.ref ?? null)] });
      expect(await found('one')).toEqual([1]);
      expect(await found('two')).toEqual([]);
      await follow(1);
      expect(await found('two')).toEqual([1]);
    });

    test('finds an alert no more when it is gone, and what follows it says nothing of another', async () => {
      await insert(alert(1, { ...NONE, name: 'one' }));
      await index();
      await store.transaction(async (tx) => tx.removeAlerts(await tx.findAlertsById([idOf(1)])));
      await follow(1);
      await insert(alert(2, { ...NONE, name: 'other' }));
      expect(await found('one')).toEqual([]);
      await index();
      expect(await found('other')).toEqual([2]);
    });

    test('indexes all that has no words yet, once', async () => {
      await insert(...Array.from({ length: 450 }, (_, number) => alert(number, { ...NONE, name: 'many' })));
      await follow(17);
      await index();
      expect(await store.countAlerts({ limit: 1, words: ['many'] })).toBe(450);
      for (let after: string | null = ''; after !== null; ) {
        const page = await store.unindexedAlerts(after, 200);
        expect(page.alertIds).toEqual([]);
        after = page.next;
      }
    });

    test('searches within other filters, by attention and in pages, and incidents by their alerts', async () => {
      await save(store, { incidents: [incident(901), incident(902)] });
      const severities = ['info', 'critical', 'warning'] as const;
      await insert(
        ...severities.map((severity, number) =>
          alert(number, { ...NONE, severity, name: 'odd', incidentId: idOf(901) }),
        ),
        alert(9, { ...NONE, name: 'even', incidentId: idOf(902) }),
      );
      await index();
      expect(await found('odd', { severity: 'critical' })).toEqual([1]);
      const query = { words: ['odd'], sort: 'attention', limit: 2 } as const;
      const first = await store.listAlerts(query);
      const second = await store.listAlerts({ ...query, cursor: first.nextCursor ?? '' });
      expect([...first.items, ...second.items].map(({ severity }) => severity)).toEqual([
        'critical',
        'warning',
        'info',
      ]);
      const incidents = await store.listIncidents({ limit: 10, words: ['odd'] });
      expect(incidents.items.map(({ id }) => id)).toEqual([idOf(901)]);
      expect(await store.countIncidents({ limit: 10, words: ['o'] })).toBe(1);
      expect(await store.incidentsBySeverity({ limit: 1, words: ['even'] })).toMatchObject({ critical: 1 });
      expect(await store.alertsBySeverity({ limit: 1, words: ['odd'] })).toMatchObject({ critical: 1, warning: 1 });
    });
  });
}
