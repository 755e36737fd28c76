import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CutProxy, startCutProxy } from './cut-proxy.ts';
import { type Hub, type HubHome, makeHubHome } from './hub.ts';

/** A hub among hubs, behind a proxy that bears its name and can be cut. */
export interface PeerHub {
  readonly name: string;
  readonly home: HubHome;
  readonly proxy: CutProxy;
  /** Its BASE_URL. */
  readonly baseUrl: string;
  hub: Hub;
  /** Starts it again after it was killed or stopped. */
  start(): Promise<void>;
  api(path: string, init?: RequestInit): Promise<Response>;
}

/** How hubs are put together. */
export interface Topology {
  readonly names: readonly string[];
  /** Who tells whom. */
  readonly edges: readonly (readonly [string, string])[];
  /** BASE_URL of a hub that is named wrongly. */
  readonly misnamed?: Readonly<Record<string, string>>;
  /** More settings of an edge, such as a filter; of the other hub its address is given. */
  readonly settings?: (from: string, toUrl: string) => Readonly<Record<string, unknown>>;
}

const TOKEN = '4f1d2c9be07a4c63a1f58b90d7e64a21';

/** Starts hubs that tell each other what happens; all sign with a key of their own. */
export async function startPeerHubs({ names, edges, misnamed = {}, settings = () => ({}) }: Topology) {
  const hubs = new Map<string, PeerHub>();
  for (const name of names) {
    const home = makeHubHome({ INSTANCE_ID: name, MONITOR_API_TOKEN: TOKEN, MONITOR_CHECKERS: 'cpu' });
    const proxy = await startCutProxy(() => portOf(one.hub));
    const one: PeerHub = {
      ...{ name, home, proxy, baseUrl: `http://127.0.0.1:${proxy.port}` },
      hub: undefined as unknown as Hub,
      start: async () => {
        one.hub = await home.serve();
      },
      api: (path, init = {}) =>
        fetch(one.hub.url + path, {
          ...init,
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...init.headers },
        }),
    };
    hubs.set(name, one);
  }
  const of = (name: string) => hubs.get(name) as PeerHub;
  const secretOf = (name: string) => `secret-of-the-hub-${name}`.padEnd(32, '.');
  for (const { name, home, baseUrl } of hubs.values()) {
    const peers = edges
      .filter(([from]) => from === name)
      .map(([, to]) => ({
        ...{ name: to, url: of(to).baseUrl, auth: { key: name, secret: secretOf(name) }, timeout: '5s' },
        ...settings(name, of(to).baseUrl),
      }));
    const keys = names.filter((other) => other !== name).map((key) => ({ key, secret: secretOf(key) }));
    const text = JSON.stringify({ base_url: misnamed[name] ?? baseUrl, peers, peer_keys: keys });
    writeFileSync(join(home.folder, 'monitor.yaml'), text, { mode: 0o600 });
  }
  const remove = async () => {
    await Promise.all([...hubs.values()].map(({ home }) => home.remove()));
    await Promise.all([...hubs.values()].map(({ proxy }) => proxy.close()));
  };
  try {
    await Promise.all([...hubs.values()].map((one) => one.start()));
  } catch (error) {
    await remove();
    throw error;
  }
  return { of, all: [...hubs.values()], remove };
}

/** Where a hub listens; of one that has not begun, a port where nobody does. */
function portOf(hub: Hub | undefined): number {
  return hub === undefined ? 9 : Number(new URL(hub.url).port);
}

/** Asks again and again until it is so; the last answer is told when it never is. */
export async function untilSo<T>(ask: () => Promise<T>, isSo: (value: T) => boolean, what: string): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const value = await ask();
    if (isSo(value)) return value;
    if (Date.now() > end) throw new Error(`${what}: it is ${JSON.stringify(value)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
