import { isIP } from 'node:net';
import type { Exec } from '../exec.ts';
import type { Lookup } from '../http/connect.ts';

/** An address of a host. */
export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * What a look-up of a name came to. `asIs`: this machine has no program to ask, so that whoever connects asks as the
 * system does.
 */
export type LookedUp =
  | { readonly outcome: 'found'; readonly addresses: readonly HostAddress[] }
  | { readonly outcome: 'not_found' | 'timed_out' | 'asIs' };

/** How long, at most, and until when it is worth while. */
export interface LookUpLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks a name up as the machine is set up (hosts, DNS, and what else there is), by `getent`. The system's resolver
 * waits in a thread of the process that asks, of which there are four, which hold up files that are read and the end of the
 * process for as long as a name server says nothing (docs/decisions/0017); a program can be killed.
 */
export async function addressesOf(name: string, exec: Exec, { timeoutMs, signal }: LookUpLimits): Promise<LookedUp> {
  const family = isIP(name);
  if (family !== 0) return { outcome: 'found', addresses: [{ address: name, family: family === 4 ? 4 : 6 }] };
  // What begins so is an option to getent, and no name of a host.
  if (name.startsWith('-')) return { outcome: 'not_found' };
  const answer = await exec(['getent', 'ahosts', name], { timeoutMs, signal }).catch(() => null);
  if (answer === null) return { outcome: signal.aborted ? 'timed_out' : 'asIs' };
  if (answer.timedOut) return { outcome: 'timed_out' };
  const addresses = answer.stdout.split('\n').flatMap((line): HostAddress[] => {
    const address = line.split(/\s/)[0] ?? '';
    const found = isIP(address.replace(/%.*$/, ''));
    return found === 0 ? [] : [{ address, family: found === 4 ? 4 : 6 }];
  });
  // It names each once for every kind of socket.
  const once = [...new Map(addresses.map((one) => [one.address, one])).values()];
  return once.length === 0 ? { outcome: 'not_found' } : { outcome: 'found', addresses: once };
}

/**
 * The same in the form in which connections ask, for processes that must end in time whatever name servers do. `localhost`
 * needs no name server.
 */
export function lookupBy(exec: Exec, limits: LookUpLimits): Lookup {
  return (host, options, callback) => {
    const asSystem = () => void import('node:dns').then((dns) => dns.lookup(host, options, callback));
    if (host === 'localhost') return asSystem();
    void addressesOf(host, exec, limits).then((looked) => {
      if (looked.outcome === 'found') callback(null, [...looked.addresses]);
      else if (looked.outcome === 'asIs') asSystem();
      else callback(notFound(host, looked.outcome === 'timed_out' ? 'EAI_AGAIN' : 'ENOTFOUND'), []);
    });
  };
}

/** As `dns.lookup` says it. */
function notFound(hostname: string, code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code, syscall: 'getaddrinfo', hostname });
}
