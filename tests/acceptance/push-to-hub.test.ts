import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AgentHome, makeAgentHome, SECRET } from '../support/agent-home.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { ROOT } from '../support/sources.ts';

const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

let hub: Receiver;
let home: AgentHome;
beforeEach(async () => {
  hub = await startReceiver({ secret: SECRET });
  home = makeAgentHome({ HUB_URL: hub.url });
});
afterEach(async () => {
  await hub.close();
  home.remove();
});

/** The one JSON document of a run with --json. */
function documentOf(stdout: string): Record<string, unknown> {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('a push that the hub takes', () => {
  test('is signed, is of the format, and says what came of it', async () => {
    home.setProbe(2);
    expect(await home.push()).toEqual({
      code: 0,
      stderr: '',
      stdout: `Pushed 1 result (1 firing) to ${hub.url}; hub: 1 created\n`,
    });
    const [push] = hub.pushes;
    expect(push).toMatchObject({
      method: 'POST',
      path: '/alerts/webhook/cluster/',
      headers: { 'content-type': 'application/json', 'user-agent': `monitor/${VERSION}` },
    });
    expect(push?.headers['x-cluster-signature']).toMatch(/^[0-9a-f]{64}$/);
    const { 'x-cluster-timestamp': timestamp, 'x-cluster-nonce': nonce } = push?.headers ?? {};
    const signed = `v2:${timestamp}:${nonce}:POST:/alerts/webhook/cluster/:${push?.body}`;
    expect(push?.headers['x-cluster-signature-v2']).toBe(createHmac('sha256', SECRET).update(signed).digest('hex'));
    const body = JSON.parse(push?.body ?? '') as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(['source', 'instance_id', 'hostname', 'version', 'alerts']);
    expect(body).toMatchObject({ source: 'cluster', instance_id: 'web-1', version: '1.0' });
    expect(push?.alerts).toEqual([
      {
        fingerprint: 'plugin:probe-check-web-1',
        name: 'Probe of the test',
        status: 'firing',
        severity: 'critical',
        started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        observed_at: push?.alerts[0]?.started_at,
        labels: { checker: 'plugin:probe', hostname: body.hostname, instance_id: 'web-1' },
        annotations: { message: 'probe says 2' },
        metrics: { exit_code: 2 },
      },
    ]);
    expect(readdirSync(dirname(home.statePath))).toEqual(['agent.json']);
  });

  test('the default checks are pushed by name, in one request', async () => {
    const { code, stdout } = await home.start(['push-to-hub']).ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Pushed \d+ results \(.*\) to /)]);
    const names = hub.pushes[0]?.alerts.map((alert) => alert.fingerprint) ?? [];
    for (const name of ['cpu', 'memory', 'disk']) expect(names).toContain(`${name}-check-web-1`);
    expect(hub.pushes).toHaveLength(1);
  });

  test.each([[200], [201], [202], [204]])('an answer of %i is enough', async (status) => {
    hub.answer = () => ({ status, body: status === 202 ? '{"status":"queued","pipeline_id":"x"}' : '' });
    const { code, stdout } = await home.push(['--json']);
    expect(code).toBe(0);
    expect(documentOf(stdout)).toMatchObject({
      status: 'delivered',
      sent: 1,
      spooled: 0,
      hub: { http_status: status },
    });
  });

  test.each([[0], [1], [2], [3]] as const)('the exit code is 0 whatever the check says (%i)', async (state) => {
    home.setProbe(state);
    expect((await home.push()).code).toBe(0);
    expect(hub.pushes[0]?.alerts[0]?.labels.check_status).toBe(state === 3 ? 'unknown' : undefined);
  });

  test('a hub below a path is reached below it, and without a secret nothing is signed', async () => {
    await hub.close();
    hub = await startReceiver();
    const { code } = await home.push([], { HUB_URL: `${hub.url}/base/`, WEBHOOK_SECRET_CLUSTER: '' });
    expect(code).toBe(0);
    expect(hub.pushes[0]?.path).toBe('/base/alerts/webhook/cluster/');
    expect(Object.keys(hub.pushes[0]?.headers ?? {}).filter((name) => name.startsWith('x-cluster'))).toEqual([]);
  });
});

