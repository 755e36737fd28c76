import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { startMonitor } from '../support/run-monitor.ts';

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome();
  hub = await home.serve();
  for (const host of ['db1', 'db2', 'web1']) {
    const alert = { name: 'DiskFull', status: 'firing', severity: 'critical', labels: { host }, fingerprint: host };
    await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  }
});
afterAll(() => home.remove());

const monitor = (...args: string[]) => home.run(args, { MONITOR_URL: hub.url });
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await monitor(...args, '--json');
  expect([args, code, code === 0 ? '' : stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout);
};
const open = async () =>
  (await json('maintenance', 'list')).items as { id: string; instance_id: string; ends_at: string }[];

describe('monitor silences', () => {
  test('adds with a preview, lists, shows and expires', async () => {
    const added = await monitor(
      'silences',
      'add',
      'host=~db.*',
      'DiskFull',
      '--for',
      '2h',
      '--comment',
      'why',
      '--by',
      'ann',
    );
    expect([added.code, added.stderr]).toEqual([
      0,
      expect.stringMatching(/^Matches 2 of 3 firing alerts \(\d incidents?\):\nSEV/),
    ]);
    const id = added.stdout.trim();
    const table = (await monitor('silences', 'list')).stdout;
    expect(table).toMatch(
      /^STATUS +ENDS +MATCHERS +BY +ID +COMMENT\nactive +\S+Z +host=~"db\.\*" alertname="DiskFull" +ann +\S+ +why$/m,
    );
    const shown = (await monitor('silences', 'show', id.slice(-12))).stdout;
    expect(shown).toContain('2 of 3 firing alerts');
    expect(shown).toMatch(/silence +created +new/);
    const alerts = (await monitor('alerts', '--json')).stdout;
    const { items } = JSON.parse(alerts) as { items: { labels: { host: string }; muted: { id: string } | null }[] };
    expect(items.map(({ labels, muted }) => `${labels.host} ${muted?.id ?? '-'}`).toSorted()).toEqual([
      ...[`db1 ${id}`, `db2 ${id}`, 'web1 -'],
    ]);
    expect((await monitor('alerts')).stdout).toMatch(/firing, muted/);
    const ended = await monitor('silences', 'expire', id, 'ffffffff', '--by', 'ben');
    expect(ended).toMatchObject({
      code: 1,
      stdout: `${id} has ended\n`,
      stderr: expect.stringContaining('ffffffff: '),
    });
    expect((await json('silences', 'list', '--status', 'expired')).items).toMatchObject([{ id, ended_by: 'ben' }]);
    expect((await monitor('silences', 'list')).stdout).toBe('Nothing is silenced.\n');
  });

  test('a dry run shows and keeps nothing; a span may be told by its ends', async () => {
    const shown = await json('silences', 'add', 'host=web1', '--for', '1h', '--dry-run');
    expect(shown).toMatchObject({ firing_count: 3, alert_count: 1 });
    expect((await json('silences', 'list')).items).toEqual([]);
    const ends = ['--start', '2098-01-01T00:00:00+01:00', '--until', '2099-01-01T00:00:00Z'];
    const added = await json('silences', 'add', 'host=web1', ...ends);
    expect(added).toMatchObject({ status: 'pending', starts_at: '2097-12-31T23:00:00.000Z', origin: 'cli' });
    await json('silences', 'expire', added.id);
  });

  test.each<[string, string[], number, string]>([
    ['only negative matchers', ['host!=db1', '--for', '1h'], 2, '--yes'],
    ['no matcher', ['--for', '1h'], 2, 'missing required argument'],
    ['a name with blanks', ['Memory', 'usage', '--for', '1h'], 2, "quote a name with blanks: 'Memory usage'"],
    ['two values', ['host=a', 'host=b', '--for', '1h'], 2, 'host cannot be both "a" and "b"'],
    ['an empty one', ['', '--for', '1h'], 2, 'is not a matcher'],
    ['one that matches everything', ['host=~.*', '--for', '1h'], 1, 'hold back everything'],
    ['a pattern that is none', ['host=~(', '--for', '1h'], 2, 'cannot be read'],
    ['no end', ['host=a'], 2, '--for TIME or --until TIME'],
    ['a span that is none', ['host=a', '--for', 'soon'], 2, '--for must be a time'],
    ['an end without its zone', ['host=a', '--until', '2099-01-01T00:00:00'], 2, 'with its zone'],
    ['an end that has passed', ['host=a', '--until', '2020-01-01T00:00:00Z'], 1, 'has passed'],
  ])('%s: exit code and the fix', async (_name, args, code, text) => {
    const ended = await monitor('silences', 'add', ...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(text)]);
  });

  test('negative matchers with --yes', async () => {
    const { id } = await json('silences', 'add', 'nobody!=x', '--for', '1h', '--yes');
    await json('silences', 'expire', id);
  });
});

