import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
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

test('a hub and three probes, which all say what they see, and a heartbeat', async () => {
  const hub = await home().serve({ MONITOR_PORT: '0' }, example('probes'));
  const probes = home();
  for (const id of ['p1', 'p2', 'p3'])
    void probes.run(['probe', '--peer-url', hub.url, '--node-id', id], {
      MONITOR_PROBE_TOKEN: `${id}-token-of-this-trial`,
    });
  expect((await request(`${hub.url}/ping/a-heartbeat-of-this-trial`)).text).toBe('OK');
  const votesOf = async (key: string) => {
    const { votes } = JSON.parse((await request(`${hub.url}/api/v1/endpoints/${key}`)).text) as {
      readonly votes: { readonly up: number; readonly down: number };
    };
    return votes;
  };
  // What stands at the ports of the example is another matter on every machine: all of them have looked.
  const looked = async (key: string) => {
    const { probes: all } = JSON.parse((await request(`${hub.url}/api/v1/endpoints/${key}`)).text) as {
      readonly probes: readonly { readonly state: string }[];
    };
    return all.map(({ state }) => ['up', 'down'].includes(state));
  };
  await eventually(async () => expect(await looked('trial_hub')).toEqual([true, true, true]));
  await eventually(async () => expect(await looked('trial_name-server')).toEqual([true, true]));
  expect(await votesOf('trial_backup')).toMatchObject({ up: 1, down: 0 });
});

describe('the containers of "elsewhere"', () => {
  const place = join(FOLDER, 'elsewhere');
  const compose = (name: string) => parse(readFileSync(join(place, name), 'utf8')) as Compose;
  const files = { hub: compose('compose.hub.yaml'), probe: compose('compose.probe.yaml') };
  const own = [files.hub.services.hub, files.probe.services.probe];

  test('name files that are there, or that are made, and settings that there are', () => {
    // Every variable that there is stands in the sample, `_FILE` or not.
    const sample = readFileSync(join(FOLDER, '../.env.sample'), 'utf8');
    for (const service of own)
      for (const name of Object.keys(service?.environment ?? {})) expect(sample).toContain(name.replace(/_FILE$/, ''));
    for (const { services, secrets, volumes = {} } of Object.values(files)) {
      for (const service of Object.values(services)) {
        for (const secret of service.secrets ?? []) expect(Object.keys(secrets)).toContain(secret);
        for (const volume of service.volumes ?? []) {
          const [from = ''] = volume.split(':');
          if (from.startsWith('.')) expect(readdirSync(place)).toContain(from.slice(2));
          else expect(Object.keys(volumes)).toContain(from);
        }
      }
    }
  });

  test('have secrets and certificates by prepare.sh, and the hub accepts its configuration with them', async () => {
    const made = home();
    const ran = spawnSync('sh', [join(place, 'prepare.sh'), 'hub.example.com'], { cwd: made.folder, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    const secrets = join(made.folder, 'secrets');
    const wanted = Object.values(files).flatMap((file) => Object.values(file.secrets).map((one) => one.file.slice(2)));
    for (const path of wanted) expect(readFileSync(join(made.folder, path)).length).toBeGreaterThan(60);
    const authority = new X509Certificate(readFileSync(join(secrets, 'ca.crt')));
    for (const [name, host] of [
      ['hub', 'hub.example.com'],
      ['database', 'database'],
    ] as const) {
      const certificate = new X509Certificate(readFileSync(join(secrets, `${name}.crt`)));
      expect([certificate.verify(authority.publicKey), certificate.checkHost(host)]).toEqual([true, host]);
    }
    const text = readFileSync(join(place, 'monitor.yaml'), 'utf8').replace('/run/secrets', secrets);
    const config = join(made.folder, 'elsewhere.yaml');
    writeFileSync(config, text, { mode: 0o600 });
    // As in the image: reached from elsewhere.
    const env = Object.entries({ MONITOR_HOST: '0.0.0.0', ...files.hub.services.hub?.environment }).map(
      ([name, value]) => [
        name,
        value.replace('/run/secrets/authority', join(secrets, 'ca.crt')).replace('/run/secrets', secrets),
      ],
    );
    expect(await made.run(['config', 'check', '--config', config], Object.fromEntries(env))).toMatchObject({ code: 0 });
  });
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Readonly<Record<string, string>>;
        readonly secrets?: readonly string[];
        readonly volumes?: readonly string[];
      }
    >
  >;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes?: object;
}

test('a machine by itself', async () => {
  const hub = await home().serve({}, example('standalone'));
  expect((await request(`${hub.url}/readyz`)).status).toBe(200);
  const alert = { name: 'Disk full', status: 'firing', severity: 'critical', fingerprint: 'x' };
  expect((await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) })).status).toBe(200);
  await eventually(() => expect(told.join('')).toContain('Disk full'));
});