describe('a push that the hub does not take', () => {
  test.each([
    [403, { status: 'error', message: "the sender's clock is 412 s behind the hub's" }],
    [401, { error: 'who are you' }],
    [404, 'nothing here'],
    [500, { status: 'error', message: 'broken' }],
    [503, { status: 'error', message: 'stopping' }],
  ])('%i: exit 1, the words of the hub in both outputs, and the results wait', async (status, answer) => {
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const words = typeof answer === 'string' ? answer : (Object.values(answer).at(-1) ?? '');
    hub.answer = () => ({ status, body });
    const { code, stdout, stderr } = await home.push(['--json']);
    expect(code).toBe(1);
    const known = typeof answer === 'string' ? { text: answer } : answer;
    expect(documentOf(stdout)).toMatchObject({
      status: 'spooled',
      reason: expect.stringContaining(`HTTP ${status}`),
      sent: 0,
      spooled: 1,
      hub: { http_status: status, ...known },
    });
    const log = JSON.parse(stderr) as Record<string, unknown>;
    expect(log).toMatchObject({
      level: 'error',
      msg: 'push failed',
      reason: expect.stringContaining(words),
      answer: body,
    });
    expect(`${stdout}${stderr}`).not.toContain(SECRET);
    expect(home.state().spool).toHaveLength(1);
    const text = await home.push();
    expect([text.code, text.stdout]).toEqual([1, '']);
  });

  test('a wrong secret', async () => {
    const { code, stdout } = await home.push(['--json'], {
      WEBHOOK_SECRET_CLUSTER: 'another-secret-of-32-characters!',
    });
    expect(code).toBe(1);
    expect(documentOf(stdout)).toMatchObject({ reason: 'HTTP 403 Forbidden: Invalid webhook signature' });
  });

  test('429 with Retry-After: the hub is not asked again before that', async () => {
    hub.answer = () => ({ status: 429, headers: { 'Retry-After': '300' } });
    expect((await home.push()).code).toBe(1);
    hub.answer = () => null;
    const { code, stdout } = await home.push(['--json']);
    expect(code).toBe(1);
    expect(documentOf(stdout)).toMatchObject({
      status: 'spooled',
      reason: expect.stringContaining('retry after'),
      hub: null,
    });
    expect(hub.pushes).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    hub.answer = () => ({ status: 308, headers: { Location: 'https://elsewhere.example/' } });
    const { code, stdout } = await home.push(['--json']);
    expect(code).toBe(1);
    expect(documentOf(stdout)).toMatchObject({ reason: expect.stringContaining('https://elsewhere.example/') });
    expect(hub.pushes).toHaveLength(1);
  });

  test('a slow one', async () => {
    hub.answer = () => new Promise(() => {});
    const { code, stdout } = await home.push(['--json'], { MONITOR_PUSH_TIMEOUT: '1s' });
    expect(code).toBe(1);
    expect(documentOf(stdout)).toMatchObject({
      reason: expect.stringContaining('gave no answer within 1 s'),
      hub: null,
    });
  });

  test('a closed port, an unknown name', async () => {
    await hub.close();
    home.setProbe(1);
    const closed = await home.push(['--json']);
    expect(closed.code).toBe(1);
    expect(documentOf(closed.stdout)).toMatchObject({
      status: 'spooled',
      reason: expect.stringContaining('refused the connection'),
    });
    const unknown = await home.push(['--json'], { HUB_URL: 'https://hub.invalid' });
    expect(documentOf(unknown.stdout)).toMatchObject({
      spooled: 2,
      reason: expect.stringContaining('hub.invalid:443 cannot be'),
    });
  });
});

