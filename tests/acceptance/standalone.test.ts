import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { eventually } from '../support/hub.ts';
import { type Running, startMonitor } from '../support/run-monitor.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';

// A machine that stands alone, with one check whose state a file says, and a receiver of Alertmanager's body.
let folder: string;
let receiver: HttpReceiver;
const running = new Set<Running>();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-alone-'));
  receiver = await startHttpReceiver();
  const probe = {
    command: ['/bin/sh', '-c', `cat ${join(folder, 'said')}; exit $(cat ${join(folder, 'code')})`],
    title: 'Probe',
  };
  writeFileSync(join(folder, 'monitor.yaml'), `checkers: ${JSON.stringify({ plugin: { plugins: { probe } } })}\n`);
  probeIs(2, 'the probe is critical');
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  running.clear();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

function probeIs(code: number, said: string): void {
  writeFileSync(join(folder, 'code'), String(code));
  writeFileSync(join(folder, 'said'), said);
}

function monitor(args: readonly string[], env: Record<string, string> = {}): Running {
  const one = startMonitor(args, folder, {
    MONITOR_CHECKERS: 'plugin:probe',
    MONITOR_STATE_DIR: join(folder, 'state'),
    MONITOR_PORT: '0',
    MONITOR_PUSH_INTERVAL: '1s',
    MONITOR_NOTIFY_URL: `${receiver.url}/hook`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
    INSTANCE_ID: 'alone-1',
    ...env,
  });
  running.add(one);
  void one.ended.then(() => running.delete(one));
  return one;
}

const run = (...args: readonly string[]) => monitor(['run', ...args]).ended;
const told = () => receiver.requests.map(({ body }) => (JSON.parse(body) as { status: string }).status);
const keys = () => new Set(receiver.requests.map(({ headers }) => headers['idempotency-key']));

