import { setMaxListeners } from 'node:events';
import type { EndpointEntry } from '../config/endpoints/document.ts';
import { type Clock, sleep } from '../lib/clock.ts';
import { sha256 } from '../lib/crypto/digest.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { KeyedLook } from './commit.ts';
import { hostIn } from './look.ts';

/** What one look came to, without who looked. */
export type Looked = Omit<KeyedLook, 'key' | 'probe'>;

/** An endpoint as whoever looks at it needs it. */
export type LookEntry = Pick<
  EndpointEntry,
  'key' | 'url' | 'options' | 'conditions' | 'intervalMs' | 'timeoutMs' | 'retries'
> & { readonly ui: Pick<EndpointEntry['ui'], 'conditionsAsWritten' | 'conditionsResolved'> };

/** A look that is asked for beside the plan. */
export interface LookAsk {
  readonly key: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** Looks at endpoints by their intervals. */
export interface Runner extends Part {
  /** From now on looks at these; what stays as it is keeps its times. */
  reload(entries: readonly LookEntry[]): void;
  /**
   * Looks at these once more at once, by their keys: somebody else failed to reach them at that time (`at`, which is the same
   * for as long as the same is asked). One at which it looks already is asked again later.
   */
  ask(asks: readonly LookAsk[]): void;
  /** How many looks were left out because the one before was still under way. */
  skipped(): number;
}

/** What it looks with. */
export interface RunnerParts {
  readonly clock: Clock;
  /** Never rejects. */
  readonly look: (entry: LookEntry, cancel: AbortSignal) => Promise<Looked>;
  /** Takes the last of the looks that one turn came to. Never rejects. */
  readonly tell: (entry: LookEntry, looked: Looked) => Promise<void>;
  /** Looks that may be under way at once; at one host a quarter of that, so that one which hangs holds up no other. */
  readonly mostAtOnce: number;
  /** Whose looks these are: two who look at one endpoint do not do so at the same moment. */
  readonly probe?: string;
}

// After a start few endpoints are looked at soon, and many are spread over their interval.
const SPREAD = { leastMs: 2000, perEndpointMs: 50 };
const RETRY_MS = 1000;
const LEAST_PER_HOST = 4;

interface Planned {
  readonly entry: LookEntry;
  /** Stands for all of the entry: one that is the same goes on. */
  readonly digest: string;
  readonly host: string;
  /** When the next look is due, by the clock that only grows. */
  due: number;
  isBusy: boolean;
  /** The last time for which a look was asked. */
  askedAt: number;
  cancel: () => void;
}

/**
 * A runner that looks at nothing yet. Each endpoint has its place within the interval by its key, so that they are spread
 * evenly; the next look is counted from the plan and not from the end of the last, so that nothing drifts. There are never
 * two looks at one endpoint at once; after a machine has slept, what was missed is looked at once.
 */
export function createRunner({ clock, look, tell, mostAtOnce, probe = '' }: RunnerParts): Runner {
  const planned = new Map<string, Planned>();
  const queue = createHostQueue(Math.max(LEAST_PER_HOST, Math.ceil(mostAtOnce / 4)));
  const stopping = new AbortController();
  // Each look listens.
  setMaxListeners(0, stopping.signal);
  const underway = new Set<Promise<void>>();
  let skipped = 0;

  const arm = (one: Planned) => {
    one.cancel = clock.after(Math.max(0, one.due - clock.monotonic()), () => {
      if (one.isBusy) skipped += 1;
      else {
        one.isBusy = true;
        queue.add(one);
        begin();
      }
      const { intervalMs } = one.entry;
      // A timer may ring a moment early; that must not make two looks of one.
      const passed = Math.max(0, Math.floor((clock.monotonic() - one.due) / intervalMs));
      one.due += (passed + 1) * intervalMs;
      arm(one);
    });
  };
  const begin = () => {
    while (underway.size < mostAtOnce && !stopping.signal.aborted) {
      const next = queue.next();
      if (next === undefined) return;
      const work = turn(next.entry).then(() => {
        next.isBusy = false;
        queue.done(next);
        underway.delete(work);
        begin();
      });
      underway.add(work);
    }
  };
  /** One look, and further ones while it fails and more are allowed. */
  const turn = async (entry: LookEntry) => {
    let looked = await look(entry, stopping.signal);
    for (let left = entry.retries; left > 0 && !looked.success && !stopping.signal.aborted; left -= 1) {
      await sleep(clock, Math.min(RETRY_MS, entry.intervalMs / 4));
      looked = await look(entry, stopping.signal);
    }
    if (!stopping.signal.aborted) await tell(entry, looked);
  };
  const forget = (one: Planned) => {
    one.cancel();
    planned.delete(one.entry.key);
    queue.remove(one);
  };
  return {
    name: 'looks at endpoints',
    start: async () => {},
    stop: async () => {
      for (const one of [...planned.values()]) forget(one);
      stopping.abort();
      await Promise.all(underway);
    },
    skipped: () => skipped,
    ask: (asks) => {
      for (const { key, at } of asks) {
        const one = planned.get(key);
        if (one === undefined || one.isBusy || at <= one.askedAt) continue;
        one.askedAt = at;
        one.isBusy = true;
        queue.add(one);
      }
      begin();
    },
    reload: (entries) => {
      const wanted = new Map(entries.map((entry) => [entry.key, entry]));
      const now = clock.monotonic();
      for (const one of [...planned.values()]) if (!wanted.has(one.entry.key)) forget(one);
      for (const entry of wanted.values()) {
        const digest = sha256(JSON.stringify({ ...entry, options: entry.options.reveal() }));
        const before = planned.get(entry.key);
        if (before?.digest === digest) continue;
        if (before !== undefined) forget(before);
        const spread = Math.min(entry.intervalMs, Math.max(SPREAD.leastMs, entries.length * SPREAD.perEndpointMs));
        const due = now + placeOf(`${probe}\0${entry.key}`) * spread;
        const one = { entry, digest, host: hostIn(entry.url), due, isBusy: false, askedAt: 0, cancel: () => {} };
        planned.set(entry.key, one);
        arm(one);
      }
    },
  };
}

/** What waits for its look, by host, and the hosts in turn; `most` is how many looks at one host may be under way. */
function createHostQueue(most: number) {
  const waiting = new Map<string, Planned[]>();
  const busy = new Map<string, number>();
  return {
    add: (one: Planned) => {
      const known = waiting.get(one.host);
      if (known === undefined) waiting.set(one.host, [one]);
      else known.push(one);
    },
    next: (): Planned | undefined => {
      for (const [host, ones] of waiting) {
        const count = busy.get(host) ?? 0;
        if (count >= most) continue;
        const one = ones.shift();
        waiting.delete(host);
        if (ones.length > 0) waiting.set(host, ones);
        busy.set(host, count + 1);
        return one;
      }
      return undefined;
    },
    done: ({ host }: Planned) => {
      const count = busy.get(host) ?? 0;
      if (count > 1) busy.set(host, count - 1);
      else busy.delete(host);
    },
    remove: (one: Planned) => {
      const ones = waiting.get(one.host)?.filter((other) => other !== one) ?? [];
      if (ones.length > 0) waiting.set(one.host, ones);
      else waiting.delete(one.host);
    },
  };
}

/** From 0 to 1, spread evenly over keys. */
function placeOf(key: string): number {
  return Number.parseInt(sha256(key).slice(0, 8), 16) / 2 ** 32;
}
