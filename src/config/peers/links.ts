import { resolve } from 'node:path';
import type * as z from 'zod';
import { PEER_PATHS, type PeerAuth, type PeerLink, type PeerTls } from '../../core/peer/link.ts';
import { hubAddress } from '../../core/peer/path.ts';
import { parseMatchers } from '../../core/policy/matchers.ts';
import { isObject } from '../../core/reading/read.ts';
import { dereferenced } from '../endpoints/secrets.ts';
import { withEnvFile } from '../env-file.ts';
import { type Tell, tellIssue } from '../issues.ts';
import { httpUrl } from '../kinds.ts';
import { pathText } from '../notify/document.ts';
import type { Settings } from '../settings.ts';
import { DESTINATION, PEER } from './link-schema.ts';

/** Peers that are told, and what is wrong with what is written of them. */
export interface ReadPeerLinks {
  readonly links: readonly PeerLink[];
  /** Each with its line, field and fix. */
  readonly problems: readonly string[];
}

/** Where secrets come from; the process's own environment and folder outside tests. */
export interface LinkPlaces {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const SECTION = 'peers';

/** What the configuration says of other hubs that are told: `peers` of monitor.yaml, and FWD_DESTINATIONS of the environment. */
export function readPeerLinks(
  {
    peersFile,
    peers: { baseUrl, destinations },
  }: Pick<Settings, 'peersFile'> & { readonly peers: Pick<Settings['peers'], 'baseUrl' | 'destinations'> },
  { cwd = process.cwd(), env = withEnvFile(process.env, cwd).env }: LinkPlaces = {},
): ReadPeerLinks {
  const problems: string[] = [];
  const links: PeerLink[] = [];
  const given: unknown = peersFile?.values[SECTION] ?? [];
  const tellAt = (index: number | null): Tell => {
    return (keys, message) => {
      const path = [SECTION, ...(index === null ? [] : [String(index)]), ...keys.map(String)];
      problems.push(`${peersFile?.at(path) ?? ''}: ${pathText(path)}: ${message}`);
    };
  };
  if (!Array.isArray(given)) tellAt(null)([], 'must be a list');
  else
    for (const [index, item] of given.entries()) {
      const tell = tellAt(index);
      const link = linkOf(item, tell, { env, folder: peersFile?.folder ?? cwd });
      if (link === null) continue;
      if (links.some(({ name }) => name === link.name)) tell(['name'], 'stands there twice; give each its own');
      if (baseUrl !== undefined && hubAddress(link.url) === hubAddress(baseUrl))
        tell(['url'], 'is the base_url of this hub itself');
      links.push(link);
    }
  if (destinations !== undefined) {
    const read = readDestinations(destinations.reveal(), links);
    links.push(...read.links);
    problems.push(...read.problems.map((problem) => `FWD_DESTINATIONS: ${problem}`));
  }
  return { links, problems };
}

function linkOf(
  item: unknown,
  tell: Tell,
  places: { readonly env: Readonly<Record<string, string | undefined>>; readonly folder: string },
): PeerLink | null {
  if (!isObject(item)) {
    tell([], 'must hold settings in the form "name: value"');
    return null;
  }
  const read = PEER.safeParse(item);
  if (!read.success) {
    for (const issue of read.error.issues) tellIssue(PEER, issue, [], tell);
    return null;
  }
  const { name, url, kind, filter, match, timeout, tls, paths } = read.data;
  const place = (file: string | undefined) => (file === undefined ? undefined : resolve(places.folder, file));
  const secretOf = (key: string) => (text: string) =>
    dereferenced(text, places, (message) => tell(['auth', key], message)) ?? '';
  const files = { caFile: place(tls?.ca_file), certFile: place(tls?.cert_file), keyFile: place(tls?.key_file) };
  return {
    ...{ name, url, kind, timeoutMs: timeout },
    auth: authOf(read.data.auth, secretOf),
    filter: { words: filter, match: match.flatMap(parseMatchers) },
    tls: { ...given(files), ...(tls?.verify === 'off' && { isUnverified: true }) },
    paths: { ...PEER_PATHS, ...given(paths ?? {}) },
  };
}

function authOf(
  auth: z.output<typeof PEER>['auth'],
  secretOf: (key: string) => (text: string) => string,
): PeerAuth | null {
  if (auth === undefined) return null;
  if ('token' in auth) return { scheme: 'bearer', token: secretOf('token')(auth.token) };
  if ('username' in auth) {
    const username = secretOf('username')(auth.username);
    return { scheme: 'basic', username, password: secretOf('password')(auth.password) };
  }
  const key = secretOf('key')(auth.key);
  return 'secret' in auth
    ? { scheme: 'hawk', id: key, secret: secretOf('secret')(auth.secret) }
    : { scheme: 'key', key };
}

/** What Alerta's list says, as JSON: each destination an Alerta, its credentials chosen as there. */
export function readDestinations(text: string, others: readonly PeerLink[] = []): ReadPeerLinks {
  const list = parsed(text);
  if (!Array.isArray(list)) {
    const fix = 'a list of Python is none; monitor import alerta reads one in a settings file';
    return { links: [], problems: [`must be JSON, a list of [address, {credentials}, [filter]]: ${fix}`] };
  }
  const problems: string[] = [];
  const links = list.flatMap((item: unknown, index): PeerLink[] => {
    const read = DESTINATION.safeParse(item);
    const url = read.success ? httpUrl().schema.safeParse(read.data[0]) : null;
    if (!read.success || url === null || !url.success) {
      problems.push(`destination ${index + 1} must be [address, {credentials}, [filter]], with http:// or https://`);
      return [];
    }
    const [, auth, words] = read.data;
    const tls: PeerTls = auth.ssl_verify === false ? { isUnverified: true } : {};
    const name = nameFor(new URL(url.data).host, [...others.map((one) => one.name)], index);
    return [
      {
        ...{ name, url: url.data, kind: 'alerta', auth: destinationAuth(auth), tls, paths: PEER_PATHS },
        ...{ filter: { words, match: [] }, timeoutMs: Math.round((auth.timeout ?? 5) * 1000) },
      },
    ];
  });
  return { links: unique(links), problems };
}

/** The first that fits counts, as in Alerta's client. */
function destinationAuth({ username, password, key, secret, token }: z.output<typeof DESTINATION>[1]): PeerAuth | null {
  if (username && password) return { scheme: 'basic', username, password };
  if (key && secret) return { scheme: 'hawk', id: key, secret };
  if (key) return { scheme: 'key', key };
  return token ? { scheme: 'bearer', token } : null;
}

function nameFor(host: string, taken: readonly string[], index: number): string {
  const name = host.replaceAll(/[^\w.-]/g, '-');
  return taken.includes(name) ? `${name}-${index + 1}` : name;
}

function unique(links: readonly PeerLink[]): readonly PeerLink[] {
  return links.map((link, index) =>
    links.findIndex(({ name }) => name === link.name) === index ? link : { ...link, name: `${link.name}-${index + 1}` },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What is there. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
