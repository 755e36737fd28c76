import type { PushOutcome } from '../agent/push.ts';
import type { Settings } from '../config/settings.ts';
import { NO_ENDPOINTS } from '../endpoints/plan.ts';
import { type Clock, stayAlive } from '../lib/clock.ts';
import { randomSecret } from '../lib/crypto/ids.ts';
import { makePrivateFolder } from '../lib/files/folder.ts';
import { takeLock } from '../lib/files/lock.ts';
import { startAll } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import type { EndedAttempt } from '../notify/attempts.ts';
import type { Store } from '../stores/contract/store.ts';
import { endpointsOf } from './endpoints/configured.ts';
import { endpointTerms } from './endpoints/terms.ts';
import { engineSettings } from './engine/contract.ts';
import { createEngine } from './engine/engine.ts';
import { localChecks } from './local.ts';
import { notifyOf } from './notify/configured.ts';
import { openStore } from './store/open.ts';

/** How long and until when. */
export interface PassOptions {
  /** Ends the pass early and in good order. */
  readonly signal: AbortSignal;
  /** The pass ends after so many milliseconds, whatever is still to do. */
  readonly timeoutMs: number;
}

/**
 * Why the telling ended. `done`: nothing more is due soon. `late`: the time was over. `elsewhere`: another process on the
 * same store tells people. `nobody`: no channel is configured.
 */
export type Telling = 'done' | 'late' | 'elsewhere' | 'nobody';

/** What a pass came to. */
export type PassOutcome =
  | { readonly status: 'locked'; readonly reason: string }
  | {
      readonly status: 'ended';
      readonly push: PushOutcome;
      readonly telling: Telling;
      /** Messages that arrived, and attempts that failed, each with its reason. */
      readonly told: number;
      readonly failures: readonly { readonly channel: string; readonly reason: string }[];
      /** Notices that wait for their time or their next attempt. */
      readonly waiting: number;
      /** When the next of them is due, UTC milliseconds; null for none. */
      readonly nextAt: number | null;
    };

// What is due within this is waited for: longer than the wait in which what comes together becomes one message.
const SOON_MS = 12_000;
// A process that was killed holds what it held for so long.
const ELSEWHERE_MS = 7_000;
// At the end, attempts under way have so long.
const DRAIN_MS = 2_000;

/**
 * One whole pass of a standalone machine: its checks, what they mean for its alerts, and what people are to be told, what
 * failed before included. Nothing of it lives on. Throws ConfigError, SelectionError and StoreError.
 */
export async function runPass(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  { signal, timeoutMs }: PassOptions,
): Promise<PassOutcome> {
  const begun = clock.monotonic();
  const timeUp = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeUp.abort());
  const letGo = stayAlive();
  try {
    const notify = await notifyOf(settings, clock, logger, endpointTerms(await endpointsOf(settings, logger)));
    makePrivateFolder(settings.stateDir);
    const lock = await takeLock(settings.stateDir, 'run.lock', 0, clock);
    if (!lock.ok) return { status: 'locked', reason: lock.reason };
    try {
      const store = await openStore(settings, clock);
      const ending = AbortSignal.any([signal, timeUp.signal]);
      return await passOver(store, engineSettings(settings, notify, NO_ENDPOINTS, NO_PEERS), settings, {
        clock,
        logger,
        ending,
        begun,
      });
    } finally {
      await lock.release();
    }
  } finally {
    cancel();
    letGo();
  }
}

/** A process that lives for one pass tells no other hub. */
const NO_PEERS = { url: '', links: [] };

interface Given {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ending: AbortSignal;
  readonly begun: number;
}

async function passOver(
  store: Store,
  engineOptions: ReturnType<typeof engineSettings>,
  settings: Settings,
  { clock, logger, ending, begun }: Given,
): Promise<PassOutcome> {
  const attempts: EndedAttempt[] = [];
  let onRest = (_nextAt: number | null, _isElsewhere: boolean) => {};
  const pass = {
    holder: `run ${randomSecret(6)}`,
    drainMs: DRAIN_MS,
    onRest: (nextAt: number | null, isElsewhere: boolean) => onRest(nextAt, isElsewhere),
    onAttempt: (attempt: EndedAttempt) => void attempts.push(attempt),
  };
  const { engine, parts } = createEngine({ store, drivers: new Map(), clock, logger, pass }, engineOptions);
  const stop = await startAll(parts);
  try {
    const push = await localChecks(settings, clock, logger, engine.submit)(ending);
    const telling = new Promise<Telling>((resolve) => {
      if (engineOptions.notify === null) return resolve('nobody');
      ending.addEventListener('abort', () => resolve('late'), { once: true });
      if (ending.aborted) resolve('late');
      onRest = (nextAt, isElsewhere) => {
        if (isElsewhere) {
          if (clock.monotonic() - begun > ELSEWHERE_MS) resolve('elsewhere');
        } else if (nextAt === null || nextAt > clock.now() + SOON_MS) resolve('done');
      };
    });
    const how = await telling;
    const counts = await store.countNotices();
    const waiting = counts.filter(({ state }) => state === 'wait' || state === 'retry' || state === 'under_way');
    return {
      ...{ status: 'ended', push, telling: how },
      told: attempts.filter(({ result }) => result.ok).length,
      failures: attempts.flatMap(({ channel, result }) => (result.ok ? [] : [{ channel, reason: result.reason }])),
      waiting: waiting.reduce((sum, { count }) => sum + count, 0),
      nextAt: await store.nextEvaluationAt(),
    };
  } finally {
    await stop();
  }
}