describe('monitor run', () => {
  test('checks, tells at once, ends with the exit code of the check, and tells nothing twice', async () => {
    const first = await run();
    expect([first.code, first.stdout, first.stderr]).toEqual([2, 'Checked 1 check (1 critical); told 1 message\n', '']);
    expect(await run()).toMatchObject({ code: 2, stdout: 'Checked 1 check (1 critical); nothing to tell\n' });
    probeIs(0, 'well again');
    expect(await run()).toMatchObject({ code: 0, stdout: 'Checked 1 check (1 ok); told 1 message\n' });
    expect(await run()).toMatchObject({ code: 0 });
    expect(told()).toEqual(['firing', 'resolved']);
    expect(receiver.requests[0]?.body).toContain('the probe is critical');
    expect(readdirSync(join(folder, 'state')).filter((file) => file.includes('lock'))).toEqual([]);
  });

  test('what comes together is waited for, so that a warning is told by the pass that found it', async () => {
    probeIs(1, 'a warning');
    const { code, stdout } = await run('--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ status: 'delivered', instance_id: 'alone-1', checks: { warning: 1 } },
      notices: { telling: 'done', told: 1, failed: [], waiting: 0 },
    });
    expect(told()).toEqual(['firing']);
  });

  test('what failed before is tried again by the next one, under the same key', async () => {
    receiver.reply = () => ({ status: 503 });
    const failing = monitor(['run']);
    await eventually(() => expect(receiver.requests).toHaveLength(1));
    // It would try again by itself; asked to end, it still takes note of the answer that is on its way.
    failing.child.kill('SIGTERM');
    const first = await failing.ended;
    expect(first.code).toBe(2);
    expect(first.stdout).toMatch(/attempts? failed, 1 waits until /);
    expect(first.stderr).toContain('a message could not be delivered');
    expect(first.stderr).toContain('HTTP 503');
    receiver.reply = () => ({ status: 200 });
    expect((await run()).stdout).toContain('told 1 message');
    expect([keys().size, told().at(-1)]).toEqual([1, 'firing']);
  });

  test('killed while it tells, it leaves nothing that the next one does not make good', async () => {
    let hangs = true;
    receiver.reply = () => (hangs ? new Promise(() => {}) : { status: 200 });
    const killed = monitor(['run']);
    await eventually(() => expect(receiver.requests).toHaveLength(1));
    killed.child.kill('SIGKILL');
    await killed.ended;
    hangs = false;
    expect((await run()).stdout).toContain('told 1 message');
    expect([keys().size, told()]).toEqual([1, ['firing', 'firing']]);
  });

  test('two at once: the second one does nothing, and says so', async () => {
    receiver.reply = () => new Promise(() => {});
    const first = monitor(['run']);
    await eventually(() => expect(receiver.requests).toHaveLength(1));
    const second = await run();
    expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('another monitor run is at work')]);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(2);
  });

  test('on PostgreSQL the same, and what it has told can be explained and sent again by a hub', async () => {
    const server = await sharedPostgres();
    try {
      const env = { DATABASE_URL: await server.createDatabase() };
      receiver.reply = () => ({ status: 404 });
      expect(await monitor(['run'], env).ended).toMatchObject({ code: 2 });
      receiver.reply = () => ({ status: 200 });
      const serving = monitor(['serve'], { ...env, MONITOR_PORT: '0', MONITOR_PUSH_INTERVAL: '1h' });
      let said = '';
      serving.child.stderr?.on('data', (text: string) => {
        said += text;
      });
      const url = await eventually(() => {
        const found = /"url":"(http:[^"]+)"/.exec(said)?.[1];
        if (found === undefined) throw new Error(said);
        return found;
      });
      const ask = (...args: readonly string[]) => monitor(args, { MONITOR_URL: url }).ended;
      const dead = JSON.parse((await ask('outbox', 'list', '--state', 'dead', '--json')).stdout) as {
        items: { id: string }[];
      };
      const id = dead.items.find(({ id: one }) => one.endsWith(':webhook'))?.id ?? '';
      expect((await ask('outbox', 'retry', id)).code).toBe(0);
      await eventually(() => expect(told().length).toBeGreaterThan(1));
      await eventually(async () =>
        expect((await ask('explain', id.split(':')[0] ?? '')).stdout).toContain('People were told by webhook.'),
      );
      expect(keys().size).toBe(1);
    } finally {
      await server.dropAll();
    }
  });

  test('its time is bounded, whatever a check does', async () => {
    const probe = { command: ['/bin/sleep', '60'], title: 'Probe', timeout: '50s' };
    writeFileSync(join(folder, 'monitor.yaml'), `checkers: ${JSON.stringify({ plugin: { plugins: { probe } } })}\n`);
    expect((await run('--timeout', '1s')).code).toBe(3);
  });

  test('nobody to tell is said on stderr, and the alerts are kept', async () => {
    const ended = await monitor(['run'], { MONITOR_NOTIFY_URL: '' }).ended;
    expect([ended.code, ended.stdout]).toEqual([2, 'Checked 1 check (1 critical); nobody is told\n']);
    expect(ended.stderr).toContain('set MONITOR_NOTIFY_URL');
    expect((await run()).stdout).toContain('told 1 message');
  });

  test.each([
    [{ HUB_URL: 'http://127.0.0.1:1' }, 'use monitor push-to-hub'],
    [{ CLUSTER_ENABLED: '1' }, 'use monitor serve'],
    [{ MONITOR_NOTIFY_URL: 'slak://x' }, 'MONITOR_NOTIFY_URL'],
  ])('where it cannot work it says why: %j', async (env, said) => {
    const { code, stdout, stderr } = await monitor(['run'], env).ended;
    expect([code, stderr]).toEqual([3, expect.stringContaining(said)]);
    expect(stdout).toMatch(/^UNKNOWN: /);
  });
});

describe('monitor serve on a machine that stands alone', () => {
  test('checks itself and tells people, the firing and its end', async () => {
    const { child } = monitor(['serve']);
    await eventually(() => expect(told()).toEqual(['firing']));
    expect(JSON.parse(receiver.requests[0]?.body ?? '{}')).toMatchObject({
      alerts: [{ labels: { alertname: 'Probe' } }],
    });
    probeIs(0, 'well again');
    await eventually(() => expect(told()).toEqual(['firing', 'resolved']));
    child.kill('SIGTERM');
  });

  test('beside it, monitor run leaves the telling to it', async () => {
    monitor(['serve']);
    await eventually(() => expect(told()).toEqual(['firing']));
    expect((await run()).stdout).toContain('another process tells people');
    probeIs(0, 'well again');
    await eventually(() => expect(told()).toEqual(['firing', 'resolved']));
  });
});
