import { beforeEach, describe, expect, test } from '@jest/globals';
import { emptyReport, recordSeen, type SourceReport } from '../../../src/core/source-report.ts';
import { createSourceLog, type SourceLog } from '../../../src/housekeeping/source-log.ts';

let now: number;
let timers: { readonly at: number; readonly fn: () => void }[];
let saved: SourceReport[][];
let kept: SourceReport[];
let failures: unknown[];
let saving: () => Promise<void>;
let log: SourceLog;

const clock = {
  now: () => now,
  monotonic: () => now,
  after: (ms: number, fn: () => void) => {
    const timer = { at: now + ms, fn };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  },
};

/** Lets a minute pass, and what it sets off come to its end. */
async function minute(): Promise<void> {
  now += 60_000;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter(({ at }) => at > now);
  for (const { fn } of due) fn();
  await new Promise((resolve) => setImmediate(resolve));
}

const accept = (source: string, ...remarks: string[]) => log.accepted(source, now, remarks);

beforeEach(async () => {
  [now, timers, saved, kept, failures] = [1_000_000, [], [], [], []];
  saving = async () => {};
  log = createSourceLog({
    store: {
      saveSources: async (reports) => {
        await saving();
        saved.push([...reports]);
      },
      listSources: async () => kept,
    },
    clock,
    sources: ['zabbix', 'grafana'],
    onFailure: (error) => failures.push(error),
  });
  await log.start();
});

test.each<[string, () => void, Partial<SourceReport>]>([
  ['taken', () => accept('zabbix'), { heardAt: 1_000_000 }],
  [
    'taken, with a remark',
    () => accept('zabbix', 'a test'),
    { heardAt: 1_000_000, remark: 'a test', remarkAt: 1_000_000 },
  ],
  ['refused', () => log.refused('zabbix', now, 'no alerts'), { refusal: 'no alerts', refusedAt: 1_000_000 }],
])('a body is noted: %s', async (_, act, expected) => {
  act();
  expect(await log.list()).toEqual([emptyReport('grafana'), { ...emptyReport('zabbix'), ...expected }]);
});

describe('the store', () => {
  test('is written once a minute however much is heard, and not at all when nothing is', async () => {
    for (let count = 0; count < 1000; count += 1) accept('zabbix');
    log.refused('grafana', now, 'wrong secret');
    expect(saved).toEqual([]);
    await minute();
    await minute();
    await minute();
    expect(saved).toEqual([
      [
        { ...emptyReport('zabbix'), heardAt: 1_000_000 },
        { ...emptyReport('grafana'), refusal: 'wrong secret', refusedAt: 1_000_000 },
      ],
    ]);
  });

  test('that cannot be written keeps nobody from knowing, and gets it the next time', async () => {
    saving = () => Promise.reject(new Error('the disk is full'));
    log.refused('grafana', now, 'wrong secret');
    await minute();
    expect(failures).toEqual([new Error('the disk is full')]);
    expect((await log.list())[0]).toMatchObject({ refusal: 'wrong secret' });
    saving = async () => {};
    await minute();
    expect(saved).toHaveLength(1);
  });

  test('does not forget what is heard while it is written', async () => {
    let go = () => {};
    saving = () => new Promise((resolve) => (go = resolve));
    accept('zabbix');
    await minute();
    accept('zabbix', 'late');
    go();
    await minute();
    saving = async () => {};
    await minute();
    expect(saved.flat().at(-1)).toMatchObject({ remark: 'late' });
  });

  test('gets the rest at the stop, after which nothing is written any more', async () => {
    accept('zabbix');
    await log.stop();
    expect(saved).toHaveLength(1);
    accept('zabbix');
    await minute();
    expect([saved.length, timers]).toEqual([1, []]);
  });

  test('and other hubs tell what this one has not heard: of each thing the later counts, and what is not enabled stays', async () => {
    kept = [recordSeen(emptyReport('old-tool'), 5, ['gone']), recordSeen(emptyReport('zabbix'), 7, ['elsewhere'])];
    accept('zabbix');
    expect(await log.list()).toEqual([
      emptyReport('grafana'),
      recordSeen(emptyReport('old-tool'), 5, ['gone']),
      { ...emptyReport('zabbix'), heardAt: 1_000_000, remark: 'elsewhere', remarkAt: 7 },
    ]);
  });
});
