import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import type { Position } from '../../../../src/core/history-position.ts';
import type { StreamedEvent, StreamFilter } from '../../../../src/web/stream/event.ts';
import { createFeed, type StreamTarget } from '../../../../src/web/stream/feed.ts';
import type { StreamReads } from '../../../../src/web/stream/reads.ts';
import { handClock } from '../../../support/hand-clock.ts';

const ALL: StreamFilter = { kinds: [], subjects: [], matches: null, confinement: null, seesAccess: false, key: 'all' };

/** A history that grows by hand, and what is asked of it. */
function history(first = 1) {
  const events: StreamedEvent[] = [];
  let asked = 0;
  let verdict: Awaited<ReturnType<StreamReads['resume']>> = 'resume';
  const head = (): Position => String(first - 1 + events.length);
  const reads: StreamReads = {
    head: async () => head(),
    resume: async () => verdict,
    after: async (position, limit) => {
      asked += 1;
      return events.filter((event) => Number(event.position) > Number(position)).slice(0, limit);
    },
  };
  const add = (count: number, fields: Partial<StreamedEvent> = {}) => {
    for (let done = 0; done < count; done += 1) {
      const position = String(Number(head()) + 1);
      events.push({ position, kind: 'opened', subject: 'alert', labels: [], text: `{"seq":${position}}`, ...fields });
    }
  };
  const judge = (given: typeof verdict) => {
    verdict = given;
  };
  return { reads, add, asked: () => asked, judge };
}

/** A reader: what it was sent, and with `isSlow` what it has not taken. */
class Target extends EventEmitter {
  text = '';
  isSlow = false;
  isDestroyed = false;
  writableLength = 0;
  write(chunk: string | Buffer): boolean {
    this.text += String(chunk);
    if (this.isSlow) this.writableLength += chunk.length;
    return !this.isSlow;
  }
  end(): void {
    this.emit('close');
  }
  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
  seen(): number[] {
    return [...this.text.matchAll(/^data: \{"seq":(\d+)\}$/gm)].map(([, seq]) => Number(seq));
  }
}

async function world(given = history()) {
  const { clock, tick } = handClock();
  const failures: unknown[] = [];
  const feed = createFeed({ reads: given.reads, clock, onFailure: (error) => failures.push(error) });
  await feed.start();
  const open = (fields: { lastEventId?: string; filter?: StreamFilter; isGranted?: () => Promise<boolean> } = {}) => {
    const target = new Target();
    const isOpen = feed.open({ filter: ALL, lastEventId: undefined, ...fields }, target as unknown as StreamTarget);
    return Object.assign(target, { isOpen });
  };
  const grow = async (count: number, fields?: Partial<StreamedEvent>) => {
    given.add(count, fields);
    feed.wake();
    await tick(60);
  };
  return { feed, tick, open, grow, failures, ...given };
}
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('500 streams and 200 changes a second for 5 seconds: each sees each once, and the history is read once for all', async () => {
  const { open, grow, tick, asked } = await world();
  const targets = Array.from({ length: 500 }, () => open());
  await tick(0);
  const before = asked();
  for (let turn = 0; turn < 100; turn += 1) await grow(10);
  for (const target of targets) expect(target.seen()).toEqual(upTo(1, 1000));
  expect(asked() - before).toBeLessThan(250);
});

test('a stream begins now, and says where, so that it can be resumed before anything has come', async () => {
  const { open, tick, grow } = await world(history(41));
  const target = open();
  await tick(0);
  expect(target.text).toBe('retry: 1000\nid: 40\n\n');
  await grow(1);
  expect(target.text).toContain('id: 41\ndata: {"seq":41}\n\n');
});

test('one that resumes gets what it missed, and what comes meanwhile, each once and in order', async () => {
  const { open, tick, grow } = await world();
  open();
  await grow(950);
  const late = open({ lastEventId: '30' });
  await grow(25);
  await tick(200);
  await grow(25);
  expect(late.seen()).toEqual(upTo(31, 1000));
});

test('when all have gone, the next one begins where it wants to', async () => {
  const { open, grow, tick, feed, asked } = await world();
  const first = open();
  await grow(3);
  first.end();
  const before = asked();
  await grow(5);
  expect([feed.count(), asked()]).toEqual([0, before]);
  const second = open({ lastEventId: '3' });
  const third = open();
  await tick(100);
  expect([second.seen(), third.seen()]).toEqual([upTo(4, 8), []]);
});

test('a reader that does not read is cut off with a bounded rest, the others see all; it comes back and misses nothing', async () => {
  const { open, grow, tick } = await world();
  const [slow, quick] = [open(), open()];
  await tick(0);
  slow.isSlow = true;
  const text = (seq: number) => `{"seq":${seq}}`;
  for (let turn = 0; turn < 40 && !slow.isDestroyed; turn += 1) {
    await grow(1, { text: `${text(turn + 1)}\ndata: ${'x'.repeat(64 * 1024)}` });
  }
  expect(slow.isDestroyed).toBe(true);
  expect(slow.writableLength).toBeLessThan(1024 * 1024 + 70_000);
  await grow(3);
  const all = quick.seen();
  const last = String(slow.seen().at(-1));
  const back = open({ lastEventId: last });
  await tick(200);
  expect([...slow.seen(), ...back.seen()]).toEqual(all);
});

