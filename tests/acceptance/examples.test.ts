import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { eventually, type HubHome, makeHubHome } from '../support/hub.ts';

const FOLDER = join(import.meta.dirname, '../../examples');
const example = (name: string) => ['--config', join(FOLDER, name, 'monitor.yaml')];
/** Nothing of what the hubs of other tests are given stands above the file of an example. */
const BARE = { CLUSTER_ENABLED: '', INSTANCE_ID: '', MONITOR_CHECKERS: 'load' };
const SECRET = 'a-secret-of-this-trial-only';

let receiver: Server;
let told: string[];
let homes: HubHome[];
beforeEach(async () => {
  told = [];
  homes = [];
  receiver = createServer((incoming, response) => {
    incoming.on('data', (chunk: Buffer) => told.push(chunk.toString('utf8')));
    incoming.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const home of homes) await home.remove();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

/** A folder in which an example runs, with what its head says that it needs. */
function home(env: Record<string, string> = {}): HubHome {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const made = makeHubHome({ ...BARE, OPS_URL: url, WEBHOOK_SECRET_CLUSTER: SECRET, ...env });
  homes.push(made);
  return made;
}

test('every folder is in the table, and named where it is run', () => {
  const names = readdirSync(FOLDER).filter((name) => name !== 'README.md');
  const page = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  for (const name of names) {
    expect(page).toContain(`](${name}/monitor.yaml)`);
    expect(readFileSync(join(FOLDER, name, 'monitor.yaml'), 'utf8')).toContain(
      `--config examples/${name}/monitor.yaml`,
    );
  }
});

test('a hub, an agent that pushes to it, and a hub below it that pushes, too', async () => {
  const hub = await home().serve({}, example('hub'));
  const agent = home({ HUB_URL: hub.url });
  expect(await agent.run(['push-to-hub', '--checkers', 'load', ...example('agent')])).toMatchObject({ code: 0 });
  await home({ HUB_URL: hub.url, MONITOR_PORT: '0' }).serve({}, example('hub-and-agent'));
  await eventually(async () => {
    const { items } = JSON.parse((await request(`${hub.url}/api/v1/instances`)).text) as {
      items: { instance_id: string }[];
    };
    expect(items.map(({ instance_id }) => instance_id).toSorted()).toEqual(['example-agent', 'example-site']);
  });
  const alert = { name: 'Disk full', status: 'firing', severity: 'critical', fingerprint: 'x' };
  await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  await eventually(() => expect(told.join('')).toContain('Disk full'));
});

test('a machine by itself', async () => {
  const hub = await home().serve({}, example('standalone'));
  expect((await request(`${hub.url}/readyz`)).status).toBe(200);
  const alert = { name: 'Disk full', status: 'firing', severity: 'critical', fingerprint: 'x' };
  expect((await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) })).status).toBe(200);
  await eventually(() => expect(told.join('')).toContain('Disk full'));
});
