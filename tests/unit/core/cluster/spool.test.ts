import { describe, expect, test } from '@jest/globals';
import { decide, type PreviousAlert } from '../../../../src/core/alert/decide.ts';
import type { CheckStatus } from '../../../../src/core/check.ts';
import { type CheckState, nextState, wireAlert } from '../../../../src/core/cluster/payload.ts';
import {
  append,
  BATCH,
  bound,
  nextBatch,
  type SpoolEntry,
  type SpoolLimits,
} from '../../../../src/core/cluster/spool.ts';
import fc from '../../../support/property.ts';

const SENDER = { instanceId: 'web-1', hostname: 'web-1.example' };
const ROOMY: SpoolLimits = { maxAlerts: 1_000_000, maxBytes: 1e9 };
const LETTERS: Record<string, CheckStatus> = { o: 'ok', w: 'warning', c: 'critical', u: 'unknown' };

/** Entries of checks, one letter a run: `o`k, `w`arning, `c`ritical, `u`nknown. */
function entriesOf(stories: Record<string, string>): SpoolEntry[][] {
  const states: Record<string, CheckState> = {};
  const length = Math.max(...Object.values(stories).map((story) => story.length));
  let seq = 0;
  return Array.from({ length }, (_, run) =>
    Object.entries(stories).flatMap(([checker, story]) => {
      const status = LETTERS[story[run] ?? ''];
      if (status === undefined) return [];
      const checkedAt = run * 60_000;
      const result = { checker, status, message: `at ${run}`, metrics: {}, checkedAt, durationMs: 1 };
      states[checker] = nextState(states[checker], result);
      seq += 1;
      return [{ seq, ...SENDER, alert: wireAlert(result, checker, states[checker], SENDER) }];
    }),
  );
}

/** What is left in the spool after all runs while the hub is away. */
function spoolOf(stories: Record<string, string>, limits = ROOMY): SpoolEntry[] {
  return entriesOf(stories).reduce<SpoolEntry[]>((spool, run) => bound(append(spool, run), limits).spool, []);
}

/** A spool as text: letter and run of each entry of one check. */
function written(spool: readonly SpoolEntry[], checker = 'cpu'): string {
  const letter = ({ alert }: SpoolEntry) =>
    alert.status === 'resolved' ? 'o' : alert.labels.check_status ? 'u' : alert.severity === 'critical' ? 'c' : 'w';
  return spool
    .filter((entry) => entry.alert.labels.checker === checker)
    .map((entry) => letter(entry) + Date.parse(entry.alert.observed_at) / 60_000)
    .join(' ');
}

/** History that a hub makes of alerts that come in this order: one word for each change. */
function historyOf(entries: readonly SpoolEntry[], known?: PreviousAlert): { changes: string[]; last: string } {
  let previous = known;
  const changes: string[] = [];
  for (const { alert } of entries) {
    const incoming = { ...alert, observedAt: Date.parse(alert.observed_at) };
    const { action } = decide(previous, incoming, Number.MAX_SAFE_INTEGER);
    if (action === 'drop') continue;
    previous = incoming;
    if (action === 'open') changes.push(`open ${alert.started_at} ${alert.severity}`);
    if (action === 'update') changes.push(`update ${alert.severity}`);
    if (action === 'resolve') changes.push(`resolve ${alert.started_at} ${alert.ended_at}`);
  }
  return { changes, last: previous === undefined ? 'none' : `${previous.status} ${previous.severity}` };
}

