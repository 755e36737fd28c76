import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type PushParts, pushOnce } from '../../../src/agent/push.ts';
import { receiptOf } from '../../../src/agent/receipt.ts';
import type { AgentState } from '../../../src/agent/state.ts';
import type { CheckStatus } from '../../../src/core/check.ts';
import type { PushBody } from '../../../src/core/cluster/payload.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { takeLock } from '../../../src/lib/files/lock.ts';
import type { HttpResult } from '../../../src/lib/http/client.ts';

const T0 = Date.parse('2026-03-29T12:00:00.000Z');
const TAKEN: HttpResult = { ok: true, status: 200, headers: {}, body: '{"status":"success","alerts_created":1}' };
const AWAY: HttpResult = { ok: false, kind: 'refused', permanent: false, reason: 'hub:80 refused the connection' };

let folder: string;
let now: number;
let told: [level: string, message: string][];
let pushed: PushBody[];
const clock: Clock = { ...systemClock, now: () => now };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-push-'));
  now = T0;
  told = [];
  pushed = [];
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const stateDir = () => join(folder, 'state');
const stored = () => JSON.parse(readFileSync(join(stateDir(), 'agent.json'), 'utf8')) as AgentState;
const tell = (level: string) => (_: unknown, message: string) => void told.push([level, message]);

function run(cpu: CheckStatus, answer: HttpResult | ((body: PushBody) => HttpResult), more: Partial<PushParts> = {}) {
  return pushOnce({
    sender: { instanceId: 'web-1', hostname: 'host-1' },
    clock,
    stateDir: stateDir(),
    owner: 'agent',
    spool: { maxAlerts: 100, maxBytes: 1e6 },
    lockWaitMs: 0,
    log: { info: tell('info'), warn: tell('warn'), error: tell('error') },
    collect: async (remembered) => ({
      results: [{ checker: 'cpu', status: cpu, message: `at ${now}`, metrics: {}, checkedAt: now, durationMs: 1 }],
      titles: new Map([['cpu', 'CPU usage high']]),
      whole: true,
      remember: { ...remembered, runs: Number(remembered.runs ?? 0) + 1 },
    }),
    post: async (body) => {
      const result = typeof answer === 'function' ? answer(body) : answer;
      if (result.ok) pushed.push(body);
      return receiptOf(result);
    },
    ...more,
  });
}

test('a push that is taken leaves an empty spool, what checks remember, and private files', async () => {
  expect(await run('critical', TAKEN)).toMatchObject({
    status: 'delivered',
    reason: null,
    checks: { ok: 0, critical: 1 },
    sent: 1,
    spooled: 0,
    hub: { status: 200, counts: { alerts_created: 1 } },
  });
  expect(pushed[0]?.alerts[0]).toMatchObject({ name: 'CPU usage high', fingerprint: 'cpu-check-web-1' });
  expect(stored()).toMatchObject({ spool: [], remembered: { runs: 1 }, states: { cpu: { problemSince: T0 } } });
  expect(readdirSync(stateDir())).toEqual(['agent.json']);
  expect([statSync(stateDir()).mode & 0o777, statSync(join(stateDir(), 'agent.json')).mode & 0o777]).toEqual([
    0o700, 0o600,
  ]);
  expect(told).toEqual([]);
});

test('results are on disk before anything is sent', async () => {
  const seen: number[] = [];
  await run('critical', () => {
    seen.push(stored().spool.length);
    return TAKEN;
  });
  expect(seen).toEqual([1]);
});

test('what the hub missed comes first, in order, with its own times', async () => {
  for (const status of ['warning', 'critical', 'critical', 'ok', 'warning'] as const) {
    expect(await run(status, AWAY)).toMatchObject({ status: 'spooled', reason: AWAY.reason, hub: null });
    now += 60_000;
  }
  expect(await run('ok', TAKEN)).toMatchObject({ status: 'delivered', waiting: 5, sent: 6, spooled: 0 });
  const at = (time: string | undefined) => (time === undefined ? null : (Date.parse(time) - T0) / 60_000);
  expect(
    pushed[0]?.alerts.map((alert) => [
      alert.status,
      alert.severity,
      at(alert.started_at),
      at(alert.ended_at),
      at(alert.observed_at),
    ]),
  ).toEqual([
    ['firing', 'warning', 0, null, 0],
    ['firing', 'critical', 0, null, 1],
    ['firing', 'critical', 0, null, 2],
    ['resolved', 'info', 0, 3, 3],
    ['firing', 'warning', 4, null, 4],
    ['resolved', 'info', 4, 5, 5],
  ]);
});

test('entries keep the name under which they were seen', async () => {
  await run('critical', AWAY);
  await run('ok', TAKEN, { sender: { instanceId: 'web-2', hostname: 'host-2' } });
  expect(pushed.map((body) => [body.instance_id, body.hostname, body.alerts.length])).toEqual([
    // What was found, and its end: nobody will speak under that name again.
    ['web-1', 'host-1', 2],
    ['web-2', 'host-2', 1],
  ]);
});

