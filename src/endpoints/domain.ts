import { isIP } from 'node:net';
import * as z from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Look, LookDeps, Seen } from '../protocols/contract.ts';
import { bindTarget } from '../protocols/registry.ts';
import type { DomainExpiry } from './look.ts';

/** Redirects to the registry of each domain (RFC 9082; the list is IANA's). */
const RDAP = 'https://rdap.org';
/** Registries limit how often they are asked, and a registration changes once a year. */
const KNOWN_MS = 6 * 3_600_000;
const UNKNOWN_MS = 3_600_000;
const KEPT = 10_000;

const answer = z.object({ events: z.array(z.object({ eventAction: z.string(), eventDate: z.string() })) });

interface Known {
  readonly expiresAt: number | null;
  readonly until: number;
}

/**
 * Asks by RDAP when a domain expires, at most every six hours for each. What cannot be asked or read is unknown, and never
 * expired.
 */
export function createDomainExpiry(
  deps: Omit<LookDeps, 'signal' | 'saw'> & { readonly clock: Clock },
  { service = RDAP }: { readonly service?: string } = {},
): DomainExpiry {
  const known = new Map<string, Known>();
  const ask = async (domain: string, signal: AbortSignal): Promise<number | null | 'missing'> => {
    const { look } = bindTarget(`${service}/domain/${encodeURIComponent(domain)}`, {
      headers: { accept: 'application/rdap+json' },
    });
    let seen: Partial<Look> = {};
    const saw = (part: Seen) => {
      const { timings: _, ...rest } = part;
      seen = { ...seen, ...rest };
    };
    try {
      await look({ body: true }, { ...deps, signal, saw });
    } catch {
      return null;
    }
    if (seen.status === 404 || seen.status === 400) return 'missing';
    return seen.status === 200 ? expiryIn(seen.body ?? '') : null;
  };
  return async (host, signal) => {
    const labels = host.toLowerCase().replace(/\.$/, '').split('.');
    if (isIP(host) !== 0 || labels.length < 2) return null;
    // The registered name has two labels (example.com) or three (example.co.uk).
    for (const length of labels.length > 2 ? [2, 3] : [2]) {
      const domain = labels.slice(-length).join('.');
      const kept = known.get(domain);
      const found = kept !== undefined && kept.until > deps.clock.now() ? kept.expiresAt : await ask(domain, signal);
      const expiresAt = found === 'missing' ? null : found;
      if (kept?.expiresAt !== expiresAt || kept.until <= deps.clock.now()) {
        known.delete(domain);
        const oldest = known.keys().next();
        if (known.size >= KEPT && !oldest.done) known.delete(oldest.value);
        known.set(domain, { expiresAt, until: deps.clock.now() + (expiresAt === null ? UNKNOWN_MS : KNOWN_MS) });
      }
      if (expiresAt !== null) return expiresAt;
    }
    return null;
  };
}

function expiryIn(body: string): number | null {
  try {
    const { events } = answer.parse(JSON.parse(body));
    const date = events.find(({ eventAction }) => eventAction.toLowerCase() === 'expiration')?.eventDate ?? '';
    const at = Date.parse(date);
    return Number.isNaN(at) ? null : at;
  } catch {
    return null;
  }
}
