import { describe, expect, test } from '@jest/globals';
import type { Submission } from '../../../src/core/submission.ts';
import fc from '../../support/property.ts';
import { incoming, openWorld, type Story, submission, T } from '../../support/world.ts';

const REOPEN = 1000;
const STALE = 1500;

const said = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  status: fc.constantFrom('firing', 'firing', 'resolved'),
  severity: fc.constantFrom('critical', 'warning', 'info'),
  /** How long before its arrival it was observed; negative when the sender's clock is ahead. */
  age: fc.constantFrom(0, 0, 0, 1, 400, 2500, -700),
  service: fc.constantFrom('x', 'x', 'y'),
  title: fc.constantFrom('one', 'one', 'two'),
});

const sent = fc.record({
  /** Since the submission before. */
  after: fc.constantFrom(0, 1, 300, 1000, 1001, 2000),
  origin: fc.constantFrom('web-1', 'web-2'),
  kind: fc.constantFrom('push', 'push', 'push', 'silence', 'again'),
  nonce: fc.option(fc.constantFrom('n', 'm'), { nil: null }),
  version: fc.constantFrom('1', '2'),
  alerts: fc.array(said, { maxLength: 5 }),
});

type Sent = typeof sent extends fc.Arbitrary<infer V> ? V : never;

/** What arrived, in the order of arrival. */
function submissionsOf(sequence: readonly Sent[]): Submission[] {
  let at = 0;
  const made: Submission[] = [];
  for (const { after, origin, kind, nonce, version, alerts } of sequence) {
    at += after;
    const previous = made.at(-1);
    if (kind === 'again' && previous !== undefined) {
      made.push({ ...previous, receivedAt: T + at });
      continue;
    }
    const who = { origin, actor: `cluster:${origin}` };
    if (kind === 'silence') {
      const instance = { kind: 'silent' as const, instanceId: origin };
      made.push(submission(at, [], { ...who, source: 'monitor', actor: 'monitor', instance }));
      continue;
    }
    const read = alerts.map(({ name, status, severity, age, service, title }) => {
      const observedAt = T + at - age;
      return incoming(name, status as 'firing', severity as 'info', {
        name: title,
        observedAt,
        labels: { service },
        groupKey: `${origin}/${service}`,
      });
    });
    const replay = nonce === null ? null : { key: nonce, signature: `${nonce} of ${made.length % 3}` };
    const instance = { kind: 'seen' as const, instanceId: origin, hostname: origin, version, clockOffsetMs: null };
    made.push(submission(at, read, { ...who, replay, instance }));
  }
  return made;
}

/** Commits so many submissions at once, and works on so many alerts of them at a time. */
async function run(
  submissions: readonly Submission[],
  sizes: readonly number[],
  groupBy: readonly string[],
  chunkAlerts = 99,
) {
  const world = openWorld({ reopenWithinMs: REOPEN, staleAfterMs: STALE, groupBy }, { chunkAlerts });
  try {
    const answers: unknown[] = [];
    const steps: Story[] = [];
    for (let from = 0, turn = 0; from < submissions.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      answers.push(...(await world.commit(...submissions.slice(from, from + size))));
      from += size;
      steps.push(await world.story());
    }
    const { items: instances } = await world.store.listInstances({ limit: 9 });
    return { answers, steps, end: { story: steps.at(-1), instances } };
  } finally {
    await world.close();
  }
}

/** What an alert's history says of it: its view is unknown while its instance is silent. */
function isFiring({ history }: Story['alerts'][number]): boolean {
  return history.filter((line) => line.split(' ')[1] !== 'updated').length % 2 === 1;
}

/** What must hold of every state that can be read. */
function holdsTogether({ alerts, incidents }: Story): void {
  const live = incidents.filter((one) => one.status === 'open' || one.status === 'acknowledged');
  expect(new Set(live.map((one) => one.key)).size).toBe(live.length);
  for (const one of incidents) {
    const of = alerts.filter((alert) => alert.incidentId === one.id);
    const firing = of.filter(isFiring);
    const count = (severity: string) => firing.filter((alert) => alert.severity === severity).length;
    const counts = { critical: count('critical'), warning: count('warning'), info: count('info') };
    expect([one.id, one.firing]).toEqual([one.id, counts]);
    expect([one.id, one.status]).toEqual([one.id, firing.length > 0 ? 'open' : 'resolved']);
    expect(one.resolvedAt === null).toBe(firing.length > 0);
    const worst = (['critical', 'warning', 'info'] as const).find((severity) => counts[severity] > 0);
    if (worst !== undefined) expect([one.id, one.severity]).toEqual([one.id, worst]);
    const joined = alerts.filter(({ history }) => history.some((line) => line.includes(`incident_id=${one.id} `)));
    expect([one.id, one.alertCount]).toEqual([one.id, joined.length]);
    const turns = one.history.map((line) => line.split(' ')[1]).filter((kind) => kind !== 'severity_changed');
    const next: Record<string, string> = { opened: 'resolved', resolved: 'reopened', reopened: 'resolved' };
    turns.forEach((kind, index) => {
      expect(index === 0 ? 'opened' : next[turns[index - 1] ?? '']).toBe(kind);
    });
  }
  for (const one of alerts) {
    const turns = one.history.map((line) => line.split(' ')[1]).filter((kind) => kind !== 'updated');
    turns.forEach((kind, index) => {
      expect(kind).toBe(index % 2 === 0 ? 'opened' : 'resolved');
    });
    expect([isFiring(one) ? 'firing' : 'resolved', 'unknown']).toContain(one.status);
  }
}

describe('any sequence of submissions', () => {
  const sequence = fc.array(sent, { minLength: 1, maxLength: 14 });
  const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
  const groupBy = fc.constantFrom<readonly string[]>([], ['service'], ['service', 'instance']);

  test('ends the same, tells the same and answers the same, however it is cut into commits', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, sizes, groupBy, async (sequence, sizes, groupBy) => {
        const submissions = submissionsOf(sequence);
        const one = await run(submissions, [1], groupBy);
        const cut = await run(submissions, sizes, groupBy);
        const all = await run(submissions, [submissions.length], groupBy);
        const bitByBit = await run(submissions, [submissions.length], groupBy, 1);
        for (const other of [cut, all, bitByBit]) {
          expect(other.end).toEqual(one.end);
          expect(other.answers).toEqual(one.answers);
        }
        for (const step of [...one.steps, ...cut.steps]) holdsTogether(step);
      }),
      { numRuns: 250 },
    );
  });
});
