import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { answerCalls, createCaller } from '../../../../src/lib/threads/calls.ts';

type Offer = {
  echo(argument: { readonly name: string }, bytes: Buffer): Promise<unknown>;
  fail(argument: unknown): Promise<never>;
  large(size: number): Promise<{ readonly bytes: Uint8Array }>;
};

let channel: MessageChannel;
let batches: number;
beforeEach(() => {
  channel = new MessageChannel();
  batches = 0;
});
afterEach(() => channel.port1.close());

/** The two ends, one of which another thread would have. */
function ends() {
  const made: Uint8Array[] = [];
  channel.port2.on('message', () => {
    batches += 1;
  });
  answerCalls(channel.port2, {
    echo: async ({ name }: { readonly name: string }, bytes: Buffer) => ({ name, text: bytes.toString() }),
    fail: async () => {
      throw Object.assign(new Error('the disk is full', { cause: new Error('no space') }), {
        name: 'StoreError',
        code: 'SQLITE_FULL',
        unavailable: true,
        held: () => {},
      });
    },
    large: async (size: number) => {
      const bytes = new Uint8Array(size).fill(7);
      made.push(bytes);
      return { bytes };
    },
  });
  return { call: createCaller<Offer>(channel.port1), made };
}

test('calls of one turn go in one message, each with its own bytes, and each gets its own answer', async () => {
  const { call } = ends();
  const body = Buffer.from('the body of b, which stays whole');
  const answers = await Promise.all([
    call('echo', { name: 'a' }),
    call('echo', { name: 'b' }, body),
    call('echo', { name: 'c' }, Buffer.from('c')),
  ]);
  expect(answers).toEqual([
    { name: 'a', text: '' },
    { name: 'b', text: 'the body of b, which stays whole' },
    { name: 'c', text: 'c' },
  ]);
  expect([batches, body.toString()]).toEqual([1, 'the body of b, which stays whole']);
  await call('echo', { name: 'd' });
  expect(batches).toBe(2);
});

test('an error comes back with its name, its plain fields and its cause, and fails its own call only', async () => {
  const { call } = ends();
  const [failed, other] = await Promise.allSettled([call('fail', null), call('echo', { name: 'a' })]);
  expect(other.status).toBe('fulfilled');
  if (failed.status !== 'rejected') throw new Error('it did not fail');
  const { reason } = failed;
  expect(reason).toBeInstanceOf(Error);
  expect(reason).toMatchObject({ name: 'StoreError', message: 'the disk is full', code: 'SQLITE_FULL' });
  expect([reason.unavailable, 'held' in reason, reason.cause.message]).toEqual([true, false, 'no space']);
});

test('bytes that an answer has for itself are handed over, not copied', async () => {
  const { call, made } = ends();
  const { bytes } = await call('large', 100_000);
  expect([bytes.length, bytes[99_999], made[0]?.length]).toEqual([100_000, 7, 0]);
});
