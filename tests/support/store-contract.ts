import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../src/stores/contract/store.ts';
import { alert, changes, claimed, event, identityOf, idOf, incident, instance, save, T, write } from './stored.ts';

/** A place where a store keeps its data; it can be opened several times, as by several processes. */
export interface Place {
  open(): Promise<Store>;
  /** Set where two handles of one process cannot write at the same time: each waits for the other without letting it go on. */
  readonly oneWriter?: true;
  remove(): Promise<void>;
}

/** The contract that every store keeps; `make` gives an empty place. */
export function describeStore(name: string, make: () => Promise<Place>): void {
  describe(name, () => {
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
    const again = async () => {
      await store.close();
      store = await place.open();
    };

    describe('a transaction', () => {
      test('keeps all of what was saved, to the field, also for who opens it anew', async () => {
        const incidents = [incident(7), incident(8, { status: 'resolved', resolvedAt: T + 5, acknowledgedAt: T + 3 })];
        const alerts = [
          alert(1, { incidentId: idOf(7) }),
          alert(2, { status: 'resolved', endedAt: T, severity: 'info' }),
        ];
        const instances = [instance('web-1'), instance('web-2', { clockOffsetMs: null, silentSince: T, version: '' })];
        const replay = { key: 'secret:n', signature: 'ab', answer: '{"outcome":"committed"}', at: T };
        const writes = alerts.map((one) => write('insert', one));
        await save(store, { alerts: writes, incidents, events: [event(1)], instances, replays: [replay] });
        for (let round = 0; round < 2; round += 1) {
          expect((await store.listAlerts({ limit: 10 })).items).toEqual(alerts.toReversed());
          expect(await store.findAlert(idOf(1))).toEqual(alerts[0]);
          expect((await store.listIncidents({ limit: 10 })).items).toMatchObject(incidents.toReversed());
          expect(await store.findIncident(idOf(8))).toMatchObject({ ...incidents[1] });
          expect((await store.listInstances({ limit: 10 })).items).toEqual(instances);
          expect(await store.history([idOf(1)], 10)).toEqual([{ ...event(1), seq: expect.any(Number) }]);
          const read = await store.transaction(async (tx) => ({
            alerts: await tx.findAlerts([...alerts.map(identityOf), identityOf(alert(3))]),
            incidents: await tx.findIncidents([idOf(8), idOf(9)], ['key-7', 'key-8', 'key-9']),
            instances: await tx.findInstances(['web-2', 'nobody']),
            replays: await tx.findReplays(['secret:n', 'secret:m']),
          }));
          expect(read.alerts.map((one) => one?.id)).toEqual([idOf(1), idOf(2), undefined]);
          expect(read.alerts[0]).toMatchObject({ observedAt: T - 10, occurrences: 3, incidentId: idOf(7) });
          expect(read.incidents.map((one) => one.id).toSorted()).toEqual([idOf(7), idOf(8)]);
          expect(read.instances).toEqual([instances[1]]);
          expect(read.replays).toEqual([replay]);
          await again();
        }
      });

      test('finds the alerts that fire under a name, of one source and origin, unless many bear it', async () => {
        const named = (n: number, fields: Parameters<typeof alert>[1]) =>
          alert(n, { name: 'Disk full', source: 'generic', origin: '', labels: { host: `db${n}` }, ...fields });
        const alerts = [
          named(1, {}),
          named(2, { status: 'resolved', endedAt: T }),
          named(3, { source: 'zabbix' }),
          named(4, { origin: 'web-1' }),
          named(5, { name: 'Disk slow' }),
          named(6, {}),
        ];
        await save(store, { alerts: alerts.map((one) => write('insert', one)) });
        const wanted = { source: 'generic', origin: '', name: 'Disk full' };
        const find = () => store.transaction((tx) => tx.findFiringByName([wanted, { ...wanted, name: 'nobody' }]));
        const [found = [], none] = await find();
        expect(found.map(({ labels }) => labels.host).toSorted()).toEqual(['db1', 'db6']);
        expect(found.map(({ identity }) => identity.key).toSorted()).toEqual(
          [alerts[0], alerts[5]].map((one) => identityOf(one as (typeof alerts)[0]).key).toSorted(),
        );
        expect(none).toEqual([]);
        const many = Array.from({ length: 500 }, (_, n) => named(100 + n, { status: 'resolved', endedAt: T }));
        await save(store, { alerts: many.map((one) => write('insert', one)) });
        expect(await find()).toEqual([[], []]);
      });

      test('finds of each key the live incident, or where none lives the one with the last id', async () => {
        const over = { status: 'resolved', resolvedAt: T + 99 } as const;
        const of = (key: string, number: number, fields: Parameters<typeof incident>[1]) =>
          incident(number, { key, ...fields });
        const incidents = [
          of('none lives', 1, over),
          of('none lives', 3, over),
          of('none lives', 2, over),
          of('one lives', 4, {}),
          of('one lives', 5, over),
        ];
        await save(store, { incidents });
        const keys = ['none lives', 'one lives', 'unheard of'];
        const found = await store.transaction((tx) => tx.findIncidents([idOf(1)], keys));
        expect(found.map((one) => one.id).toSorted()).toEqual([1, 3, 4].map(idOf));
      });

      test.each(['before', 'after'])(
        'that throws %s it has saved keeps nothing, and the next one knows nothing of it',
        async (when) => {
          await save(store, { alerts: [write('insert', alert(1))], instances: [instance('web-1')] });
          const failed = store.transaction(async (tx) => {
            const [known] = await tx.findAlerts([identityOf(alert(1))]);
            if (when === 'before') throw new Error('on purpose');
            const refreshed = write('refresh', alert(1, { occurrences: 99, observedAt: T + 99 }), known?.ref ?? null);
            const instances = [instance('web-1', { version: '9' }), instance('web-2')];
            const replays = [{ key: 'k', signature: 's', answer: '{}', at: T }];
            const alerts = [refreshed, write('insert', alert(2))];
            await tx.save(changes({ alerts, incidents: [incident(1)], events: [event(1)], instances, replays }));
            throw new Error('on purpose');
          });
          await expect(failed).rejects.toThrow('on purpose');
          await store.transaction(async (tx) => {
            expect(await tx.findAlerts([alert(1), alert(2)].map(identityOf))).toEqual([
              expect.objectContaining({ occurrences: 3, observedAt: T - 10 }),
              undefined,
            ]);
            expect(await tx.findInstances(['web-1', 'web-2'])).toEqual([instance('web-1')]);
            expect(await tx.findIncidents([idOf(1)], ['key-1'])).toEqual([]);
            expect(await tx.findReplays(['k'])).toEqual([]);
          });
          expect((await store.listAlerts({ limit: 10 })).items).toEqual([alert(1)]);
          expect(await store.history([idOf(1)], 10)).toEqual([]);
        },
      );

      test('that the store refuses keeps nothing, and the store goes on', async () => {
        await save(store, { alerts: [write('insert', alert(1))], incidents: [incident(1)] });
        const twice = [write('insert', alert(2)), write('insert', alert(3, { fingerprint: 'check-2' }))];
        // By its code: a native module's errors belong to the realm that loaded it first, which may be another test's.
        await expect(save(store, { alerts: twice, events: [event(1)] })).rejects.toHaveProperty('code');
        const second = incident(2, { key: 'key-1', status: 'acknowledged' });
        await expect(save(store, { incidents: [second] })).rejects.toHaveProperty('code');
        await save(store, { incidents: [{ ...second, status: 'resolved' }] });
        expect((await store.listAlerts({ limit: 10 })).items).toHaveLength(1);
        expect((await store.listIncidents({ limit: 10 })).items).toHaveLength(2);
        expect(await store.history([idOf(1)], 10)).toEqual([]);
      });

      test('runs alone: fifty at once count every one', async () => {
        await save(store, { alerts: [write('insert', alert(1, { occurrences: 0 }))] });
        const count = () =>
          store.transaction(async (tx) => {
            const [known] = await tx.findAlerts([identityOf(alert(1))]);
            await new Promise((resolve) => setImmediate(resolve));
            const next = alert(1, { occurrences: (known?.occurrences ?? 0) + 1 });
            await tx.save(changes({ alerts: [write('refresh', next, known?.ref ?? null)] }));
          });
        await Promise.all(Array.from({ length: 50 }, count));
        expect(await store.findAlert(idOf(1))).toMatchObject({ occurrences: 50 });
      });
    });

    describe('an alert that is written again', () => {
      const refOf = (one = alert(1)) =>
        store.transaction(async (tx) => (await tx.findAlerts([identityOf(one)]))[0]?.ref ?? null);

      test('as a refresh: what repeats is renewed', async () => {
        await save(store, { alerts: [write('insert', alert(1))] });
        const repeat = alert(1, {
          labels: { a: 'b' },
          annotations: {},
          metrics: {},
          observedAt: T + 5,
          lastSeenAt: T + 6,
          occurrences: 4,
        });
        await save(store, { alerts: [write('refresh', repeat, await refOf())] });
        expect(await store.findAlert(idOf(1))).toEqual(repeat);
        await again();
        expect(await store.findAlert(idOf(1))).toEqual(repeat);
      });

      test('as an update: every field but its identity', async () => {
        await save(store, { alerts: [write('insert', alert(1))] });
        const changed = alert(1, {
          name: 'Load',
          status: 'resolved',
          severity: 'critical',
          labels: {},
          annotations: { x: 'y' },
          metrics: { n: 1 },
          startedAt: T + 1,
          endedAt: T + 2,
          observedAt: T + 3,
          receivedAt: T + 4,
          lastSeenAt: T + 5,
          occurrences: 9,
          incidentId: idOf(4),
        });
        const ref = await refOf();
        await save(store, { alerts: [write('update', changed, ref)] });
        expect(await store.findAlert(idOf(1))).toEqual(changed);
        expect(await refOf()).toBe(ref);
      });

      test('as a confirmation: nothing but the time of its last observation, for who remembers it and who does not', async () => {
        const resolved = alert(1, { status: 'resolved', endedAt: T - 5 });
        await save(store, { alerts: [write('insert', resolved), write('insert', alert(2))] });
        const ref = await refOf();
        if (ref === null) throw new Error('it is not there');
        await save(store, { confirmed: [{ key: identityOf(resolved).key, ref, observedAt: T + 77 }] });
        for (let round = 0; round < 2; round += 1) {
          expect(await store.findAlert(idOf(1))).toEqual({ ...resolved, observedAt: T + 77 });
          expect(await store.findAlert(idOf(2))).toEqual(alert(2));
          const [known] = await store.transaction((tx) => tx.findAlerts([identityOf(resolved)]));
          expect(known).toMatchObject({ ref, status: 'resolved', observedAt: T + 77, occurrences: 3 });
          await again();
        }
      });

      test('identities do not mix: the same fingerprint of another source or origin is another alert', async () => {
        const others = [
          alert(1),
          alert(2, { fingerprint: 'check-1', origin: 'web-2' }),
          alert(3, { fingerprint: 'check-1', source: 'monitor' }),
        ];
        await save(store, { alerts: others.map((one) => write('insert', one)) });
        const found = await store.transaction((tx) => tx.findAlerts(others.map(identityOf)));
        expect(found.map((one) => one?.id)).toEqual([idOf(1), idOf(2), idOf(3)]);
      });
    });

    describe('two that have it open', () => {
      test('each sees at once what the other has committed, and works on that', async () => {
        const other = await place.open();
        try {
          await save(store, { alerts: [write('insert', alert(1))], instances: [instance('web-1')] });
          for (let round = 1; round <= 4; round += 1) {
            const [writer, reader] = round % 2 === 0 ? [store, other] : [other, store];
            await writer.transaction(async (tx) => {
              const [known] = await tx.findAlerts([identityOf(alert(1))]);
              const [heard] = await tx.findInstances(['web-1']);
              expect([known?.occurrences, heard?.version]).toEqual([
                2 + round,
                round === 1 ? '1.2.3' : `r${round - 1}`,
              ]);
              const alerts = [write('refresh', alert(1, { occurrences: 3 + round }), known?.ref ?? null)];
              await tx.save(changes({ alerts, instances: [instance('web-1', { version: `r${round}` })] }));
            });
            expect(await reader.findAlert(idOf(1))).toMatchObject({ occurrences: 3 + round });
          }
          await other.createKey({ id: 'k1', instanceId: 'web-1', secret: 's', createdAt: T, expiresAt: null });
          expect(await store.findKey('k1')).toMatchObject({ instanceId: 'web-1' });
          const lease = await claimed(other);
          await other.heartbeat(0, lease);
          const forgiven = await other.heartbeat((await other.now()) + 60_000, lease);
          const [later] = await store.transaction((tx) => tx.findInstances(['web-1']));
          expect(later?.staleAt).toBe(T + 60_000 + forgiven);
        } finally {
          await other.close();
        }
      });
    });

    test('opening it for the first time from several sides at once prepares it once', async () => {
      const fresh = await make();
      const stores = await Promise.all([fresh.open(), fresh.open(), fresh.open()]);
      for (const [index, one] of stores.entries()) await save(one, { alerts: [write('insert', alert(index))] });
      expect((await stores[0].listAlerts({ limit: 10 })).items).toHaveLength(3);
      for (const one of stores) await one.close();
      await fresh.remove();
    });

    test.each([[0], [1], [300_000]])('it says that it can be written, by a write of %d bytes', async (bytes) => {
      await store.checkWritable(T, bytes);
      await store.checkWritable(T, bytes);
    });
  });
}
