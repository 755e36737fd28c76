import { expect, test } from '@jest/globals';
import type { Severity } from '../../../../src/core/alert/alert.ts';
import { readExplanation } from '../../../../src/web/api/explanation.ts';
import { CHANNEL, openNoticeHub, policyOf } from '../../../support/notice-hub.ts';
import { node } from '../../../support/notice-world.ts';
import fc from '../../../support/property.ts';

// Over random lives: what an explanation says was told is what the channels got, and of all else it has one reason.
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Hub = ReturnType<typeof openNoticeHub>;

const NAMES = ['disk', 'cpu', 'net', 'gone'];
const policy = () =>
  policyOf({
    root: node({
      settings: { channels: ['ops'], groupWaitMs: 2000, groupIntervalMs: 3000, repeatMs: 3_600_000 },
      routes: [
        node({
          place: 'nowhere',
          settings: { channels: [] },
          matches: ({ alertname }) => alertname === 'gone trouble',
        }),
        node({
          place: 'both',
          settings: { channels: ['ops', 'boss'] },
          matches: ({ alertname }) => alertname === 'net trouble',
        }),
      ],
    }),
    channels: new Map(['ops', 'boss'].map((id) => [id, { ...CHANNEL, rate: { burst: 1000, perMinute: 60_000 } }])),
    giveUpMs: 60_000,
  });

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      status: fc.constantFrom('firing' as const, 'firing' as const, 'resolved' as const),
      names: fc.subarray(NAMES, { minLength: 1 }),
      severity: fc.constantFrom<Severity>('critical', 'warning'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('silence' as const),
      name: fc.constantFrom(...NAMES),
      seconds: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('answer' as const), how: fc.constantFrom('ok', 'away', 'refused') }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 30 }) }) },
);

async function play(hub: Hub, one: Step, answer: (how: string) => void) {
  switch (one.kind) {
    case 'say':
      return hub.say(one.status, one.names, one.severity);
    case 'silence': {
      const now = hub.now() / 1000;
      await hub.silence(one.name, now, now + one.seconds);
      return hub.wake();
    }
    case 'answer':
      return answer(one.how);
    case 'restart':
      return hub.replace();
    case 'wait':
      return hub.tick(one.seconds * 1000);
  }
}

async function check(steps: readonly Step[]): Promise<void> {
  const hub = openNoticeHub(policy());
  const told = new Set<string>();
  let how = 'ok';
  const setHow = (given: string) => {
    how = given;
  };
  hub.answers(() => {
    const message = hub.said.at(-1)?.message;
    if (how === 'away') return { ok: false, kind: 'unavailable', permanent: false, reason: 'HTTP 503' };
    if (how === 'refused') return { ok: false, kind: 'gone', permanent: true, reason: 'HTTP 404' };
    told.add(message?.incident.id ?? '');
    for (const { id, status } of message?.alerts ?? [])
      if (status === 'firing') told.add(`${message?.incident.id} ${id}`);
    return { ok: true, answer: 'HTTP 200' };
  });
  try {
    await hub.start();
    for (const one of steps) await play(hub, one, setHow);
    const { items: incidents } = await hub.store.listIncidents({ limit: 100 });
    const { items: alerts } = await hub.store.listAlerts({ limit: 100 });
    const subjects = [
      ...incidents.map(({ id }) => ({ id, key: id })),
      // What was told of an incident that it was a part of before, that one explains.
      ...alerts.map(({ id, incidentId }) => ({ id, key: `${incidentId} ${id}` })),
    ];
    for (const { id, key } of subjects) {
      const explained = await readExplanation(hub.store, id);
      expect([id, explained?.told]).toEqual([id, told.has(key)]);
      expect(explained?.untold === null).toBe(explained?.told);
      if (explained?.untold) expect(explained.verdict).toMatch(/^Nobody was told: .+\.$/);
    }
    for (const { id } of alerts.filter(({ name }) => name === 'gone trouble'))
      expect((await readExplanation(hub.store, id))?.untold?.reason).toBe('not_routed');
  } finally {
    await hub.close();
  }
}

// What was given up, and is sent again under the same key with one alert more.
const SENT_AGAIN: readonly Step[] = [
  { kind: 'say', status: 'firing', names: ['net', 'gone'], severity: 'critical' },
  { kind: 'answer', how: 'refused' },
  { kind: 'wait', seconds: 2 },
  { kind: 'say', status: 'firing', names: ['cpu', 'gone'], severity: 'critical' },
  { kind: 'answer', how: 'ok' },
  { kind: 'wait', seconds: 3 },
];

test('an explanation says of everything whether it was told, and of what was not why', async () => {
  const lives = fc.array(step, { minLength: 1, maxLength: 14 });
  await fc.assert(fc.asyncProperty(lives, check), { numRuns: 60, examples: [[[...SENT_AGAIN]]] });
});