describe('append', () => {
  test.each([
    ['c', 'c0'],
    ['cccc', 'c0 c3'],
    ['oooo', 'o3'],
    ['ocooo', 'o0 c1 o4'],
    ['occcco', 'o0 c1 c4 o5'],
    ['wwccww', 'w0 w1 c2 c3 w4 w5'],
    ['cuuuc', 'c0 u1 u3 c4'],
    ['cococo', 'c0 o1 c2 o3 c4 o5'],
  ])('%s leaves %s', (story, left) => expect(written(spoolOf({ cpu: story }))).toBe(left));

  test('the end of a problem keeps its time however long it stays well', () => {
    const [, end] = spoolOf({ cpu: 'cooooo' });
    expect(end?.alert.ended_at).toBe('1970-01-01T00:01:00.000Z');
  });

  test('checks do not fold into one another, nor does one name into another', () => {
    expect(spoolOf({ cpu: 'cc', disk: 'cc' })).toHaveLength(4);
    const [entry] = spoolOf({ cpu: 'c' });
    if (entry === undefined) throw new Error('no entry');
    expect(append([entry], [{ ...entry, instanceId: 'web-2' }])).toHaveLength(2);
  });

  test('entries stay in the order in which they came', () => {
    const seqs = spoolOf({ cpu: 'ccoc', disk: 'oooo', load: 'wcwc' }).map((entry) => entry.seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  });
});

describe('bound', () => {
  const limited = (story: string, maxAlerts: number) => written(spoolOf({ cpu: story }, { maxAlerts, maxBytes: 1e9 }));

  test.each([
    ['repeats go first', 'ccccwo', 3, 'c0 w4 o5'],
    ['then changes that were not the worst', 'wcwwwo', 3, 'w0 c1 o5'],
    ['then the worst', 'wcwo', 2, 'w0 o3'],
    ['then outages in the middle, each whole, the oldest first', 'cocococo', 6, 'c0 o1 c4 o5 c6 o7'],
    ['the first outage and the last stay', 'cococococ', 3, 'c0 o1 c8'],
    ['an end whose beginning the hub has stays', 'ococococ', 2, 'o0 c1 o2 c7'],
  ])('%s', (_, story, most, left) => expect(limited(story, most)).toBe(left));

  test('a check that flaps does not cost another its outage', () => {
    const spool = spoolOf({ cpu: 'co'.repeat(50), disk: `oco${'o'.repeat(97)}` }, { maxAlerts: 12, maxBytes: 1e9 });
    expect(spool.length).toBeLessThanOrEqual(12);
    expect(written(spool, 'disk')).toBe('o0 c1 o99');
  });

  test('bytes count as entries do', () => {
    const spool = spoolOf({ cpu: 'co'.repeat(200) }, { maxAlerts: 1e6, maxBytes: 10_000 });
    expect(JSON.stringify(spool).length).toBeLessThanOrEqual(10_000);
    expect(spool.length).toBeGreaterThan(10);
  });

  test('what cannot be done without stays, and is told', () => {
    const all = entriesOf({ cpu: 'coc' }).flat();
    expect(bound(all, { maxAlerts: 1, maxBytes: 1e9 })).toEqual({ spool: all, folded: 0, isOver: true });
    expect(bound(all, ROOMY)).toEqual({ spool: all, folded: 0, isOver: false });
  });
});

describe('whatever happens while the hub is away', () => {
  const story = fc.string({ unit: fc.constantFrom('o', 'w', 'c', 'u'), minLength: 1, maxLength: 40 });
  const known = fc.constantFrom<PreviousAlert | undefined>(
    undefined,
    { status: 'firing', severity: 'critical', observedAt: -1 },
    { status: 'resolved', severity: 'info', observedAt: -1 },
  );

  test('within its bounds the hub learns the same history as if it had been there', () => {
    fc.assert(
      fc.property(story, known, (text, before) => {
        const all = entriesOf({ cpu: text }).flat();
        expect(historyOf(spoolOf({ cpu: text }), before)).toEqual(historyOf(all, before));
      }),
    );
  });

  test('beyond them it learns the first and the last outage, the present state, and no end without its beginning', () => {
    fc.assert(
      fc.property(story, known, fc.integer({ min: 1, max: 12 }), (text, before, maxAlerts) => {
        const all = historyOf(entriesOf({ cpu: text }).flat(), before);
        const spool = spoolOf({ cpu: text }, { maxAlerts, maxBytes: 1e9 });
        const kept = historyOf(spool, before);
        expect(spool.length).toBeLessThanOrEqual(Math.max(maxAlerts, 5));
        expect(kept.last).toBe(all.last);
        const opened = (changes: string[]) => changes.filter((change) => change.startsWith('open'));
        const first = all.changes.find((change) => /^(open|resolve)/.test(change));
        if (first !== undefined) expect(kept.changes).toContain(first);
        expect(opened(kept.changes).at(-1)).toBe(opened(all.changes).at(-1));
        const steps = kept.changes.map((change) => change.split(' ')[0]).filter((word) => word !== 'update');
        const begin = before?.status === 'firing' ? 1 : 0;
        expect(steps).toEqual(steps.map((_, at) => ((at + begin) % 2 === 0 ? 'open' : 'resolve')));
        for (const change of kept.changes) if (!change.startsWith('update')) expect(all.changes).toContain(change);
      }),
    );
  });
});

describe('nextBatch', () => {
  test('the oldest, at most so many', () => {
    const spool = spoolOf({ cpu: 'co'.repeat(400) });
    expect(nextBatch(spool)).toEqual(spool.slice(0, BATCH.alerts));
    expect(nextBatch(spool, 3)).toEqual(spool.slice(0, 3));
    expect(nextBatch([])).toEqual([]);
  });

  test('at most so many bytes, but one always', () => {
    const spool = spoolOf({ cpu: 'coco' }).map((entry) => ({
      ...entry,
      alert: { ...entry.alert, annotations: { message: 'é'.repeat(100_000) } },
    }));
    expect(nextBatch(spool)).toHaveLength(2);
    const [entry] = spool;
    if (entry === undefined) throw new Error('no entry');
    const huge = { ...entry, alert: { ...entry.alert, annotations: { message: 'x'.repeat(BATCH.bytes) } } };
    expect(nextBatch([huge, entry])).toEqual([huge]);
  });

  test('of one sender', () => {
    const spool = spoolOf({ cpu: 'coco' }).map((entry, at) => ({ ...entry, hostname: at < 1 ? 'old' : 'new' }));
    expect(nextBatch(spool)).toHaveLength(1);
    expect(nextBatch(spool.slice(1))).toHaveLength(3);
  });
});
