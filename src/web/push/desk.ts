import { createHash } from 'node:crypto';
import type { EndpointsDocument, PushEndpointEntry } from '../../config/endpoints/document.ts';
import { endpointKey } from '../../core/endpoint/endpoint.ts';
import type { Ping } from '../../core/endpoint/push/ping.ts';
import type { ProbeReport } from '../../endpoints/commit.ts';
import { createLimiter } from '../limits.ts';
import { later, type Reply } from '../reply.ts';

/** What the routes of push endpoints need. */
export interface PushParts {
  readonly pushes: PushDesk;
}

/** What is found by a secret. */
export type FoundPush =
  | { readonly outcome: 'found'; readonly entry: PushEndpointEntry }
  | { readonly outcome: 'unknown' }
  /** Several have the same secret, and nothing says which of them is meant. */
  | { readonly outcome: 'ambiguous' };

/** What the hub does for those who call push endpoints: one set of functions under all tongues. */
export interface PushDesk {
  /** The push endpoint of that secret; of several with the same one, that of the slug: its key, or its name. */
  find(secret: string, slug?: string): FoundPush;
  /** The push endpoint of that key; undefined for none. */
  byKey(key: string): PushEndpointEntry | undefined;
  /** Keeps a call, with what follows from it; the answer where there are too many. Rejects when it could not be committed. */
  take(entry: PushEndpointEntry, ping: Omit<Ping, 'at'>): Promise<Reply | null>;
}

/** What the desk needs. */
export interface PushDeskParts {
  readonly document: () => EndpointsDocument;
  readonly report: (report: ProbeReport) => Promise<void>;
  readonly now: () => number;
}

// Of a job that calls for every line it writes, nobody wants to know all.
const LIMIT = { perSecond: 1, burst: 120 };

/** Makes it. */
export function createPushDesk({ document, report, now }: PushDeskParts): PushDesk {
  const limit = createLimiter(LIMIT);
  let indexed: { readonly of: EndpointsDocument; readonly bySecret: ReadonlyMap<string, PushEndpointEntry[]> } | null =
    null;
  // By the digest of the secret, so that how long it takes to find one says nothing of the others.
  const bySecret = () => {
    const current = document();
    if (indexed?.of !== current) {
      const found = new Map<string, PushEndpointEntry[]>();
      for (const entry of current.pushEndpoints.filter(({ enabled }) => enabled)) {
        const digest = digestOf(entry.token.reveal());
        found.set(digest, [...(found.get(digest) ?? []), entry]);
      }
      indexed = { of: current, bySecret: found };
    }
    return indexed.bySecret;
  };
  return {
    find: (secret, slug) => {
      const all = (bySecret().get(digestOf(secret)) ?? []).filter(({ token }) => token.equals(secret));
      const meant = slug === undefined ? all : all.filter((entry) => isNamed(entry, slug));
      const [entry] = meant;
      if (entry === undefined) return { outcome: 'unknown' };
      return meant.length > 1 ? { outcome: 'ambiguous' } : { outcome: 'found', entry };
    },
    byKey: (key) => document().pushEndpoints.find((entry) => entry.enabled && entry.key === key),
    take: async ({ key }, ping) => {
      const at = now();
      const waitS = limit(key, at);
      if (waitS > 0)
        return later(429, 'this push endpoint is called more often than 120 times at once and once a second', waitS);
      await report({ sighting: null, looks: [], pings: [{ ...ping, key, at }], receivedAt: at });
      return null;
    },
  };
}

function isNamed({ key, name }: PushEndpointEntry, slug: string): boolean {
  // The key without the group is the name in lower case, as in an address.
  return slug === key || endpointKey('', slug) === endpointKey('', name);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
