import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { World } from '../../../src/checkers/contract.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import {
  createMachine,
  fakeCheck,
  impatientClock,
  runOn,
  START,
  type TestMachine,
} from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const ok = { status: 'ok', message: 'fine', metrics: {} } as const;
const never = () => new Promise<never>(() => {});

test('results come in the order of the checks, whichever ends first', async () => {
  let release = () => {};
  const slow = fakeCheck('slow', async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return ok;
  });
  const quick = fakeCheck('quick', async () => {
    release();
    return ok;
  });
  const { results } = await runOn(machine, [slow, quick]);
  expect(results.map((result) => result.checker)).toEqual(['slow', 'quick']);
  expect(results[0]).toEqual({ checker: 'slow', ...ok, checkedAt: START, durationMs: 0 });
});

describe('unknown, with the reason', () => {
  test.each([
    ['an error', () => Promise.reject(new Error('the disk is gone')), 'the disk is gone'],
    ['an error of many lines', () => Promise.reject(new Error('one\n  two\x1b[31m')), 'one   two [31m'],
    ['something that is no error', () => Promise.reject('a word'), 'a word'],
    ['an error without text', () => Promise.reject(new Error('')), 'failed without saying why'],
  ])('%s', async (_, run, message) => {
    const { results } = await runOn(machine, [fakeCheck('broken', run), fakeCheck('sound', async () => ok)]);
    expect(results[0]).toMatchObject({ status: 'unknown', message, metrics: {} });
    expect(results[1]).toMatchObject(ok);
  });

  test('a check that throws before it returns a promise', async () => {
    const check = fakeCheck('broken', () => {
      throw new Error('at once');
    });
    expect((await runOn(machine, [check])).results[0]).toMatchObject({ status: 'unknown', message: 'at once' });
  });

  test('no answer in time; its signal is aborted, and what it does later changes nothing', async () => {
    let signal: AbortSignal | undefined;
    const check = fakeCheck('late', (world) => {
      signal = world.signal;
      return never();
    });
    const { results } = await runOn(machine, [check], { clock: impatientClock() });
    expect(results[0]).toMatchObject({ status: 'unknown', message: 'no answer within 10 s' });
    expect(signal?.aborted).toBe(true);
  });

  test('each check has its own time', async () => {
    const due: (() => void)[] = [];
    const clock: Clock = {
      now: () => START,
      monotonic: () => 0,
      after: (ms, fn) => {
        if (ms === 5000) due.push(fn);
        return () => {};
      },
    };
    const patient = fakeCheck('patient', async () => {
      for (const fn of due) fn();
      return ok;
    });
    const { results } = await runOn(machine, [fakeCheck('late', never, { timeoutMs: 5000 }), patient], { clock });
    expect(results.map((result) => result.message)).toEqual(['no answer within 5 s', 'fine']);
  });

  test('the run is stopped', async () => {
    const controller = new AbortController();
    const running = runOn(machine, [fakeCheck('slow', never)], { signal: controller.signal });
    controller.abort();
    const [result] = (await running).results;
    expect(result).toMatchObject({ status: 'unknown', message: 'stopped before it had an answer' });
  });
});

describe('what the machine lacks', () => {
  const check = fakeCheck('temperature', never, { available: async () => 'no sensor' });

  test('is unknown when it was asked for', async () => {
    const { results } = await runOn(machine, [], { checks: [{ check, asked: true }] });
    expect(results[0]).toMatchObject({ status: 'unknown', message: 'not available here: no sensor' });
  });

  test('is left out when nobody asked', async () => {
    expect((await runOn(machine, [], { checks: [{ check, asked: false }] })).results).toEqual([]);
  });
});

describe('what is remembered', () => {
  test('each check is given its own, null at first, and what it does not change stays', async () => {
    const seen: unknown[] = [];
    const counting = (name: string, remember?: unknown) =>
      fakeCheck(name, async (world) => {
        seen.push(world.remembered);
        return remember === undefined ? ok : { ...ok, remember };
      });
    const checks = [counting('a', 2), counting('b'), counting('toString')];
    const { remember } = await runOn(machine, checks, { remembered: { a: 1, b: { kept: true }, gone: 3 } });
    expect(seen).toEqual([1, { kept: true }, null]);
    expect(remember).toEqual({ a: 2, b: { kept: true }, gone: 3 });
  });
});

test('figures that JSON cannot carry become null, and a message is one line of bounded length', async () => {
  const metrics = { a: Number.NaN, b: [1, Number.POSITIVE_INFINITY], c: { d: -Infinity, e: 'x' } };
  const check = fakeCheck('odd', async () => ({ status: 'ok', message: `a\r\nb ${'x'.repeat(5000)}`, metrics }));
  const [result] = (await runOn(machine, [check])).results;
  expect(result?.metrics).toEqual({ a: null, b: [1, null], c: { d: null, e: 'x' } });
  expect(result?.message).toMatch(/^a b x+…$/);
  expect(result?.message).toHaveLength(1000);
});

test('a message of megabytes that hold no text is cut before it is put on one line', async () => {
  const check = fakeCheck('odd', async () => ({ status: 'ok', message: `a°${'\0'.repeat(20_000_000)}`, metrics: {} }));
  expect((await runOn(machine, [check])).results[0]).toMatchObject({ status: 'ok', message: 'a°' });
});

test('many checks on one signal, each asking many things at once, raise no warning of Node.js', async () => {
  const warnings: string[] = [];
  const hear = (warning: Error) => void warnings.push(warning.name);
  process.on('warning', hear);
  try {
    const listening = async (world: World) => {
      for (let i = 0; i < 20; i++) world.signal.addEventListener('abort', () => {});
      return ok;
    };
    const checks = Array.from({ length: 20 }, (_, i) => fakeCheck(`check${i}`, listening));
    await runOn(machine, checks, { signal: new AbortController().signal });
    // A warning is told one turn later.
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', hear);
  }
});
