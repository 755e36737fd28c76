import { beforeEach, expect, test } from '@jest/globals';
import { type Part, startAll } from '../../../src/lib/lifecycle.ts';

let done: string[];
beforeEach(() => {
  done = [];
});

/** A part whose `start` or `stop` fails when its name says so. */
const part = (name: string): Part => {
  const act = async (what: string) => {
    done.push(`${what} ${name}`);
    if (name.includes(what)) throw new Error(`${name} failed`);
  };
  return { name, start: () => act('start'), stop: () => act('stop') };
};

test('parts are started in order and stopped in reverse, once', async () => {
  const stop = await startAll(['a', 'b', 'c'].map(part));
  await stop();
  await stop();
  expect(done).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
});

test('one that cannot start: those before it are stopped, and its error is thrown', async () => {
  await expect(startAll(['a', 'b', 'no-start', 'd'].map(part))).rejects.toThrow('no-start failed');
  expect(done).toEqual(['start a', 'start b', 'start no-start', 'stop b', 'stop a']);
});

test('one that cannot be stopped: the others are, and the first error is thrown', async () => {
  const stop = await startAll(['a', 'no-stop-1', 'no-stop-2', 'd'].map(part));
  done = [];
  await expect(stop()).rejects.toThrow('no-stop-2 failed');
  expect(done).toEqual(['stop d', 'stop no-stop-2', 'stop no-stop-1', 'stop a']);
});

test('one that cannot start, after one that cannot be stopped: the error of the start is thrown', async () => {
  await expect(startAll(['a', 'no-stop', 'no-start'].map(part))).rejects.toThrow('no-start failed');
  expect(done).toEqual(['start a', 'start no-stop', 'start no-start', 'stop no-stop', 'stop a']);
});
