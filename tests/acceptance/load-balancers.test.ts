import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../support/certificates.ts';
import { items, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';
import { ROOT } from '../support/sources.ts';

// The files of docs/deployment, with other addresses, in front of real hubs; where the programs are installed.
const NAMES = ['hub-1', 'hub-2', 'hub-3'];
let server: SharedPostgres;
let home: HubHome;
let hubs: Hub[];
let folder: string;
beforeAll(async () => {
  server = await sharedPostgres();
  folder = mkdtempSync(join(tmpdir(), 'monitor-balancer-'));
  home = makeHubHome({ DATABASE_URL: await server.createDatabase() });
  hubs = await Promise.all(NAMES.map((name) => home.serve({ INSTANCE_ID: name })));
});
afterAll(async () => {
  await home?.remove();
  await server?.dropAll();
  rmSync(folder, { recursive: true, force: true });
});

/** What is said in a title: nothing, or that the test is left out and why. */
const leftOut = (program: string) =>
  spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0
    ? ''
    : `: left out, not installed: ${program} (CONTRIBUTING.md)`;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** A file of the documentation, with the hubs of this test in it. */
function configuration(name: string, ...changes: readonly (readonly [string, string])[]): string {
  let text = readFileSync(join(ROOT, 'docs/deployment', name), 'utf8');
  const addresses = hubs.map((hub, index) => [`10.0.0.1${index + 1}:8080`, new URL(hub.url).host] as const);
  for (const [from, to] of [...addresses, ...changes]) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** Runs it while `work` does, and says with its own check first whether it likes its file. */
async function balanced(
  program: string,
  check: readonly string[],
  args: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const checked = spawnSync(program, [...check], { encoding: 'utf8' });
  expect([checked.status, checked.status === 0 ? '' : checked.stderr]).toEqual([0, '']);
  const child: ChildProcess = spawn(program, [...args], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await work();
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** An agent pushes through it, again and again, while hubs come and go: every run is taken by some hub. */
async function pushThrough(url: string, env: Record<string, string>, agent: string): Promise<void> {
  const push = async () => {
    const { code, stderr } = await home.run(['push-to-hub'], {
      ...{ HUB_URL: url, INSTANCE_ID: agent, DATABASE_URL: '', CLUSTER_ENABLED: '0', ...env },
      MONITOR_STATE_DIR: join(folder, agent),
    });
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  };
  await eventually(push);
  for (let round = 0; round < 3; round += 1) await push();
  await hubs[1]?.kill();
  for (let round = 0; round < 3; round += 1) await push();
  const [left] = hubs;
  const alerts = await items(left?.url ?? '', `alerts?instance_id=${agent}`);
  expect(alerts).toMatchObject([{ status: 'firing', severity: 'critical', occurrences: expect.any(Number) }]);
  hubs[1] = await home.serve({ INSTANCE_ID: 'hub-2', MONITOR_PORT: new URL(hubs[1]?.url ?? '').port });
}

const noHaproxy = leftOut('haproxy');
describe(`HAProxy${noHaproxy}`, () => {
  const only = noHaproxy === '' ? test : test.skip;

  only('with docs/deployment/haproxy.cfg', async () => {
    const port = await freePort();
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, configuration('haproxy.cfg', ['bind :8080\n', `bind 127.0.0.1:${port}\n`]));
    await balanced('haproxy', ['-c', '-f', file], ['-f', file], async () => {
      const url = `http://127.0.0.1:${port}`;
      await pushThrough(url, {}, 'agent-haproxy');
      // It says that it is a proxy: nobody behind it counts as a program of the hub's machine.
      expect((await request(`${url}/api/v1/alerts`)).status).toBe(403);
    });
  });
});

const noNginx = leftOut('nginx');
describe(`nginx${noNginx}`, () => {
  const only = noNginx === '' ? test : test.skip;

  only('with docs/deployment/nginx-several-hubs.conf', async () => {
    const port = await freePort();
    const { cert, key } = makeCertificate({ name: 'localhost', dnsNames: ['localhost'], isAuthority: true });
    mkdirSync(join(folder, 'ssl'));
    writeFileSync(join(folder, 'ssl/hub.pem'), cert);
    writeFileSync(join(folder, 'ssl/hub.key'), key);
    const site = configuration(
      'nginx-several-hubs.conf',
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['/etc/ssl/monitor', join(folder, 'ssl')],
      ['hub.example.com', 'localhost'],
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${join(folder, kind)};`,
    );
    const file = join(folder, 'nginx.conf');
    const log = join(folder, 'nginx.log');
    writeFileSync(
      file,
      `pid ${join(folder, 'nginx.pid')}; error_log ${log}; daemon off; events {}
       http { access_log off; ${temporary.join(' ')} ${site} }`,
    );
    const args = ['-c', file, '-e', log];
    await balanced('nginx', ['-t', ...args], args, () =>
      pushThrough(`https://localhost:${port}`, { MONITOR_CA_FILE: join(folder, 'ssl/hub.pem') }, 'agent-nginx'),
    );
  });
});
