import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createAgent } from '../../bench/torture/agent.ts';
import { canTrace, cutPower } from '../../bench/torture/power/run.ts';
import { type Call, readTrace, STRACE } from '../../bench/torture/power/trace.ts';
import { freePort } from '../../bench/torture/process.ts';
import { startReceiver } from '../support/receiver.ts';

// Only where strace is, and may be used: a container often forbids it.
const traced = canTrace() ? test : test.skip;

traced('a hub has synced everything that it acknowledged, so that a power cut takes nothing of it', async () => {
  const size = { connections: 3, pushes: 12, alerts: 3, cuts: 30 };
  const { pushes, cuts, differences } = await cutPower({ port: await freePort(24_400), seed: 1, ...size });
  expect(differences).toEqual([]);
  expect(pushes).toBe(36);
  expect(cuts).toBeGreaterThan(20);
});

traced('an agent has its results on the disk before it sends anything', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-power-'));
  const hub = await startReceiver();
  try {
    const trace = join(folder, 'trace');
    const agent = createAgent(join(folder, 'agent'), 'web-1', 1, { through: ['strace', ...STRACE, '-o', trace] });
    agent.set([2]);
    expect((await agent.run({ hubPort: Number(new URL(hub.url).port) })).code).toBe(0);
    const calls: Call[] = [];
    for await (const call of readTrace(trace)) calls.push(call);
    const state = join(folder, 'agent/state');
    const written = join(state, '.agent.json.new');
    const order = [
      (call: Call) => call.kind === 'sync' && call.edge === 'end' && call.path === written,
      (call: Call) => call.kind === 'rename' && call.from === written && call.to === join(state, 'agent.json'),
      (call: Call) => call.kind === 'sync' && call.edge === 'end' && call.path === state,
      (call: Call) => call.kind === 'send' && call.text.includes('POST /alerts/webhook/cluster/'),
    ].map((is) => calls.findIndex(is));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  } finally {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
