import { expect, test } from '@jest/globals';
import { startThread } from '../../../../src/lib/threads/thread.ts';

// What `insideThread().signal` posts, by a thread that needs no build.
const THREAD = `
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ calls }) => {
    parentPort.postMessage(7);
    parentPort.postMessage(calls.map(({ id }) => [id, true, 'done']));
    parentPort.postMessage(9);
  });
`;

test('numbers that a thread tells unasked are heard in order, beside its answers', async () => {
  const heard: unknown[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error() {}, fatal() {}, child: () => logger };
  const thread = startThread<{ ask(argument: undefined): Promise<string> }>({
    ...{ name: 'the thread', entry: new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`), data: null },
    ...{ youngMb: 1, logger, onSignal: (number) => heard.push(number) },
  });
  const part = thread.part(
    async () => {},
    async () => {},
  );
  heard.push(await thread.call('ask', undefined));
  while (heard.length < 3) await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([7, 'done', 9]);
  await part.stop();
});
