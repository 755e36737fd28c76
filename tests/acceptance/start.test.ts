import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { startHttpReceiver } from '../support/http-receiver.ts';
import { eventually, makeHubHome } from '../support/hub.ts';
import { type Running, startMonitor } from '../support/run-monitor.ts';

// `monitor start` as a person calls it the first time: nothing set but what keeps the test to itself.
const home = makeHubHome();
let running: Running;
let text = '';

beforeAll(async () => {
  running = startMonitor(['start', '--port', '0'], home.folder, { MONITOR_CHECKERS: 'memory,plugin:probe' });
  running.child.stdout?.on('data', (part: string) => {
    text += part;
  });
  await eventually(() => expect(text).toContain('Ctrl-C stops it.'));
});
afterAll(async () => {
  running.child.kill('SIGKILL');
  await running.ended;
  await home.remove();
});

const url = () => /a hub on (http:\S+),/.exec(text)?.[1] ?? '';

test('says where it is, and keeps its store in the folder it was called in', () => {
  expect(text.split('\n')[0]).toMatch(
    /^monitor \S+: a hub on http:\/\/127\.0\.0\.1:\d+, its store in \S+\.monitor, and \S+ as its agent$/,
  );
  expect(existsSync(join(home.folder, '.monitor/monitor.db'))).toBe(true);
});

test('shows what was checked, and what the hub made of it', async () => {
  const [checked, made] = text.split('What the hub made of it:');
  expect(checked).toMatch(/memory.*\n/);
  expect(checked).toContain('the probe is critical');
  expect(made).toMatch(/Pushed 2 results \(.*1.*firing.*\) to http/);
  expect(made).toMatch(/CRIT .*Probe of the test .* firing /);
  expect(await items(url(), 'alerts?status=firing')).toMatchObject([{ source: 'cluster', name: 'Probe of the test' }]);
  expect(await items(url(), 'instances')).toMatchObject([{ status: 'heard' }]);
  expect((await request(`${url()}/readyz`)).status).toBe(200);
});

describe('what to try next', () => {
  const lines = () => (text.split(/Try next: *\n/)[1] ?? '').split('\n').slice(0, 4);
  const commands = () =>
    lines()
      .slice(1)
      .map((line) => /^ {2}(?:MONITOR_URL=(\S+) )?(\S*monitor) (\S+(?: --?\S+)?) {2,}\S/.exec(line) ?? []);

  test('is the dashboard, where it is', async () => {
    const [, page = ''] = /^ {2}(http\S+) {2,}the dashboard/.exec(lines()[0] ?? '') ?? [];
    expect((await request(page)).text).toContain('<title>');
  });

  test('is three commands, and each works as it stands', async () => {
    expect(commands().map(([, , , words]) => words)).toEqual(['alerts', 'incidents', 'check --list']);
    for (const [, hubUrl, , words = ''] of commands()) {
      const { code, stdout } = await home.run(words.split(' '), hubUrl === undefined ? {} : { MONITOR_URL: hubUrl });
      expect([words, code]).toEqual([words, 0]);
      expect(stdout).toContain(words === 'check --list' ? 'memory' : 'robe of the test');
    }
  });
});

test('tells of what fires on the terminal, as a notice', async () => {
  await eventually(() => expect(text).toContain('Notice, as a channel would tell it:'));
  const [before = '', notice = ''] = text.split('Notice, as a channel would tell it:');
  expect(before).toContain('Ctrl-C stops it.');
  expect(notice).toMatch(/^\n\n {2}CRITICAL: Probe of the test on \S+\n/);
  expect(notice).toContain('the probe is critical');
});

test('Ctrl-C stops it, with 0', async () => {
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect([code, stderr]).toEqual([0, expect.stringContaining('Stopping')]);
});

test('where a real agent and hub are set up, it is a trial of its own and leaves theirs alone', async () => {
  const machine = makeHubHome();
  const real = join(machine.folder, 'real');
  mkdirSync(real);
  const env = { HUB_URL: 'http://127.0.0.1:1', CLUSTER_ENABLED: '0', MONITOR_STATE_DIR: real };
  expect((await machine.run(['push-to-hub', '--checkers', 'memory'], env)).code).toBe(1);
  const spool = readFileSync(join(real, 'agent.json'), 'utf8');
  expect(spool).toContain('memory-check');
  writeFileSync(
    join(machine.folder, 'monitor.yaml'),
    JSON.stringify({
      state_dir: real,
      host: '0.0.0.0',
      log: { level: 'debug' },
      cluster: { shared_secret: false, require_v2: true },
      checkers_enabled: ['memory'],
      checkers: { memory: { warning: 1, critical: 1 } },
      notify: { channels: { ops: { type: 'webhook', url: 'env:OPS_HOOK' } } },
    }),
  );
  const theirs = await startHttpReceiver();
  const trial = startMonitor(['start', '--port', '0'], machine.folder, {
    HUB_URL: 'http://127.0.0.1:1',
    DATABASE_URL: 'postgres://monitor@127.0.0.1:1/monitor',
    MONITOR_CLUSTER_KEY: 'k7f3a9.J5xk2vQm8Zr1Tn4Wc6Yb9Hd3Lf7Pg0Sa',
    MONITOR_HOST: '0.0.0.0',
    HTTP_PROXY: 'http://127.0.0.1:1',
    MONITOR_NOTIFY_URL: theirs.url,
    OPS_HOOK: theirs.url,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
  });
  let said = '';
  for (const stream of [trial.child.stdout, trial.child.stderr]) {
    stream?.on('data', (part: string) => {
      said += part;
    });
  }
  try {
    await eventually(() => expect(said).toContain('Ctrl-C stops it.'));
    expect(said).toMatch(/a hub on http:\/\/127\.0\.0\.1:\d+, its store in \S+\.monitor,/);
    expect(said).toContain('Pushed 1 result');
    await eventually(() => expect(said).toContain('CRITICAL: Memory usage'));
    expect(theirs.requests).toEqual([]);
    expect([readdirSync(real), readFileSync(join(real, 'agent.json'), 'utf8')]).toEqual([['agent.json'], spool]);
  } finally {
    trial.child.kill('SIGKILL');
    await trial.ended;
    await theirs.close();
    await machine.remove();
  }
});

test('says of a problem that is not told yet how often it must be seen, not that all is well', async () => {
  const patient = makeHubHome();
  const probe = {
    command: ['/bin/sh', '-c', 'echo the probe is critical; exit 2'],
    title: 'Probe of the test',
    attempts: 3,
  };
  writeFileSync(
    join(patient.folder, 'monitor.yaml'),
    `checkers: ${JSON.stringify({ plugin: { plugins: { probe } } })}\n`,
  );
  const other = startMonitor(['start', '--port', '0'], patient.folder, { MONITOR_CHECKERS: 'plugin:probe' });
  let said = '';
  other.child.stdout?.on('data', (part: string) => {
    said += part;
  });
  await eventually(() => expect(said).toContain('Ctrl-C stops it.'));
  expect(said).toContain('[not told yet: 1 of 3 runs in a row]');
  expect(said).toContain('No alert fires yet: what is not told yet waits for the next runs.');
  expect(said).not.toContain('all is well');
  other.child.kill('SIGKILL');
  await other.ended;
  await patient.remove();
});
