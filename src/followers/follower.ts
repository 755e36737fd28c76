import type { HistoryEvent } from '../core/history.ts';
import { type Clock, createRest } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { FencedError } from '../stores/contract/error.ts';
import type { Cursor, Followers, FollowTransaction, Lag } from '../stores/contract/followers.ts';
import type { Lease, Leases } from '../stores/contract/leases.ts';
import { createLeaseHolder } from '../stores/lease-holder.ts';

/** What follows the history: it acts on how things are, and an event only tells it where to look. */
export interface Follower {
  /** Its name in the store, its lease and its figures. */
  readonly name: string;
  /** Where it begins when it never has: with the first event there is, or behind the last. */
  readonly begins: 'first' | 'now';
  /** Events of one transaction, at most; left out, as many as are quickly followed. */
  readonly batch?: number;
  /** Another hub takes over after so long without a word, in milliseconds. */
  readonly leaseMs?: number;
  /**
   * What is less urgent than ingest has at most such a part of the time while it is behind, above 0 and below 1; left out,
   * all of it.
   */
  readonly share?: number;
  /** The lease is newly this process's: whatever is remembered may be wrong. */
  takeOver(lease: Lease): Promise<void>;
  /** Takes the next events; what it writes commits together with its position. Called again with the same ones after a failure. */
  take(events: readonly HistoryEvent[], tx: FollowTransaction): Promise<void>;
  /** What it does beside following, such as timers. Gives when it is to be called again (UTC milliseconds), null for not by time. */
  turn(lease: Lease): Promise<number | null>;
}

/** What a follower runs on. */
export interface FollowerOptions {
  readonly store: Followers & Leases;
  readonly clock: Clock;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  readonly follower: Follower;
  readonly onFailure: (error: unknown) => void;
  /** Whether it may work at all; left out, always. While it may not, it leaves its lease to others. */
  readonly mayHold?: () => boolean;
  /**
   * Called when there is nothing to do for now: with the time at which it is its turn again (UTC milliseconds, null for
   * not by time), and whether another process has the lease.
   */
  readonly onRest?: (nextAt: number | null, isElsewhere: boolean) => void;
}

/** A follower that runs, and how far behind it is. */
export interface FollowerPart extends Part {
  /** Something was committed, or an attempt has ended: it looks at once. Cheap, and may be called for every commit. */
  wake(): void;
  /** Reads the store; null where another process has the lease. */
  lag(): Promise<Lag | null>;
}

// It looks by itself as often, whatever wakes it: another hub may have written.
const LOOK_MS = 1000;
// Another hub takes over after so long without a word.
const LEASE_MS = 5000;
// Events of one transaction, where the follower says nothing.
const BATCH = 2000;
// Far behind, it takes events for about so long before it has its turn: what is urgent among them does not wait for the rest.
const CATCH_UP_MS = 200;
// After a failure; a store that is away must not be asked without pause.
const PAUSE_MS = 1000;

/**
 * Runs a follower under its lease: takes events until it has caught up, gives it its turn, and rests until something is
 * committed, a time comes, or a second is over.
 */
export function createFollowerPart(options: FollowerOptions): FollowerPart {
  const { store, clock, holder, follower, onFailure, onRest = () => {}, mayHold = () => true } = options;
  const { name, batch = BATCH, leaseMs = LEASE_MS, share = 1 } = follower;
  const leaseHolder = createLeaseHolder({ store, work: `follower ${name}`, holder, ttlMs: leaseMs });
  let cursor: Cursor | undefined;
  let number: number | undefined;
  // Renewing is a commit: a lease that lasts is not renewed at every look.
  const renewAfterMs = follower.leaseMs === undefined ? 0 : follower.leaseMs / 3;
  let renewed: { readonly lease: Lease; readonly at: number } | undefined;
  let isEnding = false;
  let isAwake = false;
  let running: Promise<void> = Promise.resolve();
  const { rest, wake } = createRest(clock);

  const hold = async (): Promise<Lease | undefined> => {
    if (renewed !== undefined && clock.monotonic() - renewed.at < renewAfterMs) return renewed.lease;
    const at = clock.monotonic();
    const lease = await leaseHolder.hold();
    renewed = lease && { lease, at };
    return lease;
  };
  const leave = async () => {
    if (number === undefined && renewed === undefined) return;
    number = undefined;
    renewed = undefined;
    await leaseHolder.release();
  };
  const round = async (): Promise<number | null> => {
    if (!mayHold()) {
      await leave();
      return null;
    }
    const lease = await hold();
    if (lease === undefined) {
      number = undefined;
      return null;
    }
    if (lease.number !== number) await takeOver(lease);
    const isBehind = await catchUp(lease);
    const nextAt = await follower.turn(lease);
    return isBehind ? clock.now() : nextAt;
  };
  const takeOver = async (lease: Lease) => {
    cursor = (await store.followerCursor(name)) ?? (follower.begins === 'now' ? await store.historyHead() : '');
    await follower.takeOver(lease);
    number = lease.number;
  };
  /** Gives whether there may be more. */
  const catchUp = async (lease: Lease): Promise<boolean> => {
    const end = clock.monotonic() + CATCH_UP_MS;
    for (let held: Lease | undefined = lease; held !== undefined && !isEnding; held = await hold()) {
      const { events, cursor: next } = await store.eventsAfter(cursor ?? '', batch);
      if (events.length === 0) return false;
      await store.follow(
        held,
        async (tx) => {
          await follower.take(events, tx);
          await tx.moveCursor(name, next, clock.now());
        },
        'again',
      );
      cursor = next;
      if (events.length < batch) return false;
      if (clock.monotonic() >= end) return true;
    }
    return true;
  };
  /** Leaves to others what is theirs of the time since. Only the end of the process cuts it short. */
  const leaveTime = async (since: number) => {
    const ms = (clock.monotonic() - since) * (1 / share - 1);
    if (ms < 1) return;
    const until = clock.monotonic() + ms;
    while (!isEnding && clock.monotonic() < until) await rest(until - clock.monotonic());
  };
  const run = async () => {
    while (!isEnding) {
      isAwake = false;
      let nextAt: number | null = null;
      const since = clock.monotonic();
      try {
        nextAt = await round();
        if (!isAwake) onRest(nextAt, number === undefined);
      } catch (error) {
        // Whoever has the lease now does the rest.
        number = undefined;
        renewed = undefined;
        if (!(error instanceof FencedError)) {
          onFailure(error);
          nextAt = clock.now() + PAUSE_MS;
          isAwake = false;
        }
      }
      if (isAwake || (nextAt !== null && nextAt <= clock.now())) await leaveTime(since);
      if (isEnding || isAwake) continue;
      await rest(nextAt === null ? LOOK_MS : Math.min(LOOK_MS, Math.max(0, nextAt - clock.now())));
    }
  };
  return {
    name: `follower ${name}`,
    start: async () => {
      running = run();
    },
    stop: async () => {
      isEnding = true;
      wake();
      await running;
      await leaseHolder.release().catch(onFailure);
    },
    wake: () => {
      isAwake = true;
      wake();
    },
    lag: async () => (cursor === undefined || number === undefined ? null : store.lagBehind(cursor, clock.now())),
  };
}