test('one that catches up waits for its reader', async () => {
  const { open, grow, tick, asked } = await world();
  open();
  await grow(1000);
  const slow = open({ lastEventId: '0' });
  slow.isSlow = true;
  const before = asked();
  await tick(500);
  expect(asked() - before).toBeLessThan(8);
  slow.isSlow = false;
  slow.writableLength = 0;
  slow.emit('drain');
  await tick(500);
  expect(slow.seen()).toEqual(upTo(1, 1000));
});

test.each(['older_than_retention', 'unknown_position'] as const)(
  '%s: an explicit reset, and on from now',
  async (reason) => {
    const { open, grow, tick, judge, add } = await world();
    add(7);
    judge(reason);
    const target = open({ lastEventId: '3' });
    await tick(0);
    expect(target.text).toContain(`event: reset\nid: 7\ndata: {"reason":"${reason}","position":"7"}\n\n`);
    await grow(2);
    expect(target.seen()).toEqual([8, 9]);
  },
);

test('only what a filter wants is sent: kinds, subjects, labels, and what somebody is confined to', async () => {
  const { open, grow, tick } = await world();
  const web = { name: 'team', values: ['web'], isNot: false };
  const resolved = open({ filter: { ...ALL, key: 'k', kinds: ['resolved'] } });
  const incidents = open({ filter: { ...ALL, key: 's', subjects: ['incident'] } });
  const disks = open({ filter: { ...ALL, key: 'm', matches: ({ alertname }) => alertname === 'disk' } });
  const confined = open({ filter: { ...ALL, key: 'c', confinement: [web] } });
  const both = open({
    filter: { ...ALL, key: 'b', confinement: [web], matches: ({ alertname }) => alertname === 'cpu' },
  });
  await tick(0);
  await grow(1, { labels: [{ alertname: 'disk', team: 'web' }] });
  await grow(1, { labels: [{ alertname: 'cpu', team: 'db' }], kind: 'resolved' });
  await grow(1, {
    labels: [
      { alertname: 'cpu', team: 'db' },
      { alertname: 'disk', team: 'web' },
    ],
    subject: 'incident',
  });
  await grow(1, { subject: 'silence' });
  const seen = [resolved, incidents, disks, confined, both].map((target) => target.seen());
  // The incident holds an alert of others.
  expect(seen).toEqual([[2], [3], [1, 3], [1], []]);
});

test('a comment shows every 15 seconds that the connection lives', async () => {
  const { open, tick } = await world();
  const target = open();
  await tick(45_000);
  expect(target.text.match(/^: keep-alive$/gm)).toHaveLength(3);
});

test('a stream whose reader may not read it any more ends', async () => {
  const { open, tick, feed } = await world();
  let isGranted = true;
  open({ isGranted: async () => isGranted });
  await tick(30_000);
  expect(feed.count()).toBe(1);
  isGranted = false;
  await tick(15_000);
  expect(feed.count()).toBe(0);
});

test('who has lost access is told nothing more, from the event on that says so, and who has access is told to admins alone', async () => {
  const { open, tick, grow, feed } = await world();
  let isGranted = true;
  const [revoked, admin] = [
    open({ isGranted: async () => isGranted }),
    open({ filter: { ...ALL, key: 'a', seesAccess: true } }),
  ];
  const other = open();
  await tick(0);
  await grow(1);
  isGranted = false;
  await grow(1, { subject: 'access', kind: 'token_revoked' });
  await grow(1);
  expect([revoked.seen(), admin.seen(), other.seen()]).toEqual([[1], [1, 2, 3], [1, 3]]);
  expect(feed.count()).toBe(2);
});

test('a stop ends all streams and takes no new ones; there are at most 2,000', async () => {
  const { open, feed, tick } = await world();
  const targets = Array.from({ length: 2001 }, () => open());
  expect(targets.filter(({ isOpen }) => isOpen)).toHaveLength(2000);
  await tick(0);
  await feed.stop();
  expect([feed.count(), open().isOpen]).toEqual([0, false]);
});

test('a store that cannot be read ends nobody who is live, and is read again', async () => {
  const given = history();
  const { open, grow, tick, failures, reads } = await world(given);
  const target = open();
  await tick(0);
  const { after } = reads;
  Object.assign(reads, { after: async () => Promise.reject(new Error('no')) });
  await grow(2);
  expect(failures).toHaveLength(1);
  Object.assign(reads, { after });
  await tick(1100);
  expect(target.seen()).toEqual([1, 2]);
});