describe('--dry-run', () => {
  test('prints the very payload, sends nothing and writes nothing', async () => {
    home.setProbe(1);
    const pretty = await home.push(['--dry-run']);
    expect(pretty.code).toBe(0);
    expect(JSON.parse(pretty.stderr)).toMatchObject({
      level: 'info',
      hub: hub.url,
      proof: 'signed with the shared secret',
    });
    expect(pretty.stdout).toMatch(/^\{\n {2}"source": "cluster",\n/);
    const { code, stdout } = await home.push(['--dry-run', '--json']);
    expect(code).toBe(0);
    const payload = documentOf(stdout);
    expect(existsSync(dirname(home.statePath))).toBe(false);
    expect(hub.pushes).toEqual([]);
    await home.push();
    const sent = JSON.parse(hub.pushes[0]?.body ?? '') as Record<string, unknown>;
    const timeless = (value: unknown) => JSON.stringify(value).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T');
    expect(timeless(payload)).toBe(timeless(sent));
  });

  test('knows when a problem began, and what would be sent before it, and leaves both as they are', async () => {
    home.setProbe(1);
    await home.push([], { HUB_URL: 'http://127.0.0.1:1' });
    const before = readFileSync(home.statePath, 'utf8');
    const { stdout, stderr } = await home.push(['--dry-run', '--json']);
    const payload = documentOf(stdout) as { alerts: { started_at: string }[] };
    expect(payload.alerts[0]?.started_at).toBe(home.state().spool[0]?.alert.started_at);
    expect(stderr).toContain('"waiting":1');
    expect(readFileSync(home.statePath, 'utf8')).toBe(before);
  });

  test('says that it would not be signed, and that the way is not secure', async () => {
    const { code, stderr } = await home.push(['--dry-run'], {
      ...{ HUB_URL: 'http://hub.example.com:8080', WEBHOOK_SECRET_CLUSTER: '' },
    });
    expect(code).toBe(0);
    for (const words of ['"proof":"not signed"', 'set WEBHOOK_SECRET_CLUSTER', 'travel unencrypted'])
      expect(stderr).toContain(words);
  });

  test('works without HUB_URL, with a warning', async () => {
    const { code, stdout, stderr } = await home.push(['--dry-run', '--json'], { HUB_URL: '' });
    expect(code).toBe(0);
    expect(documentOf(stdout)).toMatchObject({ source: 'cluster' });
    expect(JSON.parse(stderr)).toMatchObject({ level: 'warn', setting: 'HUB_URL' });
  });
});

describe('wrong usage: exit 2, the fix in the message, nothing done', () => {
  test.each([
    ['no HUB_URL', [], { HUB_URL: '' }, /HUB_URL: set it to the base address/],
    ['another scheme', [], { HUB_URL: 'ftp://hub' }, /HUB_URL/],
    ['a user in it', [], { HUB_URL: 'https://me:hidden-word@hub' }, /HUB_URL/],
    ['no address', [], { HUB_URL: 'hub.example.com' }, /HUB_URL/],
    ['an unknown checker', ['--checkers', 'cpu,memroy'], {}, /"memroy"; did you mean memory\?/],
    ['an unknown option', ['--dry-rum'], {}, /--dry-run/],
    ['a missing file of authorities', [], { MONITOR_CA_FILE: '/nowhere.pem' }, /MONITOR_CA_FILE/],
  ])('%s', async (_, args, env, text) => {
    const plain = await home.push(args as string[], env as Record<string, string>);
    expect([plain.code, plain.stdout]).toEqual([2, '']);
    expect(plain.stderr).toMatch(text as RegExp);
    const json = await home.push([...(args as string[]), '--json'], env as Record<string, string>);
    expect([json.code, json.stderr]).toEqual([2, '']);
    expect(documentOf(json.stdout)).toMatchObject({ error: { message: expect.any(String) } });
    expect(json.stdout).not.toContain('hidden-word');
    expect(hub.pushes).toEqual([]);
    expect(existsSync(dirname(home.statePath))).toBe(false);
  });
});

describe('what is kept', () => {
  test('a damaged spool is set aside and told, and the run goes on', async () => {
    mkdirSync(dirname(home.statePath));
    writeFileSync(home.statePath, '{"version":1,"spool":[{');
    const { code, stderr } = await home.push();
    expect(code).toBe(0);
    expect(stderr).toContain('set aside');
    expect(readdirSync(dirname(home.statePath))).toEqual([
      'agent.json',
      expect.stringMatching(/^agent\.json\.damaged-\d{8}T\d{9}Z$/),
    ]);
  });

  test('a state folder that cannot be written is told, and the push is tried all the same', async () => {
    writeFileSync(join(home.folder, 'state'), 'a file');
    const { code, stdout, stderr } = await home.push(['--json']);
    expect(code).toBe(0);
    expect(documentOf(stdout)).toMatchObject({ status: 'delivered', sent: 1 });
    expect(stderr).toContain('the state folder cannot be written');
  });
});
