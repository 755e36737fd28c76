import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingAlert } from '../../../src/core/alert/alert.ts';
import type { Submission } from '../../../src/core/submission.ts';
import { incoming, openWorld, submission, type World } from '../../support/world.ts';

let world: World;
let at: number;
beforeEach(() => {
  world = openWorld();
  at = 0;
});
afterEach(() => world.close());

const LABELS = { host: 'db1' };
const fire = (id: string, fields: Partial<IncomingAlert> = {}) =>
  incoming(id, 'firing', 'warning', { name: 'Disk full', labels: LABELS, ...fields });
const recover = (id: string, fields: Partial<IncomingAlert> = {}) =>
  incoming(id, 'resolved', 'warning', { name: 'Disk full', labels: LABELS, ...fields });
const send = async (alerts: readonly IncomingAlert[], fields: Partial<Submission> = {}) => {
  at += 1000;
  const [answer] = await world.commit({ ...submission(at, alerts), source: 'generic', origin: '', ...fields });
  if (answer?.outcome !== 'committed') throw new Error('refused');
  return answer;
};
const statuses = async () =>
  (await world.store.listAlerts({ limit: 10 })).items.map((one) => [one.fingerprint, one.status]).toSorted();

describe('a recovery whose identity is not known', () => {
  test('ends the one alert that fires under its name and labels, and says so', async () => {
    await send([fire('m-1'), fire('m-2', { labels: { host: 'db2' } }), fire('m-3', { name: 'Disk slow' })]);
    const { counts, remarks } = await send([recover('m-9')]);
    expect(counts.alertsResolved).toBe(1);
    expect(remarks).toEqual([
      'no alert has the identity of this recovery, but one has its name and labels: ended "Disk full"',
    ]);
    expect(await statuses()).toEqual([
      ['m-1', 'resolved'],
      ['m-2', 'firing'],
      ['m-3', 'firing'],
    ]);
  });

  test.each([
    ['two fire under them', [fire('m-1'), fire('m-2')], recover('m-9')],
    ['its labels are fewer', [fire('m-1', { labels: { ...LABELS, disk: 'sda' } })], recover('m-9')],
    ['its labels are more', [fire('m-1')], recover('m-9', { labels: { ...LABELS, disk: 'sda' } })],
    ['its name is another', [fire('m-1')], recover('m-9', { name: 'Disk' })],
  ])('ends nothing where %s, and says so', async (_, firing, recovery) => {
    await send(firing);
    const { counts, remarks } = await send([recovery]);
    expect(counts.alertsResolved).toBe(0);
    expect(remarks).toEqual([expect.stringMatching(/^the recovery of ".+" matches no alert that was told here/)]);
    for (const [, status] of await statuses()) expect(status).toBe('firing');
  });

  test('ends it though a label tells that it is less bad now', async () => {
    await send([fire('m-1', { labels: { ...LABELS, severity: 'critical' } })]);
    expect((await send([recover('m-9', { labels: { ...LABELS, severity: 'ok' } })])).counts.alertsResolved).toBe(1);
  });

  test('ends no alert of another source or instance', async () => {
    await send([fire('m-1')], { source: 'zabbix' });
    expect((await send([recover('m-9')])).counts.alertsResolved).toBe(0);
  });

  test('ends no alert that is over, nor one that begins in the same request', async () => {
    await send([fire('m-1')]);
    await send([recover('m-1')]);
    expect((await send([recover('m-9')])).counts).toMatchObject({ alertsResolved: 0, alertsUpdated: 0 });
    const { counts, remarks } = await send([fire('m-5'), recover('m-5', { observedAt: Date.now() })]);
    expect([counts.alertsCreated, remarks]).toEqual([1, undefined]);
  });

  test('many of them are one remark', async () => {
    const many = Array.from({ length: 60 }, (_, index) => recover(`r-${index}`));
    expect((await send(many)).remarks).toEqual([
      expect.stringMatching(/^60 recoveries, such as of "Disk full", match/),
    ]);
  });

  test.each([
    ['an agent, whose checks are mostly well', { source: 'cluster', origin: 'web-1' }, {}],
    ['this machine', { source: 'local' }, {}],
    ['a driver that implies it', {}, { isImplied: true as const }],
  ])('is nothing to speak of when it is of %s', async (_, source, fields) => {
    expect((await send([recover('m-9', fields)], source)).remarks).toBeUndefined();
  });
});
