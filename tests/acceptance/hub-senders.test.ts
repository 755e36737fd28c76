import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AgentHome, makeAgentHome } from '../support/agent-home.ts';
import { ask, items } from '../support/cluster-push.ts';
import { type Hub, type HubHome, isInstalled, makeHubHome, SECRET } from '../support/hub.ts';
import { ROOT } from '../support/sources.ts';

// Senders and the hub as they meet in the world: our agent, and a script that knows the page of the protocol only.
let home: HubHome;
let hub: Hub;
let agent: AgentHome;
const python = await isInstalled('python3');

beforeAll(async () => {
  home = makeHubHome({ MONITOR_CLUSTER_STALE_AFTER: '1h' });
  hub = await home.serve();
  agent = makeAgentHome({ HUB_URL: hub.url, WEBHOOK_SECRET_CLUSTER: SECRET });
});
afterAll(async () => {
  agent.remove();
  await home.remove();
});

describe('monitor push-to-hub', () => {
  const alert = async () => (await items(hub.url, 'alerts?instance_id=web-1'))[0] ?? {};
  const events = async () => {
    const { events } = (await ask(hub.url, `alerts/${(await alert()).id}`)) as { events: Record<string, unknown>[] };
    return events.map((event) => [event.kind, event.reason]);
  };

  test('the life of a problem, from the check to the history', async () => {
    expect(await agent.push()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Pushed 1 result \(1 ok\) to /),
    });
    expect(await alert()).toEqual({});
    agent.setProbe(1);
    expect(await agent.push()).toMatchObject({ code: 0, stdout: expect.stringContaining('hub: 1 created') });
    agent.setProbe(2);
    await agent.push();
    await agent.push();
    expect(await alert()).toMatchObject({
      source: 'cluster',
      origin: 'web-1',
      fingerprint: 'plugin:probe-check-web-1',
      name: 'Probe of the test',
      status: 'firing',
      severity: 'critical',
      labels: { checker: 'plugin:probe', instance_id: 'web-1' },
      annotations: { message: 'probe says 2' },
      metrics: { exit_code: 2 },
      occurrences: 3,
    });
    agent.setProbe(0);
    expect(await agent.push()).toMatchObject({ stdout: expect.stringContaining('1 resolved') });
    expect(await events()).toEqual([
      ['opened', 'new'],
      ['updated', 'severity_changed'],
      ['resolved', 'resolved'],
    ]);
    expect(await items(hub.url, 'incidents?instance_id=web-1')).toMatchObject([
      { status: 'resolved', severity: 'critical', title: 'Probe of the test on web-1' },
    ]);
    const [instance] = await items(hub.url, 'instances');
    expect(instance).toMatchObject({ instance_id: 'web-1', status: 'heard', version: expect.stringMatching(/^\d+\./) });
    expect(Math.abs(Number(instance?.clock_offset_ms))).toBeLessThan(60_000);
  });

  test('what happened while the hub was away is told in its order and with its times', async () => {
    await hub.kill();
    const before = Date.now();
    for (const state of [2, 0, 2] as const) {
      agent.setProbe(state);
      expect((await agent.push()).code).toBe(1);
    }
    const after = Date.now();
    // On the port that the agent knows.
    hub = await home.serve({ MONITOR_PORT: new URL(hub.url).port });
    agent.setProbe(1);
    expect(await agent.push()).toMatchObject({ code: 0 });
    expect((await events()).slice(3)).toEqual([
      ['opened', 'refired'],
      ['resolved', 'resolved'],
      ['opened', 'refired'],
      ['updated', 'severity_changed'],
    ]);
    const { started_at: started } = await alert();
    expect(Date.parse(String(started)) >= before && Date.parse(String(started)) <= after).toBe(true);
    expect(await items(hub.url, 'incidents?instance_id=web-1')).toMatchObject([{ status: 'open', alert_count: 1 }]);
  });

  test('the words of the hub reach the person at the agent', async () => {
    const { code, stderr } = await agent.push([], { WEBHOOK_SECRET_CLUSTER: 'another-secret-of-32-characters!' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('the secrets of sender and hub differ')]);
  });
});

describe(python ? 'a script in Python' : 'a script in Python: left out, python3 is not installed', () => {
  const only = python ? test : test.skip;
  const script = join(ROOT, 'tests/fixtures/programs/push.py');
  const run = async (...args: string[]) => (await promisify(execFile)('python3', [script, hub.url, ...args])).stdout;

  only.each([[''], ['sha256=']])('is taken with its signature as "%s<hex>"', async (prefix) => {
    const [status, json] = (await run(SECRET, prefix)).split(/ (.*)/s);
    expect([status, JSON.parse(json ?? '')]).toMatchObject(['200', { status: 'success', alerts_created: 1 }]);
    const listed = await items(hub.url, 'alerts?instance_id=python-1');
    expect(listed.find((one) => one.fingerprint === `cpu-${prefix || 'bare'}`)).toMatchObject({
      severity: 'critical',
      labels: { hostname: 'ümlaut-host', instance_id: 'python-1' },
      annotations: { message: 'CPU usage: 91.4% — too much', metrics: '{"cpu_percent":91.4,"cpu_count":1}' },
    });
  });

  only('is refused with another secret, and told why', async () => {
    expect(await run('not the secret of this hub', '')).toMatch(/^403 .*X-Cluster-Signature does not match/);
  });
});
