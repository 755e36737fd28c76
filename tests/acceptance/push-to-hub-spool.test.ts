import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AgentHome, makeAgentHome, SECRET } from '../support/agent-home.ts';
import { type ReceivedAlert, type Receiver, startReceiver } from '../support/receiver.ts';

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

const AWAY = { HUB_URL: 'http://127.0.0.1:1' };
const timeOf = (alert: ReceivedAlert | undefined) => Date.parse(alert?.observed_at ?? '');

describe('a hub that was away', () => {
  test('gets what it missed first, oldest first, with the original times', async () => {
    const before = Date.now();
    for (const state of [1, 2, 2, 2, 0, 0, 3] as const) {
      home.setProbe(state);
      expect((await home.push([], AWAY)).code).toBe(1);
    }
    const waited = Date.now();
    home.setProbe(0);
    const { code, stdout } = await home.push(['--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'delivered', waiting: 5, sent: 6, spooled: 0 });
    const alerts = hub.pushes.flatMap((push) => push.alerts);
    expect(alerts.map((alert) => `${alert.status} ${alert.severity}`)).toEqual([
      'firing warning',
      'firing critical',
      'firing critical',
      'resolved info',
      'firing warning',
      'resolved info',
    ]);
    const times = alerts.map(timeOf);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before);
    expect(times[4]).toBeLessThanOrEqual(waited);
    const [first, worse, latest, end, again, last] = alerts;
    for (const alert of [worse, latest, end]) expect(alert?.started_at).toBe(first?.observed_at);
    expect(last?.started_at).toBe(again?.observed_at);
    expect(home.state().spool).toEqual([]);
  });

  test('gets each push again with a nonce of its own, until it takes it', async () => {
    let calls = 0;
    hub.answer = () => (++calls === 1 ? { status: 503 } : null);
    home.setProbe(2);
    await home.push();
    expect((await home.push()).code).toBe(0);
    const [first, second] = hub.pushes;
    expect(second?.alerts[0]).toEqual(first?.alerts[0]);
    expect(second?.headers['x-cluster-nonce']).not.toBe(first?.headers['x-cluster-nonce']);
  });

  test('a refused alert is set aside once the hub takes another, and told with the words of the hub', async () => {
    home.setProbe(2);
    await home.push([], AWAY);
    hub.answer = (push) =>
      push.alerts.some((alert) => alert.labels.checker === 'plugin:probe')
        ? { status: 400, body: '{"status":"error","message":"no probes here"}' }
        : null;
    const { code, stdout, stderr } = await home.start(['push-to-hub', '--json', '--checkers', 'load']).ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'refused',
      sent: 1,
      spooled: 0,
      refused: [{ fingerprint: 'plugin:probe-check-web-1', reason: 'HTTP 400 Bad Request: no probes here' }],
    });
    expect(stderr).toContain('it is set aside');
    expect(home.state()).toMatchObject({ spool: [], refused: [{ alert: { severity: 'critical' } }] });
  });
});

describe('two runs at once', () => {
  test('never interleave: the second begins when the first has its answer', async () => {
    let open = 0;
    hub.answer = async () => {
      open += 1;
      expect(open).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 200));
      open -= 1;
      return null;
    };
    home.setProbe(1);
    const runs = await Promise.all([home.push(), home.push(), home.push()]);
    expect(runs.map((run) => run.code)).toEqual([0, 0, 0]);
    const times = hub.pushes.map((push) => timeOf(push.alerts[0]));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(hub.pushes.map((push) => push.alerts[0]?.started_at)).size).toBe(1);
    expect(readdirSync(dirname(home.statePath))).toEqual(['agent.json']);
  });
});

describe('kill -9', () => {
  test('while the hub is about to answer: the next run sends the same again', async () => {
    const reached = new Promise<void>((resolve) => {
      hub.answer = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    home.setProbe(2);
    const { child, ended } = home.start(['push-to-hub', '--checkers', 'plugin:probe']);
    await reached;
    child.kill('SIGKILL');
    await ended;
    hub.answer = () => null;
    home.setProbe(0);
    const { code, stdout } = await home.push(['--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ waiting: 1, sent: 2 });
    expect(hub.pushes[1]?.alerts[0]).toEqual(hub.pushes[0]?.alerts[0]);
    expect(hub.pushes[1]?.alerts[1]).toMatchObject({
      status: 'resolved',
      started_at: hub.pushes[0]?.alerts[0]?.started_at,
    });
    expect(readdirSync(dirname(home.statePath))).toEqual(['agent.json']);
  });

  test('at any moment: what was once on disk arrives, and no run is kept from its work', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      home.setProbe(round % 2 === 0 ? 2 : 0);
      const { child, ended } = home.start(['push-to-hub', '--checkers', 'plugin:probe']);
      const kill = setTimeout(() => child.kill('SIGKILL'), 60 + round * 10);
      await ended;
      clearTimeout(kill);
      try {
        for (const { alert } of home.state().spool) seen.add(`${alert.status} ${alert.started_at}`);
      } catch {
        // Killed before it wrote anything.
      }
    }
    expect((await home.push()).code).toBe(0);
    const arrived = hub.pushes.flatMap((push) => push.alerts).map((alert) => `${alert.status} ${alert.started_at}`);
    for (const entry of seen) expect(arrived).toContain(entry);
    expect(home.state().spool).toEqual([]);
    expect(readdirSync(dirname(home.statePath)).filter((name) => name.startsWith('agent.lock'))).toEqual([]);
  });

  test('and a polite end: what is under way is called off and kept', async () => {
    const reached = new Promise<void>((resolve) => {
      hub.answer = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    home.setProbe(2);
    const { child, ended } = home.start(['push-to-hub', '--json', '--checkers', 'plugin:probe']);
    await reached;
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(JSON.parse((await ended).stdout)).toMatchObject({ status: 'spooled', spooled: 1 });
    expect(home.state().spool).toHaveLength(1);
  });
});
