import { expect, test } from '@jest/globals';
import type { EndpointEntry } from '../../../src/config/endpoints/document.ts';
import { createRunner, type Looked } from '../../../src/endpoints/runner.ts';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import { handClock } from '../../support/hand-clock.ts';

const SECOND = 1000;
const entry = (key: string, more: Partial<EndpointEntry> = {}): EndpointEntry => ({
  ...{ key, name: key, group: '', enabled: true, description: '', labels: {}, alerts: [], dependsOn: [] },
  ...{ maintenance: [], url: 'tcp://x:1', options: new Secret('{}'), conditions: [], intervalMs: 60 * SECOND },
  ...{
    timeoutMs: SECOND,
    retries: 0,
    confirm: false,
    monitoredBy: ['local'],
    regions: [],
    strategy: 'any-down',
    quorum: null,
  },
  ui: {
    hideUrl: false,
    hideHostname: false,
    hideConditions: false,
    hideErrors: false,
    conditionsAsWritten: false,
    hidePort: false,
    conditionsResolved: false,
    badgeSteps: null,
  },
  ...more,
});
const looked = (at: number, success: boolean): Looked => ({
  ...{ at, success, durationMs: 1, errors: [], conditions: [], abstains: false, certificateMs: null },
});

function made(answer: (key: string, count: number) => boolean | Promise<boolean> = () => true, mostAtOnce = 10) {
  const hand = handClock();
  const begun: [string, number][] = [];
  const told: [string, boolean][] = [];
  const runner = createRunner({
    clock: hand.clock,
    mostAtOnce,
    look: async ({ key }) => {
      begun.push([key, hand.clock.now()]);
      return looked(hand.clock.now(), await answer(key, begun.length));
    },
    tell: async ({ key }, { success }) => void told.push([key, success]),
  });
  return { ...hand, begun, told, runner };
}

test('looks are spread, come once an interval, and do not drift', async () => {
  const { begun, runner, tick } = made();
  const keys = Array.from({ length: 100 }, (_, index) => `_e${index}`);
  runner.reload(keys.map((key) => entry(key)));
  await tick(10 * 60 * SECOND);
  await runner.stop();
  for (const key of keys) {
    const times = begun.filter(([one]) => one === key).map(([, at]) => at);
    expect(times).toHaveLength(10);
    expect(new Set(times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toEqual(new Set([60 * SECOND]));
  }
  // Within the first five seconds, not all in one of them.
  expect(new Set(begun.slice(0, 100).map(([, at]) => Math.floor(at / SECOND))).size).toBe(5);
});

test('there are never two looks at one endpoint at once, and one that hangs holds up no other', async () => {
  let end = (_: boolean) => {};
  const hung = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  const { begun, told, runner, tick } = made((key) => (key === '_slow' ? hung : true));
  runner.reload([entry('_slow'), entry('_fast')]);
  await tick(5 * 60 * SECOND);
  expect([begun.filter(([key]) => key === '_slow').length, runner.skipped()]).toEqual([1, 4]);
  expect(told).toEqual(Array.from({ length: 5 }, () => ['_fast', true]));
  end(false);
  await tick(0);
  expect(told.at(-1)).toEqual(['_slow', false]);
  await runner.stop();
});

test('a timer that rings a moment early makes no second look', async () => {
  const { clock, tick } = handClock();
  const begun: number[] = [];
  const early: typeof clock = { ...clock, after: (ms, fn) => clock.after(ms > 1 ? ms - 1 : ms, fn) };
  const look = async () => {
    begun.push(clock.now());
    return looked(clock.now(), true);
  };
  const runner = createRunner({ clock: early, mostAtOnce: 5, look, tell: async () => {} });
  runner.reload([entry('_e')]);
  await tick(3 * 60 * SECOND);
  await runner.stop();
  expect([begun.length, runner.skipped()]).toEqual([3, 0]);
});

test('what was missed while the machine slept is looked at once', async () => {
  const { begun, runner, tick, pass } = made();
  runner.reload([entry('_e')]);
  await tick(60 * SECOND);
  const before = begun.length;
  pass(3590 * SECOND);
  await tick(SECOND);
  expect(begun.length - before).toBe(1);
  await runner.stop();
});

test('no more run at once than may', async () => {
  const { begun, runner, tick } = made(() => new Promise(() => {}), 3);
  runner.reload(Array.from({ length: 9 }, (_, index) => entry(`_e${index}`)));
  await tick(60 * SECOND);
  expect(begun).toHaveLength(3);
});

test('one host that hangs takes a quarter of the places, and the others go on', async () => {
  const { begun, told, runner, tick } = made((key) => (key.startsWith('_hung') ? new Promise(() => {}) : true), 20);
  const hung = Array.from({ length: 50 }, (_, at) => entry(`_hung${at}`, { url: 'tcp://hung:1' }));
  const well = Array.from({ length: 50 }, (_, at) => entry(`_well${at}`, { url: `tcp://well${at}:1` }));
  runner.reload([...hung, ...well]);
  await tick(3 * 60 * SECOND);
  expect([begun.filter(([key]) => key.startsWith('_hung')).length, told.length]).toEqual([5, 150]);
});

test('two probes look at one endpoint at different moments', async () => {
  const moments = ['p1', 'p2'].map(async (probe) => {
    const { clock, tick } = handClock();
    const begun: number[] = [];
    const look = async () => {
      begun.push(clock.now());
      return looked(clock.now(), true);
    };
    const runner = createRunner({ clock, mostAtOnce: 5, probe, look, tell: async () => {} });
    runner.reload([entry('_e')]);
    await tick(10 * SECOND);
    await runner.stop();
    return begun[0];
  });
  const [first, second] = await Promise.all(moments);
  expect(first).not.toBe(second);
});

test('a failed look is tried again before it is told', async () => {
  const { begun, told, runner, tick } = made((_, count) => count >= 3);
  runner.reload([entry('_e', { retries: 2 })]);
  await tick(30 * SECOND);
  expect([begun.length, told]).toEqual([3, [['_e', true]]]);
  await runner.stop();
});

test('what is configured anew is looked at, what is not is left, and what stays the same keeps its times', async () => {
  const { begun, runner, tick } = made();
  runner.reload([entry('_a'), entry('_b')]);
  await tick(30 * SECOND);
  runner.reload([entry('_a'), entry('_c')]);
  begun.length = 0;
  await tick(60 * SECOND);
  expect(begun.map(([key]) => key).toSorted()).toEqual(['_a', '_c']);
  await runner.stop();
});

test('a look that is asked for comes at once, each once, and moves no plan', async () => {
  let end = (_: boolean) => {};
  const hung = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  const { begun, runner, tick } = made((key) => (key === '_slow' ? hung : true));
  runner.reload([entry('_web'), entry('_slow')]);
  await tick(10 * SECOND);
  const before = begun.length;
  runner.ask([
    { key: '_web', at: 5 },
    { key: '_slow', at: 5 },
    { key: '_other', at: 5 },
  ]);
  await tick(0);
  runner.ask([{ key: '_web', at: 5 }]);
  await tick(0);
  expect(begun.slice(before).map(([key]) => key)).toEqual(['_web']);
  // One that was under way then is asked again.
  end(false);
  await tick(0);
  runner.ask([{ key: '_slow', at: 5 }]);
  await tick(0);
  expect(begun.slice(before).map(([key]) => key)).toEqual(['_web', '_slow']);
  await tick(60 * SECOND);
  const times = begun.filter(([key]) => key === '_web').map(([, at]) => at);
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBe(60 * SECOND);
  await runner.stop();
});