test('a refused alert is kept for a person to look at, with the words of the hub', async () => {
  const errors = [{ path: 'alerts[0].name', message: 'is odd' }];
  const partial: HttpResult = { ...TAKEN, body: JSON.stringify({ status: 'partial', errors }) };
  expect(await run('critical', partial)).toMatchObject({ status: 'refused', spooled: 0, sent: 0 });
  expect(stored().refused).toMatchObject([
    { at: T0, reason: 'alerts[0].name is odd', alert: { fingerprint: 'cpu-check-web-1' } },
  ]);
});

test('an alert that a 400 names leaves the spool and is kept aside', async () => {
  const body = JSON.stringify({ status: 'error', errors: [{ path: 'alerts[0]', message: 'must be an object' }] });
  const bad: HttpResult = {
    ok: false,
    kind: 'status',
    status: 400,
    permanent: true,
    reason: 'HTTP 400',
    headers: {},
    body,
  };
  expect(await run('critical', bad)).toMatchObject({ status: 'refused', spooled: 0, sent: 0 });
  expect(stored()).toMatchObject({ spool: [], refused: [{ reason: 'alerts[0] must be an object' }] });
});

test('a hub that asks for patience gets it, but not for ever', async () => {
  const busy: HttpResult = {
    ok: false,
    kind: 'status',
    status: 429,
    permanent: false,
    reason: 'HTTP 429',
    retryAfterMs: 120_000,
  };
  expect(await run('ok', busy)).toMatchObject({ status: 'spooled' });
  now += 60_000;
  expect(await run('critical', TAKEN)).toMatchObject({
    status: 'spooled',
    reason: 'the hub asked to retry after 2026-03-29T12:02:00.000Z',
    sent: 0,
    spooled: 2,
  });
  now += 60_000;
  expect(await run('ok', TAKEN)).toMatchObject({ status: 'delivered', sent: 3 });
  await run('ok', { ...busy, retryAfterMs: 1e12 });
  now += 600_000;
  expect(await run('ok', TAKEN)).toMatchObject({ status: 'delivered' });
  await run('ok', busy);
  now -= 86_400_000; // The clock of the machine was set right.
  expect(await run('ok', TAKEN)).toMatchObject({ status: 'delivered' });
});

test('a spool that is full folds past states, and tells', async () => {
  for (let at = 0; at < 10; at += 1) {
    now += 60_000;
    await run(at % 2 === 0 ? 'critical' : 'ok', AWAY, { spool: { maxAlerts: 5, maxBytes: 1e6 } });
  }
  expect(stored().spool.length).toBeLessThanOrEqual(5);
  expect(told).toContainEqual(['warn', 'the spool is full: past states were merged']);
});

describe('a damaged state', () => {
  test.each([
    ['no JSON', '{"version":1,"spo'],
    [
      'another shape',
      '{"version":1,"seq":0,"states":{},"remembered":{},"spool":[{"seq":1}],"refused":[],"notBefore":0}',
    ],
    ['another version', '{"version":2}'],
    ['nothing', ''],
    ['a list', '[]'],
  ])('%s: it is set aside and told, and the run goes on', async (_, content) => {
    mkdirSync(stateDir());
    writeFileSync(join(stateDir(), 'agent.json'), content);
    expect(await run('critical', TAKEN)).toMatchObject({ status: 'delivered', sent: 1 });
    expect(readdirSync(stateDir())).toEqual(['agent.json', 'agent.json.damaged-20260329T120000000Z']);
    expect(readFileSync(join(stateDir(), 'agent.json.damaged-20260329T120000000Z'), 'utf8')).toBe(content);
    expect(told).toEqual([['warn', expect.stringContaining('set aside')]]);
    expect(stored().states.cpu?.status).toBe('critical');
  });
});

describe('a state that cannot be read', () => {
  const path = () => join(stateDir(), 'agent.json');
  const fields: unknown[] = [];
  const log = { info() {}, warn() {}, error: (more: unknown, message: string) => void fields.push(more, message) };
  beforeEach(() => void fields.splice(0));

  test('is left as it is, and the run is pushed all the same', async () => {
    mkdirSync(path(), { recursive: true });
    expect(await run('critical', TAKEN, { log })).toMatchObject({ status: 'delivered', sent: 1 });
    expect(fields).toEqual([
      { file: path(), error: expect.objectContaining({ code: 'EISDIR' }) },
      expect.stringContaining('left unchanged'),
    ]);
    expect(readdirSync(stateDir())).toEqual(['agent.json']);
  });

  test('with a hub that is away as well: the results are lost, and that is said', async () => {
    mkdirSync(path(), { recursive: true });
    expect(await run('critical', AWAY)).toMatchObject({ status: 'lost', reason: AWAY.reason, spooled: 0 });
  });

  // Only root can become somebody else.
  const asRoot = process.geteuid?.() === 0 ? test : test.skip;
  asRoot("that is another user's: told whose it is, and how to mend it", async () => {
    await run('critical', AWAY);
    const before = readFileSync(path(), 'utf8');
    chownSync(folder, 65_534, 65_534);
    chownSync(stateDir(), 65_534, 65_534);
    process.seteuid?.(65_534);
    try {
      expect(await run('ok', TAKEN, { log })).toMatchObject({ status: 'delivered', waiting: 0, sent: 1 });
    } finally {
      process.seteuid?.(0);
    }
    expect(fields[0]).toMatchObject({ owner: 0, fix: `as root: chown 65534 ${path()}`, error: { code: 'EACCES' } });
    expect(readFileSync(path(), 'utf8')).toBe(before);
    expect(await run('ok', TAKEN)).toMatchObject({ status: 'delivered', waiting: 1, sent: 2 });
  });
});

