import { describe, expect, test } from '@jest/globals';
import { type StatusInput, statusDocument } from '../../../src/core/status.ts';

const NOW = Date.UTC(2026, 2, 29, 14, 32, 10);
const QUIET: StatusInput<string, string> = {
  ...{
    now: NOW,
    startedAt: NOW - 90_500,
    version: '1.2.3',
    role: 'hub',
    instanceId: 'hub-a',
    notReady: null,
    heartbeat: null,
  },
  ...{
    position: '42',
    counts: { critical: 0, warning: 0, info: 0, unknown: 0 },
    open: 0,
    acknowledged: 0,
    incidents: [],
  },
  ...{ fleet: { instances: 0, silent: 0, lastSeenAt: null }, silent: [], muted: [], outbox: [], failures: [] },
  follower: null,
};
const told = (fields: Partial<StatusInput<string, string>>) => statusDocument({ ...QUIET, ...fields });

test('a quiet hub: what it is, and nothing else', () => {
  expect(told({})).toEqual({
    at: '2026-03-29T14:32:10.000Z',
    position: '42',
    hub: {
      ...{ role: 'hub', instance_id: 'hub-a', version: '1.2.3', started_at: '2026-03-29T14:30:39.500Z', uptime_s: 90 },
      heartbeat: null,
      ...{ ready: true, reason: null },
    },
    counts: { critical: 0, warning: 0, unknown: 0, info: 0 },
    ...{ open: 0, acknowledged: 0, incidents: [], more: 0 },
    fleet: { instances: 0, silent: 0, last_seen_at: null },
    ...{ silent: [], muted: [], channels: [], followers: [], stuck: [] },
  });
});

test('what is wrong, and how much of it is not listed', () => {
  const counts = { critical: 2, warning: 4, info: 1, unknown: 1 };
  expect(told({ counts, open: 5, acknowledged: 3, incidents: ['a', 'b'] })).toMatchObject({
    ...{
      counts: { critical: 2, warning: 4, unknown: 1, info: 1 },
      open: 5,
      acknowledged: 3,
      incidents: ['a', 'b'],
      more: 6,
    },
  });
});

test('what is silent', () => {
  const silent = [{ instanceId: 'web-1', hostname: 'ip-1', since: NOW - 1000 }];
  expect(told({ silent, fleet: { instances: 4, silent: 1, lastSeenAt: NOW } })).toMatchObject({
    fleet: { instances: 4, silent: 1, last_seen_at: '2026-03-29T14:32:10.000Z' },
    silent: [{ instance_id: 'web-1', hostname: 'ip-1', silent_since: '2026-03-29T14:32:09.000Z' }],
  });
});

describe('what is stuck', () => {
  test.each<[string, Partial<StatusInput<string, string>>, object[]]>([
    [
      'the store',
      { notReady: 'the disk is full' },
      [{ kind: 'store', name: 'store', detail: 'cannot be written: the disk is full', since: null }],
    ],
    [
      'a channel that is tried again',
      {
        outbox: [{ channel: 'ops', state: 'retry', count: 3 }],
        failures: [{ channel: 'ops', reason: 'HTTP 429', at: NOW }],
      },
      [
        {
          ...{ kind: 'channel', name: 'ops', detail: '3 notices to be tried again: HTTP 429' },
          since: '2026-03-29T14:32:10.000Z',
        },
      ],
    ],
    [
      'dead letters',
      { outbox: [{ channel: 'ops', state: 'dead', count: 1 }] },
      [{ kind: 'channel', name: 'ops', detail: '1 notice given up', since: null }],
    ],
    ['nothing: a heartbeat that is sent', { heartbeat: { sentAt: NOW, problem: null } }, []],
    [
      'a heartbeat that is not',
      { heartbeat: { sentAt: NOW - 60_000, problem: 'no message was taken by ops' } },
      [
        {
          ...{ kind: 'heartbeat', name: 'heartbeat', detail: 'not sent: no message was taken by ops' },
          since: '2026-03-29T14:31:10.000Z',
        },
      ],
    ],
    ['nothing: notices wait for their time', { outbox: [{ channel: 'ops', state: 'wait', count: 3 }] }, []],
    ['nothing: a follower is behind for a moment', { follower: { name: 'notices', events: 9, ms: 900 } }, []],
    [
      'a follower',
      { follower: { name: 'notices', events: 900, ms: 60_000 } },
      [{ kind: 'follower', name: 'notices', detail: '900 events behind', since: '2026-03-29T14:31:10.000Z' }],
    ],
  ])('%s', (_, fields, stuck) => {
    expect(told(fields).stuck).toEqual(stuck);
  });
});
