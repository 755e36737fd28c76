import { describe, expect, test } from '@jest/globals';
import type { Answer, QueuedRequest } from '../../../src/core/submission.ts';
import { createIngest, Unavailable } from '../../../src/pipeline/ingest.ts';
import { StoreError } from '../../../src/stores/contract/error.ts';
import { submission } from '../../support/world.ts';

const named = (actor: string, bytes = 0, flow = ''): QueuedRequest => ({
  bytes,
  flow,
  open: () => submission(0, [], { actor }),
});
const actorOf = ({ open }: QueuedRequest) => open()?.actor ?? 'nobody';
const answerTo = (one: QueuedRequest): Answer => ({ outcome: 'refused', reason: actorOf(one) });

/** A commit that is let through by hand. */
function slowCommit() {
  const batches: { actors: string[]; finish: (error?: Error) => void }[] = [];
  const commit = (requests: readonly QueuedRequest[]) =>
    new Promise<readonly Answer[]>((resolve, reject) => {
      const actors = requests.map(actorOf);
      batches.push({ actors, finish: (error) => (error ? reject(error) : resolve(requests.map(answerTo))) });
    });
  return { commit, batches };
}
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const noFailure = (error: unknown) => {
  throw error;
};

describe('group commit', () => {
  test('submissions of one turn share a commit, and each gets its own answer', async () => {
    const { commit, batches } = slowCommit();
    const ingest = createIngest(commit, noFailure);
    const answers = ['a', 'b', 'c'].map((actor) => ingest.submit(named(actor)));
    await turn();
    expect(batches.map((one) => one.actors)).toEqual([['a', 'b', 'c']]);
    batches[0]?.finish();
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c'].map((actor) => answerTo(named(actor))));
  });

  test('nobody is answered before its commit has ended', async () => {
    const { commit, batches } = slowCommit();
    const ingest = createIngest(commit, noFailure);
    let answered = false;
    void ingest.submit(named('a')).then(() => {
      answered = true;
    });
    for (let index = 0; index < 5; index += 1) await turn();
    expect(answered).toBe(false);
    batches[0]?.finish();
    await turn();
    expect(answered).toBe(true);
  });

  test('where the store is away all are told so at once, and none is tried again', async () => {
    const { commit, batches } = slowCommit();
    const failures: unknown[] = [];
    const ingest = createIngest(commit, (error) => failures.push(error));
    const answers = ['a', 'b', 'c'].map((actor) => ingest.submit(named(actor)));
    await turn();
    const away = new StoreError('nothing listens', { unavailable: true });
    batches[0]?.finish(away);
    expect(await Promise.allSettled(answers)).toEqual(answers.map(() => ({ status: 'rejected', reason: away })));
    await turn();
    expect([batches.length, failures]).toEqual([1, [away]]);
  });

  test('a batch is bounded, the order is kept, and one submission beyond the bound goes alone', async () => {
    const { commit, batches } = slowCommit();
    const ingest = createIngest(commit, noFailure);
    void ingest.submit(named('large', 2_000_000));
    for (let index = 0; index < 5; index += 1) void ingest.submit(named(`d${index}`, 200_000));
    for (let index = 0; index < 8; index += 1) await turn();
    expect(batches.map((one) => one.actors)).toEqual([['large'], ['d0', 'd1'], ['d2', 'd3'], ['d4']]);
    for (const batch of batches) batch.finish();
  });
});

describe('senders have their turn', () => {
  test('one that sends little does not wait for all that another has sent', async () => {
    const { commit, batches } = slowCommit();
    const ingest = createIngest(commit, noFailure);
    for (let index = 0; index < 3; index += 1) void ingest.submit(named(`large ${index}`, 700_000, 'large'));
    void ingest.submit(named('small', 1000, 'small'));
    void ingest.submit(named('other', 1000, 'other'));
    for (let index = 0; index < 8; index += 1) await turn();
    expect(batches.map((one) => one.actors)).toEqual([['small', 'other'], ['large 0'], ['large 1'], ['large 2']]);
    for (const batch of batches) batch.finish();
  });

  test('a few bytes that hold much cost as much', async () => {
    const opened: string[] = [];
    const commit = async (requests: readonly QueuedRequest[]) => {
      opened.push(requests.map((one) => actorOf(one)).join(' '));
      return requests.map(answerTo);
    };
    let now = 0;
    const ingest = createIngest(commit, noFailure, {
      monotonic: () => now,
      after: (_, fn) => {
        setImmediate(fn);
        return () => {};
      },
    });
    const slow = (actor: string): QueuedRequest => ({
      ...named(actor, 100_000, 'slow'),
      open: () => {
        now += 100;
        return submission(0, [], { actor });
      },
    });
    const answers: Promise<unknown>[] = [];
    for (let index = 0; index < 12; index += 1) {
      answers.push(ingest.submit(slow(`s${index}`)));
      answers.push(ingest.submit(named(`a${index}`, 100_000, 'a')));
    }
    await Promise.all(answers);
    const last = (name: string) => opened.findIndex((batch) => batch.includes(name));
    expect(last('a11')).toBeLessThan(last('s11'));
  });
});

