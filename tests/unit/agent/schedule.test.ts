import { expect, test } from '@jest/globals';
import { createSchedule } from '../../../src/agent/schedule.ts';
import type { Clock } from '../../../src/lib/clock.ts';

/** A clock that is moved by hand. */
function handClock() {
  let time = 0;
  let timers: { at: number; fn: () => void }[] = [];
  const clock: Clock = {
    now: () => time,
    monotonic: () => time,
    after: (ms, fn) => {
      const timer = { at: time + ms, fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    clock,
    async pass(ms: number) {
      const until = time + ms;
      for (;;) {
        await settle();
        const due = timers.filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        time = Math.max(time, due.at);
        timers = timers.filter((timer) => timer !== due);
        due.fn();
      }
      time = until;
      await settle();
    },
    pending: () => timers.length,
  };
}

test('runs at once and then at whole intervals, whatever a run takes; never two at once', async () => {
  const hand = handClock();
  const starts: number[] = [];
  let active = 0;
  const takes = [1_000, 70_000, 130_000, 0, 0];
  const part = createSchedule({
    name: 'x',
    intervalMs: 60_000,
    graceMs: 5_000,
    clock: hand.clock,
    run: async () => {
      starts.push(hand.clock.now());
      active += 1;
      expect(active).toBe(1);
      const ms = takes[starts.length - 1] ?? 0;
      if (ms > 0) await new Promise<void>((resolve) => hand.clock.after(ms, resolve));
      active -= 1;
    },
    onError: (error) => {
      throw error;
    },
  });
  await part.start();
  await hand.pass(420_000);
  expect(starts).toEqual([0, 60_000, 180_000, 360_000, 420_000]);
  await part.stop();
  expect(hand.pending()).toBe(0);
});

test('a timer that rings a moment early makes no second run', async () => {
  const starts: number[] = [];
  let time = 0;
  const asked: number[] = [];
  const clock: Clock = {
    now: () => time,
    monotonic: () => time,
    after: (ms, fn) => {
      asked.push(ms);
      if (asked.length < 3)
        queueMicrotask(() => {
          time += ms - 0.4;
          fn();
        });
      return () => {};
    },
  };
  const part = createSchedule({
    name: 'x',
    intervalMs: 1000,
    graceMs: 1,
    clock,
    run: async () => void starts.push(time),
    onError: () => {},
  });
  await part.start();
  await new Promise((resolve) => setImmediate(resolve));
  await part.stop();
  expect(starts).toEqual([0, 999.6, 1999.6]);
  expect(asked[1]).toBeCloseTo(1000.4);
});

test('a run that throws is told, and the next one comes', async () => {
  const hand = handClock();
  const errors: unknown[] = [];
  let runs = 0;
  const part = createSchedule({
    name: 'x',
    intervalMs: 1000,
    graceMs: 1,
    clock: hand.clock,
    run: async () => {
      runs += 1;
      if (runs === 1) throw new Error('once');
    },
    onError: (error) => errors.push(error),
  });
  await part.start();
  await hand.pass(1000);
  await part.stop();
  expect(runs).toBe(2);
  expect(errors).toEqual([new Error('once')]);
});

test('stop waits for the run under way, and calls it off after the grace', async () => {
  const hand = handClock();
  let ended = false;
  const part = createSchedule({
    name: 'x',
    intervalMs: 1000,
    graceMs: 5000,
    clock: hand.clock,
    run: (signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          ended = true;
          resolve();
        }),
      ),
    onError: () => {},
  });
  await part.start();
  const stopped = part.stop();
  await hand.pass(4999);
  expect(ended).toBe(false);
  await hand.pass(1);
  await stopped;
  expect(ended).toBe(true);
  expect(hand.pending()).toBe(0);
});
