import { lookup, promises } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { HostAddress } from './names.ts';

/** Addresses of a name, those of IPv6 first. Rejects as `explain` reads it, or with the reason of the signal. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly HostAddress[]>;

/** What a name server may be asked for at most, and how often. */
const TRY_MS = 5000;
const TRIES = 2;

/**
 * Looks names up by asking the name servers itself: the system's resolver waits in one of four threads that files are
 * read in, too, for as long as a server says nothing. What no server knows is left to the system, which also knows search
 * domains and names of its own.
 */
export function createResolve({ hostsFile = '/etc/hosts' }: { readonly hostsFile?: string } = {}): Resolve {
  return async (host, signal) => {
    const family = isIP(host);
    if (family !== 0) return [{ address: host, family: family === 4 ? 4 : 6 }];
    const name = host.toLowerCase().replace(/\.$/, '');
    const known = await inHosts(hostsFile, name);
    if (known.length > 0) return known;
    if (name === 'localhost' || name.endsWith('.localhost')) return LOOPBACK;
    signal.throwIfAborted();
    const asked = await askServers(name, signal);
    return asked.length > 0 ? asked : askSystem(host, signal);
  };
}

const LOOPBACK: readonly HostAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

async function inHosts(path: string, name: string): Promise<readonly HostAddress[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line): HostAddress[] => {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0 || !names.some((one) => one.toLowerCase() === name)) return [];
    return [{ address, family: family === 4 ? 4 : 6 }];
  });
}

async function askServers(name: string, signal: AbortSignal): Promise<readonly HostAddress[]> {
  const resolver = new promises.Resolver({ timeout: TRY_MS, tries: TRIES });
  const stop = () => resolver.cancel();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [six, four] = await Promise.allSettled([resolver.resolve6(name), resolver.resolve4(name)]);
    signal.throwIfAborted();
    const found = [...found6(six), ...found4(four)];
    if (found.length > 0) return found;
    const failed = [four, six].find((one) => one.status === 'rejected' && !isUnknown(one.reason));
    if (failed?.status === 'rejected') throw known(failed.reason);
    return [];
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

type Answer = PromiseSettledResult<string[]>;
const listOf = (answer: Answer) => (answer.status === 'fulfilled' ? answer.value : []);
const found6 = (answer: Answer): HostAddress[] => listOf(answer).map((address) => ({ address, family: 6 }));
const found4 = (answer: Answer): HostAddress[] => listOf(answer).map((address) => ({ address, family: 4 }));

function isUnknown(error: unknown): boolean {
  return ['ENOTFOUND', 'ENODATA', 'EBADNAME', 'ENOTIMP', 'EFORMERR'].includes((error as { code?: string }).code ?? '');
}

/** A name server that does not answer, in the words of getaddrinfo. */
function known(error: unknown): Error {
  return Object.assign(new Error('cannot be looked up', { cause: error }), { code: 'EAI_AGAIN' });
}

function askSystem(host: string, signal: AbortSignal): Promise<readonly HostAddress[]> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    lookup(host, { all: true }, (error, found) => {
      signal.removeEventListener('abort', stop);
      if (error !== null) return reject(error);
      resolve(found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
    });
  });
}