describe('a disk that takes nothing', () => {
  // A folder where the file should be refuses the rename as a full disk refuses the write, for root too.
  const spoil = () => {
    mkdirSync(join(stateDir(), '.agent.json.new'), { recursive: true });
  };

  test('is told, and the push is tried all the same', async () => {
    spoil();
    expect(await run('critical', TAKEN)).toMatchObject({ status: 'delivered', sent: 1 });
    expect(told).toEqual([['error', 'the state of this agent cannot be saved']]);
  });

  test('and a hub that is away as well: the results are lost, and that is said', async () => {
    spoil();
    expect(await run('critical', AWAY)).toMatchObject({ status: 'lost', reason: AWAY.reason, spooled: 0 });
  });

  test('a state folder that cannot be made', async () => {
    writeFileSync(stateDir(), 'a file');
    expect(await run('critical', TAKEN)).toMatchObject({ status: 'delivered' });
    expect(told[0]).toEqual(['warn', expect.stringContaining('cannot be written')]);
  });
});

test('two runs at once: the second waits, and what it finds comes second', async () => {
  const runs = [run('critical', TAKEN, { lockWaitMs: 30_000 }), run('ok', TAKEN, { lockWaitMs: 30_000 })];
  expect(await Promise.all(runs)).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]);
  expect(stored()).toMatchObject({ spool: [], seq: 2, remembered: { runs: 2 } });
});

test('a run that waits too long says who is at work', async () => {
  mkdirSync(stateDir());
  const lock = await takeLock(stateDir(), 'agent.lock', 0, systemClock);
  const outcome = await run('critical', TAKEN);
  expect(outcome).toMatchObject({
    status: 'locked',
    sent: 0,
    reason: expect.stringContaining(`process ${process.pid}`),
  });
  expect(pushed).toEqual([]);
  if (lock.ok) await lock.release();
});

test('called off while it checks: nothing is kept of it, and the spool stays', async () => {
  await run('critical', AWAY);
  const before = stored();
  const signal = AbortSignal.abort();
  expect(await run('unknown', TAKEN, { signal })).toMatchObject({ status: 'stopped', spooled: 1 });
  expect(stored()).toEqual(before);
  expect(pushed).toEqual([]);
});

test('a check that has not run for a month is forgotten', async () => {
  await run('critical', TAKEN);
  now += 31 * 86_400_000;
  await run('ok', TAKEN, {
    collect: async () => ({ results: [], titles: new Map(), whole: true, remember: {} }),
  });
  expect(stored().states).toEqual({});
});

describe('a check that was taken away in the midst of a problem', () => {
  const other = (whole: boolean) => ({
    collect: async () => ({
      results: [
        { checker: 'disk', status: 'ok', message: 'fine', metrics: {}, checkedAt: now, durationMs: 1 } as const,
      ],
      titles: new Map([['disk', 'Disk space low']]),
      whole,
      remember: {},
    }),
  });
  const told = () => pushed.at(-1)?.alerts.map(({ name, status }) => [name, status]);

  test('ends once nobody has looked for an hour, under its name, and is told once', async () => {
    await run('critical', TAKEN);
    now += 3_599_000;
    await run('ok', TAKEN, other(true));
    expect(told()).toEqual([['Disk space low', 'resolved']]);
    now += 1000;
    await run('ok', TAKEN, other(true));
    expect(told()).toEqual([
      ['Disk space low', 'resolved'],
      ['CPU usage high', 'resolved'],
    ]);
    expect(pushed.at(-1)?.alerts[1]?.annotations).toEqual({ message: 'no longer checked on this machine' });
    await run('ok', TAKEN, other(true));
    expect(told()).toEqual([['Disk space low', 'resolved']]);
  });

  test('stays where only some checks were asked for', async () => {
    await run('critical', TAKEN);
    now += 3_600_000;
    await run('ok', TAKEN, other(false));
    expect(told()).toEqual([['Disk space low', 'resolved']]);
    expect(Object.keys(stored().states).sort()).toEqual(['cpu', 'disk']);
  });
});