describe('who takes much of the store', () => {
  /** Commits that take 40 ms each, on a clock that is moved by hand. */
  function slowStore() {
    const batches: string[] = [];
    const timers: { readonly ms: number; readonly fn: () => void }[] = [];
    let now = 0;
    const commit = async (requests: readonly QueuedRequest[]) => {
      batches.push(requests.map(actorOf).join(' '));
      now += 40;
      return requests.map(answerTo);
    };
    const after = (ms: number, fn: () => void) => {
      timers.push({ ms, fn });
      return () => {};
    };
    return { ingest: createIngest(commit, noFailure, { monotonic: () => now, after }), batches, timers };
  }
  const turns = async (count: number) => {
    for (let index = 0; index < count; index += 1) await turn();
  };

  test('rests as long as that took, and finds its turn again', async () => {
    const { ingest, batches, timers } = slowStore();
    void ingest.submit(named('small', 100, 'small'));
    await turns(4);
    for (let index = 0; index < 3; index += 1) void ingest.submit(named(`large ${index}`, 600_000, 'large'));
    await turns(8);
    expect(batches).toEqual(['small', 'large 0']);
    expect(timers.map(({ ms }) => ms)).toEqual([40]);
    void ingest.submit(named('small again', 100, 'small'));
    await turns(8);
    expect(batches).toEqual(['small', 'large 0', 'small again']);
    timers.shift()?.fn();
    await turns(8);
    expect(batches).toEqual(['small', 'large 0', 'small again', 'large 1']);
  });

  test('is committed all the same when the hub stops', async () => {
    const { ingest, batches } = slowStore();
    const answers = [ingest.submit(named('small', 100, 'small'))];
    for (let index = 0; index < 3; index += 1) answers.push(ingest.submit(named(`large ${index}`, 600_000, 'large')));
    await turns(8);
    expect(batches).toHaveLength(2);
    await ingest.close();
    expect(batches).toEqual(['small', 'large 0', 'large 1', 'large 2']);
    await Promise.all(answers);
  });

  test('takes all of it while nobody else is there', async () => {
    const { ingest, batches, timers } = slowStore();
    for (let index = 0; index < 3; index += 1) void ingest.submit(named(`large ${index}`, 600_000, 'large'));
    await turns(12);
    expect([batches.length, timers.length]).toEqual([3, 0]);
  });
});

test('what a commit leaves is the beginning of the next, in order, and counts as waiting until then', async () => {
  const tried: string[][] = [];
  const commit = async (requests: readonly QueuedRequest[]) => {
    tried.push(requests.map(actorOf));
    return requests.slice(0, 2).map(answerTo);
  };
  const ingest = createIngest(commit, noFailure);
  const send = (actor: string) => ingest.submit(named(actor));
  const answers = ['a', 'b', 'c', 'd', 'e'].map(send);
  let closed = false;
  await turn();
  answers.push(send('f'));
  void ingest.close().then(() => {
    closed = true;
  });
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((actor) => answerTo(named(actor))));
  await turn();
  expect(closed).toBe(true);
  expect(tried.map((batch) => batch[0])).toEqual(['a', 'c', 'e']);
});

describe('when a commit fails', () => {
  test('each submission of the batch is tried alone, so that one does not fail the rest', async () => {
    const failures: unknown[] = [];
    const tried: string[][] = [];
    const commit = async (requests: readonly QueuedRequest[]) => {
      tried.push(requests.map(actorOf));
      if (requests.some((one) => actorOf(one) === 'bad')) throw new Error('poison');
      return requests.map(answerTo);
    };
    const ingest = createIngest(commit, (error) => failures.push(error));
    const results = await Promise.allSettled(['a', 'bad', 'b'].map((actor) => ingest.submit(named(actor))));
    expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(tried).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
    expect(failures.map(String)).toEqual(['Error: poison', 'Error: poison']);
    await ingest.close();
  });
});

describe('close', () => {
  test('what was taken is committed first, what comes later is refused', async () => {
    const { commit, batches } = slowCommit();
    const ingest = createIngest(commit, noFailure);
    const taken = ingest.submit(named('a'));
    let closed = false;
    const closing = ingest.close().then(() => {
      closed = true;
    });
    await expect(ingest.submit(named('b'))).rejects.toThrow(Unavailable);
    await turn();
    expect(closed).toBe(false);
    batches[0]?.finish();
    expect(await taken).toEqual(answerTo(named('a')));
    await closing;
  });

  test('of one that has nothing to do resolves at once', async () => {
    await createIngest(slowCommit().commit, noFailure).close();
  });
});