describe('monitor maintenance', () => {
  test('a window of this instance, one of another, and one by matchers', async () => {
    const own = await json('maintenance', 'add', '--for', '30m');
    expect(own).toMatchObject({ kind: 'maintenance', instance_id: 'hub-1' });
    const other = await json('maintenance', 'add', '--instance', 'web-1', '--for', '30m');
    expect(other).toMatchObject({ instance_id: 'web-1' });
    const rack = await json('maintenance', 'add', 'rack=7', '--for', '30m');
    expect(rack).toMatchObject({ instance_id: null, matchers: [{ text: 'rack="7"' }] });
    expect((await json('silences', 'list')).items).toEqual([]);
    const ended = await json('maintenance', 'end', ...[own, other, rack].map(({ id }) => id));
    expect(ended.items).toHaveLength(3);
    expect(await open()).toEqual([]);
  });

  test('run: the window is there while the command runs, and the exit code is passed on', async () => {
    const running = startRun(['--for', '20m'], ['sh', '-c', 'echo ready; exec sleep 60']);
    await says(running.child, 'ready');
    const [window] = await open();
    expect(window).toMatchObject({ instance_id: 'hub-1' });
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 143, stderr: '' });
    expect(await open()).toEqual([]);
    const { code } = await monitor('maintenance', 'run', '--', 'sh', '-c', 'exit 7');
    expect(code).toBe(7);
    expect(await open()).toEqual([]);
  });

  test.each<[string, string[], number]>([
    ['0', ['true'], 0],
    ['an option of the command is its own', ['sh', '-c', 'exit $#', 'x', '--for', '1h', '--json'], 3],
    ['killed', ['sh', '-c', 'kill -9 $$'], 137],
    ['a program that is not there', ['./no-such-program'], 127],
    ['one that is none', ['./monitor.yaml'], 126],
  ])('run, %s: %j ends with %i, and the window with it', async (_name, command, code) => {
    const ended = await monitor('maintenance', 'run', '--', ...command);
    expect([ended.code, ended.code === code ? '' : ended.stderr]).toEqual([code, '']);
    expect(await open()).toEqual([]);
    const { items } = await json('maintenance', 'list', '--status', 'expired', '--limit', '1');
    expect(items).toMatchObject([{ instance_id: 'hub-1', comment: command[0]?.split('/').at(-1) }]);
  });

  test('run: a signal that the command handles is its own matter', async () => {
    const running = startRun(
      [],
      ['sh', '-c', 'trap "echo heard; exit 5" TERM; echo ready; while :; do sleep 0.05; done'],
    );
    await says(running.child, 'ready');
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 5, stdout: 'ready\nheard\n' });
    expect(await open()).toEqual([]);
  });

  test('run: a signal while the window is being opened ends it again', async () => {
    const front = await startFront();
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    front.before = () => mayAnswer;
    const running = startMonitor(['maintenance', 'run', '--for', '20m', '--', 'sleep', '60'], home.folder, {
      ...env(),
      MONITOR_URL: front.url,
    });
    await eventually(async () => expect(await open()).toHaveLength(1));
    running.child.kill('SIGTERM');
    answer();
    expect(await running.ended).toMatchObject({ code: 143 });
    expect(await open()).toEqual([]);
    await front.close();
  });

  test('run, no hub at the start: the command runs without a window, unless one is required', async () => {
    const env = { MONITOR_URL: 'http://127.0.0.1:9' };
    const ended = await home.run(['maintenance', 'run', '--', 'sh', '-c', 'echo done; exit 4'], env);
    expect(ended).toMatchObject({
      code: 4,
      stdout: 'done\n',
      stderr: expect.stringContaining('no maintenance window'),
    });
    const refused = await home.run(['maintenance', 'run', '--require-window', '--', 'sh', '-c', 'echo done'], env);
    expect(refused).toMatchObject({ code: 75, stdout: '' });
  });

  test('run, a configuration that cannot be read: the command runs all the same', async () => {
    const ended = await home.run(['maintenance', 'run', '--', 'sh', '-c', 'exit 4'], { MONITOR_PORT: 'x' });
    expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining('MONITOR_PORT') });
    expect(await home.run(['maintenance', 'run', '--for', 'soon', '--', 'true'])).toMatchObject({ code: 2 });
  });

  test('run, the hub is gone at the end: it says until when the window goes on, and the exit code is the command’s', async () => {
    const front = await startFront();
    const command = ['sh', '-c', 'echo ready; exec sleep 60'];
    const running = startMonitor(['maintenance', 'run', '--for', '20m', '--', ...command], home.folder, {
      ...env(),
      MONITOR_URL: front.url,
    });
    await says(running.child, 'ready');
    front.isDown = true;
    running.child.kill('SIGTERM');
    await eventually(() => expect(front.refused).toBeGreaterThan(0));
    // Whoever cannot wait for the attempts to end sends another one.
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([143, expect.stringMatching(/the window \S+ may go on until \S+Z/)]);
    const [window] = await open();
    await json('maintenance', 'end', String(window?.id));
    await front.close();
  });
});

const env = () => ({
  MONITOR_URL: hub.url,
  MONITOR_STATE_DIR: home.state,
  INSTANCE_ID: 'hub-1',
  CLUSTER_ENABLED: '1',
  WEBHOOK_SECRET_CLUSTER: 'x'.repeat(32),
});
const startRun = (flags: readonly string[], command: readonly string[]) =>
  startMonitor(['maintenance', 'run', ...flags, '--', ...command], home.folder, env());

/** Waits for a word in the output of a command: from then on it runs. */
async function says(child: ReturnType<typeof startRun>['child'], word: string): Promise<void> {
  let out = '';
  child.stdout?.on('data', (text: string) => {
    out += text;
  });
  await eventually(() => expect(out).toContain(word));
}

/** A way to the hub that can go down, and whose answers can be held back by `before`. */
async function startFront() {
  const front = { url: '', isDown: false, refused: 0, before: async () => {}, close: async () => {} };
  const server: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      if (front.isDown) {
        front.refused += 1;
        response.destroy();
        return;
      }
      const { method = '', url = '' } = incoming;
      const headers = {
        'content-type': 'application/json',
        authorization: String(incoming.headers.authorization ?? ''),
      };
      const answer = await request(`${hub.url}${url}`, { method, headers, body: Buffer.concat(chunks) });
      await front.before();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  front.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return front;
}
